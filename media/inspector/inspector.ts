import type { InspectorMessage, InspectorModel } from '../../src/editor/inspector/protocol.ts';
import { chain } from './chain.ts';
import { comparison, tokenParts } from './claims.ts';
import { breakable, button, code, details, el, mark, noteOpened, plain, section } from './dom.ts';
import { ask, keep } from './host.ts';
import { checks } from './steps.ts';
import { timeline } from './timeline.ts';

const root = document.querySelector('main') ?? document.body;
const announce = document.getElementById('announce');

const marks = { accepted: 'passed', refused: 'failed', 'cannot-tell': 'cannot-tell' } as const;
const actionNames = {
  requestToken: 'Request a Token…',
  createTokenSecret: 'Create a Token Secret…',
  generateKubeconfig: 'Generate a Kubeconfig…',
  selectContext: 'Select Another Context…',
} as const;

window.addEventListener('message', ({ data }: MessageEvent<InspectorMessage>) => {
  const focused = document.activeElement?.id ?? '';
  noteOpened();
  if (data.view === 'reopen') {
    root.replaceChildren(...reopen(data.text));
  } else {
    keep({ origin: data.origin });
    root.replaceChildren(...page(data.model));
    say(data.model);
  }
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
});
// Toggling does not bubble.
document.addEventListener('toggle', noteOpened, true);
ask({ type: 'ready' });

/** Says a verdict once to a screen reader, not with every piece of evidence. */
function say({ headline, isBusy }: InspectorModel): void {
  const words = plain(isBusy ? 'Looking in the cluster' : headline);
  if (announce && announce.textContent !== words) announce.textContent = words;
}

function reopen(text: string): HTMLElement[] {
  return [
    el('header', { class: 'hero' }, [
      el('h1', {}, ['This token has to be opened again']),
      el('p', {}, [text]),
      el('div', { class: 'actions' }, [
        button('reopen', 'Choose a Token…', () => {
          ask({ type: 'reopen' });
        }),
      ]),
    ]),
  ];
}

function page(model: InspectorModel): HTMLElement[] {
  const { compared, claims, moments, lives } = model;
  if (compared) {
    const back = button('alone', 'Back to One Token', () => {
      ask({ type: 'alone' });
    });
    return [
      el('header', { class: 'hero' }, [
        el('h1', {}, ['Two tokens, side by side']),
        el('div', { class: 'actions' }, [back]),
      ]),
      ...comparison(model, compared),
    ];
  }
  const aside = [
    ...(moments.length > 0 || lives.length > 0 ? [timeline(model)] : []),
    ...(model.user ? [who(model.user, model.outcome)] : []),
  ];
  return [
    hero(model),
    ...(model.chain.length > 0 ? [chain(model)] : []),
    el('div', { class: 'columns' }, [
      el('div', {}, [...causes(model), checks(model), ...possible(model)]),
      ...(aside.length > 0 ? [el('div', { class: 'aside' }, aside)] : []),
    ]),
    ...(claims.length > 0 ? [tokenParts(model)] : []),
  ];
}

function hero(model: InspectorModel): HTMLElement {
  const { kind, owner, outcome, headline, problem, searched, name, isBusy } = model;
  const isAwaited = isBusy && outcome === 'cannot-tell';
  const about = [owner === '' ? '' : kind, name].filter((one) => one !== '').join(' · ');
  const made = el('header', { class: `hero ${isAwaited ? 'busy' : outcome}` }, [
    ...(about === '' ? [] : [el('p', { class: 'kind' }, [about])]),
    el('h1', {}, breakable(owner === '' ? kind : owner)),
    el('p', { class: 'verdict' }, [
      mark(isAwaited ? 'busy' : marks[outcome]),
      el('span', {}, [isAwaited ? 'Looking in the cluster…' : headline]),
    ]),
    actions(model),
  ]);
  if (problem !== undefined) made.append(el('p', { class: 'problem', role: 'alert' }, [problem]));
  if (searched !== undefined) made.append(el('p', { class: 'found' }, [searched]));
  return made;
}

