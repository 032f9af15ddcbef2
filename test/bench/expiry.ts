/** Row 15: a kubeconfig of ten minutes, from its first use to its end. It waits for that, so that it runs only where it is asked for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { getToken } from '../../src/editor/credentials/getToken.ts';
import { writeSecretFile } from '../../src/files/secretFile.ts';
import { buildKubeconfig } from '../../src/kubeconfig/buildKubeconfig.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import type { Row } from './row.ts';

const account = { namespace: 'default', name: 'ten-minutes' };
const me = `system:serviceaccount:${account.namespace}:${account.name}`;
/** Seconds: the API server's shortest life, its leeway (go-jose), and how long it remembers that it has accepted a token. */
const LIFE = 600;
const LEEWAY = 60;
const CACHE = 10;
/** Seconds that kubectl and the clock may take beside. */
const SLACK = 3;

const now = (): number => Date.now() / 1000;

/** Waits until kubectl is refused with two kubeconfigs of ten minutes: one that is used every second, and one that is not used in between. */
export async function expiryRows(report: (line: string) => void): Promise<Row[]> {
  const controlPlane = await startControlPlane({ report });
  try {
    const [used, unused] = [
      await kubeconfigOf(controlPlane, 'used'),
      await kubeconfigOf(controlPlane, 'unused'),
    ];
    const isAccepted = (await used.who()) === me && (await unused.who()) === me;
    report(`Row 15 waits until ${new Date((used.exp + LEEWAY + CACHE) * 1000).toISOString()} …`);
    await sleep((used.exp - now() - 5) * 1000);
    let lastAccepted = 0;
    let answer = await used.who();
    const refusedUnused = refusalAt(unused);
    while (answer === me && now() < used.exp + 2 * LEEWAY + CACHE) {
      lastAccepted = now() - used.exp;
      await sleep(1000);
      answer = await used.who();
    }
    const refused = now() - used.exp;
    const review = await reviewed(controlPlane, used.token);
    const end = await refusedUnused;
    return [
      {
        row: 15,
        what: `A kubeconfig of ${LIFE} s: what kubectl says of it at once, and after the token’s exp`,
        figure: [
          isAccepted ? 'accepted at once' : 'NOT ACCEPTED',
          `last accepted at exp + ${lastAccepted.toFixed(0)} s, refused at exp + ${refused.toFixed(0)} s`,
          `unused until then: ${end.isRefused ? 'refused' : 'ACCEPTED'} at exp + ${end.at.toFixed(0)} s`,
          `TokenReview: ${review}`,
        ].join('; '),
        peer: '—',
        ratio: '—',
        target: `refused from exp + ${LEEWAY} s (leeway), + ${CACHE} s (cache) while it is used`,
        held:
          isAccepted &&
          isRefusal(answer) &&
          lastAccepted >= 0 &&
          refused >= LEEWAY &&
          refused <= LEEWAY + CACHE + SLACK &&
          end.isRefused &&
          review.includes('has expired'),
      },
    ];
  } finally {
    await controlPlane.stop();
  }
}

interface Measured {
  readonly token: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  /** Who kubectl says that it is, else why it is refused. */
  readonly who: () => Promise<string>;
}

/** Makes it as the wizard does. */
async function kubeconfigOf(
  { kubeconfig, kubectl, folder, request }: ControlPlane,
  name: string,
): Promise<Measured> {
  const cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  try {
    if (name === 'used') {
      const metadata = { name: account.name };
      await request('POST', `/api/v1/namespaces/${account.namespace}/serviceaccounts`, { metadata });
    }
    const { token } = await getToken(
      cluster,
      account,
      { kind: 'request', seconds: LIFE },
      AbortSignal.timeout(30_000),
    );
    const text = buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: cluster.context.cluster,
      serviceAccount: account,
      credential: { token },
    });
    const file = await writeSecretFile({ folder, path: `${name}.kubeconfig`, text, replaces: undefined });
    const who = async (): Promise<string> => await kubectlIs(kubectl, file).catch(String);
    return { token, exp: Number(decodeToken(token)?.claims['exp']), who };
  } finally {
    cluster.dispose();
  }
}

/** Asks once, as soon as the server may no longer accept it. */
async function refusalAt({
  exp,
  who,
}: Measured): Promise<{ readonly isRefused: boolean; readonly at: number }> {
  await sleep((exp + LEEWAY + SLACK - now()) * 1000);
  return { isRefused: isRefusal(await who()), at: now() - exp };
}

const isRefusal = (answer: string): boolean => /Unauthorized|must be logged in/.test(answer);

async function reviewed({ request }: ControlPlane, token: string): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const { status } = (await request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', body)) as {
    status: { error?: string };
  };
  return status.error ?? 'authenticated';
}
