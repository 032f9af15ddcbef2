import { Document, Scalar, visit, type ToStringOptions } from 'yaml';
import type { Layout } from './layout.ts';

/** How it is written where nothing is there to go by. */
export const PLAIN: Layout = { indentSeq: true, quotes: 'PLAIN' };

/** What YAML 1.1 takes for the end of a line or the beginning of a text, and YAML 1.2 for a character like others. */
const BREAKS = ['\u0085', '\u2028', '\u2029', '\ufeff'] as const;

/**
 * A value as block YAML 1.1, which kubectl reads: `on` and `1_000` stay names, and what ends a line there stands by its
 * number. Ends with a line break. `layout` is how the rest of a file is written.
 */
export function blockYaml(value: unknown, layout: Layout = PLAIN): string {
  return yamlOf(value, layout, {});
}

/** The same in one line, `{ a: [b] }`, without a line break. */
export function flowYaml(value: unknown, layout: Layout, hasPadding: boolean): string {
  return yamlOf(value, layout, { collectionStyle: 'flow', flowCollectionPadding: hasPadding }).trimEnd();
}

function yamlOf(value: unknown, { indentSeq, quotes }: Layout, options: ToStringOptions): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      const { value: text } = node;
      const isBroken = typeof text === 'string' && BREAKS.some((one) => text.includes(one));
      if (isBroken) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return BREAKS.reduce(
    (text, one) => text.replaceAll(one, `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
    document.toString({
      lineWidth: 0,
      indentSeq,
      defaultStringType: quotes,
      defaultKeyType: 'PLAIN',
      ...options,
    }),
  );
}
