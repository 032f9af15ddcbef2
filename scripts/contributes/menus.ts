import type { TreeNode } from '../../src/editor/subject/row.ts';
import { contextKeys, VIEW, WORKSPACE_VIEW } from '../../src/contributions.ts';

/** Where a command stands in a menu: `group` is VS Code's, `navigation@1`. */
export interface Place {
  readonly menu: 'view/title' | 'view/item/context' | typeof EXPLORER | typeof EDITOR;
  readonly group: string;
  /** One of these has to hold, and trust where the command asks for it. */
  readonly when: readonly string[];
  /** Rows of the ServiceAccounts view are there only where the workspace is trusted. */
  readonly isTrustedAnyway?: true;
}

/** The submenus of files, by their ids. */
export const EXPLORER = 'serviceAccountTokens.explorer';
export const EDITOR = 'serviceAccountTokens.editor';

const IS_FILE = '!explorerResourceIsFolder';

/** What is known to be in a file, or seen by its name. */
export const KUBECONFIG_FILE = [
  `resource in ${contextKeys.kubeconfigs}`,
  'resourceExtname == .kubeconfig',
  'resourceFilename == kubeconfig',
];
export const TOKEN_FILE = [`resource in ${contextKeys.tokenFiles}`];
export const OTHER_TOKEN_FILE = [
  `resource in ${contextKeys.tokenFiles} && resource not in ${contextKeys.kubeconfigs}`,
];
export const TOKEN_SECRET_FILE = [`resource in ${contextKeys.tokenSecrets}`];
export const MANIFEST_FILE = [`resource in ${contextKeys.manifests}`];
export const WORKLOAD_FILE = [`resource in ${contextKeys.workloads}`];
export const AUDIT_LOG_FILE = ['resourceFilename =~ /\\.(log|jsonl|gz)$|audit.*\\.json$/'];

/** When each submenu of files is there at all. */
export const submenus = {
  'explorer/context': {
    submenu: EXPLORER,
    when: [
      'explorerResourceIsFolder && isWorkspaceTrusted',
      ...[...TOKEN_FILE, ...KUBECONFIG_FILE, ...TOKEN_SECRET_FILE, ...AUDIT_LOG_FILE].map(
        (one) => `${IS_FILE} && ${one}`,
      ),
    ],
  },
  'editor/context': {
    submenu: EDITOR,
    when: [...TOKEN_FILE, ...KUBECONFIG_FILE, ...MANIFEST_FILE, ...WORKLOAD_FILE],
  },
} as const;

/** In the title of the ServiceAccounts view. */
export function inTitle(group: string, when?: string): Place {
  const isThere = `view == ${VIEW}`;
  return { menu: 'view/title', group, when: [when === undefined ? isThere : `${isThere} && ${when}`] };
}

export function inTitleOfWorkspace(group: string): Place {
  return { menu: 'view/title', group, when: [`view == ${WORKSPACE_VIEW} && workspaceFolderCount > 0`] };
}

/** The context value of a row begins with its kind, and may have more words, as `tree/rows.ts` gives them. */
type RowPattern = TreeNode['kind'] | `${TreeNode['kind']} ${string}`;

/** In the menu of rows of the ServiceAccounts view, or on them where the group is `inline`. */
export function onRow(group: string, ...rows: readonly RowPattern[]): Place {
  const any = rows.length === 1 ? rows[0] : `(${rows.join('|')})`;
  const when = [`view == ${VIEW} && viewItem =~ /^${any}\\b/`];
  return { menu: 'view/item/context', group, when, isTrustedAnyway: true };
}

export function onWorkspaceRow(
  group: string,
  row: 'workspaceToken' | 'workspaceToken living' | '(workspaceToken|outdatedLine)',
): Place {
  return {
    menu: 'view/item/context',
    group,
    when: [`view == ${WORKSPACE_VIEW} && viewItem =~ /^${row}\\b/`],
  };
}

export function onRowOfKubernetesExtension(group: string, pattern: string): Place {
  return {
    menu: 'view/item/context',
    group,
    when: [`view == extension.vsKubernetesExplorer && viewItem =~ /${pattern}/`],
  };
}

/** In the menu of a file in the Explorer. */
export function inExplorer(group: string, file: readonly string[], and?: string): Place {
  const before = [IS_FILE, and].filter((one) => one !== undefined).join(' && ');
  return { menu: EXPLORER, group, when: file.map((one) => `${before} && ${one}`) };
}

/** In the menu of a folder in the Explorer. */
export function onFolder(group: string): Place {
  return { menu: EXPLORER, group, when: ['explorerResourceIsFolder'] };
}

/** In the menu of an editor. */
export function inEditor(group: string, file: readonly string[]): Place {
  return { menu: EDITOR, group, when: file };
}
