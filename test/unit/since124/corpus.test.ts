import { describe, expect, it } from 'vitest';
import { outdatedRules } from '../../../src/since124/finding.ts';
import { foundIn, snippets } from '../../support/texts/outdatedCorpus.ts';

describe('lines that break since Kubernetes 1.24', () => {
  const found = snippets('found');
  const none = snippets('none');

  it('are all found, each under its rule and at its place', () => {
    for (const snippet of found) {
      const { path, text, rules, marked } = snippet;
      const actual = foundIn(snippet).map(({ rule, start, end }) => [rule, text.slice(start, end)]);
      expect({ path, text, found: actual }).toEqual({
        path,
        text,
        found: rules.map((rule, index) => [rule, marked[index]]),
      });
    }
  });

  it('are told from all that only look so', () => {
    const wrong = none.flatMap((snippet) => {
      const { path, text } = snippet;
      const actual = foundIn(snippet).map(({ rule }) => rule);
      return actual.length === 0 ? [] : [`${path}: ${actual.join()}: ${text}`];
    });
    expect(wrong).toEqual([]);
  });

  it('have an example of each rule', () => {
    expect([...new Set(found.flatMap(({ rules }) => rules))].sort()).toEqual(
      Object.keys(outdatedRules).sort(),
    );
  });
});
