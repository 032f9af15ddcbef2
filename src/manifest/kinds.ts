/** The kinds that are scaffolded, and so can be created and compared. */
export const API_VERSIONS = {
  Secret: 'v1',
  ServiceAccount: 'v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
} as const;

/** Where the Pod's spec stands in each kind that is a Pod or makes them (core/v1, apps/v1, batch/v1). */
const TEMPLATE = ['spec', 'template', 'spec'];
export const POD_SPECS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['Pod', ['spec']],
  ['PodTemplate', ['template', 'spec']],
  ['Deployment', TEMPLATE],
  ['DaemonSet', TEMPLATE],
  ['StatefulSet', TEMPLATE],
  ['ReplicaSet', TEMPLATE],
  ['ReplicationController', TEMPLATE],
  ['Job', TEMPLATE],
  ['CronJob', ['spec', 'jobTemplate', ...TEMPLATE]],
]);
