/** Kubeconfigs of every kind of credential, and what is said of each, with kubectl as judge. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority, type Certified } from '../../../sandbox/certificates.ts';
import { startControlPlane, type ControlPlane } from '../../../sandbox/controlPlane.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import { sentInstead } from '../../../src/authentication/explainSent.ts';
import { offlineEvidence, type Evidence } from '../../../src/authentication/evidence.ts';
import type { Agreement, KubeconfigInUse } from '../../../src/cluster/api/contexts.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { bound } from '../texts/evidence.ts';

const run = promisify(execFile);
export const HOUR = 3_600_000;
/** The time in some milliseconds. */
export const after = (milliseconds: number): Date => new Date(Date.now() + milliseconds);

/** A control plane that was told of tokens of other kinds. */
export interface KindStage {
  readonly plane: ControlPlane;
  /** Its authority's certificate, in base64. */
  readonly ca: string;
  readonly stop: () => Promise<void>;
}

/** A kind of credential, and what has to be said of it. */
export type Kind = readonly [
  what: string,
  made: (on: KindStage) => Promise<object>,
  /** Before the server was asked; of a good token by the server's own flags. */
  unasked: Explanation['outcome'],
  /** The cause that is named first, if any. */
  cause?: string,
];

/** A token that a server was told of, and one that a Secret holds by which a node joins. */
const [LISTED, BOOTSTRAP] = ['a-token-that-is-no-jwt', 'abcdef.0123456789abcdef'];

/** Starts the server on which kubeconfigs of all kinds are judged. */
export async function openKinds(): Promise<KindStage> {
  const listed = await mkdtemp(join(tmpdir(), 'listed-'));
  await writeFile(join(listed, 'tokens.csv'), `${LISTED},jane,1,team\n`, { mode: 0o600 });
  const plane = await startControlPlane({
    extraApiServerArgs: [`--token-auth-file=${join(listed, 'tokens.csv')}`, '--enable-bootstrap-token-auth'],
  });
  const [id, secret] = BOOTSTRAP.split('.');
  await plane.request('POST', '/api/v1/namespaces/kube-system/secrets', {
    metadata: { name: `bootstrap-token-${id}` },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': id, 'token-secret': secret, 'usage-bootstrap-authentication': 'true' },
  });
  return {
    plane,
    ca: btoa(await readFile(plane.caFile, 'utf8')),
    stop: async () => {
      await plane.stop();
      await rm(listed, { recursive: true });
    },
  };
}

