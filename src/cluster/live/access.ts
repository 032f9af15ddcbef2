import type { AccessInfo, BindingInfo, ObjectRef, RoleInfo } from '../api/objects.ts';
import { field, list, text } from '../read/json.ts';
import { refOf } from '../read/objects.ts';
import { Rows } from './rows.ts';

const NONE: readonly string[] = [];
const userName = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
/** The groups of a ServiceAccount (apiserver pkg/authentication/serviceaccount/util.go), the widest last. */
const groupsOf = (namespace: string): string[] => [
  `system:serviceaccounts:${namespace}`,
  'system:serviceaccounts',
  'system:authenticated',
];

/** A user name that is a ServiceAccount's; one with more colons is nobody's. */
const USER = /^system:serviceaccount:[^:]+:[^:]+$/;

/**
 * Picks what is needed of a RoleBinding or ClusterRoleBinding. A ServiceAccount without a namespace is one of the
 * RoleBinding's own (kubernetes pkg/registry/rbac/validation/rule.go appliesToUser); nothing fills that in.
 */
export function bindingInfo(object: unknown): BindingInfo {
  const ref = refOf(object);
  const role = field(object, 'roleRef');
  const users = new Set<string>();
  const groups = new Set<string>();
  for (const subject of list(object, 'subjects')) {
    const name = text(subject, 'name') ?? '';
    const kind = text(subject, 'kind');
    const own = text(subject, 'namespace') ?? '';
    const user = kind === 'ServiceAccount' ? userName(own === '' ? ref.namespace : own, name) : name;
    if ((kind === 'ServiceAccount' || kind === 'User') && USER.test(user)) users.add(user);
    if (kind === 'Group' && /^system:(?:serviceaccounts(?::.*)?|authenticated)$/.test(name)) groups.add(name);
  }
  return {
    ...ref,
    role: { kind: text(role, 'kind') === 'Role' ? 'Role' : 'ClusterRole', name: text(role, 'name') ?? '' },
    users: users.size === 0 ? NONE : [...users],
    groups: groups.size === 0 ? NONE : [...groups],
  };
}

/** All bindings and roles, and which of them a ServiceAccount is in. */
export class AccessIndex {
  readonly inNamespaces = new Rows<BindingInfo>(({ role }) => role.name);
  readonly everywhere = new Rows<BindingInfo>(({ role }) => role.name);
  readonly roles = new Rows<RoleInfo>(({ name }) => name);
  readonly clusterRoles = new Rows<RoleInfo>(({ name }) => name);
  #bySubject: ReadonlyMap<string, readonly BindingInfo[]> | undefined;

  /** Is told that bindings have changed. */
  outdate(): void {
    this.#bySubject = undefined;
  }

  /** The roles of a ServiceAccount: its own before those of its groups. */
  of({ namespace, name }: ObjectRef): readonly AccessInfo[] {
    const index = (this.#bySubject ??= this.#build());
    const given = (subject: string, group: string | undefined): AccessInfo[] =>
      (index.get(subject) ?? []).map((binding) => ({
        role: binding.role,
        binding: { namespace: binding.namespace, name: binding.name },
        group,
      }));
    return [
      ...given(userName(namespace, name), undefined),
      ...groupsOf(namespace).flatMap((group) => given(group, group)),
    ];
  }

  /** Every binding, those for all namespaces first. */
  all(): readonly BindingInfo[] {
    return [this.everywhere, this.inNamespaces].flatMap((rows) =>
      rows.namespaces().flatMap((namespace) => rows.sorted(namespace)),
    );
  }

  /** The role that a binding gives; a Role is one of the binding's own namespace. */
  role({ role, binding }: Pick<AccessInfo, 'role' | 'binding'>): RoleInfo | undefined {
    return role.kind === 'Role'
      ? this.roles.get(binding.namespace, role.name)
      : this.clusterRoles.get('', role.name);
  }

  #build(): ReadonlyMap<string, readonly BindingInfo[]> {
    const index = new Map<string, BindingInfo[]>();
    for (const binding of this.all()) {
      for (const subject of new Set([...binding.users, ...binding.groups])) {
        const found = index.get(subject);
        if (found) found.push(binding);
        else index.set(subject, [binding]);
      }
    }
    return index;
  }
}
