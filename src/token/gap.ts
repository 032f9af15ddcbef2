import { isAlphanumeric } from './base64.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;

/**
 * Where a token that is broken over lines goes on, after `index`: past one line break (with the blanks and the
 * backslash of a shell or YAML string before it, and the indentation after it), or past one that is escaped (`\n`).
 * `index` itself where there is no line break.
 */
export function afterLineBreak(text: string, index: number): number {
  let at = afterBlanks(text, index);
  let unit = text.charCodeAt(at);
  if (unit === BACKSLASH) {
    const next = text[at + 1];
    if (next === 'n') return at + 2;
    if (next === 'r' && text.startsWith('\\n', at + 2)) return at + 4;
    unit = text.charCodeAt(++at);
  }
  if (unit === CR) {
    at += text.charCodeAt(at + 1) === LF ? 2 : 1;
  } else if (unit === LF) at++;
  else return index;
  return afterBlanks(text, at);
}

/** The same, also past the break that mail puts into long lines (RFC 2045 section 6.7, quoted-printable): `=` ends the line. */
export function afterSoftBreak(text: string, index: number): number {
  if (text.charCodeAt(index) !== EQUALS) return afterLineBreak(text, index);
  const at = index + (text.charCodeAt(index + 1) === CR ? 2 : 1);
  return text.charCodeAt(at) === LF ? at + 1 : index;
}

/** No line is indented by more, in UTF-16 units: what is further away does not belong together. */
const MAX_BLANKS = 256;

function afterBlanks(text: string, index: number): number {
  const limit = index + MAX_BLANKS;
  let at = index;
  for (let unit = text.charCodeAt(at); unit === SPACE || unit === TAB; unit = text.charCodeAt(++at)) {
    if (at === limit) return index;
  }
  return at;
}

/** What may close a token: a token's last line is followed by nothing else. */
const CLOSING = new Set('"\'`=,;<>)]}&|\\'.split('').map((character) => character.charCodeAt(0)));

/** Whether the line whose last token character stands before `index` holds nothing after it but what closes a value. */
export function isLineDone(text: string, index: number): boolean {
  return index >= text.length || CLOSING.has(text.charCodeAt(index)) || afterLineBreak(text, index) > index;
}

/** The text from `start` to `end` without the line breaks, blanks and backslashes within. */
export function withoutLineBreaks(text: string): string {
  return text.replaceAll(/\\r\\n|\\n|[\\\s]/g, '');
}

/** The same without the signs by which mail breaks lines. */
export function withoutSoftBreaks(text: string): string {
  return withoutLineBreaks(text).replaceAll('=', '');
}

/** Where a run of base64 letters and digits ends that begins at `start`. Reads no further than `limit`. */
export function base64LineEnd(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && isAlphanumeric(text.charCodeAt(at))) at++;
  return at;
}

/** Where such a run ends with the lines after it that hold nothing else; `lineEnd` is where its first line ends. */
export function base64LinesEnd(text: string, lineEnd: number, limit: number): number {
  let lines = lineEnd;
  while (lines < limit) {
    const next = afterLineBreak(text, lines);
    const end = base64LineEnd(text, next, limit);
    if (next === lines || end === next || !isLineDone(text, end)) break;
    lines = end;
  }
  return lines;
}

/** The UTF-16 offset in `text` of the base64 character that is the nth of the run at `start`. */
export function offsetInLines(text: string, start: number, nth: number): number {
  let at = start;
  for (let left = nth; ; at = afterLineBreak(text, at)) {
    const end = base64LineEnd(text, at, Math.min(text.length, at + left + 1));
    if (end - at > left) return at + left;
    left -= end - at;
    at = end;
  }
}
