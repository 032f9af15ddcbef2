import { fieldOf, isDocumentMark, isIndentedBeyond, parentsOf } from './cursorAt.ts';

/** The lines of a text, without their ends. */
export interface Lines {
  readonly count: number;
  line(index: number): string;
}

/** Where a value stands, told from the lines around it: in a template and in invalid YAML too. */
export interface FieldAt {
  /** The fields that it is in, as far as they are known, its own last. */
  readonly path: readonly string[];
  /** Whether the path begins at the top of its document. */
  readonly isWhole: boolean;
  /** The `kind` that stands beside the field that the value's own field is in. */
  readonly kind: string | undefined;
  /** What begins the block scalar that the value is in, as `|` or `>-`, with its line and UTF-16 unit. */
  readonly block: BlockStart | undefined;
}

export interface BlockStart {
  readonly style: string;
  readonly line: number;
  readonly character: number;
}

/** How much of a line is looked at to either side, in UTF-16 units. */
const MOST_OF_LINE = 64 * 1024;
/** How many lines to either side may be looked at for an object's kind. */
const MOST_LINES = 3000;
/** No field's name is longer, and no more than this stands between it and its value, in UTF-16 units. */
const LONGEST = 400;
/** Who writes more braces within one another means harm. */
const MOST_BRACES = 50;

/**
 * Reads which field the value at a UTF-16 unit of a line belongs to. Block style and JSON in lines of their own are read by
 * indentation, as people and programs write it; flow style and JSON in one line by their braces.
 */
export function fieldAt(lines: Lines, line: number, character: number): FieldAt {
  const { text, from, before, value } = valueIn(lines, line, character);
  const { path, opened, start } = fieldsOnLine(before, value);
  const beside = opened === undefined ? undefined : wordOf(besideIn(text.slice(from + opened), 'kind'));
  const rest = before.slice(0, start);
  if (from > 0 || !/^\s*(?:- +)*$/.test(rest.slice(0, LONGEST))) {
    return { path, isWhole: false, kind: beside, block: undefined };
  }
  const parents = parentsOf(rest, (distance) => (distance > line ? undefined : lines.line(line - distance)));
  const whole = [...parents.map(({ name }) => name), ...path];
  if (path.length > 1) {
    const kind = beside ?? wordOf(besideAround(lines, line, rest.length, 'kind'));
    return { path: whole, isWhole: true, kind, block: undefined };
  }
  const isBelow = path.length === 0;
  const holder = parents.at(isBelow ? -2 : -1);
  const kind = holder && wordOf(besideAround(lines, line - holder.distance, holder.column, 'kind'));
  const own = isBelow ? parents.at(-1) : undefined;
  return { path: whole, isWhole: true, kind, block: own && blockStart(lines, line - own.distance) };
}

/** Whether a field of a name stands beside that of the value at a UTF-16 unit of a line, in the same mapping. */
export function hasBeside(lines: Lines, line: number, character: number, name: string): boolean {
  const { text, from, before, value } = valueIn(lines, line, character);
  const own = nameBefore(before, value);
  if (!own) return false;
  const open = openingBefore(before, own.start);
  if (open !== undefined) return besideIn(text.slice(from + open), name) !== undefined;
  return from === 0 && besideAround(lines, line, own.start, name) !== undefined;
}

/** A line, what of it stands before a UTF-16 unit, from where on, and where the value begins in that. */
function valueIn(
  lines: Lines,
  line: number,
  character: number,
): { readonly text: string; readonly from: number; readonly before: string; readonly value: number } {
  const text = lines.line(line);
  const from = Math.max(0, character - MOST_OF_LINE);
  const before = text.slice(from, character);
  const indentation = /^ *(?:- +)*/.exec(before)?.[0].length ?? 0;
  return { text, from, before, value: Math.max(indentation, before.length - lengthBeforeValue(before)) };
}

function wordOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : /^\s*["']?(\w+)/.exec(value)?.[1];
}

/**
 * The fields on a value's own line that it is in, where the first of them begins, and where the object opens that has the
 * last but one; undefined: on another line.
 */
