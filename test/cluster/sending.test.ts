import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Entry, Evidence, Sent } from '../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import type { Explanation } from '../../src/authentication/explanation.ts';
import type { KubeconfigInUse } from '../../src/cluster/api/contexts.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { createAuthority } from '../../sandbox/certificates.ts';
import { does } from '../../src/versions.ts';
import { bound } from '../support/texts/evidence.ts';
import { kubeconfigOf, whoKubectlIs } from '../support/cluster/kubectl.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';

const { kubectl, kubeconfig, caFile, server, minor } = inject('controlPlane');
const isToldWho = does(minor, 'serves SelfSubjectReview') === true;
const run = promisify(execFile);
const now = (): number => Math.floor(Date.now() / 1000);
const user = 'system:serviceaccount:default:default';

let folder: string;
let ca: string;
let good: string;
let dead: string;
let gateway: Server;
let seen: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sending-'));
  ca = (await readFile(caFile)).toString('base64');
  const args = ['--kubeconfig', kubeconfig, '-n', 'default', 'create', 'token', 'default'];
  good = (await run(kubectl, args)).stdout.trim();
  dead = await bound();
  gateway = createServer((request, answer) => {
    seen.push(request.headers);
    answer.writeHead(401, { server: 'nginx', 'content-type': 'text/html' }).end('<h1>401</h1>');
  });
  await new Promise<void>((resolve) => {
    gateway.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(async () => {
  gateway.close();
  await rm(folder, { recursive: true });
});

const document = (entry: object, to: object = {}): string =>
  JSON.stringify(kubeconfigOf({ server, 'certificate-authority-data': ca, ...to }, entry));
const inUse = (text: string): KubeconfigInUse => ({ text, folder, origin: 'one.kubeconfig' });

/** What is sent, and what kubectl is refused or taken for with the same kubeconfig. */
async function both(
  kubeconfigs: readonly string[],
): Promise<{ sent: Sent | undefined; entry: Entry; credential: string; kubectl: string }> {
  const files: string[] = [];
  for (const [index, text] of kubeconfigs.entries()) {
    files.push(join(folder, `${index}.kubeconfig`));
    await writeFile(files[index] ?? '', text, { mode: 0o600 });
  }
  const { credential, entry, sent } = await clusterAccess.sending({ files });
  if (!entry.known) throw new Error(entry.why);
  return {
    credential,
    entry: entry.value,
    sent: sent.known ? sent.value : undefined,
    kubectl: await whoIsKubectl(files),
  };
}
async function whoIsKubectl(files: readonly string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: files.join(':') };
  return await whoKubectlIs(async (...args) => {
    const running = run(kubectl, args, { env });
    running.child.stdin?.end(); // It would ask for a user name.
    return (await running).stdout;
  }).catch(String);
}

async function explain(text: string, sendToken: boolean): Promise<Explanation> {
  const kubeconfigInUse = inUse(text);
  const { credential, ...known } = await clusterAccess.sending(kubeconfigInUse);
  const [own] = clusterAccess.sameServer(kubeconfigInUse, { files: [kubeconfig] });
  const cluster = own
    ? clusterAccess.open({ files: [kubeconfig], context: own.name })
    : clusterAccess.openAnonymously(kubeconfigInUse);
  try {
    const evidence = await cluster.gatherEvidence(
      credential,
      {
        known,
        ...(sendToken ? sendingTo(cluster, credential) : { sendToken: undefined }),
        compareSecret: true,
        requestToken: false,
        ...(known.sent.known && known.sent.value.hasClientCertificate && { asSent: kubeconfigInUse }),
      },
      AbortSignal.timeout(20_000),
    );
    return await explainAuthentication(evidence, now());
  } finally {
    cluster.dispose();
  }
}

describe('what a kubeconfig sends is what kubectl sends', () => {
  it('a tokenFile that can be read, and not the token beside it', async () => {
    await writeFile(join(folder, 'token'), `${good}\n`);
    const told = await both([document({ token: dead, tokenFile: 'token' })]);
    expect(told.credential).toBe(good);
    expect(told.kubectl).toBe(user);
    expect(told.sent?.passedOver.join()).toContain('field token');
  });

  it('the token, where the tokenFile cannot be read', async () => {
    const told = await both([document({ token: good, tokenFile: 'nothing-here' })]);
    expect([told.credential, told.kubectl]).toEqual([good, user]);
    expect(told.sent?.passedOver.join()).toContain('nothing-here');
  });

  it('the entry of the first file, whole', async () => {
    const told = await both([
      JSON.stringify({ apiVersion: 'v1', kind: 'Config', users: [{ name: 'u', user: { token: good } }] }),
      document({ token: dead }),
    ]);
    expect([told.credential, told.kubectl]).toEqual([good, user]);
    expect(told.entry.shadowed.join()).toMatch(/user “u” of .*1\.kubeconfig/);
  });

  it.each([
    ['http', 'http://', undefined, 'is not https'],
    ['no scheme and no certificate-authority', '', undefined, 'has no scheme'],
    ['no scheme and a certificate-authority', '', 'its own', 'has no scheme'],
  ])('no credential over plain http: %s', async (_what, scheme, authority, why) => {
    seen = [];
    const url = `${scheme}127.0.0.1:${(gateway.address() as AddressInfo).port}`;
    const to = { server: url, 'certificate-authority-data': authority && ca };
    const { sent } = await both([document({ token: good }, to)]);
    expect([sent?.kind, sent?.source]).toEqual(['nothing', expect.stringContaining(why)]);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((headers) => headers.authorization === undefined)).toBe(true);
  });

  it('none, where a space stands before the token', async () => {
    const { sent, kubectl: told } = await both([document({ token: ` ${good}` })]);
    expect(sent?.kind).toBe('nothing');
    const ignored = 'extra space before the bearer token, and is ignored';
    expect(told).toContain(isToldWho ? ignored : 'system:anonymous');
  });

  it('nothing at all, where the context leads nowhere', async () => {
    const text = document({ token: good }).replace('"user":"u"', '"user":"missing"');
    const told = await both([text]);
    expect(told.entry.problem).toContain('user “missing”');
    expect(told.kubectl).toMatch(/EOF|Please enter Username/);
  });

  const GONE = 'none that kubectl has';
  it.for<[string, () => object, string, RegExp]>([
    ['a tokenFile that is missing', () => ({ tokenFile: 'nothing-here' }), 'cannot be used', /no such file/],
    [
      'a tokenFile that is empty',
      () => ({ tokenFile: 'empty' }),
      'cannot be used',
      /EOF|Please enter Username/,
    ],
    [
      'a token and a password',
      () => ({ token: good, username: 'u' }),
      'both a token and a password',
      /only one/,
    ],
    [
      'exec of a version that is gone',
      () => ({
        token: good,
        exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x', interactiveMode: 'Never' },
      }),
      'which kubectl does not have',
      /invalid apiVersion/,
    ],
    [
      'exec and no word on its terminal',
      () => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' } }),
      'no interactiveMode',
      /interactiveMode must be specified/,
    ],
    [
      'an auth-provider that is gone',
      () => ({ token: good, 'auth-provider': { name: 'gcp' } }),
      GONE,
      /has been removed/,
    ],
  ])('nothing, as no request is made with %s', async ([_what, entry, problem, says], { skip }) => {
    // kubernetes CHANGELOG-1.26: client-go has no auth-provider gcp any more.
    skip(problem === GONE && minor < 26, 'kubectl has the auth-provider gcp up to 1.25');
    await writeFile(join(folder, 'empty'), '');
    const told = await both([document(entry())]);
    expect(told.entry.problem).toContain(problem);
    expect(told.sent).toBeUndefined();
    expect(told.kubectl).toMatch(says);
  });

  it('no program is run beside a client certificate', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './never',
      interactiveMode: 'Never',
    };
    const { certificate, key } = await (await createAuthority('another')).forClient('nobody');
    const pair = { 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) };
    const { sent } = await both([document({ exec, ...pair })]);
    expect(sent).toMatchObject({ kind: 'certificate', passedOver: [expect.stringContaining('exec')] });
    const [info] = clusterAccess.contexts({ files: [join(folder, '0.kubeconfig')] }).contexts;
    expect([info?.runs, info?.terms]).toEqual([undefined, undefined]);
  });

  it('no program is run to find out', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './never',
      interactiveMode: 'Never',
    };
    const { sent } = await clusterAccess.sending(inUse(document({ exec })));
    expect(sent).toMatchObject({ value: { isThisToken: undefined } });
  });
});

