import { credentialOf, hasCertificate, programsPassedOver, type EffectiveCredential } from './credential.ts';
import { OIDC } from './credentialProgram.ts';
import type { ClusterEntry, ExecEntry, Kubeconfig, UserEntry } from './read.ts';
import { withoutTrailing } from '../trailing.ts';
import { parsedUrl } from '../es2024.ts';

/** What kubectl does with one context once it connects. No text holds a credential; names in it are a stranger's. */
export type Effect =
  /** It makes no request. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It asks the person for a user name and a password. */
  | { readonly kind: 'prompts'; readonly why: string }
  | {
      readonly kind: 'sends';
      /** The address with its scheme. */
      readonly server: string;
      readonly credential: EffectiveCredential | 'nothing';
      /** Whether a client certificate goes with it, at the TLS handshake. */
      readonly hasCertificate: boolean;
      /** Why the other credentials of the entry do not count. */
      readonly passedOver: readonly string[];
    };

/** Where kubectl goes that has no server (k8s.io/client-go tools/clientcmd/overrides.go, ClusterDefaults). */
const LOCAL = 'http://localhost:8080';

/**
 * What kubectl does with a context: whom it asks, with which credential, or why it makes no request. By the order of
 * k8s.io/client-go 0.37: tools/clientcmd/validation.go (validateAuthInfo, validateClusterInfo), client_config.go
 * (ClientConfig: nothing of a user counts without https), rest/transport.go and transport (what cannot be combined). Files
 * are not read: a tokenFile that cannot be read or is empty, and certificates that are none, are refused later.
 */
export function effectOf(config: Kubeconfig, name: string): Effect {
  const context = config.contexts.get(name);
  if (!context) return refused(`there is no context "${name}"`);
  const cluster = config.clusters.get(context.cluster);
  const user = config.users.get(context.user);
  const server = serverOf(cluster === undefined || cluster.server === '' ? LOCAL : cluster.server);
  const why =
    (user && invalidUser(user))?.why ??
    (cluster && invalidCluster(cluster))?.why ??
    (server === undefined ? 'its server is no http or https URL' : undefined);
  if (why !== undefined || server === undefined) return refused(why ?? '');
  if (!isHttps(server)) {
    return sends(
      server,
      'nothing',
      false,
      user ? ['the whole user: no credential goes over plain http'] : [],
    );
  }
  const conflict = (user && conflictOf(user)) ?? (cluster && untrusted(cluster));
  return conflict === undefined ? byUser(server, user) : refused(conflict.why);
}

/** What client-go takes of a user, where it speaks TLS. */
function byUser(server: string, user: UserEntry | undefined): Effect {
  const credential = user && credentialOf(user);
  if (!user || credential === undefined) {
    return {
      kind: 'prompts',
      why: user ? `user "${user.name}" has no credential` : 'the context has no user',
    };
  }
  const unread =
    credential === 'tokenFile' && user.token !== undefined
      ? ['token: to kubectl and other Go clients a tokenFile that can be read comes first']
      : [];
  return sends(server, credential, hasCertificate(user), [...unread, ...programsPassedOver(user)]);
}

/** Why kubectl makes no request with an entry. */
export interface Refusal {
  readonly why: string;
  /** The fields of the entry that are at fault, some of which it may not have. */
  readonly fields: readonly string[];
  /** Fields that exclude one another: all but one of these groups have to go. */
  readonly either?: readonly (readonly string[])[];
}

function excluding(why: string, ...either: readonly (readonly string[])[]): Refusal {
  return { why, fields: either.flat(), either };
}

/** Why kubectl makes no request as a user, where TLS is spoken; undefined where it does. */
export function userRefusal(user: UserEntry): Refusal | undefined {
  return invalidUser(user) ?? conflictOf(user);
}

/** The same of a cluster. */
export function clusterRefusal(cluster: ClusterEntry): Refusal | undefined {
  return invalidCluster(cluster) ?? untrusted(cluster);
}

/** What validateAuthInfo refuses, over plain http too. */
function invalidUser(user: UserEntry): Refusal | undefined {
  const { token, username, password, certData, certFile, keyData, keyFile, exec, impersonate } = user;
  const hasPassword = username !== undefined || password !== undefined;
  if (token !== undefined && hasPassword) {
    return excluding('its user has both a token and a password', PASSWORD, ['token']);
  }
  if (certData !== undefined || certFile !== undefined) {
    if (certData !== undefined && certFile !== undefined) {
      return excluding('its user has two client certificates', ...CERTIFICATE);
    }
    if (keyData !== undefined && keyFile !== undefined) {
      return excluding('its user has two client keys', ['client-key-data'], ['client-key']);
    }
    if (keyData === undefined && keyFile === undefined) {
      return { why: 'its user has a client certificate without its key', fields: CERTIFICATE.flat() };
    }
  }
  const isAnyone = Object.keys(impersonate).some((header) => header !== 'Impersonate-User');
  if (isAnyone && impersonate['Impersonate-User'] === undefined) {
    const fields = ['as-uid', 'as-groups', 'as-user-extra'];
    return { why: 'its user has as-uid, as-groups or as-user-extra without as', fields };
  }
  return exec && invalidExec(exec, user.authProvider !== undefined);
}

