import { describe, expect, it } from 'vitest';
import { withLogs } from '../../../src/editor/revoke/inLogs.ts';
import type { Plan } from '../../../src/editor/revoke/plan.ts';
import type { Target } from '../../../src/editor/revoke/target.ts';
import { boundBy, eventOf, told } from '../../support/texts/auditEvents.ts';

const now = Date.parse('2026-11-29T10:00:00Z') / 1000;
const LEGACY = {
  'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart',
  'authentication.k8s.io/legacy-token-manual-secret': 'cart-token',
};
const { accounts, tokens } = told(
  [
    eventOf({ annotations: LEGACY, agent: 'old/1', at: '2026-11-29T09:00:01.000000Z' }),
    eventOf({ extra: boundBy('a', 'cart-0', 'n'), addresses: ['192.0.2.1'] }),
    eventOf({ extra: boundBy('b', 'cart-0', 'n'), addresses: ['192.0.2.1'] }),
    eventOf({ extra: boundBy('ci'), addresses: ['203.0.113.9'] }),
  ].join('\n'),
);
const logs = {
  account: ({ name }: { readonly name: string }) => {
    const use = accounts.find((one) => one.name === name);
    return use && { log: 'audit.log', use, tokens };
  },
};
const target = (more: Partial<Target>): Target => ({
  namespace: 'shop',
  serviceAccount: 'cart',
  serviceAccountUid: undefined,
  ends: undefined,
  expires: undefined,
  hand: { missing: '' },
  algorithm: undefined,
  ...more,
});
const object = { kind: 'Secret', namespace: 'shop', name: 'x', uid: 'u' } as const;
const planned: Plan = { is: 'delete', object, breaks: ['The file f.'], notes: [], patience: 15 };
const toldOf = (more: Partial<Target>, plan: Plan = planned): unknown => {
  const found = withLogs(plan, target(more), logs, now);
  return found.is === 'delete' ? [found.breaks, found.notes] : 'breaks' in found ? found.breaks : found;
};

describe('before a token is revoked, an open audit log', () => {
  it('tells who used that of the Secret, of the Pod, or itself', () => {
    const rest = ['The file f.'];
    expect(toldOf({ ends: { kind: 'tokenSecret', name: 'cart-token', uid: undefined } })).toEqual([
      ['Whoever used it, in audit.log: once, last 1 h ago from 10.2.0.7 by old/1.', ...rest],
      [],
    ]);
    expect(toldOf({ ends: { kind: 'Pod', name: 'cart-0', uid: 'uid-of-cart-0' } })).toEqual([
      ['Whoever used it, in audit.log: 2 times, last 1 h ago from 192.0.2.1 by cart/1.2.', ...rest],
      [],
    ]);
    expect(toldOf({ jti: 'ci', ends: { kind: 'Secret', name: 's', uid: 'u' } })).toEqual([
      ['Whoever used it, in audit.log: once, last 1 h ago from 203.0.113.9 by cart/1.2.', ...rest],
      [],
    ]);
  });

  it('tells of silence only where it saw the ServiceAccount', () => {
    const ends = { kind: 'tokenSecret', name: 'another', uid: undefined } as const;
    expect(toldOf({ ends })).toEqual([
      ['The file f.'],
      ['audit.log saw its ServiceAccount, and no use of this token.'],
    ]);
    expect(toldOf({ ends, serviceAccount: 'unseen' })).toEqual([['The file f.'], []]);
  });

  it('tells who came as the ServiceAccount where only its end ends the token', () => {
    const whole: Plan = { is: 'only-with-account', account: undefined, breaks: [], patience: 15 };
    expect(toldOf({}, whole)).toEqual([
      'Whoever used any token of it, in audit.log: 4 times, last 1 h ago from 10.2.0.7 by old/1 and from 2 other addresses.',
    ]);
  });
});
