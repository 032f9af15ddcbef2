import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST } from '../../../src/audit/counts.ts';
import { unpacked } from '../../../src/audit/pack.ts';
import { AuditLog } from '../../../src/audit/auditLog.ts';
import type { AuditSummary, CredentialKind, Place, Span } from '../../../src/audit/summary.ts';
import { boundBy, eventOf } from '../../support/texts/auditEvents.ts';

/** What is made up of one request. */
interface Made {
  readonly account: number;
  /** Of its token; 0: it has none. */
  readonly jti: number;
  readonly address: number;
  readonly agent: number;
  readonly kind: 'legacy' | 'stale' | 'plain';
  readonly secret: number;
  readonly isRefused: boolean;
  readonly isIssue: boolean;
  readonly resource: number;
  /** Seconds after nine o’clock. */
  readonly second: number;
}

const small = (max: number) => fc.nat({ max });
const request: fc.Arbitrary<Made> = fc.record({
  account: small(4),
  jti: small(12),
  address: small(3),
  agent: small(2),
  kind: fc.constantFrom('legacy', 'stale', 'plain'),
  secret: small(2),
  isRefused: fc.boolean(),
  isIssue: fc.boolean(),
  resource: small(12),
  second: small(50),
});

/** So little room that a short log has too much of everything. */
const LITTLE: typeof MOST = {
  ...MOST,
  accounts: 3,
  tokens: 6,
  refusals: 2,
  places: 3,
  placesOfToken: 2,
  ownPlaces: 1,
  sharedPlaces: 4,
  sharedActions: 3,
  secrets: 1,
};

const NOTE = 'authentication.k8s.io/';
const nameOf = ({ account }: Made): string => `a${account}`;
const jtiOf = ({ jti }: Made): string => `jti-${jti}`;
const isBound = ({ jti, isIssue }: Made): boolean => jti > 0 && !isIssue;
const kindOf = (made: Made): CredentialKind => {
  if (made.kind === 'stale') return 'stale';
  if (isBound(made)) return 'bound';
  return made.kind === 'legacy' ? 'legacy' : 'untold';
};
const timeOf = ({ second }: Made): number => Date.parse('2026-11-29T09:00:00Z') / 1000 + second;

function lineOf(made: Made): string {
  const name = nameOf(made);
  const subject = `system:serviceaccount:shop:${name}`;
  const at = `2026-11-29T09:00:${String(made.second).padStart(2, '0')}.000000Z`;
  if (made.isIssue) {
    return eventOf({
      user: 'jane',
      at,
      verb: 'create',
      code: 201,
      object: { resource: 'serviceaccounts', subresource: 'token', namespace: 'shop', name },
      annotations: { 'authentication.kubernetes.io/issued-credential-id': `JTI=${jtiOf(made)}` },
    });
  }
  return eventOf({
    user: subject,
    at,
    addresses: [`10.2.0.${made.address}`],
    agent: `agent/${made.agent}`,
    code: made.isRefused ? 403 : 200,
    object: { resource: `kind${made.resource}`, namespace: 'shop' },
    ...(isBound(made) && { extra: boundBy(jtiOf(made), `pod-${made.jti}`, 'n') }),
    annotations: {
      'authorization.k8s.io/decision': made.isRefused ? 'forbid' : 'allow',
      ...(made.kind === 'legacy' && {
        [`${NOTE}legacy-token`]: subject,
        [`${NOTE}legacy-token-manual-secret`]: `secret-${made.secret}`,
      }),
      ...(made.kind === 'stale' && {
        [`${NOTE}stale-token`]: `subject: ${subject}, seconds after warning threshold: 60`,
      }),
    },
  });
}

/** How many there are, the first and the last, one by one. */
const spanOf = (all: readonly Made[]): Span | undefined =>
  all.length === 0
    ? undefined
    : {
        count: all.length,
        first: Math.min(...all.map(timeOf)),
        last: Math.max(...all.map(timeOf)),
      };
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
const spanIn = ({ count, first, last }: Span): Span => ({ count, first, last });

function read(made: readonly Made[], most = LITTLE): AuditLog {
  const log = new AuditLog([], most);
  const bytes = new TextEncoder().encode(made.map((one) => `${lineOf(one)}\n`).join(''));
  log.begin('audit.log');
  log.push(bytes, bytes.length);
  log.end();
  return log;
}

/** Whether each place has exactly its requests, and those of no other place are among them. */
function expectPlaces(places: readonly Place[], elsewhere: number, made: readonly Made[]): void {
  for (const { address, agent, pod, ...span } of places) {
    const own = made.filter(
      (one) =>
        address === `10.2.0.${one.address}` &&
        agent === `agent/${one.agent}` &&
        pod === (isBound(one) ? `pod-${one.jti}` : ''),
    );
    expect(spanIn(span)).toEqual(spanOf(own));
  }
  expect(sum(places.map(({ count }) => count)) + elsewhere).toBe(made.length);
}

