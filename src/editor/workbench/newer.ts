// What newer editors have than the oldest that is supported (`engines.vscode`), or than forks: used where it is there.
import * as vscode from 'vscode';

/** The name of a terminal's shell (`bash`, `pwsh`, `cmd`): VS Code tells it since 1.99, where it knows it. */
export function shellNameOf({ state }: vscode.Terminal): string | undefined {
  return 'shell' in state && typeof state.shell === 'string' ? state.shell : undefined;
}

/** Shows an icon of the editor's own on a panel's tab, which takes files alone before VS Code 1.108. */
export function showIcon(panel: vscode.WebviewPanel, iconPath: vscode.ThemeIcon): void {
  if (isSince(108)) Object.assign(panel, { iconPath });
}

/** Whether language models may be given tools: some forks, such as Theia, have no language models. */
export function hasModelTools(): boolean {
  return 'lm' in vscode && typeof vscode.lm === 'object' && 'registerTool' in vscode.lm;
}

/** Whether the editor is VS Code 1.`minor` or later; forks say which one they are made of. */
function isSince(minor: number): boolean {
  const [one, other] = vscode.version.split('.').map(Number);
  return one !== undefined && other !== undefined && (one > 1 || other >= minor);
}
