import { unwatchFile, watchFile } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { KubeconfigSource } from '../../cluster/api/contexts.ts';
import { settings } from '../../contributions.ts';
import { asPathList, home, usualKubeconfigs, withHome } from '../../files/system.ts';

/** How often the kubeconfig files are looked at while they are followed, in milliseconds. */
const INTERVAL = 1000;

/** Where contexts come from: files that are merged, or a Pod's own ServiceAccount. */
export interface NamedSource extends KubeconfigSource {
  /** Tells sources apart, in a later session too. */
  readonly id: string;
  /** For people. */
  readonly label: string;
}

/** What the context of a Pod's own ServiceAccount has in place of a file. */
const POD = 'The Pod';

/** The source whose current-context is used where nothing was chosen. */
export const OWN = 'kubeconfig';

/**
 * Every source: the person's own kubeconfig, the files they added (none of which a workspace's settings can name), the
 * files that the Kubernetes extension uses, and the Pod that this runs in. A file stands in the first that has it.
 */
export function namedSources(ofKubernetesExtension: readonly string[]): readonly NamedSource[] {
  const own = kubeconfigSource();
  const known = new Set(filesOf(own));
  const isNew = (file: string): boolean => !known.has(file) && Boolean(known.add(file));
  const added = filesOfSetting(settings.addedKubeconfigs)
    .filter(isNew)
    .map((file) => ({ id: `added ${file}`, label: 'added by you', files: [file] }));
  const others = ofKubernetesExtension.map((file) => resolve(file));
  const used = others.some(isNew)
    ? [
        {
          id: `kubernetes-extension ${asPathList(others)}`,
          label: 'used by the Kubernetes extension',
          files: others,
        },
      ]
    : [];
  const isInPod = (process.env['KUBERNETES_SERVICE_HOST'] ?? '') !== '';
  const pod = { id: 'in-cluster', label: 'this Pod', files: undefined, inCluster: true };
  return [own, ...added, ...used, ...(isInPod ? [pod] : [])];
}

/** The person's own kubeconfig: the files that their setting names (a workspace cannot), else kubectl's. */
export function kubeconfigSource(): NamedSource {
  const files = filesOfSetting(settings.kubeconfig);
  return { id: OWN, label: ownLabel(files), files: files.length > 0 ? files : undefined };
}

/** The files that a setting names, `~` made absolute. */
export function filesOfSetting(setting: string): string[] {
  const named = vscode.workspace.getConfiguration().get<unknown>(setting);
  return (Array.isArray(named) ? named : [])
    .filter((file): file is string => typeof file === 'string' && file.trim() !== '')
    .map((file) => resolve(withHome(file.trim())));
}

/** A path with the home folder as `~`. */
export function tilde(file: string): string {
  return file.startsWith(join(home(), '/')) ? `~${file.slice(home().length)}` : file;
}

function ownLabel(files: readonly string[]): string {
  if (files.length > 0) return 'your settings';
  return (process.env['KUBECONFIG'] ?? '') === '' ? '~/.kube/config' : '$KUBECONFIG';
}

/** Every file that a source may come from, whether it exists or not. */
export function filesOf({ files, inCluster = false }: KubeconfigSource): readonly string[] {
  if (files) return files;
  if (inCluster) return [];
  return usualKubeconfigs();
}

/**
 * Whether a kubeconfig is one that the person has named, outside of any workspace's settings: their own, one that they
 * added, the Pod's. What the Kubernetes extension uses may be named by a folder.
 */
export function isOwn(file: string): boolean {
  const named = namedSources([]);
  return file === POD || named.some((source) => filesOf(source).includes(file));
}

/** A text that differs when there is another source, or a file of one was changed, replaced, made or removed. */
export async function fingerprint(sources: readonly NamedSource[]): Promise<string> {
  const states = await Promise.all(
    sources.map(async (source) => {
      const files = filesOf(source).map(async (file) => {
        const found = await stat(file).catch(() => undefined);
        return [file, found?.ino, found?.size, found?.mtimeMs, found?.ctimeMs].join(' ');
      });
      return [source.id, ...(await Promise.all(files))].join('\n');
    }),
  );
  return states.join('\n\n');
}

/** Calls `changed` when a file of a source changes, until disposed. Looking sees files that appear later, and links that are swapped. */
export function followFiles(sources: readonly NamedSource[], changed: () => void): vscode.Disposable {
  const files = new Set(sources.flatMap(filesOf));
  for (const file of files) watchFile(file, { interval: INTERVAL, persistent: false }, changed);
  return new vscode.Disposable(() => {
    for (const file of files) unwatchFile(file, changed);
  });
}
