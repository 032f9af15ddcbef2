import type { InspectorMessage, InspectorModel } from '../../src/inspection/protocol.ts';
import { possible, repair } from './causes.ts';
import { chain } from './chain.ts';
import { comparison, tokenParts } from './claims.ts';
import { breakable, button, code, el, mark, noteOpened, plain, section } from './dom.ts';
import { ask, keep } from './host.ts';
import { checks } from './steps.ts';
import { timeline } from './timeline.ts';

const root = document.querySelector('main') ?? document.body;
const announce = document.getElementById('announce');
let isFirst = true;

const marks = { good: 'passed', bad: 'failed', doubt: 'cannot-tell', open: 'open' } as const;

window.addEventListener('message', ({ data }: MessageEvent<InspectorMessage>) => {
  const begins = isFirst || (data.view === 'explanation' && data.isAskedFor === true);
  const focused = begins ? 'verdict' : (document.activeElement?.id ?? '');
  isFirst = false;
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

/** The first heading, which a screen reader begins with. */
function verdict(children: readonly (Node | string)[]): HTMLElement {
  return el('h1', { id: 'verdict', class: 'verdict', tabindex: -1 }, children);
}

function reopen(text: string): HTMLElement[] {
  return [
    el('header', { class: 'hero' }, [
      verdict(['This token has to be opened again']),
      el('p', {}, [text]),
      el('div', { class: 'actions' }, [
        button('reopen', 'Choose a Token…', () => {
          ask({ type: 'reopen' });
        }),
      ]),
    ]),
  ];
}

/** Verdict, the one right repair, what it hangs on, the checks: what a person came for stands on the first screen. */
function page(model: InspectorModel): HTMLElement[] {
  const { compared, claims, moments, lives } = model;
  if (compared) {
    const back = button('alone', 'Back to One Token', () => {
      ask({ type: 'alone' });
    });
    return [
      el('header', { class: 'hero' }, [
        verdict(['Two tokens, side by side']),
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
    ...facts(model),
    el('div', { class: 'columns' }, [
      el('div', {}, [checks(model), ...possible(model)]),
      ...(aside.length > 0 ? [el('div', { class: 'aside' }, aside)] : []),
    ]),
    ...(claims.length > 0 ? [tokenParts(model)] : []),
  ];
}

function hero(model: InspectorModel): HTMLElement {
  const { kind, owner, tone, headline, serversWord, problem, searched, name, isBusy } = model;
  const isAwaited = isBusy && (tone === 'open' || tone === 'doubt');
  const whose = owner === '' ? kind : `${kind} of ${owner}`;
  return el('header', { class: `hero ${isAwaited ? 'busy' : tone}` }, [
    el('p', { class: 'kind' }, breakable([whose, name].filter((one) => one !== '').join(' · '))),
    verdict([
      mark(isAwaited ? 'busy' : marks[tone]),
      el('span', {}, [isAwaited ? 'Looking in the cluster…' : headline]),
    ]),
    ...(serversWord === undefined
      ? []
      : [el('p', { class: 'word' }, ['The server says: ', code(serversWord)])]),
    ...(problem === undefined ? [] : [el('p', { class: 'problem', role: 'alert' }, [problem])]),
    ...(isAwaited ? [] : repair(model)),
    actions(model),
    ...unusedLogin(model),
    ...(searched === undefined ? [] : [el('p', { class: 'found' }, [searched])]),
  ]);
}

/** What the tree knows of the Pod that was pointed at. */
function facts({ facts: lines }: InspectorModel): HTMLElement[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => el('li', {}, breakable(line)));
  return [section('facts', 'What the tree knows', [el('ul', {}, items)])];
}

/** The login that was not used, and why; the person may want it all the same. */
function unusedLogin({ unused, isBusy }: InspectorModel): HTMLElement[] {
  if (!unused || isBusy) return [];
  const { context, why } = unused;
  return [
    el('p', { class: 'found' }, [
      `Asked without a login. The login of your context “${context}” was not used: ${why}. `,
      button(
        'own',
        `Look with “${context}”`,
        () => {
          ask({ type: 'own' });
        },
        'quiet small',
      ),
    ]),
  ];
}

function actions(model: InspectorModel): HTMLElement {
  const { isBusy, isOffline, canLook, canSearch, canSend, barred, causes } = model;
  const make = (
    id: 'read' | 'send' | 'copy' | 'compare' | 'search' | 'trust',
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
  // One button is the main one: what mends it, where that is known.
  const isMended = causes.some(({ isFound, action }) => isFound && action !== undefined);
  const look = isBusy ? 'Looking…' : isOffline ? 'Look in the Cluster' : 'Look Again';
  return el('div', { class: 'actions' }, [
    ...(canLook && barred === 'restricted' ? [make('trust', 'Manage Workspace Trust', !isMended)] : []),
    ...(canLook && barred === undefined ? [make('read', look, isOffline && !isMended)] : []),
    ...(canSend && barred === undefined ? [make('send', 'Ask the Server…')] : []),
    ...(canSearch && barred === undefined ? [make('search', 'Find Its Cluster…')] : []),
    make('compare', 'Compare…'),
    make('copy', 'Copy Report'),
    el('p', { class: 'note' }, [noteOf(model)]),
  ]);
}

/** Who was asked or would be, and what of the token. */
function noteOf({
  server,
  isOffline,
  canLook,
  canSend,
  barred,
  wasSent,
  comparesSecret,
  what,
}: InspectorModel): string {
  if (!canLook) {
    return `No cluster has to be asked: it would fail in any. The ${what} stays on this machine.`;
  }
  if (barred === 'restricted') {
    return 'In Restricted Mode no cluster is asked: the token is judged by what it says, on this machine. If you trust the workspace, the cluster is asked automatically.';
  }
  if (barred === 'browser')
    return 'In a browser no cluster can be asked: the token is judged by what it says.';
  if (server === undefined) return `No cluster was asked, and the ${what} stays on this machine.`;
  const secret = comparesSecret ? ', and its Secret, to compare it in memory' : '';
  const sent = wasSent
    ? ` The ${what} was sent too, because you agreed.`
    : canSend
      ? ` The ${what} is sent only if you agree.`
      : '';
  return `${isOffline ? 'Would ask' : 'Asked'} ${server}: metadata only, with your own rights${secret}.${sent}`;
}

function who(user: NonNullable<InspectorModel['user']>, outcome: InspectorModel['outcome']): HTMLElement {
  const title = outcome === 'accepted' ? 'Who the server takes it for' : 'Who it would be';
  const rows: [string, readonly string[]][] = [
    ['User', [user.name]],
    // A client certificate has none.
    ...(user.uid === '' ? [] : [['UID', [user.uid]] satisfies [string, string[]]]),
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
