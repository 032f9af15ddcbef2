import { describe, expect, it } from 'vitest';
import { leastRoles } from '../../../src/audit/leastRole.ts';
import { rolesYaml } from '../../../src/audit/roleYaml.ts';
import type { ActionUse } from '../../../src/audit/summary.ts';
import { account, now, span } from '../../support/texts/auditUses.ts';

const action = (more: Partial<ActionUse>): ActionUse => ({
  verb: 'get',
  group: '',
  resource: '',
  namespace: '',
  path: '',
  names: undefined,
  allowedBy: [],
  ...span(1),
  ...more,
});

describe('the least Role', () => {
  const rules = (...actions: readonly ActionUse[]): unknown => leastRoles({ actions });
  const rule = (more: object): object => ({
    verbs: ['get'],
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [],
    ...more,
  });

  it.each([
    '/livez',
    '/readyz',
    '/healthz',
    '/version',
    '/version/',
    '/openapi',
    '/openapi/v3',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/apps/v1',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/',
    '/openid/v1/jwks',
    '/openid/v1/jwks/',
  ])('does not have the path %s, which each ServiceAccount may get', (path) => {
    expect(rules(action({ path }))).toEqual([]);
    expect(rules(action({ verb: 'post', path }))).toHaveLength(1);
    expect(rules(action({ path: `${path.replace(/\/$/, '')}x` }))).toHaveLength(
      /^\/(?:openapi|apis?)\/./.test(path) ? 0 : 1,
    );
  });

  it.each([
    ['authorization.k8s.io', 'selfsubjectaccessreviews'],
    ['authorization.k8s.io', 'selfsubjectrulesreviews'],
    ['authentication.k8s.io', 'selfsubjectreviews'],
  ])('does not have to create %s %s, which each ServiceAccount may', (group, resource) => {
    expect(rules(action({ verb: 'create', group, resource }))).toEqual([]);
    expect(rules(action({ verb: 'create', group: 'x', resource }))).toHaveLength(1);
    expect(rules(action({ verb: 'list', group, resource }))).toHaveLength(1);
  });

  it.each([
    'pods',
    'events',
    'replicasets',
    'controllerrevisions',
    'jobs',
    'endpointslices',
    'endpoints',
    'certificatesigningrequests',
    'persistentvolumes',
    'volumeattachments',
    'nodes',
  ])('names no %s, whose names are others tomorrow', (resource) => {
    expect(rules(action({ resource, namespace: 'a', names: ['x'] }))).toMatchObject([
      { rules: [{ resourceNames: [] }] },
    ]);
    expect(rules(action({ resource: `${resource}/status`, namespace: 'a', names: ['x'] }))).toMatchObject([
      { rules: [{ resourceNames: [] }] },
    ]);
    expect(rules(action({ resource: `${resource}x`, namespace: 'a', names: ['x'] }))).toMatchObject([
      { rules: [{ resourceNames: ['x'] }] },
    ]);
  });

  it('names nothing that it makes without a name, of the very same kind and place', () => {
    const made = { verb: 'create', group: 'g', resource: 'r', namespace: 'a' };
    const named = action({ group: 'g', resource: 'r/scale', namespace: 'a', names: ['x'] });
    const names = (other: Partial<ActionUse>): unknown => {
      const roles = leastRoles({ actions: [named, action({ ...made, ...other })] });
      return roles.flatMap((role) => role.rules).find(({ resources }) => resources.includes('r/scale'))
        ?.resourceNames;
    };
    expect(names({})).toEqual([]);
    expect(names({ names: ['x'] })).toEqual(['x']);
    expect(names({ verb: 'update' })).toEqual(['x']);
    expect(names({ group: 'h' })).toEqual(['x']);
    expect(names({ resource: 's' })).toEqual(['x']);
    expect(names({ namespace: 'b' })).toEqual(['x']);
  });

  it('has its rules together as far as they say the same, everywhere first and then by namespace', () => {
    expect(
      rules(
        action({ path: '/b' }),
        action({ path: '/a' }),
        action({ verb: 'put', path: '/c' }),
        action({ resource: 'secrets', namespace: 'z', names: ['x'] }),
        action({ verb: 'watch', resource: 'secrets', namespace: 'z', names: ['x'] }),
        action({ verb: 'approve', resource: 'secrets', namespace: 'z', names: ['x'] }),
        action({ verb: 'zap', resource: 'secrets', namespace: 'z', names: ['x'] }),
        action({ resource: 'services', namespace: 'a' }),
        action({ resource: 'configmaps', namespace: 'a' }),
        action({ group: 'apps', resource: 'deployments', namespace: 'a' }),
      ),
    ).toEqual([
      {
        namespace: '',
        rules: [rule({ nonResourceURLs: ['/a', '/b'] }), rule({ verbs: ['put'], nonResourceURLs: ['/c'] })],
      },
      {
        namespace: 'a',
        rules: [
          rule({ apiGroups: [''], resources: ['configmaps', 'services'] }),
          rule({ apiGroups: ['apps'], resources: ['deployments'] }),
        ],
      },
      {
        namespace: 'z',
        rules: [
          rule({
            verbs: ['get', 'watch', 'approve', 'zap'],
            apiGroups: [''],
            resources: ['secrets'],
            resourceNames: ['x'],
          }),
        ],
      },
    ]);
  });

  it('leaves out of a namespace what is allowed everywhere, on all that it was done to', () => {
    const all = action({ resource: 'secrets', names: ['x', 'y'] });
    const one = (names: readonly string[] | undefined): unknown =>
      leastRoles({ actions: [all, action({ resource: 'secrets', namespace: 'a', names })] }).length;
    expect([one(['x']), one(['x', 'y']), one(['x', 'z']), one(undefined)]).toEqual([1, 1, 2, 2]);
  });

  it('is written with what the log cannot show', () => {
    const requests = span(2, now);
    const leftOut = { accounts: 0, tokens: 0, refusals: 0, secrets: 0 };
    const summary = { requests: { ...requests, first: now - 7200 }, leftOut };
    const head = [
      '# What shop/cart did in an audit log of 2 h, and nothing else.',
      '# Not in the log: what it does less often, and what the audit policy leaves out. Roles that it',
      '# gives or binds need rights of their own (escalate, bind), as do admission and other authorizers.',
      '# Objects are named where they were few and are likely to keep their names.',
    ];
    expect(rolesYaml(account(), [], summary)).toBe(
      [...head, '# It did nothing that needs a role of its own.', ''].join('\n'),
    );
    const roles = leastRoles({
      actions: [
        action({ path: '/metrics' }),
        action({ resource: 'secrets', namespace: 'a', names: ['x'] }),
        action({ resource: 'pods', namespace: 'a' }),
      ],
    });
    const more = account({ refused: 3, hasMoreActions: true });
    const partial = '# It did more than could be kept: this is a part.';
    expect(rolesYaml(more, roles, summary)).toBe(
      [
        ...head,
        '# 3 requests were refused with 403, and are left out.',
        partial,
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRole',
        'metadata:',
        '  name: shop-cart-least',
        'rules:',
        '  - nonResourceURLs:',
        '      - /metrics',
        '    verbs:',
        '      - get',
        '---',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: ClusterRoleBinding',
        'metadata:',
        '  name: shop-cart-least',
        'roleRef:',
        '  apiGroup: rbac.authorization.k8s.io',
        '  kind: ClusterRole',
        '  name: shop-cart-least',
        'subjects:',
        '  - kind: ServiceAccount',
        '    name: cart',
        '    namespace: shop',
        '---',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: Role',
        'metadata:',
        '  name: cart-least',
        '  namespace: a',
        'rules:',
        '  - apiGroups:',
        '      - ""',
        '    resources:',
        '      - secrets',
        '    resourceNames:',
        '      - x',
        '    verbs:',
        '      - get',
        '  - apiGroups:',
        '      - ""',
        '    resources:',
        '      - pods',
        '    verbs:',
        '      - get',
        '---',
        'apiVersion: rbac.authorization.k8s.io/v1',
        'kind: RoleBinding',
        'metadata:',
        '  name: cart-least',
        '  namespace: a',
        'roleRef:',
        '  apiGroup: rbac.authorization.k8s.io',
        '  kind: Role',
        '  name: cart-least',
        'subjects:',
        '  - kind: ServiceAccount',
        '    name: cart',
        '    namespace: shop',
        '',
      ].join('\n'),
    );
    expect(rolesYaml(account(), [], { ...summary, leftOut: { ...leftOut, accounts: 1 } })).toContain(partial);
    expect(rolesYaml(account({ refused: 0 }), roles, summary)).not.toContain('refused with 403');
    expect(rolesYaml(account(), roles, summary)).not.toContain(partial);
  });
});
