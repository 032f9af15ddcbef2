import type { Action } from '../authentication/causes.ts';
import type { Explanation, User } from '../authentication/explanation.ts';
import type { Step } from '../authentication/step.ts';

/** What the inspector's page is sent. */
export type InspectorMessage =
  | {
      readonly view: 'explanation';
      readonly model: InspectorModel;
      readonly origin: unknown;
      /** Whether a command has just asked for it, so that it begins with its verdict. */
      readonly isAskedFor?: boolean;
    }
  /** After a reload, where the token cannot be found again: `text` says so. */
  | { readonly view: 'reopen'; readonly text: string };

/** What the page asks of its host. */
export type InspectorRequest =
  | {
      readonly type:
        | 'ready'
        | 'read'
        | 'own'
        | 'send'
        | 'copy'
        | 'compare'
        | 'alone'
        | 'search'
        | 'reopen'
        | 'trust';
    }
  | { readonly type: 'action'; readonly action: InspectorAction }
  | { readonly type: 'command'; readonly text: string };

/** What of the extension's commands mends a cause. */
export type InspectorAction = Action | 'regenerateKubeconfig';

/** What the inspector shows: plain texts that may hold a stranger's words, and never the token. */
export interface InspectorModel extends TokenView {
  readonly outcome: Explanation['outcome'];
  /** How the verdict is marked: `doubt` where something points to a cause, `open` where nothing is against it. */
  readonly tone: 'good' | 'bad' | 'doubt' | 'open';
  readonly headline: string;
  /** What the server itself said of the token; undefined where it was not asked that. */
  readonly serversWord: string | undefined;
  /** The server that was or can be asked; undefined where none can. */
  readonly server: string | undefined;
  readonly isBusy: boolean;
  /** Whether any cluster has something to tell of it. */
  readonly canLook: boolean;
  /** What is sent, or would be, within a sentence: "token", "client certificate". */
  readonly what: string;
  /** Whether there is a token to send. */
  readonly canSend: boolean;
  /** Whether anybody was asked yet. */
  readonly isOffline: boolean;
  /** Why no cluster may be asked from here; undefined where one may. */
  readonly barred: 'restricted' | 'browser' | undefined;
  /** A context that leads to the same server, or seems to, and why its login was not used. */
  readonly unused: { readonly context: string; readonly why: string } | undefined;
  /** What the tree knows of the object that was pointed at, in lines. */
  readonly facts: readonly string[];
  /** Whether the token itself was sent to the server. */
  readonly wasSent: boolean;
  /** Whether it is a legacy token, whose Secret is read to be compared. */
  readonly comparesSecret: boolean;
  /** Why the cluster could not be asked. */
  readonly problem: string | undefined;
  readonly steps: readonly Step[];
  readonly causes: readonly {
    readonly title: string;
    readonly fix: string;
    readonly action: InspectorAction | undefined;
    /** A command line that mends it, or shows it. */
    readonly command: string | undefined;
    /** Whether a failed check points to it; else it could not be ruled out. */
    readonly isFound: boolean;
  }[];
  /** Whom the server takes its bearer for, or would. */
  readonly user: User | undefined;
  readonly chain: readonly Link[];
  /** Whether the person's other clusters may be looked through for its key. */
  readonly canSearch: boolean;
  /** What that search found. */
  readonly searched: string | undefined;
  readonly compared: TokenView | undefined;
}

/** What a token says by itself. */
export interface TokenView {
  readonly kind: string;
  readonly owner: string;
  readonly name: string;
  /** The three parts as they stand in the token, in characters; undefined where the token is not kept. */
  readonly parts: Parts | undefined;
  readonly header: readonly ClaimRow[];
  readonly claims: readonly ClaimRow[];
  /** Seconds since the epoch. */
  readonly now: number;
  readonly moments: readonly Moment[];
  readonly lives: readonly Life[];
  /** What sets it apart from another token. */
  readonly traits: readonly (readonly [what: string, value: string])[];
}

export interface Parts {
  readonly header: number;
  readonly claims: number;
  readonly signature: number;
}

export interface ClaimRow {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  /** Which document defines it. */
  readonly source: string;
  /** For a time: seconds since the epoch. */
  readonly at?: number;
}

/** A point on the timeline, in seconds since the epoch. */
export interface Moment {
  readonly label: string;
  readonly at: number;
}

/** A bar of the timeline, in seconds since the epoch; an end that is not known is open. */
export interface Life {
  readonly label: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly state: 'token' | 'alive' | 'ending' | 'gone';
}

/** Something that the token hangs on. */
export interface Link {
  readonly what: string;
  readonly name: string;
  readonly state: 'holds' | 'broken' | 'unknown' | 'unchecked';
  /** What was found there, in a few words. */
  readonly note: string;
}
