import { verifySignature } from '../../authentication/signature.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import type { Cluster } from '../api.ts';
import { readKeys } from './answers.ts';

/** Whether the keys that a cluster publishes verify a token. The token is not sent. Throws cancelled only. */
export async function keysFit(
  { ask }: Pick<Cluster, 'ask'>,
  token: string,
  signal: AbortSignal,
): Promise<'fits' | 'other' | 'unknown'> {
  try {
    const accept = 'application/jwk-set+json, application/json';
    const { status, body } = await ask({ path: '/openid/v1/jwks', accept }, signal);
    const keys = status === 200 && isRecord(body) ? readKeys(body) : undefined;
    if (!keys) return 'unknown';
    return (await verifySignature(token, keys)).state === 'verified' ? 'fits' : 'other';
  } catch (error) {
    if (Problem.is(error) && error.reason !== 'cancelled') return 'unknown';
    throw error;
  }
}
