import {
  withOneHourLives,
  withoutAccount,
  withoutKey,
  withoutLegacyTokens,
  type Affected,
} from '../../audit/breaks.ts';
import {
  credentialKinds,
  type AccountUse,
  type AuditSummary,
  type CredentialKind,
  type Place,
} from '../../audit/summary.ts';
import { durationInWords } from '../../token/duration.ts';
import { localTime } from '../../token/localTime.ts';
import { relativeTime } from '../../token/relativeTime.ts';
import { since } from '../../versions.ts';
import type { SoughtToken } from '../workbench/openLogs.ts';
import type { AccountDetails, AccountRow, AuditModel, Change } from '../../audit/pageProtocol.ts';
import { trailOf } from './trail.ts';
import {
  boundTo,
  counted,
  elsewhereOf,
  fromOf,
  MOST_ROWS,
  placeRow,
  when,
} from '../../audit/summaryWords.ts';

/** So many rows of each table are shown. */
const MOST_ACCOUNTS = 200;

/** What of a log is shown. */
export interface Looked {
  readonly name: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly filter: string;
  readonly account: string | undefined;
  readonly token: SoughtToken | undefined;
  readonly state: 'reading' | 'read' | 'stopped';
  /** Whether a cluster may be asked. */
  readonly canCompare: boolean;
}

const nameOf = ({ namespace, name }: AccountUse): string => `${namespace}/${name}`;

const KINDS: Readonly<Record<CredentialKind, string>> = {
  legacy: 'legacy',
  stale: 'stale',
  bound: 'bound',
  untold: 'not told',
};

/** What the page shows of what was found so far. */
export function modelOf(summary: AuditSummary, looked: Looked): AuditModel {
  const { filter, now } = looked;
  const fitting = fittingOf(summary, filter).sort(byUrgency);
  const account = summary.accounts.find((one) => nameOf(one) === looked.account);
  return {
    ...headlineOf(summary, looked),
    name: looked.name,
    progress: progressOf(summary, looked),
    facts: factsOf(summary),
    warning:
      summary.answersWithToken === 0
        ? undefined
        : `This log holds ${counted(summary.answersWithToken, 'token')} that the server issued, as it logs answers with their bodies. Keep the file as you would keep them.`,
    filter,
    accounts: fitting.slice(0, MOST_ACCOUNTS).map((one) => rowOf(one, now)),
    more: Math.max(0, fitting.length - MOST_ACCOUNTS),
    account: account && detailsOf(account, summary, looked),
    token: looked.token && trailOf(looked.token, summary, looked),
    changes: changesOf(summary, account, now),
    refusals: summary.refusals
      .slice(0, MOST_ROWS)
      .map(({ code, who, why, count, last, places, elsewhere }) => [
        who === '' ? 'nobody known' : who,
        `${code}: ${why}`,
        counted(count, 'time'),
        when(last, now),
        fromOf(places, elsewhere),
      ]),
    cannotTell: cannotTell(summary),
  };
}

/** The ServiceAccounts that a filter leaves. */
function fittingOf({ accounts, tokens }: AuditSummary, filter: string): AccountUse[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === '') return [...accounts];
  const owner = tokens.find(({ jti }) => jti === wanted)?.account;
  const isFrom = ({ address, agent, pod, node }: Place): boolean =>
    [address, agent, pod, node].some((text) => text.toLowerCase().includes(wanted));
  return accounts.filter((account) => {
    const name = nameOf(account);
    return name === owner || name.toLowerCase().includes(wanted) || account.places.some(isFrom);
  });
}

/** What may end first, then who comes most. */
function byUrgency(one: AccountUse, other: AccountUse): number {
  const rank = ({ byKind }: AccountUse): number => (byKind.legacy ? 0 : byKind.stale ? 1 : 2);
  return rank(one) - rank(other) || other.count - one.count;
}

function headlineOf(
  { accounts, requests }: AuditSummary,
  { state }: Looked,
): Pick<AuditModel, 'tone' | 'headline'> {
  const tone = (ended: 'doubt' | 'open'): AuditModel['tone'] => (state === 'reading' ? 'busy' : ended);
  const old = (kind: CredentialKind): number => accounts.filter(({ byKind }) => byKind[kind]).length;
  const [legacy, stale] = [old('legacy'), old('stale')];
  if (requests.count === 0)
    return {
      tone: tone('open'),
      headline: state === 'reading' ? 'Reading…' : 'No request of an audit log is in it',
    };
  if (legacy + stale === 0)
    return { tone: tone('open'), headline: 'No ServiceAccount came with a legacy or stale token' };
  const said = [
    ...(legacy > 0 ? [`${counted(legacy, 'ServiceAccount')} came with legacy tokens`] : []),
    ...(stale > 0 ? [`${legacy > 0 ? stale : counted(stale, 'ServiceAccount')} with stale ones`] : []),
  ];
  return { tone: tone('doubt'), headline: said.join(', ') };
}