/** A kubeconfig of a user, as JSON; `cluster` changes fields of its cluster. */
export function document({ plane, ca }: KindStage, user: object | undefined, cluster: object = {}): string {
  return JSON.stringify({
    clusters: [
      { name: 'c', cluster: { server: plane.server, 'certificate-authority-data': ca, ...cluster } },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', ...(user && { user: 'u' }) } }],
    'current-context': 'x',
  });
}

/** The fields of a user with a client certificate. */
export const pair = ({ certificate, key }: Certified): object => ({
  'client-certificate-data': btoa(certificate),
  'client-key-data': btoa(key),
});

/** The fields of a user whose program prints this status of an ExecCredential. */
export function exec(status: object): object {
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

/** A token of a ServiceAccount, as kubectl creates it. */
export async function serviceAccountToken({ plane }: KindStage): Promise<string> {
  const args = ['--kubeconfig', plane.kubeconfig, '-n', 'default', 'create', 'token', 'default'];
  return (await run(plane.kubectl, args)).stdout.trim();
}

/** The user that kubectl is taken for; empty where it is not accepted. */
export async function kubectlAs({ plane }: KindStage, text: string): Promise<string> {
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

/** What is said of a kubeconfig, on `evidenceOf`. */
export async function explain(...about: Parameters<typeof evidenceOf>): Promise<Explanation> {
  const evidence = await evidenceOf(...about);
  return await explainAuthentication(evidence, Math.floor(Date.now() / 1000));
}

/** What is found out of a kubeconfig; `asks`: also by asking the server with it, and `own`: by whom it is looked at else. */
export async function evidenceOf(
  { plane }: KindStage,
  text: string,
  asks: boolean,
  own: 'admin' | 'nobody' = 'admin',
): Promise<Evidence> {
  const kubeconfig: KubeconfigInUse = { text, folder: plane.folder, origin: 'one.kubeconfig' };
  const info = clusterAccess.contextsOf(kubeconfig)[0]?.info;
  const program: Agreement | undefined =
    info?.program && info.terms !== undefined ? { terms: info.terms } : undefined;
  const { credential, ...known } = await clusterAccess.sending(kubeconfig, program);
  if (known.entry.known && known.entry.value.problem !== undefined) {
    return offlineEvidence(credential, known);
  }
  const cluster =
    own === 'admin'
      ? clusterAccess.open({ files: [plane.kubeconfig], context: 'sandbox' })
      : clusterAccess.openAnonymously(kubeconfig);
  try {
    const instead = sentInstead(offlineEvidence(credential, known));
    const terms = instead ? cluster.termsToShow(instead) : cluster.termsToSend(credential);
    return await cluster.gatherEvidence(
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
  } finally {
    cluster.dispose();
  }
}

export const KINDS: readonly Kind[] = [
  [
    'a client certificate',
    async (on) => pair(await on.plane.clientCertificate('jane', ['team'])),
    'accepted',
  ],
  [
    'one that has expired',
    async (on) =>
      pair(
        await on.plane.clientCertificate('jane', [], {
          notBefore: after(-48 * HOUR),
          notAfter: after(-HOUR),
        }),
      ),
    'refused',
    'certificate-expired',
  ],
  [
    'one that is not valid yet',
    async (on) =>
      pair(
        await on.plane.clientCertificate('jane', [], { notBefore: after(HOUR), notAfter: after(48 * HOUR) }),
      ),
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
    async (on) => pair(await on.plane.clientCertificate('', ['team'])),
    'refused',
    'certificate-unusable',
  ],
  [
    'one with the key of another',
    async (on) => {
      const [one, other] = [
        await on.plane.clientCertificate('jane'),
        await on.plane.clientCertificate('joe'),
      ];
      return pair({ ...one, key: other.key });
    },
    'refused',
    'another-credential',
  ],
  ['a ServiceAccount’s token', async (on) => ({ token: await serviceAccountToken(on) }), 'accepted'],
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
    async (on) => ({
      ...pair(
        await on.plane.clientCertificate('jane', [], {
          notBefore: after(-48 * HOUR),
          notAfter: after(-HOUR),
        }),
      ),
      token: await serviceAccountToken(on),
    }),
    'accepted',
  ],
  [
    'a tokenFile',
    async (on) => {
      await writeFile(join(on.plane.folder, 'a-token'), `${await serviceAccountToken(on)}\n`);
      return { tokenFile: join(on.plane.folder, 'a-token') };
    },
    'accepted',
  ],
  ['a program’s token', async (on) => exec({ token: await serviceAccountToken(on) }), 'accepted'],
  [
    'a program’s certificate',
    async (on) => {
      const { certificate, key } = await on.plane.clientCertificate('jane');
      return exec({ clientCertificateData: certificate, clientKeyData: key });
    },
    'cannot-tell',
  ],
  [
    'a program’s certificate that has expired',
    async (on) => {
      const life = { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) };
      const { certificate, key } = await on.plane.clientCertificate('jane', [], life);
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

/** In which ways what is said of a kind, unasked and asked, with and without a login there, differs from what kubectl gets. */
export async function differencesOfKind(
  on: KindStage,
  [what, made, unasked, cause]: Kind,
): Promise<string[]> {
  const text = document(on, await made(on));
  const isAccepted = (await kubectlAs(on, text)) !== '';
  const differences: string[] = [];
  const check = (isRight: boolean, said: string): void => {
    if (!isRight) differences.push(`${what}: ${said}, kubectl ${isAccepted ? 'is' : 'is not'} accepted`);
  };
  for (const own of ['admin', 'nobody'] as const) {
    const before = await explain(on, text, false, own);
    const heard = await explain(on, text, true, own);
    const first = before.causes[0]?.id;
    const says = `${own}: unasked ${before.outcome} (${first ?? ''}), asked ${heard.outcome} (${heard.causes[0]?.id ?? ''})`;
    check(before.outcome !== (isAccepted ? 'refused' : 'accepted'), says);
    check(heard.outcome === (isAccepted ? 'accepted' : 'refused'), says);
    if (own === 'nobody') continue;
    check(before.outcome === unasked && (cause === undefined || first === cause), says);
    check(isAccepted || cause === undefined || heard.causes[0]?.id === cause, says);
    check(!isAccepted || heard.causes.length === 0, says);
  }
  return differences;
}
