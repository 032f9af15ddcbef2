import { isMap, isScalar, isSeq, visit, type Document, type YAMLMap, type YAMLSeq } from 'yaml';

/** How somebody writes YAML: what is added to a file is written as the rest of it. */
export interface Layout {
  /** Whether the dashes of a list stand deeper than its key. */
  readonly indentSeq: boolean;
  /** How texts are quoted that need it not. */
  readonly quotes: Quotes;
}

const QUOTES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'] as const;
type Quotes = (typeof QUOTES)[number];

/** What is most often done in a document; where it has no list, dashes below the key, as kubectl writes them. */
export function layoutOf(text: string, document: Document): Layout {
  let deeper = 0;
  const quoted: Record<Quotes, number> = { PLAIN: 0, QUOTE_SINGLE: 0, QUOTE_DOUBLE: 0 };
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || !isSeq(value) || value.flow === true || !key.range || !value.range) return;
      const [from] = key.range;
      const [at] = value.range;
      const column = (offset: number): number => offset - text.lastIndexOf('\n', offset - 1);
      deeper += column(at) > column(from) ? 1 : -1;
    },
    Scalar(key, { type, value }) {
      const quotes = QUOTES.find((one) => one === type);
      if (key !== 'key' && typeof value === 'string' && quotes) quoted[quotes] += 1;
    },
  });
  const [first] = QUOTES.toSorted((one, other) => quoted[other] - quoted[one]);
  return { indentSeq: deeper > 0, quotes: first ?? 'PLAIN' };
}

/** Whether the keys of a flow collection's maps stand without quotes, as they cannot in JSON. */
export function hasPlainKeys(collection: YAMLMap | YAMLSeq): boolean {
  const map = isMap(collection) ? collection : collection.items.find((one) => isMap(one));
  const key = map?.items[0]?.key;
  return isScalar(key) && key.type === 'PLAIN';
}
