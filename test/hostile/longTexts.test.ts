import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url);

/** What no attack may take, in milliseconds: what is held up at all is held up for minutes, hours or years. */
const LONGEST = 30_000;

/** Runs a module in a process of its own, which is ended where it takes too long. */
async function run(code: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST,
    killSignal: 'SIGKILL',
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      resolve(signal === null ? said : `ended after ${LONGEST} ms`);
    });
  });
}

const checking = `
  import { check } from './test/support/texts/checks.ts';
  const fix = (text) => check(text).problems.flatMap(({ fixes }) => fixes());
`;

it.each([
  [
    'a comment of many #',
    `${checking}
    const item = '- immutable: true ' + '#'.repeat(200) + '\\n  ? type\\n  : kubernetes.io/service-account-token\\n  kind: Secret\\n  metadata: {name: x}\\n';
    if (fix('kind: List\\nitems:\\n' + item).length === 0) throw new Error('no fix was asked for');`,
  ],
  [
    'a kubeconfig whose contexts name thousands of clusters that are not there',
    `${checking}
    const contexts = Array.from({ length: 700 }, (_, at) => '- {name: c' + at + ', context: {cluster: ' + 'x'.repeat(40) + at + ', user: u}}\\n');
    const clusters = Array.from({ length: 700 }, (_, at) => '- {name: ' + 'y'.repeat(40) + at + ', cluster: {server: "https://x"}}\\n');
    fix('kind: Config\\nclusters:\\n' + clusters.join('') + 'users: [{name: u, user: {}}]\\ncontexts:\\n' + contexts.join(''));`,
  ],
  [
    'a list of long names',
    `import { nearest } from './src/manifest/nearest.ts';
    nearest('x'.repeat(1e6), Array.from({ length: 200 }, (_, at) => at + 'y'.repeat(1e5)));
    nearest('x', Array.from({ length: 1e6 }, (_, at) => 'y' + at));`,
  ],
  [
    'a list of taken names',
    `import { nextName } from './src/manifest/nextName.ts';
    import { freeName } from './src/manifest/nextName.ts';
    const taken = Array.from({ length: 3e5 }, (_, at) => 'x-' + at);
    nextName('x', taken);
    freeName('x', new Set(['x', ...taken]));`,
  ],
  [
    'a template that ends in many blanks',
    `import { appendToTemplate } from './src/manifest/append.ts';
    appendToTemplate('---' + ' '.repeat(1e6) + 'x', []);
    appendToTemplate('---\\n'.repeat(3e5) + 'x', []);`,
  ],
  [
    'a line of many blanks that is typed in',
    `import { cursorAt } from './src/manifest/cursorAt.ts';
    cursorAt('a: ' + ' '.repeat(1e6) + '#', () => undefined);
    cursorAt(' '.repeat(1e6) + '- '.repeat(1e5) + '#', () => undefined);`,
  ],
  [
    "a server's long answer",
    `import { readServerWords } from './src/authentication/serverWords.ts';
    for (const words of ['pod UID (, ', 'token issuer ', 'serviceaccounts "', 'jose', ' claim is '])
      readServerWords(words.repeat(1e6), { kind: 'other' });`,
  ],
  [
    'a role for a path of many stars',
    `import { allowedByAny } from './src/authorization/rules.ts';
    const stars = { verbs: ['get'], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: ['*'.repeat(1e6) + 'x*'] };
    allowedByAny([stars], { verb: 'get', path: '/x' });`,
  ],
  [
    'a mount path of many slashes',
    `import { mountPathProblem } from './src/manifest/projected.ts';
    mountPathProblem('/' + '/'.repeat(1e6) + 'x', ['/'.repeat(1e6) + 'y']);`,
  ],
  [
    'a proxy exception of many colons',
    `import { proxyFromEnvironment } from './src/cluster/connect/proxy.ts';
    proxyFromEnvironment(new URL('https://x'), { HTTPS_PROXY: 'y', NO_PROXY: ':'.repeat(1e5) + '\\na' });`,
  ],
  [
    'a text of what begins a secret',
    `import { redact } from './src/redact.ts';
    for (const piece of ['-----BEGIN PRIVATE KEY-----', '-----BEGIN A', '-----END PRIVATE KEY-----', 'bearer ', 'bearer\\t', '//', '//:', '//a:b', 'eyJ', 'eyJhbGci.', 'ZXlK', 'ZXlKhbGciOiJ='])
      redact(piece.repeat(4e6 / piece.length));
    redact('bearer' + ' '.repeat(4e6)); redact('-----BEGIN PRIVATE KEY-----' + '-----END '.repeat(4e5));`,
  ],
])('%s cannot hold the editor up', async (_name, code) => {
  expect(await run(`${code}\nconsole.log('done');`)).toBe('done\n');
});
