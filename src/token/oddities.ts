import { boundObjects, LEGACY_PREFIX, type Token } from './classify.ts';
import { LEGACY_ISSUER } from '../kubernetes.ts';
import { isRecord, type DecodedToken } from './decode.ts';

/** Beyond the year 9999, in seconds since the epoch: milliseconds where seconds belong, as a rule. */
const ABSURD = 253_402_300_800;

/**
 * What a token says that cannot be true, or contradicts itself, in words: `sub` that names another ServiceAccount
 * than the claims the API server goes by, times of the wrong kind or order, and claims of a wrong type.
 */
export function oddities(token: Token, decoded: DecodedToken): string[] {
  const { claims } = decoded;
  const odd: string[] = [];
  if (token.kind !== 'other') {
    const subject = `system:serviceaccount:${token.namespace}:${token.serviceAccount}`;
    if (token.subject !== subject) {
      const consequence =
        token.kind === 'legacy' ? 'the API server refuses it' : 'the API server goes by the other claims';
      odd.push(`sub names another ServiceAccount: ${consequence}.`);
    }
  }
  for (const name of ['exp', 'nbf', 'iat']) {
    const value = claims[name];
    if (value === undefined) continue;
    if (typeof value !== 'number') odd.push(`${name} is no number, and the API server refuses such a token.`);
    else if (value > ABSURD)
      odd.push(`${name} lies beyond the year 9999: milliseconds where seconds belong?`);
    else if (value < 0) odd.push(`${name} lies before 1970.`);
  }
  const { expires, issuedAt, notBefore } = token;
  if (expires !== undefined && notBefore !== undefined && expires < notBefore) {
    odd.push('It expires before it becomes valid.');
  } else if (expires !== undefined && issuedAt !== undefined && expires < issuedAt) {
    odd.push('It expires before it was issued.');
  }
  const audience = claims['aud'];
  const isText = (value: unknown): boolean => typeof value === 'string';
  if (audience !== undefined && !isText(audience) && !(Array.isArray(audience) && audience.every(isText))) {
    odd.push('aud is neither a text nor a list of texts, and the API server refuses such a token.');
  }
  return [...odd, ...oddOfKubernetes(token, decoded)];
}

/** The claims that the API server demands of a legacy token, in the order of its checks (kubernetes legacy.go). */
const LEGACY_CLAIMS = [
  'sub',
  `${LEGACY_PREFIX}namespace`,
  `${LEGACY_PREFIX}secret.name`,
  `${LEGACY_PREFIX}service-account.name`,
  `${LEGACY_PREFIX}service-account.uid`,
];

function oddOfKubernetes(token: Token, { header, claims }: DecodedToken): string[] {
  const odd: string[] = [];
  const missing = LEGACY_CLAIMS.find((name) => typeof claims[name] !== 'string' || claims[name] === '');
  // A bound token of that issuer is accepted where --service-account-issuer names it: the legacy authenticator's error is not
  // the last word (kubernetes pkg/kubeapiserver/authenticator/config.go).
  if (claims['iss'] === LEGACY_ISSUER && token.kind !== 'bound' && missing !== undefined) {
    odd.push(
      `Its issuer is that of legacy tokens, and the claim ${missing} is missing: the API server refuses it.`,
    );
  }
  if (token.kind === 'legacy' && ['exp', 'nbf'].some((name) => claims[name] !== undefined)) {
    odd.push(
      'It has times, which the API server never writes into a legacy token, and does not check there.',
    );
  }
  const own = claims['kubernetes.io'];
  if (isRecord(own)) odd.push(...oddOfBound(token, own));
  if (token.kind !== 'other') odd.push(...oddOfHeader(header));
  return odd;
}

function oddOfBound(token: Token, own: Readonly<Record<string, unknown>>): string[] {
  if (token.kind === 'other') {
    const hasAccount = isRecord(own['serviceaccount']) && typeof own['serviceaccount']['name'] === 'string';
    const missing = hasAccount ? 'namespace' : 'serviceaccount';
    return [`Its kubernetes.io claims name no ${missing}: the API server takes it for nobody's.`];
  }
  if (token.kind !== 'bound') return [];
  const odd: string[] = [];
  const kinds = boundObjects(own).map(({ kind }) => kind);
  const isPodOnNode = kinds.length === 2 && kinds[0] === 'Pod' && kinds[1] === 'Node';
  if (kinds.length > 1 && !isPodOnNode) {
    odd.push(`It is bound to ${kinds.join(' and ')}, and the API server binds to one object only.`);
  }
  if (token.expires === undefined) odd.push('It has no end (exp), which every bound token has.');
  if (token.issuer === undefined) odd.push('It names no issuer (iss): no API server accepts it.');
  if (token.serviceAccountUid === undefined) odd.push('The UID of its ServiceAccount is missing.');
  return odd;
}

/** kubernetes pkg/serviceaccount/jwt.go, and pkg/serviceaccount/externaljwt/plugin for `typ`. */
function oddOfHeader(header: DecodedToken['header']): string[] {
  const others = Object.keys(header).filter((name) => !['alg', 'kid', 'typ'].includes(name));
  const odd: string[] = [];
  if (others.length > 0) {
    const names = others.map((name) => name.slice(0, 20)).slice(0, 5);
    odd.push(`Its header has ${names.join(', ')}, which no API server writes.`);
  }
  if (header['alg'] === 'none') odd.push('It is not signed (alg none): the API server refuses it.');
  if (typeof header['alg'] === 'string' && header['alg'].startsWith('HS')) {
    odd.push(
      `It is signed with a shared secret (${header['alg'].slice(0, 8)}), which the API server refuses.`,
    );
  }
  return odd;
}
