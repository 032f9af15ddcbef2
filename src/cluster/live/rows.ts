import { grouped } from '../../es2024.ts';
import type { ObjectRef } from '../api/objects.ts';

/** What every row has. */
export interface Named extends ObjectRef {
  readonly uid: string;
}

/** All objects of one kind, by namespace and name, kept small; sorted and grouped when first asked for. */
export class Rows<T extends Named> {
  readonly #ownerOf: (row: T) => string;
  #namespaces = new Map<string, Namespace<T>>();
  #count = 0;

  /** `ownerOf` gives the name of the ServiceAccount that a row belongs to. */
  constructor(ownerOf: (row: T) => string) {
    this.#ownerOf = ownerOf;
  }

  get count(): number {
    return this.#count;
  }

  namespaces(): string[] {
    return [...this.#namespaces.keys()].sort();
  }

  countIn(namespace: string): number {
    return this.#namespaces.get(namespace)?.byName.size ?? 0;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#namespaces.get(namespace)?.byName.get(name);
  }

  sorted(namespace: string): readonly T[] {
    const found = this.#namespaces.get(namespace);
    if (!found) return [];
    found.sorted ??= [...found.byName.values()].sort(byName);
    return found.sorted;
  }

  /** The rows of a namespace that belong to a ServiceAccount, sorted by name. */
  ownedBy(namespace: string, owner: string): readonly T[] {
    const found = this.#namespaces.get(namespace);
    if (!found) return [];
    found.byOwner ??= grouped(this.sorted(namespace), this.#ownerOf);
    return found.byOwner.get(owner) ?? [];
  }

  /** Puts a row in. Returns whether anything is different now. */
  set(row: T): boolean {
    let found = this.#namespaces.get(row.namespace);
    if (!found) {
      found = { name: row.namespace, byName: new Map(), sorted: undefined, byOwner: undefined };
      this.#namespaces.set(row.namespace, found);
    }
    const old = found.byName.get(row.name);
    if (old && JSON.stringify(old) === JSON.stringify(row)) return false;
    if (!old) this.#count += 1;
    // One string for a namespace's name, however many rows are in it.
    found.byName.set(row.name, { ...row, namespace: found.name });
    found.sorted = undefined;
    found.byOwner = undefined;
    return true;
  }

  /** Takes a row out. Returns whether it was there. */
  delete({ namespace, name }: { readonly namespace: string; readonly name: string }): boolean {
    const found = this.#namespaces.get(namespace);
    if (!found?.byName.delete(name)) return false;
    this.#count -= 1;
    if (found.byName.size === 0) this.#namespaces.delete(namespace);
    found.sorted = undefined;
    found.byOwner = undefined;
    return true;
  }

  /** Takes out of a namespace all rows but those of these names. Returns whether there were any. */
  keep(namespace: string, names: ReadonlySet<string> | undefined): boolean {
    let isAny = false;
    for (const name of this.#namespaces.get(namespace)?.byName.keys() ?? []) {
      if (names?.has(name) !== true && this.delete({ namespace, name })) isAny = true;
    }
    return isAny;
  }

  /** Makes a namespace (undefined: all) hold exactly these rows. Returns the namespaces that changed. */
  replace(namespace: string | undefined, rows: readonly T[]): Set<string> {
    const changed = new Set<string>();
    const names = new Map<string, Set<string>>();
    for (const row of rows) {
      if (this.set(row)) changed.add(row.namespace);
      const known = names.get(row.namespace);
      if (known) known.add(row.name);
      else names.set(row.namespace, new Set([row.name]));
    }
    for (const scope of namespace === undefined ? this.namespaces() : [namespace]) {
      if (this.keep(scope, names.get(scope))) changed.add(scope);
    }
    return changed;
  }
}

interface Namespace<T> {
  readonly name: string;
  readonly byName: Map<string, T>;
  sorted: readonly T[] | undefined;
  byOwner: ReadonlyMap<string, readonly T[]> | undefined;
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}
