/** A ServiceAccount as a manifest has it. */
export interface AccountInText {
  readonly name: string;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
}

/** ServiceAccounts by name, each with the namespaces that have it. */
export type AccountsByName = ReadonlyMap<string, ReadonlySet<AccountInText['namespace']>>;

/** Some ServiceAccounts by name: however many there are, one is found at once. */
export function accountsByName(accounts: Iterable<AccountInText>): AccountsByName {
  const found = new Map<string, Set<AccountInText['namespace']>>();
  for (const { name, namespace } of accounts) {
    const namespaces = found.get(name);
    if (namespaces) namespaces.add(namespace);
    else found.set(name, new Set([namespace]));
  }
  return found;
}

/** Whether there is a ServiceAccount that an object of a namespace can name; undefined: of any. */
export function hasAccount(accounts: AccountsByName, { name, namespace }: AccountInText): boolean {
  const namespaces = accounts.get(name);
  if (!namespaces) return false;
  return namespace === undefined || namespaces.has(namespace) || namespaces.has(undefined);
}
