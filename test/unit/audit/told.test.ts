import { describe, expect, it } from 'vitest';
import {
  withOneHourLives,
  withoutAccount,
  withoutKey,
  withoutLegacyTokens,
} from '../../../src/audit/breaks.ts';
import { leastRoles } from '../../../src/audit/leastRole.ts';
import { boundBy, eventOf, told, type Told } from '../../support/texts/auditEvents.ts';

const log = (...events: readonly Told[]): string => events.map((one) => `${eventOf(one)}\n`).join('');
const LEGACY = {
  'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart',
  'authentication.k8s.io/legacy-token-manual-secret': 'cart-token',
};
const STALE = {
  'authentication.k8s.io/stale-token':
    'subject: system:serviceaccount:shop:cart, seconds after warning threshold: 60',
};

describe('what would break', () => {
  const summary = told(
    log(
      { annotations: LEGACY },
      { user: 'system:serviceaccount:shop:old', annotations: STALE, extra: boundBy('old', 'old-0', 'n') },
      { user: 'system:serviceaccount:shop:new', extra: boundBy('new', 'new-0', 'n') },
      { user: 'system:serviceaccount:shop:ci', extra: boundBy('ci') },
    ),
  );

  it('without legacy tokens: who came with one, and of which Secret', () => {
    expect(withoutLegacyTokens(summary).map(({ account, with: names }) => [account, names])).toEqual([
      ['shop/cart', ['Secret cart-token']],
    ]);
  });

  it('with lives of an hour: who came with an older token, and since when it would fail', () => {
    expect(withOneHourLives(summary).map(({ account, since }) => [account, since])).toEqual([
      ['shop/old', Date.parse('2026-11-29T08:59:00Z') / 1000],
    ]);
  });

  it('with lives of an hour: whose token nobody renews, and that came with it for longer', () => {
    const at = (time: string) => ({ at: `2026-11-29T${time}:00.000000Z` });
    const events = (extra: Told): readonly Told[] => [
      { ...extra, ...at('09:00') },
      { ...extra, ...at('10:30') },
    ];
    const found = told(
      log(
        ...events({ extra: boundBy('ci') }),
        ...events({ extra: boundBy('renewed', 'p', 'n') }),
        { extra: boundBy('short'), ...at('09:00') },
        { extra: boundBy('short'), ...at('09:59') },
      ),
    );
    expect(withOneHourLives(found).map(({ with: names, since }) => [names, since])).toEqual([
      [['token ci'], Date.parse('2026-11-29T10:00:00Z') / 1000],
    ]);
  });

  it('without the signing key: whose token no kubelet renews, and who never reads the renewed one', () => {
    expect(withoutKey(summary).map(({ account, with: names }) => [account, names])).toEqual([
      ['shop/cart', ['Secret cart-token']],
      ['shop/old', ['token old']],
      ['shop/ci', ['token ci']],
    ]);
  });

  it('without a ServiceAccount: each way by which it came, Pods once, and those of no other', () => {
    const own = { extra: boundBy('a', 'cart-0', 'n') };
    const found = told(
      log(
        { annotations: LEGACY, addresses: ['192.0.2.9'] },
        own,
        { extra: boundBy('b', 'cart-0', 'n') },
        { extra: boundBy('ci') },
        { user: 'system:serviceaccount:shop:other', extra: boundBy('x') },
        { as: { username: 'system:serviceaccount:shop:cart', groups: [] }, user: 'jane' },
      ),
    );
    const cart = found.accounts.find(({ name }) => name === 'cart');
    const ways = cart && withoutAccount(cart, found);
    expect(ways?.map(({ with: names, places }) => [names, places.length])).toEqual([
      [['Secret cart-token'], 1],
      [['Pod cart-0'], 2],
      [['token ci'], 1],
    ]);
  });
});

describe('a token that is used elsewhere', () => {
  const strangeIn = (...events: readonly Told[]): unknown =>
    told(log(...events))
      .tokens.filter(({ strange }) => strange.length > 0)
      .map(({ jti, strange }) => [jti, strange]);
  const own = { extra: boundBy('a', 'cart-0', 'node-1') };

  it('stands out where its Pod has another address', () => {
    expect(strangeIn(own, own, { ...own, addresses: ['203.0.113.9'] })).toEqual([['a', ['203.0.113.9']]]);
  });

  it('does not where it is its node’s address, the other family’s, or behind a proxy of which the address is told', () => {
    const kubelet = { user: 'system:node:node-1', addresses: ['192.0.2.1'] };
    expect(
      strangeIn(
        kubelet,
        own,
        own,
        { ...own, addresses: ['192.0.2.1'] },
        { ...own, addresses: ['fd00::7'] },
        {
          ...own,
          addresses: ['203.0.113.9', '10.2.0.7'],
        },
      ),
    ).toEqual([]);
  });

  it('stands out by what another token of its Pod came from', () => {
    const next = { extra: boundBy('b', 'cart-0', 'node-1'), addresses: ['203.0.113.9'] };
    expect(strangeIn(own, own, next)).toEqual([['b', ['203.0.113.9']]]);
  });
});

