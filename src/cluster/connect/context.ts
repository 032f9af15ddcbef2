import { createHash } from 'node:crypto';
import { messageOf, Problem } from '../../errors.ts';
import { MOST_CREDENTIAL, readNamedFileSync } from '../../files/named.ts';
import { redact } from '../../redact.ts';
import type { ClusterEndpoint, ContextInfo } from '../api.ts';
import { commandLine, programOf } from '../../kubeconfig/program.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from '../../kubeconfig/read.ts';

/** A context with all that it leads to. */
export interface OpenedContext {
  readonly info: ContextInfo;
  readonly endpoint: ClusterEndpoint;
  readonly cluster: ClusterEntry;
  /** Undefined where the context names no user: requests are anonymous. */
  readonly user: UserEntry | undefined;
}

/** Describes a context without opening it; a dangling reference is empty here, and an error when it is opened. */
export function contextInfo(config: Kubeconfig, context: ContextEntry): ContextInfo {
  const cluster = config.clusters.get(context.cluster);
  const user = config.users.get(context.user);
  const program = programOf(user);
  return {
    name: context.name,
    cluster: context.cluster,
    server: cluster?.server ?? '',
    user: context.user,
    namespace: context.namespace ?? 'default',
    runs: program && redact(commandLine(program)),
    program,
    file: context.origin,
    version: createHash('sha256')
      .update(JSON.stringify([context, cluster, user]))
      .digest('hex'),
  };
}

/**
 * Follows a context to its cluster and user, and reads the CA. Throws no-kubeconfig where there is no such context,
 * bad-kubeconfig where it leads nowhere, and not-allowed-here where a program would have to run without permission.
 */
export function openContext(config: Kubeconfig, name: string, allowPrograms: boolean): OpenedContext {
  const context = config.contexts.get(name);
  if (!context) throw new Problem('no-kubeconfig', `The kubeconfig has no context "${name}".`);
  const cluster = config.clusters.get(context.cluster);
  if (!cluster || cluster.server === '') {
    const what = cluster ? 'has no server' : 'is not in the kubeconfig';
    throw new Problem('bad-kubeconfig', `Cluster "${context.cluster}" of context "${name}" ${what}.`);
  }
  const user = config.users.get(context.user);
  if (!user && context.user !== '') {
    throw new Problem(
      'bad-kubeconfig',
      `User "${context.user}" of context "${name}" is not in the kubeconfig.`,
    );
  }
  const info = contextInfo(config, context);
  if (info.runs !== undefined && !allowPrograms) {
    throw new Problem(
      'not-allowed-here',
      `Context "${name}" gets its credential by running a program (${info.runs}), and that has not been allowed.`,
    );
  }
  return { info, endpoint: endpointOf(cluster), cluster, user };
}

/** The same server for a token alone: no client certificate beside it, no impersonation, no program. */
export function contextWithToken(context: OpenedContext, token: string): OpenedContext {
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
    info: { ...context.info, user: user.name, runs: undefined, program: undefined },
    user,
  };
}

/** The same context without its user's token: with the client certificate beside it, or as nobody. */
export function contextWithoutToken(context: OpenedContext): OpenedContext {
  const { user } = context;
  const hasCertificate = user?.certData !== undefined || user?.certFile !== undefined;
  if (!user || !hasCertificate) return { ...context, user: undefined };
  const alone = { token: undefined, tokenFile: undefined, exec: undefined, authProvider: undefined };
  return { ...context, user: { ...user, ...alone } };
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
    server: serverUrl(cluster, certificateAuthority !== undefined),
    certificateAuthority,
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    proxyUrl: cluster.proxyUrl,
    tlsServerName: cluster.tlsServerName,
  };
}

/** A server without a scheme is http, or https where TLS is spoken of (client-go rest.DefaultServerURL). */
function serverUrl({ server, name, insecureSkipTlsVerify }: ClusterEntry, hasCa: boolean): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(server)
    ? server
    : `${hasCa || insecureSkipTlsVerify ? 'https' : 'http'}://${server}`;
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new Problem(
      'bad-kubeconfig',
      `The server of cluster "${name}" is no http or https URL: ${redact(server)}`,
    );
  }
  return url.replace(/\/+$/, '');
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
