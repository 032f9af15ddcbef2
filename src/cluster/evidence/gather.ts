import type { V1TokenReview } from '@kubernetes/client-node';
import { SHORTEST_SECONDS } from '../../kubernetes.ts';
import { readCarrier } from '../../authentication/carrier.ts';
import {
  known,
  offlineEvidence,
  unknown,
  UNNAMED,
  type Evidence,
  type Fact,
  type StoredToken,
} from '../../authentication/evidence.ts';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { classifyToken, type BoundToken, type LegacyToken, type Token } from '../../token/classify.ts';
import { decodeToken, isRecord } from '../../token/decode.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type { Cluster, ClusterAnswer } from '../api/cluster.ts';
import type { KubeconfigInUse } from '../api/contexts.ts';
import type { EvidenceOptions } from '../api/credentials.ts';
import { mustBeAgreed, termsOfSending } from '../connect/agreement.ts';
import {
  readApiAudiences,
  readIssuer,
  readKeys,
  readLiveObject,
  readMinorVersion,
  readRelease,
  readReview,
  readSettings,
  readTargetAudiences,
  serverTimeIn,
} from './answers.ts';
import { askWhoIs, VERSION_PATH } from '../read/whoIs.ts';

type Asked = Pick<Cluster, 'ask' | 'dispose'>;

/** A server that can be asked as the person, and the ways to ask it as somebody else. */
export interface Witness extends Pick<Cluster, 'ask'> {
  /** Why the person has no login for this server: then what is refused is refused to anybody. */
  readonly noLogin: string | undefined;
  /** Whether the person's own login sends this very token, so that asking anything would send it. */
  readonly sends: (token: string) => Promise<boolean>;
  /** The same login without its token: a client certificate, or nothing. */
  readonly withoutToken: () => Asked & { readonly isNobody: boolean };
  /** The same server with a token alone: a client certificate beside it would be judged instead. */
  readonly asToken: (token: string) => Asked;
  /** A kubeconfig with this token and what it sends beside it. Throws not-allowed-here where it leads elsewhere. */
  readonly asSent: (kubeconfig: KubeconfigInUse, token: string) => Asked;
  /** Where the token would be sent. */
  readonly endpoint: ClusterEndpoint;
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** What may stand in a path: a stranger wrote the claims, and ".." would ask for something else. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Gathers what can be known of why a server refuses a token, with the rights of the context's user: each forbidden
 * read is a missing fact that names the right. Reports every state of the evidence as it grows. Sends the token only
 * by `options.sendToken`. Throws unreachable or cancelled, and not-allowed-here where something else was agreed to.
 */
export async function gatherEvidence(
  witness: Witness,
  credential: string,
  options: EvidenceOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  const { token } = readCarrier(credential);
  if (options.sendToken) {
    mustBeAgreed(termsOfSending(token, witness.endpoint), options.sendToken, 'Sending this token there');
  }
  if (options.sendToken || token === '' || !(await witness.sends(token))) {
    return await gather(witness, credential, options, signal);
  }
  const asker = witness.withoutToken();
  const noLogin = 'your own login for this server is this very token, which is not sent unasked';
  const ask: Witness['ask'] = async (...one) => await asker.ask(...one);
  try {
    const careful = { ...witness, ask, noLogin: asker.isNobody ? noLogin : undefined };
    return await gather(careful, credential, options, signal);
  } finally {
    asker.dispose();
  }
}

/** What a server's answer at `VERSION_PATH` tells. */
export function versionFrom(
  answer: ClusterAnswer,
  noLogin: Witness['noLogin'],
): Pick<Evidence, 'minorVersion' | 'release'> {
  const of = <T>(read: Reader<T>): Fact<T> => factOf(answer, VERSION_PATH, 'get /version', read, noLogin);
  return { minorVersion: of(readMinorVersion), release: of(readRelease) };
}

async function gather(
  witness: Witness,
  credential: string,
  options: EvidenceOptions,
  signal: AbortSignal,
): Promise<Evidence> {
  const carried = readCarrier(credential);
  const decoded = options.known?.claims ?? decodeToken(carried.token);
  const isKept = !options.known?.claims;
  const found = new Gathered(witness, credential, options, signal);
  // A server would be asked about a token that is not the one sent.
  if (isKept ? carried.problem && !carried.opaque : !decoded) return found.evidence;
  const token = decoded && classifyToken(decoded);
  const { asSent } = options;
  const isSent = options.sendToken !== undefined && isKept;
  const asker = isSent && asSent ? witness.asSent(asSent, carried.token) : undefined;
  const what = 'the kubeconfig as it is, certificate and token';
  // What does not hang on another answer is asked at once: a server may be far.
  await Promise.all([
    found.read('settings', '/flagz', readSettings, FLAGS),
    found.read('issuer', '/.well-known/openid-configuration', readIssuer),
    found.read('keys', '/openid/v1/jwks', readKeys, 'application/jwk-set+json, application/json'),
    found.version(),
    ...(token && token.kind !== 'other' ? ofToken(found, token, carried.token, options) : []),
    ...(isSent ? [found.review(carried.token)] : []),
    ...(asker ? [found.put('whoAmIAsSent', askWho(asker, what, signal, found.noteWhoAnswers))] : []),
  ]);
  found.add(toldBySettings(found.evidence));
  if (isSent && found.evidence.review.known) found.add(toldByReview(found.evidence));
  else if (isSent) await asItself(found, token, witness.asToken(carried.token), options);
  return found.evidence;
}

/** What a token hangs on. */
function ofToken(
  found: Gathered,
  token: BoundToken | LegacyToken,
  raw: string,
  { requestToken, compareSecret }: EvidenceOptions,
): Promise<void>[] {
  return [
    found.put('serviceAccount', found.live('serviceaccounts', token.namespace, token.serviceAccount)),
    found.put('boundObject', boundObject(token, found.live)),
    ...(requestToken === true ? [found.requestAudiences(token)] : []),
    ...(token.kind === 'legacy' && compareSecret
      ? [found.put('storedToken', storedToken(found.ask, token, raw, found.noLogin))]
      : []),
  ];
}

/** What the server says to the token itself. */
async function asItself(
  found: Gathered,
  token: Token | undefined,
  asker: Asked,
  { requestToken }: EvidenceOptions,
): Promise<void> {
  await found.put('whoAmI', askWho(asker, 'the token alone', found.signal, found.noteWhoAnswers));
  const { whoAmI, apiAudiences } = found.evidence;
  const isRefused = whoAmI.known && whoAmI.value === undefined;
  const isOpen = token?.kind === 'bound' && !apiAudiences.known;
  if (isRefused && isOpen && requestToken === 'to-tell-why') await found.requestAudiences(token);
}

/** The evidence as it grows, and the ways to ask for more of it. */
class Gathered {
  evidence: Evidence;
  readonly signal: AbortSignal;
  readonly noLogin: Witness['noLogin'];
  readonly #witness: Witness;
  readonly #onEvidence: EvidenceOptions['onEvidence'];
  /** What the API server answered to the person outweighs a stranger; what carried the token decides. */
  #isDecided = false;

