import type {
  LiveKind,
  LiveView,
  ObjectRef,
  PodInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../../cluster/api.ts';

/** Which ServiceAccounts are shown. */
export interface Filter {
  /** Words that `namespace/name` must hold, all of them; any case. */
  readonly text: string;
  readonly withoutTokenSecret: boolean;
  readonly hideSystem: boolean;
}

export const NO_FILTER: Filter = { text: '', withoutTokenSecret: false, hideSystem: false };

/** Where the rows come from: read from memory, and true at each call. */
export type Source = Pick<
  LiveView,
  'state' | 'namespaces' | 'serviceAccounts' | 'count' | 'tokenSecrets' | 'pods'
>;

/** What the tree shows of a cluster. */
export class Inventory {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  /** How many ServiceAccounts the cluster has, or a filter leaves. */
  count(filter: Filter = NO_FILTER): number {
    if (isOff(filter)) return this.#source.count();
    return this.namespaces(filter).reduce((sum, name) => sum + this.accounts(name, filter).length, 0);
  }

  /** The namespaces in which the filter leaves something, by name. */
  namespaces(filter: Filter): readonly string[] {
    const names = this.#source.namespaces();
    return isOff(filter) ? names : names.filter((name) => this.accounts(name, filter).length > 0);
  }

  /** What the filter leaves of a namespace's ServiceAccounts, by name. */
  accounts(namespace: string, filter: Filter): readonly ServiceAccountInfo[] {
    if (filter.hideSystem && namespace.startsWith('kube-')) return [];
    const accounts = this.#source.serviceAccounts(namespace);
    if (isOff(filter)) return accounts;
    const words = wordsOf(filter.text);
    return accounts.filter(
      (account) =>
        hasAll(account, words) && !(filter.withoutTokenSecret && this.tokenSecrets(account).length > 0),
    );
  }

  /** How many ServiceAccounts the filter leaves in a namespace. */
  countIn(namespace: string, filter: Filter): number {
    return isOff(filter) ? this.#source.count(namespace) : this.accounts(namespace, filter).length;
  }

  tokenSecrets(account: ObjectRef): readonly TokenSecretInfo[] {
    return this.#source.tokenSecrets(account);
  }

  pods(account: ObjectRef): readonly PodInfo[] {
    return this.#source.pods(account);
  }

  /** Whether what is known of a kind can be relied on to be all; `forbidden` says what it needs. */
  known(kind: LiveKind, namespace: string): 'all' | 'not yet' | { readonly forbidden: string } {
    const { phase, problem } = this.#source.state(kind, namespace);
    if (phase === 'forbidden') return { forbidden: problem?.message ?? `Listing ${kind} is forbidden.` };
    return phase === 'loading' ? 'not yet' : 'all';
  }

  /** The best `limit` matches of what was typed: names that begin with it first, then those that hold it, then the rest. */
  search(typed: string, limit: number): readonly ServiceAccountInfo[] {
    const words = wordsOf(typed);
    const first = words.at(-1) ?? '';
    const ranks: [ServiceAccountInfo[], ServiceAccountInfo[], ServiceAccountInfo[]] = [[], [], []];
    for (const namespace of this.#source.namespaces()) {
      for (const account of this.#source.serviceAccounts(namespace)) {
        if (!hasAll(account, words)) continue;
        const at = account.name.toLowerCase().indexOf(first);
        ranks[at === 0 ? 0 : at > 0 ? 1 : 2].push(account);
      }
      if (ranks[0].length >= limit) break;
    }
    return ranks.flat().slice(0, limit);
  }
}

/** What matters about a ServiceAccount in a few words, e.g. `1 token Secret · 3 Pods`; nothing that is not known. */
export function summary(inventory: Inventory, account: ObjectRef): string {
  const words = (kind: LiveKind, noun: string, number: number, none: string): string => {
    const known = inventory.known(kind, account.namespace);
    if (number > 0) return count(number, noun);
    if (known === 'all') return none;
    return known === 'not yet' ? '' : `${noun}s: cannot tell`;
  };
  return [
    words('tokenSecrets', 'token Secret', inventory.tokenSecrets(account).length, 'no token Secret'),
    words('pods', 'Pod', inventory.pods(account).length, ''),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `1 Pod`, `2 Pods`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function hasAll({ namespace, name }: ObjectRef, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${namespace}/${name}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function isOff({ text, withoutTokenSecret, hideSystem }: Filter): boolean {
  return text === '' && !withoutTokenSecret && !hideSystem;
}
