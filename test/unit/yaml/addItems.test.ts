import { describe, expect, it } from 'vitest';
import { isMap, parseDocument } from 'yaml';
import { addItems, checkedEdits } from '../../../src/yaml/addItems.ts';
import { applyEdits } from '../../../src/yaml/edit.ts';

const CANNOT_EDIT = /^This YAML is laid out in a way that cannot be edited in place/;

/** The text with `1`, or something else, at the end of the list `l` of its map. */
function added(text: string, item: unknown = 1): string {
  const document = parseDocument(text, { version: '1.1' });
  if (!isMap(document.contents)) throw new Error(`No map: ${text}`);
  return applyEdits(text, addItems(text, document, document.contents, { l: [item] }));
}

describe('edits that are checked', () => {
  const edits = [{ start: 3, end: 4, text: '2' }];

  it('are those that were given, where they make what is expected', () => {
    expect(checkedEdits('a: 1\n', edits, [{ a: 2 }])).toBe(edits);
  });

  it('may leave empty documents, which are nothing to kubectl', () => {
    expect(checkedEdits('a: 1\n---\n', edits, [{ a: 2 }])).toBe(edits);
  });

  it.each<[what: string, text: string, expected: readonly unknown[]]>([
    ['make something else', 'a: 1\nb: 2\n', [{ a: 2 }]],
    ['make what cannot be read', 'a:1\n: :\n [', [{ a: 2 }]],
  ])('are refused where they %s', (_what, text, expected) => {
    expect(() => checkedEdits(text, edits, expected)).toThrow(
      expect.objectContaining({ reason: 'bad-input', message: expect.stringMatching(CANNOT_EDIT) as string }),
    );
  });
});

describe('a list of a map', () => {
  it.each<[text: string, left: string]>([
    ['l: &unused [0]\n', 'l: &unused [0, 1]\n'],
    ['a: &used b\nc: *used\nl: &unused\n- 0\n', 'a: &used b\nc: *used\nl: &unused\n- 0\n- 1\n'],
    ['x: &base {a: 1}\n<<: *base\n', 'x: &base {a: 1}\n<<: *base\nl:\n- 1\n'],
    ['l:\n- |\n  0\nm: 2\n', 'l:\n- |\n  0\n- 1\nm: 2\n'],
    ['l:\n- |\n  0\n', 'l:\n- |\n  0\n- 1\n'],
    ['l:\n- 0', 'l:\n- 0\n- 1'],
    ['{a: b, l: }\n', '{a: b, l: [1] }\n'],
    ['{a: b, l}\n', '{a: b, l: [1]}\n'],
    ['{a: b, l: null}\n', '{a: b, l: [1]}\n'],
    ['{"a": "b", "l" : null}\n', '{"a": "b", "l" : [1]}\n'],
  ])('in %j gets an item at its end', (text, left) => {
    expect(added(text)).toBe(left);
  });

  it.each<[text: string, left: string]>([
    ['{"l": [\n\t{"a": 1}\n]}\n', '{"l": [\n\t{"a": 1},\n\t{\n\t\t"b": 2\n\t}\n]}\n'],
    ['{"l": [\n\t {"a": 1}\n]}\n', '{"l": [\n\t {"a": 1},\n\t {\n\t \t"b": 2\n\t }\n]}\n'],
    ['{"l": [\n   {"a": 1}\n]}\n', '{"l": [\n   {"a": 1},\n   {\n      "b": 2\n   }\n]}\n'],
  ])('of JSON in %j is as deep as the lines around it', (text, left) => {
    expect(added(text, { b: 2 })).toBe(left);
  });

  it.each<[text: string, why: RegExp]>([
    ['l: &l [0]\nm: *l\n', /^What "&l" at line 1, column 7 names is used in other places of the file too/],
    ['x: &base {l: [0]}\n<<: *base\n', /^l of the map at line 1, column 1 comes from a merge \(<<\)/],
    ['a: b\nl: text\n', /^l at line 2, column 1 is no list\.$/],
    ['a: b\nl: &l\n', /^l at line 2, column 1 is no list\.$/],
    ['a: b\nl: !!null\n', /^l at line 2, column 1 is no list\.$/],
    ['a: b\nl: {}\n', /^l at line 2, column 1 is no list\.$/],
    ['{a: b,\n l: text}\n', /^l at line 2, column 2 is no list\.$/],
    ['{a: b, l: &l }\n', /^l at line 1, column 8 is no list\.$/],
    ['{a: b, l: {}}\n', /^l at line 1, column 8 is no list\.$/],
  ])('in %j gets none: %s', (text, why) => {
    expect(() => added(text)).toThrow(why);
  });
});
