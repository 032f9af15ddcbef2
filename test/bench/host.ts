/** Runs a bench inside the real extension host, opened by a real browser. */
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor } from '../../sandbox/editor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Starts the extension host once or several times on `workspace`, lets `test/bench/NAME.ts` run in it, and returns the
 * lines of JSON that it adds to the file named by `BENCH_REPORT`, one a start.
 *
 * @throws Error where a start gives no report within `patience` seconds.
 */
export async function reportsOf<Report>(
  name: string,
  given: {
    /** An empty folder of the bench's own. */
    readonly out: string;
    readonly workspace: string;
    readonly extension: string;
    readonly starts: number;
    readonly patience: number;
    readonly onReport?: (count: number) => void;
  },
): Promise<Report[]> {
  const { out, workspace, extension, starts, patience, onReport } = given;
  const report = join(out, 'report.jsonl');
  const tests = join(out, `${name}.cjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`test/bench/${name}.ts`],
    outfile: tests,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['vscode'],
  });
  await using ending = new AsyncDisposableStack();
  const editor = await startEditor({
    workspaceTrust: false,
    isForTests: true,
    env: () => ({ BENCH_REPORT: report, KUBECONFIG: join(out, 'none') }),
  });
  ending.defer(editor.stop);
  const browser = await openBrowser();
  ending.defer(async () => {
    await browser.close();
  });
  const url = editor.url({ workspace, extension, tests });
  for (let start = 1; start <= starts; start += 1) {
    const page = await browser.newPage();
    await page.goto(url);
    const deadline = performance.now() + patience * 1000;
    while (lines(report).length < start) {
      if (performance.now() > deadline) throw new Error(`Start ${start} gave no report in ${patience} s.`);
      await sleep(100);
    }
    await page.close();
    onReport?.(start);
  }
  return lines(report).map((line) => JSON.parse(line) as Report);
}

/** Only whole lines: what is being written has no line end yet. */
function lines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
