import { commands, decoding } from './commandIds.ts';

/** Everything that package.json contributes and code names, once; scripts/contributes makes package.json of it. */

export const VIEW = 'serviceAccountTokens.tree';

/** Webviews by what they show; each is brought back after a reload. */
export const views = {
  inspector: 'serviceAccountTokens.inspector',
  audit: 'serviceAccountTokens.audit',
} as const;
export const WORKSPACE_VIEW = 'serviceAccountTokens.workspace';

export { commands };

/** The verb and noun that end a command's id. */
export type CommandName = keyof typeof commands;
export type CommandId = (typeof commands)[CommandName];

/**
 * The commands that a workspace gets which nobody trusts: they decode and show, and change, send and start nothing there.
 * Each other refuses (src/editor/workbench/commands.ts), and package.json does not offer it.
 */
export const decodingCommands: ReadonlySet<string> = new Set(decoding);

/** Settings by their full name. */
export const settings = {
  kubeconfig: 'serviceAccountTokens.kubeconfig',
  addedKubeconfigs: 'serviceAccountTokens.addedKubeconfigs',
  namespaces: 'serviceAccountTokens.namespaces',
  problems: 'serviceAccountTokens.problems',
  expiresSoon: 'serviceAccountTokens.expiresSoonMinutes',
  besideTheLine: 'serviceAccountTokens.besideTheLine',
  codeLens: 'serviceAccountTokens.codeLens',
  fileMarks: 'serviceAccountTokens.markFiles',
  remindMinutes: 'serviceAccountTokens.remindBeforeExpiryMinutes',
  clipboardSeconds: 'serviceAccountTokens.clipboardSeconds',
  offerInTerminal: 'serviceAccountTokens.offerInTerminal',
} as const;

/** What the tree shows in place of rows, and `ready` where it has rows; each but `ready` has a welcome text. */
export const viewStates = [
  'no-kubeconfig',
  'no-context',
  'untrusted',
  'loading',
  'unreachable',
  'nobody-listens',
  'no-such-host',
  'wrong-certificate',
  'old-certificate',
  'other-name',
  'no-tls',
  'unauthorized',
  'forbidden',
  'not-agreed',
  'bad-kubeconfig',
  'busy',
  'failed',
  'empty',
  'ready',
] as const;

export type ViewState = (typeof viewStates)[number];

/** How far a scan of the workspace has come; `found`: the view has rows. */
export type ScanState = 'running' | 'none' | 'found';

/** Context keys that menus and welcome texts ask for. */
export const contextKeys = {
  /** A ViewState. */
  state: 'serviceAccountTokens.state',
  /** Whether the tree leaves ServiceAccounts out. */
  isFiltered: 'serviceAccountTokens.isFiltered',
  /** The steps of the walkthrough, each true at the moment when it is done. */
  hasInspected: 'serviceAccountTokens.hasInspected',
  hasExplained: 'serviceAccountTokens.hasExplained',
  hasMadeTokenSecret: 'serviceAccountTokens.hasMadeTokenSecret',
  hasMadeKubeconfig: 'serviceAccountTokens.hasMadeKubeconfig',
  /** Files by what is known to be in them: a list of uris each. */
  kubeconfigs: 'serviceAccountTokens.kubeconfigs',
  tokenSecrets: 'serviceAccountTokens.tokenSecrets',
  manifests: 'serviceAccountTokens.manifests',
  workloads: 'serviceAccountTokens.workloads',
  tokenFiles: 'serviceAccountTokens.tokenFiles',
  /** A ScanState; not set before the first scan. */
  scan: 'serviceAccountTokens.scan',
} as const;
