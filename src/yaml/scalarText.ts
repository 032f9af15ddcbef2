/** What YAML 1.1 reads as something else than a string; of `E0` the library makes a number without digits. */
const NO_WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[\d_]+)$/i;

/** Whether a text needs no quotes, whatever reads it: it is plainly a word. */
export function isWord(text: string): boolean {
  return /^[A-Za-z/][\w./@-]*$/.test(text) && !NO_WORD.test(text);
}

/** A value that is no list and no mapping as YAML: what is not plainly a word is in JSON's quotes, which YAML reads too. */
export function scalarText(value: unknown, isQuoted = false): string {
  return typeof value === 'string' && isWord(value) && !isQuoted ? value : JSON.stringify(value);
}
