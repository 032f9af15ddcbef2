import type { Token } from '../token/classify.ts';
import type { Evidence, OtherAuthenticator } from './evidence.ts';
import { cannotTell, failed, suspected, type Exhibit, type Finding } from './step.ts';
import type { CauseId } from './causes.ts';

/** What the server says of every token that none of its authenticators takes for its own. */
export const NOT_MINE = 'invalid bearer token';

/** A credential that is no JWT, and which authenticators there are for such. */
export interface Opaque {
  /** What it is, where its form tells: "a token of Amazon EKS". */
  readonly what: string | undefined;
  readonly judges: readonly OtherAuthenticator[];
}

/** Opaque tokens by their form (each party's own documentation); a webhook judges them all. */
const FORMS: readonly (readonly [form: RegExp, what: string])[] = [
  [/^k8s-aws-v1\./, 'a token of Amazon EKS'],
  [/^ya29\./, 'an access token of Google'],
  [/^sha256~/, 'a token of OpenShift'],
  [/^(?:token|kubeconfig-u(?:ser)?)-[a-z0-9]{1,40}[:.]/, 'a token of Rancher'],
];

/** What a credential is that is no JWT, and can yet be sent as it is. */
export function opaqueOf(credential: string): Opaque {
  const any = ['token file', 'webhook'] as const;
  if (/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(credential)) {
    return { what: 'a bootstrap token by its shape', judges: ['bootstrap tokens', ...any] };
  }
  return { what: FORMS.find(([form]) => form.test(credential))?.[1], judges: any };
}

/** A JWT, or what is none. */
type Subject = { readonly token: Token } | { readonly opaque: Opaque };
type Settings = Pick<Evidence, 'settings'>;

/** Which authenticators there are for a credential, those of ServiceAccount tokens aside, as far as it is known that the server has them. */
function judgesOf({ settings }: Settings, subject: Subject): readonly OtherAuthenticator[] {
  const judges = 'opaque' in subject ? subject.opaque.judges : judgesOfToken(settings, subject.token);
  return settings.known ? judges.filter((one) => settings.value.others.includes(one)) : judges;
}

function judgesOfToken(settings: Evidence['settings'], { issuer }: Token): readonly OtherAuthenticator[] {
  const { issuers = [], openIdIssuer } = settings.known ? settings.value : {};
  // An OpenID provider's issuer is a URL and none of the server's own, and no other token is the provider's (apiserver
  // plugin/pkg/authenticator/token/oidc).
  if (issuer?.startsWith('https://') !== true || issuers.includes(issuer)) return ['token file', 'webhook'];
  const isOfFlags = openIdIssuer === undefined || openIdIssuer === issuer;
  const provider: readonly OtherAuthenticator[] = isOfFlags ? ['OpenID provider'] : [];
  return ['token file', ...provider, 'structured authentication', 'webhook'];
}

/** In words, and how it is configured. */
const WORDS: Readonly<Record<OtherAuthenticator, string>> = {
  'token file': 'a token file (--token-auth-file)',
  'bootstrap tokens': 'bootstrap tokens (--enable-bootstrap-token-auth)',
  'OpenID provider': 'an OpenID provider (--oidc-issuer-url)',
  'structured authentication': 'the issuers of --authentication-config',
  webhook: 'a webhook (--authentication-token-webhook-config-file)',
};

function inWords(judges: readonly OtherAuthenticator[]): string {
  return judges.map((one) => WORDS[one]).join(', ');
}

/** Who can have accepted what the checks of ServiceAccount tokens refuse, in words; undefined: nobody else is there for it. */
export function othersInWords(evidence: Settings, subject: Subject): string | undefined {
  const there = judgesOf(evidence, subject);
  return there.length === 0 ? undefined : inWords(there);
}

/**
 * Judges what no ServiceAccount authenticator takes for its own: after them the server asks the others that it has
 * (kubernetes pkg/kubeapiserver/authenticator/config.go). Refused for certain is only what none of them could accept.
 * `finding` says, without a full stop, why it is not for the former.
 */
export function judgedByOthers(
  evidence: Settings,
  subject: Subject,
  finding: string,
  causes: readonly [CauseId, ...CauseId[]],
  ...exhibits: readonly Exhibit[]
): Finding {
  const there = judgesOf(evidence, subject);
  if (there.length === 0) {
    const none = 'The server has no other authenticator for it, as its flags say.';
    return failed(causes[0], `${finding}. ${none}`, NOT_MINE, ...exhibits);
  }
  const listed = inWords(there);
  const could = evidence.settings.known
    ? `The server asks others after those: ${listed}. What they say is not known here`
    : `Another authenticator can accept it, where the server has one: ${listed}`;
  const open = cannotTell(
    `${finding}. ${could}; a TokenReview tells`,
    'create tokenreviews',
    causes,
    ...exhibits,
  );
  return { ...suspected(open), isOfOthers: true };
}
