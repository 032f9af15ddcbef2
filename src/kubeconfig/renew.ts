import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import type { UserCredential } from './buildKubeconfig.ts';
import { blockYaml } from '../yaml/blockYaml.ts';
import { comparable } from './fields.ts';
import { parseKubeconfig } from './read.ts';
import { applyEdits } from '../yaml/edit.ts';
import { exchange, removal, replacement } from '../yaml/fields.ts';
import { placesIn, type Field, type YamlText } from '../yaml/yamlText.ts';

/**
 * Puts another token in the place of the one that a user entry holds. All else stays byte for byte. `origin` names the
 * document in messages. Throws bad-kubeconfig where the entry holds no token of its own.
 */
export function renewToken(text: string, origin: string, user: string, token: string): string {
  const yaml = placesIn(text);
  const field = yaml && fieldsOf(yaml, user).findLast(({ name }) => name === 'token');
  const edit = field && replacement(yaml, field, token);
  if (!edit || (yaml.string(field) === undefined && field.value !== undefined)) {
    throw new Problem('bad-kubeconfig', `User "${user}" of ${origin} has no token that could be replaced.`);
  }
  const written = applyEdits(text, [edit]);
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
  const yaml = placesIn(text);
  const fields = yaml ? fieldsOf(yaml, user).filter(({ name }) => CREDENTIALS.includes(name)) : [];
  const [first, ...others] = fields;
  if (!yaml || !first) {
    throw new Problem('bad-kubeconfig', `User "${user}" of ${origin} has no token that could be replaced.`);
  }
  const put = exchange(yaml, first, credential);
  const gone = removal(yaml, others);
  const written = put && gone && applyEdits(text, [put, ...gone]);
  if (written !== undefined && isReplaced(text, written, user, credential)) return written;
  throw new Problem(
    'bad-kubeconfig',
    `The credential of user "${user}" in ${origin} cannot be replaced: its layout is unusual, or a YAML anchor has it in other places too. Nothing was written.`,
  );
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

/** The fields of a user's entry. */
function fieldsOf(yaml: YamlText, user: string): readonly Field[] {
  const users = yaml.items(yaml.field(yaml.root, 'users'));
  const item = users.find((one) => yaml.string(yaml.field(one, 'name')) === user);
  return yaml.fields(yaml.field(item, 'user'));
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
