import { programOf, type CredentialProgram } from './credentialProgram.ts';
import { insertion, placeOf, placeOfValue, replacement } from '../yaml/fields.ts';
import { fixBy, fixWithout } from '../manifest/problem.ts';
import { nearest } from '../manifest/nearest.ts';
import type { DocumentProblem, Fix } from '../manifest/problem.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import { Problem } from '../errors.ts';
import { grouped } from '../es2024.ts';
import { credentialOf, hasCertificate } from './credential.ts';
import { checkToken } from './checkToken.ts';
import { checkUse } from './checkUse.ts';
import { userRefusal } from './effective.ts';
import { parseKubeconfig, type ContextEntry, type Kubeconfig, type UserEntry } from './read.ts';
import { YamlFault } from './yaml/cursor.ts';

export type KubeconfigRule =
  | 'token-file-wins'
  | 'certificate-wins'
  | 'exec-never-runs'
  | 'no-token'
  | 'current-context-missing'
  | 'context-incomplete'
  | 'kubectl-refuses'
  | 'refused-where-used'
  | 'credential-not-sent'
  | 'document-ignored';

type KubeconfigProblem = DocumentProblem<KubeconfigRule>;

/** A user of a kubeconfig document. Offsets in UTF-16 units. */
export interface UserInText {
  readonly name: string;
  readonly start: number;
  /** Where its token stands, if it has one. */
  readonly tokenAt: number | undefined;
  /** The contexts of the document that use it. */
  readonly contexts: readonly string[];
  /** The program that kubectl runs or asks for its credential. */
  readonly program: CredentialProgram | undefined;
}

export interface KubeconfigFacts {
  readonly problems: readonly KubeconfigProblem[];
  readonly users: readonly UserInText[];
  /** The key of the users, where one of them has a credential in the document itself. */
  readonly credential: { readonly start: number; readonly end: number } | undefined;
}

/** How many names are offered in place of one that does not exist. */
const MOST_OFFERED = 5;

/** Whether a document is a kubeconfig, of which other tools have the same kind with another apiVersion. */
export function isKubeconfig(yaml: YamlText): boolean {
  const kind = yaml.string(yaml.field(yaml.root, 'kind'));
  const apiVersion = yaml.string(yaml.field(yaml.root, 'apiVersion'));
  if (apiVersion !== undefined && apiVersion !== 'v1') return false;
  if (kind !== undefined) return kind === 'Config';
  return ['clusters', 'contexts', 'users'].every((name) => yaml.field(yaml.root, name));
}

/**
 * Checks a kubeconfig document by what client-go does with what it reads there; the places are those of the text. Of a
 * document of which it cannot be told what kubectl reads nothing is said: no problem is better than a wrong one.
 */
export function checkKubeconfig(yaml: YamlText): KubeconfigFacts {
  const { config, refused } = readingOf(yaml.text);
  const named = (list: string): Named[] =>
    yaml.items(yaml.field(yaml.root, list)).flatMap((item) => {
      const name = yaml.string(yaml.field(item, 'name'));
      return name === undefined ? [] : [{ name, start: placeOf(item).start, item }];
    });
  const users = named('users').map(({ name, start, item }) => ({
    name,
    start,
    field: yaml.field(item, 'user'),
  }));
  const hasCredential = users.some(({ field }) =>
    ['token', 'password', 'client-key-data'].some((key) => filled(yaml, yaml.field(field, key))),
  );
  const list = yaml.field(yaml.root, 'users');
  const contexts = [...(config?.contexts.values() ?? [])];
  const contextsOf = grouped(contexts, ({ user }) => user);
  return {
    credential: hasCredential && list ? placeOf(list.key) : undefined,
    problems: config
      ? [
          ...currentContext(yaml, config),
          ...named('contexts').flatMap(({ name, item }) =>
            brokenContext(yaml, yaml.field(item, 'context'), config, config.contexts.get(name)),
          ),
          ...users.flatMap(({ name, field }) => {
            const entry = config.users.get(name);
            return entry ? [...losing(yaml, field, entry), ...checkToken(yaml, field, entry)] : [];
          }),
          ...checkUse(yaml, config),
        ]
      : refused,
    users: users.map(({ name, start, field }) => {
      const token = filled(yaml, yaml.field(field, 'token'));
      return {
        name,
        start,
        tokenAt: token?.value && placeOf(token.value).start,
        contexts: (contextsOf.get(name) ?? []).map((context) => context.name),
        program: programOf(config?.users.get(name)),
      };
    }),
  };
}

