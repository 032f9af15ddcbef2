import { seenInFull, type secretIn } from '../audit/seen.ts';
import { notesUses, silenceMeaning, useMeaning, type Noted } from './tokenUse.ts';
import { does } from '../versions.ts';
import type { PodUse, ServiceAccountUse, TokenSecretInfo, Uses } from '../cluster/api/objects.ts';

/** What an audit log tells of a token Secret's token; undefined where it saw no use of it. */
type SeenSecret = NonNullable<ReturnType<typeof secretIn>>;

/** A token Secret, and what stands in the way of being without it. */
export interface RankedSecret {
  readonly secret: TokenSecretInfo;
  /**
   * `refused`: marked invalid, by a server that minds; `unused`: no use is recorded, and one would have been within a
   * year; `early`: the same, for a shorter or an unknown time; `unknown`: the server records none; `here`: files of this
   * workspace hold its token; `pulls`: OpenShift pulls images with it.
   */
  readonly use: 'refused' | 'unused' | 'early' | 'unknown' | 'here' | 'used' | 'pulls';
  readonly pods: readonly PodUse[];
  /** ServiceAccounts that list it in .secrets or imagePullSecrets. */
  readonly accounts: readonly ServiceAccountUse[];
  /** The files of the workspace that hold its token, by their path. */
  readonly files: readonly string[];
  /** Who used it in the audit log that is open. */
  readonly seen: SeenSecret | undefined;
  /** What to do in its place, in a sentence or two. */
  readonly advice: string;
}

const RANKS: Readonly<Record<RankedSecret['use'], number>> = {
  refused: 0,
  unused: 1,
  early: 2,
  unknown: 3,
  here: 4,
  used: 5,
  pulls: 6,
};

/**
 * Ranks token Secrets by how easily one is rid of them: those that the server refuses, then those of which no use is
 * recorded, for a year before for less, then by last use, the longest ago first; among equals those that nothing names,
 * the oldest first. The days of the label legacy-token-last-used compare as texts. `files` are those of the workspace
 * with a token, by `namespace/name` of its Secret; `noted` says since when the server records uses; `now` in seconds
 * since the epoch. What an open audit log has `seen` counts as a use, to the second.
 */
export function rankSecrets(
  secrets: readonly TokenSecretInfo[],
  uses: Uses,
  files: ReadonlyMap<string, readonly string[]>,
  noted: Noted,
  now: number,
  seen: (secret: TokenSecretInfo) => SeenSecret | undefined = () => undefined,
): readonly RankedSecret[] {
  const byPod = mentioned(uses.pods.items);
  const byAccount = mentioned(uses.serviceAccounts.items);
  const isSure = uses.pods.problem === undefined;
  return secrets
    .map((secret): RankedSecret => {
      const id = `${secret.namespace}/${secret.name}`;
      const pods = byPod.get(id) ?? [];
      const accounts = byAccount.get(id) ?? [];
      const here = files.get(id) ?? [];
      const inLog = seen(secret);
      const use = useOf(secret, inLog, here, noted, now);
      const unsure = isSure ? '' : ' Which Pods name it could not be seen.';
      const who = inLog ? `In ${inLog.log} it was used ${seenInFull(inLog.use, now)}. ` : '';
      const advice = `${who}${adviceFor({ secret, use, pods, files: here }, noted, now)}${pods.length > 0 ? '' : unsure}`;
      return { secret, use, pods, accounts, files: here, seen: inLog, advice };
    })
    .sort(
      (one, other) =>
        RANKS[one.use] - RANKS[other.use] ||
        compare(lastUse(one), lastUse(other)) ||
        one.pods.length - other.pods.length ||
        (one.secret.created ?? 0) - (other.secret.created ?? 0) ||
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

/** When it was used last: a day, or a time where a log tells it, which comes after its day alone. */
function lastUse({ secret, seen }: RankedSecret): string {
  const { lastUsed = '' } = secret;
  const inLog = seen && seen.use.last > 0 ? new Date(seen.use.last * 1000).toISOString() : '';
  return inLog > lastUsed ? inLog : lastUsed;
}

function useOf(
  secret: TokenSecretInfo,
  seen: SeenSecret | undefined,
  files: readonly string[],
  noted: Noted,
  now: number,
): RankedSecret['use'] {
  if (secret.isForPulls === true) return 'pulls';
  const minds = does(noted.minor, 'refuses what is marked invalid') !== false;
  if (secret.invalidSince !== undefined && minds) return 'refused';
  if (secret.lastUsed !== undefined || seen) return 'used';
  if (files.length > 0) return 'here';
  if (notesUses(noted) === false) return 'unknown';
  return silenceMeaning(secret, noted, now).length === 0 ? 'unused' : 'early';
}

/** What would tell more than silence, and can be taken back (kubernetes pkg/serviceaccount/legacy.go). */
const TRIAL =
  'label it kubernetes.io/legacy-token-invalid-since with today’s day, by which the API server refuses its token and notes who still tries it (legacy-token-last-used), and takes it again once the label is gone.';

function adviceFor(
  { secret, use, pods, files }: Pick<RankedSecret, 'secret' | 'use' | 'pods' | 'files'>,
  noted: Noted,
  now: number,
): string {
  if (use === 'pulls') {
    return 'Leave it: OpenShift made it for a pull Secret (-dockercfg-), and without it pulls from the cluster’s own registry fail.';
  }
  if (pods.length > 0) {
    const isInVariable = pods.some((pod) =>
      pod.secrets.some(({ name, how }) => name === secret.name && (how === 'env' || how === 'envFrom')),
    );
    return isInVariable
      ? 'Its Pods have it in an environment variable, which nothing can renew: mount a projected token and read the file; then see that no new use is noted before it goes.'
      : 'Mount a projected token in its Pods instead, which the kubelet renews; then see that no new use is noted before it goes.';
  }
  switch (use) {
    case 'refused':
      return triedSince(secret)
        ? `The API server refuses its token, and somebody tried it on ${secret.lastUsed ?? ''} all the same: find out who before it goes.`
        : `The API server refuses its token already, and no try since is recorded: deleting it breaks nothing that works.`;
    case 'unused':
    case 'early': {
      const canTry = does(noted.minor, 'refuses what is marked invalid') !== false;
      const next = canTry
        ? `To be sure, ${TRIAL}`
        : `Ask the owners of ServiceAccount ${secret.serviceAccount}.`;
      return [...silenceMeaning(secret, noted, now), `That nothing was seen is no proof. ${next}`].join(' ');
    }
    case 'unknown':
      return `${useMeaning(secret, noted, now)} Ask the owners of ServiceAccount ${secret.serviceAccount} who has it.`;
    case 'here':
      return `Put another credential into ${named(files)} first: a kubeconfig that is renewed or revoked on its own.`;
    case 'used':
      return files.length > 0
        ? `It is used, perhaps by ${named(files)}: put another credential there, and see that no new use is noted before it goes.`
        : 'No Pod names it, so it is used from outside: issue a revocable kubeconfig in its place, and see that no new use is noted before it goes.';
  }
}

function named(files: readonly string[]): string {
  return files.length <= 3
    ? files.join(', ')
    : `${files.slice(0, 3).join(', ')} and ${files.length - 3} more`;
}

/** Whether a token was tried after it was marked invalid: that day is noted as one of use. */
function triedSince({ invalidSince, lastUsed }: TokenSecretInfo): boolean {
  return lastUsed !== undefined && invalidSince !== undefined && lastUsed > invalidSince;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