describe('the least Role', () => {
  const pods = { resource: 'pods', namespace: 'shop', apiVersion: 'v1' };
  const rolesIn = (...events: readonly Told[]): unknown =>
    leastRoles(told(log(...events)).accounts.find(({ name }) => name === 'cart') ?? { actions: [] }).map(
      ({ namespace, rules }) =>
        [namespace].concat(
          rules.map(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) =>
            [verbs, apiGroups, resources, resourceNames, nonResourceURLs]
              .map((all) => all.join(','))
              .join(' '),
          ),
        ),
    );

  it('has what was done, in its namespace, and nothing that each ServiceAccount may do', () => {
    expect(
      rolesIn(
        { object: pods },
        { object: pods, verb: 'watch' },
        { object: { ...pods, name: 'a', subresource: 'log' }, verb: 'get' },
        { object: undefined, verb: 'get', uri: '/api/v1?timeout=32s' },
        { object: undefined, verb: 'get', uri: '/metrics' },
        {
          object: {
            resource: 'selfsubjectaccessreviews',
            apiGroup: 'authorization.k8s.io',
            apiVersion: 'v1',
          },
          verb: 'create',
          code: 201,
        },
      ),
    ).toEqual([
      ['', 'get    /metrics'],
      ['shop', 'list,watch  pods  ', 'get  pods/log  '],
    ]);
  });

  it('names objects where they are few and last, and not where it makes them or a controller names them', () => {
    const config = { resource: 'configmaps', namespace: 'shop', apiVersion: 'v1' };
    const secret = { ...config, resource: 'secrets' };
    expect(
      rolesIn(
        { object: { ...config, name: 'a' }, verb: 'get' },
        { object: { ...config, name: 'b' }, verb: 'get' },
        { object: { ...pods, name: 'p' }, verb: 'get' },
        { object: { ...secret, name: 's' }, verb: 'create', code: 201 },
        { object: { ...secret, name: 's' }, verb: 'get' },
      ),
    ).toEqual([['shop', 'get  configmaps a,b ', 'get  pods  ', 'get,create  secrets  ']]);
  });

  it('allows to create what an update or apply made anew, under its name', () => {
    const config = { resource: 'configmaps', namespace: 'shop', name: 'a', apiVersion: 'v1' };
    expect(rolesIn({ object: config, verb: 'patch', code: 201 })).toEqual([
      ['shop', 'create,patch  configmaps a '],
    ]);
  });

  it('leaves out of a Role what the ClusterRole allows', () => {
    expect(rolesIn({ object: pods }, { object: { resource: 'pods', apiVersion: 'v1' } })).toEqual([
      ['', 'list  pods  '],
    ]);
  });

  it('allows to act as others, and not what they did', () => {
    const as = {
      username: 'jane',
      groups: ['dev', 'system:authenticated'],
      uid: 'u',
      extra: { scopes: ['a'] },
    };
    const account = {
      username: 'system:serviceaccount:till:x',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:till', 'system:authenticated'],
    };
    expect(rolesIn({ object: pods, as }, { object: pods, as: account })).toEqual([
      [
        '',
        'impersonate  users jane ',
        'impersonate  groups dev ',
        'impersonate authentication.k8s.io uids u ',
        'impersonate authentication.k8s.io userextras/scopes a ',
      ],
      ['till', 'impersonate  serviceaccounts x '],
    ]);
  });

  it('allows what is done to one Namespace by a ClusterRole, as the Namespace need not be there', () => {
    const object = { resource: 'namespaces', namespace: 'till', name: 'till', apiVersion: 'v1' };
    expect(rolesIn({ object, verb: 'get', code: 404 })).toEqual([['', 'get  namespaces till ']]);
  });

  it('leaves out what was refused', () => {
    const forbidden = { 'authorization.k8s.io/decision': 'forbid' };
    expect(rolesIn({ object: pods, code: 403, annotations: forbidden })).toEqual([]);
  });
});
