import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../../src/authorization/rules.ts';
import { rulesInWords } from '../../../src/authorization/words.ts';

const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  verbs: ['get'],
  apiGroups: [''],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...more,
});

/** Each line as its verbs, and what they go with as it is called alone. */
const said = (...rules: readonly PolicyRule[]): readonly (readonly string[])[] =>
  rulesInWords(rules, true).map(({ verbs, on }) =>
    [verbs].concat(on.map(({ group, names }) => `${group}: ${names.map(({ full }) => full).join(', ')}`)),
  );

describe('rules in words', () => {
  it('name verbs in the order in which people do, and each once', () => {
    const verbs = [
      'bind',
      'deletecollection',
      'delete',
      'patch',
      'update',
      'create',
      'watch',
      'list',
      'get',
      'get',
    ];
    expect(said(rule({ verbs, resources: ['pods'] }))).toEqual([
      ['get, list, watch, create, update, patch, delete, deletecollection, bind', 'core: pods'],
    ]);
  });

  it('begin with what is widest: all verbs, then all resources', () => {
    const narrow = rule({ verbs: ['list'], resources: ['pods'] });
    expect(said(narrow, rule({ verbs: ['*', 'get'], resources: ['secrets'] }))).toEqual([
      ['all verbs', 'core: secrets'],
      ['list', 'core: pods'],
    ]);
    expect(said(narrow, rule({ resources: ['*'] }))).toEqual([
      ['get', 'core: all resources of core'],
      ['list', 'core: pods'],
    ]);
  });

  it('name nothing beside what stands for all', () => {
    const all = rule({
      apiGroups: ['apps', '*'],
      resources: ['pods', '*'],
      nonResourceURLs: ['/healthz', '*'],
    });
    expect(said(all)).toEqual([['get', 'all API groups: all resources', 'paths: all paths']]);
  });

  it('name each resource with its group', () => {
    const resources = ['deployments', 'deployments/scale', '*'];
    expect(
      said(rule({ apiGroups: ['apps'], resources: resources.slice(0, 2), nonResourceURLs: ['/livez'] })),
    ).toEqual([['get', 'apps: deployments.apps, deployments.apps/scale', 'paths: /livez']]);
    expect(said(rule({ apiGroups: ['apps'], resources }))).toEqual([['get', 'apps: all resources of apps']]);
    expect(said(rule({ apiGroups: ['*'], resources: ['pods'] }))).toEqual([
      ['get', 'all API groups: pods of all API groups'],
    ]);
  });
});
