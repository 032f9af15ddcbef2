import type { Token } from '../token/classify.ts';
import { LEGACY_ISSUER } from '../kubernetes.ts';
import { does } from '../versions.ts';
import { NOT_MINE } from './others.ts';
import type { CauseId } from './causes.ts';
import type { StepId } from './step.ts';

/** What the server's own words say: the check that failed, and why. */
export interface ServerWords {
  readonly step: StepId;
  readonly causes: readonly CauseId[];
  /** The words of the authenticator that judged the token, without the aggregate around them. */
  readonly message: string;
  /** Whether no authenticator of ServiceAccount tokens took it for its own: they say nothing of why. */
  readonly isNotMine: boolean;
}

/**
 * Reads `status.error` of a TokenReview (kubernetes pkg/serviceaccount/{jwt,claims,legacy}.go). It is an aggregate of
 * what each authenticator said, without repeats, in any number: the loopback authenticator's complaint, which says
 * nothing about the token, those of ServiceAccount tokens, and those of OIDC providers and webhooks. `minor` is the
 * server's minor version, where it is known; `token` is undefined of a credential that is no JWT. Returns undefined for
 * words of a server that this extension does not know.
 */
export function readServerWords(
  error: string,
  token: Token | undefined,
  minor?: number,
): ServerWords | undefined {
  const parts = partsOf(error.slice(0, LONGEST).replace(/^\[(.*)\]$/s, '$1'));
  const judged = parts.filter(({ known }) => known !== undefined);
  // A token of the legacy issuer is judged as a legacy one first, then as a bound one.
  const chosen = token?.kind === 'legacy' ? judged[0] : judged.at(-1);
  if (chosen?.known && token) {
    const isOfBoth = token.kind === 'bound' && token.issuer === LEGACY_ISSUER;
    const message = isOfBoth ? judged.map(({ text }) => text).join(SEPARATOR) : chosen.text;
    const { step, causes } = chosen.known;
    // Only the authenticator of legacy tokens took it for its own.
    if (isOfBoth && step === 'claims') {
      return { step: 'issuer', causes: ['issuer-dropped'], message, isNotMine: false };
    }
    return { step, causes: causes({ message: chosen.text, token, minor }), message, isNotMine: false };
  }
  if (!parts.every(({ text }) => text === NOT_MINE || OTHERS.test(text))) return undefined;
  const isOfProvider = parts.some(({ text }) => text.startsWith('oidc: '));
  const isForeign = !token || (isOfProvider && token.kind === 'other');
  return {
    step: token ? 'issuer' : 'shape',
    causes: isForeign
      ? ['not-a-serviceaccount-token']
      : isOfProvider
        ? ['other-cluster']
        : ['other-cluster', 'issuer-dropped', 'not-a-serviceaccount-token', 'truncated'],
    message: parts.map(({ text }) => text).join(', '),
    isNotMine: true,
  };
}

/** One complaint of an authenticator, where its token is not at hand, as in a log. */
export type LoggedWords = Pick<ServerWords, 'step' | 'causes' | 'message'>;

/**
 * Reads the same words where the token that they are about is not known: what each known complaint says, in their order,
 * with every cause that it can have; empty where no authenticator of ServiceAccount tokens took it for its own. Returns
 * undefined for words that this extension does not know. `minor` is the server's minor version, where it is known.
 */
export function readLoggedWords(error: string, minor?: number): readonly LoggedWords[] | undefined {
  const parts = partsOf(error.slice(0, LONGEST).replace(/^\[(.*)\]$/s, '$1'));
  if (!parts.every(({ text, known }) => known !== undefined || text === NOT_MINE || OTHERS.test(text))) {
    return undefined;
  }
  return parts.flatMap(({ text, known }) =>
    known
      ? [
          {
            step: known.step,
            message: text,
            causes: known.causes({ message: text, token: undefined, minor }),
          },
        ]
      : [],
  );
}

/** No server says so much of one token, in UTF-16 units. */
const LONGEST = 8000;

/** What other authenticators say: OIDC providers of a token of theirs, and webhooks of any (apiserver plugin/pkg/authenticator/token). */
const OTHERS = /^(?:oidc: |unknown$|unauthorized$)/i;

interface Known {
  /** The words, from their beginning to their end; they may hold commas. */
  readonly words: RegExp;
  readonly step: StepId;
  readonly causes: (said: Said) => readonly CauseId[];
}

interface Said {
  readonly message: string;
  readonly token: Token | undefined;
  readonly minor: number | undefined;
}

const always =
  (...causes: readonly CauseId[]) =>
  (): readonly CauseId[] =>
    causes;
const message = (words: RegExp, step: StepId, causes: Known['causes']): Known => ({
  words: new RegExp(words.source, 'y'),
  step,
  causes,
});

/** A list of strings as Go's %q prints it. */
const LIST = String.raw`\[(?:"(?:\\.|[^"\\])*" ?)*\]`;

