import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { findObjects, isTokenSecret } from '../../../src/manifest/creatable.ts';
import { nameProblem } from '../../../src/manifest/names.ts';
import { nextName } from '../../../src/manifest/nextName.ts';

function messageOf(text: string): string {
  try {
    findObjects(text);
  } catch (error) {
    if (Problem.is(error, 'bad-input')) return error.message;
    throw error;
  }
  return 'none';
}

describe('the objects of a manifest that can be created', () => {
  it('are found with their names and places, in documents and in Lists, and others are passed over', () => {
    const text = `apiVersion: v1
kind: ServiceAccount
metadata: { name: robot, namespace: ci }
---
kind: Deployment
---
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: { name: "system:reader" }
- apiVersion: v1
  kind: Secret
  type: kubernetes.io/service-account-token
  metadata: { name: robot-token }
`;
    const found = findObjects(text);
    expect(found.map(({ kind, name, namespace }) => [kind, name, namespace])).toEqual([
      ['ServiceAccount', 'robot', 'ci'],
      ['Role', 'system:reader', undefined],
      ['Secret', 'robot-token', undefined],
    ]);
    expect(found.map(({ object }) => isTokenSecret(object))).toEqual([false, false, true]);
    const pieces = found.map(({ start, end }) => text.slice(start, end));
    expect(pieces.map((piece, index) => piece.includes(found[index]?.name ?? '?'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(pieces[1]).not.toContain('robot-token');
  });

  it.each([
    ['', 'found nothing'],
    ['kind: Pod\n---\na: 1\n', 'found Pod, a document without a kind'],
    ['kind: Role\nmetadata: {name: a}\n', 'needs "apiVersion: rbac.authorization.k8s.io/v1"'],
    ['kind: Secret\napiVersion: v1\n', 'has no metadata.name'],
    ['kind: Secret\napiVersion: v1\nmetadata: {name: A}\n', 'The Secret "A" cannot have that name'],
    ['kind: Secret\napiVersion: v1\nmetadata: {name: a, namespace: 1}\n', 'put it in quotes'],
    ['kind: Secret\napiVersion: v1\nmetadata: {name: a, namespace: b.c}\n', 'bad metadata.namespace'],
    ['kind: Secret\napiVersion: v1\nmetadata: {name: {{ .x }}}\n', 'This Secret has no metadata.name'],
    ['a: [', 'not valid YAML at line 1'],
  ])('are missed with the reason in %j', (text, why) => {
    expect(messageOf(text)).toContain(why);
  });
});

describe('the name after a name', () => {
  it.each([
    ['a', [], 'a-2'],
    ['a-2', [], 'a-3'],
    ['a-9', ['a-10'], 'a-11'],
    ['robot-token', ['robot-token', 'robot-token-2'], 'robot-token-3'],
  ])('of %j, where %j are taken, is %j', (name, taken, next) => {
    expect(nextName(name, taken)).toBe(next);
  });

  it('is another, is free, and is one that Kubernetes accepts', () => {
    const name = fc
      .stringMatching(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/)
      .filter((one) => nameProblem(one) === undefined);
    fc.assert(
      fc.property(name, fc.array(name), (one, taken) => {
        const next = nextName(one, [one, ...taken]);
        expect([one, ...taken]).not.toContain(next);
        expect(nameProblem(next)).toBeUndefined();
      }),
    );
  });
});
