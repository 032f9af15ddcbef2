import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Interner, viewed } from '../../../src/audit/interner.ts';
import { looksLikeAuditLog } from '../../../src/audit/looksLike.ts';
import { textOf } from '../../../src/audit/scan.ts';
import { seenInFull, seenInWords } from '../../../src/audit/seen.ts';
import { trailOf } from '../../../src/editor/audit/trail.ts';
import { tokenSecretWords } from '../../../src/editor/tree/rows/tokenSecret.ts';
import { localTime } from '../../../src/token/localTime.ts';
import { boundBy, eventOf, told, type Told } from '../../support/texts/auditEvents.ts';
import { inventoryOf } from '../../support/texts/inventory.ts';

const AT = Date.parse('2026-11-29T09:00:00Z') / 1000;
const now = AT + 3 * 3600;
const JTI = '5b5f1c1e-8f0a-4d5c-9a57-0e2f3a7c9d11';
const LEGACY = {
  'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart',
  'authentication.k8s.io/legacy-token-manual-secret': 'cart-token',
};
const log = (...events: readonly Told[]): string => events.map((one) => `${eventOf(one)}\n`).join('');
const sought = { account: 'shop/cart', jti: JTI, secret: undefined };
const trail = (events: readonly Told[], token: Parameters<typeof trailOf>[0] = sought) =>
  trailOf(token, told(log(...events)), { now, state: 'read' });

describe('the trail of a token', () => {
  it('is its issue, to whom and bound to what, and each place of its use, of which the strange one stands out', () => {
    const own = { extra: boundBy(JTI, 'cart-0', 'node-1') };
    const issue: Told = {
      user: 'system:node:node-1',
      addresses: ['192.0.2.1'],
      verb: 'create',
      code: 201,
      object: { resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name: 'cart' },
      annotations: { 'authentication.kubernetes.io/issued-credential-id': `JTI=${JTI}` },
    };
    const { kind, name, facts, strange, places } = trail([
      issue,
      own,
      own,
      { ...own, addresses: ['203.0.113.9'], agent: 'curl/8' },
    ]);
    expect([kind, name]).toEqual(['Token', JTI]);
    const at = `3 h ago, ${localTime(AT)}`;
    expect(facts).toEqual([
      'Of shop/cart, bound to Pod cart-0 on node-1',
      `Issued ${at}, asked for by system:node:node-1 from 192.0.2.1`,
      `Used 3 times: first ${at}, last ${at}`,
    ]);
    expect(strange).toMatch(/^It was used from 203\.0\.113\.9, /);
    expect(places.map(([address, agent, where, count]) => [address, agent, where, count])).toEqual([
      ['10.2.0.7', 'cart/1.2', 'Pod cart-0 on Node node-1', '2'],
      ['203.0.113.9 (away from its Pod)', 'curl/8', 'Pod cart-0 on Node node-1', '1'],
    ]);
  });

  it('of a legacy token is the use of its Secret, and of another Secret none', () => {
    const secret = { account: 'shop/cart', jti: undefined, secret: 'cart-token' };
    const found = trail([{ annotations: LEGACY, addresses: ['192.0.2.9'] }], secret);
    expect([found.kind, found.places.map(([address]) => address)]).toEqual([
      'Legacy token of Secret',
      ['192.0.2.9'],
    ]);
    const other = trail([{ annotations: LEGACY }], { ...secret, secret: 'other' });
    expect(other.facts[0]).toMatch(/^Not used in this log/);
  });

  it('that is not in the log says since when, and whether the log could tell', () => {
    const [since = '', account] = trail([{ extra: boundBy('another') }]).facts;
    expect(since).toBe(`Neither issued nor used in this log, from ${localTime(AT)} to ${localTime(AT)}.`);
    expect(account).toMatch(/^Its ServiceAccount shop\/cart came 1 time, last 3 h ago/);
    expect(trail([{}]).facts[0]).toMatch(/^This log tells of no token’s id: the server is older than 1\.30/);
    const { 'authentication.k8s.io/legacy-token': legacy } = LEGACY;
    const unnamed = trail([{ annotations: { 'authentication.k8s.io/legacy-token': legacy } }], {
      account: 'shop/cart',
      jti: undefined,
      secret: 'cart-token',
    });
    expect(unnamed.facts[0]).toBe('1 request came with a legacy token of it. Of which Secret is not told.');
  });
});

