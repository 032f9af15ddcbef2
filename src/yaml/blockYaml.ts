import { Document, Scalar, visit, type ToStringOptions } from 'yaml';
import type { Layout } from './layout.ts';
import { needsNumbers, withNumbers } from './scalarText.ts';

/** How it is written where nothing is there to go by. */
export const PLAIN: Layout = { indentSeq: true, quotes: 'PLAIN' };

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
      if (typeof text === 'string' && needsNumbers(text)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return withNumbers(
    document.toString({
      lineWidth: 0,
      indentSeq,
      defaultStringType: quotes,
      defaultKeyType: 'PLAIN',
      ...options,
    }),
  );
}