const KNOWN: readonly Known[] = [
  message(
    /invalid signature, no keys found/,
    'signature',
    always('other-cluster-same-issuer', 'signing-key-gone'),
  ),
  message(
    /[\w./-]*go-jose: (?:error in cryptographic primitive|unknown\/unsupported algorithm|unsupported key type\/format)/,
    'signature',
    ofSignature,
  ),
  message(/[\w./-]*go-jose\/jwt: expected [^,]*/, 'signature', always('not-a-serviceaccount-token')),
  message(
    /(?:[\w./-]*jose[\w./-]*: )?(?:json: )?cannot unmarshal [^,]*/,
    'signature',
    always('not-a-serviceaccount-token'),
  ),
  message(/token issuer "(?:\\.|[^"\\])*" is invalid/, 'issuer', always('other-cluster', 'issuer-dropped')),
  message(
    new RegExp(`token audiences ${LIST} is invalid for the target audiences ${LIST}`),
    'audience',
    always('wrong-audience'),
  ),
  message(/\w+ claim is (?:missing|invalid)/, 'claims', always('not-a-serviceaccount-token')),
  message(/service account token is not valid yet/, 'time', always('not-yet-valid')),
  message(/service account token has expired/, 'time', always('expired')),
  // Up to 1.22 (k3s-io/k3s#7198).
  message(/Token has expired\.?/, 'time', always('expired')),
  message(/service account token is issued in the future/, 'time', always('not-yet-valid')),
  message(/serviceaccounts? "[^"]*" not found/, 'serviceAccount', always('serviceaccount-gone')),
  message(
    /service account UID \([^)]*\) does not match claim \([^)]*\)/,
    'serviceAccount',
    always('serviceaccount-recreated'),
  ),
  message(
    /ServiceAccount UID \([^)]*\) does not match claim \([^)]*\)/,
    'serviceAccount',
    always('legacy-serviceaccount-recreated'),
  ),
  message(
    /(?:service account|ServiceAccount) [^\s,]+ has been deleted/,
    'serviceAccount',
    always('serviceaccount-terminating'),
  ),
  // Up to 1.22 it said the same of a bound token (hashicorp/vault-plugin-auth-kubernetes#121).
  message(/Token has been invalidated/, 'secret', ({ token }) =>
    token ? ['token-secret-gone'] : ['token-secret-gone', 'pod-gone'],
  ),
  message(/Token does not match server's copy/, 'storedToken', always('stored-token-differs')),
  message(
    /the token in secret [^\s,]+ for service account [^\s,]+ has been marked invalid(?:\. Use tokens [^,]*, or remove the '[^']*' label [^,]*)?/,
    'marked',
    always('marked-invalid'),
  ),
  message(/service account token has been invalidated/, 'boundObject', ({ token }) => invalidatedBy(token)),
  message(/pod UID \([^)]*\) does not match [^,]*/, 'boundObject', always('pod-recreated')),
  message(/secret UID \([^)]*\) does not match [^,]*/, 'boundObject', always('bound-secret-gone')),
  message(/node UID \([^)]*\) does not match [^,]*/, 'boundObject', always('node-gone')),
  message(
    /token is bound to a Node object but the [^,]*NodeBindingValidation feature gate is disabled/,
    'boundObject',
    always('node-binding-off'),
  ),
  message(
    /feature gate "[^"]*" is disabled, but token is webhook bound/,
    'boundObject',
    always('webhook-token'),
  ),
  message(
    /bound object was a webhook config, but "[^"]*" attestation is missing/,
    'boundObject',
    always('webhook-token'),
  ),
  message(
    /\w*webhookconfiguration UID \([^)]*\) does not match [^,]*/i,
    'boundObject',
    always('webhook-token'),
  ),
];

interface Part {
  readonly text: string;
  readonly known: Known | undefined;
}

/**
 * The messages of an aggregate, which commas part and may also be in. What stands in quotation marks is a stranger's,
 * as an audience, and never taken for a message.
 */
function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length;) {
    const found = KNOWN.find(({ words }) => endOf(words, text, at) !== undefined);
    const end = (found && endOf(found.words, text, at)) ?? endOfUnknown(text, at);
    parts.push({ text: text.slice(at, end), known: found });
    at = end + SEPARATOR.length;
  }
  return parts;
}
const SEPARATOR = ', ';

/** Where a whole message ends that begins here. */
function endOf(words: RegExp, text: string, at: number): number | undefined {
  words.lastIndex = at;
  if (!words.test(text)) return undefined;
  const end = words.lastIndex;
  return end === text.length || text.startsWith(SEPARATOR, end) ? end : undefined;
}

function endOfUnknown(text: string, from: number): number {
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\' && isQuoted) at += 1;
    else if (text[at] === '"') isQuoted = !isQuoted;
    else if (!isQuoted && text.startsWith(SEPARATOR, at)) return at;
  }
  return text.length;
}

/**
 * Why no key fits. A server that chooses keys by id has one of this id, which did not sign it; an older one has tried
 * every key, and says the same of another cluster's token, of one whose key is gone, and of one that was changed.
 */
function ofSignature({ message, token, minor }: Said): readonly CauseId[] {
  const isNewName = message.startsWith('go-jose/');
  const isByKeyId = isNewName || does(minor, 'chooses keys by kid') === true;
  return isByKeyId && token?.keyId !== undefined
    ? ['bad-signature']
    : ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'];
}

function invalidatedBy(token: Token | undefined): readonly CauseId[] {
  if (!token) return ['pod-gone', 'pod-terminating', 'bound-secret-gone', 'node-gone'];
  const kind = token.kind === 'bound' ? token.binding?.kind : undefined;
  if (kind === 'Secret') return ['bound-secret-gone'];
  if (kind === 'Node') return ['node-gone'];
  return ['pod-gone', 'pod-terminating'];
}
