import type { AccountUse, AuditSummary, SecretUse, TokenUse } from '../../audit/summary.ts';
import { durationInWords } from '../../token/duration.ts';
import { localTime } from '../../token/localTime.ts';
import { since } from '../../versions.ts';
import type { SoughtToken } from '../workbench/openLogs.ts';
import type { Trail } from '../../audit/pageProtocol.ts';
import { boundTo, counted, elsewhereOf, MOST_ROWS, placeRow, when } from '../../audit/summaryWords.ts';

/** What a log tells of one token: when it was issued, to whom and for what, and each place that it was used from. */
export function trailOf(
  sought: SoughtToken,
  summary: AuditSummary,
  { now, state }: { readonly now: number; readonly state: 'reading' | 'read' | 'stopped' },
): Trail {
  const { jti, secret, account } = sought;
  const use = summary.accounts.find(({ namespace, name }) => `${namespace}/${name}` === account);
  if (secret !== undefined) {
    const found = use?.secrets.find(({ name }) => name === secret);
    if (found) return ofSecret(found, account ?? '', now);
  }
  const token = summary.tokens.find((one) => one.jti === jti);
  if (token) return ofToken(token, now);
  const came =
    use && `Its ServiceAccount ${account} came ${counted(use.count, 'time')}, last ${when(use.last, now)}.`;
  return {
    kind: secret === undefined ? 'Token' : SECRET,
    name: secret ?? jti ?? 'without an id',
    facts: [
      state === 'reading'
        ? 'Not found so far: the log is still read.'
        : whyNotFound(summary, secret === undefined ? undefined : use),
      ...(account === undefined ? [] : [came ?? `Its ServiceAccount ${account} is not in this log.`]),
    ],
    strange: undefined,
    places: [],
  };
}

const SECRET = 'Legacy token of Secret';

/** `use`: of the ServiceAccount, where a legacy token is looked for. */
function whyNotFound({ requests, hasTokenIds }: AuditSummary, use: AccountUse | undefined): string {
  const { first, last, count } = requests;
  if (count === 0) return 'No request is in this log.';
  const legacy = use?.byKind.legacy;
  if (legacy && use.secrets.length === 0) {
    return `${counted(legacy.count, 'request')} came with a legacy token of it. Of which Secret is not told.`;
  }
  if (!use && !hasTokenIds) {
    return `This log tells of no token’s id: the server is older than ${since('names jti and Node in tokens')}, or the export leaves it out.`;
  }
  return `${use ? 'Not used' : 'Neither issued nor used'} in this log, from ${localTime(first)} to ${localTime(last)}.`;
}

function ofSecret({ name, places, isListed, ...used }: SecretUse, account: string, now: number): Trail {
  return {
    kind: SECRET,
    name,
    facts: [
      `Of ${account}, bound to nothing: it is valid until its Secret is deleted`,
      ...(isListed ? ['Its Secret is listed at the ServiceAccount'] : []),
      `Used ${counted(used.count, 'time')}: first ${when(used.first, now)}, last ${when(used.last, now)}`,
    ],
    strange: undefined,
    places: places.slice(0, MOST_ROWS).map(placeRow(now)),
  };
}

function ofToken(token: TokenUse, now: number): Trail {
  const { jti, account, isPart, issued, used, staleSince, strange, places, elsewhere } = token;
  return {
    kind: 'Token',
    name: jti,
    facts: [
      `Of ${account}, bound to ${boundTo(token)}`,
      issued
        ? `Issued ${when(issued.at, now)}, asked for by ${issued.by} from ${issued.address}${issued.life === undefined ? '' : `, for ${durationInWords(issued.life)}`}`
        : 'Its issue is not in this log',
      used
        ? `Used ${counted(used.count, 'time')}: first ${when(used.first, now)}, last ${when(used.last, now)}`
        : 'Not used in this log',
      ...(staleSince === undefined
        ? []
        : [`With a life of an hour it would have ended ${when(staleSince, now)}`]),
      ...elsewhereOf(elsewhere),
      ...(isPart
        ? ['Perhaps not all of its use: there are more tokens than are kept. “Read Again” counts all of it.']
        : []),
    ],
    strange:
      strange.length === 0
        ? undefined
        : `It was used from ${strange.join(', ')}, which is neither its Pod’s usual address nor its Node’s.`,
    places: places.slice(0, MOST_ROWS).map(placeRow(now, strange)),
  };
}
