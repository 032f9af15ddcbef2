import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { loadClusterAccess } from '../../cluster/door.ts';
import { commands } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { joined, said, words } from '../../harmless.ts';
import { MOST_CREDENTIAL, readNamedFile } from '../../files/named.ts';
import { parseKubeconfig, type UserEntry } from '../../kubeconfig/read.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { datedVerdict } from '../../token/describe.ts';
import { labelOf } from './label.ts';
import { isContradicted, proofInFull, proveFile, witnessInWords, worksInWords } from './prove.ts';
import type { WizardServices } from '../workbench/services.ts';
import { showText } from './showText.ts';
import { rightsInShort } from './rightsInWords.ts';
import { runOn } from '../subject/door.ts';
import { chooseContext, openOrChosenKubeconfig } from '../subject/pick.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { notify, withCancel } from '../workbench/say.ts';
import { pathInKubeconfig } from '../../files/system.ts';

/**
 * Asks the server of a kubeconfig who it is and what it may do, with that file alone: the one given, the open one, or
 * one chosen. kubectl on this machine is asked too.
 */
export async function verifyKubeconfig(
  { log, contexts }: WizardServices,
  about: SubjectOf<'file' | 'context'> | undefined,
): Promise<void> {
  const named = about?.is === 'context' ? about : undefined;
  const uri = named
    ? vscode.Uri.parse(named.uri, true)
    : about?.is === 'file'
      ? about.uri
      : await openOrChosenKubeconfig('Verify');
  if (!uri) return;
  const path = labelOf(uri);
  if (uri.scheme !== 'file') {
    throw new Problem(
      'bad-input',
      `${path} is not on this machine’s disk (${uri.scheme}): save it there first.`,
    );
  }
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.isDirty) {
    throw new Problem(
      'conflict',
      `${path} has changes that are not saved. What is proved is the file: save it first.`,
    );
  }
  const text = document.getText();
  const context = named?.context ?? (await contextOf(text, path));
  if (context === undefined) return;
  const access = await loadClusterAccess();
  const opened = access.describe({ text, folder: dirname(uri.fsPath), context });
  contexts.askAgain();
  const agreed = await contexts.agree({ ...opened, file: uri.fsPath });
  if (!agreed) throw new Problem('cancelled', `${path} was not verified.`);
  try {
    const proof = await withCancel(
      `Verifying ${path}`,
      async (signal) => await proveFile({ file: uri, text, context, agreed }, signal),
    );
    const works = worksInWords(path, proof);
    log.info(works.text);
    const life = await lifeOf(uri, text, context);
    const show = 'Show Proof';
    const sentences = [
      works,
      ...[life, witnessInWords(proof), proof.rights && rightsInShort(proof.rights)].map((one) =>
        one === undefined ? undefined : said(one),
      ),
    ];
    const tell = isContradicted(proof) ? notify.warning : notify.information;
    const chosen = await tell(joined(sentences), show);
    if (chosen !== show) return;
    await showText(
      `Proof of ${path}.yaml`,
      proofInFull(path, context, proof, life === undefined ? [] : [life]),
    );
  } catch (error) {
    await tellRefusal(error, { file: uri, context, what: `Does not work: ${path}.`, undo: undefined });
  }
}

/** A context that was not proved, what is said of it, and how what was written can be brought back, if it can. */
interface Unproved {
  readonly file: vscode.Uri;
  readonly context: string;
  readonly what: string;
  readonly undo: (() => Promise<void>) | undefined;
}

/** Shows that a server refused a kubeconfig, with the way to why and the way back; throws on what leads to neither. */
export async function tellRefusal(error: unknown, { file, context, what, undo }: Unproved): Promise<void> {
  if (!Problem.is(error) || error.reason === 'cancelled') throw error;
  const isRefused = error.reason === 'unauthorized';
  if (!isRefused && !undo) throw new Problem(error.reason, `${what} ${error.message}`, { cause: error });
  const [why, back] = ['Why Unauthorized?', 'Undo'];
  const buttons = [...(isRefused ? [why] : []), ...(undo ? [back] : [])];
  const chosen = await notify.error(said(`${what} ${messageOf(error)}`), ...buttons);
  if (chosen === back) await undo?.();
  if (chosen !== why) return;
  await runOn(commands.explainToken, { is: 'context', uri: file.toString(), context });
}

/** The user entry of a context. */
function userOf(text: string, file: vscode.Uri, context: string): UserEntry | undefined {
  const config = parseKubeconfig(text, labelOf(file), (path) => pathInKubeconfig(dirname(file.fsPath), path));
  return config.users.get(config.contexts.get(context)?.user ?? '');
}

/** The context to verify: the current one, the only one, or one chosen. */
async function contextOf(text: string, path: string): Promise<string | undefined> {
  const { contexts, current } = parseKubeconfig(text, path, (one) => one);
  const choices = [...contexts.keys()].map((name) => ({ name, isCurrent: name === current, about: '' }));
  return await chooseContext(path, choices, { title: words`Verify ${path}`, placeHolder: 'Which context?' });
}

/** How long the credential of a context lives; undefined where it holds no token that could tell. */
async function lifeOf(file: vscode.Uri, text: string, context: string): Promise<string | undefined> {
  const user = userOf(text, file, context);
  if (user?.tokenFile === undefined && user?.token === undefined) {
    return user?.exec && 'It has no token: a program mints one each time.';
  }
  const token =
    user.tokenFile === undefined
      ? user.token
      : (await readNamedFile(user.tokenFile, { most: MOST_CREDENTIAL })).trim();
  const decoded = token === undefined ? undefined : decodeToken(token);
  if (!decoded) return undefined;
  return `Its token ${datedVerdict(classifyToken(decoded), Math.floor(Date.now() / 1000))}.`;
}
