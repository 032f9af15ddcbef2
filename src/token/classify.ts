import { LEGACY_ISSUER } from '../kubernetes.ts';
import { isRecord, type DecodedToken } from './decode.ts';
import { foreignKind } from './foreign.ts';

/** What a token is bound to, and dies with. `uid` is absent in Node bindings made before the Node existed. */
export interface Binding {
  readonly kind:
    | 'Pod'
    | 'Secret'
    | 'Node'
    | 'ValidatingWebhookConfiguration'
    | 'MutatingWebhookConfiguration';
  readonly name: string;
  readonly uid: string | undefined;
}

/** Times are seconds since the epoch, truncated as the API server does (go-jose jwt/claims.go). */
export interface Times {
  readonly expires: number | undefined;
  readonly notBefore: number | undefined;
  readonly issuedAt: number | undefined;
}

interface Common extends Times {
  readonly issuer: string | undefined;
  readonly audiences: readonly string[];
  readonly subject: string | undefined;
  readonly id: string | undefined;
  readonly keyId: string | undefined;
  readonly algorithm: string | undefined;
}

export interface LegacyToken extends Common {
  readonly kind: 'legacy';
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string | undefined;
  readonly secret: string | undefined;
}

export interface BoundToken extends Common {
  readonly kind: 'bound';
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string | undefined;
  /** What ends it besides time; undefined: a TokenRequest without a bound object. */
  readonly binding: Binding | undefined;
  /** The Pod's node, as information: it is not validated (kubernetes pkg/serviceaccount/claims.go). */
  readonly node: string | undefined;
  readonly nodeUid: string | undefined;
  /** When the API server begins to count its use as stale, seconds since the epoch. */
  readonly warnAfter: number | undefined;
  /** API groups whose admission reviews a webhook's token attests (Kubernetes 1.37, alpha). */
  readonly attestedGroups: readonly string[];
  /** Whether its header is that of an external signer, which alone writes `typ` (kubernetes externaljwt/plugin). */
  readonly isExternallySigned: boolean;
}

export interface OtherToken extends Common {
  readonly kind: 'other';
  /** What it is, where it can be told: "Google id token". */
  readonly source: string | undefined;
}

export type Token = LegacyToken | BoundToken | OtherToken;

export const LEGACY_PREFIX = 'kubernetes.io/serviceaccount/';

/** What was classified once: what is on screen is asked for over and over. */
const known = new WeakMap<DecodedToken, Token>();

/** Says what kind of token this is: a ServiceAccount's legacy or bound token, or some other JWT. */
export function classifyToken(decoded: DecodedToken): Token {
  const token = known.get(decoded) ?? classify(decoded);
  known.set(decoded, token);
  return token;
}

function classify(decoded: DecodedToken): Token {
  const { header, claims } = decoded;
  const common: Common = {
    issuer: text(claims['iss']),
    audiences: textsOf(claims['aud']),
    subject: text(claims['sub']),
    id: text(claims['jti']),
    keyId: text(header['kid']),
    algorithm: text(header['alg']),
    expires: numericDate(claims['exp']),
    notBefore: numericDate(claims['nbf']),
    issuedAt: numericDate(claims['iat']),
  };
  return (
    legacy(claims, common) ??
    bound(decoded, common) ?? { ...common, kind: 'other', source: foreignKind(decoded) }
  );
}

function legacy(claims: DecodedToken['claims'], common: Common): LegacyToken | undefined {
  const namespace = text(claims[`${LEGACY_PREFIX}namespace`]);
  const serviceAccount = text(claims[`${LEGACY_PREFIX}service-account.name`]);
  if (common.issuer !== LEGACY_ISSUER || namespace === undefined || serviceAccount === undefined)
    return undefined;
  const serviceAccountUid = text(claims[`${LEGACY_PREFIX}service-account.uid`]);
  const secret = text(claims[`${LEGACY_PREFIX}secret.name`]);
  return { ...common, kind: 'legacy', namespace, serviceAccount, serviceAccountUid, secret };
}

function bound({ header, claims }: DecodedToken, common: Common): BoundToken | undefined {
  const own = claims['kubernetes.io'];
  if (!isRecord(own)) return undefined;
  const account = reference(own['serviceaccount']);
  const namespace = text(own['namespace']);
  if (!account || namespace === undefined) return undefined;
  const attestations = own['attestations'];
  const [first] = boundObjects(own);
  const node = first?.kind === 'Pod' ? reference(own['node']) : undefined;
  return {
    ...common,
    kind: 'bound',
    namespace,
    serviceAccount: account.name,
    serviceAccountUid: account.uid,
    binding: first,
    node: node?.name,
    nodeUid: node?.uid,
    warnAfter: numericDate(own['warnafter']),
    attestedGroups: textsOf(isRecord(attestations) ? attestations['admissionReviewAPIGroups'] : undefined),
    isExternallySigned: header['typ'] === 'JWT',
  };
}

const BOUND_KINDS: readonly (readonly [claim: string, kind: Binding['kind']])[] = [
  ['pod', 'Pod'],
  ['secret', 'Secret'],
  ['node', 'Node'],
  ['validatingwebhookconfiguration', 'ValidatingWebhookConfiguration'],
  ['mutatingwebhookconfiguration', 'MutatingWebhookConfiguration'],
];

/**
 * The objects that the `kubernetes.io` claims name, the one that counts first. The API server issues no token with two
 * of them, except a Pod with its Node.
 */
export function boundObjects(own: Readonly<Record<string, unknown>>): Binding[] {
  return BOUND_KINDS.flatMap(([claim, kind]) => {
    const object = reference(own[claim]);
    return object ? [{ kind, ...object }] : [];
  });
}

function reference(value: unknown): { name: string; uid: string | undefined } | undefined {
  if (!isRecord(value)) return undefined;
  const name = text(value['name']);
  return name === undefined ? undefined : { name, uid: text(value['uid']) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numericDate(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined;
}

/** A text or a list of texts, as `aud` may be either (RFC 7519 section 4.1.3). */
function textsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}
