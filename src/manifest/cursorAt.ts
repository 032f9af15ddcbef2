/** What is being typed in a manifest, told from its lines alone: while it is typed, it is no valid YAML. */
export interface Cursor {
  /** The fields from the top of the document to the one that is typed, or whose value is: `metadata`, `annotations`, … */
  readonly path: readonly string[];
  readonly is: 'key' | 'value';
  /** What has been typed of it, and at which UTF-16 unit of its line that begins. */
  readonly typed: string;
  readonly from: number;
  /** The quote that it stands in. */
  readonly quote: '"' | "'" | '';
  /** Whether a value is to begin right behind its colon, where YAML needs a space first. */
  readonly needsSpace: boolean;
}

/** How many lines above are looked at. */
const MOST_LINES = 3000;
/** No field's name is longer, with its indentation, in UTF-16 units. */
const LONGEST_NAME = 400;

/**
 * Reads where the end of `line` is. `above` gives the lines before it, the nearest first; undefined: there is none.
 * Of JSON and flow style only the last field is known. Undefined where nothing of ours could be typed.
 */
export function cursorAt(line: string, above: (distance: number) => string | undefined): Cursor | undefined {
  const colon = lastColon(line);
  if (colon >= 0) return valueAt(line, colon, above);
  const key = /^(\s*(?:- +)*)(["']?)([\w./-]*)$/.exec(line);
  if (!key) return undefined;
  const [, before = '', quote = '', typed = ''] = key;
  return {
    path: parentsOf(before, above).map(({ name }) => name),
    is: 'key',
    typed,
    from: line.length - typed.length,
    quote: asQuote(quote),
    needsSpace: false,
  };
}

/** The last colon that ends a field's name. */
function lastColon(line: string): number {
  for (let at = line.lastIndexOf(':'); at >= 0; at = at === 0 ? -1 : line.lastIndexOf(':', at - 1)) {
    if (at === line.length - 1 || /\s/.test(line[at + 1] ?? '')) return at;
  }
  return -1;
}

function valueAt(
  line: string,
  colon: number,
  above: (distance: number) => string | undefined,
): Cursor | undefined {
  const value = /^\s*(?:(["'])([^"'#{}[\],]*)|([^\s"'#{}[\],][^"'#{}[\],]*)?)$/.exec(line.slice(colon + 1));
  const name = /(?:"([^"]+)"|'([^']+)'|([\w./-]+))$/.exec(
    line.slice(0, colon).trimEnd().slice(-LONGEST_NAME),
  );
  if (!value || !name) return undefined;
  const [, quote = '', inQuotes, bare = ''] = value;
  const typed = inQuotes ?? bare;
  const [whole, double, single, plain] = name;
  const before = line.slice(0, line.slice(0, colon).trimEnd().length - whole.length);
  const isFlow = /[{,]\s*$/.test(before.slice(-LONGEST_NAME));
  if (!isFlow && !/^\s*(?:- +)*$/.test(before)) return undefined;
  return {
    path: [
      ...(isFlow ? [] : parentsOf(before, above).map(({ name }) => name)),
      double ?? single ?? plain ?? '',
    ],
    is: 'value',
    typed,
    from: line.length - typed.length,
    quote: asQuote(quote),
    needsSpace: line.endsWith(':'),
  };
}

/** A field that another is in, and where its name begins. */
export interface Parent {
  readonly name: string;
  /** How many lines above. */
  readonly distance: number;
  /** In UTF-16 units. */
  readonly column: number;
}

/**
 * The fields that a field is in, the outermost first, by the indentation of the lines above it. `before` is what stands
 * before it on its line: blanks and dashes.
 */
export function parentsOf(before: string, above: (distance: number) => string | undefined): Parent[] {
  const parents: Parent[] = [];
  let column = before.length;
  let isInItem = before.includes('-');
  if (isInItem) column = before.indexOf('-');
  for (let distance = 1; distance <= MOST_LINES && (column > 0 || isInItem); distance++) {
    const line = above(distance);
    if (line === undefined || isDocumentMark(line)) break;
    if (isIndentedBeyond(line, column)) continue;
    const found = fieldOf(line);
    if (!found) {
      // JSON in lines of its own: what opens here is what it is in.
      if (line.length <= LONGEST_NAME && /^ *[[{]\s*$/.test(line))
        column = Math.min(column, line.search(/[[{]/));
      continue;
    }
    const { name, column: keyColumn, dash } = found;
    if (keyColumn < column || (isInItem && keyColumn === column)) {
      parents.unshift({ name, distance, column: keyColumn });
      column = keyColumn;
      isInItem = false;
    }
    if (dash !== undefined && keyColumn === column && !isInItem) {
      column = dash;
      isInItem = true;
    }
  }
  return parents;
}

/** Whether a line separates documents. */
export function isDocumentMark(line: string): boolean {
  return /^(?:---|\.\.\.)(?:\s|$)/.test(line);
}

/** Whether more blanks begin a line than `column`. */
export function isIndentedBeyond(line: string, column: number): boolean {
  for (let at = 0; at <= column; at++) if (line[at] !== ' ') return false;
  return true;
}

/** The field whose name a line begins with, the columns of its name and of the first dash before it, and its value. */
export function fieldOf(line: string):
  | {
      readonly name: string;
      readonly column: number;
      readonly dash: number | undefined;
      readonly value: string;
    }
  | undefined {
  const start = line.slice(0, LONGEST_NAME);
  const found = /^( *)((?:- +)*)(?:"([^"]+)"|'([^']+)'|([\w./-]+)) *:(?=\s|$)/.exec(start);
  if (!found) return undefined;
  const [whole, spaces = '', dashes = '', double, single, plain] = found;
  return {
    name: double ?? single ?? plain ?? '',
    column: spaces.length + dashes.length,
    dash: dashes === '' ? undefined : spaces.length,
    value: start.slice(whole.length),
  };
}

function asQuote(text: string): Cursor['quote'] {
  return text === '"' || text === "'" ? text : '';
}
