import { createHash } from 'node:crypto';
import { messageOf, Problem } from '../../errors.ts';
import { MOST_CREDENTIAL, readNamedFileSync } from '../../files/named.ts';
import { redact } from '../../redact.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type { Agreement, ContextInfo } from '../api/contexts.ts';
import { hasCertificate } from '../../kubeconfig/credential.ts';
import { isPlainHttp } from '../../kubeconfig/sameDestination.ts';
import { effectOf } from '../../kubeconfig/effective.ts';
import { commandLine, OIDC, programOf } from '../../kubeconfig/credentialProgram.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from '../../kubeconfig/read.ts';
import { mustBeAgreed, termsOf } from './agreement.ts';
import { findProgram } from './findProgram.ts';
import { withoutTrailing } from '../../trailing.ts';
import { parsedUrl } from '../../es2024.ts';

/** A context with all that it leads to. */
export interface OpenedContext {
  readonly info: ContextInfo;
  readonly endpoint: ClusterEndpoint;
  readonly cluster: ClusterEntry;
  /** Undefined where requests are anonymous: the context names no user, or its server is plain http. */
  readonly user: UserEntry | undefined;
}

/** Describes a context without opening it; a dangling reference is empty here, and an error when it is opened. */
export function contextInfo(config: Kubeconfig, context: ContextEntry): ContextInfo {
  const cluster = config.clusters.get(context.cluster);
  const endpoint = cluster && tryEndpoint(cluster);
  // Of a context that is refused nothing is asked: it is not opened either.
  const isRefused = effectOf(config, context.name).kind === 'refused';
  const user = isRefused ? undefined : userAt(endpoint, config.users.get(context.user));
  return infoOf(config, context, endpoint, user);
}

/** What is said of a context that leads to this endpoint, as this user. */
function infoOf(
  config: Kubeconfig,
  context: ContextEntry,
  endpoint: ClusterEndpoint | undefined,
  user: UserEntry | undefined,
): ContextInfo {
  const cluster = config.clusters.get(context.cluster);
  const program = programOf(user);
  return {
    name: context.name,
    cluster: context.cluster,
    server: cluster?.server ?? '',
    endpoint,
    user: context.user,
    namespace: context.namespace ?? 'default',
    runs: program && redact(commandLine(program)),
    program,
    tokenFile: user?.tokenFile,
    terms: cluster && endpoint && termsOf(user, endpoint, cluster),
    file: context.origin,
    version: createHash('sha256')
      .update(JSON.stringify([context, cluster, config.users.get(context.user)]))
      .digest('hex'),
  };
}

/**
 * Follows a context to its cluster and user, and reads the CA. Throws no-kubeconfig where there is no such context,
 * bad-kubeconfig where it leads nowhere, and not-allowed-here where a program would run or a tokenFile be sent that is not
 * the one agreed to, or to elsewhere: the comparison is with what is opened here, not with what was shown.
 */
export function openContext(config: Kubeconfig, name: string, agreed: Agreement | undefined): OpenedContext {
  const context = config.contexts.get(name);
  if (!context) throw new Problem('no-kubeconfig', `The kubeconfig has no context "${name}".`);
  const cluster = config.clusters.get(context.cluster);
  if (!cluster || cluster.server === '') {
    const what = cluster ? 'has no server' : 'is not in the kubeconfig';
    throw new Problem('bad-kubeconfig', `Cluster "${context.cluster}" of context "${name}" ${what}.`);
  }
  const named = config.users.get(context.user);
  if (!named && context.user !== '') {
    throw new Problem(
      'bad-kubeconfig',
      `User "${context.user}" of context "${name}" is not in the kubeconfig.`,
    );
  }
  const endpoint = endpointOf(cluster);
  const user = userAt(endpoint, named);
  mustBeKnown(user);
  mustBeTaken(config, name);
  const terms = termsOf(user, endpoint, cluster);
  if (terms !== undefined) {
    const program = programOf(user);
    const act = program
      ? `runs a program (${redact(commandLine(program))})`
      : `reads a file (${user?.tokenFile ?? ''})`;
    mustBeAgreed(terms, agreed, `Context "${name}" ${act} to get its credential, and that`);
  }
  return { info: infoOf(config, context, endpoint, user), endpoint, cluster, user };
}

/**
 * The user as it counts at an endpoint: nobody over plain http, so that no program runs for it and no file is read; an
 * exec entry with the file that its command is found to be.
 */
function userAt(endpoint: ClusterEndpoint | undefined, user: UserEntry | undefined): UserEntry | undefined {
  if (!user || (endpoint && isPlainHttp(endpoint))) return undefined;
  if (!user.exec) return user;
  return { ...user, exec: { ...user.exec, command: findProgram(user.exec.command) ?? user.exec.command } };
}

