/** What was agreed to is what happens: a yes to one program, file or destination is none to another. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { createAuthority, type CertificateAuthority, type Certified } from '../../sandbox/certificates.ts';
import type { Agreement, ContextInfo } from '../../src/cluster/api/contexts.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { Problem } from '../../src/errors.ts';
import { isSameDestination } from '../../src/kubeconfig/sameDestination.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import { startListener, type Listener } from '../support/cluster/listener.ts';

const { kubectl, server, caFile } = inject('controlPlane');
const signal = AbortSignal.timeout(110_000);
const API_VERSION = 'client.authentication.k8s.io/v1';

let folder: string;
let authority: CertificateAuthority;
let other: CertificateAuthority;
let certified: Certified;
let good: Listener;
let evil: Listener;
let ca: string;
let program: string;
let file: string;
/** The programs of these tests write their name here. */
const ran = async (): Promise<string> => await readFile(join(folder, 'ran'), 'utf8').catch(() => '');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-agreements-'));
  authority = await createAuthority('shared by good and evil');
  other = await createAuthority('another');
  certified = await authority.forServer(['good.example', 'evil.example', 'localhost'], ['127.0.0.1']);
  good = await startListener(certified);
  evil = await startListener(certified);
  ca = base64(authority.certificate);
  program = await executable('agreed');
  file = join(folder, 'config');
});
afterAll(async () => {
  await good[Symbol.asyncDispose]();
  await evil[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  await rm(join(folder, 'ran'), { force: true });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A credential program that leaves a trace of having run, in a folder of its own. */
async function executable(name: string, at = folder): Promise<string> {
  const path = join(at, name);
  const printed = JSON.stringify({
    apiVersion: API_VERSION,
    kind: 'ExecCredential',
    status: { token: `minted-by-${name}` },
  });
  await mkdir(at, { recursive: true });
  await writeFile(
    path,
    `#!/bin/sh\necho ${at}/${name} "$@" "$EXTRA" >> '${folder}/ran'\necho '${printed}'\n`,
  );
  await chmod(path, 0o755);
  return path;
}

interface Entries {
  readonly cluster?: object;
  readonly user?: object;
}

const exec = (more: object = {}): object => ({
  exec: { apiVersion: API_VERSION, command: program, args: ['get'], interactiveMode: 'Never', ...more },
});

function text({ cluster = {}, user = exec() }: Entries = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: good.url, 'certificate-authority-data': ca, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

/** What the person is shown of a kubeconfig. */
async function shown(entries?: Entries): Promise<ContextInfo> {
  await writeFile(file, text(entries));
  const [info] = clusterAccess.contexts({ files: [file] }).contexts;
  if (!info) throw new Error('no context');
  return info;
}

/** The yes to what is shown. */
async function agreedTo(entries?: Entries): Promise<Agreement> {
  return { terms: (await shown(entries)).terms ?? '' };
}

/** Opens what the file holds now and asks its server something. */
async function use(agreed: Agreement | undefined): Promise<unknown> {
  const cluster = clusterAccess.open({ files: [file], context: 'x', agreed });
  try {
    return await cluster.ask({ path: '/api' }, signal);
  } finally {
    cluster.dispose();
  }
}

async function reasonOf(doing: () => Promise<unknown>): Promise<string> {
  try {
    await doing();
    return 'done';
  } catch (error) {
    return Problem.is(error) ? error.reason : String(error);
  }
}

it('what was agreed to runs, and what it prints goes where that was said', async () => {
  const before = good.credentials.length;
  await use(await agreedTo());
  expect(await ran()).toContain('agreed get');
  expect(good.credentials.slice(before)).toContain('Bearer minted-by-agreed');
});

describe('a program that was changed after the yes cannot run on it', () => {
  it.each<[string, () => Promise<object> | object]>([
    ['its path', async () => ({ command: await executable('swapped') })],
    ['its arguments', () => ({ args: ['get', 'everything'] })],
    ['its arguments, joined otherwise', () => ({ args: ['get ', ''] })],
    ['its variables', () => ({ env: [{ name: 'EXTRA', value: 'x' }] })],
    ['its apiVersion', () => ({ apiVersion: 'client.authentication.k8s.io/v1beta1' })],
    ['its interactiveMode', () => ({ interactiveMode: 'IfAvailable' })],
    ['what it is told of the cluster', () => ({ provideClusterInfo: true })],
  ])('by %s', async (_what, change) => {
    const agreed = await agreedTo();
    await shown({ user: exec(await change()) });
    expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
    expect(await ran()).toBe('');
  });

  it('by a file of its name that PATH finds first', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await executable('on-path', second);
    const before = process.env['PATH'];
    process.env['PATH'] = [first, second, before].join(delimiter);
    try {
      const user = exec({ command: 'on-path' });
      const agreed = await agreedTo({ user });
      await executable('on-path', first);
      expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
      expect(await ran()).toBe('');
      await use(await agreedTo({ user }));
      expect(await ran()).toContain('first/on-path');
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('by a PATH of the kubeconfig’s own, which does not say what is looked up', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await executable('kubectl-login', elsewhere);
    const user = exec({ command: 'kubectl-login', env: [{ name: 'PATH', value: elsewhere }] });
    expect(await reasonOf(async () => await use(await agreedTo({ user })))).toBe('refused');
    expect(await ran()).toBe('');
  });

  it('by a context that ran nothing when it was looked at', async () => {
    const agreed = await agreedTo({ user: { token: 'static' } });
    await shown();
    expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
    expect(await reasonOf(async () => await use(undefined))).toBe('not-allowed-here');
    expect(await ran()).toBe('');
  });
});

const changes: readonly [string, () => object][] = [
  ['another server', () => ({ server: evil.url })],
  ['another path of the server', () => ({ server: `${good.url}/k8s/clusters/c-b` })],
  [
    'no check of its certificate',
    () => ({ 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined }),
  ],
  ['a proxy', () => ({ 'proxy-url': evil.url })],
  ['another name in its certificate', () => ({ 'tls-server-name': 'evil.example' })],
  ['another CA', () => ({ 'certificate-authority-data': base64(other.certificate) })],
  [
    'a second CA',
    () => ({ 'certificate-authority-data': base64(authority.certificate + other.certificate) }),
  ],
];

describe('what a program prints cannot go elsewhere than was said', () => {
  it.each(changes)('by %s', async (_what, cluster) => {
    const agreed = await agreedTo();
    await shown({ cluster: cluster() });
    const before = [...good.credentials, ...evil.credentials].length;
    expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
    expect(await ran()).toBe('');
    expect([...good.credentials, ...evil.credentials]).toHaveLength(before);
  });

  it('by a CA file that is swapped while it is in use', async () => {
    const authorities = join(folder, 'ca.crt');
    await writeFile(authorities, authority.certificate);
    const cluster = { 'certificate-authority-data': undefined, 'certificate-authority': authorities };
    const agreed = await agreedTo({ cluster });
    const opened = clusterAccess.open({ files: [file], context: 'x', agreed });
    try {
      await writeFile(authorities, other.certificate);
      expect(await reasonOf(async () => await opened.ask({ path: '/api' }, signal))).toBe('not-allowed-here');
    } finally {
      opened.dispose();
    }
  });
});

describe('the content of a tokenFile cannot be sent', () => {
  let secret: string;
  beforeAll(async () => {
    secret = join(folder, 'secret');
    await writeFile(secret, 'not-for-strangers');
  });
  const sentAnywhere = (): boolean =>
    [...good.credentials, ...evil.credentials].some((one) => one.includes('not-for-strangers'));

  it.each(changes)('by a yes to another destination: %s', async (_what, cluster) => {
    const user = { tokenFile: secret };
    const agreed = await agreedTo({ user });
    await shown({ user, cluster: cluster() });
    expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
    expect(sentAnywhere()).toBe(false);
  });

  it('by a yes to another file', async () => {
    const mine = join(folder, 'mine');
    await writeFile(mine, 'mine');
    const agreed = await agreedTo({ user: { tokenFile: mine } });
    await shown({ user: { tokenFile: secret } });
    expect(await reasonOf(async () => await use(agreed))).toBe('not-allowed-here');
    expect(sentAnywhere()).toBe(false);
  });

  it('by an auth-provider that names it, which only a library knows', async () => {
    for (const name of ['oidc', 'gcp', 'azure', 'tokenFile']) {
      const config = { tokenFile: secret, 'idp-issuer-url': good.url, 'client-id': 'me' };
      const user = { 'auth-provider': { name, config } };
      const agreed = await agreedTo({ user });
      expect(await reasonOf(async () => await use(agreed))).toBe('bad-kubeconfig');
    }
    expect(sentAnywhere()).toBe(false);
  });
});

it('an auth-provider cannot run what its cmd-path names', async () => {
  const config = { 'cmd-path': program, 'cmd-args': 'get', 'token-key': '{.status.token}' };
  for (const name of ['gcp', 'azure', 'oidc']) {
    const user = { 'auth-provider': { name, config } };
    const agreed = await agreedTo({ user });
    expect(await reasonOf(async () => await use(agreed))).toBe('bad-kubeconfig');
  }
  expect(await ran()).toBe('');
});

describe('over plain http', () => {
  it.each<[string, () => object]>([
    ['a token', () => ({ token: 'in-the-clear' })],
    ['a password', () => ({ username: 'me', password: 'in-the-clear' })],
    ['what a program prints', () => exec()],
    ['what a file holds', () => ({ tokenFile: program })],
  ])('%s cannot be sent, and no program runs for it', async (_what, user) => {
    await using plain = await startListener();
    for (const address of [plain.url, plain.url.slice('http://'.length)]) {
      const entries = { user: user(), cluster: { server: address } };
      await use(await agreedTo(entries));
      const document = { text: text(entries), folder, agreed: await agreedTo(entries) };
      expect(await reasonOf(async () => await clusterAccess.whoAmI(document, signal))).toBe('refused');
    }
    expect(plain.seen.length).toBeGreaterThan(0);
    expect(plain.credentials).toEqual([]);
    expect(await ran()).toBe('');
  });

  it('kubectl sends none either', async () => {
    await using plain = await startListener();
    for (const address of [plain.url, plain.url.slice('http://'.length)]) {
      await writeFile(file, text({ user: { token: 'in-the-clear' }, cluster: { server: address } }));
      await expect(kubectlIs(kubectl, file)).rejects.toThrow('Command failed');
    }
    expect(plain.seen.length).toBeGreaterThan(0);
    expect(plain.credentials).toEqual([]);
  });

  it('a token that is explained cannot be sent', async () => {
    await using plain = await startListener();
    const cluster = clusterAccess.openAnonymously({
      text: text({ cluster: { server: plain.url } }),
      folder,
      origin: 'file',
    });
    const token = `${base64('{"alg":"RS256"}')}.${base64('{"iss":"x"}')}.AAAA`.replaceAll('=', '');
    const options = {
      sendToken: { terms: cluster.termsToSend(token) },
      compareSecret: false,
      requestToken: false,
    };
    await reasonOf(async () => await cluster.gatherEvidence(token, options, signal));
    cluster.dispose();
    expect(plain.credentials).toEqual([]);
  });
});

describe('a yes to send a token', () => {
  const tokenOf = (iss: string): string =>
    `${base64('{"alg":"RS256"}')}.${base64(JSON.stringify({ iss }))}.AAAA`.replaceAll('=', '');
  const [one, another] = [tokenOf('one'), tokenOf('another')];
  const nobodyAt = (cluster: object): ReturnType<typeof clusterAccess.openAnonymously> =>
    clusterAccess.openAnonymously({ text: text({ cluster }), folder, origin: 'file' });
  const options = (agreed: Agreement) =>
    ({ sendToken: agreed, compareSecret: false, requestToken: false }) as const;

  it('is none to send another', async () => {
    const cluster = nobodyAt({});
    const agreed = { terms: cluster.termsToSend(one) };
    const reason = await reasonOf(async () => await cluster.gatherEvidence(another, options(agreed), signal));
    cluster.dispose();
    expect(reason).toBe('not-allowed-here');
    expect(good.credentials.join()).not.toContain(another);
  });

  it.each(changes)('is none to send it by %s', async (_what, change) => {
    const cluster = nobodyAt({});
    const agreed = { terms: cluster.termsToSend(one) };
    cluster.dispose();
    const elsewhere = nobodyAt(change());
    const reason = await reasonOf(async () => await elsewhere.gatherEvidence(one, options(agreed), signal));
    elsewhere.dispose();
    expect(reason).toBe('not-allowed-here');
    expect([...good.credentials, ...evil.credentials].join()).not.toContain(one);
  });
});

describe('one destination cannot pass for another', () => {
  const endpoint = (cluster: object = {}) =>
    clusterAccess.describe({ text: text({ cluster }), folder }).endpoint;

  it.each(changes)('by %s', (_what, cluster) => {
    expect(isSameDestination(endpoint(cluster()), endpoint())).toBe(false);
    const own = { text: text({ user: { token: 't' } }), folder, origin: 'own' };
    const theirs = {
      text: text({ user: { token: 'theirs' }, cluster: cluster() }),
      folder,
      origin: 'theirs',
    };
    expect(sameAs(theirs, own)).toBe(false);
    expect(sameAs(own, own)).toBe(true);
  });

  function sameAs(one: { text: string; folder: string; origin: string }, own: { text: string }): boolean {
    const [first] = clusterAccess.contextsOf(one);
    const [second] = clusterAccess.contextsOf({ ...one, text: own.text });
    const [a, b] = [first?.info.endpoint, second?.info.endpoint];
    return a !== undefined && b !== undefined && isSameDestination(a, b);
  }

  it('but is the same however it is written', () => {
    const port = new URL(good.url).port;
    const spelled = {
      server: `HTTPS://127.0.0.1:${port}/`,
      'certificate-authority-data': base64(`a comment\n${authority.certificate}\n\n`),
    };
    expect(isSameDestination(endpoint(spelled), endpoint())).toBe(true);
  });

  it('by a user name that looks like a host', () => {
    const cluster = { server: `https://good.example@127.0.0.1:${evil.port}` };
    expect(() => endpoint(cluster)).toThrow('is no http or https URL');
  });
});

describe('kubectl, asked as a second witness, cannot be given', () => {
  const alone = async (entries: Entries, agreed?: Agreement): Promise<string | undefined> =>
    await clusterAccess.alone({ text: text(entries), folder, agreed });

  it('a program that was not agreed to', async () => {
    expect(await reasonOf(async () => await alone({}))).toBe('not-allowed-here');
    expect(await alone({ user: { ...exec(), token: 'static' } })).not.toContain(program);
  });

  it('a file that the kubeconfig names', async () => {
    const secret = join(folder, 'named');
    await writeFile(secret, 'its-content');
    const [cert, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
    await writeFile(cert, certified.certificate);
    await writeFile(key, certified.key);
    const user = { tokenFile: secret, 'client-certificate': cert, 'client-key': key };
    const given = (await alone({ user }, await agreedTo({ user }))) ?? '';
    expect(given).not.toContain(folder);
    expect(parse(given)).toMatchObject({ users: [{ user: { token: 'its-content' } }] });
  });

  it('an auth-provider', async () => {
    const config = { 'idp-issuer-url': good.url, 'client-id': 'me', 'id-token': 'x' };
    const user = { 'auth-provider': { name: 'oidc', config } };
    expect(await alone({ user }, await agreedTo({ user }))).toBeUndefined();
  });

  it('another server than the one that was agreed to, by what the file holds later', async () => {
    const token = 'a-token';
    const given = await alone({ user: { token } });
    await writeFile(file, text({ user: { token }, cluster: { server: evil.url } }));
    const copy = join(folder, 'copy');
    await writeFile(copy, given ?? '');
    const before = evil.seen.length;
    await expect(kubectlIs(kubectl, copy)).rejects.toThrow('Command failed');
    expect(good.credentials).toContain(`Bearer ${token}`);
    expect(evil.seen).toHaveLength(before);
    await stat(caFile); // The control plane's own server is not asked by any of these.
    expect(given).not.toContain(server);
  });
});
