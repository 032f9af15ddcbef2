import { describe, expect, it } from 'vitest';
import {
  withOneHourLives,
  withoutAccount,
  withoutKey,
  withoutLegacyTokens,
} from '../../../src/audit/breaks.ts';
import { strangersAmong, type Trace } from '../../../src/audit/strange.ts';
import type { AccountUse, TokenUse } from '../../../src/audit/summary.ts';
import { account, now, place, span, token } from '../../support/texts/auditUses.ts';

describe('who would be cut off', () => {
  const secret = { name: 's', isListed: false, places: [place({ address: 'of s' })], ...span(2, now - 5) };
  const kinds = { legacy: undefined, stale: undefined, bound: undefined, untold: undefined };

  it('without legacy tokens comes in the order of its last use', () => {
    const old = account({ byKind: { ...kinds, legacy: span(1, 5) }, secrets: [secret], places: [place()] });
    const late = account({ name: 'till', byKind: { ...kinds, legacy: span(1, 6) } });
    expect(withoutLegacyTokens({ accounts: [account(), old, late] })).toEqual([
      { account: 'shop/till', with: [], places: [], last: 6, since: undefined },
      { account: 'shop/cart', with: ['Secret s'], places: [place()], last: 5, since: undefined },
    ]);
  });

  it('with lives of an hour is who came with one token for longer', () => {
    const used = (first: number, last: number): TokenUse['used'] => ({ count: 2, first, last });
    const issued = { at: 1000.5, by: '', address: '', agent: '', boundTo: undefined, life: undefined };
    const tokens = [
      token({ jti: 'hour', used: used(1000, 4600) }),
      token({ jti: 'longer', used: used(1000, 4600.5) }),
      token({ jti: 'issued', issued, used: used(4000, 4601), places: [place()] }),
      token({ jti: 'pod', pod: 'p', used: used(1000, 9000) }),
      token({ jti: 'stale', staleSince: 1, used: used(1000, 9000) }),
      token({ jti: 'unused', issued, used: undefined }),
      token({ jti: 'untold', used: used(0, 9000) }),
    ];
    const stale = account({ byKind: { ...kinds, stale: span(1, 4600.7) }, staleSince: 7, places: [place()] });
    expect(withOneHourLives({ accounts: [account(), stale], tokens })).toEqual([
      { account: 'shop/cart', with: ['token issued'], places: [place()], last: 4601, since: 4600 },
      { account: 'shop/cart', with: [], places: [place()], last: 4600.7, since: 7 },
      { account: 'shop/cart', with: ['token longer'], places: [], last: 4600.5, since: 4600 },
    ]);
  });

  it('without the key is whose token nobody renews', () => {
    const tokens = [
      token({ jti: 'a', used: span(1, 3), places: [place()] }),
      token({ jti: 'b', used: span(1, 9), places: [place({ address: 'b' })] }),
      token({ jti: 'pod', pod: 'p' }),
      token({ jti: 'stale', account: 'x/y', pod: 'p', staleSince: 1, used: span(1, 8) }),
      token({ jti: 'unused', used: undefined }),
    ];
    expect(withoutKey({ accounts: [account({ byKind: { ...kinds, legacy: span(1, 5) } })], tokens })).toEqual(
      [
        {
          account: 'shop/cart',
          with: ['token a', 'token b'],
          places: [place(), place({ address: 'b' })],
          last: 9,
          since: undefined,
        },
        { account: 'x/y', with: ['token stale'], places: [], last: 8, since: undefined },
        { account: 'shop/cart', with: [], places: [], last: 5, since: undefined },
      ],
    );
  });

  it('without a ServiceAccount is each way by which it came, those that are not told too', () => {
    const ways = (more: Partial<AccountUse>, tokens: readonly TokenUse[] = []): unknown =>
      withoutAccount(account({ places: [place()], ...more }), { tokens }).map(
        ({ account: of, with: names, places, last, since }) => [of, names, places.length, last, since],
      );
    const untold = { ...kinds, legacy: span(1, 1), stale: span(1, 2), untold: span(1, 3) };
    expect(ways({ byKind: untold })).toEqual([
      ['shop/cart', ['a token that is not told'], 1, 3, undefined],
      ['shop/cart', ['a stale token'], 1, 2, undefined],
      ['shop/cart', ['a legacy token'], 1, 1, undefined],
    ]);
    const tokens = [
      token({ pod: 'p', used: span(1, 4), places: [place(), place()] }),
      token({ jti: 'k', pod: 'p', used: span(1, 3) }),
      token({ account: 'shop/other' }),
      token({ used: undefined }),
    ];
    expect(ways({ byKind: { ...untold, untold: undefined }, secrets: [secret] }, tokens)).toEqual([
      ['shop/cart', ['Secret s'], 1, now - 5, undefined],
      ['shop/cart', ['Pod p'], 2, 4, undefined],
    ]);
    expect(ways({})).toEqual([]);
  });
});

describe('an address that is none of a Pod’s', () => {
  const trace = (
    podUid: string | undefined,
    addresses: Readonly<Record<string, number>>,
    node?: string,
  ): Trace => ({
    podUid,
    node,
    addresses: () => Object.entries(addresses).map(([address, count]) => ({ address, count })),
  });
  const nodes = new Map([['n', new Set(['192.0.2.1'])]]);
  const strange = (...tokens: readonly Trace[]): unknown => tokens.map(strangersAmong(tokens, nodes));

  it('is one that is used less than another of its family', () => {
    expect(strange(trace('u', { a: 1, b: 2, c: 1 }))).toEqual([['a', 'c']]);
    expect(strange(trace('u', { a: 2, b: 2 }))).toEqual([['b']]);
    expect(strange(trace('u', { a: 1, ':1': 9, ':2': 1 }))).toEqual([[':2']]);
  });

  it('is told by all tokens of the Pod together', () => {
    expect(
      strange(trace('u', { a: 3 }), trace('u', { b: 2 }), trace('u', { b: 2 }), trace('v', { a: 1 })),
    ).toEqual([['a'], [], [], []]);
  });

  it('is none of the node’s, and none where no Pod is told', () => {
    expect(strange(trace('u', { a: 2, '192.0.2.1': 1, b: 1 }, 'n'))).toEqual([['b']]);
    expect(strange(trace('u', { a: 2, '192.0.2.1': 1 }, 'm'))).toEqual([['192.0.2.1']]);
    expect(strange(trace(undefined, { a: 2, b: 1 }, 'n'))).toEqual([[]]);
    expect(strange(trace('u', { a: 2 }), trace('v', { b: 2 }))).toEqual([[], []]);
  });
});
