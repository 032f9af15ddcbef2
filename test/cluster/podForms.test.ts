import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { openContext } from '../../src/cluster/connect/context.ts';
import { loadKubeconfig } from '../../src/cluster/connect/load.ts';
import { Server } from '../../src/cluster/connect/server.ts';
import { podUse } from '../../src/cluster/credentials/uses.ts';
import { bindingInfo } from '../../src/cluster/live/access.ts';
import { list } from '../../src/cluster/read/json.ts';
import { podInfo, refOf, roleInfo } from '../../src/cluster/read/objects.ts';
import { BINDING, POD, PROTOBUF, ROLE } from '../../src/cluster/read/shapes.ts';
import { Unread, type Shape } from '../../src/cluster/read/wire.ts';

const { kubeconfig } = inject('controlPlane');
const NAMESPACE = 'pod-forms';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
let cluster: Cluster;

/** Makes an object, and gives its uid. */
async function make(path: string, body: object): Promise<string> {
  const answer = await cluster.ask({ method: 'POST', path, body }, AbortSignal.timeout(10_000));
  expect(answer).toMatchObject({ status: 201 });
  return refOf(answer.body).uid;
}

beforeAll(async () => {
  const { current = '' } = clusterAccess.contexts({ files: [kubeconfig] });
  cluster = clusterAccess.open({ files: [kubeconfig], context: current });
  await make('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await make(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: 'worker' } });
});

afterAll(async () => {
  const path = `/api/v1/namespaces/${NAMESPACE}`;
  await cluster.ask({ method: 'DELETE', path }, AbortSignal.timeout(10_000));
  cluster.dispose();
});

/** The same list, as JSON and as it is asked for. */
async function bothForms(path: string, shape: Shape): Promise<readonly [unknown, unknown]> {
  const signal = AbortSignal.timeout(10_000);
  const config = loadKubeconfig({ files: [kubeconfig] });
  const server = new Server(openContext(config, config.current ?? '', undefined));
  try {
    const json = await server.ask({ path }, signal);
    const other = await server.ask({ path, accept: `${PROTOBUF}, application/json` }, signal, shape);
    const items = list(other.body, 'items');
    expect(items.every((one) => one instanceof Unread)).toBe(true);
    return [list(json.body, 'items'), items.map((one) => (one instanceof Unread ? one.read() : one))];
  } finally {
    server.dispose();
  }
}

const secretRef = { name: 'by-ref' };
const VOLUMES: readonly object[] = [
  { secret: { secretName: 'by-name' } },
  { azureFile: { secretName: 'azure', shareName: 's' } },
  { csi: { driver: 'd.example', nodePublishSecretRef: { name: 'csi' } } },
  { flexVolume: { driver: 'd/x', secretRef: { name: 'flex' } } },
  { cephfs: { monitors: ['m'], secretRef: { name: 'ceph' } } },
  { rbd: { monitors: ['m'], image: 'i', secretRef: { name: 'rbd' } } },
  {
    iscsi: {
      targetPortal: '10.0.0.1',
      iqn: 'iqn.2001-04.com.example:s',
      lun: 0,
      secretRef: { name: 'iscsi' },
    },
  },
  { scaleIO: { gateway: 'g', system: 's', volumeName: 'v', secretRef: { name: 'scale' } } },
  { storageos: { volumeName: 'v', secretRef: { name: 'storage' } } },
  {
    projected: {
      sources: [
        { secret: secretRef },
        { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 700 } },
      ],
    },
  },
];

it('reads of Pods in protobuf what it reads in JSON, in every way in which one names a Secret', async () => {
  const volumes = VOLUMES.map((volume, index) => ({ name: `v-${index}`, ...volume }));
  const valueFrom = { secretKeyRef: { name: 'by-key', key: 'k' } };
  const container = {
    image: 'example.invalid/none',
    env: [
      { name: 'A', value: 'b' },
      { name: 'B', valueFrom },
    ],
    envFrom: [{ secretRef: { name: 'by-env' } }, { configMapRef: { name: 'no' } }],
    volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/mnt/${name}/` })),
  };
  // The garbage collector takes away at once what is of nobody.
  const owner = async (name: string, controller: boolean): Promise<object> => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name,
    uid: await make(`/api/v1/namespaces/${NAMESPACE}/configmaps`, { metadata: { name } }),
    controller,
  });
  const owners = [await owner('not-it', false), await owner('it', true)];
  await make(PODS, {
    metadata: {
      name: 'everything',
      annotations: { 'example.invalid/a': 'ö' },
      ownerReferences: owners,
    },
    spec: {
      serviceAccountName: 'worker',
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 7,
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ name: 'first', ...container }],
      containers: [{ name: 'c', ...container }],
      volumes,
    },
  });
  const [json, protobuf] = (await bothForms(PODS, POD)) as [unknown[], unknown[]];
  expect(protobuf.map(podInfo)).toEqual(json.map(podInfo));
  expect(protobuf.map(podUse)).toEqual(json.map(podUse));
  const everything = json.map(podInfo).find(({ name }) => name === 'everything');
  expect(everything?.secrets?.map(({ name }) => name)).toHaveLength(VOLUMES.length + 3);
  expect(json.map(podUse)).toContainEqual(
    expect.objectContaining({ owner: 'ConfigMap it', graceSeconds: 7 }),
  );
  expect(everything).toMatchObject({ automount: false, projectedTokens: [{ audience: 'vault' }] });
});

it('reads of roles and bindings in protobuf what it reads in JSON', async () => {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const expressions = [{ key: 'tier', operator: 'In', values: ['a', 'b'] }];
  await make(`${rbac}/clusterroles`, {
    metadata: { name: 'collected' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' }, matchExpressions: expressions }] },
  });
  await make(`${rbac}/clusterroles`, {
    metadata: { name: 'named' },
    rules: [
      { apiGroups: ['', 'apps'], resources: ['pods'], resourceNames: ['one'], verbs: ['get'] },
      { nonResourceURLs: ['/healthz'], verbs: ['get'] },
    ],
  });
  await make(`${rbac}/namespaces/${NAMESPACE}/rolebindings`, {
    metadata: { name: 'some' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'named' },
    subjects: [
      { kind: 'ServiceAccount', name: 'worker', namespace: 'many-2' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:serviceaccounts:many-3' },
    ],
  });
  for (const kind of ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings']) {
    const [shape, reduce] = kind.endsWith('bindings') ? [BINDING, bindingInfo] : [ROLE, roleInfo];
    const [json, protobuf] = (await bothForms(`${rbac}/${kind}`, shape)) as [unknown[], unknown[]];
    expect(json.length).toBeGreaterThan(0);
    expect(protobuf.map((one) => reduce(one))).toEqual(json.map((one) => reduce(one)));
  }
});
