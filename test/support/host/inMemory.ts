import type * as vscode from 'vscode';

/** What an extension remembers, for as long as a test takes. */
export class InMemory implements vscode.Memento {
  readonly #values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
  get(key: string): undefined;
  get<T>(key: string, otherwise?: T): T | undefined {
    return this.#values.has(key) ? (this.#values.get(key) as T) : otherwise;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    await Promise.resolve();
  }
  setKeysForSync(): void {}
}
