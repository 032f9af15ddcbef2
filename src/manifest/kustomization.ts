import { isMap } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { readDocuments } from '../yaml/documents.ts';
import { addItems, checkedEdits } from '../yaml/addItems.ts';
import { lineEndOf, type Edit } from '../yaml/edit.ts';
import { jsonText } from '../yaml/scalarText.ts';

/** What Kustomize reads a folder's list of resources from. */
export const KUSTOMIZATION_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** The namespace that a kustomization puts everything into; undefined where it leaves that to the resources. */
export function kustomizeNamespace(text: string): string | undefined {
  const [one] = readDocuments(text);
  const namespace = isRecord(one?.value) ? one.value['namespace'] : undefined;
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

/**
 * What of a kustomization changes names, `namePrefix` or `nameSuffix`; undefined where none does. Kustomize follows a
 * ServiceAccount's new name into the subjects of bindings, and not into a token Secret's annotation.
 */
export function kustomizeRenames(text: string): string | undefined {
  const [one] = readDocuments(text);
  const { value } = one ?? {};
  if (!isRecord(value)) return undefined;
  return ['namePrefix', 'nameSuffix'].find((key) => typeof value[key] === 'string' && value[key] !== '');
}

/**
 * The edits that add files to a kustomization's `resources`; none for those that are there. Comments and all else stay
 * byte for byte. Throws bad-input where the text is no kustomization.
 */
export function addResources(text: string, paths: readonly string[]): readonly Edit[] {
  const documents = readDocuments(text);
  const [one, ...more] = documents;
  const value = one?.value;
  const root = one?.document.contents;
  if (!one || value === null || value === undefined)
    return checkedEdits(text, [fromNothing(text, paths)], [{ resources: paths }]);
  if (more.length > 0 || !isRecord(value) || !isMap(root)) {
    throw new Problem(
      'bad-input',
      'This kustomization is no single map: Kustomize would not read it either.',
    );
  }
  const listed: unknown = value['resources'] ?? [];
  if (!Array.isArray(listed)) throw new Problem('bad-input', 'resources of this kustomization is no list.');
  const added = paths.filter((path) => !listed.some((has) => clean(has) === clean(path)));
  if (added.length === 0) return [];
  const edits = addItems(text, one.document, root, { resources: added });
  return checkedEdits(text, edits, [{ ...value, resources: [...(listed as readonly unknown[]), ...added] }]);
}

/** A kustomization that is empty, or holds comments alone. */
function fromNothing(text: string, paths: readonly string[]): Edit {
  const eol = lineEndOf(text);
  const lines = ['resources:', ...paths.map((path) => `- ${jsonText(path)}`), ''].join(eol);
  return {
    start: text.length,
    end: text.length,
    text: `${/(?:^\uFEFF?|\n)$/.test(text) ? '' : eol}${lines}`,
  };
}

/** Kustomize reads `./a.yaml` and `a.yaml` as the same. */
function clean(path: unknown): string {
  return String(path).replace(/^\.\//, '');
}
