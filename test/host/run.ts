/**
 * Runs the suites `test/host/*.test.ts` inside the real extension host, with the extension from source and a real
 * control plane as the user's cluster, and writes their counts where scripts/test.ts looks for them. Arguments choose
 * suites by a part of their path.
 */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../sandbox/browser.ts';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import { startEditor } from '../../sandbox/editor.ts';
import { buildExtension } from '../../scripts/build.ts';
import type { HostReport } from './suite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out', 'host');
/** Seconds that all suites together may take. */
const patience = 300;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function bundleSuites(): Promise<void> {
  await rm(out, { recursive: true, force: true });
  const suites: string[] = [];
  const chosen = process.argv.slice(2);
  for await (const path of glob('test/host/**/*.test.ts', { cwd: root })) {
    if (chosen.length === 0 || chosen.some((part) => path.includes(part))) suites.push(path);
  }
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/suite.ts', ...suites],
    outdir: out,
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

async function runSuites(): Promise<HostReport> {
  const workspace = join(out, 'workspace');
  const report = join(out, 'report.json');
  await mkdir(workspace, { recursive: true });
  await using ending = new AsyncDisposableStack();
  const cluster = await startControlPlane({ report: say });
  ending.defer(cluster.stop);
  const editor = await startEditor({
    workspaceTrust: false,
    isForTests: true,
    env: () => ({ HOST_REPORT: report, KUBECONFIG: cluster.kubeconfig, KUBECTL: cluster.kubectl }),
  });
  ending.defer(editor.stop);
  const browser = await openBrowser();
  ending.defer(async () => {
    await browser.close();
  });
  const page = await browser.newPage();
  await page.goto(editor.url({ workspace, extension: root, tests: join(out, 'suite.cjs') }));
  const deadline = performance.now() + patience * 1000;
  while (!existsSync(report)) {
    if (performance.now() > deadline) {
      await page.screenshot({ path: join(root, 'out', 'host.png') });
      await cp(join(editor.folder, 'server', 'data', 'logs'), join(root, 'out', 'host-logs'), {
        recursive: true,
        force: true,
      }).catch(say);
      throw new Error(`The extension host gave no report in ${patience} s; out/host.png shows the editor.`);
    }
    await sleep(100);
  }
  return JSON.parse(await readFile(report, 'utf8')) as HostReport;
}

await buildExtension();
await bundleSuites();
const { passed, failed } = await runSuites();
for (const title of passed) say(`  ✓ ${title}`);
for (const { title, error } of failed) say(`  ✗ ${title}\n${error.replaceAll(/^/gm, '      ')}`);
await mkdir(join(root, 'out', 'results'), { recursive: true });
await writeFile(
  join(root, 'out', 'results', 'host.json'),
  JSON.stringify({
    numPassedTests: passed.length,
    numTotalTests: passed.length + failed.length,
    numPendingTests: 0,
  }),
);
process.exitCode = failed.length === 0 && passed.length > 0 ? 0 : 1;