function actions({ server, isBusy, isOffline, canLook, canSearch, canSend }: InspectorModel): HTMLElement {
  const make = (
    id: 'read' | 'send' | 'copy' | 'compare' | 'search',
    label: string,
    isMain = false,
  ): HTMLElement => {
    const made = button(
      id,
      label,
      () => {
        ask({ type: id });
      },
      isMain ? '' : 'quiet',
    );
    if (isBusy && (id === 'read' || id === 'send')) made.setAttribute('aria-disabled', 'true');
    return made;
  };
  const note = !canLook
    ? 'No cluster has to be asked: this gets no further in any. The token stays on this machine.'
    : server === undefined
      ? 'No cluster was asked, and the token stays on this machine.'
      : `${isOffline ? 'Would ask' : 'Asked'} ${server}: metadata only, with your own rights, and the Secret of a legacy token to compare it in memory.${canSend ? ' The token is sent only after you say yes.' : ''}`;
  return el('div', { class: 'actions' }, [
    ...(canLook
      ? [make('read', isBusy ? 'Looking…' : isOffline ? 'Look in the Cluster' : 'Look Again', isOffline)]
      : []),
    ...(canSend ? [make('send', 'Ask the Server…')] : []),
    ...(canSearch ? [make('search', 'Find Its Cluster…')] : []),
    make('compare', 'Compare…'),
    make('copy', 'Copy Report'),
    el('p', { class: 'note' }, [note]),
  ]);
}

/** How many of the causes that remain possible are shown at once; the others are a click away. */
const SHOWN = 3;

/** Why, once it was found. */
function causes({ causes: all }: InspectorModel): HTMLElement[] {
  const found = all.filter(({ isFound }) => isFound);
  return found.length === 0 ? [] : [section('why', 'Why, and what to do', [causeList('found', found)])];
}

/** What else it could be, likeliest first, after the checks that leave it open. */
function possible({ causes: all, outcome, isBusy }: InspectorModel): HTMLElement[] {
  const open = all.filter(({ isFound }) => !isFound);
  if (open.length === 0 || isBusy) return [];
  if (outcome === 'accepted') {
    return [details('beside', 'If the client is unauthorized all the same', [causeList('open', open)])];
  }
  if (open.length < all.length) {
    const count = `${open.length} more that could not be ruled out, likeliest first`;
    return [details('more-causes', count, [causeList('more', open)])];
  }
  const rest = open.slice(SHOWN);
  return [
    section('open', 'What it could still be, likeliest first', [
      causeList('open', open.slice(0, SHOWN)),
      ...(rest.length > 0
        ? [details('more-causes', `${rest.length} less likely`, [causeList('more', rest)])]
        : []),
    ]),
  ];
}

function causeList(name: string, list: InspectorModel['causes']): HTMLElement {
  const items = list.map(({ title, fix, action, command }, index) => {
    const item = el('li', {}, [el('strong', {}, [title]), el('p', {}, [fix])]);
    // What is unlikely is named, and no more: a wall of buttons helps nobody.
    if (name === 'more') return item;
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
      item.append(el('p', { class: 'shell' }, [code(command), copy]));
    }
    if (action !== undefined) {
      const act = button(
        `${name}-${index}`,
        actionNames[action],
        () => {
          ask({ type: 'action', action });
        },
        name === 'found' ? '' : 'quiet',
      );
      item.append(act);
    }
    return item;
  });
  return el('ol', { class: `causes ${name}`, role: 'list' }, items);
}

function who(user: NonNullable<InspectorModel['user']>, outcome: InspectorModel['outcome']): HTMLElement {
  const title = outcome === 'accepted' ? 'Who the server takes it for' : 'Who it would be';
  const rows: [string, readonly string[]][] = [
    ['User', [user.name]],
    ['UID', [user.uid]],
    ['Groups', user.groups],
    ...Object.entries(user.extra).map(([name, value]): [string, string[]] => [name, [value]]),
  ];
  const pairs = rows.flatMap(([name, values]) => [
    el('dt', {}, breakable(name)),
    el(
      'dd',
      {},
      values.map((value) => el('div', {}, [code(value)])),
    ),
  ]);
  return section('who', title, [el('dl', {}, pairs)]);
}
