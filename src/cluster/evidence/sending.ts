import { resolve } from 'node:path';
import { known, unknown, type Entry, type Fact, type Sent } from '../../authentication/evidence.ts';
import { messageOf, Problem } from '../../errors.ts';
import { mergeKubeconfigs, parseKubeconfig, type Kubeconfig, type UserEntry } from '../../kubeconfig/read.ts';
import { certificateIn, isKeyOf, isSignedBy } from '../../files/certificatesIn.ts';
import {
  credentialOf,
  hasCertificate,
  programsPassedOver,
  type EffectiveCredential,
} from '../../kubeconfig/credential.ts';
import { effectOf } from '../../kubeconfig/effective.ts';
import { commandLine, programOf } from '../../kubeconfig/credentialProgram.ts';
import { redact } from '../../redact.ts';
import { isPlainHttp, isSameDestination } from '../../kubeconfig/sameDestination.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type { ClusterAccess } from '../api/cluster.ts';
import type {
  Agreement,
  ContextInfo,
  ContextWithTokens,
  KubeconfigInUse,
  KubeconfigSource,
} from '../api/contexts.ts';
import type { Sending } from '../api/credentials.ts';
import { faultOfAuthority } from '../connect/certificates.ts';
import { contextInfo, mustNotBePlain, openContext, type OpenedContext } from '../connect/context.ts';
import { certificateOf, CredentialKeeper, tokenOfFile } from '../connect/credential.ts';
import { withoutTrailing } from '../../trailing.ts';
import { loadKubeconfigFiles } from '../connect/load.ts';

interface Loaded {
  readonly config: Kubeconfig;
  readonly origin: string;
  readonly files: readonly { readonly file: string; readonly config: Kubeconfig }[];
}

/** Reads a kubeconfig in use. Throws no-kubeconfig or bad-kubeconfig. */
function load(kubeconfig: KubeconfigInUse): Loaded {
  if ('text' in kubeconfig) {
    const { text, folder, origin } = kubeconfig;
    const config = parseKubeconfig(text, origin, (path) => resolve(folder, path));
    return { config, origin, files: [{ file: origin, config }] };
  }
  const files = loadKubeconfigFiles(kubeconfig);
  const config = mergeKubeconfigs(files.map((one) => one.config));
  return { config, origin: files.map(({ file }) => file).join(', '), files };
}

function contextOf(
  kubeconfig: KubeconfigInUse,
  { config, origin }: Pick<Loaded, 'config' | 'origin'>,
): string {
  const name = kubeconfig.context ?? config.current;
  if (name === undefined) throw new Problem('no-kubeconfig', `${origin} has no current-context.`);
  return name;
}

/** See ClusterAccess.contextsOf. */
export function contextsOf(kubeconfig: KubeconfigInUse): readonly ContextWithTokens[] {
  const { config } = load(kubeconfig);
  return [...config.contexts.values()].map((context) => ({
    info: contextInfo(config, context),
    isCurrent: context.name === config.current,
    tokens: [config.users.get(context.user)?.token ?? []].flat(),
  }));
}

/** Opens a kubeconfig's cluster without its user. */
export function anonymousContext(kubeconfig: KubeconfigInUse): OpenedContext {
  const loaded = load(kubeconfig);
  return openAsNobody(loaded.config, contextOf(kubeconfig, loaded));
}

/**
 * Opens a kubeconfig's context with a token and what its user has beside one. Throws not-allowed-here where it no longer
 * leads to the endpoint that the token was agreed to be sent to.
 */
export function contextAsSent(
  kubeconfig: KubeconfigInUse,
  token: string,
  agreed: ClusterEndpoint,
): OpenedContext {
  const { config, origin } = load(kubeconfig);
  const name = contextOf(kubeconfig, { config, origin });
  const nobody = openAsNobody(config, name);
  if (!isSameDestination(nobody.endpoint, agreed)) {
    throw new Problem(
      'not-allowed-here',
      `${origin} leads elsewhere now than where the token was agreed to be sent.`,
    );
  }
  mustNotBePlain(nobody.endpoint);
  const user = config.users.get(config.contexts.get(name)?.user ?? '');
  const alone = { token, tokenFile: undefined, exec: undefined, authProvider: undefined };
  return { ...nobody, user: user && { ...user, ...alone } };
}

