/** What src/versions.ts says of servers, each tried on a real one. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from '../../sandbox/api.ts';
import type { Certified } from '../../sandbox/certificates.ts';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { Behaviour } from '../../src/versions.ts';
import { reviewOn } from '../support/cluster/judge.ts';
import {
  account,
  base,
  boundTo,
  changed,
  claimsOf,
  create,
  NAMESPACE,
  now,
  remove,
  requested,
  send,
  stranger,
} from '../support/cluster/stage.ts';
import { WAIT } from '../support/cluster/stagedCauses.ts';

/** A server to try statements on; its stage (`openStage`) has to be open. */
export interface Tried {
  readonly plane: ControlPlane;
  readonly admin: Cluster;
}

type Trial = (on: Tried) => Promise<boolean>;

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const OWN = 'kubernetes.io';
const TRACKING =
  '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking';

const TRIALS: Readonly<Record<Behaviour, Trial>> = {
  'no token Secrets by itself': async () => {
    await account('bare');
    await filled('bare-own', 'bare'); // The token controller has seen the ServiceAccount by then.
    return (
      ((await send('GET', `${base}/serviceaccounts/bare`)) as { secrets?: unknown }).secrets === undefined
    );
  },
  'notes uses': async ({ admin }) => {
    await account('noted');
    const { accepted } = await reviewOn(admin, await filled('noted', 'noted'));
    if (!accepted) throw new Error('A fresh token Secret is refused.');
    return await comes(
      async () => (await labelsOf('noted'))[`${OWN}/legacy-token-last-used`] !== undefined,
      10,
    );
  },
  'cleans up legacy tokens': cleansUp,
  'refuses what is marked invalid': async ({ admin }) => {
    await account('marked');
    const token = await filled('marked', 'marked');
    await send('PATCH', `${base}/secrets/marked`, {
      metadata: { labels: { [`${OWN}/legacy-token-invalid-since`]: '2026-01-01' } },
    });
    // It can know the Secret without its label for a moment, and remembers for 10 seconds that it accepted a token.
    return await comes(async () => !(await reviewOn(admin, token)).accepted, 15);
  },
  'judges iat': async ({ admin }) =>
    !(await reviewOn(admin, await changed({ iat: now() + 90, nbf: now() }))).accepted,
  'judges uid before deletion': async ({ admin }) => {
    const held = { finalizers: ['example.com/held'] };
    await account('first');
    const token = await requested('first');
    await remove('serviceaccounts', 'first');
    await account('first', held);
    await remove('serviceaccounts', 'first');
    await sleep(WAIT);
    return (await reviewOn(admin, token)).error.includes('does not match claim');
  },
  'chooses keys by kid': async ({ admin }) =>
    (await forged(admin, { kid: 'another' })).includes('no keys found'),
  'says go-jose/go-jose': async ({ admin }) => (await forged(admin, {})).includes('go-jose/go-jose: '),
  'names jti and Node in tokens': async () => claimsOf(await requested('default'))['jti'] !== undefined,
  'binds tokens to Nodes': async () => {
    await send('POST', '/api/v1/nodes', { metadata: { name: 'bindable' } });
    const token = await boundTo('Node', 'bindable').catch(() => undefined);
    return token !== undefined && 'node' in (claimsOf(token)[OWN] as object);
  },
  'validates Node bindings by default': async ({ admin }) => {
    const own = claimsOf(await requested('default'))[OWN] as object;
    const token = await changed({ [OWN]: { ...own, node: { name: 'no-such', uid: 'u' } } });
    return !(await reviewOn(admin, token)).accepted;
  },
  'validates Node bindings': async ({ plane }) => {
    const gate = 'ServiceAccountTokenNodeBindingValidation';
    const said = await sayOf(plane.apiServer, [`--feature-gates=${gate}=false`, '--version']);
    return said.includes(gate) && said.includes('locked');
  },
  'serves SelfSubjectReview': async ({ admin }) => {
    const kind = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    return (
      (await admin.ask({ method: 'POST', path, body: kind }, AbortSignal.timeout(10_000))).status === 201
    );
  },
  'limits anonymous requests to paths': async ({ plane }) => {
    const help = (await sayOf(plane.apiServer, ['--help'])).replaceAll(/\s+/g, ' ');
    return help.includes('or the anonymous authenticator') && !help.includes('--feature-gate=AnonymousAuth');
  },
  'tells its flags': async ({ admin }) => {
    const accept = 'application/json;as=Flagz;g=config.k8s.io;v=v1beta1';
    return (await admin.ask({ path: '/flagz', accept }, AbortSignal.timeout(10_000))).status === 200;
  },
  'deprecates enforce-mountable-secrets': async ({ plane }) => {
    const file = join(plane.folder, 'mountable.json');
    const metadata = {
      namespace: NAMESPACE,
      name: 'mountable',
      annotations: { [`${OWN}/enforce-mountable-secrets`]: 'true' },
    };
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }));
    const said = await sayOf(plane.kubectl, ['--kubeconfig', plane.kubeconfig, 'create', '-f', file]);
    return said.includes('Warning: ') && said.includes('deprecated');
  },
  'impersonates within limits': async ({ plane }) => {
    await give('alice', [
      {
        apiGroups: ['authentication.k8s.io'],
        resources: ['users'],
        resourceNames: ['bob'],
        verbs: ['impersonate:user-info'],
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:user-info:list'] },
    ]);
    await give('bob', [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }]);
    const [alice, bob] = [await plane.clientCertificate('alice'), await plane.clientCertificate('bob')];
    const pods = `${base}/pods`;
    if (!(await comes(async () => (await statusOf(plane, bob, pods)) === 200, 10)))
      throw new Error('bob may not list Pods.');
    return await comes(
      async () => (await statusOf(plane, alice, pods, { 'impersonate-user': 'bob' })) === 200,
      5,
    );
  },
  'wants create to connect': async ({ plane }) => {
    await give('carol', [{ apiGroups: [''], resources: ['pods', 'pods/exec'], verbs: ['get'] }]);
    const carol = await plane.clientCertificate('carol');
    const pod = `${base}/pods/no-such`;
    if (!(await comes(async () => (await statusOf(plane, carol, pod)) === 404, 10)))
      throw new Error('carol may not get Pods.');
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      'sec-websocket-protocol': 'v4.channel.k8s.io',
    };
    return (await statusOf(plane, carol, `${pod}/exec?command=id&stdout=true`, upgrade)) === 403;
  },
};