function fieldsOnLine(
  before: string,
  value: number,
): { readonly path: readonly string[]; readonly opened: number | undefined; readonly start: number } {
  const own = nameBefore(before, value);
  if (!own) return { path: [], opened: undefined, start: value };
  const path = [own.name];
  let start = own.start;
  let opened: number | undefined;
  for (let braces = 0; braces < MOST_BRACES; braces++) {
    const open = openingBefore(before, start);
    if (open === undefined) break;
    if (path.length === 2 && before[open] === '{') opened ??= open;
    const holder = nameBefore(before, open);
    if (holder) path.unshift(holder.name);
    start = holder?.start ?? open;
  }
  return { path, opened, start };
}

/** How much stands between a field's colon and a token: an anchor or tag, blanks, quotes and what was caught with it. */
function lengthBeforeValue(text: string): number {
  return /(?:[&!]\S{1,80} +)?["'\\\s]*(?:bearer\s+)?$/i.exec(text.slice(-LONGEST))?.[0].length ?? 0;
}

/** The name of a field whose colon stands before an offset. */
function nameBefore(text: string, offset: number): { name: string; start: number } | undefined {
  const near = text.slice(Math.max(0, offset - LONGEST), offset).trimEnd();
  if (!near.endsWith(':')) return undefined;
  const found = /(?:"([^"\\]+)"|'([^']+)'|([\w./-]+))\s*$/.exec(near.slice(0, -1));
  if (!found) return undefined;
  const [whole, double, single, plain] = found;
  const end = Math.max(0, offset - LONGEST) + near.length - 1;
  return { name: double ?? single ?? plain ?? '', start: end - whole.length };
}

/** Where the brace or bracket opens that an offset is in; undefined: on another line. */
function openingBefore(text: string, offset: number): number | undefined {
  let depth = 0;
  for (let at = offset - 1; at >= 0; at--) {
    const character = text[at];
    if (character === '"') {
      at = text.lastIndexOf('"', at - 1);
      while (at > 0 && isEscaped(text, at)) at = text.lastIndexOf('"', at - 1);
      if (at < 0) return undefined;
    } else if (character === '}' || character === ']') depth++;
    else if ((character === '{' || character === '[') && depth-- === 0) return at;
  }
  return undefined;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

/** The value of a field of the object that opens where a text begins, as far as it is a word. */
function besideIn(text: string, name: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < Math.min(text.length, 2 * MOST_OF_LINE); at++) {
    const character = text[at] ?? '';
    if ('{['.includes(character)) depth++;
    else if ('}]'.includes(character) && --depth === 0) return undefined;
    if (depth === 1 && /["'\w]/.test(character)) {
      const found = /^["']?([\w-]{1,80})["']?\s*:(\s*["']?\w{0,80})/.exec(text.slice(at, at + 240));
      if (found?.[1] === name) return found[2];
    }
    if (character === '"') {
      at = text.indexOf('"', at + 1);
      while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
      if (at < 0) return undefined;
    }
  }
  return undefined;
}

/** The value of a field that stands beside the one at a line and column, in the same mapping, as it is written. */
function besideAround(lines: Lines, index: number, column: number, name: string): string | undefined {
  for (const step of [-1, 1]) {
    for (let at = index; Math.abs(at - index) < MOST_LINES && at >= 0 && at < lines.count; at += step) {
      const text = lines.line(at);
      if (isDocumentMark(text)) break;
      // Empty lines, comments, and the end of what a field of JSON before holds.
      if (/^\s*(?:#|$)/.test(text.slice(0, LONGEST)) || isIndentedBeyond(text, column)) continue;
      if (text.length < LONGEST && /^ *[}\]],?\s*$/.test(text) && text.search(/[}\]]/) === column) continue;
      const field = fieldOf(text);
      const isBeside = field?.column === column && (step < 0 || at === index || field.dash === undefined);
      if (!isBeside) break;
      if (field.name === name) return field.value;
      if (field.dash !== undefined && step < 0) break;
    }
  }
  return undefined;
}

function blockStart(lines: Lines, line: number): BlockStart | undefined {
  if (line < 0) return undefined;
  const text = lines.line(line);
  const found = /(:\s+(?:[&!]\S+\s+)*)([|>][-+\d]{0,2})\s*(?:\s#.*)?$/.exec(text.slice(0, LONGEST));
  if (!found) return undefined;
  const [, before = '', style = ''] = found;
  return { style, line, character: found.index + before.length };
}
