import { describe, expect, it } from 'vitest';
import { outdatedRules } from '../../../src/since124/finding.ts';
import { findOutdated } from '../../../src/since124/find.ts';
import { besideOf } from '../../../src/since124/kustomize.ts';
import { inOneGo } from '../../../src/slices.ts';
import { snippets, type Snippet } from '../../support/texts/outdatedCorpus.ts';

const rulesIn = ({ path, text, beside }: Snippet): string[] => {
  const wanted = besideOf(path, text).map((name): [string, string] => [name, beside.get(name) ?? '']);
  return inOneGo(findOutdated(path, text, { beside: new Map(wanted) })).map(({ rule }) => rule);
};

describe('lines that break since Kubernetes 1.24', () => {
  const found = snippets('found');
  const none = snippets('none');

  it('are all found, each under its rule', () => {
    const missed = found.flatMap((snippet) => {
      const { path, text, rules } = snippet;
      const actual = rulesIn(snippet);
      return actual.join() === rules.join() ? [] : [`${path}: ${actual.join() || 'nothing'}: ${text}`];
    });
    expect(missed).toEqual([]);
  });

  it('are told from all that only look so', () => {
    const wrong = none.flatMap((snippet) => {
      const { path, text } = snippet;
      const actual = rulesIn(snippet);
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
