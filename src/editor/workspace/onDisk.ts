import * as vscode from 'vscode';
import { readNamedBytes } from '../../files/named.ts';
import { MOST_BYTES, type OnDisk } from './walk.ts';

/** Walks folders on a thread of its own, which is loaded with the first. */
export const onDisk = (extensionUri: vscode.Uri): OnDisk => ({
  walk: async function* (root, options) {
    const { sieved } = await import('./sieved.ts');
    yield* sieved(vscode.Uri.joinPath(extensionUri, 'dist', 'sieve.cjs').fsPath, root, options);
  },
  read: async ({ fsPath }) => await readNamedBytes(fsPath, { most: MOST_BYTES, isOwn: true }),
});
