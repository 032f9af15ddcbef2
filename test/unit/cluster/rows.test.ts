import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rows } from '../../../src/cluster/live/rows.ts';

interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly owner: string;
}

const letter = fc.constantFrom('a', 'b', 'c');
const row: fc.Arbitrary<Row> = fc.record({ namespace: letter, name: letter, uid: letter, owner: letter });
const step = fc.oneof(
  fc.record({ act: fc.constant('set' as const), row }),
  fc.record({ act: fc.constant('delete' as const), row }),
  fc.record({
    act: fc.constant('replace' as const),
    namespace: fc.option(letter, { nil: undefined }),
    rows: fc.array(row, { maxLength: 6 }),
  }),
);

const key = ({ namespace, name }: Row): string => `${namespace}/${name}`;
const sorted = (rows: Iterable<Row>): Row[] =>
  [...rows].sort((one, other) => (key(one) < key(other) ? -1 : Number(key(one) > key(other))));

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Takes a step in a plain map, and returns the namespaces that are different after it. */
function takePlainly(plain: Map<string, Row>, taken: Step): Set<string> {
  const before = new Map(plain);
  if (taken.act === 'set') plain.set(key(taken.row), taken.row);
  if (taken.act === 'delete') plain.delete(key(taken.row));
  if (taken.act === 'replace') {
    for (const [name, old] of before) if (inScope(taken, old)) plain.delete(name);
    for (const one of taken.rows.filter((listed) => inScope(taken, listed))) plain.set(key(one), one);
  }
  const names = [...new Set([...before.keys(), ...plain.keys()])];
  const changed = names.filter(
    (name) => JSON.stringify(before.get(name)) !== JSON.stringify(plain.get(name)),
  );
  return new Set(changed.map((name) => name.split('/')[0] ?? ''));
}

/** The same in Rows. */
function take(rows: Rows<Row>, taken: Step): Set<string> {
  if (taken.act === 'replace') {
    const listed = taken.rows.filter((one) => inScope(taken, one));
    return rows.replace(taken.namespace, [...new Map(listed.map((one) => [key(one), one])).values()]);
  }
  const changed = taken.act === 'set' ? rows.set(taken.row) : rows.delete(taken.row);
  return new Set(changed ? [taken.row.namespace] : []);
}

function inScope({ namespace }: { readonly namespace: string | undefined }, row: Row): boolean {
  return namespace === undefined || row.namespace === namespace;
}

it('holds what a plain map would hold, and says truly what changed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const rows = new Rows<Row>(({ owner }) => owner);
      const plain = new Map<string, Row>();
      for (const taken of steps) {
        expect(take(rows, taken)).toEqual(takePlainly(plain, taken));
        expect(rows.count).toBe(plain.size);
        expect(rows.namespaces().flatMap((namespace) => rows.sorted(namespace))).toEqual(
          sorted(plain.values()),
        );
        const held = [...plain.values()];
        // One that was emptied is no longer among them.
        expect(rows.namespaces()).toEqual([...new Set(held.map(({ namespace }) => namespace))].sort());
        for (const namespace of ['a', 'b', 'c']) {
          expect(rows.countIn(namespace)).toBe(held.filter((one) => one.namespace === namespace).length);
          expect(rows.get(namespace, 'a')).toEqual(plain.get(`${namespace}/a`));
        }
        expect(rows.ownedBy('a', 'b')).toEqual(
          sorted(plain.values()).filter(({ namespace, owner }) => namespace === 'a' && owner === 'b'),
        );
      }
    }),
  );
});
