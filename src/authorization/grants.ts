import { allowedByAny, baseVerb, partsOf, type Action, type Allowed, type PolicyRule } from './rules.ts';

/** A binding as far as it matters here: where it holds, and what it gives. Its namespace is empty where it holds everywhere. */
export interface Binding {
  readonly namespace: string;
  readonly name: string;
  readonly role: { readonly kind: string; readonly name: string };
}

/** Where an action is to be done: in one namespace, everywhere (as for what has no namespace), or anywhere at all. */
export type Place = { readonly namespace: string } | 'everywhere' | 'anywhere';

/** A binding that allows an action, and on which objects. */
export interface Grant<T extends Binding> {
  readonly binding: T;
  readonly allowed: NonNullable<Allowed>;
}

/** The bindings that allow an action in a place. `rulesOf` gives the rules of the role that a binding gives; undefined where they are not known. */
export function grantsOf<T extends Binding>(
  bindings: readonly T[],
  rulesOf: (binding: T) => readonly PolicyRule[] | undefined,
  action: Action,
  place: Place,
): readonly Grant<T>[] {
  return bindings.flatMap((binding) => {
    if (!holdsIn(binding, place) || (binding.namespace !== '' && !hasNamespace(action, true))) return [];
    const given = allowedByAny(rulesOf(binding) ?? [], action);
    const allowed = isOneNamespace(action) ? ofNamespaces(given, binding, place) : given;
    return allowed ? [{ binding, allowed }] : [];
  });
}

const RBAC = 'rbac.authorization.k8s.io';
/** Resources that RBAC alone knows, and that are in no namespace. */
const VIRTUAL: readonly (readonly [group: string, names: readonly string[]])[] = [
  ['', ['users', 'groups']],
  ['authentication.k8s.io', ['users', 'groups', 'uids', 'userextras', 'nodes']],
  ['certificates.k8s.io', ['signers']],
];

/**
 * Whether the API server asks its authorizers about an action in a namespace, so that a RoleBinding may allow it.
 * `isNamespaced`: whether the resource is; two that are not are asked about in one all the same: a single Namespace in
 * itself (apiserver pkg/endpoints/request/requestinfo.go), and `bind` of a ClusterRole in that of the RoleBinding
 * (kubernetes pkg/registry/rbac/escalation_check.go).
 */
export function hasNamespace(action: Action, isNamespaced: boolean): boolean {
  if ('path' in action) return false;
  const { verb, group, resource } = action;
  const [name] = partsOf(resource);
  if (group === '' && name === 'namespaces') return isOneNamespace(action);
  if (group === RBAC && resource === 'clusterroles') return verb === 'bind';
  return isNamespaced && !VIRTUAL.some((one) => one[0] === group && one[1].includes(name));
}

/** Whether an action is on one Namespace, which its request names. */
function isOneNamespace(action: Action): boolean {
  if ('path' in action || action.group !== '') return false;
  const [name, subresource] = partsOf(action.resource);
  if (name !== 'namespaces') return false;
  return subresource !== undefined || !ON_MANY.has(baseVerb(action.verb));
}
const ON_MANY: ReadonlySet<string> = new Set(['list', 'watch', 'create', 'deletecollection']);

/** A Namespace is asked about in itself: a RoleBinding gives that of its own, and a place is about one alone. */
function ofNamespaces(allowed: Allowed, { namespace }: Binding, place: Place): Allowed {
  const one = typeof place === 'object' ? place.namespace : namespace;
  if (allowed === undefined || allowed === 'all' || one === '') return allowed;
  if (!allowed.only.includes(one)) return undefined;
  return namespace === '' ? { only: [one] } : 'all';
}

/** Whether a binding holds in a place. */
export function holdsIn({ namespace }: Pick<Binding, 'namespace'>, place: Place): boolean {
  if (namespace === '' || place === 'anywhere') return true;
  return typeof place === 'object' && place.namespace === namespace;
}
