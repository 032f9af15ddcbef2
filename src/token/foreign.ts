import { isRecord, type DecodedToken } from './decode.ts';

/** Who issues JWTs that are no ServiceAccount tokens, by issuer (each party's own OpenID discovery document). */
const ISSUERS: readonly (readonly [issuer: RegExp, name: string])[] = [
  [/^https:\/\/accounts\.google\.com$/, 'Google'],
  [/^https:\/\/cloud\.google\.com\/iap$/, 'Google Identity-Aware Proxy'],
  [/^https:\/\/(?:login\.microsoftonline\.(?:com|us)|sts\.windows\.net)\//, 'Microsoft Entra ID'],
  [/^https:\/\/cognito-idp\.[\w-]+\.amazonaws\.com\//, 'Amazon Cognito'],
  [/^https:\/\/token\.actions\.githubusercontent\.com(?:\/|$)/, 'a GitHub Actions job'],
  [/^https:\/\/gitlab\.com$/, 'a GitLab CI job'],
  [/^https:\/\/oidc\.circleci\.com\/org\//, 'a CircleCI job'],
  [/^https:\/\/agent\.buildkite\.com$/, 'a Buildkite job'],
  [/^https:\/\/vstoken\.dev\.azure\.com\//, 'an Azure Pipelines job'],
  [/^https:\/\/app\.terraform\.io$/, 'an HCP Terraform run'],
  [/^https:\/\/appleid\.apple\.com$/, 'Apple'],
  [/^https:\/\/[\w-]+\.(?:okta|oktapreview)\.com(?:\/|$)/, 'Okta'],
  [/^https:\/\/[\w.-]+\.auth0\.com\/$/, 'Auth0'],
  [/\/realms\/[^/]+$/, 'Keycloak'],
];

export const EKS = 'Amazon EKS';

/** Clusters whose provider is told by the issuer of their ServiceAccount tokens. */
const CLUSTERS: readonly (readonly [issuer: RegExp, name: string])[] = [
  [/^https:\/\/oidc[.-]eks\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\/id\//, EKS],
  [/^https:\/\/container\.googleapis\.com\/v1\/projects\//, 'Google GKE'],
  [/^https:\/\/(?:[\w-]+\.oic|oidc)\.prod-aks\.azure\.com\//, 'Azure AKS'],
];

/** Audiences by which clouds take a ServiceAccount's token for a login of theirs. */
const AUDIENCES: readonly (readonly [audience: RegExp, name: string])[] = [
  [/^sts\.amazonaws\.com(?:\.cn)?$/, 'AWS, as an IAM role for ServiceAccounts'],
  [/^pods\.eks\.amazonaws\.com$/, 'AWS, by EKS Pod Identity'],
  [/^api:\/\/AzureADTokenExchange\w*$/, 'Microsoft Entra Workload ID'],
  [
    /^(?:https:)?\/\/iam\.googleapis\.com\/projects\/.+\/workloadIdentityPools\//,
    'Google Cloud workload identity',
  ],
  [/^[\w.:-]+\.svc\.id\.goog$/, 'Google Cloud workload identity'],
  [/^sigstore$/, 'Sigstore'],
];

/** The longest issuer or audience that is looked up, in UTF-16 units: a stranger's text may be of any length. */
const MAX_NAME = 512;

function named(text: string | undefined, names: readonly (readonly [RegExp, string])[]): string | undefined {
  if (text === undefined || text.length > MAX_NAME) return undefined;
  return names.find(([pattern]) => pattern.test(text))?.[1];
}

/** Who provides a cluster, where its issuer tells: "Amazon EKS". */
export function providerOfIssuer(issuer: string | undefined): string | undefined {
  return named(issuer, CLUSTERS);
}

/** Whose cluster it is, where the issuer tells: "an Amazon EKS cluster". */
export function clusterOfIssuer(issuer: string | undefined): string | undefined {
  const provider = providerOfIssuer(issuer);
  return provider === undefined ? undefined : `${provider.startsWith('A') ? 'an' : 'a'} ${provider} cluster`;
}

/** Whom an audience stands for, where it is known to: "AWS, as an IAM role for ServiceAccounts". */
export function partyOfAudience(audience: string): string | undefined {
  return named(audience, AUDIENCES);
}

/** What a JWT that is no ServiceAccount token is, as far as it says: "Google id token", "SPIFFE identity". */
export function foreignKind({ header, claims }: DecodedToken): string | undefined {
  const { iss, sub } = claims;
  if (typeof sub === 'string' && sub.startsWith('spiffe://')) return 'SPIFFE identity (JWT-SVID)';
  const issuer = named(typeof iss === 'string' ? iss : undefined, ISSUERS);
  const isGitlabJob = typeof claims['pipeline_id'] === 'string' && typeof claims['project_path'] === 'string';
  if (isGitlabJob) return 'OIDC token of a GitLab CI job';
  if (issuer !== undefined && /(?:job|run)$/.test(issuer)) return `OIDC token of ${issuer}`;
  const use = useOf(header, claims);
  if (issuer !== undefined) return `${issuer} ${use ?? 'token'}`;
  return use === undefined ? undefined : `OIDC ${use}`;
}

/** OpenID Connect Core section 2 (id token); RFC 9068 section 2 (access token). */
function useOf(
  header: DecodedToken['header'],
  claims: DecodedToken['claims'],
): 'id token' | 'access token' | undefined {
  const has = (name: string): boolean => Object.hasOwn(claims, name);
  const type = header['typ'];
  if (type === 'at+jwt' || type === 'application/at+jwt') return 'access token';
  if (has('scope') || has('scp') || isRecord(claims['realm_access'])) return 'access token';
  const isId = ['nonce', 'at_hash', 'c_hash', 'auth_time', 'email', 'email_verified'].some(has);
  return isId ? 'id token' : undefined;
}
