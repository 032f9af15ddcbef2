import { describe, expect, it } from 'vitest';
import { aggregationInWords } from '../../../src/authorization/words.ts';
import { podInfo, roleInfo, serviceAccountInfo, tokenSecretInfo } from '../../../src/cluster/read/objects.ts';

const CANARY = 'eyJhbGciOiJub25lIn0.canary';
/** What an applied Secret's metadata repeats. */
const noisy = {
  namespace: 'ci',
  name: 'deployer',
  uid: 'u',
  creationTimestamp: '2026-01-02T03:04:05Z',
  annotations: {
    'kubernetes.io/service-account.name': 'deployer',
    'kubernetes.io/service-account.uid': 'sa-uid',
    'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"token":"${CANARY}"}}`,
  },
  managedFields: [{ manager: CANARY, fieldsV1: { 'f:data': { 'f:token': {}, 'f:ca.crt': {} } } }],
};

describe('what is kept of an object that arrives', () => {
  it('of a token Secret is neither what was last applied nor managedFields nor data', () => {
    const info = tokenSecretInfo({ metadata: noisy, data: { token: CANARY }, stringData: { token: CANARY } });
    expect(JSON.stringify(info)).not.toContain('canary');
    expect(info).toEqual({
      namespace: 'ci',
      name: 'deployer',
      uid: 'u',
      serviceAccount: 'deployer',
      serviceAccountUid: 'sa-uid',
      lastUsed: undefined,
      invalidSince: undefined,
      missing: ['namespace'],
      created: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000,
    });
  });

  it('of a token Secret is that OpenShift made it for a pull Secret', () => {
    const annotations = { 'kubernetes.io/created-by': 'openshift.io/create-dockercfg-secrets' };
    expect(tokenSecretInfo({ metadata: { name: 's', annotations } }).isForPulls).toBe(true);
  });

  it('of a ServiceAccount is neither what was last applied nor managedFields', () => {
    const info = serviceAccountInfo({ metadata: noisy });
    expect(JSON.stringify(info)).not.toContain('canary');
    expect(info).not.toHaveProperty('settings');
  });

  it('of a ServiceAccount are its settings and its identities in clouds', () => {
    const info = serviceAccountInfo({
      metadata: {
        ...noisy,
        annotations: {
          'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/deployer',
          'iam.gke.io/gcp-service-account': 'deployer@p.iam.gserviceaccount.com',
          'azure.workload.identity/client-id': 'c0ffee',
          'kubernetes.io/enforce-mountable-secrets': 't',
        },
      },
      automountServiceAccountToken: false,
      imagePullSecrets: [{ name: 'registry' }],
      secrets: [{ name: 'deployer-token' }],
    });
    expect(info.settings).toEqual({
      automount: false,
      imagePullSecrets: ['registry'],
      secrets: ['deployer-token'],
      enforcesMountable: true,
      identities: [
        { cloud: 'EKS', identity: 'arn:aws:iam::1:role/deployer' },
        { cloud: 'GKE', identity: 'deployer@p.iam.gserviceaccount.com' },
        { cloud: 'Azure', identity: 'c0ffee' },
      ],
    });
  });

  it('of a Pod are the Secrets that it names, wherever, and where a container sees them', () => {
    const info = podInfo({
      metadata: noisy,
      spec: {
        volumes: [
          { name: 'v', secret: { secretName: 'mounted' } },
          { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }] } },
          { name: 'c', csi: { nodePublishSecretRef: { name: 'csi' } } },
        ],
        containers: [
          {
            volumeMounts: [{ name: 'v', mountPath: '/token' }],
            env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'env', key: 'token' } } }],
            envFrom: [{ secretRef: { name: 'env-from' } }],
          },
        ],
        imagePullSecrets: [{ name: 'pull' }, { name: 'mounted' }],
      },
    });
    expect(info.serviceAccount).toBe('default');
    expect(info.secrets).toEqual([
      { name: 'mounted', folder: '/token' },
      { name: 'projected', folder: undefined },
      { name: 'csi', folder: undefined },
      { name: 'env', folder: undefined },
      { name: 'env-from', folder: undefined },
      { name: 'pull', folder: undefined },
    ]);
  });

  it('of an aggregated ClusterRole are its rules and the labels of those that they come from', () => {
    expect(roleInfo({ metadata: noisy, rules: [] })).not.toHaveProperty('aggregatedFrom');
    const info = roleInfo({
      metadata: noisy,
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      aggregationRule: {
        clusterRoleSelectors: [
          { matchLabels: { a: 'true', b: 'x' } },
          {
            matchExpressions: [
              { key: 'c', operator: 'In', values: ['1', '2'] },
              { key: 'd', operator: 'NotIn', values: ['3'] },
              { key: 'e', operator: 'Exists' },
              { key: 'f', operator: 'DoesNotExist' },
            ],
          },
          {},
        ],
      },
    });
    expect(info.rules).toHaveLength(1);
    expect(info.aggregatedFrom).toEqual(['a=true,b=x', 'c in (1,2),d notin (3),e,!f', '']);
    expect(aggregationInWords(info.aggregatedFrom ?? [])).toBe(
      'Its rules are aggregated from the ClusterRoles labelled a=true,b=x, or c in (1,2),d notin (3),e,!f, or anything.',
    );
  });
});
