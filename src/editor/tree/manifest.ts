import * as vscode from 'vscode';
import type { ClusterRequest } from '../../cluster/api/cluster.ts';
import { Problem } from '../../errors.ts';
import { harmless } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import type { Services } from '../workbench/services.ts';
import type { TreeNode } from '../subject/row.ts';
import { MANIFEST_SCHEME } from './ids.ts';
import { rbacPath } from './objectPath.ts';
import { rowKind } from './rows/kinds.ts';
import { toYaml } from '../../yaml/plainYaml.ts';

const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Where the manifest of a row is shown; undefined for rows that are no object. */
export function manifestUri(node: TreeNode): vscode.Uri | undefined {
  const path = rowKind(node.kind).path?.(node);
  return path === undefined ? undefined : uriOf(path);
}

/** An object of the selected cluster as it is now. Of a Secret only its metadata is asked for. Throws a Problem. */
export async function manifestAt(
  { contexts }: Services,
  uri: vscode.Uri,
  signal: AbortSignal,
): Promise<string> {
  const path = pathAt(uri);
  if (path === undefined) throw new Problem('not-found', 'There is no such document.');
  const isSecret = path.includes('/secrets/');
  const request: ClusterRequest = isSecret ? { path, accept: METADATA_ONLY } : { path };
  const cluster = await contexts.cluster();
  const { status, body } = await cluster.ask(request, signal);
  if (status !== 200) {
    throw new Problem(
      status === 404 ? 'not-found' : 'refused',
      `The API server answered ${status} for ${path}.`,
    );
  }
  const yaml = redact(toYaml(withoutNoise(body)).trimStart());
  return isSecret ? `# The metadata of the Secret. Its data was not asked for.\n${yaml}` : yaml;
}

/** All that is shown: one object each, never a list, and nothing that a Secret's data could come from. */
const SHOWN: readonly RegExp[] = [
  /^\/api\/v1\/namespaces\/[^/]+$/,
  /^\/api\/v1\/namespaces\/[^/]+\/(?:serviceaccounts|secrets|pods)\/[^/]+$/,
  /^\/apis\/rbac\.authorization\.k8s\.io\/v1\/(?:clusterroles|clusterrolebindings)\/[^/]+$/,
  /^\/apis\/rbac\.authorization\.k8s\.io\/v1\/namespaces\/[^/]+\/(?:roles|rolebindings)\/[^/]+$/,
];

/** The path to ask the server for; undefined where the uri is of somebody else's making, as a link in a document may be. */
function pathAt({ path: named }: vscode.Uri): string | undefined {
  const path = named.replace(/\.yaml$/, '');
  const segments = path.split('/');
  if (!SHOWN.some((one) => one.test(path)) || segments.some((one) => one === '.' || one === '..')) {
    return undefined;
  }
  return segments.map(encodeURIComponent).join('/');
}

/** Where the binding that gives a role is shown. */
export function bindingUri({ info: { binding } }: TreeNode & { readonly kind: 'access' }): vscode.Uri {
  const plural = binding.namespace === '' ? 'clusterrolebindings' : 'rolebindings';
  const path = rbacPath(binding.namespace, plural, binding.name);
  return uriOf(path);
}

/** The tab shows the name of the object. One that hides something is of no API server that checks names. */
function uriOf(path: string): vscode.Uri {
  if (harmless(path, path.length) !== path) {
    throw new Problem('refused', `${path} is no name that an API server takes, so it is not asked for.`);
  }
  return vscode.Uri.from({ scheme: MANIFEST_SCHEME, path: `${path}.yaml` });
}

/** Leaves out managedFields, and what kubectl last applied, which can repeat a Secret's data. */
function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key]) => key !== 'managedFields' && key !== 'kubectl.kubernetes.io/last-applied-configuration',
      )
      .map(([key, inner]) => [key, withoutNoise(inner)]),
  );
}
