import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { classifyToken, type Token } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { findingAt } from '../documents/at.ts';
import type { TreeNode } from '../subject/row.ts';
import type { SubjectOf } from '../subject/subject.ts';
import type { SoughtToken } from '../workbench/openLogs.ts';
import { askForText } from '../workbench/say.ts';

/** No id of a token is longer, in UTF-16 units: servers write a UUID. */
const LONGEST_ID = 200;

/**
 * The token that is meant: of a row, of a place in a text or at the cursor, else by its id, which is asked for. Undefined
 * where the person left it. Throws bad-input where it is no ServiceAccount's.
 */
export async function soughtToken(
  about: SubjectOf<'row' | 'place'> | undefined,
): Promise<SoughtToken | undefined> {
  if (about?.is === 'row') return ofRow(about.row);
  if (about) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(about.uri, true));
    const at = document.validatePosition(new vscode.Position(about.line, about.character));
    const token = tokenAt(document, at);
    if (!token) throw new Problem('not-found', 'The token is no longer where it was: the file has changed.');
    return ofToken(token);
  }
  const editor = vscode.window.activeTextEditor;
  const token = editor && tokenAt(editor.document, editor.selection.active);
  return token ? ofToken(token) : await asked();
}

function ofRow(row: TreeNode): SoughtToken {
  if (row.kind === 'issuedToken') {
    const { namespace, serviceAccount, jti, endsWith } = row.entry;
    const secret = endsWith?.kind === 'tokenSecret' ? endsWith.name : undefined;
    return { account: `${namespace}/${serviceAccount}`, jti, secret };
  }
  if (row.kind === 'tokenSecret') {
    const { namespace, serviceAccount, name } = row.info;
    return { account: `${namespace}/${serviceAccount}`, jti: undefined, secret: name };
  }
  if (row.kind === 'serviceAccount') {
    return { account: `${row.info.namespace}/${row.info.name}`, jti: undefined, secret: undefined };
  }
  throw new Problem('bad-input', 'Choose a ServiceAccount, a token Secret or an issued token.');
}

function tokenAt(document: vscode.TextDocument, position: vscode.Position): Token | undefined {
  const found = findingAt(document, position)?.found;
  return found?.kind === 'jws' ? classifyToken(found.decoded) : undefined;
}

function ofToken(token: Token): SoughtToken {
  if (token.kind === 'other') {
    throw new Problem(
      'bad-input',
      'This is not a ServiceAccount token: an audit log says nothing about it by its ID.',
    );
  }
  return {
    account: `${token.namespace}/${token.serviceAccount}`,
    jti: token.id,
    secret: token.kind === 'legacy' ? token.secret : undefined,
  };
}

/** By its id; of a whole token that is pasted its claims are read here, and it is kept nowhere. */
async function asked(): Promise<SoughtToken | undefined> {
  const typed = await askForText('Where Was It Used?', 'The token’s id: its claim jti', (text) =>
    text.trim() === '' || (text.trim().length > LONGEST_ID && !decodeToken(text.trim()))
      ? 'An id such as 5b5f1c1e-8f0a-4d5c-9a57-0e2f3a7c9d11.'
      : undefined,
  );
  if (typed === undefined) return undefined;
  const decoded = decodeToken(typed.trim());
  return decoded
    ? ofToken(classifyToken(decoded))
    : { account: undefined, jti: typed.trim(), secret: undefined };
}
