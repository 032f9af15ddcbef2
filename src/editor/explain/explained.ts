import type { Evidence } from '../../authentication/evidence.ts';
import type { Agreement, KubeconfigInUse } from '../../cluster/api/contexts.ts';
import type { TokenPlace } from '../subject/subject.ts';

/** What is explained. */
export interface Explained {
  /** The token as it stands; empty where only what it says is known. Held in memory, and nowhere else. */
  readonly credential: string;
  /** What it is called in the title of its tab. */
  readonly name: string;
  readonly known: Partial<Pick<Evidence, 'claims' | 'entry' | 'sent'>>;
  /** The kubeconfig that sends it, where that is known: its server is the one that is asked. */
  readonly kubeconfig: KubeconfigInUse | undefined;
  /** The person's yes to the credential program of that kubeconfig, if it was asked for one. */
  readonly program?: Agreement | undefined;
  /** Where it can be found again after a reload; undefined of what was on the clipboard. */
  readonly from: Origin | undefined;
  /** Finds it again where it has no such place: a row of the tree. */
  readonly again?: (() => Promise<Explained | undefined>) | undefined;
  /** What the tree knows of the object that it is a row of, in lines of plain text. */
  readonly facts?: readonly string[];
  /** Why the cluster that the tree follows is known to refuse it, at this moment. */
  readonly whyEnded?: () => string | undefined;
}

/** A place to find a token again. It is stored, and holds no part of a token. */
export type Origin =
  | (TokenPlace & { readonly kind: 'place' })
  | { readonly kind: 'kubeconfig'; readonly uri: string; readonly context: string };
