import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import { classifyToken } from '../../token/classify.ts';
import { findTokens } from '../../token/find.ts';
import { isKubeconfig } from './target.ts';

/** Where credentials are kept; other files are not looked into. */
const PATTERN = '**/{*.kubeconfig,*kubeconfig*,*.conf,config,*.yaml,*.yml,*.json,*.env,.env}';
const MOST_FILES = 2000;
/** A file that holds a credential is smaller. In bytes. */
const MOST_BYTES = 1024 * 1024;

/** A file that holds a token. */
export interface Holder {
  readonly uri: vscode.Uri;
  readonly isKubeconfig: boolean;
}

/** The files of the workspace that hold the token of a token Secret, as it says of itself. */
export async function filesWithToken(
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly Holder[]> {
  const uris = await vscode.workspace.findFiles(PATTERN, '**/{node_modules,.git}/**', MOST_FILES);
  const found: Holder[] = [];
  for (const uri of uris) {
    if (signal.aborted) throw new Problem('cancelled', 'Cancelled.');
    const text = await readIfSmall(uri);
    const holds = findTokens(text).some(({ decoded }) => {
      const token = classifyToken(decoded);
      return token.kind === 'legacy' && token.namespace === namespace && token.secret === name;
    });
    if (holds) found.push({ uri, isKubeconfig: isKubeconfig(text) });
  }
  return found;
}

async function readIfSmall(uri: vscode.Uri): Promise<string> {
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MOST_BYTES) return '';
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return ''; // Gone meanwhile, or not ours to read.
    throw error;
  }
}
