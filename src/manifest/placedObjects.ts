import { isCollection } from 'yaml';
import { isRecord } from '../token/decode.ts';
import type { YamlDocument } from '../yaml/documents.ts';

/** An object of a manifest, and where it stands. */
export interface PlacedObject {
  readonly object: Record<string, unknown>;
  /** The way to it in its document: empty, or into a List. */
  readonly path: readonly (string | number)[];
  /** Where it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The objects of a document: the items of a List, else the one that it is. */
export function placedObjects({ document, value, start, end }: YamlDocument): readonly PlacedObject[] {
  if (!isRecord(value)) return [];
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) {
    return [{ object: value, path: [], start, end }];
  }
  return (items as readonly unknown[]).flatMap((object, index) => {
    if (!isRecord(object)) return [];
    const path = ['items', index];
    const node = document.getIn(path, true);
    const range = isCollection(node) ? node.range : undefined;
    return [{ object, path, start: range?.[0] ?? start, end: range?.[2] ?? end }];
  });
}