/**
 * Opens a kubeconfig that sends no token as its client would: its program is run only where that is agreed to, and what
 * sends nothing is opened as nobody. Throws not-allowed-here where it now leads elsewhere, or sends something else, than
 * what was agreed to.
 */
export function contextItself(
  kubeconfig: KubeconfigInUse,
  { kind, certificate }: Sent,
  agreed: ClusterEndpoint,
  program: Agreement | undefined,
): OpenedContext {
  const { config, origin } = load(kubeconfig);
  const name = contextOf(kubeconfig, { config, origin });
  const opened = kind === 'nothing' ? openAsNobody(config, name) : openContext(config, name, program);
  const pem = pemSent(opened.user);
  const isSame =
    SENDS[kind].includes(opened.user && credentialOf(opened.user)) &&
    (pem === undefined || certificateIn(pem)?.fingerprint === certificate?.fingerprint);
  if (isSame && isSameDestination(opened.endpoint, agreed)) return opened;
  throw new Problem(
    'not-allowed-here',
    `${origin} leads elsewhere now, or sends something else, than what was agreed to.`,
  );
}

/** By which credentials of a user something is sent that is no token. */
const SENDS: Readonly<Record<Sent['kind'], readonly (EffectiveCredential | undefined)[]>> = {
  token: [],
  certificate: ['certificate', 'exec'],
  basic: ['password'],
  nothing: [undefined],
};

/** The certificate that a kubeconfig itself has, as PEM; undefined where it has none, or a program gives it. Throws bad-kubeconfig. */
export function certificateOfKubeconfig(kubeconfig: KubeconfigInUse): string | undefined {
  const { config, origin } = load(kubeconfig);
  const context = config.contexts.get(contextOf(kubeconfig, { config, origin }));
  return pemSent(config.users.get(context?.user ?? ''));
}

function pemSent(user: UserEntry | undefined): string | undefined {
  return user && hasCertificate(user) ? certificateOf(user).cert : undefined;
}

/** Opens a kubeconfig's context with the credential that stands in it; no program is run, and no tokenFile read. */
export function contextWithOwn(kubeconfig: KubeconfigInUse): OpenedContext {
  const loaded = load(kubeconfig);
  const name = contextOf(kubeconfig, loaded);
  const nobody = openAsNobody(loaded.config, name);
  const user = loaded.config.users.get(loaded.config.contexts.get(name)?.user ?? '');
  if (!user || isPlainHttp(nobody.endpoint)) return nobody;
  const inside = { tokenFile: undefined, exec: undefined, authProvider: undefined };
  return { ...nobody, user: { ...user, ...inside } };
}

function openAsNobody(config: Kubeconfig, name: string): OpenedContext {
  const context = config.contexts.get(name);
  const contexts = new Map(context ? [[name, { ...context, user: '' }]] : []);
  return openContext({ ...config, contexts }, name, undefined);
}

/** See ClusterAccess.sameServer. */
export function sameServer(kubeconfig: KubeconfigInUse, own: KubeconfigSource): readonly ContextInfo[] {
  const { endpoint } = anonymousContext(kubeconfig);
  const explained = load(kubeconfig);
  const sender = explained.config.users.get(
    explained.config.contexts.get(contextOf(kubeconfig, explained))?.user ?? '',
  );
  const loaded = load(own);
  const isSame = (name: string): boolean => {
    try {
      const other = openAsNobody(loaded.config, name).endpoint;
      return isSameDestination(other, endpoint);
    } catch {
      return false; // A context that leads nowhere is not the same server.
    }
  };
  return [...loaded.config.contexts.values()]
    .filter(({ name, user }) => isSame(name) && !isSameCredential(loaded.config.users.get(user), sender))
    .map((context) => contextInfo(loaded.config, context));
}

