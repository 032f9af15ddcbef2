import * as vscode from 'vscode';
import { checkPath } from '../../files/named.ts';
import { asPathList, pathList } from '../../files/system.ts';

export const ID = 'ms-kubernetes-tools.vscode-kubernetes-tools';
/** The newer one also tells of changes (vscode-kubernetes-tools-api, ts/configuration). */
const VERSIONS = ['v1_1', 'v1'];

/** What the Kubernetes extension publishes, as far as it is used here; all of it may be missing. */
interface Broker {
  get?(component: string, version: string): { available?: boolean; api?: Configuration } | undefined;
}
interface Configuration {
  getKubeconfigPath?(): { pathType?: unknown; hostPath?: unknown } | undefined;
  onDidChangeKubeconfigPath?: vscode.Event<unknown>;
}

/** Which kubeconfig the Kubernetes extension uses, where it is installed. Asks nothing before it is asked. */
export class KubernetesExtension implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #extensions: vscode.Disposable;
  #followed: vscode.Disposable | undefined;
  #asked: Promise<void> | undefined;
  #files: readonly string[] = [];

  constructor() {
    this.#extensions = vscode.extensions.onDidChange(() => {
      this.#asked = undefined;
      this.#changed.fire();
    });
  }

  /** Its files in order of precedence, as far as they are known. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Asks it, where it runs or may be started for it, which takes it seconds. Settles when `files` are known. Never rejects. */
  async ask(mayStart: boolean): Promise<void> {
    const extension = vscode.extensions.getExtension<Broker | undefined>(ID);
    if (!extension || !(mayStart || extension.isActive)) return;
    this.#asked ??= this.#ask(extension);
    await this.#asked;
  }

  dispose(): void {
    this.#extensions.dispose();
    this.#followed?.dispose();
    this.#changed.dispose();
  }

  async #ask(extension: vscode.Extension<Broker | undefined>): Promise<void> {
    let api: Configuration | undefined;
    try {
      const broker = await extension.activate();
      for (const version of VERSIONS) {
        const found = broker?.get?.('configuration', version);
        if (found?.available === true) api ??= found.api;
      }
    } catch {
      // It could not start, which it tells the person itself.
    }
    this.#followed?.dispose();
    this.#followed = api?.onDidChangeKubeconfigPath?.(() => {
      this.#take(api);
    });
    this.#take(api);
  }

  #take(api: Configuration | undefined): void {
    const before = asPathList(this.#files);
    this.#files = filesOf(api);
    if (before !== asPathList(this.#files)) this.#changed.fire();
  }
}

/** A folder may set its file, so that a path must not be a request to another machine: these are looked at each second. */
function isHere(file: string): boolean {
  try {
    checkPath(file);
    return true;
  } catch {
    return false; // To be had by adding it, which is the person's own word.
  }
}

/** It gives $KUBECONFIG as it is, so that one path may be a list; paths inside WSL are no use to this machine's programs. */
function filesOf(api: Configuration | undefined): readonly string[] {
  try {
    const path = api?.getKubeconfigPath?.();
    if (path?.pathType !== 'host' || typeof path.hostPath !== 'string') return [];
    return pathList(path.hostPath).filter(isHere);
  } catch {
    return []; // It asks WSL, and throws where that is missing: then it uses no file of this machine.
  }
}
