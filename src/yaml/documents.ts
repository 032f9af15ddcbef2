import { LineCounter, parseAllDocuments, parseDocument, type Document } from 'yaml';
import { messageOf, Problem } from '../errors.ts';

/** Aliases of a document that are followed; more is a YAML bomb. */
export const MOST_ALIASES = 100;

/** YAML 1.1 is what kubectl reads. */
export const AS_KUBECTL = { version: '1.1', prettyErrors: false, logLevel: 'error' } as const;

/** One document of a text. */
export interface YamlDocument {
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
export function readDocuments(text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { ...AS_KUBECTL, lineCounter: lines });
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

/**
 * Where everything stands in a text of one document, also of one that is flawed. Which values these are is not this
 * parser's to say: what kubectl reads in the result of an edit tells whether the places were right.
 */
export function parsePlaces(text: string): Document {
  return parseDocument(text, { ...AS_KUBECTL, uniqueKeys: false });
}
