import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Certified } from '../../sandbox/certificates.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { explainAuthentication, type Explanation } from '../../src/authentication/explain.ts';
import { sentInstead } from '../../src/authentication/explainSent.ts';
import { offlineEvidence } from '../../src/authentication/evidence.ts';
import type { Agreement, KubeconfigInUse } from '../../src/cluster/api.ts';
import { contextItself } from '../../src/cluster/evidence/sending.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { bound } from '../support/world.ts';

const run = promisify(execFile);
const HOUR = 3_600_000;
const after = (milliseconds: number): Date => new Date(Date.now() + milliseconds);

let plane: ControlPlane;
let ca: string;
let listed: string;

/** A token that a server was told of, and one that a Secret holds by which a node joins. */
const [LISTED, BOOTSTRAP] = ['a-token-that-is-no-jwt', 'abcdef.0123456789abcdef'];

beforeAll(async () => {
  listed = await mkdtemp(join(tmpdir(), 'listed-'));
  await writeFile(join(listed, 'tokens.csv'), `${LISTED},jane,1,team\n`, { mode: 0o600 });
  plane = await startControlPlane({
    extraApiServerArgs: [`--token-auth-file=${join(listed, 'tokens.csv')}`, '--enable-bootstrap-token-auth'],
  });
  ca = btoa(await readFile(plane.caFile, 'utf8'));
  const [id, secret] = BOOTSTRAP.split('.');
  await plane.request('POST', '/api/v1/namespaces/kube-system/secrets', {
    metadata: { name: `bootstrap-token-${id}` },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': id, 'token-secret': secret, 'usage-bootstrap-authentication': 'true' },
  });
});
afterAll(async () => {
  await plane.stop();
  await rm(listed, { recursive: true });
});

function document(user: object | undefined, cluster: object = {}): string {
  return JSON.stringify({
    clusters: [
      { name: 'c', cluster: { server: plane.server, 'certificate-authority-data': ca, ...cluster } },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', ...(user && { user: 'u' }) } }],
    'current-context': 'x',
  });
}

const pair = ({ certificate, key }: Certified): object => ({
  'client-certificate-data': btoa(certificate),
  'client-key-data': btoa(key),
});

/** A program that prints what it is given. */
function exec(status: object): object {
  const printed = { kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status };
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `console.log(${JSON.stringify(JSON.stringify(printed))})`],
      interactiveMode: 'Never',
    },
  };
}

async function serviceAccountToken(): Promise<string> {
  const args = ['--kubeconfig', plane.kubeconfig, '-n', 'default', 'create', 'token', 'default'];
  return (await run(plane.kubectl, args)).stdout.trim();
}