/** Whether a login is nothing but the token, or the certificate, of another: it knows no more than that. */
function isSameCredential(one: UserEntry | undefined, other: UserEntry | undefined): boolean {
  if (!one || !other) return false;
  const credential = credentialOf(one);
  if (credential !== credentialOf(other)) return false;
  if (credential === 'certificate') {
    return one.certData === other.certData && one.certFile === other.certFile;
  }
  if (hasCertificate(one) || (credential !== 'token' && credential !== 'tokenFile')) return false;
  return one.token === other.token && one.tokenFile === other.tokenFile;
}

/** See ClusterAccess.sending. */
export const readSending: ClusterAccess['sending'] = async (kubeconfig, agreed): Promise<Sending> => {
  const loaded = load(kubeconfig);
  const found = entryOf(loaded, kubeconfig.context ?? loaded.config.current);
  const entry = { ...found, problem: found.problem ?? (await unusable(loaded, found)) };
  const fact = known(entry, loaded.origin);
  const { credential, sent } =
    entry.problem === undefined
      ? await sentBy(loaded, entry, agreed)
      : { credential: '', sent: unknown('the entry leads nowhere') };
  return { credential, entry: fact, sent };
};

function entryOf({ config, files }: Loaded, name: string | undefined): Entry {
  const context = name === undefined ? undefined : config.contexts.get(name);
  const cluster = context && config.clusters.get(context.cluster);
  const user = context && config.users.get(context.user);
  const found = {
    context: name ?? '',
    cluster: context?.cluster ?? '',
    server: redact(cluster?.server ?? ''),
    user: context?.user ?? '',
    shadowed: context ? shadowed(files, context) : [],
  };
  return { ...found, problem: problemOf() };

  function problemOf(): string | undefined {
    if (name === undefined) {
      return 'There is no current-context: kubectl then asks localhost:8080, with no credential.';
    }
    if (!context) return `There is no context “${name}”.`;
    if (!cluster) {
      return `Context “${name}” names cluster “${context.cluster}”, which is not there: kubectl then asks localhost:8080.`;
    }
    if (cluster.server === '') {
      return `Cluster “${context.cluster}” has no server: kubectl then asks localhost:8080.`;
    }
    if (!user && context.user !== '') {
      return `Context “${name}” names user “${context.user}”, which is not there: kubectl then asks for a user name.`;
    }
    const effect = effectOf(config, name);
    return effect.kind === 'refused'
      ? redact(`kubectl makes no request with context “${name}”: ${effect.why}.`)
      : undefined;
  }
}

/** Why kubectl makes no request though the entry says whom to ask: what it names or holds cannot be used. */
async function unusable(loaded: Loaded, { context, user: name }: Entry): Promise<string | undefined> {
  const { endpoint } = openAsNobody(loaded.config, context);
  const user = loaded.config.users.get(name);
  if (isPlainHttp(endpoint)) return undefined;
  const why =
    faultOfAuthority(endpoint.certificateAuthority) ??
    (user && (unusableCertificate(user) ?? (await unusableTokenFile(user))));
  return why === undefined
    ? undefined
    : `kubectl makes no request with context “${context}”: ${withoutTrailing(redact(why), '.')}.`;
}

/** kubectl takes a certificate and its key as a pair, and makes no request where they are none. */
function unusableCertificate(user: UserEntry): string | undefined {
  if (!hasCertificate(user)) return undefined;
  try {
    const { cert = '', key = '' } = certificateOf(user);
    if (!certificateIn(cert))
      return `the client certificate of user “${user.name}” is none that can be read.`;
    return isKeyOf(key, cert) === false
      ? `the client key of user “${user.name}” is not that of its certificate.`
      : undefined;
  } catch (error) {
    if (Problem.is(error)) return messageOf(error);
    throw error;
  }
}

/** kubectl reads a tokenFile before it makes a request, and makes none where that fails and there is no token beside it. */
async function unusableTokenFile({ tokenFile, token }: UserEntry): Promise<string | undefined> {
  if (tokenFile === undefined || token !== undefined) return undefined;
  try {
    await tokenOfFile(tokenFile);
    return undefined;
  } catch (error) {
    return `the tokenFile ${tokenFile} cannot be used: ${messageOf(error)}`;
  }
}

