import type { InspectorRequest } from '../../src/editor/inspector/protocol.ts';

declare function acquireVsCodeApi(): {
  postMessage(message: InspectorRequest): void;
  setState(state: unknown): void;
};

const api = acquireVsCodeApi();

export function ask(request: InspectorRequest): void {
  api.postMessage(request);
}

/** Keeps for a reload where the token was found; of the token itself, nothing. */
export function remember(origin: unknown): void {
  api.setState({ origin });
}
