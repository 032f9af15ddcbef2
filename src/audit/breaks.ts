import { grouped } from '../es2024.ts';
import type { AccountUse, AuditSummary, Place, TokenUse } from './summary.ts';

/** Who would be cut off by a change. */
export interface Affected {
  /** `namespace/name`. */
  readonly account: string;
  /** What it came with. */
  readonly with: readonly string[];
  readonly places: readonly Place[];
  /** Seconds since the epoch. */
  readonly last: number;
  /** Since when it would fail already, in seconds since the epoch. */
  readonly since: number | undefined;
}

const nameOf = ({ namespace, name }: AccountUse): string => `${namespace}/${name}`;

const byLast = (one: Affected, other: Affected): number => other.last - one.last;

/** Who was cut off where legacy tokens are deleted: they came with one. */
export function withoutLegacyTokens({ accounts }: Pick<AuditSummary, 'accounts'>): Affected[] {
  return accounts
    .flatMap((account): Affected[] => {
      const { legacy } = account.byKind;
      if (!legacy) return [];
      const names = account.secrets.map(({ name }) => `Secret ${name}`);
      return [
        {
          account: nameOf(account),
          with: names,
          places: account.places,
          last: legacy.last,
          since: undefined,
        },
      ];
    })
    .sort(byLast);
}

const HOUR = 3600;

/**
 * Who would fail with lives of an hour: they came with a Pod's token that was older, as they never read it again, or with
 * one that nobody renews for them an hour after it was issued, or first seen.
 */
export function withOneHourLives({
  accounts,
  tokens,
}: Pick<AuditSummary, 'accounts' | 'tokens'>): Affected[] {
  const stale = accounts.flatMap((account): Affected[] => {
    const { stale } = account.byKind;
    if (!stale) return [];
    const { places, staleSince } = account;
    return [{ account: nameOf(account), with: [], places, last: stale.last, since: staleSince }];
  });
  const lasting = tokens.flatMap((token): Affected[] => {
    // Most are of Pods: no more is read of those.
    if (token.pod !== undefined || token.staleSince !== undefined) return [];
    const { jti, account, issued, used, places } = token;
    const began = issued?.at ?? used?.first ?? 0;
    if (!used || began === 0) return [];
    const since = Math.floor(began) + HOUR;
    return used.last > since ? [{ account, with: [`token ${jti}`], places, last: used.last, since }] : [];
  });
  return [...stale, ...lasting].sort(byLast);
}

/**
 * Who would be cut off where the signing key is taken out of the server: those with a token that nobody renews for them,
 * as the kubelet does for those of Pods, and those who never read a renewed one.
 */
export function withoutKey(summary: Pick<AuditSummary, 'accounts' | 'tokens'>): Affected[] {
  const isRenewed = ({ pod, staleSince }: TokenUse): boolean => pod !== undefined && staleSince === undefined;
  const unrenewed = grouped(
    summary.tokens.filter((token) => token.used && !isRenewed(token)),
    ({ account }) => account,
  );
  const tokens = [...unrenewed].map(([account, all]) => ofTokens(account, all, nameOfToken));
  return [...withoutLegacyTokens(summary), ...tokens].sort(byLast);
}

/** What would be cut off where a ServiceAccount is deleted: each way that it came by. Who acts as it comes by none of its tokens. */
export function withoutAccount(account: AccountUse, { tokens }: Pick<AuditSummary, 'tokens'>): Affected[] {
  const name = nameOf(account);
  const { byKind, secrets, places } = account;
  const used = tokens.filter((token) => token.account === name && token.used);
  const ways = grouped(used, (token) => (token.pod === undefined ? nameOfToken(token) : `Pod ${token.pod}`));
  const ofAccount = (what: string, last: number): Affected => ({
    account: name,
    with: [what],
    places,
    last,
    since: undefined,
  });
  const { legacy, stale, untold } = byKind;
  const unnamed = [
    ...(legacy && secrets.length === 0 ? [ofAccount('a legacy token', legacy.last)] : []),
    ...(stale && used.length === 0 ? [ofAccount('a stale token', stale.last)] : []),
    ...(untold ? [ofAccount('a token that is not told', untold.last)] : []),
  ];
  return [
    ...secrets.map((secret): Affected => ({
      account: name,
      with: [`Secret ${secret.name}`],
      places: secret.places,
      last: secret.last,
      since: undefined,
    })),
    ...[...ways].map(([way, all]) => ofTokens(name, all, () => way)),
    ...unnamed,
  ].sort(byLast);
}

const nameOfToken = ({ jti }: TokenUse): string => `token ${jti}`;

function ofTokens(account: string, all: readonly TokenUse[], name: (token: TokenUse) => string): Affected {
  return {
    account,
    with: [...new Set(all.map(name))],
    places: all.flatMap(({ places }) => places),
    last: Math.max(...all.map(({ used }) => used?.last ?? 0)),
    since: undefined,
  };
}