/** The problem of a kubeconfig that follows another one in its file. */
export function ignoredDocument(yaml: YamlText): KubeconfigProblem {
  const start = yaml.root?.range?.[0] ?? 0;
  return {
    rule: 'document-ignored',
    message:
      'kubectl reads the first document of a file, and ignores this one and all that follow without a word.',
    start,
    end: endOfLine(yaml.text, start),
    isUnused: true,
    fixes: () => [],
  };
}

interface ReadingOfText {
  readonly config: Kubeconfig | undefined;
  readonly refused: readonly KubeconfigProblem[];
}

function readingOf(text: string): ReadingOfText {
  try {
    return { config: parseKubeconfig(text, 'The document', (path) => path), refused: [] };
  } catch (error) {
    if (!Problem.is(error, 'bad-kubeconfig')) throw error;
    const { cause } = error;
    const isRefused = cause instanceof YamlFault && cause.isRefused;
    return { config: undefined, refused: isRefused ? [refusedAt(text, cause)] : [] };
  }
}

function refusedAt(text: string, { line, message }: YamlFault): KubeconfigProblem {
  let start = 0;
  for (let left = line - 1; left > 0; left--) start = text.indexOf('\n', start) + 1;
  while (text[start] === ' ') start += 1;
  return {
    rule: 'kubectl-refuses',
    message: `kubectl refuses this file: ${message}.`,
    start,
    end: endOfLine(text, start),
    fixes: () => [],
  };
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

interface Named {
  readonly name: string;
  readonly start: number;
  readonly item: Parameters<YamlText['field']>[0];
}

function currentContext(yaml: YamlText, { current: name, contexts }: Kubeconfig): KubeconfigProblem[] {
  const field = yaml.field(yaml.root, 'current-context');
  if (!field?.value || name === undefined || contexts.has(name)) return [];
  const message =
    contexts.size === 0
      ? `There is no context in this file, and so none of the name "${name}". kubectl uses it only where another file of $KUBECONFIG has it.`
      : `There is no context "${name}" in this file. kubectl uses it only where another file of $KUBECONFIG has it.`;
  const fixes = (): Fix[] => offered(yaml, field, name, contexts, (other) => `Use the context "${other}"`);
  return [{ rule: 'current-context-missing', message, ...placeOfValue(field), fixes }];
}

function brokenContext(
  yaml: YamlText,
  context: Field | undefined,
  { clusters, users }: Kubeconfig,
  entry: ContextEntry | undefined,
): KubeconfigProblem[] {
  const references = [
    { kind: 'cluster', name: entry?.cluster ?? '', known: clusters },
    { kind: 'user', name: entry?.user ?? '', known: users },
  ];
  const missing = withoutUser(yaml, context, { clusters, users }, entry);
  const broken = references.flatMap(({ kind, name, known }) => {
    const field = yaml.field(context, kind);
    if (!field?.value || name === '' || known.has(name)) return [];
    const message = `There is no ${kind} "${name}" in this file: the context does not work unless another file of $KUBECONFIG has it.`;
    const fixes = (): Fix[] => offered(yaml, field, name, known, (other) => `Use the ${kind} "${other}"`);
    return [{ rule: 'context-incomplete', message, ...placeOfValue(field), fixes } as const];
  });
  return [...missing, ...broken];
}

/** A context for which kubectl asks for a user name, though it has a server to log in to (seen with kubectl 1.32). */
function withoutUser(
  yaml: YamlText,
  context: Field | undefined,
  { clusters, users }: Pick<Kubeconfig, 'clusters' | 'users'>,
  entry: ContextEntry | undefined,
): KubeconfigProblem[] {
  const field = yaml.field(context, 'cluster');
  const server = clusters.get(entry?.cluster ?? '')?.server ?? '';
  if (!context?.value || !field || !entry || entry.user !== '' || !/^https:/i.test(server)) return [];
  const message = 'This context has no user: kubectl has no credential for it and asks for a user name.';
  const own = yaml.field(context, 'user');
  const ranked = nearest(entry.cluster, [...users.keys()]);
  const fixes = (): Fix[] =>
    ranked.slice(0, MOST_OFFERED).flatMap((name) => {
      const edit = own
        ? replacement(yaml, own, name)
        : insertion(yaml, context, { key: 'user', value: name }, field);
      return fixBy(`Use the user "${name}"`, edit, ranked.length === 1);
    });
  return [{ rule: 'context-incomplete', message, ...placeOf(field.key), fixes }];
}

/** One fix for each name that could be meant, the likeliest first. */
function offered(
  yaml: YamlText,
  field: Field,
  name: string,
  known: ReadonlyMap<string, unknown>,
  title: (name: string) => string,
): Fix[] {
  const ranked = nearest(name, [...known.keys()]);
  const isOnly = ranked.length === 1;
  return ranked
    .slice(0, MOST_OFFERED)
    .flatMap((name) => fixBy(title(name), replacement(yaml, field, name), isOnly));
}

/**
 * Credentials that lose against another of the same user: client-go transport/round_trippers.go (tokenFile),
 * plugin/pkg/client/auth/exec/exec.go (exec), and the order of the API server's authenticators (client certificate).
 */
function losing(yaml: YamlText, user: Field | undefined, entry: UserEntry): KubeconfigProblem[] {
  const get = (key: string): Field | undefined => filled(yaml, yaml.field(user, key));
  const [token, tokenFile] = [get('token'), get('tokenFile')];
  const tokens = [token, tokenFile].filter(isThere);
  const [sent] = tokens;
  const certificates = hasCertificate(entry)
    ? ['client-certificate-data', 'client-certificate'].map(get).filter(isThere)
    : [];
  const withKeys = [...certificates, ...['client-key-data', 'client-key'].map(get).filter(isThere)];
  const problems: KubeconfigProblem[] = [];
  if (token && tokenFile) {
    problems.push({
      rule: 'token-file-wins',
      message:
        'Clients differ: kubectl and others in Go use tokenFile, and this token only while that file cannot be read; those in Python and JavaScript use this token.',
      ...placeOf(token.key),
      // Without its token there would be none for a client that reads no tokenFile.
      fixes: () => fixWithout(yaml, 'Remove tokenFile: every client then uses token', [tokenFile]),
    });
  }
  if (sent && certificates.length > 0 && !userRefusal(entry)) {
    problems.push({
      rule: 'certificate-wins',
      message:
        'The client certificate wins: both are sent, and while it is valid the API server never looks at the token.',
      ...placeOf(sent.key),
      isUnused: true,
      fixes: () => [
        ...fixWithout(yaml, `Remove ${namesOf(tokens)}: the certificate is what counts`, tokens),
        ...fixWithout(yaml, 'Remove the client certificate and its key, and use the token', withKeys),
      ],
    });
  }
  const password = ['username', 'password'].map(get).filter(isThere);
  const others = [...tokens, ...password, ...(certificates.length > 0 ? withKeys : [])];
  return [...problems, ...neverRun(yaml, yaml.field(user, 'exec'), entry, others)];
}

/**
 * A program that is not run because of other credentials of its user, the first of which counts. A user that kubectl
 * refuses has another problem than that.
 */
function neverRun(
  yaml: YamlText,
  exec: Field | undefined,
  entry: UserEntry,
  others: readonly Field[],
): KubeconfigProblem[] {
  const [first] = others;
  const isRun = entry.exec === undefined || entry.exec.command === '' || credentialOf(entry) === 'exec';
  if (isRun || !exec || !first || userRefusal(entry)) return [];
  return [
    {
      rule: 'exec-never-runs',
      message: `This program is never run: ${first.name} of the same user comes first.`,
      ...placeOf(exec.key),
      isUnused: true,
      fixes: () => [
        ...fixWithout(yaml, `Remove exec: ${first.name} is what counts`, [exec]),
        ...fixWithout(yaml, `Remove ${namesOf(others)}, and let the program get a token`, others),
      ],
    },
  ];
}

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ name }) => name).join(' and ');
}

/** A field with a text that is not empty. */
function filled(yaml: YamlText, field: Field | undefined): Field | undefined {
  return yaml.filled(field) === undefined ? undefined : field;
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
