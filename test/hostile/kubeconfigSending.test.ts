import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthority, type Certified } from '../../sandbox/certificates.ts';
import { effectOf } from '../../src/kubeconfig/effective.ts';
import { parseKubeconfig } from '../../src/kubeconfig/read.ts';
import { startListener, type Listener } from '../support/cluster/listener.ts';

const { kubectl } = inject('controlPlane');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let folder: string;
let client: Certified;
let ca: string;
let secure: Listener;
let plain: Listener;
let files: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'effect-'));
  const authority = await createAuthority('effect');
  ca = authority.certificate;
  client = await authority.forClient('somebody');
  secure = await startListener(await authority.forServer([], ['127.0.0.1']));
  plain = await startListener();
  files = 0;
  await writeFile(join(folder, 'token'), 'from-file\n');
  await writeFile(join(folder, 'ca.crt'), ca);
});
afterAll(async () => {
  await secure[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Entry = Readonly<Record<string, unknown>>;

const idToken = ['{"alg":"none"}', `{"exp":${Math.floor(Date.now() / 1000) + 3600}}`, 'x']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');
const exec = (version: string, more: Entry = {}): Entry => {
  const apiVersion = `client.authentication.k8s.io/${version}`;
  const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token: 'from-exec' } });
  return { exec: { apiVersion, command: '/bin/echo', args: [answer], interactiveMode: 'Never', ...more } };
};
const oidc = {
  name: 'oidc',
  config: { 'idp-issuer-url': 'https://127.0.0.1:9', 'client-id': 'x', 'id-token': idToken },
};
const certificate = (): Entry => ({
  'client-certificate-data': base64(client.certificate),
  'client-key-data': base64(client.key),
});

/** What kubectl did: where it asked, with what. */
type Done =
  | 'refused'
  | 'prompts'
  | { readonly server: string; readonly authorization: string | undefined; readonly hasCertificate: boolean };

async function kubectlDoes(text: string): Promise<Done> {
  files += 1;
  const file = join(folder, `${files}.kubeconfig`);
  await writeFile(file, text);
  const before = [secure, plain].map(({ seen }) => seen.length);
  const said = await new Promise<string>((resolve) => {
    const args = ['--kubeconfig', file, 'get', '--raw', '/probe'];
    const child = execFile(kubectl, args, { timeout: 60_000 }, (_error, stdout, stderr) => {
      resolve(`${stdout}${stderr}`);
    });
    child.stdin?.end();
  });
  for (const [index, { url, seen }] of [secure, plain].entries()) {
    const [request] = seen.slice(before[index]);
    if (!request) continue;
    const { headers, hasCertificate } = request;
    return { server: url, authorization: headers.authorization, hasCertificate };
  }
  if (said.includes('Please enter Username')) return 'prompts';
  if (said.includes('localhost:8080')) {
    return { server: 'http://localhost:8080', authorization: undefined, hasCertificate: false };
  }
  return 'refused';
}

const HEADERS = {
  nothing: undefined,
  certificate: undefined,
  token: 'Bearer inline',
  tokenFile: 'Bearer from-file',
  exec: 'Bearer from-exec',
  oidc: `Bearer ${idToken}`,
} as const;

function weSay(text: string): Done {
  const config = parseKubeconfig(text, 'it', (path) => path);
  const effect = effectOf(config, 'x');
  if (effect.kind !== 'sends') return effect.kind;
  const { server, credential, hasCertificate } = effect;
  const { username, password = '' } = config.users.get('u') ?? {};
  const authorization =
    credential === 'password' ? `Basic ${base64(`${username}:${password}`)}` : HEADERS[credential];
  return { server, authorization, hasCertificate };
}