/**
 * Throws bad-kubeconfig for an auth-provider that kubectl does not have, beside a token too (client-go rest.GetAuthProvider):
 * those that there were ran programs and sent files.
 */
function mustBeKnown(user: UserEntry | undefined): void {
  const name = user?.authProvider?.name;
  if (name === undefined || name === OIDC) return;
  throw new Problem(
    'bad-kubeconfig',
    `User "${user?.name ?? ''}" has the auth-provider "${name}", which kubectl has not had since 1.26. Log in again, so that an exec entry takes its place.`,
  );
}

/** Throws bad-kubeconfig where kubectl refuses the context before it makes a request: then nothing is asked, run or sent here either. */
function mustBeTaken(config: Kubeconfig, name: string): void {
  const effect = effectOf(config, name);
  if (effect.kind !== 'refused') return;
  throw new Problem(
    'bad-kubeconfig',
    redact(`Context "${name}" cannot be used, and kubectl refuses it too: ${effect.why}.`),
  );
}

/** The same server for a token alone: no client certificate beside it, no impersonation, no program. Throws refused over plain http. */
export function contextWithToken(context: OpenedContext, token: string): OpenedContext {
  mustNotBePlain(context.endpoint);
  const user: UserEntry = {
    name: 'the token itself',
    token,
    tokenFile: undefined,
    username: undefined,
    password: undefined,
    certData: undefined,
    certFile: undefined,
    keyData: undefined,
    keyFile: undefined,
    impersonate: {},
    exec: undefined,
    authProvider: undefined,
  };
  return {
    ...context,
    info: { ...context.info, user: user.name, runs: undefined, program: undefined, terms: undefined },
    user,
  };
}

/** The same context without its user's token: with the client certificate beside it, or as nobody. */
export function contextWithoutToken(context: OpenedContext): OpenedContext {
  const { user } = context;
  if (!user || !hasCertificate(user)) return { ...context, user: undefined };
  const alone = { token: undefined, tokenFile: undefined, exec: undefined, authProvider: undefined };
  return { ...context, user: { ...user, ...alone } };
}

/** Throws refused where a credential would go over plain http. */
export function mustNotBePlain(endpoint: ClusterEndpoint): void {
  if (!isPlainHttp(endpoint)) return;
  throw new Problem(
    'refused',
    `${endpoint.server} is plain http, where anybody on the way can read what is sent: no credential goes there, and kubectl sends none either.`,
  );
}

/** Undefined where the entry leads nowhere; why is told when it is opened. */
function tryEndpoint(cluster: ClusterEntry): ClusterEndpoint | undefined {
  try {
    return endpointOf(cluster);
  } catch (error) {
    if (Problem.is(error)) return undefined;
    throw error;
  }
}

/** The endpoint of a cluster entry, its CA read. Throws bad-kubeconfig. */
function endpointOf(cluster: ClusterEntry): ClusterEndpoint {
  const certificateAuthority = pemOf(
    cluster.caData,
    cluster.caFile,
    `certificate-authority of cluster "${cluster.name}"`,
  );
  if (cluster.insecureSkipTlsVerify && certificateAuthority !== undefined) {
    throw new Problem(
      'bad-kubeconfig',
      `Cluster "${cluster.name}" has a certificate-authority and insecure-skip-tls-verify: take one of them out.`,
    );
  }
  return {
    server: serverUrl(cluster),
    certificateAuthority,
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    proxyUrl: cluster.proxyUrl,
    tlsServerName: cluster.tlsServerName,
  };
}

/**
 * A server without a scheme is http: whether TLS is spoken is asked before CA and skip-verify are looked at (client-go
 * tools/clientcmd/client_config.go, rest.IsConfigTransportTLS). A user before the host is none: it would only make
 * another host look like the one before it.
 */
function serverUrl({ server, name }: ClusterEntry): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`;
  const parsed = parsedUrl(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '' || parsed.username !== '') {
    throw new Problem(
      'bad-kubeconfig',
      `The server of cluster "${name}" is no http or https URL: ${redact(server)}`,
    );
  }
  return withoutTrailing(url, '/');
}

/** PEM text from data, else from a file, as client-go orders them (client-node has it the other way round). Throws bad-kubeconfig. */
export function pemOf(data: string | undefined, file: string | undefined, what: string): string | undefined {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('latin1');
    if (!text.includes('-----BEGIN ')) {
      throw new Problem('bad-kubeconfig', `The ${what} is no PEM in base64.`);
    }
    return text;
  }
  if (file === undefined) return undefined;
  try {
    return readNamedFileSync(file, { most: MOST_CREDENTIAL });
  } catch (error) {
    throw new Problem('bad-kubeconfig', `The ${what} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
