import { codeOf, messageOf } from '../errors.ts';
import { MOST_KUBECONFIG, readNamedFile } from '../files/named.ts';
import { classifyToken } from '../token/classify.ts';
import { findTokens } from '../token/find.ts';
import { isSame, type IssuedToken } from './entry.ts';

/** Whether the file of an issued token is there, and still holds it; `unseen`: it has none, or it cannot be read. */
export type FileState = 'there' | 'gone' | 'other' | 'unseen';

/** What was found of a token in its file. */
export interface InFile {
  readonly is: FileState;
  /** The token, where it is still there. */
  readonly token: string | undefined;
  /** Why it is not, in words. */
  readonly missing: string;
}

/** Looks whether the file of an issued token still holds it. Never throws. */
export async function lookInFile(entry: IssuedToken): Promise<InFile> {
  const { file } = entry;
  if (file === undefined) {
    const missing = 'only what it says is remembered, never the token, and no file here has it';
    return { is: 'unseen', token: undefined, missing };
  }
  let text: string;
  try {
    text = await readNamedFile(file, { most: MOST_KUBECONFIG, isOwn: true });
  } catch (error) {
    const isGone = codeOf(error) === 'ENOENT';
    const missing = isGone ? `${file} is gone` : `${file} cannot be read (${messageOf(error)})`;
    return { is: isGone ? 'gone' : 'unseen', token: undefined, missing };
  }
  const found = findTokens(text).find(({ decoded }) => isSame(entry, classifyToken(decoded)));
  return found
    ? { is: 'there', token: found.token, missing: '' }
    : { is: 'other', token: undefined, missing: `${file} no longer has it` };
}
