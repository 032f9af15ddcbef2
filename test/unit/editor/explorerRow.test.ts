import { describe, expect, it } from 'vitest';
import { explorerRowOf } from '../../../src/editor/contexts/explorerRow.ts';

/** A node as the Kubernetes extension's API describes it. */
const resource = (manifestKind: string, more: object = {}): object => ({
  nodeType: 'resource',
  name: 'web',
  namespace: null,
  resourceKind: { manifestKind, abbreviation: manifestKind.toLowerCase() },
  ...more,
});

describe('a row of the Kubernetes extension’s explorer', () => {
  it.each([
    ['context', { nodeType: 'context', name: 'prod' }, { kind: 'context', name: 'prod' }],
    ['inactive context', { nodeType: 'context.inactive', name: 'old' }, { kind: 'context', name: 'old' }],
    ['Pod', resource('Pod'), { kind: 'pod', info: { namespace: 'own', name: 'web' } }],
    [
      'Pod of a namespace, with its uid',
      resource('Pod', { namespace: 'ci', metadata: { uid: 'u' } }),
      { kind: 'pod', info: { namespace: 'ci', name: 'web', uid: 'u' } },
    ],
    [
      'ServiceAccount',
      resource('ServiceAccount'),
      { kind: 'serviceAccount', info: { namespace: 'own', name: 'web' } },
    ],
    ['Secret', resource('Secret'), { kind: 'tokenSecret', info: { namespace: 'own', name: 'web' } }],
  ])('of a %s can be explained', (_what, node, row) => {
    expect(explorerRowOf(node, 'own')).toEqual(row);
  });

  it.each([
    undefined,
    'a',
    {},
    { nodeType: 'error' },
    { nodeType: 'folder.resource', resourceKind: { manifestKind: 'Pod' } },
    resource('Service'),
    { ...resource('Pod'), name: 1 },
    { ...resource('Pod'), resourceKind: undefined },
  ])('is nothing where it holds no token: %o', (node) => {
    expect(explorerRowOf(node, 'own')).toBeUndefined();
  });
});
