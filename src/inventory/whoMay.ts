import { grantsOf, holdsIn, type Grant, type Place } from '../authorization/grants.ts';
import type { Action, Allowed } from '../authorization/rules.ts';
import { namesInWords, oneLine, resourceInWords } from '../authorization/words.ts';
import type { BindingInfo, ObjectRef } from '../cluster/api/objects.ts';
import type { Inventory } from './inventory.ts';

/** Somebody who may: a ServiceAccount, or all that are in a group; and the binding that lets them. */
export interface Holder {
  /** Undefined: everybody in `group`. */
  readonly account: ObjectRef | undefined;
  readonly group: string | undefined;
  /** On which objects. */
  readonly on: NonNullable<Allowed>;
  /** `ClusterRole view, by ClusterRoleBinding all; everywhere`. */
  readonly how: string;
}

/** A question in words: `create serviceaccounts/token in namespace ci`. */
export function questionInWords(action: Action, place: Place): string {
  const what = 'path' in action ? action.path : resourceInWords(action.group, action.resource);
  return `${action.verb} ${what} ${placeInWords(place)}`.trim();
}

/** Who may do something by RBAC: the ServiceAccounts that bindings name, and the groups that all of them are in. */
export function whoMay(inventory: Inventory, action: Action, place: Place): readonly Holder[] {
  const rulesOf = (binding: BindingInfo): ReturnType<typeof seenRules> => seenRules(inventory, binding);
  const grants = grantsOf(inventory.bindings(), rulesOf, action, place);
  const groups = grants.flatMap((grant) =>
    grant.binding.groups.map((group): Holder => ({
      account: undefined,
      group,
      on: grant.allowed,
      how: howInWords(grant, action),
    })),
  );
  const accounts = grants.flatMap((grant) =>
    grant.binding.users.map((user): Holder => ({
      account: accountOf(user),
      group: undefined,
      on: grant.allowed,
      how: howInWords(grant, action),
    })),
  );
  return [...groups, ...accounts.sort(byAccount)];
}

/** Bindings whose role could not be read: they may allow it, and nobody can tell from here. */
export function unseenBindings(inventory: Inventory, place: Place): readonly BindingInfo[] {
  return inventory.bindings().filter((binding) => {
    const hasHolder = binding.users.length + binding.groups.length > 0;
    return holdsIn(binding, place) && hasHolder && inventory.role(given(binding)) === 'forbidden';
  });
}

function seenRules(
  inventory: Inventory,
  binding: BindingInfo,
): Extract<ReturnType<Inventory['role']>, object>['rules'] | undefined {
  const seen = inventory.role(given(binding));
  return typeof seen === 'string' ? undefined : seen.rules;
}

function given(binding: BindingInfo): { role: BindingInfo['role']; binding: ObjectRef } {
  return { role: binding.role, binding };
}

function howInWords({ binding, allowed }: Grant<BindingInfo>, action: Action): string {
  const { role, namespace, name } = binding;
  const by = namespace === '' ? `ClusterRoleBinding ${name}` : `RoleBinding ${name}`;
  const names = namesInWords(allowed, action);
  return [
    `${role.kind} ${role.name}, by ${by}`,
    namespace === '' ? 'everywhere' : `in namespace ${namespace}`,
    ...(names === '' ? [] : [names]),
  ].join('; ');
}

function placeInWords(place: Place): string {
  if (typeof place === 'object') return `in namespace ${place.namespace}`;
  return place === 'everywhere' ? 'everywhere' : 'in some namespace';
}

/** The ServiceAccount of a user name `system:serviceaccount:<namespace>:<name>`. */
function accountOf(user: string): ObjectRef {
  const [, , namespace = '', name = ''] = user.split(':');
  return { namespace, name };
}

function byAccount(one: Holder, other: Holder): number {
  const key = ({ account }: Holder): string => `${account?.namespace ?? ''}/${account?.name ?? ''}`;
  return key(one) < key(other) ? -1 : Number(key(one) > key(other));
}

/** The answer as a document: the question, what could not be seen, groups, then ServiceAccounts. */
export function whoMayDocument(
  question: string,
  place: string,
  unseen: readonly string[],
  holders: readonly Holder[],
): string {
  const lines = holders.map(({ account, group, how }) => {
    const who = account ? `${account.namespace}/${account.name}` : `every one in ${group ?? ''}`;
    return { who, how };
  });
  const width = Math.min(60, Math.max(0, ...lines.map(({ who }) => who.length)));
  return [
    `# Who may ${question}`,
    `# in ${place}, among ServiceAccounts, by RBAC.`,
    ...(unseen.length === 0 ? [] : ['#', '# Not all could be seen, so there may be more:']),
    ...unseen.map((need) => `# - ${need}`),
    '',
    ...(lines.length === 0 ? ['# Nobody that can be seen.'] : []),
    ...lines.map(({ who, how }) => `- ${JSON.stringify(who).padEnd(width + 2)} # ${how}`),
    '',
  ]
    .map(oneLine)
    .join('\n');
}
