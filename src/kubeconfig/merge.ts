import { isAlias, isCollection, isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import type { KubeconfigEntries } from './build.ts';
import { blockYaml } from '../manifest/blockYaml.ts';
import { freeName } from '../manifest/nextName.ts';
import { comparable } from './fields.ts';
import { parseKubeconfig, type Kubeconfig } from './read.ts';
import { parsePlaces, spliced, type Splice } from './splice.ts';

/** What merging leads to. */
export interface Merged {
  readonly text: string;
  /** The name of the context that was added. */
  readonly context: string;
}

/**
 * Adds the entries of a kubeconfig to another's text, under names of their own. All that was there stays byte for byte,
 * comments and order too; current-context is not touched. A cluster that is there already under the same name, to the
 * same server in the same way, is used. `origin` names the document in messages. Throws bad-kubeconfig where the text is
 * none, or is written in a way in which nothing can be added safely.
 */
export function mergeKubeconfig(text: string, origin: string, added: KubeconfigEntries): Merged {
  const before = parseKubeconfig(text, origin, (path) => path);
  const entries = withOwnNames(added, before);
  const isKnown = before.clusters.has(entries.cluster.name);
  const lists = [
    ...(isKnown ? [] : [{ key: 'clusters', entry: entries.cluster }]),
    { key: 'users', entry: entries.user },
    { key: 'contexts', entry: entries.context },
  ];
  const merged = insertAll(text, origin, lists);
  checkMerged(text, merged, origin, lists);
  return { text: merged, context: entries.context.name };
}

/** Renames entries whose names are taken by others. */
function withOwnNames({ cluster, user, context }: KubeconfigEntries, before: Kubeconfig): KubeconfigEntries {
  const alone = parseKubeconfig(blockYaml({ clusters: [cluster] }), '', (path) => path).clusters;
  const wanted = JSON.stringify(alone.get(cluster.name));
  const isSame = JSON.stringify(before.clusters.get(cluster.name)) === wanted;
  const clusterName = isSame ? cluster.name : freeName(cluster.name, before.clusters);
  const userName = freeName(user.name, before.users);
  return {
    cluster: { ...cluster, name: clusterName },
    user: { ...user, name: userName },
    context: {
      name: freeName(context.name, before.contexts),
      context: { ...context.context, cluster: clusterName, user: userName },
    },
  };
}

interface Addition {
  readonly key: string;
  readonly entry: object;
}

function insertAll(text: string, origin: string, additions: readonly Addition[]): string {
  const document = parsePlaces(text);
  if (document.errors.some(({ code }) => code === 'MULTIPLE_DOCS')) {
    throw notMergeable(origin, 'it has several documents, of which kubectl reads the first alone');
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const root = document.contents;
  if (root === null) {
    const whole = { apiVersion: 'v1', kind: 'Config' };
    const lists = additions.map(({ key, entry }) => [key, [entry]]);
    const gap = text === '' || text.endsWith('\n') ? '' : lineEnd;
    return `${text}${gap}${blockYaml({ ...whole, ...Object.fromEntries(lists) }).replaceAll('\n', lineEnd)}`;
  }
  if (!isMap(root)) throw notMergeable(origin, 'it has no fields at its top');
  const place = { text, origin, lineEnd, root };
  const fieldOf = (key: string): Pair | undefined =>
    root.items.findLast((one) => isScalar(one.key) && one.key.value === key);
  const missing = additions.filter(({ key }) => !fieldOf(key));
  const splices = additions.flatMap(({ key, entry }) => {
    const pair = fieldOf(key);
    return pair ? [intoList(key, pair, entry, place)] : [];
  });
  // The new lists come last: the last list of the file may end in the same place.
  return spliced(text, missing.length === 0 ? splices : [...splices, newLists(missing, place)]);
}

interface Place {
  readonly text: string;
  readonly origin: string;
  readonly lineEnd: string;
  readonly root: YAMLMap;
}

function intoList(key: string, pair: Pair, entry: object, place: Place): Splice {
  const { text, origin, lineEnd } = place;
  const { value } = pair;
  if (isAlias(value)) throw notMergeable(origin, `${key} is a YAML alias`);
  if (value === null || (isScalar(value) && value.value === null)) return inPlaceOfNull(pair, entry, place);
  if (!isSeq(value) || !value.range) throw notMergeable(origin, `${key} is no list`);
  const [start, end] = value.range;
  if (value.flow) return intoFlow(value.items.at(-1), entry, { start, text, lineEnd });
  const dash = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^ *$/.test(dash)) throw notMergeable(origin, `${key} begins in the middle of a line`);
  return onOwnLines(blockYaml([entry]), dash, end, place);
}

/** Lists that are not there yet, after the last field. */
function newLists(missing: readonly Addition[], place: Place): Splice {
  const { text, root, origin } = place;
  const [start = 0, end = text.length] = root.range ?? [];
  if (root.flow) {
    const last = root.items.at(-1);
    const at = endOf(last?.value) ?? endOf(last?.key) ?? start + 1;
    const fields = missing.map(({ key, entry }) => `${JSON.stringify(key)}: ${JSON.stringify([entry])}`);
    return { start: at, end: at, text: `${last ? ', ' : ''}${fields.join(', ')}` };
  }
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).replace(/^\uFEFF/, '');
  if (!/^ *$/.test(before)) throw notMergeable(origin, 'its fields begin in the middle of a line');
  const lists = Object.fromEntries(missing.map(({ key, entry }) => [key, [entry]]));
  return onOwnLines(blockYaml(lists), before, end, place);
}

