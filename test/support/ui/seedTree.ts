import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../../../sandbox/controlPlane.ts';

const core = '/api/v1/namespaces';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const tokenSecret = 'kubernetes.io/service-account-token';

/** More ServiceAccounts than a level shows at once. */
const MANY = 600;

/** Fills a cluster with one of everything that the tree tells of a ServiceAccount: ci/deployer, and a namespace of many. */
export async function seedTree({ request }: Pick<ControlPlane, 'request'>): Promise<void> {
  for (const name of ['ci', 'many']) await request('POST', core, { metadata: { name } });
  await request('POST', `${core}/ci/serviceaccounts`, {
    metadata: {
      name: 'deployer',
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/deployer' },
    },
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'registry' }],
    secrets: [{ name: 'deployer-old' }],
  });
  const secret = async (name: string, serviceAccount: string, more: object = {}): Promise<void> => {
    await request('POST', `${core}/ci/secrets`, {
      metadata: { name, annotations: { 'kubernetes.io/service-account.name': serviceAccount }, ...more },
      type: tokenSecret,
    });
  };
  await secret('deployer-old', 'deployer');
  await secret('deployer-token', 'deployer', {
    labels: { 'kubernetes.io/legacy-token-last-used': '2026-11-01' },
  });
  // The token controller deletes it; the finalizer keeps it in sight.
  await secret('forgotten', 'no-such', { finalizers: ['example.invalid/keep'] });
  await pods(request);
  await access(request);
  let next = 0;
  const create = async (): Promise<void> => {
    for (let index = next++; index < MANY; index = next++) {
      await request('POST', `${core}/many/serviceaccounts`, { metadata: { name: `sa-${index}` } });
    }
  };
  await Promise.all(Array.from({ length: 24 }, create));
}

async function pods(request: ControlPlane['request']): Promise<void> {
  const container = { name: 'main', image: 'registry.example.com/agent:1.0' };
  const specs = {
    'agent-1': {
      containers: [
        {
          ...container,
          volumeMounts: [
            { name: 'vault', mountPath: '/var/run/secrets/vault' },
            { name: 'legacy', mountPath: '/etc/token' },
          ],
        },
      ],
      volumes: [
        {
          name: 'vault',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } }],
          },
        },
        { name: 'legacy', secret: { secretName: 'deployer-token' } },
      ],
    },
    'agent-2': { containers: [container] },
    'agent-3': { containers: [container], automountServiceAccountToken: true },
  };
  for (const [name, spec] of Object.entries(specs)) {
    for (let tries = 0; ; tries += 1) {
      try {
        await request('POST', `${core}/ci/pods`, {
          metadata: { name },
          spec: { serviceAccountName: 'deployer', ...spec },
        });
        break;
      } catch (error) {
        if (tries === 50) throw error; // The admission plugin has to see the ServiceAccount first.
        await sleep(100);
      }
    }
  }
}

async function access(request: ControlPlane['request']): Promise<void> {
  const apiGroup = 'rbac.authorization.k8s.io';
  const subjects = [{ kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }];
  await request('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name: 'deployer-admin' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects,
  });
  await request('POST', `${rbac}/namespaces/many/rolebindings`, {
    metadata: { name: 'deployer-view' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'view' },
    subjects,
  });
  // Somebody who may list ServiceAccounts and Pods of one namespace, and nothing else.
  await request('POST', `${rbac}/namespaces/ci/roles`, {
    metadata: { name: 'limited' },
    rules: [{ apiGroups: [''], resources: ['serviceaccounts', 'pods'], verbs: ['list', 'watch'] }],
  });
  await request('POST', `${rbac}/namespaces/ci/rolebindings`, {
    metadata: { name: 'limited' },
    roleRef: { apiGroup, kind: 'Role', name: 'limited' },
    subjects: [{ apiGroup, kind: 'User', name: 'limited' }],
  });
}
