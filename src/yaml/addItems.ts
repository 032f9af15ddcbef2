import { isAlias, isCollection, isPair, isScalar, isSeq, visit } from 'yaml';
import { hasPlainKeys, layoutOf, type Layout } from './layout.ts';
import { blockYaml, flowYaml } from './blockYaml.ts';
import { jsonText } from './scalarText.ts';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { MOST_ALIASES, readDocuments } from './documents.ts';
import { applyEdits, lineEndOf, type Edit } from './edit.ts';

const CANNOT_EDIT =
  'This YAML is laid out in a way that cannot be edited in place without changing more than asked.';

/**
 * The edits, if they make of each document's value what is expected, and nothing else. Throws bad-input where this
 * text is laid out in a way in which they do not.
 */
export function checkedEdits(
  text: string,
  edits: readonly Edit[],
  expected: readonly unknown[],
): readonly Edit[] {
  const asJson = (values: readonly unknown[]): string =>
    JSON.stringify(values.filter((value) => value !== null)); // An empty document is nothing to kubectl.
  let found: string;
  try {
    found = asJson(readDocuments(applyEdits(text, edits)).map(({ value }) => value));
  } catch (error) {
    throw new Problem('bad-input', CANNOT_EDIT, { cause: error });
  }
  if (found !== asJson(expected)) throw new Problem('bad-input', CANNOT_EDIT);
  return edits;
}

/**
 * The edits that put items at the end of lists that a map holds, by the lists' keys; a list is made where there is none.
 * All else stays as it is, byte for byte. `layout` is how the rest of the text is written. Throws bad-input where a list is no list, or is used in other places too.
 */
export function addItems(
  text: string,
  document: Document,
  map: YAMLMap,
  lists: Readonly<Record<string, readonly unknown[]>>,
  layout = layoutOf(text, document),
): readonly Edit[] {
  const all = Object.entries(lists);
  const isThere = ([key]: readonly [string, unknown]): boolean =>
    map.items.some((one) => isScalar(one.key) && one.key.value === key);
  const edits = all
    .filter(isThere)
    .flatMap(([key, items]) => addToList(text, document, map, { key, items, layout }));
  const fresh = all.filter((one) => !isThere(one));
  for (const [key] of fresh) refuseMerged(text, document, map, key);
  if (fresh.length === 0) return edits;
  // New lists come last: the last list that is there may end in the same place.
  return [
    ...edits,
    map.flow === true
      ? inFlow(
          text,
          map,
          fresh.map(([, items]) => items),
          layout,
          fresh.map(([key]) => key),
        )
      : afterPairs(text, map, Object.fromEntries(fresh), layout),
  ];
}

function addToList(
  text: string,
  document: Document,
  map: YAMLMap,
  {
    key,
    items,
    layout,
  }: { readonly key: string; readonly items: readonly unknown[]; readonly layout: Layout },
): readonly Edit[] {
  const pair = map.items.findLast((one) => isScalar(one.key) && one.key.value === key);
  const value = pair?.value;
  if (pair && isSeq(value)) {
    refuseShared(text, document, value);
    return [
      value.flow === true ? inFlow(text, value, items, layout) : afterItems(text, value, items, layout),
    ];
  }
  if (!pair) return [];
  return map.flow === true
    ? [inPlaceOfNull(text, pair, key, items)]
    : underKey(text, map, pair, key, items, layout);
}

function insertAt(offset: number, text: string): Edit {
  return { start: offset, end: offset, text };
}

/** Where a node stands, for people: lines and columns counted from 1. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Items after the last of a block list, at the dashes' column. */
function afterItems(text: string, list: YAMLSeq, items: readonly unknown[], layout: Layout): Edit {
  const column = columnOf(text, startOf(list));
  return afterLine(text, endOf(list), indented(blockYaml(items, layout), column));
}

/** Keys with lists after the last pair of a block map, at the keys' column. */
function afterPairs(text: string, map: YAMLMap, lists: object, layout: Layout): Edit {
  const column = columnOf(text, startOf(map));
  return afterLine(text, endOf(map), indented(blockYaml(lists, layout), column));
}

/** The list of a key that has nothing, or null, as its value. */
function underKey(
  text: string,
  map: YAMLMap,
  { key: node, value }: Pair,
  key: string,
  items: readonly unknown[],
  layout: Layout,
): readonly Edit[] {
  const place = rangeOf(node);
  if (!isScalar(value) || value.value !== null || value.tag !== undefined || value.anchor !== undefined) {
    throw new Problem('bad-input', `${key} at ${placeOf(text, place[0])} is no list.`);
  }
  const [start, end] = rangeOf(value);
  const colon = text.indexOf(':', place[1]) + 1;
  const column = columnOf(text, startOf(map)) + (layout.indentSeq ? 2 : 0);
  const block = indented(blockYaml(items, layout), column);
  const added = afterLine(text, Math.max(end, colon), block);
  return end > start ? [{ start: colon, end, text: '' }, added] : [added];
}

