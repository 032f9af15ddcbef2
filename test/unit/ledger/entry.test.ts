import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, readEntry, type Issued } from '../../../src/editor/ledger/entry.ts';
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

describe('a stored record', () => {
  const entry = entryOf(issued(jwt(boundClaims())), 'one', NOW);

  it('is read back as it was', () => {
    expect(readEntry(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
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
