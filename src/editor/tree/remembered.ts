import type * as vscode from 'vscode';
import { isRecord } from '../../token/decode.ts';
import { SHOW_ALL, type Choices, type Sort } from '../../inventory/choices.ts';

const SHOWN = 'tree.shown';
const STARRED = 'tree.starred';
const SORTS: ReadonlySet<unknown> = new Set(['name', 'newest', 'last-used'] satisfies Sort[]);

/** What a person chose to see, kept for this workspace: order and system namespaces for all clusters, stars for each. */
export class Remembered {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** The choices to begin with at a cluster. What was searched for is not kept: it would hide rows unasked. */
  choices(server: string | undefined): Choices {
    const shown = this.#memory.get<unknown>(SHOWN);
    if (!isRecord(shown)) return { ...SHOW_ALL, starred: this.#starred(server) };
    const { sort, hideSystem } = shown;
    return {
      ...SHOW_ALL,
      sort: isSort(sort) ? sort : 'name',
      hideSystem: hideSystem === true,
      starred: this.#starred(server),
    };
  }

  async keep({ sort, hideSystem, starred }: Choices, server: string | undefined): Promise<void> {
    await this.#memory.update(SHOWN, { sort, hideSystem });
    if (server === undefined) return;
    const others = this.#memory.get<unknown>(STARRED);
    await this.#memory.update(STARRED, { ...(isRecord(others) ? others : {}), [server]: starred });
  }

  #starred(server: string | undefined): readonly string[] {
    const all = this.#memory.get<unknown>(STARRED);
    const starred = server !== undefined && isRecord(all) ? all[server] : undefined;
    return Array.isArray(starred) ? starred.filter((name) => typeof name === 'string') : [];
  }
}

function isSort(value: unknown): value is Sort {
  return SORTS.has(value);
}
