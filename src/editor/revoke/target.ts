import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import { messageOf, Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { pick as choose } from '../workbench/say.ts';
import { nameProblem, namespaceProblem } from '../../manifest/names.ts';
import { parseKubeconfig } from '../../kubeconfig/read.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { findingAt } from '../documents/at.ts';
import { chooseToken, tokenChoices, type TokenChoice } from '../subject/pick.ts';
import type { SubjectOf, TokenPlace } from '../subject/subject.ts';
import type { Ledger } from '../workbench/services.ts';
import type { TreeNode } from '../subject/row.ts';
import { endsWith, type EndsWith, type IssuedToken } from '../../issued/entry.ts';
import { lookInFile } from '../../issued/file.ts';
import { stateOf } from '../../issued/state.ts';

/** A token that is to be revoked, or what is known of it. */
export interface Target {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string | undefined;
  /** Its claim jti, where it has one and that is known. */
  readonly jti?: string | undefined;
  /** What ends it besides time. */
  readonly ends: EndsWith | undefined;
  /** Seconds since the epoch; undefined where it never expires, or where that is not known. */
  readonly expires: number | undefined;
  /** The token itself, for as long as the command runs; else why it is not in hand. */
  readonly hand: { readonly token: string } | { readonly inSecret: string } | { readonly missing: string };
  /** JOSE algorithm, if known: with RSA a legacy token comes back under the same Secret name. */
  readonly algorithm: string | undefined;
}

/** What "Revoke Token…" accepts. */
export type Revocable = SubjectOf<'row' | 'file' | 'place'>;

/** What is to be revoked: a row of the tree, a place in a document, a file, or the token at the cursor or in the open file. */
export async function targetOf(about: Revocable | undefined, ledger: Ledger): Promise<Target> {
  switch (about?.is) {
    case 'row':
      return about.row.kind === 'issuedToken' ? await ofEntry(about.row.entry) : ofRow(about.row);
    case 'file':
      return ofToken(await inFile(about.uri));
    case 'place':
      return ofToken(await atPlace(about));
    case undefined:
      return await ofOpenFile(ledger);
  }
}

/** What is known of a token in hand. Throws bad-input where it is no ServiceAccount's. */
function ofToken(credential: string): Target {
  const decoded = decodeToken(credential.trim());
  const token = decoded && classifyToken(decoded);
  if (!token || token.kind === 'other') {
    throw new Problem(
      'bad-input',
      'This is not a ServiceAccount token, so nothing in a cluster revokes it. Ask whoever issued it.',
    );
  }
  const ends = endsWith(token, {});
  const bad =
    namespaceProblem(token.namespace) ??
    nameProblem(token.serviceAccount) ??
    (ends && nameProblem(ends.name));
  if (bad !== undefined) {
    throw new Problem(
      'bad-input',
      `This token names what no cluster can have, so none has issued it and there is nothing to revoke. ${bad}`,
    );
  }
  return {
    namespace: token.namespace,
    serviceAccount: token.serviceAccount,
    serviceAccountUid: token.serviceAccountUid,
    jti: token.id,
    ends,
    expires: token.expires,
    hand: { token: credential.trim() },
    algorithm: token.algorithm,
  };
}

/** What is known of an issued token, with the token where its file still holds it. */
async function ofEntry(entry: IssuedToken): Promise<Target> {
  const { namespace, serviceAccount, serviceAccountUid, jti, endsWith: ends, expires } = entry;
  const hand = await handOf(entry);
  const decoded = 'token' in hand ? decodeToken(hand.token) : undefined;
  const algorithm = decoded && classifyToken(decoded).algorithm;
  return { namespace, serviceAccount, serviceAccountUid, jti, ends, expires, hand, algorithm };
}

async function handOf(entry: IssuedToken): Promise<Target['hand']> {
  const { token, missing } = await lookInFile(entry);
  if (token !== undefined) return { token };
  return entry.endsWith?.kind === 'tokenSecret' ? { inSecret: entry.endsWith.name } : { missing };
}

function ofRow(row: TreeNode): Target {
  if (row.kind !== 'tokenSecret' && row.kind !== 'pod') {
    throw new Problem('bad-input', 'Choose a token Secret, a Pod or an issued token.');
  }
  const { namespace, name, uid, serviceAccount } = row.info;
  const isPod = row.kind === 'pod';
  return {
    namespace,
    serviceAccount,
    serviceAccountUid: undefined,
    ends: { kind: isPod ? 'Pod' : 'tokenSecret', name, uid },
    expires: undefined,
    hand: isPod
      ? { missing: 'the tokens of a Pod are in its containers, and none is in hand here' }
      : { inSecret: name },
    algorithm: undefined,
  };
}

/** The target with the token that its Secret holds, where it is still to be read, and may be. */
export async function withToken(target: Target, cluster: Cluster, signal: AbortSignal): Promise<Target> {
  const { hand, namespace, ends } = target;
  if (!('inSecret' in hand)) return target;
  try {
    const token = await cluster.readSecretToken({ namespace, name: hand.inSecret }, signal);
    return { ...ofToken(token), ends };
  } catch (error) {
    if (!Problem.is(error, 'forbidden') && !Problem.is(error, 'not-found')) throw error;
    return { ...target, hand: { missing: messageOf(error) } };
  }
}

/** The token of a file: of a kubeconfig the one that its current context uses, else the only one, or one chosen. */
async function inFile(uri: vscode.Uri): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const text = document.getText();
  const path = vscode.workspace.asRelativePath(uri);
  return tokenInUse(text, path) ?? (await pick(document));
}

