import type { AuditMessage, AuditModel, AuditPageRequest, Change } from '../../src/audit/pageProtocol.ts';
import { breakable, button, code, details, el, mark, noteOpened, section, table } from '../inspector/dom.ts';
import { post } from '../inspector/host.ts';

const root = document.querySelector('main') ?? document.body;
const announce = document.getElementById('announce');

const ask = (request: AuditPageRequest): void => {
  post(request);
};

const marks = { good: 'passed', doubt: 'cannot-tell', open: 'open', busy: 'busy' } as const;
let isFirst = true;
let before = '';
let chosenBefore = '';

window.addEventListener('message', ({ data }: MessageEvent<AuditMessage>) => {
  draw(data.model);
  tell(data.model);
});
document.addEventListener('toggle', noteOpened, true);

/** Draws the page again; what has the focus keeps it, and what is typed. */
function draw(model: AuditModel): void {
  const focused = isFirst ? 'verdict' : (document.activeElement?.id ?? '');
  const typed = document.activeElement instanceof HTMLInputElement ? document.activeElement : undefined;
  const [text, from, to] = [typed?.value, typed?.selectionStart, typed?.selectionEnd];
  isFirst = false;
  noteOpened();
  root.replaceChildren(...page(model));
  const again = document.getElementById(focused);
  if (again instanceof HTMLInputElement && text !== undefined) {
    again.value = text;
    again.setSelectionRange(from ?? null, to ?? null);
  }
  again?.focus({ preventScroll: true });
}

/** Says the headline once the log was read, and shows what was chosen, which a long list may hide. */
function tell({ headline, progress, account, token }: AuditModel): void {
  const chosen = token?.name ?? account?.account ?? '';
  if (chosen !== chosenBefore) document.getElementById(token ? 'trail' : 'title-chosen')?.scrollIntoView();
  chosenBefore = chosen;
  if (progress !== undefined) return;
  if (announce && headline !== before) announce.textContent = headline;
  before = headline;
}

const list = (texts: readonly string[]): HTMLElement =>
  el(
    'ul',
    {},
    texts.map((text) => el('li', {}, breakable(text))),
  );
const cells = (row: readonly string[]): Node[] => row.map((text) => el('span', {}, breakable(text)));
const link = (id: string, label: string, press: () => void): HTMLElement => {
  const made = button(id, '', press, 'link');
  made.append(...breakable(label));
  return made;
};

function page(model: AuditModel): Node[] {
  return [
    hero(model),
    accounts(model),
    ...trail(model),
    ...chosen(model),
    section('changes', 'What would break if…', model.changes.map(change)),
    ...(model.refusals.length > 0
      ? [
          section('refusals', 'Refused', [
            table('Refused requests', ['Who', 'Why', 'How often', 'Last', 'From'], model.refusals.map(cells)),
          ]),
        ]
      : []),
    section('cannot', 'What this log cannot tell', [list(model.cannotTell)]),
  ];
}

function hero({ name, tone, headline, progress, facts, warning }: AuditModel): HTMLElement {
  const isReading = tone === 'busy';
  return el('div', { class: `hero ${tone}` }, [
    el('p', { class: 'kind' }, ['Audit log ', code(name)]),
    el('div', { class: 'verdict', id: 'verdict', tabindex: -1 }, [
      mark(marks[tone]),
      el('h1', {}, [headline]),
    ]),
    ...(progress === undefined ? [] : [el('p', { class: 'word' }, [progress])]),
    el('div', { class: 'facts' }, [list(facts)]),
    ...(warning === undefined ? [] : [el('p', { class: 'warning' }, [warning])]),
    el('div', { class: 'actions' }, [
      isReading
        ? button(
            'stop',
            'Stop',
            () => {
              ask({ type: 'stop' });
            },
            'quiet',
          )
        : button(
            'again',
            'Read Again',
            () => {
              ask({ type: 'again' });
            },
            'quiet',
          ),
      el('p', { class: 'note' }, ['Read on this machine. Nothing is sent anywhere.']),
    ]),
  ]);
}

