/** Everything that package.json contributes and code names, once. A test holds package.json to it. */

export const VIEW = 'serviceAccountTokens.tree';

/** Commands by the verb and noun that end their id. */
export const commands = {
  selectContext: 'serviceAccountTokens.selectContext',
  refresh: 'serviceAccountTokens.refresh',
  scaffoldTokenSecret: 'serviceAccountTokens.scaffoldTokenSecret',
  createTokenSecret: 'serviceAccountTokens.createTokenSecret',
  generateKubeconfig: 'serviceAccountTokens.generateKubeconfig',
  verifyKubeconfig: 'serviceAccountTokens.verifyKubeconfig',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

/** Settings by their full name. */
export const settings = {
  kubeconfig: 'serviceAccountTokens.kubeconfig',
} as const;

/** Context keys that menus and welcome texts ask for. */
export const contextKeys = {
  /** What the tree shows: `no-kubeconfig`, `no-context`, `untrusted`, `loading`, `unreachable`, `unauthorized`, `forbidden`, `failed`, `empty` or `ready`. */
  state: 'serviceAccountTokens.state',
} as const;
