import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endsWith,
  entryIn,
  entryOf,
  isSame,
  readEntry,
  type Issued,
  type IssuedToken,
} from '../../../src/issued/entry.ts';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const NOW = 1_800_000_100;
const context = { name: 'sandbox', cluster: 'sandbox', server: 'https://127.0.0.1:6443' };
const issued = (token: string, more: Partial<Issued> = {}): Issued => ({
  token,
  context,
  form: 'kubeconfig',
  file: '/home/me/work/mycontroller.kubeconfig',
  ...more,
});

describe('what is remembered of a token', () => {
  it('is whose it is, until when, what ends it, and where it was written', () => {
    const own = { secret: { name: 'sentinel-1', uid: 'secret-uid' } };
    const token = jwt(boundClaims(own));
    const requested = { seconds: 3600, audiences: [] };
    expect(entryOf(issued(token, { hasSentinel: true, requested }), 'one', NOW)).toEqual({
      id: 'one',
      form: 'kubeconfig',
      context: 'sandbox',
      cluster: 'sandbox',
      server: 'https://127.0.0.1:6443',
      namespace: 'kube-system',
      serviceAccount: 'mycontroller',
      serviceAccountUid: '11111111-2222-3333-4444-555555555555',
      jti: '6d0d5ed4-7d6c-4bd1-b8a3-9f9a6f6d8b0e',
      audiences: ['https://kubernetes.default.svc.cluster.local'],
      issued: 1_800_000_000,
      expires: 1_800_003_600,
      endsWith: { kind: 'sentinel', name: 'sentinel-1', uid: 'secret-uid' },
      requestedSeconds: 3600,
      requestedAudiences: [],
      file: '/home/me/work/mycontroller.kubeconfig',
      revoked: undefined,
      reminded: false,
    });
  });

  it('of a legacy token is the Secret that holds it, and that it never expires', () => {
    const entry = entryOf(issued(jwt(legacyClaims()), { secretUid: 'uid' }), 'one', NOW);
    expect(entry).toMatchObject({
      expires: undefined,
      jti: undefined,
      issued: NOW,
      endsWith: { kind: 'tokenSecret', name: 'mycontroller-token', uid: 'uid' },
    });
  });

  it.each([
    [{ pod: { name: 'p', uid: 'u' } }, { kind: 'Pod', name: 'p', uid: 'u' }],
    [{ node: { name: 'n', uid: 'u' } }, { kind: 'Node', name: 'n', uid: 'u' }],
    [{ secret: { name: 's', uid: 'u' } }, { kind: 'Secret', name: 's', uid: 'u' }],
    [{ validatingwebhookconfiguration: { name: 'w', uid: 'u' } }, { kind: 'other', name: 'w', uid: 'u' }],
    [{}, undefined],
  ])('is what it is bound to: %j', (own, ends) => {
    const entry = entryOf(issued(jwt(boundClaims(own))), 'one', NOW);
    expect(entry).toMatchObject({ id: 'one' });
    expect(entry?.endsWith).toEqual(ends);
  });

  it('of a legacy token without a Secret is nothing that ends it', () => {
    const claims = legacyClaims({ 'kubernetes.io/serviceaccount/secret.name': undefined });
    expect(entryOf(issued(jwt(claims)), 'one', NOW)).toMatchObject({ endsWith: undefined });
    const token = classifyToken({ header: {}, claims: claims as Record<string, unknown> });
    expect(token.kind === 'legacy' && endsWith(token, {})).toBeUndefined();
  });

  it('is what was asked for, as far as it was', () => {
    const token = jwt(boundClaims());
    const requested = { seconds: 600, audiences: ['a', 'b'] };
    expect(entryOf(issued(token, { requested }), 'one', NOW)).toMatchObject({
      requestedSeconds: 600,
      requestedAudiences: ['a', 'b'],
    });
    for (const more of [{}, { requested: {} }]) {
      expect(entryOf(issued(token, more), 'one', NOW)).toMatchObject({
        requestedSeconds: undefined,
        requestedAudiences: [],
      });
    }
  });

  it('is the same where a line end follows the token', () => {
    const token = jwt(boundClaims());
    expect(entryOf(issued(`\n${token}\r\n`), 'one', NOW)).toEqual(entryOf(issued(token), 'one', NOW));
  });

  it('is masked where 16 characters of the token, or a credential, would be kept', () => {
    const token = jwt(boundClaims());
    const contextOf = (name: string): string | undefined =>
      entryOf(issued(token, { context: { ...context, name } }), 'one', NOW)?.context;
    expect(contextOf(token.slice(100, 116))).toBe('[token]');
    expect(contextOf(`my ${token.slice(100, 116)}`)).toBe('[token]');
    expect(contextOf(token.slice(100, 115))).toBe(token.slice(100, 115));
    expect(contextOf('bearer abc')).toBe('bearer [token]');
  });

  it('is nothing where it is no ServiceAccount’s token', () => {
    expect(entryOf(issued(jwt({ iss: 'https://accounts.example.com' })), 'one', NOW)).toBeUndefined();
    expect(entryOf(issued('no token'), 'one', NOW)).toBeUndefined();
  });

  it('is never 16 characters in a row of the token, whatever a server or a caller puts where', () => {
    const field = fc.oneof(
      fc.string({ maxLength: 60 }),
      // A hostile server knows the header that it will sign, and a caller has the whole token at hand.
      fc.record({ at: fc.nat(600), length: fc.integer({ min: 1, max: 200 }) }),
    );
    type Hostile = string | { readonly at: number; readonly length: number };
    fc.assert(
      fc.property(fc.array(field, { minLength: 12, maxLength: 12 }), fc.boolean(), (fields, isLegacy) => {
        const header = jwt({});
        const from = (one: Hostile | undefined, text: string): string =>
          typeof one === 'object' ? text.slice(one.at, one.at + one.length) : (one ?? '');
        const [name, uid, jti, aud, secret, ...others] = fields.map((one) => from(one, header));
        const own = {
          serviceaccount: { name: `a${name ?? ''}`, uid },
          secret: { name: `s${secret ?? ''}`, uid },
        };
        const legacy = {
          'kubernetes.io/serviceaccount/service-account.name': `a${name ?? ''}`,
          'kubernetes.io/serviceaccount/secret.name': secret,
        };
        const token = jwt(isLegacy ? legacyClaims(legacy) : boundClaims(own, { jti, aud: [aud] }));
        const [file, context_, cluster, server, audience] = fields
          .slice(5)
          .map((one, index) => `${from(one, token)}${others[index] ?? ''}`);
        const careless = { secret: token, data: { token } };
        const entry = entryOf(
          {
            ...issued(token),
            ...careless,
            file: file ?? '',
            context: { name: context_ ?? '', cluster: cluster ?? '', server: server ?? 'x' },
            requested: { seconds: 600, audiences: [audience ?? ''] },
          },
          'one',
          NOW,
        );
        const stored = JSON.stringify(entry ?? {});
        const parts = Array.from({ length: token.length - 15 }, (_, at) => token.slice(at, at + 16));
        expect(parts.filter((part) => stored.includes(part))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a token', () => {
  const token = (claims: object): Token => {
    const decoded = decodeToken(jwt(claims));
    if (!decoded) throw new Error('The test built no token.');
    return classifyToken(decoded);
  };
  const recorded = (claims: object): IssuedToken => {
    const entry = entryOf(issued(jwt(claims)), 'one', NOW);
    if (!entry) throw new Error('It is no token of a ServiceAccount.');
    return entry;
  };
  const own = (name: string, value: string | undefined): object => ({
    [`kubernetes.io/serviceaccount/${name}`]: value,
  });

  it('is the one of a record by its id', () => {
    expect(isSame(recorded(boundClaims()), token(boundClaims()))).toBe(true);
    expect(isSame(recorded(boundClaims()), token(boundClaims({}, { jti: 'another' })))).toBe(false);
    // Servers before 1.29 gave none.
    const old = boundClaims({}, { jti: undefined });
    expect(isSame(recorded(old), token(old))).toBe(false);
    expect(isSame(recorded(old), token(boundClaims()))).toBe(false);
  });

  it('that is a legacy one is that of a record by its Secret and ServiceAccount', () => {
    const entry = recorded(legacyClaims());
    expect(isSame(entry, token(legacyClaims()))).toBe(true);
    for (const other of [
      own('secret.name', 'another'),
      own('namespace', 'another'),
      own('service-account.uid', 'another'),
    ]) {
      expect(isSame(entry, token(legacyClaims(other)))).toBe(false);
    }
    expect(
      isSame(recorded(boundClaims({ secret: { name: 'mycontroller-token' } })), token(legacyClaims())),
    ).toBe(false);
    expect(isSame(entry, token(boundClaims()))).toBe(false);
  });

  it('of somebody else is that of no record', () => {
    expect(isSame(recorded(boundClaims()), token({ iss: 'https://accounts.example.com' }))).toBe(false);
  });
});

describe('a stored record', () => {
  const entry = entryOf(issued(jwt(boundClaims())), 'one', NOW);

  it('is read back as it was', () => {
    expect(readEntry(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it.each<[string, unknown]>([
    ['form', 'kubeconfig'],
    ['form', 'tokenFile'],
    ['form', 'clipboard'],
    ['form', 'otherForm'],
    ['endsWith', { kind: 'tokenSecret', name: 's', uid: undefined }],
    ['endsWith', { kind: 'sentinel', name: 's', uid: 'u' }],
    ['expires', 0],
    ['requestedSeconds', 600],
    ['requestedAudiences', ['a', 'b']],
    ['file', '/f'],
    ['revoked', 5],
    ['reminded', true],
  ])('is read back with its %s: %j', (field, value) => {
    expect(readEntry({ ...entry, [field]: value })).toEqual({ ...entry, [field]: value });
  });

  it.each<[string, unknown, unknown]>([
    ['context', undefined, ''],
    ['cluster', 5, ''],
    ['serviceAccountUid', '', undefined],
    ['jti', 5, undefined],
    ['audiences', ['a', 5, 'b'], ['a', 'b']],
    ['audiences', 'a', []],
    ['expires', 'soon', undefined],
    ['expires', Infinity, undefined],
    ['endsWith', { kind: 'elsewhere', name: 's' }, undefined],
    ['endsWith', { kind: 5, name: 's' }, undefined],
    ['endsWith', { kind: 'Pod', name: 5 }, undefined],
    ['endsWith', 'Pod', undefined],
    ['reminded', 'yes', false],
  ])('is read without a %s that is none: %j', (field, value, read) => {
    expect(readEntry({ ...entry, [field]: value })).toEqual({ ...entry, [field]: read });
  });

  it.each(['id', 'server', 'namespace', 'serviceAccount', 'form', 'issued'])(
    'is none without its %s',
    (field) => {
      for (const value of [undefined, '', null, {}]) {
        expect(readEntry({ ...entry, [field]: value })).toBeUndefined();
      }
    },
  );

  it('is that of its row, and of no other', () => {
    expect(entryIn({ kind: 'issuedToken', entry })).toEqual(entry);
    expect(entryIn({ kind: 'tokenSecret', entry })).toBeUndefined();
    expect(entryIn(undefined)).toBeUndefined();
  });

  it('is left alone where it is none of ours, and unknown fields of it are left behind', () => {
    expect(readEntry({ ...entry, form: 'elsewhere' })).toBeUndefined();
    expect(readEntry({ ...entry, server: undefined })).toBeUndefined();
    expect(readEntry([])).toBeUndefined();
    expect(readEntry({ ...entry, token: 'secret' })).toEqual(entry);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readEntry(value);
      }),
    );
  });
});
