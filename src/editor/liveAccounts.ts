import type { ObjectRef } from '../cluster/api.ts';

type Source = (namespace: string | undefined) => readonly ObjectRef[] | undefined;

/** The ServiceAccounts that the tree knows of its cluster at this moment. Asking sends nothing. */
export class LiveAccounts {
  #source: Source | undefined;

  /** The tree says here how to ask it. */
  comeFrom(source: Source): void {
    this.#source = source;
  }

  /** Those of a namespace, else some hundreds of any; none while no cluster is followed. */
  accounts(namespace: string | undefined): readonly ObjectRef[] {
    return this.#source?.(namespace) ?? [];
  }
}
