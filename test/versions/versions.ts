/**
 * npm run versions [-- 1.24 1.28 … --record]: builds control planes of several versions of Kubernetes, tries on each
 * what src/versions.ts states, stages every cause of a refusal, runs the suites whose subject depends on the server,
 * and prints one table. `--record` keeps what each server answered in test/fixtures/servers, to which `npm test` holds
 * the words that this extension has for them. Ends with 1 where anything differs.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sandboxVersion } from '../../sandbox/binaries.ts';
import { isWindows } from '../../scripts/system.mjs';
import { does, type Behaviour } from '../../src/versions.ts';
import { VERSIONS } from './all.ts';
import { askServer, type ServerRecord } from './record.ts';

/** Suites of the project `cluster` whose subject is what the server does. */
const SUITES = [
  'access',
  'aggregates',
  'audit',
  'authorizer',
  'connect',
  'credentials',
  'kinds',
  'kubeconfig',
  'live',
  'marks',
  'problems',
  'rendered',
  'revoke',
  'scaffold',
  'sending',
  'tokenSecretStates',
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const records = join(root, 'test', 'fixtures', 'servers');
const results = join(root, 'out', 'versions');

interface Column {
  readonly title: string;
  /** By row. */
  readonly cells: ReadonlyMap<string, string>;
  readonly hasDifference: boolean;
}

const args = process.argv.slice(2);
const isRecording = args.includes('--record');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const own = await sandboxVersion();
const chosen = VERSIONS.filter(
  (version) => wanted.length === 0 || wanted.some((one) => `${version ?? own}.`.startsWith(`${one}.`)),
);
if (chosen.length === 0) {
  say(`There is none of ${wanted.join(', ')}: ${VERSIONS.map((version) => version ?? own).join(', ')}.`);
  process.exit(2);
}
await mkdir(results, { recursive: true });
const columns: Column[] = [];
for (const version of chosen) columns.push(await columnOf(version));
print(columns);
process.exitCode = columns.some(({ hasDifference }) => hasDifference) ? 1 : 0;

async function columnOf(version: string | undefined): Promise<Column> {
  const title = version ?? own;
  say(`── Kubernetes ${title}`);
  const record = await askServer(version, say);
  if (isRecording) await keep(record);
  const cells = new Map<string, string>();
  let hasDifference = false;
  const put = (row: string, cell: string, isSame: boolean): void => {
    cells.set(row, isSame ? cell : `${cell} ≠`);
    if (!isSame) hasDifference = true;
  };
  for (const [statement, isSo] of Object.entries(record.statements)) {
    put(statement, isSo ? 'yes' : 'no', does(record.minor, statement as Behaviour) === isSo);
  }
  const agreed = record.reviews.filter(({ differences }) => differences === undefined).length;
  put('staged causes', `${agreed}/${record.reviews.length}`, agreed === record.reviews.length);
  for (const { suite, passed, total } of await runSuites(version)) {
    put(`suite ${suite}`, `${passed}/${total}`, total > 0 && passed === total);
  }
  return { title, cells, hasDifference };
}

async function keep(record: ServerRecord): Promise<void> {
  await mkdir(records, { recursive: true });
  await writeFile(join(records, `1.${record.minor}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** How a suite went. */
interface Went {
  readonly suite: string;
  readonly passed: number;
  /** Of the tests that were not skipped. */
  readonly total: number;
}

/** Runs the suites against a version, on one control plane. What they say is kept in a file beside their results. */
async function runSuites(version: string | undefined): Promise<readonly Went[]> {
  const file = join(results, version ?? own);
  const vitest = ['run', '--project', 'cluster', ...SUITES.map((suite) => `test/cluster/${suite}.test.ts`)];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}.json`];
  const env = { ...process.env, ...(version !== undefined && { KUBERNETES_VERSION: version }) };
  const said = await new Promise<string>((resolve, reject) => {
    const child = spawn('vitest', [...vitest, ...reporters], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows(),
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    }
    child.once('error', reject);
    child.once('close', () => {
      resolve(text);
    });
  });
  await writeFile(`${file}.log`, said);
  const { testResults = [] } = JSON.parse(await readFile(`${file}.json`, 'utf8').catch(() => '{}')) as {
    testResults?: readonly { name: string; assertionResults: readonly { status: string }[] }[];
  };
  say(`   what the suites said is in ${file}.log`);
  return SUITES.map((suite) => {
    const { assertionResults = [] } =
      testResults.find(({ name }) => basename(name, '.test.ts') === suite) ?? {};
    const counted = assertionResults.filter(({ status }) => status !== 'skipped' && status !== 'pending');
    const passed = counted.filter(({ status }) => status === 'passed').length;
    return { suite, passed, total: counted.length };
  });
}

function print(shown: readonly Column[]): void {
  const titles = [...new Set(shown.flatMap(({ cells }) => [...cells.keys()]))];
  const rows = titles.map((row) => [row].concat(shown.map(({ cells }) => cells.get(row) ?? '')));
  const lines = [['Statement', ...shown.map(({ title }) => title)], ...rows];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    process.stdout.write(`${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
  }
}
