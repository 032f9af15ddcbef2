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
    path: pathOf(before, above),
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
  const value = /^\s*(["']?)([^"'#{}[\],]*)$/.exec(line.slice(colon + 1));
  const name = /(?:"([^"]+)"|'([^']+)'|([\w./-]+))$/.exec(
    line.slice(0, colon).trimEnd().slice(-LONGEST_NAME),
  );
  if (!value || !name) return undefined;
  const [, quote = '', typed = ''] = value;
  const [whole, double, single, plain] = name;
  const before = line.slice(0, line.slice(0, colon).trimEnd().length - whole.length);
  const isFlow = /[{,]\s*$/.test(before.slice(-LONGEST_NAME));
  if (!isFlow && !/^\s*(?:- +)*$/.test(before)) return undefined;
  return {
    path: [...(isFlow ? [] : pathOf(before, above)), double ?? single ?? plain ?? ''],
    is: 'value',
    typed,
    from: line.length - typed.length,
    quote: asQuote(quote),
    needsSpace: line.endsWith(':'),
  };
}

/** The fields that a field is in, by the indentation of the lines above it. */
function pathOf(before: string, above: (distance: number) => string | undefined): string[] {
  const path: string[] = [];
  let column = before.length;
  let isInItem = before.includes('-');
  if (isInItem) column = before.indexOf('-');
  for (let distance = 1; distance <= MOST_LINES && (column > 0 || isInItem); distance++) {
    const line = above(distance);
    if (line === undefined || /^(?:---|\.\.\.)(?:\s|$)/.test(line)) break;
    const found = /^( *)((?:- +)*)(?:"([^"]+)"|'([^']+)'|([\w./-]+)) *:(?:\s|$)/.exec(
      line.slice(0, LONGEST_NAME),
    );
    if (!found) continue;
    const [, spaces = '', dashes = '', double, single, plain] = found;
    const keyColumn = spaces.length + dashes.length;
    if (keyColumn < column || (isInItem && keyColumn === column)) {
      path.unshift(double ?? single ?? plain ?? '');
      column = keyColumn;
      isInItem = false;
    }
    if (dashes !== '' && keyColumn === column && !isInItem) {
      column = spaces.length;
      isInItem = true;
    }
  }
  return path;
}

function asQuote(text: string): Cursor['quote'] {
  return text === '"' || text === "'" ? text : '';
}
