import type { PodUse, ServiceAccountUse, TokenSecretInfo, Uses } from '../../../cluster/api.ts';

/** A token Secret, and what stands in the way of being without it. */
export interface RankedSecret {
  readonly secret: TokenSecretInfo;
  /** `refused`: marked invalid; `unused`: no use is recorded. */
  readonly use: 'refused' | 'unused' | 'used';
  readonly pods: readonly PodUse[];
  /** ServiceAccounts that list it in .secrets or imagePullSecrets. */
  readonly accounts: readonly ServiceAccountUse[];
  /** What to do in its place, in a sentence or two. */
  readonly advice: string;
}

const RANKS: Readonly<Record<RankedSecret['use'], number>> = { refused: 0, unused: 1, used: 2 };

/**
 * Ranks token Secrets by how easily one is rid of them: those that the server refuses, then those of which no use is
 * recorded, then by last use, the longest ago first; among equals those that nothing names. The days of the label
 * legacy-token-last-used compare as texts.
 */
export function rankSecrets(secrets: readonly TokenSecretInfo[], uses: Uses): readonly RankedSecret[] {
  const byPod = mentioned(uses.pods.items);
  const byAccount = mentioned(uses.serviceAccounts.items);
  const isSure = uses.pods.problem === undefined;
  return secrets
    .map((secret): RankedSecret => {
      const id = `${secret.namespace}/${secret.name}`;
      const pods = byPod.get(id) ?? [];
      const accounts = byAccount.get(id) ?? [];
      const use =
        secret.invalidSince !== undefined ? 'refused' : secret.lastUsed === undefined ? 'unused' : 'used';
      return { secret, use, pods, accounts, advice: adviceFor(secret, use, pods, isSure) };
    })
    .sort(
      (one, other) =>
        RANKS[one.use] - RANKS[other.use] ||
        compare(one.secret.lastUsed ?? '', other.secret.lastUsed ?? '') ||
        one.pods.length - other.pods.length ||
        compare(
          `${one.secret.namespace}/${one.secret.name}`,
          `${other.secret.namespace}/${other.secret.name}`,
        ),
    );
}

function mentioned<T extends PodUse | ServiceAccountUse>(
  users: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const user of users) {
    for (const name of new Set(user.secrets.map((mention) => mention.name))) {
      const id = `${user.namespace}/${name}`;
      const known = found.get(id);
      if (known) known.push(user);
      else found.set(id, [user]);
    }
  }
  return found;
}

function adviceFor(
  secret: TokenSecretInfo,
  use: RankedSecret['use'],
  pods: readonly PodUse[],
  isSure: boolean,
): string {
  if (pods.length > 0) {
    const isInVariable = pods.some((pod) =>
      pod.secrets.some(({ name, how }) => name === secret.name && (how === 'env' || how === 'envFrom')),
    );
    return isInVariable
      ? 'Its Pods have it in an environment variable, which nothing can renew: mount a projected token and read the file, then delete it.'
      : 'Mount a projected token in its Pods instead, which the kubelet renews; then delete it.';
  }
  const unsure = isSure ? '' : ' Which Pods name it could not be seen.';
  switch (use) {
    case 'refused':
      return `The API server refuses its token already: delete it.${unsure}`;
    case 'unused':
      return `No use is recorded, and no Pod names it: delete it.${unsure}`;
    case 'used':
      return `No Pod names it, so it is used from outside: issue a revocable kubeconfig in its place, then delete it.${unsure}`;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
