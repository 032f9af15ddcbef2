import { EVERYTHING, marksOf, partsOf, type Mark, type Part } from '../authorization/ruleParts.ts';
import type { AccessKind, LiveKind, LiveView } from '../cluster/api/live.ts';
import type {
  AccessInfo,
  Listed,
  ObjectRef,
  PodInfo,
  PodUse,
  RoleInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../cluster/api/objects.ts';
import { secretIn, type SeenInLog } from '../audit/seen.ts';
import type { IssuedToken } from '../issued/entry.ts';
import type { FileState } from '../issued/file.ts';
import type { IssuedState } from '../issued/state.ts';
import { cleaning, type Cleaning } from './cleaner.ts';
import { hasAll, isSystem, SHOW_ALL, showsAll, wordsLeft, wordsOf, type Choices } from './choices.ts';
import type { OnDemand } from './onDemand.ts';
import { SecretUsers } from './secretUsers.ts';
import { secretState, type SecretState } from './secretState.ts';
import { notesUses, type Noted } from './tokenUse.ts';

/** Where the rows come from: read from memory, and true at each call. */
export type Source = Omit<LiveView, 'onChange' | 'pause' | 'resume' | 'retry' | 'dispose'>;

/** What is known of a kind: all of it, not yet all, nothing as nobody has asked, or not what may not be seen. */
export type Known = 'all' | 'not yet' | 'unasked' | { readonly forbidden: string };

/** A role, and the binding that gives it. */
type Given = Pick<AccessInfo, 'role' | 'binding'>;

/** What a role allows, as far as it can be seen. */
export type RoleSeen = RoleInfo | 'missing' | 'not yet' | 'forbidden';

const NO_PARTS: ReadonlySet<Part> = new Set();
const NOTHING: OnDemand = { since: () => undefined, keys: () => undefined };
/** Days before its end from which a token or token Secret is about to end. */
const SOON = 30;
const ACCESS: ReadonlySet<LiveKind | AccessKind> = new Set<AccessKind>([
  'roles',
  'clusterRoles',
  'roleBindings',
  'clusterRoleBindings',
]);

/** What was issued from here and how it stands, and who was seen; see ShownTokens. */
export interface IssuedSource {
  of(account: ServiceAccountInfo): readonly IssuedToken[];
  state(entry: IssuedToken, ended: string | undefined): IssuedState;
  file(entry: IssuedToken): FileState;
  /** The token Secret that was made from here in place of one. */
  replacedBy(secret: TokenSecretInfo): string | undefined;
  /** What the audit log that is open tells of a ServiceAccount; undefined where it saw none. */
  seen(account: ObjectRef & { readonly uid?: string | undefined }): SeenInLog | undefined;
}
const NOTHING_ISSUED: IssuedSource = {
  of: () => [],
  state: () => ({ is: 'valid', words: '', until: undefined }),
  file: () => 'unseen',
  replacedBy: () => undefined,
  seen: () => undefined,
};

/** What the tree shows of a cluster. */
export class Inventory {
  readonly #source: Source;
  readonly #onDemand: OnDemand;
  readonly #issued: IssuedSource;
  #choices: Choices = SHOW_ALL;
  /** What the choices leave of each namespace. */
  #shown = new Map<string, readonly ServiceAccountInfo[]>();
  readonly #secretUsers: SecretUsers;
  /** What counts towards marks in a role, as it is given in one namespace and in all. */
  #parts = {
    inNamespace: new WeakMap<RoleInfo, ReadonlySet<Part>>(),
    everywhere: new WeakMap<RoleInfo, ReadonlySet<Part>>(),
  };

  constructor(source: Source, onDemand: OnDemand = NOTHING, issued: IssuedSource = NOTHING_ISSUED) {
    this.#source = source;
    this.#secretUsers = new SecretUsers(source);
    this.#onDemand = onDemand;
    this.#issued = issued;
  }

  /** Forgets what was worked out from rows that have changed since: of a namespace, or of all. */
  outdate(namespace?: string): void {
    this.#secretUsers.outdate(namespace);
    if (namespace === undefined) this.#shown.clear();
    else this.#shown.delete(namespace);
  }

  /** How many ServiceAccounts the cluster has, or the choices leave. */
  count(choices: Choices = SHOW_ALL): number {
    if (showsAll(choices)) return this.#source.count();
    return this.#source.namespaces().reduce((sum, name) => sum + this.accounts(name, choices).length, 0);
  }

  /** The namespaces in which the choices leave something, by name, those with a star first. */
  namespaces(choices: Choices): readonly string[] {
    const all = [...new Set([...this.#source.namespaces(), ...this.#orphanedNamespaces()])].sort();
    const left = showsAll(choices)
      ? all
      : all.filter((name) => this.countIn(name, choices) > 0 || this.orphans(name, choices).length > 0);
    if (choices.starred.length === 0) return left;
    const isStarred = (name: string): boolean => choices.starred.includes(name);
    return [...left.filter(isStarred), ...left.filter((name) => !isStarred(name))];
  }

  /** What the choices leave of a namespace's ServiceAccounts, in their order. */
  accounts(namespace: string, choices: Choices): readonly ServiceAccountInfo[] {
    if (choices !== this.#choices) {
      this.#choices = choices;
      this.#shown.clear();
    }
    const known = this.#shown.get(namespace);
    if (known) return known;
    const shown = this.#sorted(this.#filtered(namespace, choices), choices);
    this.#shown.set(namespace, shown);
    return shown;
  }

  /** How many ServiceAccounts the choices leave in a namespace. */
  countIn(namespace: string, choices: Choices): number {
    return showsAll(choices) ? this.#source.count(namespace) : this.accounts(namespace, choices).length;
  }

  account(ref: ObjectRef): ServiceAccountInfo | undefined {
    return this.#source.serviceAccount(ref);
  }

  tokenSecrets(account: ObjectRef): readonly TokenSecretInfo[] {
    return this.#source.tokenSecrets(account);
  }

  /** Token Secrets whose ServiceAccount is missing; none before all is known, and as far as the choices concern them. */
  orphans(namespace: string, choices: Choices): readonly TokenSecretInfo[] {
    if (this.known('serviceAccounts', namespace) !== 'all' || this.#isHidden(namespace, choices)) return [];
    if (choices.only.some((one) => one !== 'expiring')) return [];
    const words = wordsLeft(namespace, wordsOf(choices.text));
    return this.#source
      .tokenSecretsIn(namespace)
      .filter((secret) => hasAll(secret, words) && !this.account({ namespace, name: secret.serviceAccount }));
  }

  /** A Pod by its name; undefined where there is none, or it is not seen. */
  pod({ namespace, name }: ObjectRef): PodInfo | undefined {
    return this.#source.pod({ namespace, name }).pod;
  }

  pods(account: ObjectRef): readonly PodInfo[] {
    return this.#source.pods(account);
  }

  /** The Pods that name a Secret, whatever their ServiceAccount. */
  usersOf(secret: ObjectRef): readonly PodInfo[] {
    return this.#secretUsers.of(secret);
  }

  /** Whether a Pod names a token Secret; undefined where that was not looked at. A Pod that may not be seen counts as none. */
  isNamed(secret: ObjectRef): boolean | undefined {
    if (this.usersOf(secret).length > 0) return true;
    const known = this.known('pods', secret.namespace);
    if (known === 'all' || typeof known === 'object') return false;
    return this.#secretUsers.wasNamed(secret);
  }

  /** The token Secrets that the cleaner takes up soon unless a Pod names them, where that was not looked at. */
  undecided(): readonly TokenSecretInfo[] {
    return this.#source
      .tokenSecretNamespaces()
      .flatMap((namespace) => this.#source.tokenSecretsIn(namespace))
      .filter((secret) => this.isNamed(secret) === undefined && isSoon(this.#ifUnnamed(secret)));
  }

  /** Why not all Pods could be looked through, where they were. */
  get unseenPods(): string | undefined {
    return this.#secretUsers.unseen;
  }

  /** Takes in which of some token Secrets the cluster's Pods name, as it was when they were looked through. */
  looked(secrets: readonly ObjectRef[], uses: Listed<PodUse>): void {
    this.#secretUsers.looked(secrets, uses);
    this.#shown.clear();
  }

  isTokenSecret(ref: ObjectRef): boolean {
    return this.#source.tokenSecret(ref) !== undefined;
  }

  /** What a token Secret's state is, its ServiceAccount considered. */
  secretState(secret: TokenSecretInfo): SecretState {
    const isKnown = this.known('serviceAccounts', secret.namespace) === 'all';
    const account = this.account({ namespace: secret.namespace, name: secret.serviceAccount });
    return secretState(secret, account ?? (isKnown ? 'missing' : 'unknown'), () =>
      this.#onDemand.keys(secret),
    );
  }

  /** The token Secret that took the place of one which is still there, as long as it is there itself. */
  replacedBy(secret: TokenSecretInfo): string | undefined {
    const name = this.#issued.replacedBy(secret);
    const isThere = name !== undefined && this.isTokenSecret({ namespace: secret.namespace, name });
    return isThere ? name : undefined;
  }

  /** Since when this server notes uses of token Secrets. */
  noted(): Noted {
    return { minor: this.#source.version()?.minor, since: this.#onDemand.since() };
  }

  /** What the cleaner of legacy tokens will do to a token Secret; undefined where it is not concerned, or a Pod names it. */
  cleaning(secret: TokenSecretInfo): Cleaning | undefined {
    return this.isNamed(secret) === false ? this.#ifUnnamed(secret) : undefined;
  }

  #ifUnnamed(secret: TokenSecretInfo): Cleaning | undefined {
    const account = this.account({ namespace: secret.namespace, name: secret.serviceAccount });
    if (account?.settings?.secrets.includes(secret.name) !== true) return undefined;
    const { minor, since } = this.noted();
    return cleaning(secret, account, since, minor);
  }

  /** Asks for bindings and roles to be followed: they are not before somebody wants to see them. */
  followAccess(): void {
    this.#source.followAccess();
  }

  /** Asks for a namespace's Pods to be followed, as they are not before their number can be seen; see LiveView. */
  followPods(namespace: string, isWanted: boolean): void {
    this.#source.followPods(namespace, isWanted);
  }

  /** They are seen no longer. */
  leavePods(namespace: string): void {
    this.#source.leavePods(namespace);
  }

  access(account: ObjectRef): readonly AccessInfo[] {
    return this.#source.access(account);
  }

  bindings(): ReturnType<Source['bindings']> {
    return this.#source.bindings();
  }

  role(given: Given): RoleSeen {
    const found = this.#source.role(given);
    if (found) return found;
    const known =
      given.role.kind === 'Role'
        ? this.known('roles', given.binding.namespace)
        : this.known('clusterRoles', undefined);
    if (known === 'all') return 'missing';
    return typeof known === 'string' ? 'not yet' : 'forbidden';
  }

  /** What stands out in what a binding gives a ServiceAccount, beside all else that it has. */
  marks(account: ObjectRef, given: Given): readonly Mark[] {
    return marksOf(this.#partsOf(given), this.#allParts(account));
  }

  /** What stands out in all that a ServiceAccount has. */
  accountMarks(account: ObjectRef): readonly Mark[] {
    return marksOf(this.#allParts(account));
  }

  /** Where a ServiceAccount may do everything, as far as roles and bindings are known; undefined where it may not. */
  mayDoEverything(account: ObjectRef): 'everywhere' | readonly string[] | undefined {
    if (!this.accountMarks(account).includes('everything')) return undefined;
    const given = this.access(account).filter((one) => marksOf(this.#partsOf(one)).includes('everything'));
    const places = new Set(given.map(({ binding }) => binding.namespace));
    return places.size === 0 || places.has('') ? 'everywhere' : [...places];
  }

  #allParts(account: ObjectRef): ReadonlySet<Part> {
    const all = new Set<Part>();
    for (const given of this.access(account)) for (const part of this.#partsOf(given)) all.add(part);
    return all;
  }

  #partsOf(given: Given): ReadonlySet<Part> {
    const role = this.role(given);
    if (typeof role === 'string') {
      // What this one allows is the same in every cluster (kubernetes bootstrappolicy/policy.go).
      const isAdmin = given.role.kind === 'ClusterRole' && given.role.name === 'cluster-admin';
      return isAdmin && role !== 'missing' ? EVERYTHING : NO_PARTS;
    }
    const isEverywhere = given.binding.namespace === '';
    const known = isEverywhere ? this.#parts.everywhere : this.#parts.inNamespace;
    const parts = known.get(role) ?? partsOf(role.rules, isEverywhere);
    known.set(role, parts);
    return parts;
  }

  /** What the audit log that is open tells of a ServiceAccount. */
  seen(account: ServiceAccountInfo): SeenInLog | undefined {
    return this.#issued.seen(account);
  }

  /** What it tells of a token Secret's token. */
  seenSecret(secret: TokenSecretInfo): ReturnType<typeof secretIn> {
    const { namespace, name, serviceAccount, serviceAccountUid } = secret;
    const account = { namespace, name: serviceAccount };
    const seen = this.#issued.seen({ ...account, uid: serviceAccountUid ?? this.account(account)?.uid });
    return seen && secretIn(seen, name);
  }

  /** What was issued from here for a ServiceAccount. */
  issued(account: ServiceAccountInfo): readonly IssuedToken[] {
    return this.#issued.of(account);
  }

  /** How an issued token stands, and whether its file still holds it. */
  standing(entry: IssuedToken): { readonly state: IssuedState; readonly file: FileState } {
    return { state: this.#issued.state(entry, this.#whyEnded(entry)), file: this.#issued.file(entry) };
  }

  /** Why a token has ended before its time, as far as the rows show it. */
  #whyEnded({ namespace, serviceAccount, serviceAccountUid, endsWith }: IssuedToken): string | undefined {
    const account = this.account({ namespace, name: serviceAccount });
    if (account && serviceAccountUid !== undefined && account.uid !== serviceAccountUid) {
      return 'ended: of an earlier ServiceAccount';
    }
    if (!account || !endsWith) return undefined;
    const { kind, name, uid } = endsWith;
    if (kind === 'tokenSecret' && this.known('tokenSecrets', namespace) === 'all') {
      const isThere = this.tokenSecrets(account).some((secret) => secret.name === name);
      return isThere ? undefined : 'ended: its Secret is gone';
    }
    if (kind === 'Pod' && this.known('pods', namespace) === 'all') {
      return this.pods(account).some((pod) => pod.uid === uid) ? undefined : 'ended: its Pod is gone';
    }
    return undefined;
  }

  /** Whether all of some kinds can be relied on to be known; `forbidden` says why not. */
  known(kind: LiveKind | AccessKind, namespace: string | undefined): Known {
    const { phase, problem } = this.#source.state(kind, namespace);
    if (phase === 'forbidden') return { forbidden: problem?.message ?? `Listing ${kind} is forbidden.` };
    if (phase === 'unasked') return phase;
    if (phase === 'loading' || (phase === 'paused' && ACCESS.has(kind))) return 'not yet';
    return 'all';
  }

  /** The best `limit` matches of what was typed: names that begin with it first, then those that hold it, then the rest. */
  search(typed: string, limit: number): readonly ServiceAccountInfo[] {
    const words = wordsOf(typed);
    const last = words.at(-1) ?? '';
    const first = last.slice(last.indexOf('/') + 1);
    const ranks: [ServiceAccountInfo[], ServiceAccountInfo[], ServiceAccountInfo[]] = [[], [], []];
    for (const namespace of this.#source.namespaces()) {
      const left = wordsLeft(namespace, words);
      for (const account of this.#source.serviceAccounts(namespace)) {
        if (!hasAll(account, left)) continue;
        const at = account.name.indexOf(first);
        ranks[at === 0 ? 0 : at > 0 ? 1 : 2].push(account);
      }
      if (ranks[0].length >= limit) break;
    }
    return ranks.flat().slice(0, limit);
  }

  /** Only where all is known can something be missing. */
  #orphanedNamespaces(): readonly string[] {
    return this.#source
      .tokenSecretNamespaces()
      .filter((name) => this.#source.count(name) === 0 && this.known('serviceAccounts', name) === 'all');
  }

  #isHidden(namespace: string, { hideSystem }: Choices): boolean {
    return hideSystem && isSystem(namespace);
  }

  #filtered(namespace: string, choices: Choices): readonly ServiceAccountInfo[] {
    if (this.#isHidden(namespace, choices)) return [];
    const accounts = this.#source.serviceAccounts(namespace);
    if (showsAll(choices)) return accounts;
    const words = wordsLeft(namespace, wordsOf(choices.text));
    return accounts.filter(
      (account) => hasAll(account, words) && choices.only.every((one) => this.#is(account, one)),
    );
  }

  #is(account: ServiceAccountInfo, one: Choices['only'][number]): boolean {
    switch (one) {
      case 'with-token-secret':
        return this.tokenSecrets(account).length > 0;
      case 'without-token-secret':
        // Where Secrets cannot be seen, nobody can tell that there is none.
        return (
          this.tokenSecrets(account).length === 0 && this.known('tokenSecrets', account.namespace) === 'all'
        );
      case 'never-used':
        // Where no uses are noted, nobody can tell that there was none.
        return (
          notesUses(this.noted()) !== false &&
          this.tokenSecrets(account).some(
            (secret) => secret.lastUsed === undefined && this.secretState(secret).kind !== 'waiting',
          )
        );
      case 'cluster-admin':
        return this.access(account).some(
          (given) => given.binding.namespace === '' && marksOf(this.#partsOf(given)).includes('everything'),
        );
      case 'expiring':
        return (
          this.tokenSecrets(account).some((secret) => this.#endsSoon(secret)) ||
          this.issued(account).some((entry) => this.#expiresSoon(entry))
        );
    }
  }

  #expiresSoon(entry: IssuedToken): boolean {
    const { is } = this.standing(entry).state;
    if (is !== 'valid' || entry.expires === undefined) return is === 'expires-soon';
    return entry.expires - Date.now() / 1000 <= SOON * 86_400;
  }

  #endsSoon(secret: TokenSecretInfo): boolean {
    const { kind } = this.secretState(secret);
    if (kind === 'invalid' || kind === 'other-uid' || kind === 'orphan') return true;
    return isSoon(this.cleaning(secret));
  }

  #sorted(accounts: readonly ServiceAccountInfo[], { sort }: Choices): readonly ServiceAccountInfo[] {
    switch (sort) {
      case 'name':
        return accounts;
      case 'newest':
        return accounts.toSorted((one, other) => (other.created ?? 0) - (one.created ?? 0));
      case 'last-used': {
        const used = new Map(accounts.map((account) => [account, this.lastUsed(account) ?? '']));
        return accounts.toSorted((one, other) => (used.get(other) ?? '').localeCompare(used.get(one) ?? ''));
      }
    }
  }

  /** The last day on which a token Secret of a ServiceAccount was used, as far as the API server noted it. */
  lastUsed(account: ObjectRef): string | undefined {
    return this.tokenSecrets(account)
      .flatMap(({ lastUsed }) => lastUsed ?? [])
      .sort()
      .at(-1);
  }
}

function isSoon(next: Cleaning | undefined): boolean {
  const soon = new Date(Date.now() + SOON * 86_400_000).toISOString().slice(0, 10);
  return next !== undefined && next.from <= soon;
}

/**
 * What is out of the ordinary with a ServiceAccount in a few words, e.g. `may do everything · 1 token Secret · 3 Pods`;
 * nothing that is not known, nor that it has no token Secret, which is the rule since Kubernetes 1.24.
 */
export function summary(inventory: Inventory, account: ServiceAccountInfo): string {
  const words = (kind: LiveKind, noun: string, number: number): string => {
    if (number > 0) return count(number, noun);
    return typeof inventory.known(kind, account.namespace) === 'object' ? `${noun}s: cannot tell` : '';
  };
  const everything = inventory.mayDoEverything(account);
  const secrets = inventory.tokenSecrets(account);
  const living = inventory.issued(account).filter((entry) => {
    const { is } = inventory.standing(entry).state;
    return is === 'valid' || is === 'expires-soon';
  });
  return [
    ...(everything === undefined
      ? []
      : [
          everything === 'everywhere' ? 'may do everything' : `may do everything in ${everything.join(', ')}`,
        ]),
    ...(secrets.some((secret) => inventory.replacedBy(secret) !== undefined) ? ['rotation left open'] : []),
    words('tokenSecrets', 'token Secret', secrets.length),
    words('pods', 'Pod', inventory.pods(account).length),
    ...(living.length === 0 ? [] : [`${count(living.length, 'live token')} issued`]),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** What a ServiceAccount's row says in place of the number of its Pods while that is not known; empty where it is. */
export function podsUnseen(inventory: Inventory, account: ObjectRef): string {
  if (inventory.pods(account).length > 0) return '';
  const known = inventory.known('pods', account.namespace);
  if (known === 'unasked') return 'Pods not looked at yet';
  return known === 'not yet' ? 'Pods loading…' : '';
}

/** `1 Pod`, `2 Pods`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
