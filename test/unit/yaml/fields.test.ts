import { describe, expect, it } from 'vitest';
import { isMap, isSeq } from 'yaml';
import { applyEdits, type Edit } from '../../../src/yaml/edit.ts';
import {
  appended,
  exchange,
  insertion,
  placeOf,
  placeOfValue,
  removal,
  replacement,
  withoutItem,
} from '../../../src/yaml/fields.ts';
import { placesIn, type Field, type YamlText } from '../../../src/yaml/yamlText.ts';

function read(text: string): YamlText {
  const yaml = placesIn(text);
  if (!yaml) throw new Error(`There are too many aliases in ${text}`);
  return yaml;
}

/** A field by its path, a number of which is an item of a list. */
function fieldAt(yaml: YamlText, path: readonly (string | number)[]): Field {
  let found: Field | undefined;
  let from: Field | YamlText['root'] = yaml.root;
  for (const part of path) {
    if (typeof part === 'number') from = yaml.items(found)[part];
    else from = found = yaml.field(from, part);
  }
  if (!found) throw new Error(`There is no ${path.join('.')}`);
  return found;
}

const after = (text: string, edits: readonly Edit[] | Edit | undefined): string | undefined =>
  edits && applyEdits(text, [edits].flat());

describe('a field that is taken out', () => {
  it.each<[text: string, paths: readonly string[], left: string | undefined]>([
    ['a: 1\nb: 2\nc: 3\n', ['b'], 'a: 1\nc: 3\n'],
    ['a: 1\nb: 2', ['b'], 'a: 1\n'],
    ['a: 1 # one\nb: 2\n', ['a'], 'b: 2\n'],
    ['a: 1\nb:\n  - 1\n  - 2\nc: 3\n', ['b'], 'a: 1\nc: 3\n'],
    ['a: 1\nb: 2\nc: 3\nd: 4\n', ['b', 'd'], 'a: 1\nc: 3\n'],
    ['a: 1\nb: 2\nc: 3\nd: 4\n', ['b', 'c'], 'a: 1\nd: 4\n'],
    ['{a: 1, b: 2, c: 3}\n', ['a'], '{b: 2, c: 3}\n'],
    ['{a: 1, b: 2, c: 3}\n', ['b'], '{a: 1, c: 3}\n'],
    ['{a: 1, b: 2, c: 3}\n', ['c'], '{a: 1, b: 2}\n'],
    ['{a: 1, b: 2, c: 3}\n', ['b', 'c'], '{a: 1}\n'],
    ['{a: 1 , }\n', ['a'], '{ }\n'],
    ['{a: 1}\n', ['a'], '{}\n'],
    ['{a: 1, # one\n  b: 2}\n', ['b'], '{a: 1, # one\n  }\n'],
    ['{a: 1, # one\n  b: 2}\n', ['a'], '{ # one\n  b: 2}\n'],
    ['{"a":1,"b":2}', ['b'], '{"a":1}'],
    ['a: 1\nb: 2\nc: 3\n', ['c', 'a'], 'b: 2\n'],
    // A comma behind a comment is not looked for.
    ['{a: 1 # one\n  , b: 2}\n', ['a'], undefined],
    ['{a: 1 # one\n  , b: 2}\n', ['b'], '{a: 1 # one\n  , }\n'],
    // What another key stands on its line with, or what something elsewhere may stand for, stays.
    ['? a\n: 1\nb: 2\n', ['a'], undefined],
    ['a: &x 1\nb: *x\n', ['a'], undefined],
    ['a: {b: &x 1}\nc: *x\n', ['a'], undefined],
    ['&k a: 1\nb: 2\n', ['a'], undefined],
    ['!!str a: 1\nb: 2\n', ['a'], undefined],
  ])('of %j leaves all else: %j', (text, paths, left) => {
    const yaml = read(text);
    expect(
      after(
        text,
        removal(
          yaml,
          paths.map((path) => fieldAt(yaml, [path])),
        ),
      ),
    ).toBe(left);
  });

  it.each<[text: string, name: string, left: string | undefined]>([
    ['users:\n- name: a\n  user: b\n', 'name', 'users:\n- user: b\n'],
    ['users:\n- name: a\n  user: b\n', 'user', 'users:\n- name: a\n'],
    ['users:\n- name: a # one\n  # of b\n  user: b\n', 'name', 'users:\n- # one\n  # of b\n  user: b\n'],
    ['users:\n- name: a\n', 'name', 'users:\n- {}\n'],
    // A tag with nothing behind it is not part of the value's place.
    ['users:\n- name: !!str # of b\n', 'name', undefined],
    ['users:\n- name: |\n    a\n', 'name', 'users:\n- {}\n'],
    ['users:\n- name: a\n  &k user: b\n', 'name', undefined],
    ['users:\n- name: a\n  ? user\n  : b\n', 'name', undefined],
  ])('of an item %j gives its place after the dash to the next: %s', (text, name, left) => {
    const yaml = read(text);
    expect(after(text, removal(yaml, [fieldAt(yaml, ['users', 0, name])]))).toBe(left);
  });

  it.each<[text: string, names: readonly string[], left: string | undefined]>([
    ['l:\n- - a: 1\n    b: 2\n', ['a'], 'l:\n- - b: 2\n'],
    ['l:\n-   - a: 1\n      b: 2\n', ['a'], 'l:\n-   - b: 2\n'],
    ['l:\n- - a: 1\n    b: 2\n    c: 3\n    d: 4\n', ['a', 'b', 'c'], 'l:\n- - d: 4\n'],
    ['l:\n- - a: 1\n    b: 2\n    c: 3\n', ['a', 'b', 'c'], 'l:\n- - {}\n'],
    ['l:\n- - ? a\n    : 1\n    b: 2\n', ['a'], undefined],
  ])('of an item of an item %j, of %j, does too', (text, names, left) => {
    const yaml = read(text);
    const [outer] = yaml.items(fieldAt(yaml, ['l']));
    const inner = isSeq(outer) ? outer.items[0] : undefined;
    const fields = yaml.fields(isMap(inner) ? inner : undefined);
    expect(
      after(
        text,
        removal(
          yaml,
          fields.filter(({ name }) => names.includes(name)),
        ),
      ),
    ).toBe(left);
  });

  it('that was merged in stays where it is', () => {
    const text = 'x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n';
    const yaml = read(text);
    expect(removal(yaml, [fieldAt(yaml, ['z', 'a'])])).toBeUndefined();
    expect(after(text, removal(yaml, [fieldAt(yaml, ['z', 'b'])]))).toBe('x: &x {a: 1}\nz:\n  <<: *x\n');
  });
});