/** The user that kubectl is taken for; empty where it is not accepted. */
async function kubectlAs(text: string): Promise<string> {
  const file = join(plane.folder, 'judged.kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  const args = ['--kubeconfig', file, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
  const running = run(plane.kubectl, args);
  running.child.stdin?.end(); // It would ask for a user name.
  return await running.then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** What is said of a kubeconfig; `asks`: after the server was asked with it, and `own`: by whom it is looked at else. */
async function explain(text: string, asks: boolean, own: 'admin' | 'nobody' = 'admin'): Promise<Explanation> {
  const kubeconfig: KubeconfigInUse = { text, folder: plane.folder, origin: 'one.kubeconfig' };
  const info = clusterAccess.contextsOf(kubeconfig)[0]?.info;
  const program: Agreement | undefined =
    info?.program && info.terms !== undefined ? { terms: info.terms } : undefined;
  const { credential, ...known } = await clusterAccess.sending(kubeconfig, program);
  if (known.entry.known && known.entry.value.problem !== undefined) {
    return await explainAuthentication(offlineEvidence(credential, known), Date.now() / 1000);
  }
  const cluster =
    own === 'admin'
      ? clusterAccess.open({ files: [plane.kubeconfig], context: 'sandbox' })
      : clusterAccess.openAnonymously(kubeconfig);
  try {
    const instead = sentInstead(offlineEvidence(credential, known));
    const terms = instead ? cluster.termsToShow(instead) : cluster.termsToSend(credential);
    const evidence = await cluster.gatherEvidence(
      credential,
      {
        known,
        sendToken: asks ? { terms } : undefined,
        compareSecret: true,
        requestToken: false,
        asSent: kubeconfig,
        program,
      },
      AbortSignal.timeout(60_000),
    );
    return await explainAuthentication(evidence, Math.floor(Date.now() / 1000));
  } finally {
    cluster.dispose();
  }
}

type Expected = 'accepted' | 'refused' | 'cannot-tell';
type Kind = [string, () => Promise<object>, Expected, string?];
/** What is sent; what is said before the server was asked (of a good token by the server's own flags), and the cause that is named first, if any. */
const kinds: readonly Kind[] = [
  ['a client certificate', async () => pair(await plane.clientCertificate('jane', ['team'])), 'accepted'],
  [
    'one that has expired',
    async () =>
      pair(
        await plane.clientCertificate('jane', [], { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) }),
      ),
    'refused',
    'certificate-expired',
  ],
  [
    'one that is not valid yet',
    async () =>
      pair(await plane.clientCertificate('jane', [], { notBefore: after(HOUR), notAfter: after(48 * HOUR) })),
    'refused',
    'certificate-not-yet-valid',
  ],
  [
    'one of another authority',
    async () => pair(await (await createAuthority('another')).forClient('jane')),
    'refused',
    'certificate-other-authority',
  ],
  [
    'one of an authority of the same name',
    async () => pair(await (await createAuthority('sandbox')).forClient('jane')),
    'refused',
    'certificate-other-authority',
  ],
  [
    'one that names nobody',
    async () => pair(await plane.clientCertificate('', ['team'])),
    'refused',
    'certificate-unusable',
  ],
  [
    'one with the key of another',
    async () => {
      const [one, other] = [await plane.clientCertificate('jane'), await plane.clientCertificate('joe')];
      return pair({ ...one, key: other.key });
    },
    'refused',
    'another-credential',
  ],
  ['a ServiceAccount’s token', async () => ({ token: await serviceAccountToken() }), 'accepted'],
  [
    'the token of another cluster',
    async () => ({ token: await bound() }),
    'refused',
    'other-cluster-same-issuer',
  ],
  [
    'a token that the server was told of',
    async () => await Promise.resolve({ token: LISTED }),
    'cannot-tell',
  ],
  ['a bootstrap token', async () => await Promise.resolve({ token: BOOTSTRAP }), 'cannot-tell'],
  ['a token that nobody knows', async () => await Promise.resolve({ token: 'abc' }), 'cannot-tell'],
  [
    'an expired certificate beside a good token',
    async () => ({
      ...pair(
        await plane.clientCertificate('jane', [], { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) }),
      ),
      token: await serviceAccountToken(),
    }),
    'accepted',
  ],
  [
    'a tokenFile',
    async () => {
      await writeFile(join(plane.folder, 'a-token'), `${await serviceAccountToken()}\n`);
      return { tokenFile: join(plane.folder, 'a-token') };
    },
    'accepted',
  ],
  ['a program’s token', async () => exec({ token: await serviceAccountToken() }), 'accepted'],
  [
    'a program’s certificate',
    async () => {
      const { certificate, key } = await plane.clientCertificate('jane');
      return exec({ clientCertificateData: certificate, clientKeyData: key });
    },
    'cannot-tell',
  ],
  [
    'a program’s certificate that has expired',
    async () => {
      const life = { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) };
      const { certificate, key } = await plane.clientCertificate('jane', [], life);
      return exec({ clientCertificateData: certificate, clientKeyData: key });
    },
    'refused',
    'certificate-expired',
  ],
  [
    'a password',
    async () => await Promise.resolve({ username: 'jane', password: 'p' }),
    'refused',
    'no-token',
  ],
  ['nothing', async () => await Promise.resolve({}), 'refused', 'no-token'],
];

