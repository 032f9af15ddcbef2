import { describe, expect, it } from 'vitest';
import { accountOf, EventReader, jtiOf, type AuditEvent } from '../../../src/audit/event.ts';
import { boundBy, eventOf, told, type Told } from '../../support/texts/auditEvents.ts';

const encoder = new TextEncoder();

/** What an event is read as. */
function read(json: object | string): AuditEvent {
  const bytes = encoder.encode(typeof json === 'string' ? json : JSON.stringify(json));
  const reader = new EventReader();
  expect(reader.read(bytes, 0, bytes.length)).toBe(bytes.length);
  return reader.event;
}
const log = (...events: readonly Told[]): string => events.map((one) => `${eventOf(one)}\n`).join('');

describe('an event', () => {
  it('is read with all that it tells', () => {
    const as = {
      username: 'system:serviceaccount:a:b',
      uid: 'v',
      groups: ['g', 1],
      extra: { ...boundBy('k', 'q', 'm'), x: ['1', 2] },
    };
    expect(
      read({
        auditID: 'i',
        stage: 'ResponseComplete',
        level: 'Metadata',
        requestURI: '/api?token=x',
        verb: 'get',
        user: { username: 'system:serviceaccount:shop:cart', uid: 'u', extra: boundBy('j', 'p', 'n') },
        impersonatedUser: as,
        authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
        sourceIPs: ['1', '2', '3'],
        userAgent: 'a/1',
        objectRef: { apiGroup: 'g', resource: 'r', subresource: 's', namespace: 'ns', name: 'o' },
        responseStatus: { code: 200, message: 'm' },
        requestObject: { spec: { expirationSeconds: 5 } },
        responseObject: {},
        requestReceivedTimestamp: '2026-11-29T09:00:00.500000Z',
        annotations: { a: 'b', c: 5 },
      }),
    ).toEqual({
      at: Date.parse('2026-11-29T09:00:00.500Z') / 1000,
      user: {
        username: 'system:serviceaccount:shop:cart',
        account: 'shop/cart',
        uid: 'u',
        jti: 'j',
        pod: 'p',
        podUid: 'uid-of-p',
        node: 'n',
      },
      as: {
        username: 'system:serviceaccount:a:b',
        account: 'a/b',
        uid: 'v',
        jti: 'k',
        pod: 'q',
        podUid: 'uid-of-q',
        node: 'm',
        groups: ['g'],
        extra: { ...boundBy('k', 'q', 'm'), x: ['1'] },
      },
      constraint: 'impersonate:user-info',
      address: '3',
      forwarded: '1, 2',
      agent: 'a/1',
      verb: 'get',
      object: { group: 'g', resource: 'r/s', namespace: 'ns', name: 'o' },
      path: '',
      code: 200,
      message: 'm',
      annotations: { a: 'b', c: '' },
      requested: undefined,
      hasAnswer: false,
      level: 'Metadata',
    });
  });

  it('is read with nothing where it tells nothing, or something of another type', () => {
    const nothing = {
      at: 0,
      user: {
        username: '',
        account: undefined,
        uid: '',
        jti: undefined,
        pod: undefined,
        podUid: undefined,
        node: undefined,
      },
      as: undefined,
      constraint: undefined,
      address: '',
      forwarded: '',
      agent: '',
      verb: '',
      object: undefined,
      path: '',
      code: 0,
      message: '',
      annotations: {},
      requested: undefined,
      hasAnswer: false,
      level: '',
    };
    expect(read({})).toEqual(nothing);
    expect(
      read({
        level: 1,
        requestURI: 2,
        verb: 3,
        user: 4,
        authenticationMetadata: 5,
        sourceIPs: 'x',
        userAgent: null,
        objectRef: [],
        responseStatus: 'x',
        requestReceivedTimestamp: 5,
        annotations: ['x'],
      }),
    ).toEqual(nothing);
    expect(read({ impersonatedUser: 5 }).as).toEqual({ ...nothing.user, groups: [], extra: {} });
    expect(read({ objectRef: { resource: '', name: 'x' } }).object).toBeUndefined();
    expect(read({ authenticationMetadata: { impersonationConstraint: '' } }).constraint).toBeUndefined();
    expect(read({ responseStatus: { code: '5' } }).code).toBe(0);
  });

  it.each([
    [
      { spec: { expirationSeconds: 5, boundObjectRef: { kind: 'Pod', name: 'p' } } },
      { life: 5, boundTo: 'Pod p' },
    ],
    [
      { spec: { expirationSeconds: '5', boundObjectRef: { name: 'p' } } },
      { life: undefined, boundTo: undefined },
    ],
    [{ spec: {} }, { life: undefined, boundTo: undefined }],
    [{ spec: 5 }, undefined],
    [5, undefined],
  ])('of a TokenRequest tells what was asked for: %j', (requestObject, requested) => {
    const objectRef = { resource: 'serviceaccounts', subresource: 'token' };
    expect(read({ objectRef, requestObject })).toMatchObject({ requested, hasAnswer: false });
    expect(read({ objectRef, responseObject: null }).hasAnswer).toBe(true);
    expect(
      read({ objectRef: { resource: 'serviceaccounts' }, requestObject, responseObject: {} }),
    ).toMatchObject({
      requested: undefined,
      hasAnswer: false,
    });
  });

  it.each([
    ['2026-11-29T09:00:00.123456Z', 1_795_942_800.123456],
    ['2026-11-29T09:00:00Z', 1_795_942_800],
    ['2026-11-29T10:00:00.123+01:00', 1_795_942_800.123],
    ['2026-11-29T10:00:00.000000+01:00', 1_795_942_800],
    ['2026-11-29T09:00:00.12345xZ', 0],
    ['20x6-11-29T09:00:00.123456Z', 0],
    ['0000-00-00T00:00:00.000000Z', 0],
    ['1970-01-01T00:00:00.000000Z', 0],
    ['1969-12-31T23:59:59.000000Z', -1],
    ['yesterday', 0],
  ])('came when its time %s tells', (requestReceivedTimestamp, at) => {
    expect(read({ requestReceivedTimestamp }).at).toBeCloseTo(at, 6);
  });

  it.each([
    ['/a?b', '/a'],
    ['/a#b', '/a'],
    ['/a', '/a'],
    ['?x', ''],
  ])('keeps of %s the path alone', (requestURI, path) => {
    expect(read({ requestURI }).path).toBe(path);
  });

  it.each([
    ['system:serviceaccount:a:b', 'a/b'],
    ['system:serviceaccount:a:b:c', undefined],
    ['system:serviceaccount:a', undefined],
    ['system:serviceaccount::b', undefined],
    ['system:serviceaccount:a:', undefined],
    ['xsystem:serviceaccount:a:b', undefined],
    ['system:node:a:b', undefined],
  ])('is of the ServiceAccount that %s is', (username, account) => {
    expect(accountOf(username)).toBe(account);
  });

  it.each([
    ['JTI=a', 'a'],
    ['JTI=', undefined],
    ['xJTI=a', undefined],
    ['X509SHA256=a', undefined],
    [undefined, undefined],
  ])('is of the token that %s names', (id, jti) => {
    expect(jtiOf(id)).toBe(jti);
  });
});

