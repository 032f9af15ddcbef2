import * as vscode from 'vscode';
import { known, type Sent } from '../../authentication/evidence.ts';
import type { ContextWithTokens, KubeconfigInUse } from '../../cluster/api/contexts.ts';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import type { Contexts } from '../workbench/services.ts';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import type { Explained } from './explained.ts';
import { upToDate } from './upToDate.ts';
import type { InspectorServices } from '../subject/cluster.ts';
import { chooseContext } from '../subject/pick.ts';
import type { CommandUse } from '../subject/subject.ts';

/**
 * What a kubeconfig sends, as a subject: of the context given, the only one, or one chosen. Its credential program is
 * run only if `mayRunPrograms` and the person allows it by name. `text` is what the document's file says now.
 */
export async function ofKubeconfig(
  contexts: Contexts,
  document: vscode.TextDocument,
  wanted: string | undefined,
  mayRunPrograms: boolean,
  text = document.getText(),
): Promise<Explained | undefined> {
  const access = await contexts.access();
  const inUse = await inUseOf(contexts, document, text);
  const all = access.contextsOf(documentOf(document, text));
  const context = wanted ?? (await pickContext(all, inUse.name));
  if (context === undefined) return undefined;
  const kubeconfig: KubeconfigInUse = { ...inUse.kubeconfig, context };
  const info = all.find((one) => one.info.name === context)?.info;
  // A tokenFile is read here and sent nowhere: sending what it holds is asked about by itself.
  const agreed = info?.program && mayRunPrograms ? await contexts.agree(info) : undefined;
  const { credential, entry, sent } = await access.sending(kubeconfig, agreed);
  return {
    credential,
    name: inUse.name,
    known: { entry, sent },
    kubeconfig,
    program: agreed,
    from: { kind: 'kubeconfig', uri: document.uri.toString(), context },
  };
}

/**
 * What a command sends, as a subject: by the files and the context that it used, or, where it has a token of its own in
 * its command line, by what that says.
 */
export async function ofCommand(contexts: Contexts, use: CommandUse): Promise<Explained | undefined> {
  const access = await contexts.access();
  const source = { files: use.files }; // Of none it is kubectl's own, whatever settings of ours name.
  const all = access.contextsOf(source);
  const name = access
    .filesOf(source)
    .map((file) => vscode.workspace.asRelativePath(file))
    .join(', ');
  const current = all.find(({ isCurrent }) => isCurrent)?.info.name;
  const context = use.context ?? current ?? (await pickContext(all, name));
  if (context === undefined) return undefined;
  const kubeconfig: KubeconfigInUse = { ...source, context };
  const again = async (): Promise<Explained | undefined> => await ofCommand(contexts, use);
  if (use.claims) {
    const known = { claims: { header: {}, claims: use.claims } };
    return { credential: '', name: 'Token of a command', known, kubeconfig, from: undefined, again };
  }
  const [only, second] = access.filesOf(source);
  if (only !== undefined && second === undefined) {
    const { document, text } = await upToDate(vscode.Uri.file(only));
    return await ofKubeconfig(contexts, document, context, true, text);
  }
  const info = all.find((one) => one.info.name === context)?.info;
  const agreed = info?.program ? await contexts.agree(info) : undefined;
  const { credential, entry, sent } = await access.sending(kubeconfig, agreed);
  const known = { entry, sent };
  return { credential, name, known, kubeconfig, program: agreed, from: undefined, again };
}

/**
 * What the kubeconfig that a token stands in sends, if it is one and a context of it uses the token. Undefined members
 * where it is none, in a browser, and in Restricted Mode.
 */
export async function sendingAt(
  { contexts }: InspectorServices,
  document: vscode.TextDocument,
  token: string,
): Promise<Partial<Pick<Explained, 'known' | 'kubeconfig'>>> {
  if (!contexts || !vscode.workspace.isTrusted || !looksLikeKubeconfig(document.getText())) return {};
  const access = await contexts.access();
  try {
    const using = access
      .contextsOf(documentOf(document))
      .filter(({ tokens }) => tokens.some((one) => holds(one, token)))
      .toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
    const context = using[0]?.info.name;
    if (context === undefined) return {};
    const kubeconfig: KubeconfigInUse = { ...(await inUseOf(contexts, document)).kubeconfig, context };
    const { credential, entry, sent } = await access.sending(kubeconfig);
    const isThis = (value: Sent): Sent => ({ ...value, isThisToken: holds(credential, token) });
    return {
      kubeconfig,
      known: { entry, sent: sent.known ? known(isThis(sent.value), sent.origin) : sent },
    };
  } catch (error) {
    if (Problem.is(error)) return {}; // No kubeconfig after all, or a broken one: the token speaks for itself.
    throw error;
  }
}

/** Whether a field holds a token: as it is, or something around it or base64 of it. */
function holds(field: string, token: string): boolean {
  return field.includes(token) || Buffer.from(field, 'base64').toString('latin1').includes(token);
}

function documentOf(document: vscode.TextDocument, text = document.getText()): KubeconfigInUse {
  const folder = document.isUntitled ? '/' : vscode.Uri.joinPath(document.uri, '..').fsPath;
  return { text, folder, origin: vscode.workspace.asRelativePath(document.uri) };
}

/**
 * As kubectl would use a file: where it is one of several that the person's kubeconfig is merged from, that merge; else
 * the file alone.
 */
async function inUseOf(
  contexts: Contexts,
  document: vscode.TextDocument,
  text = document.getText(),
): Promise<{ readonly kubeconfig: KubeconfigInUse; readonly name: string }> {
  const [source = { files: undefined }] = contexts.sources;
  const own = (await contexts.access()).filesOf(source);
  const name = vscode.workspace.asRelativePath(document.uri);
  const isMerged = own.length > 1 && own.includes(document.uri.fsPath) && !document.isDirty;
  return { kubeconfig: isMerged ? source : documentOf(document, text), name };
}

async function pickContext(all: readonly ContextWithTokens[], name: string): Promise<string | undefined> {
  const choices = all.map(({ info, isCurrent }) => ({ name: info.name, isCurrent, about: info.server }));
  return await chooseContext(name, choices, {
    title: words`Why Does ${name} Fail?`,
    placeHolder: 'Which context?',
  });
}