function tokenInUse(text: string, path: string): string | undefined {
  try {
    const { contexts, users, current } = parseKubeconfig(text, path, (one) => one);
    const token = users.get(contexts.get(current ?? '')?.user ?? '')?.token;
    return token !== undefined && decodeToken(token) ? token : undefined;
  } catch (error) {
    if (Problem.is(error, 'bad-kubeconfig')) return undefined; // Any other file: its tokens are looked for.
    throw error;
  }
}

async function atPlace({ uri, line, character }: TokenPlace): Promise<string> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const position = new vscode.Position(line, character);
  const at = findingAt(document, document.validatePosition(position));
  if (at?.found.kind === 'jws') return at.found.token;
  throw new Problem('not-found', 'The token is no longer where it was: the file has changed.');
}

async function ofOpenFile(ledger: Ledger): Promise<Target> {
  const editor = vscode.window.activeTextEditor;
  const here = editor && findingAt(editor.document, editor.selection.active);
  if (here?.found.kind === 'jws') return ofToken(here.found.token);
  const choices = editor ? different(editor.document) : [];
  if (editor && choices.length > 0) return ofToken(await pick(editor.document, choices));
  return await ofEntry(await pickIssued(ledger));
}

/** The tokens of a document, each once. */
function different(document: vscode.TextDocument): readonly TokenChoice[] {
  return [...new Map(tokenChoices(document).map((one) => [one.token, one])).values()];
}

async function pick(document: vscode.TextDocument, choices = different(document)): Promise<string> {
  const path = vscode.workspace.asRelativePath(document.uri);
  const chosen = await chooseToken(choices, {
    title: 'Revoke Token',
    placeHolder: words`Which token of ${path}?`,
  });
  if (chosen === 'none') throw new Problem('not-found', `There is no token in ${path}.`);
  if (!chosen) throw new Problem('cancelled', 'Nothing was revoked.');
  return chosen.token;
}

async function pickIssued(ledger: Ledger): Promise<IssuedToken> {
  const entries = (await ledger.read()).filter(({ revoked }) => revoked === undefined);
  if (entries.length === 0) {
    throw new Problem(
      'bad-input',
      'There is no token to revoke: none is at the cursor or in the open file, and none was issued from here. Put the cursor on a token, or choose a token Secret or a Pod in the ServiceAccounts view.',
    );
  }
  const now = Math.floor(Date.now() / 1000);
  const items = entries.map((entry) => ({
    label: `${entry.namespace}/${entry.serviceAccount}`,
    description: `${entry.context} · ${stateOf(entry, { ended: undefined }, { now, soon: 0 }).words}`,
    detail: entry.file ?? '',
    entry,
  }));
  const chosen = await choose(items, {
    title: 'Revoke Token',
    placeHolder: 'Which of the tokens that were issued from here?',
    matchesAll: true,
  });
  if (!chosen) throw new Problem('cancelled', 'Nothing was revoked.');
  return chosen.entry;
}
