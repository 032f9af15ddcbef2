import type { InspectorRequest } from '../../src/inspection/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: object): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** What outlives a reload, and a time behind another tab. Of the token itself, nothing. */
export interface Kept {
  /** Where the token was found. */
  readonly origin?: unknown;
  /** What the timeline shows, in seconds since the epoch; undefined: everything. */
  readonly view?: { readonly from: number; readonly to: number } | undefined;
  /** Ids of the details that are open. */
  readonly opened?: readonly string[];
}

const api = acquireVsCodeApi();

export function ask(request: InspectorRequest): void {
  post(request);
}

/** What another page asks of its own host. */
export function post(request: object): void {
  api.postMessage(request);
}

// What this page itself has kept; VS Code hands it back as it was.
let kept = (api.getState() ?? {}) as Kept;

export function recall(): Kept {
  return kept;
}

export function keep(more: Kept): void {
  kept = { ...kept, ...more };
  api.setState(kept);
}