const document = (user: Entry | undefined, cluster: Entry | undefined): string =>
  JSON.stringify({
    clusters: cluster ? [{ name: 'c', cluster }] : [],
    users: user ? [{ name: 'u', user }] : [],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
const good = (): Entry => ({ server: secure.url, 'certificate-authority-data': base64(ca) });

describe('a kubeconfig cannot be sent differently by kubectl than we say:', () => {
  const token = { token: 'inline' };
  const password = { username: 'me', password: 'secret' };
  const wordless = { interactiveMode: undefined };

  it.each<[string, () => Entry | undefined, (() => Entry | undefined)?]>([
    ['a token', () => token],
    ['a tokenFile', () => ({ tokenFile: join(folder, 'token') })],
    ['a tokenFile beside a token', () => ({ ...token, tokenFile: join(folder, 'token') })],
    ['a token and a password', () => ({ ...token, ...password })],
    ['a tokenFile and a password', () => ({ ...password, tokenFile: join(folder, 'token') })],
    ['a password alone', () => password],
    ['a password without a user name', () => ({ password: 'secret' })],
    ['a user name without a password', () => ({ username: 'me' })],
    ['a certificate', certificate],
    ['a certificate beside a token', () => ({ ...certificate(), ...token })],
    [
      'a certificate without its key, beside a token',
      () => ({ ...certificate(), 'client-key-data': '', ...token }),
    ],
    ['a key without its certificate', () => ({ ...token, 'client-key-data': base64(client.key) })],
    ['a certificate twice', () => ({ ...certificate(), 'client-certificate': join(folder, 'ca.crt') })],
    ['exec v1', () => exec('v1')],
    ['exec v1beta1 without interactiveMode', () => exec('v1beta1', wordless)],
    ['exec v1 without interactiveMode', () => exec('v1', wordless)],
    ['exec v1 without interactiveMode, beside a token', () => ({ ...exec('v1', wordless), ...token })],
    ['exec with an unknown interactiveMode', () => exec('v1', { interactiveMode: 'Sometimes' })],
    ['exec v1alpha1', () => exec('v1alpha1')],
    ['exec v1alpha1 beside a token', () => ({ ...exec('v1alpha1'), ...token })],
    ['exec v1alpha1 over plain http', () => exec('v1alpha1'), () => ({ server: plain.url })],
    ['exec without a command', () => exec('v1', { command: '' })],
    ['exec with a variable without a name', () => exec('v1', { env: [{ name: '', value: 'x' }] })],
    ['exec beside a token', () => ({ ...exec('v1beta1'), ...token })],
    ['exec beside a certificate', () => ({ ...exec('v1'), ...certificate() })],
    ['exec beside a password', () => ({ ...exec('v1'), ...password })],
    ['exec and an auth-provider', () => ({ ...exec('v1'), 'auth-provider': oidc })],
    ['an auth-provider oidc', () => ({ 'auth-provider': oidc })],
    ['an auth-provider oidc beside a token', () => ({ 'auth-provider': oidc, ...token })],
    [
      'an auth-provider oidc without its issuer',
      () => ({ 'auth-provider': { name: 'oidc', config: {} }, ...token }),
    ],
    ['an auth-provider gcp', () => ({ 'auth-provider': { name: 'gcp', config: {} } })],
    ['an auth-provider azure beside a token', () => ({ 'auth-provider': { name: 'azure' }, ...token })],
    ['as-groups without as', () => ({ ...token, 'as-groups': ['system:masters'] })],
    ['no credential', () => ({})],
    ['no user', () => undefined],
    ['no cluster', () => token, () => undefined],
    ['a cluster without server', () => token, () => ({ 'certificate-authority-data': base64(ca) })],
    ['plain http', () => token, () => ({ server: plain.url })],
    ['plain http for a certificate', certificate, () => ({ server: plain.url })],
    ['no scheme', () => token, () => ({ ...good(), server: `127.0.0.1:${plain.port}` })],
    ['no scheme and a path', () => token, () => ({ ...good(), server: `127.0.0.1:${plain.port}/path` })],
    [
      'a scheme in capitals',
      () => token,
      () => ({ ...good(), server: secure.url.replace('https', 'HTTPS') }),
    ],
    ['another scheme', () => token, () => ({ ...good(), server: secure.url.replace('https', 'ftp') })],
    [
      'two certificate authorities',
      () => token,
      () => ({ ...good(), 'certificate-authority': join(folder, 'ca.crt') }),
    ],
    [
      'a certificate authority and skip-verify',
      () => token,
      () => ({ ...good(), 'insecure-skip-tls-verify': true }),
    ],
    ['skip-verify', () => token, () => ({ server: secure.url, 'insecure-skip-tls-verify': true })],
    ['a proxy of another scheme', () => token, () => ({ ...good(), 'proxy-url': 'ftp://127.0.0.1:9' })],
  ])('%s', async (_what, user, cluster = good) => {
    const text = document(user(), cluster());
    const done = await kubectlDoes(text);
    expect(withoutCase(weSay(text))).toEqual(withoutCase(done));
  });
});

/** Of an address the scheme's letters do not count. */
function withoutCase(done: Done): Done {
  return typeof done === 'string' ? done : { ...done, server: done.server.toLowerCase() };
}

it('a kubeconfig of any credentials together cannot either', { timeout: 300_000 }, async () => {
  const maybe = (of: () => Entry): fc.Arbitrary<Entry> =>
    fc.boolean().map((isThere) => (isThere ? of() : {}));
  const users = fc
    .tuple(
      maybe(() => ({ token: 'inline' })),
      maybe(() => ({ tokenFile: join(folder, 'token') })),
      maybe(() => ({ username: 'me', password: 'secret' })),
      maybe(certificate),
      fc.constantFrom({}, {}, exec('v1'), exec('v1beta1'), exec('v1', { interactiveMode: undefined })),
      maybe(() => ({ 'auth-provider': oidc })),
    )
    .map((parts) => Object.assign({}, ...parts) as Entry);
  const clusters = fc
    .tuple(
      fc.constantFrom(secure.url, secure.url, secure.url, plain.url, `127.0.0.1:${plain.port}`),
      fc.constantFrom<Entry>(
        { 'certificate-authority-data': base64(ca) },
        { 'insecure-skip-tls-verify': true },
      ),
    )
    .map(([server, trust]) => Object.assign({ server }, trust));
  await fc.assert(
    fc.asyncProperty(users, clusters, async (user, cluster) => {
      const text = document(user, cluster);
      expect(weSay(text)).toEqual(await kubectlDoes(text));
    }),
    { numRuns: 100 },
  );
});
