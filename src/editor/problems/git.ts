import * as vscode from 'vscode';

/** The little of the git extension's published API that is used here (extensions/git/src/api/git.d.ts). */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    getRepository(uri: vscode.Uri): {
      /** Throws where `treeish` (empty: the index) has no such path. */
      getObjectDetails(treeish: string, path: string): Promise<unknown>;
    } | null;
  };
}

/** Whether git tracks a file; false where there is no git, no repository, or no file. */
export async function isTrackedByGit(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme !== 'file') return false;
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension?.isActive || !extension.exports.enabled) return false;
  try {
    const repository = extension.exports.getAPI(1).getRepository(uri);
    if (!repository) return false;
    await repository.getObjectDetails('', uri.fsPath);
    return true;
  } catch {
    return false; // git's way to say that it does not track the file.
  }
}