describe('the explanation of a kubeconfig', () => {
  it('says that the certificate beside a dead token is accepted in its place', async () => {
    const { stdout } = await run(kubectl, [
      '--kubeconfig',
      kubeconfig,
      'config',
      'view',
      '--raw',
      '-o',
      'json',
    ]);
    const { users } = JSON.parse(stdout) as { users: { user: object }[] };
    const text = document({ token: dead, ...users[0]?.user });
    const { outcome, causes, steps } = await explain(text, true);
    expect([outcome, causes[0]?.id]).toEqual(['refused', 'another-credential']);
    expect(steps.find(({ id }) => id === 'sent')?.finding).toContain(
      isToldWho ? 'accepted as sandbox-admin' : 'accepted, as the server refuses the token alone',
    );
    expect(await whoIsKubectl([await saved(text)])).toBe('sandbox-admin');
    const unasked = await explain(text, false);
    expect(unasked.steps.find(({ id }) => id === 'sent')?.state).toBe('cannot-tell');
  });

  it('looks past a certificate that is not accepted', async () => {
    const { certificate, key } = await (await createAuthority('another')).forClient('nobody');
    const entry = { 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) };
    const { outcome, steps, causes } = await explain(document({ ...entry, token: good }), true);
    expect([outcome, steps.find(({ id }) => id === 'sent')?.state]).toEqual(['accepted', 'passed']);
    expect(causes).toEqual([]);
    const refused = await explain(document({ ...entry, token: dead }), true);
    expect([refused.outcome, refused.steps.find(({ id }) => id === 'sent')?.state]).toEqual([
      'refused',
      'passed',
    ]);
  });

  it('says that something in front of the API server answered, once the token was sent there', async () => {
    const authority = await createAuthority('gateway');
    const { certificate: cert, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
    const tls = createTlsServer({ cert, key }, (_request, answer) => {
      answer.writeHead(401, { server: 'nginx', 'content-type': 'text/html' }).end('<h1>401</h1>');
    });
    await new Promise<void>((resolve) => {
      tls.listen(0, '127.0.0.1', resolve);
    });
    try {
      const url = `https://127.0.0.1:${(tls.address() as AddressInfo).port}`;
      const to = { server: url, 'certificate-authority-data': btoa(authority.certificate) };
      const { outcome, causes, steps } = await explain(document({ token: good }, to), true);
      expect([outcome, causes[0]?.id]).toEqual(['refused', 'gateway']);
      expect(JSON.stringify(steps)).toContain('nginx');
    } finally {
      tls.close();
    }
  });

  it('asks with the person’s own context where one leads to the same server, and with no other', () => {
    const names = (to?: object): readonly string[] =>
      clusterAccess
        .sameServer(inUse(document({ token: good }, to)), { files: [kubeconfig] })
        .map(({ name }) => name);
    expect(names()).toEqual(['sandbox']);
    expect(names({ 'certificate-authority-data': undefined })).toEqual([]);
    expect(names({ server: 'https://127.0.0.1:1' })).toEqual([]);
  });

  it('asks with no login that is the very token which is explained', async () => {
    const itself = await saved(document({ token: good }));
    expect(clusterAccess.sameServer(inUse(document({ token: good })), { files: [itself] })).toEqual([]);
    const other = await saved(document({ token: dead }));
    expect(clusterAccess.sameServer(inUse(document({ token: good })), { files: [other] })).toHaveLength(1);
  });

  it('sends a token nowhere unasked, even where the person’s own login is that token', async () => {
    const cluster = clusterAccess.open({
      files: [await saved(document({ token: good }))],
      context: 'x',
    });
    const gather = async (sendToken: boolean): Promise<Evidence> =>
      await cluster.gatherEvidence(
        good,
        {
          ...(sendToken ? sendingTo(cluster, good) : { sendToken: undefined }),
          compareSecret: true,
          requestToken: false,
        },
        AbortSignal.timeout(20_000),
      );
    try {
      const unasked = await gather(false);
      // The keys are for ServiceAccounts alone: as nobody they are not seen.
      expect(unasked.keys).toMatchObject({ known: false, needs: 'get /openid/v1/jwks' });
      expect(unasked.keys.known ? '' : unasked.keys.why).toMatch(/is this very token/);
      expect((await gather(true)).keys.known).toBe(true);
    } finally {
      cluster.dispose();
    }
  });

  it('knows whose keys fit a token by the keys alone', async () => {
    const own = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
    const nobody = clusterAccess.openAnonymously(inUse(document({ token: good })));
    try {
      const signal = AbortSignal.timeout(20_000);
      expect(await own.keysFit(good, signal)).toBe('fits');
      expect(await own.keysFit(dead, signal)).toBe('other');
      expect(await nobody.keysFit(good, signal)).toBe('unknown');
    } finally {
      own.dispose();
      nobody.dispose();
    }
  });

  it('asks a server to which no context leads as nobody, and says what that cannot tell', async () => {
    const cluster = clusterAccess.openAnonymously(inUse(document({ token: dead })));
    try {
      const evidence = await cluster.gatherEvidence(
        good,
        { sendToken: undefined, compareSecret: true, requestToken: false },
        AbortSignal.timeout(20_000),
      );
      expect(evidence.serverTime.known).toBe(true);
      expect(evidence.keys).toMatchObject({ known: false, needs: 'get /openid/v1/jwks' });
      const { outcome, steps } = await explainAuthentication(evidence, now());
      expect(outcome).toBe('cannot-tell');
      expect(steps.filter(({ state }) => state === 'passed').map(({ id }) => id)).toEqual([
        'answers',
        'shape',
        'time',
        'boundObject',
      ]);
    } finally {
      cluster.dispose();
    }
  });
});

async function saved(text: string): Promise<string> {
  const file = join(folder, 'saved.kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
