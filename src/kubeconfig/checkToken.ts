import { placeOf, placeOfValue } from '../yaml/fields.ts';
import type { DocumentProblem } from '../manifest/problem.ts';
import { decodePart } from '../token/decode.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import { since } from '../versions.ts';
import { credentialOf } from './credential.ts';
import type { UserEntry } from './read.ts';

/** What `kubectl config view` prints in the place of a token, and of certificate data (client-go tools/clientcmd/api/helpers.go). */
export const WITHHELD: ReadonlySet<string> = new Set(['REDACTED', 'DATA+OMITTED']);

const SINCE = since('no token Secrets by itself');

/** Says that what a user has for a token is none, where that can be told for sure: a JWT is judged where it stands. */
export function checkToken(
  yaml: YamlText,
  user: Field | undefined,
  entry: UserEntry,
): DocumentProblem<'no-token'>[] {
  const field = yaml.field(user, 'token');
  if (!field) return [];
  const message = entry.token === undefined ? missing(entry) : flawOf(entry.token);
  if (message === undefined) return [];
  const place = field.value && entry.token !== undefined ? placeOfValue(field) : placeOf(field.key);
  return [{ rule: 'no-token', message, ...place, fixes: () => [] }];
}

/** A user without any credential: kubectl 1.32 prints `Please enter Username:`. */
function missing(entry: UserEntry): string | undefined {
  return credentialOf(entry) === undefined
    ? `This token is empty: kubectl has no credential and asks for a user name. Since Kubernetes ${SINCE} a script gets no token from a Secret that nobody has created.`
    : undefined;
}

function flawOf(token: string): string | undefined {
  if (WITHHELD.has(token)) {
    return `"${token}" is what kubectl config view prints in place of the token, unless it is told --raw: the API server answers Unauthorized.`;
  }
  if (/^eyJ[\w-]{4,}$/.test(token)) {
    return 'This is only the beginning of a JWT, which has three parts between dots: it was cut short.';
  }
  const [first = '', second = '', ...others] = token.split('.');
  const isCut = others.length === 1 && !first.startsWith('eyJ') && second.startsWith('eyJ');
  return isCut && /^[\w-]*$/.test(first) && decodePart(second)
    ? 'A JWT begins with "eyJ", and the beginning of this one is missing.'
    : undefined;
}
