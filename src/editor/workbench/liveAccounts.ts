import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import type { Token } from '../../token/classify.ts';
import type { Finding } from '../../token/find.ts';
import { classifyToken } from '../../token/classify.ts';

/** What may be a kubeconfig, and the token as it stands in there. */
export interface Carrier {
  readonly document: vscode.TextDocument;
  readonly jwt: string;
}

/** What the tree knows of its cluster; asking it sends nothing of a token, and may have the Pod followed that it is bound to. */
export interface LiveSource {
  accounts(namespace: string | undefined): readonly ObjectRef[] | undefined;
  /** Why the cluster is known to refuse a token; undefined where nothing is known, or the token may be another cluster's. */
  whyEnded(token: Token, carrier: Carrier | undefined): string | undefined;
  /** What is known of a Pod, in lines of plain text; undefined where it is not among the rows. */
  aboutPod(pod: ObjectRef): readonly string[] | undefined;
}

/** So many answers are compared with what is known later; more of them, and everybody asks again. */
const MOST_ASKED = 5000;

/** What the tree knows at this moment of the cluster that it follows. Asking sends nothing of a token. */
export class LiveAccounts implements vscode.Disposable {
  #source: LiveSource | undefined;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when what was said of a token is no longer so. */
  readonly onDidChange = this.#changed.event;
  #asked = new Map<Token, { readonly carrier: Carrier | undefined; readonly answer: string | undefined }>();

  /** The tree says here how to ask it. */
  comeFrom(source: LiveSource): void {
    this.#source = source;
    this.checkAgain();
  }

  /** Those of a namespace, else some hundreds of any; none while no cluster is followed. */
  accounts(namespace: string | undefined): readonly ObjectRef[] {
    return this.#source?.accounts(namespace) ?? [];
  }

  /** Why the cluster that is followed is known to refuse a token, in words that may be a stranger's. */
  whyEnded(token: Token, carrier?: Carrier): string | undefined {
    const answer = this.#source?.whyEnded(token, carrier);
    if (token.kind !== 'other' && this.#asked.size <= MOST_ASKED) this.#asked.set(token, { carrier, answer });
    return answer;
  }

  /** The same of what was found in a document. */
  whyFoundEnded(document: vscode.TextDocument, found: Finding): string | undefined {
    if (found.kind !== 'jws') return undefined;
    return this.whyEnded(classifyToken(found.decoded), { document, jwt: found.token });
  }

  /** What is known of a Pod, in lines of plain text; none while no cluster is followed. */
  aboutPod(pod: ObjectRef): readonly string[] {
    return this.#source?.aboutPod(pod) ?? [];
  }

  /** The tree says here that it knows more, or less. */
  checkAgain(): void {
    const isOther = [...this.#asked].some(
      ([token, { carrier, answer }]) => this.#source?.whyEnded(token, carrier) !== answer,
    );
    if (!isOther && this.#asked.size <= MOST_ASKED) return;
    this.#asked = new Map();
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
