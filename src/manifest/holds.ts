import { TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { API_VERSIONS, POD_SPECS } from './kinds.ts';
import { looksLikeKubeconfig } from './looksLikeKubeconfig.ts';

/** What of a text the commands of a file's menu act on. */
export type Held = 'kubeconfigs' | 'tokenSecrets' | 'manifests' | 'workloads';

/** Reads what a text holds, by plain search: of a template, which is no manifest yet, nothing but a kubeconfig. */
export function heldIn(text: string): ReadonlySet<Held> {
  const held = new Set<Held>();
  if (looksLikeKubeconfig(text)) held.add('kubeconfigs');
  if (text.includes('{{')) return held;
  const kinds = new Set(
    [...text.matchAll(/(?:^|[\s{,-])["']?kind["']?\s*:\s*["']?([A-Z][A-Za-z]{1,40})\b/g)].map(
      (found) => found[1] ?? '',
    ),
  );
  if (Object.keys(API_VERSIONS).some((kind) => kinds.has(kind))) held.add('manifests');
  if (kinds.has('Secret') && text.includes(TOKEN_SECRET_TYPE)) held.add('tokenSecrets');
  if ([...kinds].some((kind) => POD_SPECS.has(kind)) && /\bcontainers["']?\s*:/.test(text))
    held.add('workloads');
  return held;
}
