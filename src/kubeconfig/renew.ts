import { isAlias, isMap, isScalar, isSeq, parseDocument, Scalar, type Node, type YAMLMap } from 'yaml';
import { Problem } from '../errors.ts';
import { parseKubeconfig } from './read.ts';
import { spliced } from './splice.ts';

/**
 * Puts another token in the place of the one that a user entry holds. All else stays byte for byte. `origin` names the
 * document in messages. Throws bad-kubeconfig where the entry holds no token of its own.
 */
export function renewToken(text: string, origin: string, user: string, token: string): string {
  const document = parseDocument(text, { version: '1.1', prettyErrors: false, logLevel: 'error' });
  const entry = isMap(document.contents) ? userEntry(document.contents, user) : undefined;
  const node = entry && fieldOf(entry, 'token');
  if (!node?.range || (isScalar(node) && typeof node.value !== 'string')) {
    throw new Problem('bad-kubeconfig', `User "${user}" of ${origin} holds no token that could be replaced.`);
  }
  const [start, end] = node.range;
  const written = spliced(text, [{ start, end, text: writtenAs(node, token, text.slice(start, end)) }]);
  check(text, written, origin, user, token);
  return written;
}

function userEntry(root: YAMLMap, user: string): YAMLMap | undefined {
  const users = fieldOf(root, 'users');
  if (!isSeq(users)) return undefined;
  const item = users.items.find((one): one is YAMLMap => {
    const name = isMap(one) ? fieldOf(one, 'name') : undefined;
    return isScalar(name) && name.value === user;
  });
  const inner = item && fieldOf(item, 'user');
  return isMap(inner) ? inner : undefined;
}

function fieldOf(map: YAMLMap, key: string): Node | undefined {
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
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
  const read = (text: string): string => {
    const { clusters, contexts, users, current } = parseKubeconfig(text, origin, (path) => path);
    const own = users.get(user);
    const others = [...users].filter(([name]) => name !== user);
    if (text === after && own?.token !== token) return '';
    return JSON.stringify([[...clusters], [...contexts], others, { ...own, token: '' }, current]);
  };
  if (read(before) === read(after)) return;
  throw new Problem(
    'bad-kubeconfig',
    `The token of user "${user}" in ${origin} stands in other places too (a YAML anchor). Nothing was written.`,
  );
}