describe('more tokens than are kept', () => {
  const MANY = 21_000;
  const numbered = (at: number): string => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
  const ofPod = (at: number): Told => ({
    extra: boundBy(numbered(at), `cart-${at}`, 'n'),
    at: new Date(AT * 1000 + at).toISOString().replace('Z', '000Z'),
  });
  const text = log(
    { ...ofPod(0), addresses: ['10.2.0.7'] },
    { ...ofPod(0), addresses: ['203.0.113.9'] },
    { extra: boundBy('ci'), at: '2026-11-29T08:00:00.000000Z' },
    ...Array.from({ length: MANY }, (_, at) => ofPod(at + 1)),
  );

  it('leave out those of Pods that ended the longest ago, and neither a strange one, nor what nobody renews, nor what is looked for', () => {
    const { tokens, leftOut, byAccounts } = told(text, 1 << 20, [numbered(2)]);
    const known = new Set(tokens.map(({ jti }) => jti));
    expect([0, 1, 2, 3, MANY].map((at) => known.has(numbered(at)))).toEqual([true, false, true, false, true]);
    expect(known.has('ci')).toBe(true);
    expect(tokens.length + leftOut.tokens).toBe(MANY + 2);
    expect(byAccounts).toBe(MANY + 3);
  });
});

describe('what is remembered of bytes', () => {
  it('is what was made of them, however little of it there is room for', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 400 }), (texts) => {
        const interner = new Interner(2, 64, (...slice) => textOf(...slice));
        for (const one of texts) {
          const bytes = new TextEncoder().encode(`{${one}}`);
          expect(interner.get(viewed(bytes), 1, bytes.length - 1)).toBe(textOf(bytes, 1, bytes.length - 1));
        }
      }),
    );
  });
});

describe('who was seen', () => {
  const [cart] = told(
    log(
      { annotations: LEGACY },
      { annotations: LEGACY, addresses: ['192.0.2.9'], at: '2026-11-29T10:00:00.000000Z', agent: 'old/1' },
    ),
  ).accounts;

  it('is said with when and from where it was last, and in full with by what', () => {
    if (!cart) throw new Error('Nobody was.');
    expect(seenInWords(cart, now)).toBe('seen 2 h ago from 192.0.2.9');
    expect(seenInFull(cart, now)).toBe(
      '2 times, last 2 h ago from 192.0.2.9 by old/1 and from 1 other address',
    );
  });

  it('is said in the row of a token Secret while the log is open', () => {
    if (!cart) throw new Error('Nobody was.');
    const secret = {
      namespace: 'shop',
      name: 'cart-token',
      uid: 'u',
      serviceAccount: 'cart',
      lastUsed: undefined,
      invalidSince: undefined,
    };
    const inventory = inventoryOf({
      accounts: [],
      secrets: [secret],
      issued: {
        of: () => [],
        state: () => ({ is: 'valid', words: '', until: undefined }),
        file: () => 'unseen',
        replacedBy: () => undefined,
        seen: () => ({ log: 'audit.log', use: cart, tokens: [] }),
      },
    });
    const { description, tooltip } = tokenSecretWords(secret, inventory);
    expect(description).toMatch(/^seen .* ago from 192\.0\.2\.9/);
    expect(tooltip.find((line) => line.startsWith('In audit.log: 2 times, last'))).toMatch(/by old\/1/);
    expect(tokenSecretWords({ ...secret, name: 'other' }, inventory).description).not.toMatch(/seen/);
  });
});

describe('the beginning of a text', () => {
  it('is that of an audit log in each form that one comes in', () => {
    const event = eventOf({});
    const forms = [
      event,
      `2026-11-29T09:00:00Z stdout F ${event}`,
      JSON.stringify({ events: [{ message: event }] }, undefined, 2),
      JSON.stringify([{ TimeGenerated: '', AuditId: 'a', RequestUri: '/api' }]),
      JSON.stringify([{ protoPayload: { methodName: 'io.k8s.core.v1.pods.list' } }]),
      'apiVersion: audit.k8s.io/v1\nkind: Policy',
      '{"kind":"Policy","apiVersion":"audit.k8s.io/v1"}',
      '{"kind":"Event","apiVersion":"events.k8s.io/v1"}',
      '{"name":"x"}',
      '',
    ];
    expect(forms.map(looksLikeAuditLog)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
