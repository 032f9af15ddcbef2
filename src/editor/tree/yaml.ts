/** Writes a JSON value as YAML that every parser reads back as the same value: what is not plainly a word is in JSON's quotes. */
export function toYaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item: unknown) => `${indent}-${nested(item, indent)}`).join('')}`;
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}\n';
    return `\n${entries.map(([key, item]) => `${indent}${scalar(key)}:${toYaml(item, `${indent}  `)}`).join('')}`;
  }
  return ` ${scalar(value)}\n`;
}

/** An item of a list: its first field stands on the dash's line. */
function nested(item: unknown, indent: string): string {
  return toYaml(item, `${indent}  `).replace(/^\n\s*/, ' ');
}

function scalar(value: unknown): string {
  const isWord = typeof value === 'string' && /^[A-Za-z/][\w./-]*$/.test(value) && !NO_WORD.test(value);
  return isWord ? value : JSON.stringify(value);
}

/** What YAML 1.1 reads as something else than a string; of `E0` the library makes a number without digits. */
const NO_WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[\d_]+)$/i;
