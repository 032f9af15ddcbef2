import { verifySignature } from '../../authentication/verifySignature.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import type { Cluster } from '../api/cluster.ts';
import type { Server } from '../connect/server.ts';
import { readKeys, readLiveObject } from './answers.ts';

const JWKS = { path: '/openid/v1/jwks', accept: 'application/jwk-set+json, application/json' };
/** A cluster's oldest namespace, whose uid is as good as a name of the cluster. */
const OLDEST = {
  path: '/api/v1/namespaces/kube-system',
  accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
};

/**
 * Whether two servers are one cluster by what they say to those who may ask: the same signing keys, and the same uid of
 * the namespace kube-system. False too where either does not tell. Throws cancelled only.
 */
export async function isSameCluster(one: Server, other: Server, signal: AbortSignal): Promise<boolean> {
  const [first, second] = await Promise.all([marksOf(one, signal), marksOf(other, signal)]);
  return first !== undefined && first === second;
}

async function marksOf(server: Server, signal: AbortSignal): Promise<string | undefined> {
  try {
    const [keys, namespace] = await Promise.all([server.ask(JWKS, signal), server.ask(OLDEST, signal)]);
    const known = keys.status === 200 && isRecord(keys.body) ? readKeys(keys.body) : undefined;
    const live =
      namespace.status === 200 && isRecord(namespace.body) ? readLiveObject(namespace.body) : undefined;
    if (!known || known.length === 0 || !live) return undefined;
    return JSON.stringify([
      live.uid,
      known
        .map((key) =>
          JSON.stringify(Object.entries(key).toSorted(([one], [other]) => (one < other ? -1 : 1))),
        )
        .toSorted(),
    ]);
  } catch (error) {
    if (Problem.is(error) && error.reason !== 'cancelled') return undefined;
    throw error;
  }
}

/** Whether the keys that a cluster publishes verify a token. The token is not sent. Throws cancelled only. */
export async function keysFit(
  { ask }: Pick<Cluster, 'ask'>,
  token: string,
  signal: AbortSignal,
): Promise<'fits' | 'other' | 'unknown'> {
  try {
    const { status, body } = await ask(JWKS, signal);
    const keys = status === 200 && isRecord(body) ? readKeys(body) : undefined;
    if (!keys) return 'unknown';
    return (await verifySignature(token, keys)).state === 'verified' ? 'fits' : 'other';
  } catch (error) {
    if (Problem.is(error) && error.reason !== 'cancelled') return 'unknown';
    throw error;
  }
}