  constructor(witness: Witness, credential: string, options: EvidenceOptions, signal: AbortSignal) {
    this.#witness = witness;
    this.#onEvidence = options.onEvidence;
    this.signal = signal;
    this.noLogin = witness.noLogin;
    this.evidence = {
      ...offlineEvidence(credential, options.known),
      apiAudiences: unknown('the server alone knows them', 'create tokenreviews'),
    };
  }

  add(more: Partial<Evidence>): void {
    this.evidence = { ...this.evidence, ...more };
    this.#onEvidence?.(this.evidence);
  }

  async put<K extends keyof Evidence>(name: K, found: Promise<Evidence[K]>): Promise<void> {
    this.add({ [name]: await found });
  }

  readonly noteWhoAnswers = (path: string, answer: ClusterAnswer, isTokens = false): void => {
    const stranger = strangerIn(answer);
    const before = this.evidence.gateway;
    const isBetter = !before.known || (before.value !== undefined && stranger === undefined);
    if (isTokens || (isBetter && !this.#isDecided)) {
      this.#isDecided ||= isTokens;
      this.add({ gateway: known(stranger, path) });
    }
  };

  readonly ask = async (path: string, accept?: string, body?: unknown): Promise<ClusterAnswer> => {
    const post = body === undefined ? {} : { method: 'POST' as const, body };
    const asked = { path, ...post, ...(accept !== undefined && { accept }) };
    const answer = await this.#witness.ask(asked, this.signal);
    const serverTime = serverTimeIn(answer);
    if (serverTime) this.add({ serverTime });
    this.noteWhoAnswers(path, answer);
    return answer;
  };

  readonly live = async (resource: string, namespace: string | undefined, name: string) =>
    await liveObject(this.ask, resource, namespace, name, this.noLogin);

  /** Reads what stands at a path. */
  async read<K extends 'settings' | 'issuer' | 'keys'>(
    name: K,
    path: string,
    read: Reader<Evidence[K] extends Fact<infer T> ? T : never>,
    accept?: string,
  ): Promise<void> {
    const answer = await this.ask(path, accept);
    this.add({ [name]: factOf(answer, path, `get ${path}`, read, this.noLogin) });
  }

  async version(): Promise<void> {
    this.add(versionFrom(await this.ask(VERSION_PATH), this.noLogin));
  }

  async review(token: string): Promise<void> {
    const kind = 'TokenReview';
    const body: V1TokenReview = { apiVersion: 'authentication.k8s.io/v1', kind, spec: { token } };
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const answer = await this.ask(path, undefined, body);
    this.add({ review: factOf(answer, path, 'create tokenreviews', readReview, this.noLogin) });
  }

  /** Asks for a token of the same ServiceAccount, to see for whom the server makes them. */
  async requestAudiences({ namespace, serviceAccount }: BoundToken | LegacyToken): Promise<void> {
    if (!isName(namespace) || !isName(serviceAccount)) return;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const spec = { expirationSeconds: SHORTEST_SECONDS };
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
    const needs = `create serviceaccounts/token in ${namespace}`;
    const answer = await this.ask(path, undefined, body);
    this.add({ apiAudiences: factOf(answer, path, needs, readApiAudiences, this.noLogin) });
  }
}

/** What a server's flags say that no other answer has said. */
function toldBySettings({ settings, issuer, apiAudiences }: Evidence): Partial<Evidence> {
  if (!settings.known) return {};
  const [first] = settings.value.issuers;
  return {
    ...(!apiAudiences.known && { apiAudiences: known(settings.value.audiences, settings.origin) }),
    ...(!issuer.known && first !== undefined && { issuer: known(first, settings.origin) }),
  };
}

/** The audiences of the API server, where it has refused a token for others. */
function toldByReview({ review, apiAudiences }: Evidence): Partial<Evidence> {
  const wanted = review.known && !apiAudiences.known && readTargetAudiences(review.value.error);
  return wanted ? { apiAudiences: known(wanted, review.origin) } : {};
}

/** The flags of a server, of each version that there is of them. */
const FLAGS = ['v1beta1', 'v1alpha1']
  .map((version) => `application/json;as=Flagz;g=config.k8s.io;v=${version}`)
  .join(', ');

type Ask = (path: string, accept?: string) => Promise<ClusterAnswer>;
type Reader<T> = (body: Readonly<Record<string, unknown>>) => T | undefined;

function isName(name: string | undefined): name is string {
  return name !== undefined && NAME.test(name);
}

/** What an answer tells, or the right that is missing. */
export function factOf<T>(
  { status, body }: ClusterAnswer,
  path: string,
  needs: string,
  read: Reader<T>,
  noLogin: string | undefined,
): Fact<T> {
  if (noLogin !== undefined && (status === 401 || status === 403)) return unknown(noLogin, needs);
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
  noLogin: string | undefined,
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
  return isGone ? known(undefined, path) : factOf(answer, path, needs, readLiveObject, noLogin);
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
  { namespace, secret: name }: LegacyToken,
  token: string,
  noLogin: string | undefined,
): Promise<Evidence['storedToken']> {
  if (!isName(namespace) || !isName(name)) return unknown('the token names no possible object');
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const compare = ({ data, immutable }: Readonly<Record<string, unknown>>): StoredToken => {
    const stored = isRecord(data) ? data['token'] : undefined;
    if (typeof stored !== 'string' || stored === '')
      return immutable === true ? 'empty and immutable' : 'empty';
    return Buffer.from(stored, 'base64').equals(Buffer.from(token)) ? 'same' : 'different';
  };
  const found = factOf(await ask(path), path, `get secrets in ${namespace}`, compare, noLogin);
  // Of a token that is not kept it is only seen whether there is one.
  return token === '' && found.known && found.value === 'different'
    ? unknown('the token itself is not kept')
    : found;
}

/** Who somebody is to the server, who is let go after it. Only an API server's own 401 is a refusal of the token. */
export async function askWho(
  asker: Asked,
  what: string,
  signal: AbortSignal,
  note: (path: string, answer: ClusterAnswer, isTokens: boolean) => void,
): Promise<Evidence['whoAmI']> {
  try {
    const { path, answer, identity } = await askWhoIs(async (request) => await asker.ask(request, signal));
    const origin = `${path === VERSION_PATH ? `GET ${path}` : 'SelfSubjectReview'} with ${what}`;
    note(path, answer, true);
    if (strangerIn(answer) !== undefined) return unknown('something that is no API server answered');
    if (answer.status === 401) return known(undefined, origin);
    if (identity) return known(identity.username ?? UNNAMED, origin);
    return factOf(answer, origin, 'create selfsubjectreviews', () => undefined, undefined);
  } catch (error) {
    if (Problem.is(error) && error.reason !== 'cancelled') return unknown(error.message);
    throw error;
  } finally {
    asker.dispose();
  }
}

/** Who answers in place of an API server, which refuses with a Status (k8s.io/apiserver pkg/endpoints/handlers/responsewriters). */
export function strangerIn({ status, body, serverName }: ClusterAnswer): string | undefined {
  if (status >= 300 && status < 400) return `a redirect (${status}), as a login page sends it`;
  if (status === 200 && body === undefined) return 'a server whose answer is no JSON, as a login page';
  if (status !== 401 && status !== 403) return undefined;
  if (isRecord(body) && body['kind'] === 'Status') return undefined;
  const name = serverName === undefined ? 'a server' : `“${redact(serverName).slice(0, 100)}”`;
  return `${name} whose ${status} is no Kubernetes Status`;
}
