import { isAlias, isMap, isScalar, isSeq, Scalar, type Node, type Pair, type YAMLMap } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import type { UserCredential } from './build.ts';
import { blockYaml } from '../manifest/blockYaml.ts';
import { comparable } from './fields.ts';
import { parseKubeconfig } from './read.ts';
import { parsePlaces, spliced, type Splice } from './splice.ts';

/**
 * Puts another token in the place of the one that a user entry holds. All else stays byte for byte. `origin` names the
 * document in messages. Throws bad-kubeconfig where the entry holds no token of its own.
 */
export function renewToken(text: string, origin: string, user: string, token: string): string {
  const entry = userEntry(text, user);
  const node = entry && fieldOf(entry, 'token');
  if (!node?.range || (isScalar(node) && typeof node.value !== 'string')) {
    throw new Problem('bad-kubeconfig', `User "${user}" of ${origin} has no token that could be replaced.`);
  }
  const [start, end] = node.range;
  const written = spliced(text, [{ start, end, text: writtenAs(node, token, text.slice(start, end)) }]);
  check(text, written, origin, user, token);
  return written;
}

/** What kubectl gets a bearer token from; certificates and passwords are none of these. */
const CREDENTIALS: readonly string[] = ['token', 'tokenFile', 'exec', 'auth-provider'];

/**
 * Puts a credential of another kind in the place of the one that a user entry holds: a token, a tokenFile, what mints
 * one. All else stays byte for byte. `origin` names the document in messages. Throws bad-kubeconfig where the entry
 * holds none, or is written in a way in which that cannot be done safely.
 */
export function replaceCredential(
  text: string,
  origin: string,
  user: string,
  credential: UserCredential,
): string {
  const entry = userEntry(text, user);
  const pairs =
    entry?.items.filter(({ key }) => isScalar(key) && CREDENTIALS.includes(String(key.value))) ?? [];
  const [first, ...others] = pairs;
  if (!entry || !first) {
    throw new Problem('bad-kubeconfig', `User "${user}" of ${origin} has no token that could be replaced.`);
  }
  const splices = [put(text, first, credential, entry), ...others.map((one) => removed(text, one, entry))];
  const written = splices.every((one) => one !== undefined) ? spliced(text, splices) : undefined;
  if (written !== undefined && isReplaced(text, written, user, credential)) return written;
  throw new Problem(
    'bad-kubeconfig',
    `The credential of user "${user}" in ${origin} cannot be replaced: its layout is unusual, or a YAML anchor has it in other places too. Nothing was written.`,
  );
}

/** The credential as a field where another field is. */
function put(text: string, pair: Pair, credential: UserCredential, { flow }: YAMLMap): Splice | undefined {
  const range = rangeOf(text, pair);
  if (!range) return undefined;
  if (flow === true) {
    const [field = ''] = Object.entries(credential).map(
      ([key, value]) => `"${key}": ${JSON.stringify(value)}`,
    );
    return { ...range, text: field };
  }
  const indentation = text.slice(text.lastIndexOf('\n', range.start - 1) + 1, range.start);
  if (!/^ *$/.test(indentation)) return undefined;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return { ...range, text: blockYaml(credential).trimEnd().replaceAll('\n', `${lineEnd}${indentation}`) };
}

/** A field goes with its line, or with the comma before it. */
function removed(text: string, pair: Pair, { flow, items }: YAMLMap): Splice | undefined {
  const range = rangeOf(text, pair);
  if (!range) return undefined;
  const before = items[items.indexOf(pair) - 1];
  if (flow === true)
    return { start: (before && rangeOf(text, before)?.end) ?? range.start, end: range.end, text: '' };
  const next = text.indexOf('\n', range.end);
  const start = text.lastIndexOf('\n', range.start - 1) + 1;
  return { start, end: next < 0 ? text.length : next + 1, text: '' };
}

/** From a field's key to the end of its value, line ends and comments behind it left out. */
function rangeOf(
  text: string,
  { key, value }: Pair,
): { readonly start: number; readonly end: number } | undefined {
  if (!isScalar(key) || !key.range) return undefined;
  const node = isScalar(value) || isAlias(value) || isMap(value) || isSeq(value) ? value : undefined;
  const end = node?.range?.[1] ?? key.range[1] + 1;
  return { start: key.range[0], end: key.range[0] + text.slice(key.range[0], end).trimEnd().length };
}

/** Reads both again: only that user's credential may tell them apart. */
function isReplaced(before: string, after: string, user: string, credential: UserCredential): boolean {
  const only = (text: string): string => {
    const { token, tokenFile, exec, authProvider } =
      parseKubeconfig(text, '', (path) => path).users.get(user) ?? {};
    return JSON.stringify([token, tokenFile, exec, authProvider]);
  };
  const rest = (text: string): string => withoutFields(text, user, CREDENTIALS);
  try {
    only(before); // Nothing is made of a text that kubectl refuses.
    const wanted = only(blockYaml({ users: [{ name: user, user: credential }] }));
    return rest(before) === rest(after) && only(after) === wanted;
  } catch (error) {
    if (!Problem.is(error, 'bad-kubeconfig')) throw error;
    return false; // What is replaced had an anchor that others need.
  }
}

/** All that kubectl reads in a text, some fields of a user's entry left out. Throws bad-kubeconfig. */
function withoutFields(text: string, user: string, keys: readonly string[]): string {
  const all = comparable(text, '');
  const users = isRecord(all) ? all['users'] : undefined;
  for (const item of Array.isArray(users) ? users.filter((one) => isRecord(one)) : []) {
    const fields = item['name'] === user ? item['user'] : undefined;
    if (isRecord(fields)) for (const key of keys) delete fields[key];
  }
  return JSON.stringify(all);
}

function userEntry(text: string, user: string): YAMLMap | undefined {
  const { contents } = parsePlaces(text);
  const users = isMap(contents) ? fieldOf(contents, 'users') : undefined;
  if (!isSeq(users)) return undefined;
  const item = users.items.find((one): one is YAMLMap => {
    const name = isMap(one) ? fieldOf(one, 'name') : undefined;
    return isScalar(name) && name.value === user;
  });
  const inner = item && fieldOf(item, 'user');
  return isMap(inner) ? inner : undefined;
}

function fieldOf(map: YAMLMap, key: string): Node | undefined {
  const pair = map.items.findLast((one) => isScalar(one.key) && one.key.value === key);
  const value = pair?.value;
  return isScalar(value) || isAlias(value) || isMap(value) || isSeq(value) ? value : undefined;
}

/** A token needs no quotes, and keeps those that were there. */
function writtenAs(node: Node, token: string, old: string): string {
  if (!isScalar(node)) return token;
  if (node.type === Scalar.QUOTE_DOUBLE) return `"${token}"`;
  if (node.type === Scalar.QUOTE_SINGLE) return `'${token}'`;
  const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  return isBlock && old.endsWith('\n') ? `${token}${old.endsWith('\r\n') ? '\r\n' : '\n'}` : token;
}

/** Reads both again: only that user's token may tell them apart. */
function check(before: string, after: string, origin: string, user: string, token: string): void {
  const rest = (text: string): string => withoutFields(text, user, ['token']);
  const tokenOf = (text: string): string | undefined =>
    parseKubeconfig(text, origin, (path) => path).users.get(user)?.token;
  tokenOf(before); // Nothing is made of a text that kubectl refuses.
  if (tokenOf(after) === token && rest(before) === rest(after)) return;
  throw new Problem(
    'bad-kubeconfig',
    `The token of user "${user}" in ${origin} stands in other places too (a YAML anchor). Nothing was written.`,
  );
}
