import type { LiveView } from '../cluster/api/live.ts';
import type { Listed, ObjectRef, PodInfo, PodUse } from '../cluster/api/objects.ts';

/** Which Pods name which Secrets: those that are followed, and what was found as all were looked through. */
export class SecretUsers {
  readonly #source: Pick<LiveView, 'podsIn'>;
  /** The Pods of each namespace by the Secrets that they name. */
  readonly #followed = new Map<string, ReadonlyMap<string, readonly PodInfo[]>>();
  /** Whether a Pod named a Secret when that was looked for, by namespace and name. */
  readonly #looked = new Map<string, boolean>();
  #unseen: string | undefined;

  constructor(source: Pick<LiveView, 'podsIn'>) {
    this.#source = source;
  }

  /** Why not all Pods could be looked through, where they were. */
  get unseen(): string | undefined {
    return this.#unseen;
  }

  /** Forgets what was worked out from rows that have changed since: of a namespace, or of all. */
  outdate(namespace?: string): void {
    if (namespace === undefined) this.#followed.clear();
    else this.#followed.delete(namespace);
  }

  /** The Pods that name a Secret, among those that are followed. */
  of({ namespace, name }: ObjectRef): readonly PodInfo[] {
    let users = this.#followed.get(namespace);
    if (!users) {
      users = byUsedSecret(this.#source.podsIn(namespace));
      this.#followed.set(namespace, users);
    }
    return users.get(name) ?? [];
  }

  /** Takes in which of some Secrets the cluster's Pods name, as it was when they were looked through. */
  looked(secrets: readonly ObjectRef[], { items, problem }: Listed<PodUse>): void {
    this.#unseen = problem;
    const named = new Set(items.flatMap((pod) => pod.secrets.map(({ name }) => `${pod.namespace}/${name}`)));
    for (const secret of secrets) this.#looked.set(idOf(secret), named.has(idOf(secret)));
  }

  /** Whether a Pod named a Secret as all were looked through; undefined where that was not looked for. */
  wasNamed(secret: ObjectRef): boolean | undefined {
    return this.#looked.get(idOf(secret));
  }
}

function idOf({ namespace, name }: ObjectRef): string {
  return `${namespace}/${name}`;
}

function byUsedSecret(pods: readonly PodInfo[]): ReadonlyMap<string, readonly PodInfo[]> {
  const users = new Map<string, PodInfo[]>();
  for (const pod of pods) {
    for (const { name } of pod.secrets ?? []) {
      const found = users.get(name);
      if (found) found.push(pod);
      else users.set(name, [pod]);
    }
  }
  return users;
}
