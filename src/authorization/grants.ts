import { allowedByAny, type Action, type Allowed, type PolicyRule } from './rules.ts';

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
    if (!holdsIn(binding, place)) return [];
    // A RoleBinding gives nothing that has no namespace (kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go).
    if ('path' in action && binding.namespace !== '') return [];
    const allowed = allowedByAny(rulesOf(binding) ?? [], action);
    return allowed ? [{ binding, allowed }] : [];
  });
}

function holdsIn({ namespace }: Binding, place: Place): boolean {
  if (namespace === '' || place === 'anywhere') return true;
  return typeof place === 'object' && place.namespace === namespace;
}
