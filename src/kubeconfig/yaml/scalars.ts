import type { Cursor, Mark } from './cursor.ts';

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001B'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00A0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const ESCAPED_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** What stands between two pieces of a scalar: blanks, or line breaks to be folded. */
class Gap {
  blanks = '';
  first = '';
  more = '';
  /** Whether a line has ended in it. */
  isFolded = false;

  /** Goes over blanks and line breaks; `check` sees each blank that begins a line. */
  read(cursor: Cursor, check?: () => void): void {
    for (;;) {
      if (cursor.isBlank()) {
        if (this.isFolded) check?.();
        else this.blanks += cursor.at();
        cursor.skip();
      } else if (!cursor.isBreak()) {
        return;
      } else if (this.isFolded) {
        this.more += cursor.readLine();
      } else {
        this.blanks = '';
        this.first = cursor.readLine();
        this.isFolded = true;
      }
    }
  }

  /** The gap as the scalar has it; it is empty again afterwards. */
  take(): string {
    const folded = this.first === '\n' ? this.more || ' ' : `${this.first}${this.more}`;
    const taken = this.isFolded ? folded : this.blanks;
    this.blanks = '';
    this.first = '';
    this.more = '';
    this.isFolded = false;
    return taken;
  }
}

/** Scans a plain scalar as libyaml does; `isMultiline` where line ends follow it. Throws YamlFault. */
export function scanPlain(
  cursor: Cursor,
  indent: number,
  isInFlow: boolean,
): { value: string; isMultiline: boolean } {
  const gap = new Gap();
  const goesOn = (): boolean =>
    !cursor.isBlankOrEnd() &&
    !(cursor.is(':') && cursor.isBlankOrEnd(1)) &&
    !(isInFlow && cursor.is(',?[]{}'));
  let value = '';
  while (!cursor.isDocumentIndicator() && !cursor.is('#')) {
    const piece = cursor.readWhile(goesOn);
    if (piece !== '') value += gap.take() + piece;
    if (!cursor.isBlank() && !cursor.isBreak()) break;
    gap.read(cursor, () => {
      if (cursor.column < indent && cursor.is('\t')) {
        throw cursor.refusal('a tab stands where a line is indented');
      }
    });
    if (!isInFlow && cursor.column < indent) break;
  }
  return { value, isMultiline: gap.isFolded };
}

/** Scans a quoted scalar, from its first quote on, as libyaml does. Throws YamlFault. */
export function scanQuoted(cursor: Cursor): string {
  const start = cursor.mark();
  const quote = cursor.at();
  cursor.skip();
  const gap = new Gap();
  let value = '';
  for (;;) {
    if (cursor.isDocumentIndicator()) throw cursor.refusal('a document ends within quotes', start);
    if (cursor.isEnd()) throw cursor.refusal('a quote is not closed', start);
    value += quote === '"' ? readDouble(cursor, gap) : readSingle(cursor);
    if (cursor.is(quote)) {
      cursor.skip();
      return value;
    }
    gap.read(cursor);
    value += gap.take();
  }
}

function readSingle(cursor: Cursor): string {
  let value = '';
  for (;;) {
    value += cursor.readWhile(() => !cursor.isBlankOrEnd() && !cursor.is("'"));
    if (!cursor.is("'") || !cursor.is("'", 1)) return value;
    value += "'";
    cursor.skip(2);
  }
}

/** An escaped line break begins a gap that has no blank in it. */
function readDouble(cursor: Cursor, gap: Gap): string {
  let value = '';
  for (;;) {
    value += cursor.readWhile(() => !cursor.isBlankOrEnd() && !cursor.is('"\\'));
    if (!cursor.is('\\')) return value;
    if (cursor.isBreak(1)) {
      cursor.skip();
      cursor.readLine();
      gap.isFolded = true;
      return value;
    }
    value += readEscape(cursor);
  }
}

