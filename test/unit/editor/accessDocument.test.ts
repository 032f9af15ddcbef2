import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PolicyRule } from '../../../src/authorization/rules.ts';
import type { AccessInfo } from '../../../src/cluster/api/objects.ts';
import { accessDocument } from '../../../src/editor/tree/access/document.ts';
import { whoMay, whoMayDocument } from '../../../src/inventory/whoMay.ts';
import { Inventory, type Source } from '../../../src/inventory/inventory.ts';
import { Problem } from '../../../src/errors.ts';

const account = { namespace: 'ci', name: 'deployer' };
const noRule: PolicyRule = {
  verbs: ['get'],
  apiGroups: [''],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
};

/** An inventory in which ci/deployer has one role with these rules. */
function inventoryWith(
  rules: readonly PolicyRule[],
  name = 'builder',
  forbidden = false,
  namespace = '',
): Inventory {
  const given: AccessInfo = {
    role: { kind: 'ClusterRole', name },
    binding: { namespace, name },
    group: undefined,
  };
  const problem = new Problem('forbidden', 'No.');
  const source: Source = {
    state: () => (forbidden ? { phase: 'forbidden', problem } : { phase: 'ready', problem: undefined }),
    version: () => undefined,
    namespaces: () => ['ci'],
    serviceAccounts: () => [],
    count: () => 1,
    tokenSecrets: () => [],
    pods: () => [],
    serviceAccount: () => undefined,
    tokenSecret: () => undefined,
    tokenSecretsIn: () => [],
    tokenSecretNamespaces: () => [],
    podsIn: () => [],
    followPods: () => undefined,
    leavePods: () => undefined,
    followPod: () => undefined,
    pod: () => ({ state: { phase: 'unasked', problem: undefined }, pod: undefined }),
    followAccess: () => undefined,
    access: () => [given],
    bindings: () => [
      {
        namespace: '',
        name,
        uid: 'u',
        role: given.role,
        users: ['system:serviceaccount:ci:deployer'],
        groups: [],
      },
    ],
    role: () => (forbidden ? undefined : { namespace: '', name, uid: 'u', rules }),
  };
  return new Inventory(source);
}

describe('the document of what a ServiceAccount may do', () => {
  it('breaks a long list into a paragraph for each API group, which is still YAML', () => {
    const resources = Array.from({ length: 20 }, (_, index) => `things${index}`);
    const text = accessDocument(
      inventoryWith([
        { ...noRule, verbs: ['list', 'get'], apiGroups: ['', 'example.com'], resources },
        { ...noRule, verbs: ['get', 'list'], nonResourceURLs: ['/healthz'], apiGroups: [] },
      ]),
      account,
      'context sandbox',
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(100);
    expect(parse(text)).toEqual({
      everywhere: [
        {
          'get, list': {
            core: resources.join(', '),
            'example.com': resources.join(', '),
            paths: '/healthz',
          },
        },
      ],
    });
  });

  it('stays YAML, and says what the rules say, whatever stands in names and rules', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('a\n- b: c', '*', 'yes', '# no', ': ', '\u2028', "'"),
    );
    fc.assert(
      fc.property(hostile, fc.array(hostile, { minLength: 1, maxLength: 9 }), (name, resources) => {
        const inventory = inventoryWith([{ ...noRule, verbs: ['get'], resources }], name);
        const parsed = parse(accessDocument(inventory, account, 'context sandbox')) as unknown;
        expect(Object.keys(parsed as object)).toEqual(['everywhere']);
        expect((parsed as { everywhere: unknown[] }).everywhere).toHaveLength(1);
      }),
    );
  });

  it('says of a rule that names objects what its verbs are left with', () => {
    const rules = [
      {
        ...noRule,
        verbs: ['create', 'deletecollection'],
        resources: ['pods', 'pods/exec'],
        resourceNames: ['a'],
      },
      { ...noRule, verbs: ['list'], resources: ['secrets'], resourceNames: [''] },
    ];
    expect(parse(accessDocument(inventoryWith(rules), account, 'context sandbox'))).toEqual({
      everywhere: [
        {
          'create (by server-side apply only), deletecollection (never: it names nothing)': 'pods named a',
        },
        { 'create, deletecollection': 'pods/exec named a' },
        { list: 'secrets named "" (requests without a name)' },
      ],
    });
  });

  it('leaves out paths that a RoleBinding cannot give', () => {
    const rules = [
      { ...noRule, resources: ['pods'] },
      { ...noRule, apiGroups: [], nonResourceURLs: ['/metrics'] },
    ];
    const text = accessDocument(inventoryWith(rules, 'builder', false, 'ci'), account, 'context sandbox');
    expect(parse(text)).toEqual({ 'in namespace ci': [{ get: 'pods' }] });
  });

  it('says what follows from what stands out', () => {
    const rules = [{ ...noRule, verbs: ['create'], resources: ['pods'] }];
    const text = accessDocument(inventoryWith(rules), account, 'context sandbox');
    expect(text).toContain('# Stands out: creates workloads.\n# - Whoever makes Pods');
  });

  it('says first what could not be seen', () => {
    const text = accessDocument(inventoryWith([], 'builder', true), account, 'context sandbox');
    expect(text).toContain('# Not all could be seen, so it may do more than is said here:');
    expect(text).toContain('needs list and watch on clusterrolebindings in the cluster');
    expect(text).toContain('- [] # its rules could not be seen');
  });
});

describe('the document of who may do something', () => {
  it('is a list in YAML, whatever stands in names', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const inventory = inventoryWith([{ ...noRule, resources: ['pods'] }], name);
        const holders = whoMay(inventory, { verb: 'get', group: '', resource: 'pods' }, 'everywhere');
        expect(parse(whoMayDocument('get pods everywhere', 'context sandbox', [], holders))).toEqual([
          'ci/deployer',
        ]);
      }),
    );
  });
});
