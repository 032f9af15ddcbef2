import type { InspectorModel } from '../../src/inspection/protocol.ts';
import { button, code, details, el, section } from './dom.ts';
import { ask } from './host.ts';

const actionNames = {
  requestToken: 'Request a Token…',
  createTokenSecret: 'Create a Token Secret…',
  generateKubeconfig: 'Generate a Kubeconfig…',
  selectContext: 'Select Another Context…',
  regenerateKubeconfig: 'Renew the Token in This Kubeconfig…',
} as const;

type Cause = InspectorModel['causes'][number];

/** The one right repair of what was found, first and alone; what else a failed check may point to is a click away. */
export function repair({ causes, headline }: InspectorModel): HTMLElement[] {
  const [first, ...others] = causes.filter(({ isFound }) => isFound);
  if (!first) return [];
  const isTold = headline.toLowerCase().includes(first.title.toLowerCase());
  return [
    section('repair', 'What to do', [
      ...(isTold ? [] : [el('strong', {}, [first.title])]),
      el('p', {}, [first.fix]),
      el('div', { class: 'means' }, means(first, 'found', 0)),
      ...(others.length > 0
        ? [
            details('other-causes', `If it is not that: ${others.length} more that the check points to`, [
              causeList('others', others),
            ]),
          ]
        : []),
    ]),
  ];
}

/** What else it could be: offered where something suggests it, and else a click away, for who was refused all the same. */
export function possible({
  causes,
  outcome,
  tone,
  isBusy,
  isOffline,
  canLook,
  barred,
}: InspectorModel): HTMLElement[] {
  const open = causes.filter(({ isFound }) => !isFound);
  if (open.length === 0 || isBusy) return [];
  if (tone === 'doubt') {
    const [first, ...rest] = open;
    return [
      section('open', 'What it could still be, likeliest first', [
        ...(first ? [causeList('open', [first])] : []),
        ...(rest.length > 0
          ? [details('more-causes', `${rest.length} less likely`, [causeList('more', rest)])]
          : []),
      ]),
    ];
  }
  if (outcome === 'refused') {
    const count = `${open.length} more that could not be ruled out, likeliest first`;
    return [details('more-causes', count, [causeList('more', open)])];
  }
  // Who has not looked yet is not told what could be: looking tells.
  if (outcome === 'cannot-tell' && isOffline && canLook && barred === undefined) return [];
  return [details('beside', 'If the client is unauthorized all the same', [causeList('open', open)])];
}

function causeList(name: string, list: readonly Cause[]): HTMLElement {
  const items = list.map((cause, index) => {
    const item = el('li', {}, [el('strong', {}, [cause.title]), el('p', {}, [cause.fix])]);
    // What is unlikely is named, and no more: a wall of buttons helps nobody.
    if (name !== 'more') item.append(...means(cause, name, index));
    return item;
  });
  return el('ol', { class: `causes ${name}`, role: 'list' }, items);
}

/** The command of the extension that mends a cause, and the command line. */
function means({ title, action, command }: Cause, name: string, index: number): HTMLElement[] {
  const made: HTMLElement[] = [];
  if (action !== undefined) {
    const act = button(
      `${name}-${index}`,
      actionNames[action],
      () => {
        ask({ type: 'action', action });
      },
      name === 'found' ? '' : 'quiet',
    );
    made.push(act);
  }
  if (command !== undefined) {
    const copy = button(
      `copy-${name}-${index}`,
      'Copy',
      () => {
        ask({ type: 'command', text: command });
      },
      'quiet small',
    );
    copy.setAttribute('aria-label', `Copy the command: ${title}`);
    made.push(el('p', { class: 'shell' }, [code(command), copy]));
  }
  return made;
}
