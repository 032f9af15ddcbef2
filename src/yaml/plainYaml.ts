import { scalarText } from './scalarText.ts';

/** Writes a JSON value as YAML that every parser reads back as the same value: what is not plainly a word is in JSON's quotes. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item: unknown) => `${indent}-${nested(item, indent)}`).join('')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}\n';
    return `\n${entries.map(([key, item]) => `${indent}${scalarText(key)}:${toYaml(item, `${indent}  `)}`).join('')}`;
  }
  return ` ${scalarText(value)}\n`;
}

/** An item of a list: its first field stands on the dash's line. */
function nested(item: unknown, indent: string): string {
  return toYaml(item, `${indent}  `).replace(/^\n\s*/, ' ');
}
