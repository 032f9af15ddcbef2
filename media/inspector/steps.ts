import type { InspectorModel } from '../../src/editor/inspector/protocol.ts';
import { breakable, code, details, el, mark, section, table } from './dom.ts';

const words = {
  passed: 'passed',
  failed: 'failed',
  'cannot-tell': 'cannot tell',
  'not-reached': 'not reached',
} as const;

type Step = InspectorModel['steps'][number];

/** The state of each step when it was last drawn: what has changed since draws the eye once. */
const before = new Map<string, Step['state']>();

/** The server's checks as a list that fills in. */
export function checks({ steps, isBusy }: InspectorModel): HTMLElement {
  const items = steps.map((step) => stepItem(step, isBusy));
  for (const { id, state } of steps) before.set(id, state);
  return section('checks', 'The server’s checks, in its order', [
    el('ol', { class: 'steps', role: 'list', ...(isBusy && { 'aria-busy': 'true' }) }, items),
  ]);
}

function stepItem(step: Step, isBusy: boolean): HTMLElement {
  const { id, state, title, finding, exhibits, serverMessage, needs } = step;
  const isNew = before.has(id) && before.get(id) !== state;
  const isAwaited = isBusy && state === 'cannot-tell';
  const body = el('div', { class: 'body' }, [
    el('p', { class: 'head' }, [
      el('strong', {}, [title]),
      el('span', { class: 'word' }, [isAwaited ? 'looking…' : words[state]]),
    ]),
  ]);
  const item = el('li', { class: `${state}${isNew ? ' fresh' : ''}` }, [
    mark(isAwaited ? 'busy' : state),
    body,
  ]);
  // What is missing is on its way: why it is not known yet is nothing to read.
  if (state === 'not-reached' || isAwaited) return item;
  body.append(el('p', {}, [finding]));
  if (serverMessage !== undefined) {
    body.append(el('p', { class: 'note' }, ['The server’s reason: ', code(serverMessage)]));
  }
  if (needs !== undefined) {
    body.append(el('p', { class: 'note' }, ['To tell, it needs ', code(needs)]));
  }
  if (exhibits.length > 0) {
    const rows = exhibits.map(({ what, value, origin }) => [
      what,
      code(value),
      el('span', {}, breakable(origin)),
    ]);
    body.append(
      details(id, `Evidence (${exhibits.length})`, [
        table(`Evidence: ${title}`, ['What', 'Value', 'From'], rows),
      ]),
    );
  }
  return item;
}