const PASSWORD = ['username', 'password'];
const CERTIFICATE = [['client-certificate-data'], ['client-certificate']];

function invalidExec(exec: ExecEntry, hasProvider: boolean): Refusal | undefined {
  if (hasProvider) {
    return excluding('its user has both exec and an auth-provider', ['exec'], ['auth-provider']);
  }
  const why = incompleteExec(exec);
  return why === undefined ? undefined : { why, fields: ['exec'] };
}

function incompleteExec(exec: ExecEntry): string | undefined {
  if (exec.command === '') return 'its exec has no command';
  if (exec.apiVersion === '') return 'its exec has no apiVersion';
  if (Object.hasOwn(exec.env, '')) return 'its exec has a variable without a name';
  const mode =
    exec.interactiveMode ??
    (exec.apiVersion === `${EXEC}v1beta1` || exec.apiVersion === `${EXEC}v1alpha1` ? 'IfAvailable' : '');
  if (mode === '') return 'its exec has no interactiveMode';
  return ['Never', 'IfAvailable', 'Always'].includes(mode)
    ? undefined
    : 'its exec has an unknown interactiveMode';
}

const EXEC = 'client.authentication.k8s.io/';

function invalidCluster({ caData, caFile, proxyUrl }: ClusterEntry): Refusal | undefined {
  if (caData !== undefined && caFile !== undefined) {
    return excluding('its cluster has two certificate authorities', ...AUTHORITY);
  }
  const isProxy = proxyUrl === undefined || /^(?:https?|socks5):/i.test(proxyUrl);
  const why = 'its proxy-url is none of http, https and socks5';
  return isProxy ? undefined : { why, fields: ['proxy-url'] };
}

const AUTHORITY = [['certificate-authority-data'], ['certificate-authority']];

/** What is refused only where it is sent: beside a token too, which would not need it. */
function conflictOf(user: UserEntry): Refusal | undefined {
  const { tokenFile, username, exec, authProvider } = user;
  if (tokenFile !== undefined && username !== undefined) {
    return excluding('its user has both a tokenFile and a password', PASSWORD, ['tokenFile']);
  }
  if (exec && !['v1', 'v1beta1'].some((version) => exec.apiVersion === `${EXEC}${version}`)) {
    const why = `its exec has the apiVersion "${exec.apiVersion}", which kubectl does not have`;
    return { why, fields: ['exec'] };
  }
  const why = authProvider && unknownProvider(authProvider);
  if (why === undefined) return undefined;
  const isNeeded = credentialOf(user) === 'oidc';
  return { why, fields: ['auth-provider'], ...(!isNeeded && { either: [['auth-provider']] }) };
}

function unknownProvider({ name, config }: NonNullable<UserEntry['authProvider']>): string | undefined {
  if (name !== OIDC) return `its auth-provider "${name}" is none that kubectl has`;
  const missing = ['idp-issuer-url', 'client-id'].find((key) => (config[key] ?? '') === '');
  return missing === undefined ? undefined : `its auth-provider has no ${missing}`;
}

function untrusted({ caData, caFile, insecureSkipTlsVerify }: ClusterEntry): Refusal | undefined {
  return insecureSkipTlsVerify && (caData !== undefined || caFile !== undefined)
    ? excluding(
        'its cluster has both a certificate authority and insecure-skip-tls-verify',
        ['insecure-skip-tls-verify'],
        AUTHORITY.flat(),
      )
    : undefined;
}

/**
 * The address that kubectl asks: without a scheme it is plain http, whatever else the cluster has (rest/url_utils.go, before
 * the CA is looked at). Undefined where it is none.
 */
export function serverOf(server: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(server);
  const url = hasScheme ? server : `http://${server}`;
  const parsed = parsedUrl(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return undefined;
  // Of what has no scheme only host and port are taken.
  return hasScheme || parsed.pathname === '/' ? withoutTrailing(url, '/') : undefined;
}

function isHttps(server: string): boolean {
  return /^https:/i.test(server);
}

function refused(why: string): Effect {
  return { kind: 'refused', why };
}

function sends(
  server: string,
  credential: EffectiveCredential | 'nothing',
  hasCertificate: boolean,
  passedOver: readonly string[],
): Effect {
  return { kind: 'sends', server, credential, hasCertificate, passedOver };
}