/** The same in a flow map, `{a: , b: null}`. */
function inPlaceOfNull(
  text: string,
  { key: node, value }: Pair,
  key: string,
  items: readonly unknown[],
): Edit {
  if (value !== null && !(isScalar(value) && value.value === null && value.anchor === undefined)) {
    throw new Problem('bad-input', `${key} at ${placeOf(text, rangeOf(node)[0])} is no list.`);
  }
  const json = jsonText(items);
  if (value !== null) {
    const [start, end] = rangeOf(value);
    if (end > start) return { start, end, text: json };
  }
  const [, keyEnd] = rangeOf(node);
  const colon = /^\s*:/.exec(text.slice(keyEnd));
  return insertAt(keyEnd + (colon?.[0].length ?? 0), `${colon ? ' ' : ': '}${json}`);
}

/**
 * Values after the last of a flow collection, as JSON where that is, on lines of their own where the others are; in a
 * map, each with its key.
 */
function inFlow(
  text: string,
  collection: YAMLSeq | YAMLMap,
  values: readonly unknown[],
  layout: Layout,
  keys: readonly string[] = [],
): Edit {
  const { items } = collection;
  const open = rangeOf(collection)[0] + 1;
  const isPlain = hasPlainKeys(collection);
  const hasPadding = text[open] === ' ';
  const nameOf = (index: number): string => {
    const key = keys[index];
    return key === undefined ? '' : `${isPlain ? key : jsonText(key)}: `;
  };
  const last = items.at(-1);
  const inOneLine = (value: unknown): string =>
    isPlain ? flowYaml(value, layout, hasPadding) : jsonText(value);
  const inline = values.map((value, index) => nameOf(index) + inOneLine(value)).join(', ');
  if (last === undefined) return insertAt(open, inline);
  const first = startOf(collection);
  if (!text.slice(open, first).includes('\n')) return insertAt(endOf(last), `, ${inline}`);
  const eol = lineEndOf(text);
  const margin = marginOf(text, first);
  const unit = margin.startsWith('\t') ? '\t' : ' '.repeat(unitOf(text, collection, margin));
  const inLines = (value: unknown): string =>
    isPlain ? flowYaml(value, layout, hasPadding) : jsonText(value, unit);
  const lines = values.map(
    (value, index) => `,${eol}${margin}${nameOf(index)}${inLines(value).replaceAll('\n', eol + margin)}`,
  );
  return insertAt(endOf(last), lines.join(''));
}

/** How much deeper the items of a flow collection stand than the line that opens it, in spaces. */
function unitOf(text: string, collection: Node, margin: string): number {
  const outer = marginOf(text, rangeOf(collection)[0]);
  return Math.max(margin.length - outer.length, 1);
}

/** Whole lines after the line that holds an offset, or at the offset where that begins a line. */
function afterLine(text: string, end: number, block: string): Edit {
  const eol = lineEndOf(text);
  const lines = block.replaceAll('\n', eol);
  if (text[end - 1] === '\n') return insertAt(end, lines);
  const lineBreak = text.indexOf('\n', end);
  if (lineBreak >= 0) return insertAt(lineBreak + 1, lines);
  return insertAt(text.length, eol + lines.slice(0, -eol.length));
}

function indented(block: string, column: number): string {
  return block.replaceAll(/^(?=.)/gm, ' '.repeat(column));
}

/** The column of an offset, counted from 0; a byte order mark takes none. */
function columnOf(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return offset - (start === 0 && text.startsWith('\uFEFF') ? 1 : start);
}

/** The white space that begins the line of an offset. */
function marginOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** Where the first item of a collection begins: for a block list, its dash. */
function startOf(node: YAMLMap | YAMLSeq): number {
  if (node.flow !== true) return rangeOf(node)[0];
  const [first] = node.items;
  return rangeOf(isPair(first) ? first.key : first)[0];
}

/** Where the last thing in a node ends, without the comments after it, which the parser counts as part of it. */
function endOf(node: unknown): number {
  if (isPair(node)) return node.value === null ? endOf(node.key) : endOf(node.value);
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1));
  return rangeOf(node)[1];
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (isScalar(node) || isCollection(node) || isAlias(node)) && node.range;
  if (!range) throw new Problem('bad-input', CANNOT_EDIT);
  return [range[0], range[1]];
}

/** Throws where a node, or what it stands in, is repeated elsewhere by an alias: an edit would change that place too. */
export function refuseShared(text: string, document: Document, node: Node): void {
  const aliased = new Set<string>();
  let above: readonly unknown[] = [];
  visit(document, {
    Alias(_key, alias) {
      aliased.add(alias.source);
    },
    Node(_key, one, path) {
      if (one === node) above = path;
    },
  });
  for (const one of [...above, node]) {
    const anchor = (isScalar(one) || isCollection(one)) && one.anchor;
    if (typeof anchor === 'string' && aliased.has(anchor)) {
      throw new Problem(
        'bad-input',
        `What "&${anchor}" at ${placeOf(text, rangeOf(one)[0])} names is used in other places of the file too, which the edit would change with it. Write it out first.`,
      );
    }
  }
}

/** Throws where the key comes by a merge (`<<: *base`): one of the map's own would hide it. */
function refuseMerged(text: string, document: Document, map: YAMLMap, key: string): void {
  const merged: unknown = map.toJS(document, { maxAliasCount: MOST_ALIASES });
  if (!isRecord(merged) || !Object.hasOwn(merged, key)) return;
  throw new Problem(
    'bad-input',
    `${key} of the map at ${placeOf(text, rangeOf(map)[0])} comes from a merge (<<), which a list of its own would hide. Write it out first.`,
  );
}
