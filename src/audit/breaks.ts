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

/** Who would fail with lives of an hour: they came with a token that was older, as they never read it again. */
export function withOneHourLives({ accounts }: Pick<AuditSummary, 'accounts'>): Affected[] {
  return accounts
    .flatMap((account): Affected[] => {
      const { stale } = account.byKind;
      if (!stale) return [];
      const { places, staleSince } = account;
      return [{ account: nameOf(account), with: [], places, last: stale.last, since: staleSince }];
    })
    .sort(byLast);
}

/**
 * Who would be cut off where the signing key is taken out of the server: those with a token that nobody renews for them,
 * as the kubelet does for those of Pods.
 */
export function withoutKey(summary: Pick<AuditSummary, 'accounts' | 'tokens'>): Affected[] {
  const unrenewed = new Map<string, TokenUse[]>();
  for (const token of summary.tokens) {
    if (!token.used || token.pod !== undefined) continue;
    const known = unrenewed.get(token.account);
    if (known) known.push(token);
    else unrenewed.set(token.account, [token]);
  }
  const tokens = [...unrenewed].map(([account, all]): Affected => ({
    account,
    with: all.map(({ jti }) => `token ${jti}`),
    places: all.flatMap(({ places }) => places),
    last: Math.max(...all.map(({ used }) => used?.last ?? 0)),
    since: undefined,
  }));
  return [...withoutLegacyTokens(summary), ...tokens].sort(byLast);
}
