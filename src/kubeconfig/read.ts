import { isAlias, isMap, LineCounter, parseDocument, visit } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';

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
  /** `interactiveMode: Always`: it reads from a terminal. */
  readonly needsTerminal: boolean;
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
 * Reads one kubeconfig document as kubectl's decoder does: unknown fields are ignored, a field of the wrong type and a
 * name used twice are errors. `origin` names the document in messages; `resolve` makes a relative path absolute.
 * Throws bad-kubeconfig, with the field and never its value.
 */
export function parseKubeconfig(text: string, origin: string, resolve: (path: string) => string): Kubeconfig {
  const root = new Fields(parseYaml(text, origin), origin, '');
  const path = (fields: Fields, key: string): string | undefined => {
    const value = fields.text(key);
    return value === undefined ? undefined : resolve(value);
  };
  const clusters = root.named('clusters', 'cluster', (name, fields): ClusterEntry => ({
    name,
    server: fields.text('server') ?? '',
    caData: fields.text('certificate-authority-data'),
    caFile: path(fields, 'certificate-authority'),
    insecureSkipTlsVerify: fields.flag('insecure-skip-tls-verify'),
    proxyUrl: fields.text('proxy-url'),
    tlsServerName: fields.text('tls-server-name'),
    execConfig:
      fields
        .list('extensions')
        .filter((extension) => isRecord(extension))
        .find((extension) => extension['name'] === 'client.authentication.k8s.io/exec')?.['extension'] ??
      null,
  }));
  const users = root.named('users', 'user', (name, fields): UserEntry => ({
    name,
    token: fields.text('token'),
    tokenFile: path(fields, 'tokenFile'),
    username: fields.text('username'),
    password: fields.text('password'),
    certData: fields.text('client-certificate-data'),
    certFile: path(fields, 'client-certificate'),
    keyData: fields.text('client-key-data'),
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

function parseYaml(text: string, origin: string): unknown {
  const lines = new LineCounter();
  // YAML 1.1 is what kubectl reads; without code frames and warnings, as those repeat what is in the file.
  const document = parseDocument(text, {
    version: '1.1',
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Problem('bad-kubeconfig', `${origin} is not valid YAML at line ${line}, column ${col}.`);
  }
  if (document.contents === null) return undefined;
  if (!isMap(document.contents)) {
    throw new Problem('bad-kubeconfig', `${origin} is not a kubeconfig: it has no fields at its top.`);
  }
  let aliases = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) aliases += 1;
  });
  if (aliases > 100) throw new Problem('bad-kubeconfig', `${origin} has more than 100 YAML aliases.`);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Problem('bad-kubeconfig', `${origin} has YAML aliases that cannot be followed.`, {
      cause: error,
    });
  }
}

/** One mapping of the document, read by type. */
class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #origin: string;
  readonly #path: string;

  constructor(value: unknown, origin: string, path: string) {
    this.#origin = origin;
    this.#path = path;
    if (value !== undefined && value !== null && !isRecord(value)) throw this.#wrong(path, 'a mapping');
    this.#value = value ?? {};
  }

  /** A string; an empty one counts as absent, as in Go. */
  text(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') throw this.#wrong(this.#at(key), 'a string: put it in quotes');
    return value;
  }

  flag(key: string): boolean {
    const value = this.#get(key);
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') throw this.#wrong(this.#at(key), 'true or false');
    return value;
  }

  list(key: string): readonly unknown[] {
    const value = this.#get(key);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw this.#wrong(this.#at(key), 'a list');
    return value;
  }

  texts(key: string): string[] {
    return this.list(key).map((item, index) => {
      if (typeof item !== 'string') throw this.#wrong(`${this.#at(key)}[${index}]`, 'a string');
      return item;
    });
  }

  /** A mapping, undefined where it is absent. */
  fields(key: string): Fields | undefined {
    const value = this.#get(key);
    return value === undefined || value === null ? undefined : new Fields(value, this.#origin, this.#at(key));
  }

  keys(): string[] {
    return Object.keys(this.#value);
  }

  /** A list of `{name, <inner>}` by name. */
  named<T>(key: string, inner: string, read: (name: string, fields: Fields) => T): ReadonlyMap<string, T> {
    const found = new Map<string, T>();
    for (const [index, item] of this.list(key).entries()) {
      const entry = new Fields(item, this.#origin, `${key}[${index}]`);
      const name = entry.text('name') ?? '';
      if (found.has(name)) {
        throw new Problem('bad-kubeconfig', `${this.#origin} has two ${key} with the name "${name}".`);
      }
      found.set(name, read(name, entry.fields(inner) ?? new Fields(undefined, this.#origin, inner)));
    }
    return found;
  }

  #get(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #wrong(where: string, expected: string): Problem {
    return new Problem('bad-kubeconfig', `${this.#origin}: ${where || 'the document'} must be ${expected}.`);
  }
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
  const env: Record<string, string> = {};
  for (const item of exec.list('env')) {
    const pair = new Fields(item, 'The kubeconfig', 'exec.env');
    env[pair.text('name') ?? ''] = pair.text('value') ?? '';
  }
  return {
    apiVersion: exec.text('apiVersion') ?? '',
    // A command with a slash is a path, relative to its file; any other is looked up in PATH.
    command: /[\\/]/.test(command) ? resolve(command) : command,
    args: exec.texts('args'),
    env,
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
    needsTerminal: exec.text('interactiveMode') === 'Always',
  };
}

function authProviderOf(user: Fields): UserEntry['authProvider'] {
  const provider = user.fields('auth-provider');
  if (!provider) return undefined;
  const config = provider.fields('config');
  const entries = (config?.keys() ?? []).map((key) => [key, config?.text(key) ?? ''] as const);
  return { name: provider.text('name') ?? '', config: Object.fromEntries(entries) };
}
