import { isCollection, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { messageOf, Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';

/** Aliases of a document that are followed; more is a YAML bomb. */
export const MOST_ALIASES = 100;

/** One document of a manifest. */
export interface ManifestDocument {
  readonly document: Document;
  /** Its plain value, merges and aliases followed. */
  readonly value: unknown;
  /** Where it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a manifest, YAML of one or more documents or JSON, as kubectl reads it: YAML 1.1. Throws bad-input, with the
 * place and without repeating the text, which may hold a token.
 */
export function readDocuments(text: string): readonly ManifestDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'error',
  });
  return (Array.isArray(documents) ? documents : []).map((document) => {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new Problem('bad-input', `This is not valid YAML at line ${line}, column ${col}.`);
    }
    const [start, , end] = document.range ?? [0, 0, text.length];
    return { document, value: valueOf(document), start, end };
  });
}

function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new Problem('bad-input', `The aliases of this YAML cannot be followed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

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
export function placedObjects({ document, value, start, end }: ManifestDocument): readonly PlacedObject[] {
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
