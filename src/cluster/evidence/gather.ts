import { readCarrier } from '../../authentication/carrier.ts';
import { known, offlineEvidence, unknown, type Evidence, type Fact } from '../../authentication/evidence.ts';
import { Problem } from '../../errors.ts';
import { classifyToken, type Token } from '../../token/classify.ts';
import { decodeToken, isRecord } from '../../token/decode.ts';
import type { ClusterAccess, ClusterAnswer, Cluster, EvidenceOptions } from '../api.ts';
import {
  readApiAudiences,
  readIssuer,
  readKeys,
  readLiveObject,
  readMinorVersion,
  readReview,
} from './answers.ts';

/** A server that can be asked, and the way to ask as the token itself. */
export interface Witness {
  readonly cluster: Pick<Cluster, 'ask' | 'endpoint'>;
  readonly whoAmI: ClusterAccess['whoAmI'];
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** What may stand in a path: a stranger wrote the claims, and ".." would ask for something else. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Gathers what can be known of why a server refuses a token, with the rights of the context's user: each forbidden
 * read is a missing fact that names the right. Reports every state of the evidence as it grows. Sends the token only
 * by `options.sendToken`. Throws unreachable or cancelled.
 */
export async function gatherEvidence(
  { cluster, whoAmI }: Witness,
  credential: string,
  options: EvidenceOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  const carried = readCarrier(credential);
  const decoded = decodeToken(carried.token);
  let evidence: Evidence = {
    ...offlineEvidence(credential),
    apiAudiences: unknown('the server alone knows them', 'create tokenreviews'),
  };
  const add = (more: Partial<Evidence>): void => {
    evidence = { ...evidence, ...more };
    options.onEvidence?.(evidence);
  };
  // A server would be asked about a token that is not the one sent.
  if (carried.problem || !decoded) return evidence;
  const token = classifyToken(decoded);

  const ask = async (path: string, accept?: string, body?: unknown): Promise<ClusterAnswer> => {
    const post = body === undefined ? {} : { method: 'POST' as const, body };
    const answer = await cluster.ask({ path, ...post, ...(accept !== undefined && { accept }) }, signal);
    if (answer.serverTime !== undefined) {
      const measuredAt = Math.floor(Date.now() / 1000);
      add({ serverTime: known({ time: answer.serverTime, measuredAt }, 'the server’s header Date') });
    }
    if (isRecord(answer.body)) {
      if (!evidence.gateway.known) add({ gateway: known(undefined, path) });
    } else if (answer.status === 401 || answer.status === 403) {
      add({ gateway: known('a server whose answer is no Kubernetes Status', path) });
    }
    return answer;
  };
  const fact = async <T>(
    path: string,
    needs: string,
    read: (body: Readonly<Record<string, unknown>>) => T | undefined,
    accept?: string,
    body?: unknown,
  ): Promise<Fact<T>> => factOf(await ask(path, accept, body), path, needs, read);
  const live = async (resource: string, namespace: string | undefined, name: string) =>
    await liveObject(ask, resource, namespace, name);

  const put = async <K extends keyof Evidence>(name: K, found: Promise<Evidence[K]>): Promise<void> => {
    add({ [name]: await found });
  };
  const reads = [
    put(
      'issuer',
      fact('/.well-known/openid-configuration', 'get /.well-known/openid-configuration', readIssuer),
    ),
    put(
      'keys',
      fact('/openid/v1/jwks', 'get /openid/v1/jwks', readKeys, 'application/jwk-set+json, application/json'),
    ),
    put('minorVersion', fact('/version', 'get /version', readMinorVersion)),
  ];
  if (token.kind !== 'other') {
    reads.push(
      put('serviceAccount', live('serviceaccounts', token.namespace, token.serviceAccount)),
      put('boundObject', boundObject(token, live)),
    );
    const { namespace, serviceAccount } = token;
    if (options.requestToken && isName(namespace) && isName(serviceAccount)) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
      const body = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 600 },
      };
      const needs = `create serviceaccounts/token in ${namespace}`;
      reads.push(put('apiAudiences', fact(path, needs, readApiAudiences, undefined, body)));
    }
  }
  if (token.kind === 'legacy' && options.compareSecret) {
    reads.push(put('storedToken', storedToken(ask, token.namespace, token.secret ?? '', carried.token)));
  }
  await Promise.all(reads);
  if (!options.sendToken) return evidence;

  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: carried.token },
  };
  const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
  await put('review', fact(reviews, 'create tokenreviews', readReview, undefined, body));
  if (!evidence.review.known) await put('whoAmI', askAsToken(cluster, whoAmI, carried.token, signal));
  return evidence;
}