/** `clusters:`, `clusters: null` and `clusters: ~` become a list of one. */
function inPlaceOfNull({ key, value }: Pair, entry: object, { origin }: Place): Splice {
  const at = endOf(key);
  if (at === undefined) throw notMergeable(origin, 'a list of it has no place');
  const written = isScalar(value) && value.range && (value.source ?? '') !== '' ? value.range : undefined;
  if (written) return { start: written[0], end: written[1], text: JSON.stringify([entry]) };
  return { start: at + 1, end: at + 1, text: ` ${JSON.stringify([entry])}` };
}

/** After the last item of `[…]`, laid out as that one is. */
function intoFlow(
  last: unknown,
  entry: object,
  { start, text, lineEnd }: { start: number; text: string; lineEnd: string },
): Splice {
  const at = endOf(last);
  if (at === undefined) return { start: start + 1, end: start + 1, text: JSON.stringify(entry) };
  const begin = isCollection(last) ? (last.range?.[0] ?? at) : at;
  const indentation = text.slice(text.lastIndexOf('\n', begin - 1) + 1, begin);
  const isOnOwnLine = indentation !== '' && /^[ \t]+$/.test(indentation);
  const written = isOnOwnLine
    ? `${lineEnd}${indentation}${JSON.stringify(entry, null, 2).replaceAll('\n', `${lineEnd}${indentation}`)}`
    : ` ${JSON.stringify(entry)}`;
  return { start: at, end: at, text: `,${written}` };
}

/** Where a node's own text ends. */
function endOf(node: unknown): number | undefined {
  return (isScalar(node) || isCollection(node) || isAlias(node)) && node.range ? node.range[1] : undefined;
}

/** YAML as lines of their own behind the line that an offset is in, each with the same indentation. */
function onOwnLines(yaml: string, indentation: string, end: number, { text, lineEnd }: Place): Splice {
  const next = text.indexOf('\n', end - 1);
  const at = next < 0 ? text.length : next + 1;
  const lines = yaml.trimEnd().split('\n');
  const written = lines.map((line) => `${indentation}${line}`).join(lineEnd);
  const isAfterLine = at === 0 || text[at - 1] === '\n';
  return { start: at, end: at, text: isAfterLine ? `${written}${lineEnd}` : `${lineEnd}${written}` };
}

/** Reads both again: nothing but the additions may tell them apart. */
function checkMerged(before: string, after: string, origin: string, additions: readonly Addition[]): void {
  const failed = (): Problem => notMergeable(origin, 'its layout is unusual');
  const read = (text: string): Record<string, unknown> => {
    try {
      const value = comparable(text, origin);
      return isRecord(value) ? value : {};
    } catch (error) {
      throw Problem.is(error, 'bad-kubeconfig') ? failed() : error;
    }
  };
  const old = read(before);
  const now = read(after);
  for (const { key, entry } of additions) {
    const had = listIn(old, key);
    const has = listIn(now, key);
    if (JSON.stringify(has) !== JSON.stringify([...had, entry])) throw failed();
  }
  const rest = (value: Record<string, unknown>): string => {
    const skipped = new Set([...additions.map(({ key }) => key), 'apiVersion', 'kind']);
    return JSON.stringify(Object.entries(value).filter(([key]) => !skipped.has(key)));
  };
  if (rest(old) !== rest(now)) throw failed();
}

function listIn(value: Record<string, unknown>, key: string): readonly unknown[] {
  const list = value[key];
  return Array.isArray(list) ? list : [];
}

function notMergeable(origin: string, why: string): Problem {
  return new Problem(
    'bad-kubeconfig',
    `${origin} cannot be added to without touching what is there: ${why}. Nothing was written. Write a file of its own instead.`,
  );
}
