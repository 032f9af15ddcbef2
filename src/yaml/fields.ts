import { isAlias, isMap, isPair, isScalar, isSeq, visit, type Node, type Pair, type YAMLMap } from 'yaml';
import { Problem } from '../errors.ts';
import { addItems } from './addItems.ts';
import { blockYaml, PLAIN } from './blockYaml.ts';
import { lineEndOf, type Edit } from './edit.ts';
import { jsonText, needsNumbers, scalarText } from './scalarText.ts';
import type { Field, YamlText } from './yamlText.ts';

/** A field to write: a text or a number, or one level of fields. */
export interface NewField {
  readonly key: string;
  readonly value: string | number | NewField;
}

/** Where a node of a parsed document stands, in UTF-16 offsets. */
export function placeOf(node: Node): { readonly start: number; readonly end: number } {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** Where a field's value stands in the text, as it is written there: an alias, and not what that stands for. */
export function placeOfValue({ key, pair }: Field): { readonly start: number; readonly end: number } {
  const { value } = pair;
  return placeOf(isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : key);
}

/**
 * Takes fields out with their lines, and nothing else. Undefined where that cannot be done without changing something
 * else: one holds an anchor, was merged in, or is written in a way that no other tool writes.
 */
export function removal(yaml: YamlText, fields: readonly Field[]): Edit[] | undefined {
  const edits: Edit[] = [];
  for (const map of new Set(fields.map((field) => field.map))) {
    const gone = new Set(fields.filter((field) => field.map === map).map(({ pair }) => pair));
    if (fields.some(({ pair, isOwn }) => !isOwn || !isPlainPair(pair) || isAnchored(pair))) return undefined;
    for (const run of runsOf(map, gone)) {
      const cut = map.flow === true ? cutFromFlow(yaml.text, run) : cutFromBlock(yaml.text, run);
      if (!cut) return undefined;
      edits.push(...cut);
    }
  }
  return edits;
}

/** Fields that go and follow one another, with what stays before and after them. */
interface Run {
  readonly pairs: readonly [Pair, ...Pair[]];
  readonly previous: Pair | undefined;
  readonly next: Pair | undefined;
}

function runsOf({ items }: YAMLMap, gone: ReadonlySet<Pair>): Run[] {
  const runs: Run[] = [];
  for (let index = 0; index < items.length; index++) {
    const first = items[index];
    if (!first || !gone.has(first)) continue;
    let last = index;
    for (let next = items[last + 1]; next && gone.has(next); next = items[last + 1]) last += 1;
    const pairs = [first, ...items.slice(index + 1, last + 1)] as const;
    runs.push({ pairs: [pairs[0], ...pairs.slice(1)], previous: items[index - 1], next: items[last + 1] });
    index = last;
  }
  return runs;
}

function cutFromBlock(text: string, run: Run): Edit[] | undefined {
  const [first] = run.pairs;
  const start = startOf(first);
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (/^ *(?:- +)+$/.test(before)) return cutAfterDash(text, run);
  const edits: Edit[] = [];
  for (const pair of run.pairs) {
    const lineStart = text.lastIndexOf('\n', startOf(pair) - 1) + 1;
    const rest = restOfLine(text, endOf(pair));
    if (rest === undefined || !/^ *$/.test(text.slice(lineStart, startOf(pair)))) return undefined;
    edits.push({ start: lineStart, end: rest, text: '' });
  }
  return edits;
}

/** What follows takes the place after the dash. */
function cutAfterDash(text: string, { pairs, next }: Run): Edit[] | undefined {
  const start = startOf(pairs[0]);
  const end = endOf(pairs.at(-1) ?? pairs[0]);
  if (!next)
    return restOfLine(text, end) === undefined
      ? undefined
      : [{ start, end: trimLineEnd(text, end), text: '{}' }];
  if (!isPlainPair(next)) return undefined;
  const gap = text.slice(end, startOf(next));
  if (!/^\s*(?:#[^\n]*(?:\n\s*|$))*$/.test(gap)) return undefined;
  const comment = gap.indexOf('#');
  return [{ start, end: end + (comment < 0 ? gap.length : comment), text: '' }];
}

/** With the comma that divides them from what is left; one behind a comment is not looked for. */
function cutFromFlow(text: string, { pairs, previous, next }: Run): Edit[] | undefined {
  const start = startOf(pairs[0]);
  const end = endOf(pairs.at(-1) ?? pairs[0]);
  if (next) {
    const gap = text.slice(end, startOf(next));
    const comma = /^\s*,\s*$/.exec(gap) ?? /^\s*,/.exec(gap);
    return comma ? [{ start, end: end + comma[0].length, text: '' }] : undefined;
  }
  const before = previous ? endOf(previous) : start;
  if (previous && /^\s*,\s*$/.test(text.slice(before, start))) return [{ start: before, end, text: '' }];
  const trailing = /^\s*,/.exec(text.slice(end));
  return [{ start, end: end + (trailing?.[0].length ?? 0), text: '' }];
}

/** Writes another value in the place of a field's. Undefined where it was merged in. */
export function replacement(
  yaml: YamlText,
  { pair, isOwn }: Field,
  value: string | number,
): Edit | undefined {
  const node = pair.value;
  if (!isOwn || (!isScalar(node) && !isAlias(node))) return undefined;
  const { start, end } = placeOf(node);
  const written = asQuoted(value, yaml.text[start], isJson(yaml));
  const space = start === end && yaml.text[start - 1] === ':' ? ' ' : '';
  return { start, end: trimLineEnd(yaml.text, end), text: `${space}${written}` };
}

/** A value in the quotes that were there before it. */
function asQuoted(value: string | number, quote: string | undefined, isJson: boolean): string {
  if (quote === "'" && typeof value === 'string' && !/[\p{Cc}']/u.test(value) && !needsNumbers(value)) {
    return `'${value}'`;
  }
  return scalarText(value, quote === '"' || isJson);
}

/** Writes another field in the place of one, from its key to the end of its value. Undefined where it is written unusually. */
export function exchange(yaml: YamlText, { pair, map, isOwn }: Field, by: object): Edit | undefined {
  const { text } = yaml;
  if (!isOwn) return undefined;
  const start = startOf(pair);
  const end = start + text.slice(start, wholeEndOf(pair)).trimEnd().length;
  if (map.flow === true) {
    const pairs = Object.entries(by).map(([key, one]) => `${jsonText(key)}: ${jsonText(one)}`);
    return { start, end, text: pairs.join(', ') };
  }
  const margin = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^ *$/.test(margin)) return undefined;
  return {
    start,
    end,
    text: blockYaml(by)
      .trimEnd()
      .replaceAll('\n', `${lineEndOf(text)}${margin}`),
  };
}

/** Adds a field to a mapping, after another field of it or at its end. Undefined where it is written unusually. */
export function insertion(
  yaml: YamlText,
  into: Field | Node,
  field: NewField,
  after?: Field,
): Edit | undefined {
  const { text } = yaml;
  const holder = 'pair' in into ? into.pair.value : into;
  if ('pair' in into && !into.isOwn) return undefined;
  if (isMap(holder) && holder.flow === true) return intoFlow(yaml, holder, field);
  if ('pair' in into && isScalar(holder) && holder.value === null && holder.source === '') {
    const { start } = placeOf(into.key);
    const column = columnOf(text, start);
    if (column === undefined) return undefined;
    return lineAfter(text, placeOf(holder).end, field, column + 2);
  }
  if (!isMap(holder)) return undefined;
  const [first] = holder.items;
  const last = after?.map === holder ? after.pair : holder.items.at(-1);
  if (!first || !last || !isPlainPair(first)) return undefined;
  const column = columnOf(text, placeOf(first.key).start);
  return column === undefined ? undefined : lineAfter(text, endOf(last), field, column);
}

function intoFlow(yaml: YamlText, map: YAMLMap, { key, value }: NewField): Edit | undefined {
  const { text } = yaml;
  const open = placeOf(map).start;
  const [first] = map.items;
  const isQuoted = isJson(yaml);
  const written =
    typeof value === 'object'
      ? `{${scalarText(value.key, isQuoted)}: ${scalarText(asScalar(value.value), isQuoted)}}`
      : scalarText(value, isQuoted);
  const pair = `${scalarText(key, isQuoted)}: ${written}`;
  if (!first) return { start: open + 1, end: open + 1, text: pair };
  if (!isPlainPair(first)) return undefined;
  const { start } = placeOf(first.key);
  const gap = text.slice(open + 1, start);
  return /^\s*$/.test(gap) ? { start, end: start, text: `${pair},${gap === '' ? ' ' : gap}` } : undefined;
}

function lineAfter(text: string, end: number, field: NewField, column: number): Edit | undefined {
  const rest = restOfLine(text, end);
  if (rest === undefined) return undefined;
  const lineEnd = lineEndOf(text);
  const lines = linesOf(field, ' '.repeat(column)).join(lineEnd);
  return text.endsWith('\n', rest)
    ? { start: rest, end: rest, text: `${lines}${lineEnd}` }
    : { start: rest, end: rest, text: `${lineEnd}${lines}` };
}

function linesOf({ key, value }: NewField, indentation: string): string[] {
  const name = `${indentation}${scalarText(key)}:`;
  return typeof value === 'object'
    ? [name, ...linesOf(value, `${indentation}  `)]
    : [`${name} ${scalarText(value)}`];
}

/** Adds items to a list after its last, given as values. Undefined where it is written unusually. */
export function appended(
  yaml: YamlText,
  list: Field,
  values: readonly object[],
): readonly Edit[] | undefined {
  if (!list.isOwn || !isSeq(list.pair.value)) return undefined;
  try {
    return addItems(yaml.text, yaml.document, list.map, { [list.name]: values }, PLAIN);
  } catch (error) {
    if (Problem.is(error, 'bad-input')) return undefined;
    throw error;
  }
}

/** Takes an item out of a list with its lines; the last one with its field. Undefined where it is written unusually. */
export function withoutItem(yaml: YamlText, list: Field, item: Node): Edit[] | undefined {
  const { text } = yaml;
  const seq = list.pair.value;
  if (!list.isOwn || !isSeq(seq) || !seq.items.includes(item)) return undefined;
  if (seq.items.length === 1) return removal(yaml, [list]);
  const end = contentEnd(item);
  const { start } = placeOf(item);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const rest = end === undefined ? undefined : restOfLine(text, end);
  if (seq.flow === true || rest === undefined || !/^ *- +$/.test(text.slice(lineStart, start)))
    return undefined;
  return [{ start: lineStart, end: rest, text: '' }];
}

/** Whether a document is written as JSON, where every key and text is in double quotes. */
export function isJson({ root, text }: YamlText): boolean {
  return isMap(root) && root.flow === true && /^\s*\{\s*(?:"|\})/.test(text);
}

/** The offset after the line on which something ends; undefined where more than a comment follows there. */
function restOfLine(text: string, end: number): number | undefined {
  if (text[end - 1] === '\n') return end;
  const at = text.indexOf('\n', end);
  const lineEnd = at < 0 ? text.length : at;
  if (!/^[ \t]*(?:[ \t]#.*)?\r?$/.test(text.slice(end, lineEnd))) return undefined;
  return at < 0 ? lineEnd : lineEnd + 1;
}

/** Where a block scalar ends without its last line end, which belongs to the text around it. */
function trimLineEnd(text: string, end: number): number {
  if (text[end - 1] !== '\n') return end;
  return text[end - 2] === '\r' ? end - 2 : end - 1;
}

/** How far a block mapping's first key is indented; a dash before it counts as indentation. */
function columnOf(text: string, start: number): number | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return /^ *(?:- +)*$/.test(text.slice(lineStart, start)) ? start - lineStart : undefined;
}

function startOf({ key }: Pair): number {
  return isScalar(key) ? placeOf(key).start : 0;
}

/** Where a field's content ends, without the comments and empty lines after it. */
function endOf({ key, value }: Pair): number {
  return contentEnd(value) ?? contentEnd(key) ?? 0;
}

/** Where a field ends with what belongs to its value, or where its colon does that has none. */
function wholeEndOf({ key, value }: Pair): number {
  const node = isScalar(value) || isAlias(value) || isMap(value) || isSeq(value) ? value : undefined;
  const ofKey = isScalar(key) ? (key.range?.[1] ?? 0) + 1 : 0;
  return node?.range?.[1] ?? ofKey;
}

function contentEnd(node: unknown): number | undefined {
  if (isPair(node)) return endOf(node);
  if (isMap(node) || isSeq(node)) {
    const last = node.items.at(-1);
    if (node.flow !== true && last) return contentEnd(last);
    return node.range?.[1];
  }
  return isScalar(node) || isAlias(node) ? node.range?.[1] : undefined;
}

/** A key that is a word of its own, without anchor or tag. */
function isPlainPair(pair: Pair): pair is Pair<Node> {
  return isScalar(pair.key) && pair.key.anchor === undefined && pair.key.tag === undefined;
}

/** Whether something elsewhere may stand for a part of it. */
function isAnchored({ value }: Pair): boolean {
  let found = false;
  if (isScalar(value) || isMap(value) || isSeq(value)) {
    visit(value, {
      Node: (_key, node) => {
        found ||= !isAlias(node) && node.anchor !== undefined;
      },
    });
  }
  return found;
}

function asScalar(value: NewField['value']): string | number {
  return typeof value === 'object' ? '' : value;
}