function readEscape(cursor: Cursor): string {
  const name = cursor.at(1);
  const digits = ESCAPED_DIGITS.get(name);
  const known = ESCAPES.get(name);
  if (digits === undefined) {
    if (known === undefined) throw cursor.refusal('there is an unknown escape');
    cursor.skip(2);
    return known;
  }
  cursor.skip(2);
  const hex = cursor.text.slice(cursor.offset, cursor.offset + digits);
  if (hex.length < digits || !/^[0-9a-f]+$/i.test(hex)) throw cursor.refusal('an escape lacks digits');
  const code = Number.parseInt(hex, 16);
  if ((code >= 0xd8_00 && code <= 0xdf_ff) || code > 0x10_ff_ff) {
    throw cursor.refusal('an escape is no character');
  }
  cursor.skip(digits);
  return String.fromCodePoint(code);
}

/** Scans a block scalar, from its `|` or `>` on, as libyaml does. `parent` is the indentation around it. Throws YamlFault. */
export function scanBlock(cursor: Cursor, parent: number): string {
  const start = cursor.mark();
  const isLiteral = cursor.is('|');
  cursor.skip();
  const { chomping, increment } = readHeader(cursor, start);
  const lines = new BlockLines(cursor, start, parent, increment);
  let value = '';
  let lineBreak = '';
  let wasBlank = false;
  let breaks = lines.skipBreaks();
  while (cursor.column === lines.indent && !cursor.isEnd()) {
    const isBlank = cursor.isBlank();
    const isFolded = !isLiteral && !wasBlank && !isBlank && lineBreak === '\n';
    if (!isFolded) value += lineBreak;
    else if (breaks === '') value += ' ';
    value += breaks;
    wasBlank = isBlank;
    value += cursor.readWhile(() => !cursor.isBreakOrEnd());
    lineBreak = cursor.readLine();
    breaks = lines.skipBreaks();
  }
  if (chomping !== '-') value += lineBreak;
  if (chomping === '+') value += breaks;
  return value;
}

/** `|`, `>-`, `|2+`: which line breaks at the end stay, and how far it is indented. */
function readHeader(cursor: Cursor, start: Mark): { chomping: string; increment: number } {
  const chomp = (): string => {
    const found = cursor.is('+-') ? cursor.at() : '';
    if (found !== '') cursor.skip();
    return found;
  };
  let chomping = chomp();
  let increment = 0;
  if (cursor.is('0123456789')) {
    increment = Number(cursor.at());
    if (increment === 0) throw cursor.refusal('an indentation of 0 is none', start);
    cursor.skip();
    if (chomping === '') chomping = chomp();
  }
  cursor.skipRestOfLine();
  if (!cursor.isBreakOrEnd()) throw cursor.refusal('something follows the mark of a block of text', start);
  cursor.readLine();
  return { chomping, increment };
}

/** The indentation of a block scalar: what its mark says, else that of its first line. */
class BlockLines {
  readonly #cursor: Cursor;
  readonly #start: Mark;
  readonly #least: number;
  indent: number;

  constructor(cursor: Cursor, start: Mark, parent: number, increment: number) {
    this.#cursor = cursor;
    this.#start = start;
    this.#least = Math.max(parent + 1, 1);
    this.indent = increment === 0 ? 0 : Math.max(parent, 0) + increment;
  }

  /** Goes over indentation and empty lines; returns their line breaks. */
  skipBreaks(): string {
    const cursor = this.#cursor;
    const isBefore = (): boolean => this.indent === 0 || cursor.column < this.indent;
    let breaks = '';
    let deepest = 0;
    for (;;) {
      cursor.readWhile(() => isBefore() && cursor.is(' '));
      deepest = Math.max(deepest, cursor.column);
      if (isBefore() && cursor.is('\t')) {
        throw cursor.refusal('a tab stands where a block of text is indented', this.#start);
      }
      if (!cursor.isBreak()) break;
      breaks += cursor.readLine();
    }
    if (this.indent === 0) this.indent = Math.max(deepest, this.#least);
    return breaks;
  }
}
