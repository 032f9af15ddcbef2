import * as vscode from 'vscode';
import { isRecord } from '../../token/decode.ts';

/** A token Secret that was replaced by another from here, and may not have been ended yet. Names and uids alone. */
export interface Rotation {
  readonly server: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The one that is replaced. Its uid is empty where it could not be seen. */
  readonly old: { readonly name: string; readonly uid: string };
  /** The one in its place. */
  readonly name: string;
  readonly uid: string;
}

const ROTATIONS = 'rotations';
/** Older ones are forgotten. */
const MOST = 100;

/** What was begun and may not be finished: the tree shows it until the old Secret is gone. */
export class Rotations implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  /** Read once, when first asked for: every row of a token Secret asks. */
  #rotations: readonly Rotation[] | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** The last rotation of a token Secret, if it was replaced from here. */
  of(
    server: string | undefined,
    { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
  ): Rotation | undefined {
    return this.#all().findLast(
      (one) =>
        one.server === server &&
        one.namespace === namespace &&
        one.old.name === name &&
        (one.old.uid === '' || uid === '' || one.old.uid === uid),
    );
  }

  async note(rotation: Rotation): Promise<void> {
    const all = [...this.#all(), rotation].slice(-MOST);
    await this.#memory.update(ROTATIONS, all);
    this.#rotations = all;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): readonly Rotation[] {
    if (this.#rotations) return this.#rotations;
    const all = this.#memory.get<unknown>(ROTATIONS);
    this.#rotations = Array.isArray(all) ? all.filter(isRotation) : [];
    return this.#rotations;
  }
}

function isRotation(value: unknown): value is Rotation {
  if (!isRecord(value) || !isRecord(value['old'])) return false;
  const { server, namespace, serviceAccount, old, name, uid } = value;
  return [server, namespace, serviceAccount, name, uid, old['name'], old['uid']].every(
    (one) => typeof one === 'string',
  );
}
