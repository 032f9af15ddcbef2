import type { LiveState } from '../../../src/cluster/api/live.ts';
import type {
  AccessInfo,
  PodInfo,
  RoleInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../../../src/cluster/api/objects.ts';
import { Rows } from '../../../src/cluster/live/rows.ts';
import { Inventory, type IssuedSource, type Source } from '../../../src/inventory/inventory.ts';

export const READY: LiveState = { phase: 'ready', problem: undefined };

/** An inventory of what is given, by the live view's own rows in memory. */
export function inventoryOf(given: {
  readonly accounts: readonly ServiceAccountInfo[];
  readonly secrets: readonly TokenSecretInfo[];
  readonly pods?: readonly PodInfo[];
  readonly tokenSecrets?: LiveState;
  readonly podsState?: LiveState;
  /** The server's minor version. */
  readonly minor?: number;
  /** What each of them has, and the role that it is. */
  readonly access?: { readonly given: AccessInfo; readonly role: RoleInfo };
  /** What was issued from here. */
  readonly issued?: IssuedSource;
}): Inventory {
  const accounts = new Rows<ServiceAccountInfo>(({ name }) => name);
  accounts.replace(undefined, given.accounts);
  const secrets = new Rows<TokenSecretInfo>(({ serviceAccount }) => serviceAccount);
  secrets.replace(undefined, given.secrets);
  const pods = new Rows<PodInfo>(({ serviceAccount }) => serviceAccount);
  pods.replace(undefined, given.pods ?? []);
  const { tokenSecrets = READY, podsState = READY } = given;
  const source: Source = {
    state: (kind) => (kind === 'tokenSecrets' ? tokenSecrets : kind === 'pods' ? podsState : READY),
    version: () =>
      given.minor === undefined ? undefined : { major: 1, minor: given.minor, name: `v1.${given.minor}.0` },
    namespaces: () => accounts.namespaces(),
    serviceAccounts: (namespace) => accounts.sorted(namespace),
    count: (namespace) => (namespace === undefined ? accounts.count : accounts.countIn(namespace)),
    tokenSecrets: ({ namespace, name }) => secrets.ownedBy(namespace, name),
    pods: ({ namespace, name }) => pods.ownedBy(namespace, name),
    serviceAccount: ({ namespace, name }) => accounts.get(namespace, name),
    tokenSecret: ({ namespace, name }) => secrets.get(namespace, name),
    tokenSecretsIn: (namespace) => secrets.sorted(namespace),
    tokenSecretNamespaces: () => secrets.namespaces(),
    podsIn: (namespace) => pods.sorted(namespace),
    followPods: () => undefined,
    leavePods: () => undefined,
    followPod: () => undefined,
    pod: ({ namespace, name }) => ({ state: podsState, pod: pods.get(namespace, name) }),
    followAccess: () => undefined,
    access: () => (given.access ? [given.access.given] : []),
    bindings: () => [],
    role: () => given.access?.role,
  };
  return new Inventory(source, undefined, given.issued);
}
