import { redact } from '../redact.ts';
import { isRecord } from '../token/decode.ts';
import type { ClaimRow } from './protocol.ts';
import { since } from '../versions.ts';

const JOSE = 'RFC 7515';
const JWT = 'RFC 7519';
const BOUND = 'Kubernetes, bound tokens';
const LEGACY = 'Kubernetes, token Secrets';

const NAMED = since('names jti and Node in tokens');

const meanings: Readonly<Record<string, readonly [meaning: string, source: string]>> = {
  alg: ['How it is signed', JOSE],
  kid: ['Which key signed it: the hash of the public key, where the API server itself signs', JOSE],
  typ: ['What it is; only an external signer writes it', JOSE],
  iss: ['Who issued it: the cluster’s issuer name', JWT],
  sub: ['Whom it stands for', JWT],
  aud: ['Whom it is for: the API server, where nothing else was asked', JWT],
  exp: ['When it ends; the server allows 60 s more', JWT],
  nbf: ['From when it is valid; the server allows 60 s before', JWT],
  iat: ['When it was issued', JWT],
  jti: ['Its own id, as audit logs name it', `${JWT}; since Kubernetes ${NAMED}`],
  'kubernetes.io.namespace': ['The ServiceAccount’s namespace', BOUND],
  'kubernetes.io.serviceaccount.name': ['The ServiceAccount', BOUND],
  'kubernetes.io.serviceaccount.uid': [
    'The ServiceAccount’s UID: one of the same name created later is another',
    BOUND,
  ],
  'kubernetes.io.pod.name': ['The Pod it dies with', BOUND],
  'kubernetes.io.pod.uid': ['That Pod’s UID: a later one of the same name is another', BOUND],
  'kubernetes.io.secret.name': ['The Secret it dies with', BOUND],
  'kubernetes.io.secret.uid': ['That Secret’s UID', BOUND],
  'kubernetes.io.node.name': ['The Node: validated only where there is no Pod', `${BOUND} since ${NAMED}`],
  'kubernetes.io.node.uid': ['That Node’s UID', `${BOUND} since ${NAMED}`],
  'kubernetes.io.warnafter': ['From when the server counts its use as stale; never a refusal', BOUND],
  'kubernetes.io/serviceaccount/namespace': ['The ServiceAccount’s namespace', LEGACY],
  'kubernetes.io/serviceaccount/secret.name': [
    'The token Secret that it is in, and that it dies with',
    LEGACY,
  ],
  'kubernetes.io/serviceaccount/service-account.name': ['The ServiceAccount', LEGACY],
  'kubernetes.io/serviceaccount/service-account.uid': ['The ServiceAccount’s UID', LEGACY],
};

const TIMES = new Set(['exp', 'nbf', 'iat', 'kubernetes.io.warnafter']);

/** No claim is shown longer than this, in UTF-16 units, and no more than so many. */
const MAX_SHOWN = 500;
const MAX_ROWS = 200;

/** Every claim of a part in a row of its own, nested ones by their path, with what it means. */
export function claimRows(object: Readonly<Record<string, unknown>>): ClaimRow[] {
  return rowsOf(object, '').slice(0, MAX_ROWS);
}

function rowsOf(object: Readonly<Record<string, unknown>>, prefix: string): ClaimRow[] {
  return Object.entries(object).flatMap(([key, value]): ClaimRow[] => {
    if (value === undefined) return [];
    const name = `${prefix}${key}`;
    // Nested only where Kubernetes nests: a hostile token would nest without end.
    if (isRecord(value) && name.startsWith('kubernetes.io') && name.split('.').length < 4)
      return rowsOf(value, `${name}.`);
    const text = redact(typeof value === 'string' ? value : JSON.stringify(value));
    const [meaning, source] = (Object.hasOwn(meanings, name) ? meanings[name] : undefined) ?? ['', ''];
    return [
      {
        name: redact(name).slice(0, MAX_SHOWN),
        value: text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text,
        meaning,
        source,
        ...(TIMES.has(name) && typeof value === 'number' && { at: Math.trunc(value) }),
      },
    ];
  });
}
