import { TOKEN_SECRET_TYPE } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { readTokenSecrets } from '../../manifest/tokenSecret.ts';
import { textIfSmall } from '../workbench/smallFile.ts';

/** A manifest is smaller; what is bigger is data. In bytes. */
const MOST_BYTES = 1024 * 1024;
const MOST_FILES = 5000;
const AT_ONCE = 16;

export interface ManifestFile {
  readonly uri: vscode.Uri;
  readonly text: string;
}

/** The YAML and JSON files of the workspace that hold a word, as they are on disk. */
export async function manifestsWith(word: string, signal: AbortSignal): Promise<readonly ManifestFile[]> {
  const stop = new vscode.CancellationTokenSource();
  const onAbort = (): void => {
    stop.cancel();
  };
  signal.addEventListener('abort', onAbort);
  try {
    const files = await vscode.workspace.findFiles(
      '**/*.{yaml,yml,json}',
      '**/{node_modules,.git}/**',
      MOST_FILES,
      stop.token,
    );
    const found: ManifestFile[] = [];
    for (let at = 0; at < files.length && !signal.aborted; at += AT_ONCE) {
      const read = await Promise.all(files.slice(at, at + AT_ONCE).map(readIfSmall));
      found.push(
        ...read.filter((file) => file?.text.includes(word) === true).filter((file) => file !== undefined),
      );
    }
    if (signal.aborted) throw new Problem('cancelled', 'Cancelled.');
    return found;
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop.dispose();
  }
}

/** The files of the workspace that would make a token Secret again. `namespace` is that of manifests that name none. */
export async function manifestsOfSecret(
  secret: { readonly namespace: string; readonly name: string },
  namespace: string,
  signal: AbortSignal,
): Promise<readonly vscode.Uri[]> {
  const files = await manifestsWith(secret.name, signal);
  return files.filter(({ text }) => makes(text, secret, namespace)).map(({ uri }) => uri);
}

function makes(text: string, { namespace, name }: { namespace: string; name: string }, own: string): boolean {
  if (!text.includes(TOKEN_SECRET_TYPE)) return false;
  try {
    return readTokenSecrets(text).some((one) => one.name === name && (one.namespace ?? own) === namespace);
  } catch (error) {
    if (Problem.is(error)) return false; // A template, or no manifest: nobody applies it as it is.
    throw error;
  }
}

async function readIfSmall(uri: vscode.Uri): Promise<ManifestFile | undefined> {
  const text = await textIfSmall(uri, MOST_BYTES);
  return text === undefined ? undefined : { uri, text };
}
