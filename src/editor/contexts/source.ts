import { unwatchFile, watchFile } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { KubeconfigSource } from '../../cluster/api.ts';
import { settings } from '../../contributions.ts';

/** How often the kubeconfig files are looked at while they are followed, in milliseconds. */
const INTERVAL = 1000;

/** The kubeconfig files that the user's own setting names (a workspace cannot), `~` made absolute; else kubectl's. */
export function kubeconfigSource(): KubeconfigSource {
  const named = vscode.workspace.getConfiguration().get<unknown>(settings.kubeconfig);
  const files = (Array.isArray(named) ? named : [])
    .filter((file): file is string => typeof file === 'string' && file.trim() !== '')
    .map((file) => file.trim().replace(/^~(?=$|[/\\])/, homedir()));
  return { files: files.length > 0 ? files : undefined };
}

/** Every file that a source may come from, whether it exists or not. */
export function filesOf({ files }: KubeconfigSource): readonly string[] {
  if (files) return files;
  const listed = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  return listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
}

/** A text that differs when a file of the source was changed, replaced, made or removed. */
export async function fingerprint(source: KubeconfigSource): Promise<string> {
  const states = await Promise.all(
    filesOf(source).map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return [file, found?.ino, found?.size, found?.mtimeMs].join(' ');
    }),
  );
  return states.join('\n');
}

/** Calls `changed` when a file of the source changes, until disposed. Looking sees files that appear later, and links that are swapped. */
export function followFiles(source: KubeconfigSource, changed: () => void): vscode.Disposable {
  const files = filesOf(source);
  for (const file of files) watchFile(file, { interval: INTERVAL, persistent: false }, changed);
  return new vscode.Disposable(() => {
    for (const file of files) unwatchFile(file, changed);
  });
}
