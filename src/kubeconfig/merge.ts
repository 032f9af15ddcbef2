import { isAlias, isMap, isScalar, isSeq, type Pair } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import type { KubeconfigEntries } from './buildKubeconfig.ts';
import { blockYaml } from '../yaml/blockYaml.ts';
import { freeName } from '../manifest/nextName.ts';
import { comparable } from './fields.ts';
import { parseKubeconfig, type Kubeconfig } from './read.ts';
import { addItems } from '../yaml/addItems.ts';
import { parsePlaces } from '../yaml/documents.ts';
import { applyEdits, lineEndOf } from '../yaml/edit.ts';

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
  const root = document.contents;
  const lists = Object.fromEntries(additions.map(({ key, entry }) => [key, [entry]]));
  if (root === null) {
    const lineEnd = lineEndOf(text);
    const whole = { apiVersion: 'v1', kind: 'Config' };
    const gap = text === '' || text.endsWith('\n') ? '' : lineEnd;
    return `${text}${gap}${blockYaml({ ...whole, ...lists }).replaceAll('\n', lineEnd)}`;
  }
  if (!isMap(root)) throw notMergeable(origin, 'it has no fields at its top');
  const fieldOf = (key: string): Pair | undefined =>
    root.items.findLast((one) => isScalar(one.key) && one.key.value === key);
  for (const { key } of additions) {
    const pair = fieldOf(key);
    if (pair && isAlias(pair.value)) throw notMergeable(origin, `${key} is a YAML alias`);
    if (pair && !isUsual(text, pair)) throw notMergeable(origin, UNUSUAL);
  }
  try {
    return applyEdits(text, addItems(text, document, root, lists));
  } catch (error) {
    throw notMergeable(origin, UNUSUAL, error);
  }
}

const UNUSUAL = 'its layout is unusual';

/** An empty list is written over only where its key is written as every tool writes it. */
function isUsual(text: string, { key, value }: Pair): boolean {
  if (isSeq(value) || !isScalar(key) || !key.range) return true;
  return text[key.range[1]] === ':';
}

/** Reads both again: nothing but the additions may tell them apart. */
function checkMerged(before: string, after: string, origin: string, additions: readonly Addition[]): void {
  const failed = (): Problem => notMergeable(origin, UNUSUAL);
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

function notMergeable(origin: string, why: string, cause?: unknown): Problem {
  return new Problem(
    'bad-kubeconfig',
    `${origin} cannot be added to without touching what is there: ${why}. Nothing was written. Write a file of its own instead.`,
    { cause },
  );
}
