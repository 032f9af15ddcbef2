import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { list } from '../../../src/cluster/read/json.ts';
import { POD, readProtobuf, ROLE } from '../../../src/cluster/read/shapes.ts';
import { readMessage, Unread, type Shape } from '../../../src/cluster/read/wire.ts';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
const within = (field: number, inner: Buffer | string): Buffer => {
  const bytes = Buffer.from(inner);
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
};
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const all = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const unknown = (kind: string, raw: Buffer): Buffer =>
  all(Buffer.from('k8s\0'), within(1, all(within(1, 'v1'), within(2, kind))), within(2, raw));

function problemOf(does: () => void): string {
  try {
    does();
    return 'none';
  } catch (error) {
    return Problem.is(error) ? error.reason : 'a defect';
  }
}

const SHAPE: Shape = {
  1: { as: 'text', name: 'name' },
  2: { as: 'number', name: 'seconds' },
  3: { as: 'texts', name: 'verbs' },
  4: { as: 'map', name: 'labels' },
  5: { as: 'flag', name: 'isOn' },
  6: { as: 'message', name: 'inner', of: { 1: { as: 'text', name: 'name' } } },
};

describe('a message in protobuf', () => {
  it('is read as far as a shape names its fields, and skipped where it does not', () => {
    const others = all(
      number(9, 7),
      within(10, 'x'.repeat(300)),
      Buffer.from([11 * 8 + 1, ...new Uint8Array(8)]),
    );
    const bytes = all(
      others,
      within(1, 'näme'),
      number(2, 4_294_967_296),
      within(3, 'get'),
      within(3, 'list'),
      within(4, all(within(1, '__proto__'), within(2, 'v'))),
      number(5, 0),
      Buffer.from([12 * 8 + 5, 0, 0, 0, 0]),
      within(6, within(1, 'in')),
    );
    const read = readMessage(bytes, SHAPE);
    expect(read).toMatchObject({
      name: 'näme',
      seconds: 4_294_967_296,
      verbs: ['get', 'list'],
      isOn: false,
      inner: { name: 'in' },
    });
    expect(Object.entries(read['labels'] as object)).toEqual([['__proto__', 'v']]);
  });

  it.each([
    ['ends within a number', Buffer.from([2 * 8, 0x80])],
    ['has a number that does not end', Buffer.from([2 * 8, ...new Uint8Array(20).fill(0xff)])],
    ['says more bytes than there are', Buffer.from([1 * 8 + 2, 5, 1])],
    ['reaches beyond the message it is in', all(Buffer.from([6 * 8 + 2, 2, 1 * 8 + 2, 5]), Buffer.alloc(9))],
    ['has a field of another type', number(1, 3)],
    ['has a group, which Kubernetes never has', Buffer.from([9 * 8 + 3])],
  ])('is refused where it %s', (_, bytes) => {
    expect(() => readMessage(bytes, SHAPE)).toThrow(Problem);
  });

  it('is read or refused, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), fc.boolean(), (bytes, isRole, isList) => {
        const answer = unknown('List', Buffer.from(bytes));
        const readAll = (): void => {
          const read = readProtobuf(answer, isRole ? ROLE : POD, isList);
          for (const one of list(read, 'items')) if (one instanceof Unread) one.read();
        };
        expect(problemOf(readAll)).not.toBe('a defect');
      }),
    );
  });
});

describe('an answer in protobuf', () => {
  it('is a list whose objects are read as they are asked for', () => {
    const metadata = all(within(2, '17'), within(3, 'more'), number(4, 9));
    const pod = within(1, all(within(1, 'p'), within(8, number(1, 1_700_000_000))));
    const read = readProtobuf(unknown('PodList', all(within(1, metadata), within(2, pod))), POD, true);
    expect(read).toMatchObject({
      metadata: { resourceVersion: '17', continue: 'more', remainingItemCount: 9 },
    });
    expect(list(read, 'items').map((one) => one instanceof Unread && one.read())).toEqual([
      { metadata: { name: 'p', creationTimestamp: '2023-11-14T22:13:20.000Z' } },
    ]);
  });

  it('is a Status where it is a refusal', () => {
    const status = all(within(2, 'Failure'), within(3, 'no'), within(4, 'Forbidden'), number(6, 403));
    expect(readProtobuf(unknown('Status', status), POD, false)).toMatchObject({
      kind: 'Status',
      message: 'no',
      reason: 'Forbidden',
      code: 403,
    });
  });

  it('is refused where it is something else', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('{}'), Buffer.from('k8s\0')]) {
      expect(() => readProtobuf(bytes, POD, true)).toThrow('it is no API server');
    }
  });
});
