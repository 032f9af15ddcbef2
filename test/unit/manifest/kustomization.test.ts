import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addResources, kustomizeNamespace } from '../../../src/manifest/kustomization.ts';
import { applyEdits } from '../../../src/yaml/edit.ts';
import {
  extra,
  join,
  layout,
  list,
  maybe,
  messageOf,
  undone,
  valuesOf,
  word,
} from '../../support/texts/anyManifest.ts';

describe('the resources of a kustomization', () => {
  it.each([
    [
      '# mine\nresources:\n- a.yaml # first\n# last\n',
      '# mine\nresources:\n- a.yaml # first\n- b.yaml\n# last\n',
    ],
    ['resources:\n  - a.yaml\nnamespace: ci', 'resources:\n  - a.yaml\n  - b.yaml\nnamespace: ci'],
    ['namespace: ci\n', 'namespace: ci\nresources:\n- b.yaml\n'],
    ['resources: [] # none\n', 'resources: ["b.yaml"] # none\n'],
    ['resources: [a.yaml]\n', 'resources: [a.yaml, "b.yaml"]\n'],
    ['resources:\n', 'resources:\n- b.yaml\n'],
    ['resources: null # none\nx: 1\n', 'resources: # none\n- b.yaml\nx: 1\n'],
    ['', 'resources:\n- "b.yaml"\n'],
    ['resources:\n- ./b.yaml\n', 'resources:\n- ./b.yaml\n'],
  ])('%j become %j', (text, expected) => {
    expect(applyEdits(text, addResources(text, ['b.yaml']))).toBe(expected);
  });

  it('are kept byte for byte in any layout', () => {
    const kustomization = fc
      .tuple(extra, list(fc.constant({})), fc.array(word))
      .map(([more, has, names]) => join(more, maybe('resources', has && names)));
    fc.assert(
      fc.property(
        kustomization.chain((value) => layout(value)),
        (text) => {
          const edits = addResources(text, ['one.yaml', '../two.yaml']);
          expect(undone(text, edits)).toBe(text);
          const [value] = valuesOf(applyEdits(text, edits));
          expect((value as { resources: string[] }).resources.slice(-2)).toEqual(['one.yaml', '../two.yaml']);
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);

  it('are refused where it is no kustomization, and its namespace is known', () => {
    expect(messageOf(() => addResources('- a\n', ['b']))).toContain('no single map');
    expect(messageOf(() => addResources('resources: a\n', ['b']))).toContain('no list');
    expect(kustomizeNamespace('namespace: prod\n')).toBe('prod');
    expect(kustomizeNamespace('')).toBeUndefined();
  });
});