function progressOf({ files }: AuditSummary, { state }: Looked): string | undefined {
  if (state === 'read') return undefined;
  const read = files.reduce((sum, file) => sum + file.read, 0);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const done = `${size === 0 ? 0 : Math.floor((read / size) * 100)} % of ${(size / 1e6).toFixed(0)} MB`;
  return state === 'reading' ? `Reading: ${done}` : `Stopped after ${done}`;
}

function factsOf({
  requests,
  byAccounts,
  accounts,
  lines,
  broken,
  firstBroken,
  others,
  files,
}: AuditSummary): string[] {
  const [from, to] = [requests.first, requests.last];
  const numbers = firstBroken
    .slice(0, 5)
    .map(({ file, line }) => (files.length > 1 ? `${file}:${line}` : String(line)));
  return [
    `${counted(requests.count, 'request')}, ${counted(byAccounts, 'one', '').trim()} of them by ${counted(accounts.length, 'ServiceAccount')}`,
    ...(from > 0 ? [`${localTime(from)} to ${localTime(to)}: ${durationInWords(to - from)}`] : []),
    `${counted(lines, 'record')}${others > 0 ? `, of which ${others.toLocaleString('en')} are of something else` : ''}`,
    ...(broken > 0
      ? [
          `${counted(broken, 'broken line')}, left out: ${numbers.join(', ')}${broken > numbers.length ? ' …' : ''}`,
        ]
      : []),
    ...files.flatMap(({ name, problem }) =>
      problem === undefined ? [] : [`${name} was not read to its end: ${problem}`],
    ),
  ];
}

function rowOf(account: AccountUse, now: number): AccountRow {
  const kinds = credentialKinds.filter((kind) => account.byKind[kind]);
  return {
    account: nameOf(account),
    tokens: kinds
      .map((kind) => `${KINDS[kind]} ${account.byKind[kind]?.count.toLocaleString('en')}`)
      .join(', '),
    isOld: account.byKind.legacy !== undefined || account.byKind.stale !== undefined,
    requests: account.count.toLocaleString('en'),
    last: account.last === 0 ? 'not told' : relativeTime(Math.round(account.last), now),
    from: fromOf(account.places, account.elsewhere),
  };
}

function detailsOf(
  account: AccountUse,
  { tokens }: AuditSummary,
  { now, canCompare }: Looked,
): AccountDetails {
  const name = nameOf(account);
  const own = tokens.filter((token) => token.account === name);
  const { secrets, staleSince, refused, actedAs, actedAsIt, actions, elsewhere, places } = account;
  const strangest = own
    .map((token) => ({ token, strange: token.strange.length, count: token.used?.count ?? 0 }))
    .sort((one, other) => other.strange - one.strange || other.count - one.count)
    .map(({ token }) => token);
  return {
    account: name,
    facts: [
      ...secrets.map(
        (secret) =>
          `Legacy token of Secret ${secret.name}${secret.isListed ? ', listed at the ServiceAccount' : ''}: ${counted(secret.count, 'request')}, last ${when(secret.last, now)}`,
      ),
      ...(staleSince === undefined
        ? []
        : [`With lives of an hour it would have failed since ${localTime(staleSince)}`]),
      ...(refused > 0 ? [`${counted(refused, 'request')} refused with 403`] : []),
      ...(actedAs > 0 ? [`${counted(actedAs, 'request')} sent as somebody else`] : []),
      ...(actedAsIt > 0 ? [`${counted(actedAsIt, 'request')} sent by others as this ServiceAccount`] : []),
      ...elsewhereOf(elsewhere),
    ],
    places: places.slice(0, MOST_ROWS).map(placeRow(now)),
    tokens: strangest.slice(0, MOST_ROWS).map((token) => ({
      jti: token.jti,
      bound: boundTo(token),
      used: token.used
        ? `${counted(token.used.count, 'request')}, last ${relativeTime(Math.round(token.used.last), now)}`
        : 'issued, not used',
      note: [
        ...(token.strange.length > 0 ? ['used away from its Pod'] : []),
        ...(token.staleSince === undefined ? [] : ['stale']),
        ...(token.isPart ? ['perhaps not all'] : []),
      ].join(', '),
    })),
    moreTokens: Math.max(0, own.length - MOST_ROWS),
    canScaffold: actions.length > 0,
    canCompare,
    actions: actions
      .slice(0, MOST_ROWS)
      .map(({ verb, group, resource, namespace, path, names, count }) => [
        `${verb} ${resource === '' ? path : `${resource}${group === '' ? '' : `.${group}`}`}${names && names.length > 0 ? ` ${names.join(', ')}` : ''}`,
        resource === '' ? 'no resource' : namespace === '' ? 'cluster-wide' : namespace,
        count.toLocaleString('en'),
      ]),
  };
}

