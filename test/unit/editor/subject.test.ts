import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenSecretRow, type TreeNode } from '../../../src/editor/subject/row.ts';
import { argumentOf, readSubject, type Subject } from '../../../src/editor/subject/subject.ts';

const account = { namespace: 'ns', name: 'sa', uid: '' };
const rows: readonly TreeNode[] = [
  { kind: 'namespace', name: 'ns' },
  { kind: 'orphans', namespace: 'ns' },
  { kind: 'serviceAccount', info: account },
  { kind: 'group', group: 'pods', account },
  tokenSecretRow('ns', 'secret', 'sa', ''),
  { kind: 'more', level: 'namespace/ns', hidden: 3 },
];

const text = fc.string();
const uri = fc.webUrl();
const optional = <T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  fc.option(value.map((one) => ({ [key]: one }))).map((one) => one ?? {});
const claims = fc.dictionary(text, fc.jsonValue()).map((one) => JSON.parse(JSON.stringify(one)) as object);
const subjects = fc.oneof(
  fc.constantFrom(...rows).map((row) => ({ is: 'row', row })),
  fc.record({
    is: fc.constant('object'),
    kind: fc.constantFrom('pod', 'tokenSecret'),
    info: fc
      .tuple(fc.record({ namespace: text, name: text }), optional('uid', text))
      .map(([info, uid]) => Object.assign(info, uid)),
  }),
  fc.record({ is: fc.constant('place'), uri, line: fc.nat(), character: fc.nat() }),
  fc.record({ is: fc.constant('context'), uri, context: text }),
  fc
    .tuple(
      fc.record({ is: fc.constant('command'), files: fc.option(fc.array(text), { nil: undefined }) }),
      optional('context', text),
      optional('claims', claims),
    )
    .map(([use, ...more]) => Object.assign(use, ...more) as object),
  fc.record({ is: fc.constant('claims'), claims }),
  fc.record({ is: fc.constant('secret'), namespace: text, serviceAccount: text, secret: text }),
  fc.constant({ is: 'selected' }),
) as fc.Arbitrary<Subject>;

const isNoUri = (value: unknown): value is never => value === isNoUri;
const read = (value: unknown): Subject | undefined => readSubject(value, isNoUri);

describe('what a command is about', () => {
  it('is read as it was written, through the JSON of a link too', () => {
    fc.assert(
      fc.property(subjects, (subject) => {
        expect(read(argumentOf(subject))).toEqual(subject);
        expect(read(JSON.parse(JSON.stringify(argumentOf(subject))))).toEqual(subject);
      }),
    );
  });

  it('is a row of the view only where the row has what its commands need', () => {
    expect(read({ kind: 'namespace' })).toBeUndefined();
    expect(read({ kind: 'serviceAccount', info: { name: 'sa' } })).toBeUndefined();
    expect(read({ kind: 'issuedToken', entry: { id: '1' } })).toBeUndefined();
    // A row of the view of the workspace's tokens has a kind of the same name.
    expect(read({ kind: 'group', severity: 'live', count: 2 })).toBeUndefined();
    // Other extensions know less of a Pod: it can be looked for, and not acted on.
    expect(read({ kind: 'pod', info: { namespace: 'ns', name: 'p' } })).toEqual({
      is: 'object',
      kind: 'pod',
      info: { namespace: 'ns', name: 'p' },
    });
  });

  it('is nothing in what nobody of ours gives', () => {
    fc.assert(fc.property(fc.anything(), (value) => read(value) === undefined || value === 'selected'));
    expect(read({ uri: 'file:///a' })).toBeUndefined();
    expect(read({ kind: 'command', files: [1] })).toBeUndefined();
  });

  it('is a file where the editor says so', () => {
    const file = { path: '/a', uri: 'file:///b', context: 'c' };
    const isFile = (value: unknown): value is never => value === file;
    expect(readSubject(file, isFile)).toEqual({ is: 'file', uri: file });
  });
});
