import { fixBy, fixWithout, placeOf, placeOfValue, replacement } from '../manifest/edit.ts';
import { nearest } from '../manifest/nearest.ts';
import type { DocumentProblem, Fix } from '../manifest/problem.ts';
import type { Field, YamlText } from '../manifest/yamlText.ts';

export type KubeconfigRule =
  | 'token-file-wins'
  | 'certificate-wins'
  | 'exec-never-runs'
  | 'current-context-missing'
  | 'context-incomplete';

type KubeconfigProblem = DocumentProblem<KubeconfigRule>;

/** A user of a kubeconfig document. Offsets in UTF-16 units. */
export interface UserInText {
  readonly name: string;
  readonly start: number;
  /** Where its token stands, if it has one. */
  readonly tokenAt: number | undefined;
  /** The contexts of the document that use it. */
  readonly contexts: readonly string[];
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

/** Checks a kubeconfig document by what client-go does with it. */
export function checkKubeconfig(yaml: YamlText): KubeconfigFacts {
  const named = (list: string): Named[] =>
    yaml.items(yaml.field(yaml.root, list)).flatMap((item) => {
      const name = yaml.string(yaml.field(item, 'name'));
      return name === undefined ? [] : [{ name, start: placeOf(item).start, item }];
    });
  const clusters = named('clusters');
  const users = named('users');
  const contexts = named('contexts');
  const known = [
    { kind: 'cluster', names: new Set(clusters.map(({ name }) => name)) },
    { kind: 'user', names: new Set(users.map(({ name }) => name)) },
  ];
  const entries = users.map(({ item }) => yaml.field(item, 'user'));
  const contextsOf = new Map<string, string[]>();
  for (const { item, name } of contexts) {
    const user = yaml.string(yaml.at(item, 'context', 'user'));
    if (user === undefined) continue;
    const using = contextsOf.get(user);
    if (using) using.push(name);
    else contextsOf.set(user, [name]);
  }
  const hasCredential = entries.some((entry) =>
    ['token', 'password', 'client-key-data'].some((key) => filled(yaml, yaml.field(entry, key))),
  );
  const list = yaml.field(yaml.root, 'users');
  const credential = hasCredential && list ? placeOf(list.key) : undefined;
  return {
    credential,
    problems: [
      ...currentContext(
        yaml,
        contexts.map(({ name }) => name),
      ),
      ...contexts.flatMap(({ item }) => brokenContext(yaml, yaml.field(item, 'context'), known)),
      ...entries.flatMap((entry) => losing(yaml, entry)),
    ],
    users: users.map(({ name, start }, index) => {
      const token = filled(yaml, yaml.field(entries[index], 'token'));
      return {
        name,
        start,
        tokenAt: token?.value && placeOf(token.value).start,
        contexts: contextsOf.get(name) ?? [],
      };
    }),
  };
}

interface Named {
  readonly name: string;
  readonly start: number;
  readonly item: Parameters<YamlText['field']>[0];
}

function currentContext(yaml: YamlText, names: readonly string[]): KubeconfigProblem[] {
  const current = yaml.field(yaml.root, 'current-context');
  const name = yaml.filled(current);
  if (!current?.value || name === undefined || names.includes(name)) return [];
  const message =
    names.length === 0
      ? `There is no context in this file, and so none of the name "${name}". kubectl uses it only where another file of $KUBECONFIG has it.`
      : `There is no context "${name}" in this file. kubectl uses it only where another file of $KUBECONFIG has it.`;
  const fixes = (): Fix[] => offered(yaml, current, names, (other) => `Use the context "${other}"`);
  return [{ rule: 'current-context-missing', message, ...placeOfValue(current), fixes }];
}

function brokenContext(
  yaml: YamlText,
  context: Field | undefined,
  known: readonly { readonly kind: string; readonly names: ReadonlySet<string> }[],
): KubeconfigProblem[] {
  return known.flatMap(({ kind, names }) => {
    const field = yaml.field(context, kind);
    const name = yaml.filled(field);
    if (!field?.value || name === undefined || names.has(name)) return [];
    const message = `There is no ${kind} "${name}" in this file: the context does not work unless another file of $KUBECONFIG has it.`;
    const fixes = (): Fix[] => offered(yaml, field, [...names], (other) => `Use the ${kind} "${other}"`);
    return [{ rule: 'context-incomplete', message, ...placeOfValue(field), fixes } as const];
  });
}

/** One fix for each name that could be meant, the likeliest first. */
function offered(
  yaml: YamlText,
  field: Field,
  names: readonly string[],
  title: (name: string) => string,
): Fix[] {
  const ranked = nearest(yaml.string(field) ?? '', [...new Set(names)]);
  return ranked.slice(0, MOST_OFFERED).flatMap((name, index) => {
    const isOnly = index === 0 && ranked.length === 1;
    return fixBy(title(name), replacement(yaml, field, name), isOnly);
  });
}

/**
 * Credentials that lose against another of the same user: client-go transport/round_trippers.go (tokenFile),
 * plugin/pkg/client/auth/exec/exec.go (exec), and the order of the API server's authenticators (client certificate).
 */
function losing(yaml: YamlText, user: Field | undefined): KubeconfigProblem[] {
  const get = (key: string): Field | undefined => filled(yaml, yaml.field(user, key));
  const token = get('token');
  const tokenFile = get('tokenFile');
  const sent = token ?? tokenFile;
  if (!sent) return [];
  const tokens = [token, tokenFile].filter(isThere);
  const names = tokens.map(({ name }) => name).join(' and ');
  const problems: KubeconfigProblem[] = [];
  if (token && tokenFile) {
    problems.push({
      rule: 'token-file-wins',
      message: 'tokenFile wins: this token is used only while that file cannot be read.',
      ...placeOf(token.key),
      isUnused: true,
      fixes: () => [
        ...fixWithout(yaml, 'Remove token: tokenFile is what counts', [token], true),
        ...fixWithout(yaml, 'Remove tokenFile, and use token', [tokenFile]),
      ],
    });
  }
  const certificates = ['client-certificate-data', 'client-certificate'].map(get).filter(isThere);
  if (certificates.length > 0) {
    const keys = ['client-key-data', 'client-key'].map(get).filter(isThere);
    problems.push({
      rule: 'certificate-wins',
      message:
        'The client certificate wins: both are sent, and while it is valid the API server never looks at the token.',
      ...placeOf(sent.key),
      isUnused: true,
      fixes: () => [
        ...fixWithout(yaml, `Remove ${names}: the certificate is what counts`, tokens),
        ...fixWithout(yaml, 'Remove the client certificate and its key, and use the token', [
          ...certificates,
          ...keys,
        ]),
      ],
    });
  }
  const exec = yaml.field(user, 'exec');
  if (exec && yaml.field(exec, 'command')) {
    problems.push({
      rule: 'exec-never-runs',
      message: `This program is never run: ${sent.name} of the same user comes first.`,
      ...placeOf(exec.key),
      isUnused: true,
      fixes: () => [
        ...fixWithout(yaml, `Remove exec: ${sent.name} is what counts`, [exec]),
        ...fixWithout(yaml, `Remove ${names}, and let the program get a token`, tokens),
      ],
    });
  }
  return problems;
}

/** A field with a text that is not empty. */
function filled(yaml: YamlText, field: Field | undefined): Field | undefined {
  return yaml.filled(field) === undefined ? undefined : field;
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
