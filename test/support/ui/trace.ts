import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../../sandbox/controlPlane.ts';
import type { Example } from '../../../sandbox/example.ts';
import type { Workbench } from './workbench.ts';

/**
 * Everything that a wizard could have changed in the example, to be compared: files with modes, git's lists, the person's
 * kubeconfig, tabs, the clipboard, records of what was issued, the cluster's objects. `more` are more folders.
 */
export async function traceOf(
  { workspace, editor }: Example,
  cluster: ControlPlane,
  workbench: Workbench,
  more: readonly string[] = [],
): Promise<object> {
  const folders = [workspace, ...more];
  const files = [join(editor.folder, 'kubeconfig')];
  const inFolders = (await Promise.all(folders.map(filesBelow))).flat();
  const records = (await filesBelow(editor.folder)).filter((path) => path.includes('/issued/'));
  const kinds = ['/api/v1/secrets', '/api/v1/serviceaccounts', '/api/v1/configmaps'];
  const rbac = ['roles', 'rolebindings'].map((kind) => `/apis/rbac.authorization.k8s.io/v1/${kind}`);
  return {
    files: await Promise.all([...inFolders, ...files].toSorted().map(inShort)),
    records: await Promise.all(records.toSorted().map(inShort)),
    tabs: await workbench.page.locator('.tab .label-name').allInnerTexts(),
    clipboard: await workbench.clipboard(),
    objects: (
      await Promise.all([...kinds, ...rbac].map(async (path) => await objectsAt(cluster, path)))
    ).flat(),
  };
}

/** Of git's own folder only its list of what to ignore: git and the editor write the rest whenever they look. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('/.git/') || path.endsWith('/.git/info/exclude'));
}

async function inShort(path: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('base64url');
  return `${path} ${((await stat(path)).mode & 0o777).toString(8)} ${hash}`;
}

interface Listed {
  readonly items: readonly {
    readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
  }[];
}
async function objectsAt(cluster: ControlPlane, path: string): Promise<string[]> {
  const { items } = (await cluster.request('GET', path)) as Listed;
  return items.map(({ metadata: { namespace, name, uid } }) => `${path} ${namespace}/${name} ${uid}`);
}
