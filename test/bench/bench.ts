/**
 * npm run bench [-- big] [ROW…]: measures the rows of docs/targets.md on real parts, prints one table, and keeps it in
 * `out/bench.json`. A target that is missed is reported; only a measurement that breaks ends with an error.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activationRows } from './activation.ts';
import { auditRows } from './audit.ts';
import { checkRows } from './checks.ts';
import { expiryRows } from './expiry.ts';
import { accessibilityRows, configurationRows, credentialRows, forgeryRows, verdictRows } from './explain.ts';
import { shownRows } from './explainShown.ts';
import { liveViewRows } from './liveView.ts';
import { manyPodsRows } from './manyPods.ts';
import { refusalRows } from './refusals.ts';
import type { Row } from './row.ts';
import { outdatedRows } from './since124.ts';
import { runningExtensionsRows } from './runningExtensions.ts';
import { scanRows } from './scan.ts';
import { sizeRows } from './size.ts';
import { tokenRows } from './tokens.ts';

const out = fileURLToPath(new URL('../../out', import.meta.url));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const [isBig, ...rows] = [process.argv.includes('big'), ...process.argv.slice(2)] as const;
const wanted = rows.filter((one) => one !== 'big').map(Number);
const isWanted = (row: number): boolean => wanted.length === 0 || wanted.includes(row);

/** What is measured together, and the rows that come of it. */
const measurements: readonly {
  readonly rows: readonly number[];
  readonly measure: () => Row[] | Promise<Row[]>;
}[] = [
  { rows: [1, 3], measure: async () => await activationRows(say) },
  { rows: [1], measure: runningExtensionsRows },
  { rows: [2], measure: sizeRows },
  { rows: [4, 5, 6, 7, 19], measure: tokenRows },
  { rows: [7], measure: checkRows },
  {
    rows: [14],
    measure: async () => [
      ...(await verdictRows(say)),
      ...(await configurationRows()),
      ...(await credentialRows()),
      ...(await shownRows(say)),
    ],
  },
  { rows: [16], measure: forgeryRows },
  { rows: [20], measure: accessibilityRows },
  {
    rows: [21, 22, 23, 24, 25],
    measure: async () => await manyPodsRows(isWanted, isBig, say),
  },
  { rows: [26], measure: scanRows },
  { rows: [30], measure: async () => await outdatedRows(say) },
  { rows: [29], measure: async () => await refusalRows(say) },
  { rows: [31], measure: auditRows },
  { rows: [8, 9, 10, 11, 12, 13], measure: async () => await liveViewRows(isWanted, say) },
];
const measured: Row[] = [];
/** Waits for a token to expire, 11 minutes: only where it is asked for, and beside the others. */
const expiry = wanted.includes(15) ? expiryRows(say) : undefined;
expiry?.catch(() => undefined); // Thrown below, after the others are done.
for (const { rows, measure } of measurements) {
  if (!rows.some(isWanted)) continue;
  say(`Measuring ${rows.join(', ')} …`);
  const found = await measure();
  say(tableOf(found)); // A run that is stopped, or breaks, has told what it knew.
  measured.push(...found);
}
if (expiry) measured.push(...(await expiry));
measured.sort((one, other) => one.row - other.row);

process.stdout.write(`${tableOf(measured)}\n`);
await mkdir(out, { recursive: true });
await writeFile(join(out, 'bench.json'), JSON.stringify(measured, undefined, 2));

function tableOf(all: readonly Row[]): string {
  const header = ['#', 'What', 'Figure', 'Peer', 'Ratio', 'Target', 'Held'];
  const cells = all.map(({ row, what, figure, peer, ratio, target, held }) => [
    String(row),
    what,
    figure,
    peer,
    ratio,
    target,
    held === undefined ? 'cannot tell' : held ? 'yes' : 'MISSED',
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  return [header, ...cells]
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}
