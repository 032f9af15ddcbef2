import { describe, expect, it } from 'vitest';
import type { Rights, RightsRule } from '../../../src/cluster/api/credentials.ts';
import { rightsInShort, rightsInWords } from '../../../src/editor/credentials/rightsInWords.ts';

const rule = (verbs: string, resources: string, more: Partial<RightsRule> = {}): RightsRule => ({
  verbs: verbs.split(','),
  apiGroups: [''],
  resources: resources.split(','),
  resourceNames: [],
  ...more,
});
const rights = (...rules: RightsRule[]): Rights => ({ namespace: 'ci', isComplete: true, rules });

describe('rights in words', () => {
  it('are one line for each set of verbs, without what everybody may', () => {
    const all = rights(
      rule('create', 'selfsubjectreviews,selfsubjectaccessreviews', { apiGroups: ['authorization.k8s.io'] }),
      rule('list,get', 'pods,nodes'),
      rule('get,list', 'deployments', { apiGroups: ['apps'] }),
      rule('update', 'configmaps', { resourceNames: ['lock'] }),
    );
    expect(rightsInWords(all)).toEqual([
      'get, list: deployments.apps, nodes, pods',
      'update: configmaps (only lock)',
    ]);
    expect(rightsInShort(all)).toBe(
      'It may get, list: deployments.apps, nodes, pods; and 1 more (namespace ci).',
    );
  });

  it('begin with what is everything', () => {
    const all = rights(rule('get', 'pods'), rule('*', '*', { apiGroups: ['*'] }));
    expect(rightsInWords(all)).toEqual(['everything: every resource', 'get: pods']);
  });

  it('say that there are none, and never so where the server does not tell all', () => {
    expect(rightsInShort(rights())).toBe('No role gives it rights in namespace ci.');
    expect(rightsInShort({ ...rights(), isComplete: false })).toContain('does not tell');
  });
});
