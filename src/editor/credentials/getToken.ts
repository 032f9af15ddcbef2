import { randomInt } from 'node:crypto';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Bindable } from '../../cluster/api/credentials.ts';
import type { ObjectRef, ServiceAccountInfo } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { datedVerdict } from '../../token/describe.ts';
import { grantOf, type Grant } from '../../token/grant.ts';
import type { Issued } from '../../issued/entry.ts';
import type { TokenSource } from './kind.ts';

/** A token that was got, and what there is to say of it. */
export interface GotToken {
  readonly token: string;
  /** What ends it, in a sentence or two. */
  readonly life: string;
  /** What the server warned of, in its own words. */
  readonly warnings: readonly string[];
  /** Asked and granted; undefined for a token Secret's. */
  readonly grant: Grant | undefined;
  /** The sentinel that was made for it, to be taken away where the token comes to nothing. */
  readonly madeSentinel: Bindable | undefined;
  /** What the ledger is told besides the token. */
  readonly record: Pick<Issued, 'requested' | 'hasSentinel' | 'secretUid'>;
}

/** Gets a token from where it is to come from. Throws a Problem, and leaves no sentinel behind then. */
export async function getToken(
  cluster: Cluster,
  account: ObjectRef,
  source: TokenSource & { readonly audiences?: readonly string[] },
  signal: AbortSignal,
): Promise<GotToken> {
  if (source.kind === 'secret' || source.kind === 'newSecret') {
    return await tokenOfSecret(cluster, account, source, signal);
  }
  const owner = await ownerOf(cluster, account, signal);
  const given = source.kind === 'revocable' ? source.sentinel : undefined;
  const madeSentinel =
    source.kind === 'revocable' && !given ? await makeSentinel(cluster, owner, signal) : undefined;
  const boundTo = source.kind === 'request' ? source.boundTo : (given ?? madeSentinel);
  const { seconds, audiences = [] } = source;
  const options = { expirationSeconds: seconds, audiences, ...(boundTo && { boundTo }) };
  try {
    const { token, warnings } = await cluster.requestToken(owner, options, signal);
    const grant = grantOf(token, seconds);
    return {
      token,
      warnings,
      grant,
      madeSentinel,
      life: lifeInWords(token, account, boundTo),
      record: { requested: { seconds, audiences }, hasSentinel: source.kind === 'revocable' },
    };
  } catch (error) {
    if (madeSentinel) await takeAway(cluster, account, madeSentinel);
    throw error;
  }
}

/** Deletes a sentinel whose token came to nothing. Returns whether it is gone: it holds nothing, and may stay. */
export async function takeAway(
  cluster: Cluster,
  { namespace }: ObjectRef,
  { name, uid }: Bindable,
): Promise<boolean> {
  try {
    await cluster.deleteSecret({ namespace, name, uid }, AbortSignal.timeout(10_000));
    return true;
  } catch (error) {
    if (!Problem.is(error)) throw error;
    return Problem.is(error, 'not-found');
  }
}

/** A sentinel by its name, if it is still the same and was made for that: another token can be bound to it. */
export async function standingSentinel(
  cluster: Cluster,
  namespace: string,
  { name, uid }: { readonly name: string; readonly uid: string | undefined },
): Promise<Bindable | undefined> {
  try {
    const found = await cluster.bindableNamed('Secret', { namespace, name }, AbortSignal.timeout(10_000));
    return found.uid === uid && found.isSentinel === true ? found : undefined;
  } catch (error) {
    if (!Problem.is(error)) throw error;
    return undefined; // Gone, or not to be seen: another is made.
  }
}

async function tokenOfSecret(
  cluster: Cluster,
  { namespace }: ObjectRef,
  { name, ...source }: Extract<TokenSource, { readonly name: string }>,
  signal: AbortSignal,
): Promise<GotToken> {
  const token = await cluster.readSecretToken({ namespace, name }, signal);
  const uid = source.kind === 'secret' ? source.uid : undefined;
  return {
    token,
    warnings: [],
    grant: undefined,
    madeSentinel: undefined,
    life: `It never expires; deleting Secret ${namespace}/${name} ends it.`,
    record: uid === undefined ? {} : { secretUid: uid },
  };
}

/** The uid guards the request against a ServiceAccount that was re-created; where it may not be read, the name is enough. */
async function ownerOf(
  cluster: Cluster,
  account: ObjectRef,
  signal: AbortSignal,
): Promise<ServiceAccountInfo> {
  try {
    return await cluster.serviceAccount(account, signal);
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return { ...account, uid: '' };
    throw error;
  }
}

/** Letters and digits that Kubernetes' own generated names have: no vowels, nothing that looks like another. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LONGEST_NAME = 253;

async function makeSentinel(
  cluster: Cluster,
  serviceAccount: ServiceAccountInfo,
  signal: AbortSignal,
): Promise<Bindable> {
  const { namespace } = serviceAccount;
  const random = Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const suffix = `-revocable-${random}`;
  const name = `${serviceAccount.name.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
  return await cluster.createSentinel({ namespace, name, serviceAccount }, signal);
}

function lifeInWords(token: string, { namespace }: ObjectRef, boundTo: Bindable | undefined): string {
  const decoded = decodeToken(token);
  const now = Math.floor(Date.now() / 1000);
  const time = decoded ? `It ${datedVerdict(classifyToken(decoded), now)}` : 'Its end cannot be told';
  if (!boundTo) return `${time}; before, only deleting the ServiceAccount ends it.`;
  const place = boundTo.kind === 'Node' ? boundTo.name : `${namespace}/${boundTo.name}`;
  return `${time}; before, deleting ${boundTo.kind} ${place} ends it within about 10 seconds.`;
}
