import { isAlias, isCollection, isPair, isScalar, isSeq, visit } from 'yaml';
import { hasPlainKeys, layoutOf, type Layout } from './layout.ts';
import { blockYaml, flowYaml } from './blockYaml.ts';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { MOST_ALIASES, readDocuments } from './documents.ts';

const CANNOT_EDIT =
  'This YAML is laid out in a way that cannot be edited in place without changing more than asked.';

/** Puts `text` in place of `length` UTF-16 units at `offset`. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** The text after the edits, which must not overlap; those at the same offset are put in their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const pieces: string[] = [];
  let at = 0;
  // A sort keeps the order of what it finds equal.
  for (const edit of edits.toSorted((one, other) => one.offset - other.offset)) {
    pieces.push(text.slice(at, edit.offset), edit.text);
    at = edit.offset + edit.length;
  }
  return [...pieces, text.slice(at)].join('');
}

/**
 * The edits, if they make of each document's value what is expected, and nothing else. Throws bad-input where this
 * text is laid out in a way in which they do not.
 */
export function checkedEdits(
  text: string,
  edits: readonly TextEdit[],
  expected: readonly unknown[],
): readonly TextEdit[] {
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

/** The line ending that a text uses: that of its first line. */
export function lineEnding(text: string): '\r\n' | '\n' {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}

/**
 * The edits that put items at the end of the list that a map holds under a key, which is made where there is none.
 * All else stays as it is, byte for byte. Throws bad-input where the list is no list, or is used in other places too.
 */
export function addItems(
  text: string,
  document: Document,
  map: YAMLMap,
  key: string,
  items: readonly unknown[],
): readonly TextEdit[] {
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
  const value = pair?.value;
  const layout = layoutOf(text, document);
  if (pair && isSeq(value)) {
    refuseShared(text, document, value);
    return [
      value.flow === true ? inFlow(text, value, items, layout) : afterItems(text, value, items, layout),
    ];
  }
  refuseMerged(text, document, map, key);
  if (map.flow === true) {
    if (pair) return [inPlaceOfNull(text, pair, key, items)];
    return [inFlow(text, map, [items], layout, key)];
  }
  if (!pair) return [afterPairs(text, map, key, items, layout)];
  return underKey(text, map, pair, key, items, layout);
}

/** Where a node stands, for people: lines and columns counted from 1. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Items after the last of a block list, at the dashes' column. */
function afterItems(text: string, list: YAMLSeq, items: readonly unknown[], layout: Layout): TextEdit {
  const column = columnOf(text, startOf(list));
  return afterLine(text, endOf(list), indented(blockYaml(items, layout), column));
}

/** A key with a list after the last pair of a block map, at the keys' column. */
function afterPairs(
  text: string,
  map: YAMLMap,
  key: string,
  items: readonly unknown[],
  layout: Layout,
): TextEdit {
  const column = columnOf(text, startOf(map));
  return afterLine(text, endOf(map), indented(blockYaml({ [key]: items }, layout), column));
}

/** The list of a key that has nothing, or null, as its value. */
function underKey(
  text: string,
  map: YAMLMap,
  { key: node, value }: Pair,
  key: string,
  items: readonly unknown[],
  layout: Layout,
): readonly TextEdit[] {
  const place = rangeOf(node);
  if (!isScalar(value) || value.value !== null || value.tag !== undefined || value.anchor !== undefined) {
    throw new Problem('bad-input', `${key} at ${placeOf(text, place[0])} is no list.`);
  }
  const [start, end] = rangeOf(value);
  const colon = text.indexOf(':', place[1]) + 1;
  const column = columnOf(text, startOf(map)) + (layout.indentSeq ? 2 : 0);
  const block = indented(blockYaml(items, layout), column);
  const added = afterLine(text, Math.max(end, colon), block);
  return end > start ? [{ offset: colon, length: end - colon, text: '' }, added] : [added];
}

/** The same in a flow map, `{a: , b: null}`. */
function inPlaceOfNull(
  text: string,
  { key: node, value }: Pair,
  key: string,
  items: readonly unknown[],
): TextEdit {
  if (value !== null && !(isScalar(value) && value.value === null && value.anchor === undefined)) {
    throw new Problem('bad-input', `${key} at ${placeOf(text, rangeOf(node)[0])} is no list.`);
  }
  const json = JSON.stringify(items);
  const [start, end] = value === null ? [rangeOf(node)[1], rangeOf(node)[1]] : rangeOf(value);
  if (end > start) return { offset: start, length: end - start, text: json };
  const colon = /^\s*:/.exec(text.slice(rangeOf(node)[1]));
  const offset = rangeOf(node)[1] + (colon?.[0].length ?? 0);
  return { offset, length: 0, text: `${colon ? ' ' : ': '}${json}` };
}

/**
 * Values after the last of a flow collection, as JSON where that is, on lines of their own where the others are; in a
 * map, one value with its key.
 */
function inFlow(
  text: string,
  collection: YAMLSeq | YAMLMap,
  values: readonly unknown[],
  layout: Layout,
  key?: string,
): TextEdit {
  const { items } = collection;
  const open = rangeOf(collection)[0] + 1;
  const isPlain = hasPlainKeys(collection);
  const hasPadding = text[open] === ' ';
  const name = key === undefined ? '' : `${isPlain ? key : JSON.stringify(key)}: `;
  const last = items.at(-1);
  const inOneLine = (value: unknown): string =>
    isPlain ? flowYaml(value, layout, hasPadding) : JSON.stringify(value);
  const inline = values.map((value) => name + inOneLine(value)).join(', ');
  if (last === undefined) return { offset: open, length: 0, text: inline };
  const first = startOf(collection);
  if (!text.slice(open, first).includes('\n')) return { offset: endOf(last), length: 0, text: `, ${inline}` };
  const eol = lineEnding(text);
  const margin = marginOf(text, first);
  const unit = margin.startsWith('\t') ? '\t' : ' '.repeat(unitOf(text, collection, margin));
  const inLines = (value: unknown): string =>
    isPlain ? flowYaml(value, layout, hasPadding) : JSON.stringify(value, undefined, unit);
  const lines = values.map(
    (value) => `,${eol}${margin}${name}${inLines(value).replaceAll('\n', eol + margin)}`,
  );
  return { offset: endOf(last), length: 0, text: lines.join('') };
}

/** How much deeper the items of a flow collection stand than the line that opens it, in spaces. */
function unitOf(text: string, collection: Node, margin: string): number {
  const outer = marginOf(text, rangeOf(collection)[0]);
  return Math.max(margin.length - outer.length, 1);
}

/** Whole lines after the line that holds an offset, or at the offset where that begins a line. */
function afterLine(text: string, end: number, block: string): TextEdit {
  const eol = lineEnding(text);
  const lines = block.replaceAll('\n', eol);
  if (end > 0 && text[end - 1] === '\n') return { offset: end, length: 0, text: lines };
  const lineBreak = text.indexOf('\n', end);
  if (lineBreak >= 0) return { offset: lineBreak + 1, length: 0, text: lines };
  return { offset: text.length, length: 0, text: eol + lines.slice(0, -eol.length) };
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
  if (map.has(key) || !isRecord(merged) || !Object.hasOwn(merged, key)) return;
  throw new Problem(
    'bad-input',
    `${key} of the map at ${placeOf(text, rangeOf(map)[0])} comes from a merge (<<), which a list of its own would hide. Write it out first.`,
  );
}
