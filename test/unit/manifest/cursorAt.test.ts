import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursorAt } from '../../../src/manifest/cursorAt.ts';

/** What is typed at the `|` of a text. */
function at(text: string): ReturnType<typeof cursorAt> {
  const lines = text.slice(0, text.indexOf('|')).split('\n');
  const line = lines.pop() ?? '';
  return cursorAt(line, (distance) => lines.at(-distance));
}

const daemonSet = `kind: DaemonSet
spec:
  template:
    spec:
      # a comment: with a colon
      serviceAccountName: |`;

describe('what is typed', () => {
  it.each<[string, readonly string[], 'key' | 'value', string]>([
    ['type: |', ['type'], 'value', ''],
    ['type:|', ['type'], 'value', ''],
    ['kind: Secret\ntype: "kube|', ['type'], 'value', 'kube'],
    ['metadata:\n  annotations:\n    kubernetes.io/|', ['metadata', 'annotations'], 'key', 'kubernetes.io/'],
    ['metadata:\n  annotations:\n    |', ['metadata', 'annotations'], 'key', ''],
    [
      'metadata:\n  annotations:\n    a: b\n\n    kubernetes.io/service-account.name: my|',
      ['metadata', 'annotations', 'kubernetes.io/service-account.name'],
      'value',
      'my',
    ],
    [
      'metadata:\n  annotations:\n    "kubernetes.io/service-account.name": \'my|',
      ['metadata', 'annotations', 'kubernetes.io/service-account.name'],
      'value',
      'my',
    ],
    [daemonSet, ['spec', 'template', 'spec', 'serviceAccountName'], 'value', ''],
    ['items:\n- kind: Secret\n  type: |', ['items', 'type'], 'value', ''],
    [
      'items:\n  - kind: Secret\n    metadata:\n      annotations:\n        |',
      ['items', 'metadata', 'annotations'],
      'key',
      '',
    ],
    ['a:\n- b:\n  - c:\n    - d: |', ['a', 'b', 'c', 'd'], 'value', ''],
    ['subjects:\n- kind: ServiceAccount\n  name: x\nroleRef:\n  name: |', ['roleRef', 'name'], 'value', ''],
    ['a:\n  b: 1\n---\nc:\n  d: |', ['c', 'd'], 'value', ''],
    ['{"spec": {"serviceAccountName": "m|', ['serviceAccountName'], 'value', 'm'],
    ['spec: {serviceAccountName: m|', ['serviceAccountName'], 'value', 'm'],
  ])('in %j is told', (text, path, is, typed) => {
    expect(at(text)).toMatchObject({ path, is, typed });
  });

  it.each(['# type: |', 'a b c|', 'type: x # |', '- [a, |'])('in %j is nothing of ours', (text) => {
    expect(at(text)).toBeUndefined();
  });

  it('is told or not, and never throws or hangs, whatever stands above', () => {
    const line = fc.string({
      unit: fc.constantFrom(' ', '-', ':', 'a', '"', "'", '#', '{', ',', '/', '\t'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.array(line), line, (lines, last) => {
        const cursor = cursorAt(last, (distance) => lines.at(-distance));
        expect(cursor === undefined || last.endsWith(cursor.typed)).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (const unit of [' ', '- ', '{', 'a: ', ', ', '"', 'a,'])
      cursorAt(unit.repeat(1000), () => unit.repeat(1000));
  });
});
