import type { Node } from 'yaml';
import { placeOfValue } from '../yaml/fields.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import type { DocumentProblem } from './problem.ts';

/**
 * Checks how containers mount a volume with projected tokens: one file of it is mounted as it is at first, and does not change
 * when the kubelet writes another (kubernetes.io/docs/concepts/storage/projected-volumes).
 */
export function checkMounts(
  yaml: YamlText,
  mounts: readonly Node[],
  projections: readonly Field[],
): DocumentProblem<'projection-by-sub-path'>[] {
  const tokens = projections.flatMap((projection) => yaml.filled(yaml.field(projection, 'path')) ?? []);
  return mounts.flatMap((mount) => {
    const field = yaml.field(mount, 'subPath');
    const path = yaml.filled(field);
    if (!field?.value || !tokens.some((token) => token === path || token.startsWith(`${path ?? ''}/`)))
      return [];
    const message =
      'Mounted with subPath, the token is never renewed here: the kubelet writes new ones into the volume, but this container keeps the first one, which expires. Mount the whole volume as a directory.';
    return [{ rule: 'projection-by-sub-path', message, ...placeOfValue(field), fixes: () => [] }];
  });
}
