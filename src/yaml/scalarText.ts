/** What YAML 1.1 reads as something else than a string; of `E0` the library makes a number without digits. */
const NO_WORD = /^(?:y|n|yes|no|on|off|true|false|null|e[\d_]+)$/i;

/** Whether a text needs no quotes, whatever reads it: it is plainly a word. */
export function isWord(text: string): boolean {
  return /^[A-Za-z/][\w./@-]*$/.test(text) && !NO_WORD.test(text);
}

/**
 * What YAML 1.1 takes for the end of a line or the beginning of a text, and what kubectl's reader takes for no text at all
 * (go.yaml.in/yaml readerc.go): all of it may stand in JSON, and in YAML 1.2.
 */
const UNREAD = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** Whether a text can be written in double quotes alone, with some of its characters by their numbers. */
export function needsNumbers(text: string): boolean {
  return text.search(UNREAD) >= 0;
}

/** A text of YAML or JSON, within which such characters stand in double quotes alone, with their numbers. */
export function withNumbers(text: string): string {
  return text.replaceAll(UNREAD, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A value as JSON that YAML reads as the same value, on lines of their own where these are indented. */
export function jsonText(value: unknown, indentation?: string): string {
  return withNumbers(JSON.stringify(value, undefined, indentation));
}

/** A value that is no list and no mapping as YAML: what is not plainly a word is in JSON's quotes, which YAML reads too. */
export function scalarText(value: unknown, isQuoted = false): string {
  return typeof value === 'string' && isWord(value) && !isQuoted ? value : jsonText(value);
}
