import { Document, Scalar, visit } from 'yaml';

/** What YAML 1.1 takes for the end of a line or the beginning of a text, and YAML 1.2 for a character like others. */
const BREAKS = ['\u0085', '\u2028', '\u2029', '\ufeff'] as const;

/**
 * A value as block YAML 1.1, which kubectl reads: `on` and `1_000` stay names, and what ends a line there stands by its
 * number. Ends with a line break.
 */
export function blockYaml(value: unknown): string {
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
    document.toString({ lineWidth: 0 }),
  );
}
