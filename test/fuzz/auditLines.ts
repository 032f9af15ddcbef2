/** Lines of audit logs, some of them damaged, counted by the reader and, one by one, by JSON.parse. */
import { isRecord } from '../../src/token/decode.ts';
import { boundBy, eventOf, told } from '../support/auditEvents.ts';
import { random } from './random.ts';

const LINES = 1000;
const DAMAGE = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  'e',
  '.',
  '\u0001',
  'ü',
  '\n',
  'null',
  '\\u00',
  ' ',
  '\r',
];
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
  return line.slice(0, at) + (pick(DAMAGE) ?? '') + line.slice(at + Math.floor(next() * 3));
}

interface Counted {
  requests: number;
  broken: number;
  others: number;
  readonly accounts: Record<string, readonly [all: number, legacy: number]>;
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

/** What is in a log, by JSON.parse alone. */
function countedPlainly(text: string): Counted {
  const counted: Counted = { requests: 0, broken: 0, others: 0, accounts: {} };
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
    const id = isRecord(extra) ? extra['authentication.kubernetes.io/credential-id'] : undefined;
    const isBound =
      Array.isArray(id) && /^JTI=./.test(id.find((one): one is string => typeof one === 'string') ?? '');
    const isLegacy = !isBound && isRecord(event['annotations']) && LEGACY in event['annotations'];
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
    const { requests, broken, others, accounts } = told(text, 4096 + (seed % 5000));
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
    };
    const plainly = countedPlainly(text);
    const sorted = ({ accounts: all, ...more }: Counted): string =>
      JSON.stringify([
        more,
        Object.keys(all)
          .sort()
          .map((name) => [name, all[name]]),
      ]);
    if (sorted(found) !== sorted(plainly)) {
      fail(`audit lines of seed ${seed}: ${sorted(found)}, not ${sorted(plainly)}`);
    }
  }
}