function accounts({ accounts: rows, more, filter }: AuditModel): HTMLElement {
  const input = el('input', {
    id: 'filter',
    type: 'search',
    value: filter,
    'aria-label': 'Filter by name, address, user agent, Pod, Node or the id of a token',
    placeholder: 'Name, address, agent, Pod or a token’s id',
  });
  input.addEventListener('input', () => {
    if (input instanceof HTMLInputElement) ask({ type: 'filter', text: input.value });
  });
  const body = rows.map(({ account, tokens, isOld, requests, last, from }) => [
    link(`account-${account}`, account, () => {
      ask({ type: 'account', account });
    }),
    el('span', isOld ? { class: 'old' } : {}, [tokens]),
    requests,
    last,
    el('span', {}, breakable(from)),
  ]);
  const none = el('p', {}, [filter === '' ? 'None yet.' : 'None fits.']);
  return section('accounts', 'ServiceAccounts by what they came with', [
    el('div', { class: 'search' }, [
      input,
      el('span', { class: 'note' }, [more > 0 ? `${more} more: filter to see them` : '']),
    ]),
    rows.length === 0
      ? none
      : table(
          'ServiceAccounts by what they came with',
          ['ServiceAccount', 'Requests by token', 'Requests', 'Last', 'From'],
          body,
        ),
  ]);
}

const PLACES = ['Address', 'User agent', 'Bound to', 'Requests', 'Last'];

function trail({ token }: AuditModel): Node[] {
  if (!token) return [];
  const { kind, name, facts, strange, places } = token;
  return [
    el('section', { class: 'chosen', 'aria-labelledby': 'trail' }, [
      el('h2', { id: 'trail' }, [`${kind} `, code(name)]),
      list(facts),
      ...(strange === undefined ? [] : [el('p', { class: 'strange' }, breakable(strange))]),
      ...(places.length > 0
        ? [table(`From where the token ${name} was used`, PLACES, places.map(cells))]
        : []),
    ]),
  ];
}

function chosen({ account }: AuditModel): Node[] {
  if (!account) return [];
  const name = account.account;
  const tokens = account.tokens.map(({ jti, bound, used, note }) => [
    link(`token-${jti}`, jti, () => {
      ask({ type: 'token', jti });
    }),
    el('span', {}, breakable(bound)),
    used,
    note,
  ]);
  return [
    section('chosen', name, [
      ...(account.facts.length > 0 ? [list(account.facts)] : []),
      el('h3', {}, ['From where']),
      table(`From where ${name} came`, PLACES, account.places.map(cells)),
      ...(tokens.length > 0
        ? [
            details('tokens', `Tokens (${account.tokens.length + account.moreTokens})`, [
              table(`Tokens of ${name}`, ['Id', 'Bound to', 'Used', 'Note'], tokens),
            ]),
          ]
        : []),
      ...(account.canScaffold
        ? [
            details('actions', 'What it did', [
              table(`What ${name} did`, ['Action', 'Where', 'Requests'], account.actions.map(cells)),
            ]),
            el('div', { class: 'actions' }, [
              button('role', 'Least Role for This ServiceAccount', () => {
                ask({ type: 'role', account: name });
              }),
              ...(account.canCompare
                ? [
                    button(
                      'access',
                      'What It May Do Today',
                      () => {
                        ask({ type: 'access', account: name });
                      },
                      'quiet',
                    ),
                  ]
                : []),
            ]),
          ]
        : []),
    ]),
  ];
}

function change({ id, title, count, note, rows }: Change): HTMLElement {
  const body =
    rows.length === 0
      ? [el('p', {}, [note])]
      : [
          el('p', { class: 'note' }, [note]),
          table(`Broken if: ${title}`, ['ServiceAccount', 'With', 'From', 'Last'], rows.map(cells)),
        ];
  return details(`change-${id}`, `${title}: ${count}`, body);
}

ask({ type: 'ready' });