describe('the place of a value', () => {
  it.each<[text: string, place: string]>([
    ['a: b # c\n', 'b'],
    ['a: {b: c}\n', '{b: c}'],
    ['a: [b]\n', '[b]'],
    ['x: &x b\na: *x\n', '*x'],
    // Where nothing is written, it is its key that can be shown.
    ['{a}\n', 'a'],
  ])('in %j is that of %j', (text, place) => {
    const { start, end } = placeOfValue(fieldAt(read(text), ['a']));
    expect(text.slice(start, end)).toBe(place);
  });
});

describe('a value that is replaced', () => {
  it.each<[text: string, value: string | number, left: string]>([
    ['a: b # c\n', 'x', 'a: x # c\n'],
    ['a: "b"\n', 'x', 'a: "x"\n'],
    ["a: 'b'\n", 'x', "a: 'x'\n"],
    ["a: 'b'\n", 'it’s', "a: 'it’s'\n"],
    // What quotes of one kind cannot hold comes into the other.
    ["a: 'b'\n", "it's", `a: "it's"\n`],
    ["a: 'b'\n", 'x\ny', 'a: "x\\ny"\n'],
    ["a: 'b'\n", 'x\ry', 'a: "x\\ry"\n'],
    ["a: 'b'\n", 'x\u0085y', 'a: "x\\u0085y"\n'],
    ["a: 'b'\n", 'x\u2028y', 'a: "x\\u2028y"\n'],
    ["a: 'b'\n", 'x\u2029y', 'a: "x\\u2029y"\n'],
    ["a: 'b'\n", '\ufeffx', 'a: "\\ufeffx"\n'],
    ["a: 'b'\n", 'x\u007f\u0000', 'a: "x\\u007f\\u0000"\n'],
    ['a: "b"\n', 'x\u0085y', 'a: "x\\u0085y"\n'],
    ["a: 'b'\n", 7, 'a: 7\n'],
    ['a: b\n', 'true', 'a: "true"\n'],
    ['a:\nb: 1\n', 'x', 'a: x\nb: 1\n'],
    ['a: |\n  b\n  c\nd: 1\n', 'x', 'a: x\nd: 1\n'],
    ['a: |\r\n  b\r\nd: 1\r\n', 'x', 'a: x\r\nd: 1\r\n'],
    ['{"a": "b"}', 'x', '{"a": "x"}'],
    ['{"a": null}', 'x', '{"a": "x"}'],
  ])('of %j by %j keeps its quotes where it can: %j', (text, value, left) => {
    const yaml = read(text);
    expect(after(text, replacement(yaml, fieldAt(yaml, ['a']), value))).toBe(left);
  });

  it('that is an alias is replaced by itself, and a mapping is not', () => {
    const text = 'x: &x 1\na: *x\nb: {c: 1}\n';
    const yaml = read(text);
    expect(after(text, replacement(yaml, fieldAt(yaml, ['a']), 2))).toBe('x: &x 1\na: 2\nb: {c: 1}\n');
    expect(replacement(yaml, fieldAt(yaml, ['b']), 2)).toBeUndefined();
  });
});

