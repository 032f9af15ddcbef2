import type { InspectorModel } from '../../src/inspection/protocol.ts';
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

/** The server's checks as a list that fills in: what passed, and what was not reached, is a click away. */
export function checks({ steps, isBusy }: InspectorModel): HTMLElement {
  const of = (state: Step['state']): readonly Step[] => steps.filter((step) => step.state === state);
  const told = steps.filter(({ state }) => state === 'failed' || state === 'cannot-tell');
  const items = [
    ...folded('passed', of('passed'), 'passed', isBusy),
    ...told.map((step) => stepItem(step, isBusy)),
    ...folded('not-reached', of('not-reached'), 'not reached', isBusy),
  ];
  for (const { id, state } of steps) before.set(id, state);
  return section('checks', 'The server’s checks, in order', [
    el('ol', { class: 'steps', role: 'list', ...(isBusy && { 'aria-busy': 'true' }) }, items),
  ]);
}

function folded(
  state: 'passed' | 'not-reached',
  steps: readonly Step[],
  word: string,
  isBusy: boolean,
): HTMLElement[] {
  if (steps.length === 0) return [];
  const items = steps.map((step) => stepItem(step, isBusy));
  const list = el('ol', { class: 'steps within', role: 'list' }, items);
  return [
    el('li', { class: `${state} folded` }, [mark(state), details(state, `${steps.length} ${word}`, [list])]),
  ];
}

function stepItem(step: Step, isBusy: boolean): HTMLElement {
  const { id, state, title, finding, exhibits, serverMessage, needs, isSuspect = false } = step;
  const isNew = before.has(id) && before.get(id) !== state;
  const isAwaited = isBusy && state === 'cannot-tell';
  const body = el('div', { class: 'body' }, [
    el('div', { class: 'head' }, [
      el('h3', {}, [title]),
      el('span', { class: 'word' }, [isAwaited ? 'looking…' : words[state]]),
    ]),
  ]);
  const item = el('li', { class: `${state}${isSuspect ? ' doubt' : ''}${isNew ? ' fresh' : ''}` }, [
    mark(isAwaited ? 'busy' : state),
    body,
  ]);
  // What is missing is on its way: why it is not known yet is nothing to read.
  if (state === 'not-reached' || isAwaited) return item;
  body.append(el('p', {}, [finding]));
  if (serverMessage !== undefined) {
    body.append(el('p', { class: 'note' }, ['The server’s reason: ', code(serverMessage)]));
  }
  if (needs !== undefined && state === 'cannot-tell') {
    body.append(el('p', { class: 'note' }, ['To tell, it needs ', code(needs)]));
  }
  if (exhibits.length > 0) {
    const rows = exhibits.map(({ what, value, origin }) => [
      what,
      code(value),
      el('span', {}, breakable(origin)),
    ]);
    const whose = el('span', { class: 'spoken' }, [` of the check ${title}`]);
    body.append(
      details(
        id,
        ['Evidence', whose, ` (${exhibits.length})`],
        [table(`Evidence: ${title}`, ['What', 'Value', 'From'], rows)],
      ),
    );
  }
  return item;
}
