import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Snapshot } from '../../src/cluster/api.ts';
import { Inventory, NO_FILTER, summary } from '../../src/editor/tree/inventory.ts';
import { isTreeNode, nodeId } from '../../src/editor/tree/nodes.ts';
import { toYaml } from '../../src/editor/tree/yaml.ts';

const account = (namespace: string, name: string) => ({ namespace, name, uid: `uid of ${name}` });

const pod = (name: string) => ({
  ...account('kube-system', name),
  serviceAccount: 'mycontroller',
  phase: 'Pending',
  projectedTokens: [],
});

const snapshot: Snapshot = {
  serviceAccounts: [
    account('kube-system', 'mycontroller'),
    account('kube-system', 'default'),
    account('apps', 'web'),
    account('apps', 'my-web'),
  ],
  tokenSecrets: {
    items: [
      {
        ...account('apps', 'web-token'),
        serviceAccount: 'web',
        lastUsed: undefined,
        invalidSince: undefined,
      },
      // The same names in another namespace are another ServiceAccount's.
      {
        ...account('other', 'web-token'),
        serviceAccount: 'web',
        lastUsed: undefined,
        invalidSince: undefined,
      },
    ],
    problem: undefined,
  },
  pods: {
    items: [pod('b'), pod('a')],
    problem: undefined,
  },
};
const inventory = new Inventory(snapshot);
const names = (groups: ReturnType<Inventory['namespaces']>): string[] =>
  groups.flatMap(({ name, accounts }) => accounts.map((info) => `${name}/${info.name}`));

describe('the inventory of a cluster', () => {
  it('lists namespaces and ServiceAccounts in order of their names', () => {
    expect(names(inventory.namespaces(NO_FILTER))).toEqual([
      'apps/my-web',
      'apps/web',
      'kube-system/default',
      'kube-system/mycontroller',
    ]);
  });

  it('says what a ServiceAccount has', () => {
    expect(summary(inventory, account('apps', 'web'))).toBe('1 token Secret');
    expect(summary(inventory, account('kube-system', 'mycontroller'))).toBe('no token Secret · 2 Pods');
  });

  it('never says "no token Secret" where Secrets could not be listed', () => {
    const blind = new Inventory({ ...snapshot, tokenSecrets: { items: [], problem: 'needs list secrets' } });
    expect(summary(blind, account('apps', 'web'))).toBe('token Secrets: cannot tell');
  });

  it('filters by words of namespace and name, by missing token Secret, and by system namespace', () => {
    expect(names(inventory.namespaces({ ...NO_FILTER, text: 'APPS my' }))).toEqual(['apps/my-web']);
    expect(names(inventory.namespaces({ ...NO_FILTER, withoutTokenSecret: true, hideSystem: true }))).toEqual(
      ['apps/my-web'],
    );
  });

  it('finds names that begin with what was typed before names that hold it', () => {
    expect(inventory.search('my', 10).map(({ name }) => name)).toEqual(['my-web', 'mycontroller']);
    expect(inventory.search('web', 10).map(({ name }) => name)).toEqual(['web', 'my-web']);
    expect(inventory.search('web', 1)).toHaveLength(1);
    expect(inventory.search('no such', 10)).toEqual([]);
  });
});

describe('a row', () => {
  it('keeps its id when its object is replaced by one of the same name', () => {
    const before = nodeId({ kind: 'serviceAccount', info: account('apps', 'web') });
    expect(nodeId({ kind: 'serviceAccount', info: { ...account('apps', 'web'), uid: 'another' } })).toBe(
      before,
    );
  });

  it('is told from whatever else a command may be given', () => {
    fc.assert(fc.property(fc.anything(), (value) => !isTreeNode(value)));
    expect(isTreeNode({ kind: 'namespace', name: 'apps' })).toBe(true);
  });
});

describe('toYaml', () => {
  it('writes what a YAML parser reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        for (const version of ['1.1', '1.2'] as const) {
          expect(parse(toYaml(plain), { version })).toEqual(plain);
        }
      }),
    );
  });

  it('reads like a manifest', () => {
    expect(toYaml({ kind: 'Pod', spec: { containers: [{ name: 'a', ports: [80] }], on: 'yes' } })).toBe(
      '\nkind: Pod\nspec:\n  containers:\n    - name: a\n      ports:\n        - 80\n  "on": "yes"\n',
    );
  });
});
