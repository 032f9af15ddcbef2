import { Fields } from './fields.ts';

/** A cluster entry, its paths absolute. */
export interface ClusterEntry {
  readonly name: string;
  readonly server: string;
  readonly caData: string | undefined;
  readonly caFile: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly proxyUrl: string | undefined;
  readonly tlsServerName: string | undefined;
  /** What the extension client.authentication.k8s.io/exec has for credential programs; null where there is none. */
  readonly execConfig: unknown;
}

/** A user entry, its paths absolute. */
export interface UserEntry {
  readonly name: string;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly certData: string | undefined;
  readonly certFile: string | undefined;
  readonly keyData: string | undefined;
  readonly keyFile: string | undefined;
  readonly impersonate: Readonly<Record<string, string | string[]>>;
  readonly exec: ExecEntry | undefined;
  readonly authProvider:
    | { readonly name: string; readonly config: Readonly<Record<string, string>> }
    | undefined;
}

/** A program that prints a credential (client.authentication.k8s.io). */
export interface ExecEntry {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
  /** Never, IfAvailable or Always: whether it reads from a terminal. */
  readonly interactiveMode: string | undefined;
}

export interface ContextEntry {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
  /** The document that has this entry. */
  readonly origin: string;
}

export interface Kubeconfig {
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly current: string | undefined;
}

/**
 * Reads a kubeconfig as kubectl does (k8s.io/client-go 0.37 tools/clientcmd): the first document of the text, of fields of
 * one name the later, unknown fields ignored; a field of the wrong type and a name used twice are errors. Where it cannot
 * be told what kubectl reads, that is an error too, and never a guess. `origin` names the document in messages; `resolve`
 * makes a relative path absolute. Throws bad-kubeconfig, with the field and never its value.
 */
export function parseKubeconfig(text: string, origin: string, resolve: (path: string) => string): Kubeconfig {
  const root = Fields.ofText(text, origin);
  checkKind(root);
  root.extensions();
  root.fields('preferences')?.extensions();
  root.fields('preferences')?.flag('colors');
  const path = (fields: Fields, key: string): string | undefined => {
    const value = fields.text(key);
    return value === undefined ? undefined : resolve(value);
  };
  const clusters = root.named('clusters', 'cluster', (name, fields): ClusterEntry => ({
    name,
    server: fields.text('server') ?? '',
    caData: fields.base64('certificate-authority-data'),
    caFile: path(fields, 'certificate-authority'),
    insecureSkipTlsVerify: fields.flag('insecure-skip-tls-verify'),
    proxyUrl: fields.text('proxy-url'),
    tlsServerName: fields.text('tls-server-name'),
    execConfig: execConfigOf(fields),
  }));
  const users = root.named('users', 'user', (name, fields): UserEntry => ({
    name,
    token: fields.text('token'),
    tokenFile: path(fields, 'tokenFile'),
    username: fields.text('username'),
    password: fields.text('password'),
    certData: fields.base64('client-certificate-data'),
    certFile: path(fields, 'client-certificate'),
    keyData: fields.base64('client-key-data'),
    keyFile: path(fields, 'client-key'),
    impersonate: impersonation(fields),
    exec: execOf(fields, resolve),
    authProvider: authProviderOf(fields),
  }));
  const contexts = root.named('contexts', 'context', (name, fields): ContextEntry => ({
    name,
    cluster: fields.text('cluster') ?? '',
    user: fields.text('user') ?? '',
    namespace: fields.text('namespace'),
    origin,
  }));
  return { clusters, users, contexts, current: root.text('current-context') };
}

/** Merges as kubectl does: the first file that has an entry gives it whole, and the first that names a context sets it. */
export function mergeKubeconfigs(files: readonly Kubeconfig[]): Kubeconfig {
  const firstWins = <T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> => {
    const merged = new Map<string, T>();
    for (const map of maps) for (const [name, entry] of map) if (!merged.has(name)) merged.set(name, entry);
    return merged;
  };
  return {
    clusters: firstWins(files.map((file) => file.clusters)),
    users: firstWins(files.map((file) => file.users)),
    contexts: firstWins(files.map((file) => file.contexts)),
    current: files.find((file) => file.current !== undefined)?.current,
  };
}

/** Headers of `as`, `as-uid`, `as-groups` and `as-user-extra` (client-go transport/round_trippers.go). */
function impersonation(user: Fields): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const name = user.text('as');
  const uid = user.text('as-uid');
  const groups = user.texts('as-groups');
  const extra = user.fields('as-user-extra');
  if (name !== undefined) headers['Impersonate-User'] = name;
  if (uid !== undefined) headers['Impersonate-Uid'] = uid;
  if (groups.length > 0) headers['Impersonate-Group'] = groups;
  for (const key of extra?.keys() ?? []) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = extra?.texts(key) ?? [];
  }
  return headers;
}

function execOf(user: Fields, resolve: (path: string) => string): ExecEntry | undefined {
  const exec = user.fields('exec');
  if (!exec) return undefined;
  const command = exec.text('command') ?? '';
  const env = exec.items('env').map((pair) => [pair.text('name') ?? '', pair.text('value') ?? ''] as const);
  return {
    apiVersion: exec.text('apiVersion') ?? '',
    // A command with a slash is a path, relative to its file; any other is looked up in PATH.
    command: /[\\/]/.test(command) ? resolve(command) : command,
    args: exec.texts('args'),
    env: Object.fromEntries(env),
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
    interactiveMode: exec.text('interactiveMode'),
  };
}

function authProviderOf(user: Fields): UserEntry['authProvider'] {
  const provider = user.fields('auth-provider');
  if (!provider) return undefined;
  const config = provider.fields('config');
  const entries = (config?.keys() ?? []).map((key) => [key, config?.text(key) ?? ''] as const);
  return { name: provider.text('name') ?? '', config: Object.fromEntries(entries) };
}

/** A kubeconfig of another kind or version is none to kubectl, which looks for these two without regard to case. */
function checkKind(root: Fields): void {
  const field = (pattern: RegExp): string | undefined => {
    const keys = root.keys().filter((key) => pattern.test(key));
    // In the order in which Go writes them; the last that is there counts, and all must be texts.
    return keys
      .toSorted(byCodePoint)
      .reduce<string | undefined>((found, key) => root.given(key) ?? found, undefined);
  };
  if (!['', 'Config'].includes(field(/^kind$/iu) ?? '')) throw root.wrong('kind', 'Config');
  if (!['', '/', 'v1', '/v1'].includes(field(/^apiversion$/iu) ?? '')) throw root.wrong('apiVersion', 'v1');
}

function byCodePoint(one: string, other: string): number {
  return one < other ? -1 : 1;
}

/** What the extension client.authentication.k8s.io/exec has for credential programs. Throws bad-kubeconfig. */
function execConfigOf(cluster: Fields): unknown {
  return cluster.extensions().get('client.authentication.k8s.io/exec')?.json('extension') ?? null;
}
