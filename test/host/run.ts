/**
 * Runs the suites `test/host/*.test.ts` inside the real extension host, with the extension from source and a real
 * control plane as the user's cluster; and `test/host/*.web.test.ts` once more in the browser's own extension host, a
 * web worker. Writes their counts where scripts/test.ts looks for them. Arguments choose suites by a part of their path. On
 * the oldest editor (`OLDEST_EDITOR`) they run without the browser's host.
 */
import { build, type Plugin } from 'esbuild';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../sandbox/browser.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { isOldest, startEditor } from '../../sandbox/editor.ts';
import { buildExtension } from '../../scripts/build.ts';
import { floor } from '../../scripts/floor.ts';
import { packageKubernetesExtension } from '../support/host/kubernetesExtension.ts';
import { readCorpus } from '../support/texts/labelledCorpus.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { NO_FOLDERS, type HostReport } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out', 'host');
/** The extension as an editor without any server has it: without `main` it runs in the browser. */
const inBrowserOnly = join(out, 'extension');
/** Seconds that all suites together may take: a busy machine takes several times as long as an idle one. */
const patience = 900;
/** As scripts/test.ts calls this step. */
const step = isOldest() ? 'host oldest' : 'host';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const common = {
  absWorkingDir: root,
  outdir: out,
  bundle: true,
  format: 'cjs',
  sourcemap: 'inline',
  logLevel: 'warning',
} as const;

