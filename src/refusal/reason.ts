import { causeOf, likeliestFirst, type Cause } from '../authentication/causes.ts';
import { readLoggedWords } from '../authentication/serverWords.ts';
import { within, type Refusal } from './find.ts';
import type { Speaker } from './table.ts';
import { withoutTrailing } from '../trailing.ts';

/** What a line says of a refusal, for people. No text in it is a stranger's but `quoted` and the names. */
export interface Meaning {
  /** The first line: what happened. */
  readonly headline: string;
  /** Who refused whom, and who only stands beside it. */
  readonly whose: string;
  /** The server's own reason, as the line has it; undefined where it has none. */
  readonly quoted: string | undefined;
  /** What the reason can mean, likeliest first; empty where it says nothing of why. */
  readonly causes: readonly Cause[];
  readonly advice: string;
  /** What the text says of whose credential it was. */
  readonly named: Named;
}

export interface Named {
  /** The claim jti of the token: the server's credential-id without `JTI=`. */
  readonly id?: string;
  readonly kubeconfig?: string;
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

/** So much of a line to either side says whose it is, in UTF-16 units. */
const BESIDE = 4000;
/** No server says so much of one token, in UTF-16 units. */
const LONGEST = 2000;

/** What a refusal in a text means. */
export function meaningOf(text: string, refusal: Refusal): Meaning {
  const line = within(text, refusal.start, BESIDE, BESIDE);
  const quoted =
    refusal.kind.what === 'refused, with the reason'
      ? reasonAt(text.slice(refusal.start, refusal.start + LONGEST))
      : undefined;
  const said = quoted === undefined ? undefined : readLoggedWords(quoted);
  const causes = likeliestFirst([...new Set(said?.flatMap((one) => one.causes))]).map((id) => causeOf(id));
  return {
    headline: headlineOf(refusal, quoted, said?.length, causes),
    whose: WHOSE[refusal.kind.who],
    quoted,
    causes,
    advice: adviceOf(refusal, quoted, causes),
    named: namedIn(line.text),
  };
}

/** What a server finds of a client's certificate, in words, and what to do (Go crypto/x509). */
const OF_CERTIFICATES: readonly (readonly [says: string, headline: string, advice: string])[] = [
  [
    'x509: certificate has expired',
    '401: the client’s certificate has expired; the client sees a bare 401',
    'Renew the client certificate.',
  ],
  [
    'x509: certificate signed by unknown authority',
    '401: the client’s certificate is signed by an authority that this server does not trust for clients',
    'Use a certificate of this cluster’s own authority for clients, or look at --client-ca-file and the front proxy’s authority.',
  ],
];

function ofCertificate(quoted: string | undefined): (typeof OF_CERTIFICATES)[number] | undefined {
  return quoted === undefined ? undefined : OF_CERTIFICATES.find(([says]) => quoted.includes(says));
}

/** How many more there are, in words. */
const others = (count: number): string =>
  count === 0 ? '' : count === 1 ? ', or another cause' : `, or ${count} other causes`;

function headlineOf(
  { kind }: Refusal,
  quoted: string | undefined,
  known: number | undefined,
  causes: readonly Cause[],
): string {
  switch (kind.what) {
    case 'refused':
      return '401: the API server accepts none of the credentials of this request';
    case 'nobody':
      return '403 for system:anonymous: the request had no credential';
    case 'wrong authority':
      return 'The client does not trust who answers: no credential was sent';
    case 'old server':
      return 'The server’s own certificate is over: no credential was sent, and this is no 401';
    case 'old webhook':
      return 'The certificate of a webhook is over: the API server calls it, and no token of yours is refused';
    case 'accepted, and marked':
      return 'The token was accepted, and the server marks it in its audit log';
    case 'refused, with the reason': {
      const [likeliest] = causes;
      const certificate = ofCertificate(quoted);
      if (certificate) return certificate[1];
      if (likeliest) return `401: ${likeliest.title}${others(causes.length - 1)}`;
      return known === 0
        ? '401: no authenticator of the server takes this credential for its own'
        : '401, for a reason that is not known here';
    }
  }
}

const WHOSE: Readonly<Record<Speaker, string>> = {
  client: 'Said by a client: it was refused, and is not told why. What it works on is no part of it.',
  server: 'Said by an API server, or one that is built from it, of the request of some client.',
  audit: 'Said by an API server’s audit log. A refused request has no user in it.',
  'network plugin':
    'The refused credential is the network plugin’s own, in a kubeconfig on that Node (as under /etc/cni/net.d). The Pod that is named is a bystander.',
  istiod:
    'Said by istiod, which had the token of a workload reviewed by the API server: it is the workload’s that is refused.',
  'istio-csr':
    'Said by istio-csr, which had the token of a workload reviewed by the API server: it is the workload’s that is refused.',
  Vault:
    'Said by Vault, which had a token reviewed by the API server: the token is that of whoever logs in, or Vault’s own as reviewer.',
  'kube-rbac-proxy': 'Said by kube-rbac-proxy, which had the token of its caller reviewed by the API server.',
  kubelet: 'Said by a kubelet, of a request to itself.',
};

function adviceOf({ kind }: Refusal, quoted: string | undefined, [first]: readonly Cause[]): string {
  if (first) return first.fix;
  const certificate = ofCertificate(quoted);
  if (certificate) return certificate[2];
  switch (kind.what) {
    case 'wrong authority':
      return 'Put the cluster’s own authority into certificate-authority-data, or look who answers at that address.';
    case 'old server':
      return 'The server needs a new certificate, or one of the two clocks is wrong.';
    case 'old webhook':
      return 'Renew the webhook’s certificate.';
    case 'nobody':
      return 'Fill in the token; look for a context without a user, and for a proxy that drops the Authorization header.';
    case 'accepted, and marked':
      return 'Tokens past their hour are to be read again from the file (stale-token); a token of a Secret is to be replaced by one of TokenRequest (legacy-token).';
    case 'refused':
    case 'refused, with the reason':
      return 'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.';
  }
}

/** The words behind `err=`, within brackets or quotes: an aggregate of what each authenticator said. */
function reasonAt(text: string): string | undefined {
  const line = text.slice(0, text.search(/\n|$/));
  const bracket = line.indexOf('[');
  if (bracket < 0) {
    const words = /(?:invalid bearer token|(?:err(?:or)?\\{0,3}"?[=:]|error: ) ?\\{0,3}"?([^"]+))/.exec(
      line,
    )?.[1];
    // In quotation marks of the log, those of the reason are escaped.
    return words === undefined ? plain(line) : withoutTrailing(words, '\\');
  }
  let [depth, isQuoted] = [0, false];
  for (let at = bracket; at < line.length; at++) {
    const character = line[at];
    if (character === '\\' && line[at + 1] === '"') {
      isQuoted = !isQuoted;
      at += 1;
    } else if (!isQuoted && character === '[') depth += 1;
    else if (!isQuoted && character === ']') {
      depth -= 1;
      if (depth === 0) return line.slice(bracket, at + 1).replaceAll('\\"', '"');
    }
  }
  return undefined;
}

function plain(line: string): string | undefined {
  return line.includes('invalid bearer token') ? 'invalid bearer token' : undefined;
}

/** How kubeconfigs are called that programs name. */
const IS_KUBECONFIG = /(?:kubeconfig|kubelet\.conf|admin\.conf|\.kube[/\\]config)$/;

function namedIn(line: string): Named {
  const id = /\bJTI=([\w-]{1,64})/.exec(line)?.[1];
  const kubeconfig = line
    .split(/[\s"'=(<>|]/)
    .map((word) => word.replace(/[,;:]$/, ''))
    .find((word) => /^(?:[A-Za-z]:)?[/\\]/.test(word) && IS_KUBECONFIG.test(word));
  const [, namespace, name] =
    /system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})(?![\w-])/.exec(line) ?? [];
  return {
    ...(id !== undefined && { id }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespace !== undefined && name !== undefined && { serviceAccount: { namespace, name } }),
  };
}