describe('a field in the place of another', () => {
  it.each<[text: string, path: readonly (string | number)[], left: string | undefined]>([
    ['a: 1\nb:\n  c: 2\nd: 3\n', ['b'], 'a: 1\nx:\n  w: 1\nd: 3\n'],
    ['o:\n  b: 2\n', ['o', 'b'], 'o:\n  x:\n    w: 1\n'],
    ['o:\r\n  b: 2\r\n', ['o', 'b'], 'o:\r\n  x:\r\n    w: 1\r\n'],
    ['{"a": 1, "b": 2}', ['a'], '{"x": {"w":1}, "b": 2}'],
    ['o:\n- b: 2\n', ['o', 0, 'b'], undefined],
    ['? b\n: 2\n', ['b'], undefined],
  ])('in %j, of %j, is written as what is around it', (text, path, left) => {
    const yaml = read(text);
    expect(after(text, exchange(yaml, fieldAt(yaml, path), { x: { w: 1 } }))).toBe(left);
  });
});

describe('a field that is added', () => {
  const field = { key: 'x', value: 'w' } as const;

  it.each<[text: string, into: readonly (string | number)[], left: string | undefined]>([
    ['o:\n  a: 1\nb: 2\n', ['o'], 'o:\n  a: 1\n  x: w\nb: 2\n'],
    ['o:\n  a: 1 # one\n', ['o'], 'o:\n  a: 1 # one\n  x: w\n'],
    ['o:\n  a: 1', ['o'], 'o:\n  a: 1\n  x: w'],
    ['o:\r\n  a: 1\r\n', ['o'], 'o:\r\n  a: 1\r\n  x: w\r\n'],
    ['o:\nb: 2\n', ['o'], 'o:\n  x: w\nb: 2\n'],
    ['o: {}\n', ['o'], 'o: {x: w}\n'],
    ['o: {a: 1}\n', ['o'], 'o: {x: w, a: 1}\n'],
    ['{"o": {"a": 1}}', ['o'], '{"o": {"x": "w", "a": 1}}'],
    ['o: {\n  a: 1\n}\n', ['o'], 'o: {\n  x: w,\n  a: 1\n}\n'],
    ['o: {? a : 1}\n', ['o'], undefined],
    ['o: {&k a: 1}\n', ['o'], undefined],
    ['o: {[a]: 1}\n', ['o'], undefined],
    ['o: text\n', ['o'], undefined],
    ['? o\n:\n', ['o'], undefined],
    ['o:\n-   p:\n', ['o', 0, 'p'], 'o:\n-   p:\n      x: w\n'],
    ['o:\n  a: 1\n  ? b\n', ['o'], 'o:\n  a: 1\n  ? b\n  x: w\n'],
    ['p: &p {a: 1}\no:\n  <<: *p\n  a: *p\n', ['o'], 'p: &p {a: 1}\no:\n  <<: *p\n  a: *p\n  x: w\n'],
  ])('to %j stands in %j as the others do', (text, into, left) => {
    const yaml = read(text);
    expect(after(text, insertion(yaml, fieldAt(yaml, into), field))).toBe(left);
  });

  it('comes after the one that is named', () => {
    const text = 'o:\n  a: 1\n  b: 2\n';
    const yaml = read(text);
    const edit = insertion(yaml, fieldAt(yaml, ['o']), { key: 'x', value: field }, fieldAt(yaml, ['o', 'a']));
    expect(after(text, edit)).toBe('o:\n  a: 1\n  x:\n    x: w\n  b: 2\n');
  });
});

