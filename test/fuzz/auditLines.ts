/** Lines of audit logs, some of them damaged, counted by the reader and, one by one, by JSON.parse. */
import { isRecord } from '../../src/token/decode.ts';
import { boundBy, eventOf, told } from '../support/texts/auditEvents.ts';
import { JSON_DAMAGE } from '../support/damage.ts';
import { random } from './random.ts';

const LINES = 1000;
const LEGACY = 'authentication.k8s.io/legacy-token';

function makeLine(next: () => number): string {
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(next() * all.length)];
  const line = eventOf({
    user:
      pick([
        'system:serviceaccount:a:b',
        'system:serviceaccount:a:c',
        'system:node:n',
        'system:serviceaccount:',
        'jane "x"',
        '',
      ]) ?? '',
    stage: pick(['ResponseComplete', 'ResponseComplete', 'Panic', 'RequestReceived', 'Other']) ?? '',
    code: pick([200, 201, 401, 403, 404]) ?? 0,
    agent: pick(['a/1', '"},"stage":"Panic"', '\\', '𝒳\u2028']) ?? '',
    ...(next() < 0.3 && { extra: boundBy(`j${Math.floor(next() * 50)}`, 'p', 'n') }),
    ...(next() < 0.3 && { annotations: { [LEGACY]: 'x' } }),
    ...(next() < 0.2 && {
      requestObject: { auditID: 'x', stage: 'Panic', user: { username: 'system:serviceaccount:a:d' } },
    }),
  });
  if (next() < 0.5) return line;
  const at = Math.floor(next() * (line.length + 1));
  return line.slice(0, at) + (pick(JSON_DAMAGE) ?? '') + line.slice(at + Math.floor(next() * 3));
}

interface Counted {
  requests: number;
  broken: number;
  others: number;
  readonly accounts: Record<string, readonly [all: number, legacy: number]>;
  /** How often each came, by its id. */
  readonly tokens: Record<string, number>;
}

/** A line's JSON, behind what may stand before it, as a time; undefined where it has none. */
function parsed(line: string): unknown {
  const start = /^[ \t\r]*[{[]/.test(line) ? 0 : line.slice(0, 512).indexOf('{');
  try {
    return start < 0 ? undefined : JSON.parse(line.slice(start));
  } catch {
    return undefined; // It is broken, and counted as that.
  }
}

/** The id of a token, of the first text that says one. */
function idIn(extra: unknown): string | undefined {
  const ids = isRecord(extra) ? extra['authentication.kubernetes.io/credential-id'] : undefined;
  const first: unknown = Array.isArray(ids) ? ids.find((one) => typeof one === 'string') : undefined;
  return typeof first === 'string' ? /^JTI=(.+)$/s.exec(first)?.[1] : undefined;
}

/** What is in a log, by JSON.parse alone. */
function countedPlainly(text: string): Counted {
  const counted: Counted = { requests: 0, broken: 0, others: 0, accounts: {}, tokens: {} };
  for (const line of text.split('\n')) {
    if (/^[ \t\r]*$/.test(line)) continue;
    const event = parsed(line);
    if (!isRecord(event) || !('auditID' in event) || !('stage' in event)) {
      if (isRecord(event)) counted.others++;
      else counted.broken++;
      continue;
    }
    if (event['stage'] !== 'ResponseComplete' && event['stage'] !== 'Panic') continue;
    counted.requests++;
    const { username, extra } = isRecord(event['user']) ? event['user'] : {};
    const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(
      typeof username === 'string' ? username : '',
    );
    if (!account) continue;
    const name = `${account[1]}/${account[2]}`;
    const jti = idIn(extra);
    if (jti !== undefined) counted.tokens[jti] = (counted.tokens[jti] ?? 0) + 1;
    const isLegacy = jti === undefined && isRecord(event['annotations']) && LEGACY in event['annotations'];
    const [all, legacy] = counted.accounts[name] ?? [0, 0];
    counted.accounts[name] = [all + 1, legacy + (isLegacy ? 1 : 0)];
  }
  return counted;
}

/** Reads so many made-up lines; says where the counts differ. */
export function fuzzAuditLines(count: number, first: number, fail: (message: string) => void): void {
  for (let seed = first; seed < first + count / LINES; seed++) {
    const next = random(seed);
    const text = [eventOf({}), ...Array.from({ length: LINES }, () => makeLine(next))].join('\n');
    const { requests, broken, others, accounts, tokens } = told(text, 4096 + (seed % 5000));
    const found: Counted = {
      requests: requests.count,
      broken,
      others,
      accounts: Object.fromEntries(
        accounts.map(({ namespace, name, count: all, byKind }) => [
          `${namespace}/${name}`,
          [all, byKind.legacy?.count ?? 0] as const,
        ]),
      ),
      tokens: Object.fromEntries(tokens.map(({ jti, used }) => [jti, used?.count ?? 0])),
    };
    const plainly = countedPlainly(text);
    const inOrder = (all: object): unknown[] =>
      Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
    const sorted = ({ accounts: all, tokens: ids, ...more }: Counted): string =>
      JSON.stringify([more, inOrder(all), inOrder(ids)]);
    if (sorted(found) !== sorted(plainly)) {
      fail(`audit lines of seed ${seed}: ${sorted(found)}, not ${sorted(plainly)}`);
    }
  }
}