/** Tries every statement; what restarts a part of the control plane comes last. */
export async function tryStatements(on: Tried): Promise<Readonly<Record<string, boolean>>> {
  const { 'cleans up legacy tokens': last, ...rest } = TRIALS;
  const tried = Object.entries(rest).map(async ([name, trial]) => [name, await trial(on)] as const);
  const found = await Promise.all(tried);
  return Object.fromEntries([...found, ['cleans up legacy tokens', await last(on)]]);
}

/**
 * Whether the controller manager marks an old token Secret of a ServiceAccount's `secrets` as invalid: one that is
 * older than the period, which is a second here, on a cluster that records uses for longer than that.
 */
async function cleansUp({ plane }: Tried): Promise<boolean> {
  await account('cleaned');
  await filled('cleaned', 'cleaned');
  await send('PATCH', `${base}/serviceaccounts/cleaned`, { secrets: [{ name: 'cleaned' }] });
  const isTracked = await send('PATCH', TRACKING, { data: { since: '2020-01-01' } }).then(
    () => true,
    () => false,
  );
  if (!isTracked) return false;
  await sleep(2000);
  const controllers = await plane.restartControllers(['--legacy-service-account-token-clean-up-period=1s']);
  const isMarked = async (): Promise<boolean> =>
    (await labelsOf('cleaned'))[`${OWN}/legacy-token-invalid-since`] !== undefined;
  const hasCome = await comes(async () => controllers.hasExited || (await isMarked()), 20);
  return hasCome && !controllers.hasExited;
}

/** Whether something comes true within some seconds. */
async function comes(ask: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await ask()) return true;
    if (Date.now() > end) return false;
    await sleep(100);
  }
}

/** The token of a token Secret that is made now, once the token controller has filled it. */
async function filled(name: string, serviceAccount: string): Promise<string> {
  const annotations = { [`${OWN}/service-account.name`]: serviceAccount };
  await create('secrets', name, { type: `${OWN}/service-account-token` }, { annotations });
  let token: string | undefined;
  const isFilled = async (): Promise<boolean> => {
    ({ token } =
      ((await send('GET', `${base}/secrets/${name}`)) as { data?: { token?: string } }).data ?? {});
    return token !== undefined;
  };
  if (!(await comes(isFilled, 30))) throw new Error(`The token Secret ${name} was never filled.`);
  return atob(token ?? '');
}

async function labelsOf(secret: string): Promise<Readonly<Record<string, string>>> {
  const { metadata } = (await send('GET', `${base}/secrets/${secret}`)) as {
    metadata: { labels?: Record<string, string> };
  };
  return metadata.labels ?? {};
}

/** What the server says of a token that another key signs. */
async function forged(admin: Cluster, header: object): Promise<string> {
  return (await reviewOn(admin, await changed({}, header, stranger.privateKey))).error;
}

/** Gives rules to a user of this name, in every namespace. */
async function give(user: string, rules: readonly object[]): Promise<void> {
  await send('POST', `${RBAC}/clusterroles`, { metadata: { name: `trial-${user}` }, rules });
  await send('POST', `${RBAC}/clusterrolebindings`, {
    metadata: { name: `trial-${user}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `trial-${user}` },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
}

async function statusOf(
  { server, caFile }: ControlPlane,
  { certificate, key }: Certified,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const ca = await readFile(caFile);
  const options = { ca, cert: certificate, key, headers, agent: false } as const;
  return (await exchange(new URL(path, server), options)).status;
}

/** Everything that a program says, whether it succeeds or not. */
async function sayOf(program: string, args: readonly string[]): Promise<string> {
  return await new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}