describe('why a kubeconfig fails, kubectl as judge', () => {
  it.each<Kind>(kinds)('is told of %s', async (_what, made, unasked, cause) => {
    const text = document(await made());
    const isAccepted = (await kubectlAs(text)) !== '';
    const before = await explain(text, false);
    expect([before.outcome, before.causes[0]?.id]).toEqual([unasked, cause ?? before.causes[0]?.id]);
    expect(before.outcome).not.toBe(isAccepted ? 'refused' : 'accepted');
    const heard = await explain(text, true);
    expect([heard.outcome, heard.outcome === 'accepted']).toEqual([
      isAccepted ? 'accepted' : 'refused',
      isAccepted,
    ]);
    expect(heard.causes[0]?.id).toBe(isAccepted ? undefined : (cause ?? heard.causes[0]?.id));
  });

  it.each<Kind>(kinds)('is never told wrong of %s by somebody without a login there', async (_what, made) => {
    const text = document(await made());
    const isAccepted = (await kubectlAs(text)) !== '';
    const { outcome } = await explain(text, false, 'nobody');
    expect(outcome).not.toBe(isAccepted ? 'refused' : 'accepted');
    expect((await explain(text, true, 'nobody')).outcome).toBe(isAccepted ? 'accepted' : 'refused');
  });

  it('says of a program that was not run that it cannot tell', async () => {
    const text = document(exec({ token: await serviceAccountToken() }));
    const { credential, ...known } = await clusterAccess.sending({ text, folder: '/', origin: 'x' });
    const told = await explainAuthentication(offlineEvidence(credential, known), Date.now() / 1000);
    expect([told.outcome, told.headline]).toEqual([
      'cannot-tell',
      'What its program gives is not known: it was not run',
    ]);
  });

  it('says of an expired certificate-authority that no request is made, as kubectl makes none', async () => {
    const life = { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) };
    const old = btoa((await createAuthority('sandbox', life)).certificate);
    const text = document(pair(await plane.clientCertificate('jane')), { 'certificate-authority-data': old });
    expect(await kubectlAs(text)).toBe('');
    const { outcome, steps } = await explain(text, false);
    expect(outcome).toBe('refused');
    expect(steps[0]).toMatchObject({
      id: 'entry',
      state: 'failed',
      finding: expect.stringMatching(/expired 1 h ago.*no 401/) as string,
    });
    const both = btoa(atob(old) + atob(ca));
    const mixed = document(pair(await plane.clientCertificate('jane')), {
      'certificate-authority-data': both,
    });
    expect([await kubectlAs(mixed), (await explain(mixed, true, 'nobody')).outcome]).toEqual([
      'jane',
      'accepted',
    ]);
  });

  it('sends nothing that came into the kubeconfig since, and nothing where nothing is sent', async () => {
    const file = join(plane.folder, 'changing.kubeconfig');
    const kubeconfig = { files: [file], context: 'x' };
    const certified = pair(await plane.clientCertificate('jane'));
    const token = await serviceAccountToken();
    const opened = async (before: object, after: object): Promise<object | undefined> => {
      await writeFile(file, document(before), { mode: 0o600 });
      const { sent } = await clusterAccess.sending(kubeconfig);
      if (!sent.known) throw new Error(sent.why);
      await writeFile(file, document(after), { mode: 0o600 });
      const cluster = clusterAccess.openAnonymously(kubeconfig);
      try {
        return contextItself(kubeconfig, sent.value, cluster.endpoint, undefined).user;
      } finally {
        cluster.dispose();
      }
    };
    expect(await opened(certified, certified)).toBeDefined();
    await expect(opened(certified, { ...certified, token })).rejects.toThrow('something else');
    const another = pair(await plane.clientCertificate('joe'));
    await expect(opened(certified, another)).rejects.toThrow('something else');
    const blank = { token: ` ${token}` };
    expect(await opened(blank, blank)).toBeUndefined();
  });

  it('tells whose a certificate is, its groups, its issuer and its time', async () => {
    const text = document(pair(await plane.clientCertificate('jane', ['team', 'ops'])));
    const { steps, user } = await explain(text, false);
    const { exhibits = [] } = steps.find(({ id }) => id === 'sent') ?? {};
    const told = Object.fromEntries(exhibits.map(({ what, value }) => [what, value]));
    expect(told).toMatchObject({ 'user (CN)': 'jane', 'groups (O)': 'team, ops', issuer: 'sandbox' });
    expect(told['until']).toMatch(/^\d+ \(\d{4}-/);
    expect(user).toMatchObject({ name: 'jane', groups: ['team', 'ops', 'system:authenticated'] });
  });

  it('takes what kubectl proxy makes of a request without a credential for the server’s word', async () => {
    const args = ['--kubeconfig', plane.kubeconfig, 'proxy', '--port=0'];
    const proxy = execFile(plane.kubectl, args);
    try {
      const port = await new Promise<string>((resolve, reject) => {
        proxy.once('exit', reject);
        proxy.stdout?.on('data', (chunk: string) => {
          const found = /:(\d+)\s*$/.exec(chunk)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const text = document(
        {},
        { server: `http://127.0.0.1:${port}`, 'certificate-authority-data': undefined },
      );
      expect(await kubectlAs(text)).toBe('sandbox-admin');
      expect((await explain(text, false, 'nobody')).outcome).toBe('accepted');
    } finally {
      proxy.kill();
    }
  });
});