describe('what is counted of a log', () => {
  it('is what a count of one request after the other finds, whatever there is no room for; and that is said', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 120 }), (all) => {
        const { requests, byAccounts, accounts, tokens, refusals, leftOut } = read(all).summary(true);
        const used = all.filter(({ isIssue }) => !isIssue);
        expect(spanIn(requests)).toEqual(spanOf(all));
        expect(byAccounts).toBe(used.length);
        const known = [...new Set(used.map(nameOf))].slice(0, LITTLE.accounts);
        expect(accounts.map(({ name }) => name).sort()).toEqual([...known].sort());
        expect(leftOut.accounts).toBe(used.filter((one) => !known.includes(nameOf(one))).length);
        let unnamed = 0;
        for (const account of accounts) {
          const own = used.filter((one) => nameOf(one) === account.name);
          expect(spanIn(account)).toEqual(spanOf(own));
          for (const [kind, span] of Object.entries(account.byKind)) {
            expect([kind, span]).toEqual([kind, spanOf(own.filter((one) => kindOf(one) === kind))]);
          }
          expect(account.refused).toBe(own.filter(({ isRefused }) => isRefused).length);
          expectPlaces(account.places, account.elsewhere, own);
          const legacy = own.filter((one) => kindOf(one) === 'legacy');
          for (const { name, ...span } of account.secrets) {
            const ofSecret = legacy.filter(({ secret }) => name === `secret-${secret}`);
            expect(spanIn(span)).toEqual(spanOf(ofSecret));
          }
          unnamed += legacy.length - sum(account.secrets.map(({ count }) => count));
          const allowed = own.filter(({ isRefused }) => !isRefused);
          for (const { resource, ...span } of account.actions) {
            expect(spanIn(span)).toEqual(spanOf(allowed.filter((one) => resource === `kind${one.resource}`)));
          }
          const done = sum(account.actions.map(({ count }) => count));
          expect([account.name, done < allowed.length]).toEqual([account.name, account.hasMoreActions]);
          const stale = own.filter(({ kind }) => kind === 'stale');
          expect(account.staleSince).toBe(
            stale.length === 0 ? undefined : Math.min(...stale.map(timeOf)) - 60,
          );
        }
        expect(leftOut.secrets).toBe(unnamed);
        const usesOf = (jti: string): Made[] => used.filter((one) => isBound(one) && jtiOf(one) === jti);
        const parts = tokens.filter(({ isPart }) => isPart);
        expect(parts.filter((one) => (one.used?.count ?? 0) > usesOf(one.jti).length)).toEqual([]);
        const wholes = tokens.filter(({ isPart }) => !isPart);
        for (const { jti, account, used: span, places, elsewhere, issued } of wholes) {
          const uses = usesOf(jti);
          const issues = all.filter((one) => one.isIssue && jtiOf(one) === jti);
          expect([jti, span]).toEqual([jti, spanOf(uses)]);
          expectPlaces(places, elsewhere, uses);
          const lastIssue = issues.at(-1);
          expect(issued?.at).toBe(lastIssue && timeOf(lastIssue));
          expect(account).toMatch(/^shop\/a\d$/);
        }
        const bound = used.filter(isBound);
        const counted = sum(tokens.map((token) => token.used?.count ?? 0));
        expect(counted + leftOut.tokens).toBeGreaterThanOrEqual(bound.length);
        // One of which only the issue was known counts as one that is left out.
        const hasIssue = all.some(({ isIssue }) => isIssue);
        expect(hasIssue ? bound.length : counted + leftOut.tokens).toBe(bound.length);
        expect(sum(refusals.map(({ count }) => count)) + leftOut.refusals).toBe(
          used.filter(({ isRefused }) => isRefused).length,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('is told of every token where there is room', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 80 }), (all) => {
        const { tokens, leftOut } = read(all, MOST).summary(true);
        expect(Object.values(leftOut)).toEqual([0, 0, 0, 0]);
        const ids = new Set(all.filter((one) => isBound(one) || one.isIssue).map(jtiOf));
        expect(tokens.map(({ jti, isPart }) => [jti, isPart])).toEqual([...ids].map((jti) => [jti, false]));
      }),
      { numRuns: 100 },
    );
  });
});

/** As much of `other` as `one` has: what is read from numbers only when it is asked for is no part of a comparison otherwise. */
function asMuch<T extends object>(one: readonly T[], other: readonly T[]): unknown[] {
  return one.map((has, at) => {
    const value = other[at];
    const keys = Object.keys(has) as (keyof T)[];
    return Object.fromEntries(keys.map((key) => [key, value?.[key]]));
  });
}

describe('a summary as numbers', () => {
  it('says what it said before, over as many pieces as it takes', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), fc.boolean(), (all, isLittle) => {
        const log = read(all, isLittle ? LITTLE : MOST);
        const summary: AuditSummary = log.summary(true);
        const { accounts, tokens, refusals, ...few } = unpacked(structuredClone(log.packed(true)));
        const { accounts: _accounts, tokens: _tokens, refusals: _refusals, ...others } = summary;
        expect(few).toEqual(others);
        expect(asMuch(summary.accounts, accounts)).toEqual(summary.accounts);
        expect(asMuch(summary.tokens, tokens)).toEqual(summary.tokens);
        expect(asMuch(summary.refusals, refusals)).toEqual(summary.refusals);
        expect([accounts.length, tokens.length, refusals.length]).toEqual([
          summary.accounts.length,
          summary.tokens.length,
          summary.refusals.length,
        ]);
      }),
      { numRuns: 200 },
    );
    const many = Array.from({ length: 6000 }, (_, at): Made => ({
      account: at % 500,
      jti: at + 1,
      address: at % 250,
      agent: at % 9,
      kind: 'plain',
      secret: 0,
      isRefused: false,
      isIssue: at % 7 === 0,
      resource: at % 20,
      second: at % 60,
    }));
    const log = read(many, MOST);
    const packed = log.packed(true);
    expect(packed.numbers.length).toBeGreaterThan(3);
    const { accounts, tokens } = log.summary(true);
    const again = unpacked(packed);
    expect(asMuch(accounts, again.accounts)).toEqual(accounts);
    expect(asMuch(tokens, again.tokens)).toEqual(tokens);
  });
});
