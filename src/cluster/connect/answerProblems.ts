import { messageOf, Problem, type Unreachable } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { ClusterAnswer } from '../api/cluster.ts';
import { field, text } from '../read/json.ts';

/** The right that a request needs, for words when it is refused. */
export interface Need {
  readonly verb: string;
  /** As RBAC spells it: `secrets`, `serviceaccounts/token`. */
  readonly resource: string;
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
  /** The object asked for, if it is one. */
  readonly name?: string;
}

/** What is in no namespace. */
const CLUSTER_WIDE =
  /^(?:nodes|namespaces|clusterroles|clusterrolebindings|tokenreviews|selfsubject(?:access|rules)?reviews)$/;

/** "list secrets in namespace x": the right in words. */
function needInWords({ verb, resource, namespace }: Need): string {
  if (namespace === undefined && CLUSTER_WIDE.test(resource)) return `${verb} ${resource}`;
  return `${verb} ${resource} in ${namespace === undefined ? 'every namespace' : `namespace ${namespace}`}`;
}

/** What an answer that is no success means; `fault`: what is wrong with the client certificate that was sent, a sentence. */
export function problemOfAnswer(
  answer: ClusterAnswer,
  server: string,
  user: string,
  need: Need,
  fault?: string,
): Problem {
  const { status, body } = answer;
  const object = [
    need.resource,
    need.name ?? '',
    need.namespace === undefined ? '' : `in namespace ${need.namespace}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
  const message = redact((text(body, 'message') ?? '').slice(0, 1000));
  const said = message === '' ? ` (${status})` : ` (${status}): ${message}`;
  if (status === 401) return unauthorized(server, user, text(body, 'kind') === 'Status', fault);
  if (status === 403) {
    const who = message.includes('system:anonymous')
      ? ' The request carried no credential that the server saw.'
      : '';
    return new Problem('forbidden', `Not allowed to ${needInWords(need)}${said}.${who}`);
  }
  if (status === 404 && need.name !== undefined && field(body, 'details') !== undefined) {
    return new Problem('not-found', `There is no ${object}${said}`);
  }
  if (status === 404) {
    const question = 'Is it an API server, and the path in its URL right?';
    return new Problem('not-found', `${server} does not know the path for ${object} (404). ${question}`);
  }
  if (status === 409) return new Problem('conflict', `${server} refuses to ${need.verb} ${object}${said}`);
  if (status === 429 || status === 503) {
    return new Problem('busy', `${server} is busy or not ready; try again in a moment${said}`);
  }
  if (status >= 300 && status < 400) {
    return new Problem(
      'refused',
      `${server} answers with a redirect (${status}), which is not followed, as it would take the credential elsewhere. Is a login page before the API server?`,
    );
  }
  const reason = status >= 500 ? 'busy' : 'refused';
  return new Problem(reason, `${server} refuses to ${need.verb} ${object}${said}`);
}

/** What a success means that is no JSON. */
export function noJson(server: string, status: number): Problem {
  return new Problem('refused', `${server} answers ${status}, but not in JSON: it is no API server.`);
}

function unauthorized(
  server: string,
  user: string,
  isApiServer: boolean,
  fault: string | undefined,
): Problem {
  const who = user === '' ? 'the request, which has no user,' : `the credential of user "${user}"`;
  const why = isApiServer
    ? (fault ??
      'It never says why; if the credential is a ServiceAccount token, "Why Unauthorized?" finds out.')
    : 'The answer is not from a Kubernetes API server: a gateway or proxy before it refused.';
  return new Problem('unauthorized', `${server} does not accept ${who} (401 Unauthorized). ${why}`);
}

/** What a request that got no answer means. `signal` tells a cancelled one, `fault` what is wrong with the authorities by which the server is to prove itself. */
export function problemOfFailure(
  error: unknown,
  server: string,
  proxy: string | undefined,
  signal: AbortSignal,
  fault?: string,
): Problem {
  if (error instanceof Problem) return error;
  if (signal.aborted) return new Problem('cancelled', 'Cancelled.', { cause: error });
  const code = codeOf(error);
  const through = proxy === undefined ? '' : ` through the proxy ${redact(proxy)}`;
  return new Problem(
    'unreachable',
    `${server} cannot be reached${through}: ${redact(fault !== undefined && isTlsFailure(error) ? fault : reasonInWords(code, messageOf(error)))}`,
    { cause: error, unreachable: UNREACHABLE.get(REASONS.get(code) ?? '') },
  );
}

/** Whether a failure is one of TLS, after which certificates should be read again. */
export function isTlsFailure(error: unknown): boolean {
  return /CERT|^ERR_TLS|^ERR_SSL|^EPROTO$|SIGNATURE/.test(codeOf(error));
}

/** Node's code of an error, also where it is inside another (several addresses tried). */
function codeOf(error: unknown): string {
  const own = text(error, 'code');
  if (own !== undefined && own !== 'UND_ERR_SOCKET') return own;
  const inner =
    error instanceof AggregateError ? (error.errors as readonly unknown[])[0] : field(error, 'cause');
  return (inner === undefined ? undefined : codeOf(inner)) ?? own ?? '';
}

function reasonInWords(code: string, message: string): string {
  const words = REASONS.get(code);
  if (words !== undefined) return `${words} (${message})`;
  return code.startsWith('HPE_')
    ? `it does not answer in HTTP; is it https:// rather than http://? (${message})`
    : `${message}${code === '' || message.includes(code) ? '' : ` (${code})`}`;
}

const NO_NAME = 'its name cannot be resolved';
const NO_ROUTE = 'there is no route to it';
const NO_CONNECTION = 'no connection within 10 seconds; is a VPN or a proxy needed?';
const NO_ANSWER = 'the connection stands, but no answer came in time';
const CUT = 'the connection was cut before the answer was complete';
const OTHER_CA = "TLS: its certificate is not signed by the kubeconfig's certificate-authority";
const OLD_CERTIFICATE = 'TLS: its certificate has expired';
const EARLY_CERTIFICATE = "TLS: its certificate is not valid yet; is this machine's clock right?";
const OTHER_NAME = 'TLS: its certificate is for other names; tls-server-name may be missing or wrong';
const NOBODY = 'the connection was refused; nothing listens there';
const NO_TLS = 'it does not speak TLS as expected; is it http:// rather than https://?';

/** By the codes of Node, OpenSSL and undici. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', NO_NAME],
  ['EAI_AGAIN', NO_NAME],
  ['ECONNREFUSED', NOBODY],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ETIMEDOUT', NO_CONNECTION],
  ['UND_ERR_CONNECT_TIMEOUT', NO_CONNECTION],
  ['UND_ERR_HEADERS_TIMEOUT', NO_ANSWER],
  ['UND_ERR_BODY_TIMEOUT', NO_ANSWER],
  ['ECONNRESET', CUT],
  ['UND_ERR_SOCKET', CUT],
  ['EPIPE', CUT],
  ['SELF_SIGNED_CERT_IN_CHAIN', OTHER_CA],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', OTHER_CA],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', OTHER_CA],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', OTHER_CA],
  ['UNABLE_TO_GET_ISSUER_CERT', OTHER_CA],
  ['CERT_SIGNATURE_FAILURE', OTHER_CA],
  ['CERT_HAS_EXPIRED', OLD_CERTIFICATE],
  ['CERT_NOT_YET_VALID', EARLY_CERTIFICATE],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_NAME],
  ['EPROTO', NO_TLS],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
]);

/** The words that ask for something of their own. */
const UNREACHABLE: ReadonlyMap<string, Unreachable> = new Map([
  [NOBODY, 'nobody-listens'],
  [NO_NAME, 'no-such-host'],
  [OTHER_CA, 'wrong-certificate'],
  [OLD_CERTIFICATE, 'old-certificate'],
  [EARLY_CERTIFICATE, 'old-certificate'],
  [OTHER_NAME, 'other-name'],
  [NO_TLS, 'no-tls'],
]);