/** Entries of the same names in files that come later: the first file wins with its whole entry. */
function shadowed(
  files: Loaded['files'],
  context: { readonly name: string; readonly cluster: string; readonly user: string },
): readonly string[] {
  return (
    [
      ['contexts', 'context', context.name],
      ['clusters', 'cluster', context.cluster],
      ['users', 'user', context.user],
    ] as const
  ).flatMap(([map, kind, name]) => {
    const having = files.filter(({ config }) => config[map].has(name));
    const [first, ...later] = having;
    return later.map(({ file }) => `${kind} “${name}” of ${file}: that of ${first?.file ?? ''} comes first`);
  });
}

async function sentBy(
  { config, origin }: Loaded,
  { context, user: name, server }: Entry,
  agreed: Agreement | undefined,
): Promise<{ credential: string; sent: Fact<Sent> }> {
  const user = config.users.get(name);
  const { endpoint } = openAsNobody(config, context);
  const entry = `user “${name}”`;
  const hasClientCertificate = user !== undefined && hasCertificate(user) && !isPlainHttp(endpoint);
  const say = (
    kind: Sent['kind'],
    source: string,
    credential = '',
    passedOver: readonly string[] = [],
    pem = pemSent(user),
  ): { credential: string; sent: Fact<Sent> } => ({
    credential,
    sent: known(
      {
        kind,
        source,
        isThisToken: true,
        hasClientCertificate,
        passedOver,
        ...aboutCertificate(pem, endpoint),
      },
      origin,
    ),
  });
  // client-go reads a user's entry only where TLS is spoken (tools/clientcmd/client_config.go).
  if (isPlainHttp(endpoint)) {
    const what = /^http:/i.test(server)
      ? 'is not https'
      : 'has no scheme, which makes it plain http, with a certificate-authority too';
    return say('nothing', `${server} ${what}, and kubectl sends no credential over that`, '', [], undefined);
  }
  if (!user) return say('nothing', 'the context names no user');
  const rest = programsPassedOver(user).map((one) => redact(one));
  let passedOver = rest;
  if (user.tokenFile !== undefined) {
    const place = `${entry}, field tokenFile (${user.tokenFile})`;
    const inline =
      user.token === undefined
        ? []
        : ['field token: to kubectl and other Go clients a tokenFile that can be read comes first'];
    try {
      return say('token', place, await tokenOfFile(user.tokenFile), [...inline, ...rest]);
    } catch (error) {
      const why = redact(messageOf(error));
      passedOver = [`field tokenFile (${user.tokenFile}): it cannot be used, ${why}`, ...rest];
    }
  }
  if (user.token !== undefined) {
    // A second space after "Bearer" makes the server see no token (k8s.io/apiserver bearertoken.go).
    return /^\s/.test(user.token)
      ? say('nothing', `${entry}, field token begins with a space, which makes it none`, '', passedOver)
      : say('token', `${entry}, field token`, user.token, passedOver);
  }
  const program = programOf(user);
  if (program) {
    const source = `${entry}, ${redact(commandLine(program))}`;
    if (!agreed) {
      const fact = { kind: 'token', source, isThisToken: undefined } as const;
      return { credential: '', sent: known({ ...fact, hasClientCertificate, passedOver: [] }, origin) };
    }
    const { headers, cert } = await new CredentialKeeper(openContext(config, context, agreed)).get();
    const token = String(headers['Authorization'] ?? '').replace(/^Bearer /, '');
    return token === '' ? say('certificate', source, '', [], cert) : say('token', source, token);
  }
  if (user.username !== undefined) return say('basic', `${entry}, field username`, '', rest);
  return hasClientCertificate
    ? say('certificate', `${entry}, client certificate`, '', rest)
    : say('nothing', `${entry} has no credential, and kubectl asks for a user name`);
}

/** What is known of the certificate that is sent. */
function aboutCertificate(
  pem: string | undefined,
  { certificateAuthority }: ClusterEndpoint,
): Pick<Sent, 'certificate' | 'isOfClusterAuthority'> {
  if (pem === undefined) return {};
  return {
    certificate: certificateIn(pem),
    isOfClusterAuthority:
      certificateAuthority === undefined ? undefined : isSignedBy(pem, certificateAuthority),
  };
}
