import { describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../../src/authorization/rules.ts';
import {
  aggregationInWords,
  namesInWords,
  oneLine,
  resourceInWords,
  rulesInWords,
} from '../../../src/authorization/words.ts';

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

  it('say of which objects alone they are, and that what names none is left out', () => {
    const resourceNames = ['a', '', 'b'];
    expect(
      said(rule({ verbs: ['get', 'create', 'deletecollection'], resources: ['pods'], resourceNames: ['a'] })),
    ).toEqual([
      [
        'get, create (by server-side apply only), deletecollection (never: it names nothing)',
        'core: pods named a',
      ],
    ]);
    expect(said(rule({ verbs: ['create', 'deletecollection'], resources: ['pods'], resourceNames }))).toEqual(
      [['create, deletecollection', 'core: pods named a or "" (requests without a name) or b']],
    );
    expect(said(rule({ verbs: ['create'], resources: ['pods/exec'], resourceNames: ['a'] }))).toEqual([
      ['create', 'core: pods/exec named a'],
    ]);
    expect(said(rule({ verbs: ['create'], resources: ['*'], resourceNames: ['a'] }))).toEqual([
      ['create', 'core: all resources named a of core'],
    ]);
  });

  it('call a resource in its group without the group, and put together what the same verbs go with', () => {
    const pods = rule({ resources: ['pods', 'pods'] });
    const deployments = rule({ apiGroups: ['apps'], resources: ['deployments/scale'] });
    expect(
      rulesInWords([pods, deployments, pods, rule({ verbs: ['list'], resources: ['pods'] })], true),
    ).toEqual([
      {
        verbs: 'get',
        on: [
          { group: 'core', names: [{ short: 'pods', full: 'pods' }] },
          { group: 'apps', names: [{ short: 'deployments/scale', full: 'deployments.apps/scale' }] },
        ],
      },
      { verbs: 'list', on: [{ group: 'core', names: [{ short: 'pods', full: 'pods' }] }] },
    ]);
  });

  it('name no path where a RoleBinding gives them', () => {
    const both = rule({ resources: ['pods'], nonResourceURLs: ['/livez'] });
    expect(rulesInWords([both], false).flatMap(({ on }) => on.map(({ group }) => group))).toEqual(['core']);
    expect(rulesInWords([both], true).flatMap(({ on }) => on.map(({ group }) => group))).toEqual([
      'core',
      'paths',
    ]);
  });
});

it('a resource is spelled as kubectl spells it', () => {
  expect(resourceInWords('', 'pods')).toBe('pods');
  expect(resourceInWords('', 'pods/log')).toBe('pods/log');
  expect(resourceInWords('apps', 'deployments')).toBe('deployments.apps');
  expect(resourceInWords('apps', 'deployments/scale')).toBe('deployments.apps/scale');
});

it('on which objects something is allowed is said where it is not on all', () => {
  const get = { verb: 'get', group: '', resource: 'pods' };
  expect(namesInWords('all', get)).toBe('');
  expect(namesInWords({ only: ['a', 'b'] }, get)).toBe('only a, b');
  expect(namesInWords({ only: ['/a'] }, { verb: 'create', path: '/a' })).toBe('only /a');
});

it('an aggregated ClusterRole is said to have the rules of others', () => {
  expect(aggregationInWords(['a=b', ''])).toBe(
    'Its rules are aggregated from the ClusterRoles labelled a=b, or anything.',
  );
});

it('a name of several lines stays in one', () => {
  expect(oneLine('a\r\nb\u0085\u2028\u2029c d')).toBe('a b c d');
});
