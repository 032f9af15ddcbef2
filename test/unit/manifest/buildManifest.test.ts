import { freeName } from '../../../src/manifest/nextName.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  manifestYaml,
  roleParts,
  serviceAccountPart,
  tokenSecretPart,
  type ManifestPart,
} from '../../../src/manifest/buildManifest.ts';
import {
  mountPathProblem,
  projectedVolume,
  secondsProblem,
  tokenPathProblem,
} from '../../../src/manifest/projected.ts';
import { DEFAULT_MOUNT } from '../../../src/kubernetes.ts';
import { commonRights, parseRights, type Rule } from '../../../src/manifest/rights.ts';
import { readTokenSecrets } from '../../../src/manifest/tokenSecret.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const read = (parts: readonly ManifestPart[]): unknown[] =>
  [...parseAllDocuments(manifestYaml(parts), { version: '1.1' })].map((one) => one.toJS() as unknown);

describe('a manifest of several objects', () => {
  it('reads back as it was built, in its order, whatever YAML makes of its names', () => {
    fc.assert(
      fc.property(label, label, label, (namespace, name, role) => {
        const account = { namespace, name };
        const parts = [
          serviceAccountPart(account),
          tokenSecretPart({ ...account, name: `${name}-token`, serviceAccount: name }),
          ...roleParts(role, account, parseRights('get pods') as readonly Rule[]),
        ];
        expect(read(parts)).toEqual(parts.map(({ object }) => object));
        expect(readTokenSecrets(manifestYaml(parts))).toMatchObject([{ namespace, serviceAccount: name }]);
      }),
    );
  });

  it('holds nothing that a secret scanner looks for', () => {
    const parts = [tokenSecretPart({ namespace: 'ci', name: 'deployer-token', serviceAccount: 'deployer' })];
    expect(manifestYaml(parts)).not.toMatch(/^\s*(?:data|stringData)\s*:|eyJ|BEGIN|[A-Za-z0-9+/]{40}/m);
  });

  it('can be a Helm template: expressions stand in quotes that Helm leaves alone', () => {
    const name = '{{ include "app.serviceAccountName" . }}';
    const text = manifestYaml([serviceAccountPart({ namespace: '{{ .Release.Namespace }}', name })]);
    expect(text).toContain('name: \'{{ include "app.serviceAccountName" . }}\'');
    expect(text).toContain('namespace: "{{ .Release.Namespace }}"');
  });
});

describe('rights as they are typed', () => {
  it.each<[string, readonly Rule[]]>([
    ['get pods', [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]],
    [
      'get,list pods,configmaps',
      [{ apiGroups: [''], resources: ['pods', 'configmaps'], verbs: ['get', 'list'] }],
    ],
    ['get deployments', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }]],
    ['get widgets.example.com', [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }]],
    [
      'create serviceaccounts/token named robot',
      [
        {
          apiGroups: [''],
          resources: ['serviceaccounts/token'],
          resourceNames: ['robot'],
          verbs: ['create'],
        },
      ],
    ],
    [
      ' get pods ; list pods; get pods/log ;',
      [
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
      ],
    ],
    [
      'get deployments.apps/scale',
      [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get'] }],
    ],
  ])('%j are the rules of a Role', (typed, rules) => {
    expect(parseRights(typed)).toEqual(rules);
  });

  it.each([
    ['', 'Type rights such as'],
    ['get', 'not of the form'],
    ['get pods called x', 'not of the form'],
    ['get pods named', 'not of the form'],
    ['Get pods', '"Get" is no verb'],
    ['* pods', 'gives verbs that are not known yet'],
    ['get *', 'gives resources that are not known yet'],
    ['get pod', 'by their plural: pods'],
    ['get nodes', 'belong to no namespace'],
    ['get pods.', 'is no resource'],
    ['get Pods', 'is no resource'],
    ['get pods named A', 'cannot be the name'],
    ['create pods named x', 'cannot be limited to a name'],
  ])('%j are refused with the reason', (typed, why) => {
    expect(parseRights(typed)).toContain(why);
  });

  it('that are offered can be read', () => {
    for (const { rights } of commonRights) expect(parseRights(rights)).toBeTypeOf('object');
  });
});

describe('a projected volume', () => {
  it('with the cluster’s CA and namespace is what the admission plugin writes', () => {
    const { volume, mount } = projectedVolume({
      name: 'api-access',
      mountPath: DEFAULT_MOUNT,
      path: 'token',
      audience: undefined,
      expirationSeconds: 3607,
      withCluster: true,
    });
    expect(volume).toEqual({
      name: 'api-access',
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
      },
    });
    expect(mount).toEqual({ name: 'api-access', mountPath: DEFAULT_MOUNT, readOnly: true });
  });

  it('is checked as the API server checks it', () => {
    expect(['token', 'a/b', 'x..y'].map(tokenPathProblem)).toEqual([undefined, undefined, undefined]);
    for (const bad of ['', '/a', '../a', 'a/../b', '..a']) expect(tokenPathProblem(bad)).toBeTypeOf('string');
    expect(['600', '3607', String(2 ** 32)].map(secondsProblem)).toEqual([undefined, undefined, undefined]);
    for (const bad of ['', '599', String(2 ** 32 + 1), '1h'])
      expect(secondsProblem(bad)).toBeTypeOf('string');
    expect(mountPathProblem('/a', ['/b'])).toBeUndefined();
    expect(mountPathProblem('/a/', ['/a'])).toContain('already');
    for (const bad of ['a', '', '/a:b']) expect(mountPathProblem(bad, [])).toBeTypeOf('string');
  });

  it('gets a name that is not taken', () => {
    expect([
      freeName('a', new Set()),
      freeName('a', new Set(['a'])),
      freeName('a', new Set(['a', 'a-2'])),
    ]).toEqual(['a', 'a-2', 'a-3']);
  });
});
