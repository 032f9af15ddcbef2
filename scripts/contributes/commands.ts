import {
  AUDIT_LOG_FILE,
  inEditor,
  inExplorer,
  inTitle,
  inTitleOfWorkspace,
  KUBECONFIG_FILE,
  MANIFEST_FILE,
  onFolder,
  onRow,
  onRowOfKubernetesExtension,
  onWorkspaceRow,
  OTHER_TOKEN_FILE,
  TOKEN_FILE,
  TOKEN_SECRET_FILE,
  WORKLOAD_FILE,
  type Place,
} from './menus.ts';

export interface Command {
  readonly title: string;
  /** In menus, where there is more room for others. */
  readonly shortTitle?: string;
  /** The name of a codicon. */
  readonly icon?: string;
  /** Whether it decodes and shows, and changes, sends and starts nothing: then a workspace that nobody trusts has it too. */
  readonly decodes?: true;
  /** When it does anything, beside that the workspace is trusted. */
  readonly enablement?: string;
  /** When the palette has it, beside that the workspace is trusted. */
  readonly palette?: 'never' | (string & {});
  readonly key?: { readonly other: string; readonly mac: string };
  readonly menus?: readonly Place[];
}

/** Every command, by the verb and noun that end its id. `npm run contribute` writes package.json and the ids after it. */
export const commands = {
  selectContext: {
    title: 'Select Context…',
    icon: 'plug',
    menus: [inTitle('navigation@3')],
  },
  addKubeconfig: {
    title: 'Add Kubeconfig…',
    icon: 'add',
    menus: [inTitle('2_kubeconfig@1'), inExplorer('2_make@3', KUBECONFIG_FILE, 'resourceScheme == file')],
  },
  removeKubeconfig: {
    title: 'Remove Added Kubeconfig…',
    icon: 'remove',
    menus: [inTitle('2_kubeconfig@2')],
  },
  forgetPrograms: {
    title: 'Forget Allowed Programs…',
    icon: 'circle-slash',
    menus: [inTitle('2_kubeconfig@3')],
  },
  refresh: {
    title: 'Refresh',
    icon: 'refresh',
    decodes: true,
    menus: [inTitle('navigation@4')],
  },
  findServiceAccount: {
    title: 'Find ServiceAccount…',
    icon: 'search',
    key: { other: 'ctrl+f', mac: 'cmd+f' },
    menus: [inTitle('navigation@1')],
  },
  filterServiceAccounts: {
    title: 'Filter ServiceAccounts…',
    icon: 'filter',
    decodes: true,
    menus: [inTitle('1_show@1')],
  },
  showAccess: {
    title: 'What May It Do?',
    icon: 'shield',
    menus: [onRow('5_look@0', 'serviceAccount', 'group access'), onRow('inline@1', 'group access')],
  },
  whoMay: {
    title: 'Who May Use a Verb on a Resource?',
    icon: 'organization',
    menus: [inTitle('2_access@1')],
  },
  clearFilter: {
    title: 'Show All ServiceAccounts',
    icon: 'clear-all',
    decodes: true,
    enablement: 'serviceAccountTokens.isFiltered',
    menus: [inTitle('navigation@2', 'serviceAccountTokens.isFiltered')],
  },
  sortServiceAccounts: {
    title: 'Sort ServiceAccounts…',
    icon: 'list-ordered',
    menus: [inTitle('1_show@2')],
  },
  starNamespace: {
    title: 'Star Namespace',
    icon: 'star-empty',
    palette: 'never',
    menus: [onRow('inline@1', 'namespace plain'), onRow('2_star@1', 'namespace plain')],
  },
  unstarNamespace: {
    title: 'Unstar Namespace',
    icon: 'star-full',
    palette: 'never',
    menus: [onRow('inline@1', 'namespace starred'), onRow('2_star@1', 'namespace starred')],
  },
  openBinding: {
    title: 'Open Binding (Read-Only)',
    icon: 'go-to-file',
    palette: 'never',
    menus: [onRow('5_look@2', 'access')],
  },
  scaffoldTokenSecret: {
    title: 'Scaffold Token Secret…',
    icon: 'new-file',
    menus: [onRow('1_make@1', 'serviceAccount', 'group tokenSecrets'), onFolder('4_scaffold@1')],
  },
  scaffoldServiceAccount: {
    title: 'Scaffold ServiceAccount…',
    icon: 'new-file',
    menus: [onFolder('4_scaffold@2')],
  },
  scaffoldRole: {
    title: 'Scaffold Role and RoleBinding…',
    icon: 'new-file',
    menus: [onRow('1_make@5', 'serviceAccount')],
  },
  keepKubeconfigFresh: {
    title: 'Keep a Host Kubeconfig Fresh…',
    icon: 'sync',
    menus: [onRow('1_make@6', 'serviceAccount'), onFolder('4_scaffold@3')],
  },
  addProjectedToken: {
    title: 'Add Projected Token to Workload…',
    icon: 'insert',
    menus: [inEditor('2_make@3', WORKLOAD_FILE)],
  },
  createTokenSecret: {
    title: 'Create Token Secret in Cluster…',
    icon: 'add',
    menus: [
      onRow('1_make@2', 'serviceAccount', 'group tokenSecrets'),
      inExplorer('2_make@1', TOKEN_SECRET_FILE),
    ],
  },
  createInCluster: {
    title: 'Create Object at the Cursor in Cluster…',
    icon: 'cloud-upload',
    palette: 'editorIsOpen',
    menus: [inEditor('2_make@1', MANIFEST_FILE)],
  },
  compareWithCluster: {
    title: 'Compare Object at the Cursor with Cluster',
    icon: 'diff',
    palette: 'editorIsOpen',
    menus: [inEditor('2_make@2', MANIFEST_FILE)],
  },
  rotateTokenSecret: {
    title: 'Rotate Token Secret…',
    icon: 'sync',
    menus: [onRow('1_make@4', 'tokenSecret')],
  },
  generateKubeconfig: {
    title: 'Generate Kubeconfig…',
    icon: 'key',
    menus: [
      onRow('inline@1', 'serviceAccount', 'tokenSecret'),
      onRow('1_make@3', 'serviceAccount', 'tokenSecret'),
    ],
  },
  requestToken: {
    title: 'Request Token…',
    icon: 'watch',
    menus: [onRow('1_make@4', 'serviceAccount', 'pod')],
  },
  openTerminalAs: {
    title: 'Open Terminal as This ServiceAccount',
    icon: 'terminal',
    menus: [
      onRowOfKubernetesExtension(
        '9_serviceAccountTokens@2',
        'vsKubernetes\\.resource\\.(sa|serviceaccounts?)\\b',
      ),
      onRow('1_make@5', 'serviceAccount', 'issuedToken'),
      inExplorer('2_make@4', KUBECONFIG_FILE),
    ],
  },
  regenerateKubeconfig: {
    title: 'Regenerate Kubeconfig…',
    icon: 'sync',
    menus: [inExplorer('2_make@2', KUBECONFIG_FILE), inEditor('2_make@4', KUBECONFIG_FILE)],
  },
  verifyKubeconfig: {
    title: 'Verify Kubeconfig',
    icon: 'verified',
    menus: [inExplorer('1_look@2', KUBECONFIG_FILE), inEditor('1_look@2', KUBECONFIG_FILE)],
  },
  makePrivate: {
    title: 'Make File Readable by You Only',
    palette: 'resourceScheme == file',
  },
  revokeToken: {
    title: 'Revoke Token…',
    icon: 'circle-slash',
    menus: [
      onWorkspaceRow('7_end@1', 'workspaceToken living'),
      onRow('7_end@1', 'tokenSecret', 'pod', 'issuedToken living'),
      onRow('inline@2', 'issuedToken living'),
      inExplorer('3_end@1', TOKEN_FILE),
      inEditor('3_end@1', TOKEN_FILE),
    ],
  },
  moveOffLegacyTokens: {
    title: 'Move Off Legacy Tokens…',
    icon: 'history',
    menus: [inTitle('3_end@1')],
  },
  renewIssuedToken: {
    title: 'Renew Issued Token',
    icon: 'sync',
    palette: 'never',
    menus: [onRow('inline@1', 'issuedToken .*renewable'), onRow('1_make@1', 'issuedToken .*renewable')],
  },
  forgetIssuedToken: {
    title: 'Forget Issued Token',
    icon: 'trash',
    palette: 'never',
    menus: [onRow('7_end@2', 'issuedToken')],
  },
  openIssuedFile: {
    title: 'Open File of Issued Token',
    icon: 'go-to-file',
    palette: 'never',
    menus: [onRow('5_look@1', 'issuedToken .*file')],
  },
  explainToken: {
    title: 'Why Unauthorized?',
    icon: 'question',
    decodes: true,
    menus: [
      onWorkspaceRow('5_look@2', 'workspaceToken'),
      onRow('5_look@2', 'tokenSecret', 'pod', 'issuedToken'),
      inExplorer('1_look@3', OTHER_TOKEN_FILE),
      inEditor('1_look@3', OTHER_TOKEN_FILE),
    ],
  },
  explainClipboard: {
    title: 'Why Unauthorized? The Token on the Clipboard',
    icon: 'clippy',
    decodes: true,
  },
  explainKubeconfig: {
    title: 'Why Does This Kubeconfig Fail?',
    icon: 'question',
    menus: [inExplorer('1_look@1', KUBECONFIG_FILE), inEditor('1_look@1', KUBECONFIG_FILE)],
  },
  explainExplorerRow: {
    title: 'Why Unauthorized? This Row of the Kubernetes Extension',
    shortTitle: 'Why Unauthorized?',
    icon: 'question',
    palette: 'never',
    menus: [
      onRowOfKubernetesExtension(
        '9_serviceAccountTokens@1',
        'vsKubernetes\\.((minikubeC|c)luster|resource\\.(pod|secret|sa|serviceaccounts?))\\b',
      ),
    ],
  },
  inspectToken: {
    title: 'Inspect Token',
    icon: 'search-view-icon',
    decodes: true,
    menus: [
      onWorkspaceRow('inline@1', 'workspaceToken'),
      onWorkspaceRow('5_look@1', 'workspaceToken'),
      onRow('5_look@3', 'tokenSecret', 'issuedToken .*file'),
    ],
  },
  openAuditLog: {
    title: 'Open Audit Log…',
    icon: 'history',
    decodes: true,
    menus: [inExplorer('1_look@4', AUDIT_LOG_FILE)],
  },
  whereUsed: {
    title: 'Where Was It Used?',
    icon: 'history',
    decodes: true,
    menus: [
      onWorkspaceRow('5_look@3', 'workspaceToken'),
      onRow('5_look@4', 'serviceAccount', 'tokenSecret', 'issuedToken'),
    ],
  },
  copyClaims: {
    title: 'Copy Claims of the Token at the Cursor as JSON',
    decodes: true,
    palette: 'editorIsOpen',
  },
  copyClaimsAsYaml: {
    title: 'Copy Claims of the Token at the Cursor as YAML',
    decodes: true,
    palette: 'editorIsOpen',
  },
  showClaims: {
    title: 'Show Claims of the Token at the Cursor (Read-Only)',
    icon: 'json',
    decodes: true,
    palette: 'editorIsOpen',
  },
  findTokens: {
    title: 'Tokens in This Workspace',
    icon: 'refresh',
    decodes: true,
    menus: [inTitleOfWorkspace('navigation@1')],
  },
  findTokensEverywhere: {
    title: 'Tokens in This Workspace, Ignored Files Too',
    icon: 'exclude',
    decodes: true,
    menus: [inTitleOfWorkspace('1_find@1')],
  },
  findOutdatedLines: {
    title: 'What Breaks Since 1.24?',
    icon: 'history',
    decodes: true,
    menus: [inTitleOfWorkspace('2_since@1')],
  },
  exportOutdatedLines: {
    title: 'Export What Breaks Since 1.24 as SARIF',
    icon: 'export',
    decodes: true,
    menus: [inTitleOfWorkspace('2_since@2')],
  },
  showFixes: {
    title: 'Show Fixes…',
    icon: 'lightbulb',
    decodes: true,
    palette: 'never',
    menus: [onWorkspaceRow('1_fix@1', '(workspaceToken|outdatedLine)')],
  },
  copySummary: {
    title: 'Copy Summary of the Token at the Cursor, Without the Token',
    decodes: true,
    palette: 'editorIsOpen',
  },
  copyName: {
    title: 'Copy Name',
    icon: 'copy',
    decodes: true,
    palette: 'never',
    key: { other: 'ctrl+c', mac: 'cmd+c' },
    menus: [onRow('9_copy@1', 'namespace', 'serviceAccount', 'tokenSecret', 'pod', 'access', 'setting')],
  },
  openManifest: {
    title: 'Open Manifest (Read-Only)',
    icon: 'go-to-file',
    palette: 'never',
    menus: [onRow('5_look@1', 'namespace', 'serviceAccount', 'tokenSecret', 'pod', 'access')],
  },
  showMore: {
    title: 'Show More',
    icon: 'more',
    decodes: true,
    palette: 'never',
  },
  showReason: {
    title: 'Show the Reason',
    icon: 'info',
    decodes: true,
    palette: 'never',
  },
} as const satisfies Readonly<Record<string, Command>>;
