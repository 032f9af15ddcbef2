import { insertion, placeOf, placeOfValue, replacement } from '../yaml/fields.ts';
import { fixBy, fixWithout } from '../manifest/problem.ts';
import type { DocumentProblem, Fix } from '../manifest/problem.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import { WITHHELD } from './checkToken.ts';
import { credentialOf } from './credential.ts';
import { clusterRefusal, effectOf, userRefusal, type Refusal } from './effective.ts';
import type { Kubeconfig } from './read.ts';

type UseProblem = DocumentProblem<'refused-where-used' | 'credential-not-sent'>;

/** Where entries stand: the list, and the field of an item that holds one. */
const ENTRIES = { cluster: 'clusters', user: 'users' } as const;

/** Checks what kubectl does with the entries of a kubeconfig where a context uses them, by `effectOf`. */
export function checkUse(yaml: YamlText, config: Kubeconfig): UseProblem[] {
  const plain = plainHttp(config);
  const clusters = entriesIn(yaml, 'cluster');
  const refusedClusters = clusters.flatMap(({ name, entry }) => {
    const cluster = config.clusters.get(name);
    if (!cluster || plain.clusters.has(name)) return [];
    const refusal = clusterRefusal(cluster);
    if (refusal) return refused(yaml, entry, refusal);
    return cluster.insecureSkipTlsVerify ? [] : noPem(yaml, entry, 'certificate-authority-data');
  });
  const refusedUsers = entriesIn(yaml, 'user').flatMap(({ name, entry }) => {
    const user = config.users.get(name);
    if (!user || plain.users.has(name)) return [];
    const refusal = userRefusal(user);
    return refusal ? refused(yaml, entry, refusal) : noPem(yaml, entry, 'client-certificate-data');
  });
  const notSent = clusters.flatMap(({ name, entry }) => {
    const credential = plain.sent.get(name);
    return credential === undefined ? [] : overPlainHttp(yaml, entry, credential);
  });
  return [...refusedClusters, ...refusedUsers, ...notSent];
}

/** The clusters and users that are used over plain http alone, and what of a user's credentials is not sent to a cluster. */
function plainHttp(config: Kubeconfig): {
  readonly clusters: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  readonly sent: ReadonlyMap<string, string>;
} {
  const sent = new Map<string, string>();
  const clusters = { http: new Set<string>(), other: new Set<string>() };
  const users = { http: new Set<string>(), other: new Set<string>() };
  for (const { name, cluster, user: userName } of config.contexts.values()) {
    const effect = effectOf(config, name);
    const kind = effect.kind === 'sends' && effect.credential === 'nothing' ? 'http' : 'other';
    clusters[kind].add(cluster);
    users[kind].add(userName);
    const user = config.users.get(userName);
    const credential = kind === 'http' && user ? credentialOf(user) : undefined;
    if (credential !== undefined && !sent.has(cluster)) sent.set(cluster, credential);
  }
  const alone = ({ http, other }: typeof users): Set<string> =>
    new Set([...http].filter((name) => !other.has(name)));
  return { clusters: alone(clusters), users: alone(users), sent };
}

function entriesIn(
  yaml: YamlText,
  kind: keyof typeof ENTRIES,
): { readonly name: string; readonly entry: Field }[] {
  return yaml.items(yaml.field(yaml.root, ENTRIES[kind])).flatMap((item) => {
    const name = yaml.string(yaml.field(item, 'name'));
    const entry = yaml.field(item, kind);
    return name === undefined || !entry ? [] : [{ name, entry }];
  });
}

function refused(yaml: YamlText, entry: Field, refusal: Refusal): UseProblem[] {
  const there = (names: readonly string[]): Field[] => names.flatMap((name) => yaml.field(entry, name) ?? []);
  const [first] = there(refusal.fields);
  return [
    {
      rule: 'refused-where-used',
      message: `kubectl makes no request with this: ${refusal.why}.`,
      ...placeOf((first ?? entry).key),
      fixes: () =>
        refusal.either
          ? withoutEither(yaml, refusal, there)
          : wholeExec(yaml, first?.name === 'exec' ? first : undefined),
    },
  ];
}

/**
 * Certificate data in which kubectl finds no certificate: `unable to parse bytes as PEM block` (client-go
 * transport/transport.go, rootCertPool), `failed to find any PEM data` (crypto/tls, X509KeyPair).
 */
function noPem(yaml: YamlText, entry: Field, name: string): UseProblem[] {
  const field = yaml.field(entry, name);
  const written = yaml.filled(field);
  const text = decoded(written);
  if (!field || written === undefined || text === undefined || text.includes('-----BEGIN ')) return [];
  const isTwice = decoded(text)?.includes('-----BEGIN ') === true;
  const what = WITHHELD.has(written)
    ? `"${written}" is what kubectl config view prints in place of ${name}, unless it is told --raw`
    : `${name} ${isTwice ? 'is base64 of base64' : 'is base64 of something else'}, and no PEM certificate`;
  const message = `kubectl makes no request with this: ${what}.`;
  const fixes = (): Fix[] =>
    isTwice ? fixBy('Decode it once', replacement(yaml, field, text.replaceAll(/\s/g, '')), true) : [];
  return [{ rule: 'refused-where-used', message, ...placeOf(field.key), fixes }];
}

/** What base64, broken over lines or not, stands for; undefined where it is none. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : atob(text.replaceAll(/\s/g, ''));
  } catch {
    return undefined;
  }
}

/** Takes out all but one of what excludes one another. */
function withoutEither(
  yaml: YamlText,
  { either = [] }: Refusal,
  there: (names: readonly string[]) => Field[],
): Fix[] {
  const groups = either.map(there).filter((group) => group.length > 0);
  return groups.flatMap((group) => {
    const kept = groups.filter((one) => one !== group).map(namesOf);
    const title = `Remove ${namesOf(group)}${kept.length > 0 ? `, and keep ${kept.join(' and ')}` : ''}`;
    return fixWithout(yaml, title, group, groups.length === 1);
  });
}

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ name }) => name).join(' and ');
}

const EXEC = 'client.authentication.k8s.io/';

/** What an exec lacks that has one right value, and the version in the place of one that kubectl no longer has. */
function wholeExec(yaml: YamlText, exec: Field | undefined): Fix[] {
  const version = yaml.field(exec, 'apiVersion');
  const mode = yaml.field(exec, 'interactiveMode');
  if (!exec || !version) return [];
  const written = yaml.string(version);
  if (written === `${EXEC}v1alpha1`) {
    const title = 'Use v1beta1: the program has to answer in it, which newer ones do';
    return fixBy(title, replacement(yaml, version, `${EXEC}v1beta1`));
  }
  if (written !== `${EXEC}v1` || mode) return [];
  const edit = insertion(yaml, exec, { key: 'interactiveMode', value: 'IfAvailable' }, version);
  return fixBy('Add interactiveMode: IfAvailable', edit, true);
}

function overPlainHttp(yaml: YamlText, cluster: Field, credential: string): UseProblem[] {
  const field = yaml.field(cluster, 'server');
  const server = yaml.filled(field);
  if (!field?.value || server === undefined) return [];
  const isWritten = /^http:/i.test(server);
  const what = isWritten ? 'This is plain http' : 'Without https:// before it, this is plain http';
  const message = `${what}: kubectl sends no credential there, and the ${credential} of its user is never used.`;
  const secure = isWritten ? server.replace(/^http:/i, 'https:') : `https://${server}`;
  const fixes = (): Fix[] => fixBy('Use https', replacement(yaml, field, secure));
  return [{ rule: 'credential-not-sent', message, ...placeOfValue(field), fixes }];
}