describe('a list', () => {
  it.each<[text: string, at: number, left: string | undefined]>([
    ['l:\n- a: 1\n  b: 2\n- c: 3\nd: 4\n', 0, 'l:\n- c: 3\nd: 4\n'],
    ['l:\n- a: 1\n- c: 3 # three\nd: 4\n', 1, 'l:\n- a: 1\nd: 4\n'],
    ['k: 1\nl:\n- a: 1\n', 0, 'k: 1\n'],
    ['l: [{a: 1}, {c: 3}]\n', 0, undefined],
    ['l:\n- - a: 1\n  - b: 2\n- c: 3\n', 1, 'l:\n- - a: 1\n  - b: 2\n'],
  ])('of %j loses item %i with its lines', (text, at, left) => {
    const yaml = read(text);
    const list = fieldAt(yaml, ['l']);
    const item = yaml.items(list)[at];
    if (!item) throw new Error(`There is no item ${at}`);
    expect(after(text, withoutItem(yaml, list, item))).toBe(left);
  });

  it('gets items after its last, and nothing that is no list does', () => {
    const text = 'l:\n- a: 1\nm: 2\n';
    const yaml = read(text);
    expect(after(text, appended(yaml, fieldAt(yaml, ['l']), [{ b: 2 }]))).toBe('l:\n- a: 1\n- b: 2\nm: 2\n');
    expect(appended(yaml, fieldAt(yaml, ['m']), [{ b: 2 }])).toBeUndefined();
  });

  it('that was merged in gets none, as whoever else merges it would', () => {
    const yaml = read('x: &x\n  l:\n  - a: 1\nz:\n  <<: *x\n');
    expect(appended(yaml, fieldAt(yaml, ['z', 'l']), [{ b: 2 }])).toBeUndefined();
  });

  it('has its items, aliases followed, and what is no list has none', () => {
    const yaml = read('x: &x {a: 1}\nl: [*x, {a: 2}]\nm: {a: 1}\np: text\no:\n');
    expect(yaml.items(fieldAt(yaml, ['l'])).map((item) => placeOf(item))).toEqual([
      { start: 6, end: 12 },
      { start: 21, end: 27 },
    ]);
    for (const name of ['m', 'p', 'o']) expect(yaml.items(fieldAt(yaml, [name]))).toEqual([]);
    expect(yaml.items(undefined)).toEqual([]);
  });
});
