import { isRecord, type DecodedToken } from './decode.ts';

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
  /** When the API server begins to count its use as stale, seconds since the epoch. */
  readonly warnAfter: number | undefined;
}

export interface OtherToken extends Common {
  readonly kind: 'other';
}

export type Token = LegacyToken | BoundToken | OtherToken;

/** The constant issuer of legacy tokens (kubernetes pkg/serviceaccount/legacy.go). */
const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY_PREFIX = 'kubernetes.io/serviceaccount/';

/** Says what kind of token this is: a ServiceAccount's legacy or bound token, or some other JWT. */
export function classifyToken({ header, claims }: DecodedToken): Token {
  const common: Common = {
    issuer: text(claims['iss']),
    audiences: audiencesOf(claims['aud']),
    subject: text(claims['sub']),
    id: text(claims['jti']),
    keyId: text(header['kid']),
    algorithm: text(header['alg']),
    expires: numericDate(claims['exp']),
    notBefore: numericDate(claims['nbf']),
    issuedAt: numericDate(claims['iat']),
  };
  return legacy(claims, common) ?? bound(claims, common) ?? { ...common, kind: 'other' };
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

function bound(claims: DecodedToken['claims'], common: Common): BoundToken | undefined {
  const own = claims['kubernetes.io'];
  if (!isRecord(own)) return undefined;
  const account = reference(own['serviceaccount']);
  const namespace = text(own['namespace']);
  if (!account || namespace === undefined) return undefined;
  const pod = reference(own['pod']);
  const node = reference(own['node']);
  const candidates = [
    ['Pod', pod],
    ['Secret', reference(own['secret'])],
    ['Node', node],
    ['ValidatingWebhookConfiguration', reference(own['validatingwebhookconfiguration'])],
    ['MutatingWebhookConfiguration', reference(own['mutatingwebhookconfiguration'])],
  ] as const;
  const first = candidates.find(([, ref]) => ref);
  return {
    ...common,
    kind: 'bound',
    namespace,
    serviceAccount: account.name,
    serviceAccountUid: account.uid,
    binding: first?.[1] && { kind: first[0], ...first[1] },
    node: pod && node?.name,
    warnAfter: numericDate(own['warnafter']),
  };
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

function audiencesOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}
