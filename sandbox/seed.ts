import { eventually } from './eventually.ts';
import { ApiError } from './api.ts';
import type { ControlPlane } from './controlPlane.ts';

/** Tokens that the example workspace holds, all made by the cluster itself. */
export interface ExampleTokens {
  /** Bound to the Pod of kube-system/mycontroller, as a kubelet requests it. */
  readonly podBound: string;
  /** From the token Secret ci/deployer-token. */
  readonly legacy: string;
  /** Of ci/deployer, ten minutes long, for another audience. */
  readonly otherAudience: string;
}

type Request = ControlPlane['request'];

const POD = 'mycontroller-x7k2p';

/**
 * Fills a new cluster with the story: a Pod that runs as kube-system/mycontroller without a token Secret, and beside
 * it ServiceAccounts with and without token Secrets. There is no kubelet, so Pods stay Pending; a token binds to them
 * all the same.
 */
export async function seed(request: Request): Promise<void> {
  for (const name of ['ci', 'monitoring']) {
    await request('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  await serviceAccount(request, 'kube-system', 'mycontroller');
  await serviceAccount(request, 'ci', 'deployer');
  await serviceAccount(request, 'monitoring', 'metrics');
  await allow(request, 'mycontroller', 'kube-system');
  await createPod(request, 'kube-system', 'mycontroller', POD);
  await createPod(request, 'monitoring', 'metrics', 'metrics-0');
  await request('POST', '/api/v1/namespaces/ci/secrets', {
    metadata: { name: 'deployer-token', annotations: { 'kubernetes.io/service-account.name': 'deployer' } },
    type: 'kubernetes.io/service-account-token',
  });
}

/** Has the tokens of the example made, once there are controllers. */
export async function seedTokens(request: Request): Promise<ExampleTokens> {
  const { metadata } = (await request('GET', `/api/v1/namespaces/kube-system/pods/${POD}`)) as {
    metadata: { uid: string };
  };
  return {
    podBound: await requestToken(request, 'kube-system', 'mycontroller', {
      expirationSeconds: 3607, // What the admission plugin writes into Pods; the server makes it a year.
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: POD, uid: metadata.uid },
    }),
    legacy: await filledToken(request, 'ci', 'deployer-token'),
    otherAudience: await requestToken(request, 'ci', 'deployer', {
      expirationSeconds: 600,
      audiences: ['vault'],
    }),
  };
}

async function serviceAccount(request: Request, namespace: string, name: string): Promise<void> {
  await request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
}

/** Lets a ServiceAccount read Pods and Nodes everywhere. */
async function allow(request: Request, name: string, namespace: string): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await request('POST', `${rbac}/clusterroles`, {
    metadata: { name },
    rules: [{ apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
  });
  await request('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
}

/** Creates a Pod as a DaemonSet would; returns its name and uid. */
export async function createPod(
  request: Request,
  namespace: string,
  serviceAccountName: string,
  name: string,
): Promise<{ name: string; uid: string }> {
  const pod = {
    metadata: { name, labels: { app: serviceAccountName } },
    spec: {
      serviceAccountName,
      containers: [{ name: 'main', image: `registry.example.com/${serviceAccountName}:1.0` }],
    },
  };
  // The admission plugin refuses the Pod until it has seen the ServiceAccount.
  const created = await eventually(`Pod ${namespace}/${name} to be accepted`, async () => {
    try {
      return (await request('POST', `/api/v1/namespaces/${namespace}/pods`, pod)) as {
        metadata: { uid: string };
      };
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return undefined;
      throw error;
    }
  });
  return { name, uid: created.metadata.uid };
}

async function requestToken(
  request: Request,
  namespace: string,
  name: string,
  spec: object,
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const answer = (await request('POST', path, { spec })) as { status: { token: string } };
  return answer.status.token;
}

async function filledToken(request: Request, namespace: string, name: string): Promise<string> {
  const encoded = await eventually(`the token controller to fill ${namespace}/${name}`, async () => {
    const secret = (await request('GET', `/api/v1/namespaces/${namespace}/secrets/${name}`)) as {
      data?: { token?: string };
    };
    return secret.data?.token;
  });
  return Buffer.from(encoded, 'base64').toString();
}