type Ask = (path: string, accept?: string) => Promise<ClusterAnswer>;

function isName(name: string | undefined): name is string {
  return name !== undefined && NAME.test(name);
}

function factOf<T>(
  { status, body }: ClusterAnswer,
  path: string,
  needs: string,
  read: (body: Readonly<Record<string, unknown>>) => T | undefined,
): Fact<T> {
  if (status === 403) return unknown('forbidden to you', needs);
  if (status === 401) return unknown('your own credential is refused', needs);
  if (status >= 300) return unknown(`the server answered ${status}`, needs);
  const value = isRecord(body) ? read(body) : undefined;
  return value === undefined ? unknown('the answer cannot be read', needs) : known(value, path);
}

async function liveObject(
  ask: Ask,
  resource: string,
  namespace: string | undefined,
  name: string,
): Promise<Evidence['boundObject']> {
  if (!isName(name) || (namespace !== undefined && !isName(namespace))) {
    return unknown('the token names no possible object');
  }
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const needs = namespace === undefined ? `get ${resource}` : `get ${resource} in ${namespace}`;
  const path = `/api/v1${place}/${resource}/${name}`;
  const answer = await ask(path, METADATA);
  // Only the API server's own 404 says that the object is gone.
  const isGone = answer.status === 404 && isRecord(answer.body) && answer.body['reason'] === 'NotFound';
  return isGone ? known(undefined, path) : factOf(answer, path, needs, readLiveObject);
}

async function boundObject(
  token: Exclude<Token, { kind: 'other' }>,
  live: (resource: string, namespace: string | undefined, name: string) => Promise<Evidence['boundObject']>,
): Promise<Evidence['boundObject']> {
  if (token.kind === 'legacy') return await live('secrets', token.namespace, token.secret ?? '');
  const { kind, name } = token.binding ?? {};
  if (name === undefined) return unknown('it is bound to no object');
  if (kind === 'Pod') return await live('pods', token.namespace, name);
  if (kind === 'Secret') return await live('secrets', token.namespace, name);
  if (kind === 'Node') return await live('nodes', undefined, name);
  return unknown('it is bound to a webhook');
}

/** Compares in memory, and keeps nothing of what it read. */
async function storedToken(
  ask: Ask,
  namespace: string,
  name: string,
  token: string,
): Promise<Evidence['storedToken']> {
  if (!isName(namespace) || !isName(name)) return unknown('the token names no possible object');
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  return factOf(await ask(path), path, `get secrets in ${namespace}`, ({ data }) => {
    const stored = isRecord(data) ? data['token'] : undefined;
    if (typeof stored !== 'string' || stored === '') return 'empty';
    return Buffer.from(stored, 'base64').equals(Buffer.from(token)) ? 'same' : 'different';
  });
}

/** SelfSubjectReview with the token alone: a client certificate beside it would be judged instead. */
async function askAsToken(
  { endpoint }: Pick<Cluster, 'endpoint'>,
  whoAmI: ClusterAccess['whoAmI'],
  token: string,
  signal: AbortSignal,
): Promise<Evidence['whoAmI']> {
  const { server, certificateAuthority, insecureSkipTlsVerify, proxyUrl, tlsServerName } = endpoint;
  const cluster = {
    server,
    'certificate-authority-data':
      certificateAuthority === undefined ? undefined : Buffer.from(certificateAuthority).toString('base64'),
    'insecure-skip-tls-verify': insecureSkipTlsVerify || undefined,
    'proxy-url': proxyUrl,
    'tls-server-name': tlsServerName,
  };
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'token',
    clusters: [{ name: 'token', cluster }],
    users: [{ name: 'token', user: { token } }],
    contexts: [{ name: 'token', context: { cluster: 'token', user: 'token' } }],
  });
  const origin = 'SelfSubjectReview with the token alone';
  try {
    return known((await whoAmI({ text, folder: '/' }, signal)).username, origin);
  } catch (error) {
    if (Problem.is(error, 'unauthorized')) return known(undefined, origin);
    if (Problem.is(error) && error.reason !== 'cancelled') return unknown(error.message);
    throw error;
  }
}