function changesOf(summary: AuditSummary, account: AccountUse | undefined, now: number): Change[] {
  const rows = (all: readonly Affected[]): string[][] =>
    all
      .slice(0, MOST_ROWS)
      .map(({ account, with: names, places, last, since: failing }) => [
        account,
        [
          names.slice(0, 3).join(', ') || (failing === undefined ? 'a token' : ''),
          failing === undefined ? '' : `since ${localTime(failing)}`,
        ]
          .filter(Boolean)
          .join(', '),
        fromOf(places),
        when(last, now),
      ]);
  const change = (id: string, title: string, note: string, all: readonly Affected[]): Change => ({
    id,
    title,
    count: all.length === 0 ? 'nobody' : all.length.toLocaleString('en'),
    note: all.length === 0 ? 'Nobody who is in this log.' : note,
    rows: rows(all),
  });
  return [
    change(
      'legacy',
      'Legacy tokens are deleted',
      'Whoever came with one would get 401.',
      withoutLegacyTokens(summary),
    ),
    change(
      'hour',
      'Tokens live for an hour',
      'These never read their token again, or have one that nobody renews: they would have failed since.',
      withOneHourLives(summary),
    ),
    change(
      'key',
      'The signing key is taken away',
      'No kubelet renews these, or they never read the renewed one. Those of Pods are renewed within the hour; the old key has to stay so long.',
      withoutKey(summary),
    ),
    account
      ? change(
          'account',
          `${nameOf(account)} is deleted`,
          'All its tokens end at once. Bindings stay, and hold again for the next of its name.',
          withoutAccount(account, summary),
        )
      : {
          id: 'account',
          title: 'A ServiceAccount is deleted',
          count: 'choose one above',
          note: 'Choose one above to see who comes with its tokens.',
          rows: [],
        },
  ];
}

function cannotTell({ hasTokenIds, accounts, requests, leftOut, levels }: AuditSummary): string[] {
  const untold = accounts.reduce((sum, { byKind }) => sum + (byKind.untold?.count ?? 0), 0);
  const unnamed = accounts.reduce((sum, { byKind, secrets }) => {
    const named = secrets.reduce((of, { count }) => of + count, 0);
    return sum + (byKind.legacy?.count ?? 0) - named;
  }, -leftOut.secrets);
  const addresses = new Set(accounts.flatMap(({ places }) => places.map(({ address }) => address)));
  const scattered = accounts.filter(({ elsewhere }) => elsewhere > 0);
  const scatteredCount = scattered.reduce((sum, { elsewhere }) => sum + elsewhere, 0);
  return [
    `Who comes less often than this log is long (${durationInWords(requests.last - requests.first)}), and whatever the audit policy leaves out.`,
    'Why a token was refused with 401: the server logs that elsewhere. “Why Unauthorized?” tells it of a token at hand.',
    ...(hasTokenIds
      ? []
      : [
          `Which token it was, and of which Pod: the server is older than ${since('names jti and Node in tokens')}, or the export leaves it out. So it is not told who uses a token longer than an hour that is no Pod’s, nor whose token a key’s end would cut off.`,
        ]),
    ...(untold > 0
      ? [
          `Of ${counted(untold, 'request')} whether its token was bound: the log notes legacy and stale tokens alone.`,
        ]
      : []),
    ...(unnamed > 0
      ? [
          `Of ${counted(unnamed, 'request')} with a legacy token of which Secret: the server does not note it.`,
        ]
      : []),
    ...(accounts.length > 3 && addresses.size === 1
      ? ['From where anybody came: all have one address, as behind a load balancer.']
      : []),
    ...(levels.length === 1 && levels[0] === 'Metadata'
      ? ['To what a token was bound that was never used, and its life: bodies are not logged.']
      : []),
    ...(scatteredCount > 0
      ? [
          `From where ${counted(scatteredCount, 'request')} of ${counted(scattered.length, 'ServiceAccount')} came: from more places than are kept.`,
        ]
      : []),
    ...(leftOut.accounts + leftOut.tokens + leftOut.refusals + leftOut.secrets > 0
      ? [
          `What there was too much of: ${counted(leftOut.accounts, 'request')} of further ServiceAccounts, ${leftOut.tokens.toLocaleString('en')} with further tokens, ${leftOut.secrets.toLocaleString('en')} with those of further Secrets, ${leftOut.refusals.toLocaleString('en')} refusals.`,
        ]
      : []),
  ];
}
