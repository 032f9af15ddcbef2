import { parseDocument, type Document } from 'yaml';

/** A range of a text (UTF-16 offsets) and what takes its place; an empty range is an insertion. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with its ranges replaced; those at the same place come in the order given. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: put } of splices.toSorted((one, other) => one.start - other.start)) {
    result += text.slice(at, start) + put;
    at = end;
  }
  return result + text.slice(at);
}

/**
 * Where everything stands in a text, to splice there. Which values these are is not this parser's to say: what kubectl reads
 * in the result tells whether the places were right.
 */
export function parsePlaces(text: string): Document {
  return parseDocument(text, { version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
}