/** Bundles the suites; returns those that are chosen. */
async function bundleSuites(): Promise<readonly string[]> {
  await rm(out, { recursive: true, force: true });
  const suites: string[] = [];
  const chosen = process.argv.slice(2);
  for await (const path of glob('test/host/**/*.test.ts', { cwd: root })) {
    if (chosen.length === 0 || chosen.some((part) => path.includes(part))) suites.push(path);
  }
  await build({
    ...common,
    entryPoints: ['test/host/suite.ts', 'test/host/dying.ts', ...suites],
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    target: `node${floor.node}`,
    external: ['vscode', 'mocha'],
  });
  const inBrowser = suites.filter((path) => path.endsWith('.web.test.ts')).toSorted();
  await build({
    ...common,
    stdin: {
      contents: [
        `import { runSuites } from './test/host/webSuite.ts';`,
        `export const run = () => runSuites(() => { ${inBrowser.map((path) => `require('./${path}');`).join(' ')} });`,
      ].join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    outdir: '',
    outfile: join(inBrowserOnly, 'webSuite.js'),
    platform: 'browser',
    target: 'es2024',
    external: ['vscode'],
    plugins: [mochaOfBrowser],
  });
  return suites;
}

/** Suites import mocha's functions; its build for browsers makes them global instead. */
const mochaOfBrowser: Plugin = {
  name: 'mocha-of-browser',
  setup(bundle) {
    bundle.onResolve({ filter: /^mocha$/ }, () => ({ path: 'mocha', namespace: 'globals' }));
    bundle.onLoad({ filter: /.*/, namespace: 'globals' }, () => ({
      contents: 'export const { it, describe, before, after, beforeEach, afterEach } = globalThis;',
    }));
  },
};

async function copyForBrowser(): Promise<void> {
  for (const folder of ['dist', 'media', 'docs']) {
    await cp(join(root, folder), join(inBrowserOnly, folder), { recursive: true });
  }
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
  await writeFile(
    join(inBrowserOnly, 'package.json'),
    JSON.stringify({ ...manifest, main: undefined, type: undefined }),
  );
}

/** The labelled corpus as the files of a workspace, with `labels.json` beside them for the suites. */
async function writeWorkspace(workspace: string): Promise<void> {
  const corpus = readCorpus();
  for (const { name, text } of corpus) {
    const path = join(workspace, 'corpus', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const token = jwt(boundClaims());
  const others: Readonly<Record<string, string | Buffer>> = {
    '.gitignore': 'ignored/\n',
    'ignored/token.env': `TOKEN=${token}\n`,
    'node_modules/token.env': `TOKEN=${token}\n`,
    // Edited and not saved by the suite of the workspace, and read by no other.
    'unsaved/token.env': `TOKEN=${token}\n`,
    'binary.bin': Buffer.from(`\0${token}`),
    'utf16/token.txt': Buffer.from(`\uFEFFTOKEN=${token}\n`, 'utf16le'),
    'outdated/deploy.sh': `#!/bin/sh
echo 😀; kubectl get sa robot -o jsonpath='{.secrets[0].name}'
# serviceaccount-tokens: ignore account-secrets-read
kubectl get sa robot -o jsonpath='{.secrets[0].name}'
oc sa get-token robot
`,
    'outdated/package.json': '{ "dependencies": { "@kubernetes/client-node": "0.10.2" } }\n',
    'outdated/utf16.sh': Buffer.from(
      "\uFEFFkubectl get sa robot -o jsonpath='{.secrets[0].name}'\n",
      'utf16le',
    ),
    'ignored/deploy.sh': "kubectl get sa robot -o jsonpath='{.secrets[0].name}'\n",
    'large.txt': `${token}\n${'x'.repeat(33 * 1024 * 1024)}`,
  };
  for (const [name, content] of Object.entries(others)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), content);
  }
  await writeFile(
    join(workspace, 'labels.json'),
    JSON.stringify(corpus.map(({ name, labels }) => ({ name: name.replaceAll('\\', '/'), labels }))),
  );
}

/** A workspace of that folder and one more, for Node's extension host; the browser's is given the folder alone. */
async function writeTwoFolders(workspace: string): Promise<string> {
  const second = join(out, 'second');
  await mkdir(second, { recursive: true });
  await writeFile(join(second, 'second.env'), `TOKEN=${jwt(boundClaims())}\n`);
  const path = join(out, 'two.code-workspace');
  await writeFile(path, JSON.stringify({ folders: [{ path: workspace }, { path: second }] }));
  return path;
}

/** Where an editor said nothing for all the time it had: another would take as long. */
class Silent extends Error {}

/** Adds the report of each editor as soon as it is there: what fails after it, the end of a cluster too, takes none away. */
async function runHosts(reports: HostReport[]): Promise<void> {
  const workspace = join(out, 'workspace');
  const left = join(out, 'left.json');
  const twoFolders = await writeTwoFolders(workspace);
  const report = join(out, 'report.json');
  await writeWorkspace(workspace);
  await using ending = new AsyncDisposableStack();
  const start = async (): Promise<ControlPlane> => {
    const cluster = await startControlPlane({ report: say });
    ending.defer(cluster.stop);
    return cluster;
  };
  const [cluster, other] = [await start(), await start()];
  const editor = await startEditor({
    vsix: await packageKubernetesExtension(out),
    workspaceTrust: false,
    isForTests: true,
    env: () => ({
      HOST_REPORT: report,
      LEFT_TERMINAL: left,
      KUBECONFIG: cluster.kubeconfig,
      KUBECTL: cluster.kubectl,
      OTHER_KUBECONFIG: other.kubeconfig,
    }),
  });
  ending.defer(editor.stop);
  /**
   * Opens an editor and waits for its report. Where the editor or its browser fails, which says nothing of what is tested,
   * another is tried, once; what fails then is a failed test, and what the other editors reported is kept.
   */
  const read = async (url: string, path: string, name: string): Promise<HostReport> => {
    try {
      return await readOnce(url, path, name).catch(async (error: unknown) => {
        if (error instanceof Silent) throw error;
        say(`${String(error)} Trying another editor.`);
        return await readOnce(url, path, name);
      });
    } catch (error) {
      return { passed: [], failed: [{ title: `${name}: the editor reports`, error: String(error) }] };
    }
  };
  const readOnce = async (url: string, path: string, name: string): Promise<HostReport> => {
    const browser = await openBrowser();
    await using ending = new AsyncDisposableStack();
    ending.defer(async () => {
      await browser.close();
    });
    const page = await browser.newPage();
    let hasCrashed = false;
    page.once('crash', () => {
      hasCrashed = true;
    });
    const permissions = ['clipboard-read', 'clipboard-write'];
    await page.context().grantPermissions(permissions, { origin: new URL(url).origin });
    await page.goto(url);
    const deadline = performance.now() + patience * 1000;
    while (!existsSync(path)) {
      if (hasCrashed || !browser.isConnected()) throw new Error('The browser crashed.');
      if (performance.now() > deadline) {
        await page.screenshot({ path: join(root, 'out', `${name}.png`) });
        const logs = join(editor.folder, 'server', 'data', 'logs');
        await cp(logs, join(root, 'out', `${name}-logs`), { recursive: true, force: true }).catch(say);
        throw new Silent(`No report in ${patience} s; out/${name}.png shows the editor.`);
      }
      await sleep(100);
    }
    const text = await readFile(path, 'utf8');
    if (text.includes(NO_FOLDERS)) {
      await rm(path);
      throw new Error(NO_FOLDERS);
    }
    return JSON.parse(text) as HostReport;
  };
  const inNode = editor.url({ workspace: twoFolders, extension: root, tests: join(out, 'suite.cjs') });
  // What a window that dies has left is for the next one to end.
  const dying = editor.url({ workspace, extension: root, tests: join(out, 'dying.cjs') });
  if (endsLeft) reports.push(await read(dying, left, 'host-dying'));
  reports.push(await read(inNode, report, 'host'));
  if (!hasBrowserSuites || isOldest()) return;
  const inBrowser = editor.url({
    workspace,
    extension: inBrowserOnly,
    tests: join(inBrowserOnly, 'webSuite.js'),
  });
  const found = await read(inBrowser, join(workspace, 'report.json'), 'host-web');
  const named = (title: string): string => `in the browser: ${title}`;
  reports.push({
    passed: found.passed.map(named),
    failed: found.failed.map(({ title, error }) => ({ title: named(title), error })),
  });
}

await buildExtension();
const chosen = await bundleSuites();
const hasBrowserSuites = chosen.some((path) => path.endsWith('.web.test.ts'));
const endsLeft = chosen.some((path) => path.endsWith('terminal.test.ts'));
await copyForBrowser();
const reports: HostReport[] = [];
await runHosts(reports).catch((error: unknown) => {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  reports.push({
    passed: [],
    failed: [{ title: 'The editors and their clusters start and end', error: said }],
  });
});
const passed = reports.flatMap((report) => report.passed);
const failed = reports.flatMap((report) => report.failed);
for (const title of passed) say(`  ✓ ${title}`);
for (const { title, error } of failed) say(`  ✗ ${title}\n${error.replaceAll(/^/gm, '      ')}`);
await mkdir(join(root, 'out', 'results'), { recursive: true });
await writeFile(
  join(root, 'out', 'results', `${step}.json`),
  JSON.stringify({
    numPassedTests: passed.length,
    numTotalTests: passed.length + failed.length,
    numPendingTests: 0,
    testResults: [
      {
        name: join(root, 'test', 'host'),
        status: failed.length === 0 ? 'passed' : 'failed',
        assertionResults: failed.map(({ title, error }) => ({
          fullName: title,
          status: 'failed',
          failureMessages: [error],
        })),
      },
    ],
  }),
);
process.exitCode = failed.length === 0 && passed.length > 0 ? 0 : 1;
