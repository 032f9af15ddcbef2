import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { fieldAt, type FieldAt, type Lines } from '../../../src/manifest/fieldAt.ts';

const linesOf = (text: string): Lines => {
  const lines = text.split('\n');
  return { count: lines.length, line: (index) => lines[index] ?? '' };
};

/** Where the value at the `|` of a text stands. */
function at(text: string): FieldAt {
  const before = text.slice(0, text.indexOf('^'));
  const line = before.split('\n').length - 1;
  return fieldAt(linesOf(text.replace('^', '')), line, before.length - before.lastIndexOf('\n') - 1);
}

const pretty = JSON.stringify(
  { items: [{ data: { 'ca.crt': 'x', token: '^' }, kind: 'Secret' }] },
  undefined,
  2,
);
const flat = JSON.stringify({
  items: [
    { kind: 'ConfigMap', data: {} },
    { data: { token: '^' }, kind: 'Secret' },
  ],
});
const large = JSON.stringify({ users: [{ name: 'x'.repeat(80_000), user: { token: '^' } }] });

describe('the field that a value stands in', () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ['a block', 'users:\n- name: u\n  user:\n    token: ^', ['users', 'user', 'token'], undefined],
    ['a list that is indented', 'users:\n  - user:\n      token: "^"', ['users', 'user', 'token'], undefined],
    [
      'a flow',
      'users:\n- name: u\n  user: {a: [b, {c: d}], token: "^',
      ['users', 'user', 'token'],
      undefined,
    ],
    ['a flow in a flow', 'users: [{name: u, user: {token: ^', ['users', 'user', 'token'], undefined],
    ['the line below', 'user:\n  token:\n    ^', ['user', 'token'], undefined],
    ['an anchor', 'user:\n  token: &t ^', ['user', 'token'], undefined],
    ['a header', 'user:\n  token: "Bearer ^', ['user', 'token'], undefined],
    ['a Secret', 'kind: Secret\ndata:\n  # note\n  token: ^', ['data', 'token'], 'Secret'],
    [
      'a kind below',
      'data:\n  a: |\n    kind: No\n  token: ^\n\n# c\nkind: "Secret"',
      ['data', 'token'],
      'Secret',
    ],
    ['a kind in quotes', "'kind': 'Secret'\ndata: {token: ^}", ['data', 'token'], 'Secret'],
    [
      'an item',
      'items:\n- kind: A\n  data: {}\n- data:\n    token: ^\n  kind: B\n- kind: C',
      ['items', 'data', 'token'],
      'B',
    ],
    [
      'an item whose kind is first',
      'items:\n- kind: A\n  data:\n    token: ^\n- kind: C',
      ['items', 'data', 'token'],
      'A',
    ],
    [
      'another document',
      'kind: Secret\n---\ndata:\n  token: ^\n---\nkind: Secret',
      ['data', 'token'],
      undefined,
    ],
    [
      'a text in a field',
      'kind: Secret\nstringData:\n  kc: |\n    users:\n    - user:\n        token: ^',
      ['stringData', 'kc', 'users', 'user', 'token'],
      undefined,
    ],
    ['JSON', pretty, ['items', 'data', 'token'], 'Secret'],
    ['JSON in one line', flat, ['items', 'data', 'token'], 'Secret'],
  ])('is told in %s', (_, text, path, kind) => {
    expect(at(text)).toMatchObject({ path, kind, isWhole: true });
  });

  it('is told as far as can be seen in a line of any length', () => {
    expect(at(large)).toMatchObject({ path: ['user', 'token'], isWhole: false });
    expect(at(`{"token":"${'x'.repeat(70_000)}^`)).toMatchObject({ path: [], isWhole: false });
  });

  it.each([
    ['|', 'token: |\n  ^'],
    ['>-', 'a:\n  token: >- # folded\n    ^'],
    ['|2-', 'token: &t |2-\n    ^'],
    ['|', 'token: !!str |\n    ^'],
    ['|', 'token: &t !!str | # not | this\n    ^'],
    ['|+', 'token: |+ # nor |+ this\n    ^'],
    ['>', 'token: !<tag:yaml.org,2002:str> >\n    ^'],
    [undefined, 'token:\n  ^'],
    [undefined, 'token: ^'],
  ])('begins a block scalar with %j', (style, text) => {
    const { block } = at(text);
    expect(block?.style).toBe(style);
    const there = text.split('\n')[block?.line ?? 0]?.slice(block?.character ?? 0);
    expect(there?.startsWith(style ?? '')).toBe(true);
    expect(style === undefined ? style : there?.replace(/ #.*/, '')).toBe(style);
  });

  it('is that of the parser, in any YAML that people write', () => {
    const key = fc.constantFrom('a', 'b', 'user', 'users', 'data', 'kind', 'x.y/z');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant('here'),
        fc.constant('some text'),
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.dictionary(key, value, { minKeys: 1 }),
        fc.constantFrom(1, 2),
        fc.boolean(),
        (object, style, isIndented) => {
          const text =
            style === 1 ? JSON.stringify(object) : parseDocument(JSON.stringify(object)).toString();
          const written = isIndented && style === 1 ? JSON.stringify(object, undefined, 2) : text;
          const paths: string[][] = [];
          const places: number[] = [];
          const walk = (node: unknown, path: string[], isField: boolean): void => {
            if (isScalar(node) && node.value === 'here' && isField) {
              paths.push(path);
              places.push(node.range?.[0] ?? 0);
            }
            if (isMap(node))
              for (const { key: name, value: one } of node.items) walk(one, [...path, String(name)], true);
            if (isSeq(node)) for (const one of node.items) walk(one, path, false);
          };
          walk(parseDocument(written).contents, [], false);
          const lines = linesOf(written);
          for (const [index, place] of places.entries()) {
            const before = written.slice(0, place);
            const line = before.split('\n').length - 1;
            expect(fieldAt(lines, line, place - before.lastIndexOf('\n') - 1).path).toEqual(paths[index]);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is told or not, and never throws or hangs, whatever stands around', () => {
    const line = fc.string({
      unit: fc.constantFrom(' ', '-', ':', 'a', '"', "'", '#', '{', '}', '[', ',', '|', '\\', '&'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.nat(), fc.nat(), (all, row, column) => {
        const index = row % all.length;
        const found = fieldAt(linesOf(all.join('\n')), index, column % ((all[index]?.length ?? 0) + 1));
        expect(found.path.length).toBeLessThan(100);
      }),
      { numRuns: 1000 },
    );
    for (const unit of [' ', '- ', '{', '[{', 'a: ', '"', '\\"', ': {', 'bearer ', '&a ', "'"]) {
      const text = unit.repeat(100_000);
      const many = Array.from({ length: 10_000 }, () => text.slice(0, 1000));
      fieldAt({ count: many.length, line: (index) => many[index] ?? '' }, 9999, 999);
      fieldAt(linesOf(text), 0, text.length);
    }
  });
});
