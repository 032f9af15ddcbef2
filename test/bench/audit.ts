/** Row 31: an audit log, read beside jq. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExtension } from '../../scripts/build.ts';
import { AuditLog } from '../../src/audit/auditLog.ts';
import { processorTime } from '../fuzz/watch.ts';
import { boundBy, eventOf } from '../support/texts/auditEvents.ts';
import { machineFactor } from './machine.ts';
import type { Row } from './row.ts';

const SIZE = 1e9;
const PIECE = 1024 * 1024;
/** How much of it jq is given: it is slower, and takes memory for what it counts. */
const PART = 50e6;

/** The same question for jq: who came from where with which token, how often, when first and when last. */
const QUESTION = `reduce (inputs | select(.stage == "ResponseComplete" and (.user.username | startswith("system:serviceaccount:")))) as $e ({};
  ([$e.user.username, $e.sourceIPs[-1], $e.userAgent, ($e.annotations["authentication.k8s.io/legacy-token"] != null), ($e.user.extra // {})["authentication.kubernetes.io/credential-id"]] | tostring) as $k
  | .[$k] = {count: ((.[$k].count // 0) + 1), first: (.[$k].first // $e.requestReceivedTimestamp), last: $e.requestReceivedTimestamp}) | length`;

/** Whose requests are in a log: three of five are of ServiceAccounts, each with the token of a Pod. */
interface Users {
  readonly accounts: number;
  readonly tokens: number;
  readonly addresses: number;
}
const FEW: Users = { accounts: 40, tokens: 2000, addresses: 40 };
const MANY: Users = { accounts: 4000, tokens: 60_000, addresses: 60_000 };

/** Lines of ServiceAccounts with their tokens, of nodes, and now and then of a legacy token, at the level Metadata. */
function writeLog(path: string, size: number, { accounts, tokens, addresses }: Users): void {
  const lines = Array.from({ length: Math.max(20_000, (tokens / 3) * 5) }, (_, at) => {
    const isPod = at % 5 < 3;
    const pod = (Math.floor(at / 5) * 3 + (at % 5)) % tokens;
    const account = `system:serviceaccount:ns${pod % accounts}:app`;
    const seconds = String(at % 60).padStart(2, '0');
    return `${eventOf({
      user: isPod ? account : `system:node:node-${at % 40}`,
      ...(isPod && {
        extra: boundBy(
          `00000000-0000-4000-8000-${String(pod).padStart(12, '0')}`,
          `app-${pod}`,
          `node-${pod % 40}`,
        ),
      }),
      addresses: [isPod ? `10.2.${(pod % addresses) >> 8}.${(pod % addresses) & 255}` : `192.0.2.${at % 40}`],
      agent: 'app/v1.2.3 (linux/amd64) kubernetes/abcdef',
      at: `2026-11-29T09:00:${seconds}.${String(at).padStart(6, '0')}Z`,
      ...(at % 100 === 0 && { extra: {}, annotations: { 'authentication.k8s.io/legacy-token': account } }),
    })}\n`;
  }).join('');
  const file = openSync(path, 'w');
  for (let written = 0; written < size;) written += writeSync(file, lines);
  closeSync(file);
}

/** Reads a log in this thread; how many MB it reads in a second of the processor's time. */
function speedOf(path: string): number {
  const log = new AuditLog();
  log.begin('audit.log');
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(PIECE);
  const started = processorTime();
  let bytes = 0;
  for (;;) {
    const count = readSync(file, buffer, 0, PIECE, null);
    if (count === 0) break;
    bytes += count;
    log.push(buffer.subarray(0, count), count);
  }
  log.end();
  log.summary(true);
  closeSync(file);
  return bytes / 1e3 / (processorTime() - started);
}

/** How many MB a process of its own grows by while a thread of it reads the log. */
function memoryOf(path: string): number {
  const measuring = fileURLToPath(new URL('auditMemory.ts', import.meta.url));
  return Number(execFileSync(process.execPath, [measuring, path], { encoding: 'utf8' })) / 1e6;
}

/** Makes a log of 1 GB, reads it, and asks jq the same of a part of it. */
export async function auditRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  try {
    const [whole, part] = [join(folder, 'audit.log'), join(folder, 'part.log')];
    await buildExtension();
    writeLog(whole, SIZE, MANY);
    const ofMany = memoryOf(whole);
    writeLog(whole, SIZE, FEW);
    writeLog(part, PART, FEW);
    const memory = memoryOf(whole);
    const factor = machineFactor();
    const speed = speedOf(whole);
    const peer = jq(part);
    const ratio = peer === undefined ? undefined : speed / peer;
    return [
      {
        row: 31,
        what: 'An audit log of 1 GB, read and counted, one core',
        figure: `${speed.toFixed(0)} MB in a second of the processor, ${(speed * factor).toFixed(0)} on the reference (factor ${factor.toFixed(2)}), ${memory.toFixed(0)} MB of memory, ${ofMany.toFixed(0)} MB with 60,000 tokens of 4,000 ServiceAccounts`,
        peer: peer === undefined ? 'no jq here' : `jq ${peer.toFixed(1)} MB/s`,
        ratio: ratio === undefined ? '—' : `${ratio.toFixed(1)} ×`,
        target: '≥ 150 MB/s; ≥ 10 × jq; ≤ 100 MB',
        held:
          ratio === undefined
            ? undefined
            : speed * factor >= 150 && ratio >= 10 && Math.max(memory, ofMany) <= 100,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many MB jq reads in a second of the processor's time; undefined where there is none. */
function jq(path: string): number | undefined {
  try {
    execFileSync('jq', ['--version']);
  } catch {
    return undefined; // Most machines have none.
  }
  const script = `TIMEFORMAT=%U; time jq -n "$1" "$2" > /dev/null`;
  const said = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`, 'bash', QUESTION, path], {
    encoding: 'utf8',
  });
  const seconds = Number(said.trim().split('\n').at(-1));
  return PART / 1e6 / seconds;
}