describe('why a request was refused', () => {
  const why = (more: Told): unknown => {
    const [refusal] = told(log({ code: 403, ...more })).refusals;
    return refusal && [refusal.code, refusal.who, refusal.why];
  };
  const forbid = { 'authorization.k8s.io/decision': 'forbid' };
  const object = { resource: 'r', apiGroup: 'g', name: 'x' };

  it.each<[Told, unknown]>([
    [{ annotations: forbid, object }, [403, 'shop/cart', 'May not list r.g cluster-wide']],
    [
      { annotations: forbid, object: { resource: 'r', namespace: 'n' } },
      [403, 'shop/cart', 'May not list r in n'],
    ],
    [{ annotations: forbid, object: undefined, uri: '/x?y' }, [403, 'shop/cart', 'May not list /x']],
    [{ message: 'quota' }, [403, 'shop/cart', 'quota']],
    [{}, [403, 'shop/cart', 'Forbidden']],
    [{ code: 401, user: '' }, [401, '', 'Authentication failed']],
    [{ code: 401, user: 'jane', message: 'm' }, [401, 'jane', 'm']],
    [
      { code: 401, annotations: { 'authentication.k8s.io/legacy-token-invalidated': 'a/s' } },
      [401, 'shop/cart', 'Its token is marked invalid: Secret a/s'],
    ],
    [{ code: 404 }, undefined],
    [{ code: 402 }, undefined],
  ])('is told as far as its event does: case %#', (more, expected) => {
    expect(why(more)).toEqual(expected);
  });
});
