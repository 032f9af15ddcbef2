import { basename, dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ContextInfo } from '../../cluster/api/contexts.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { messageOf, Problem } from '../../errors.ts';
import type { Words } from '../../harmless.ts';
import { MOST_KUBECONFIG, readNamedFile } from '../../files/named.ts';
import { kubeconfigEntries, kubeconfigOf, type UserCredential } from '../../kubeconfig/buildKubeconfig.ts';
import { consumers } from '../../kubeconfig/consumers.ts';
import { mergeKubeconfig } from '../../kubeconfig/merge.ts';
import { parseKubeconfig } from '../../kubeconfig/read.ts';
import { mintingExec } from '../../kubeconfig/tokenless.ts';
import { filesOf, kubeconfigSource } from '../contexts/source.ts';
import type { CredentialKind } from './kind.ts';
import { labelOf } from './label.ts';
import { stampOf, type Stamp } from '../../files/secretFile.ts';
import type { Target } from './target.ts';
import { asPathList } from '../../files/system.ts';

/** A file that is to be written. */
export interface FileDraft {
  readonly uri: vscode.Uri;
  /** The folder that it must stay in, wherever links lead, and its path in there. */
  readonly folder: string;
  readonly path: string;
  /** What is there now. */
  readonly before: { readonly stamp: Stamp; readonly text: string } | undefined;
  readonly text: (token: string) => string;
  /** Whether a token is in it, so that git must not see it. */
  readonly isSecret: boolean;
}

/** All that is to be written for one kubeconfig, the kubeconfig last. */
export interface Draft {
  readonly kubeconfig: vscode.Uri;
  /** What the kubeconfig holds once all is written. */
  readonly text: (token: string) => string;
  /** The context to prove. */
  readonly context: string;
  readonly files: readonly FileDraft[];
  /** Whether it is put next to what a file has, which is kept and can be brought back. */
  readonly isMerge: boolean;
  /** Whether its file has a form of its own, which is no kubeconfig. */
  readonly isOtherForm?: boolean;
  /** Whether the person has agreed already to what is there being changed. */
  readonly isAgreed?: boolean;
  /** What is asked before what is there is changed; undefined: whether it may be replaced, or added to. */
  readonly question?: ChangeQuestion | undefined;
}

/** A question about a change to a file, in words. */
export interface ChangeQuestion {
  readonly question: Words;
  readonly detail: Words;
  /** The button that says yes. */
  readonly yes: string;
}

/** What stands for a token before there is one: a text in YAML without quotes too. */
export const PLACEHOLDER = '<token>';

/** Looks at what is there, and works out what would be written. Writes nothing. Throws a Problem. */
export async function draftKubeconfig(
  cluster: Cluster,
  account: ObjectRef,
  kind: CredentialKind,
  target: Target,
): Promise<Draft> {
  const isMerge = target.kind === 'merge';
  const place = isMerge
    ? { uri: target.file, folder: dirname(target.file.fsPath), path: basename(target.file.fsPath) }
    : {
        uri: vscode.Uri.joinPath(target.folder.uri, target.path),
        folder: target.folder.uri.fsPath,
        path: target.path,
      };
  const before = await lookAt(place.uri);
  if (isMerge && !before) throw new Problem('not-found', `${place.uri.fsPath} is not there any more.`);
  const tokenFile =
    kind.kind === 'tokenFile' ? tokenPath(place.path, isMerge ? account.name : undefined) : undefined;
  const parts = { endpoint: cluster.endpoint, cluster: cluster.context.cluster, serviceAccount: account };
  const credential = (token: string): UserCredential =>
    credentialOf(cluster, account, kind, token, tokenFile);
  const consumer = isMerge ? undefined : target.consumer;
  const replaced = isMerge || consumer !== undefined ? undefined : currentOf(before?.text);
  const merged = (token: string): { readonly text: string; readonly context: string } => {
    const entries = kubeconfigEntries({ ...parts, credential: credential(token) });
    if (isMerge && before) return mergeKubeconfig(before.text, labelOf(place.uri), entries);
    const context = { ...entries.context, name: replaced ?? entries.context.name };
    return { text: kubeconfigOf({ ...entries, context }), context: context.name };
  };
  const kubeconfig: FileDraft = {
    ...place,
    before,
    text: (token) =>
      consumer === undefined
        ? merged(token).text
        : consumers[consumer].text({ ...parts, credential: { token } }),
    isSecret: kind.kind === 'token',
  };
  return {
    kubeconfig: place.uri,
    text: (token) => merged(token).text,
    context: merged(PLACEHOLDER).context,
    isMerge,
    isOtherForm: consumer !== undefined,
    files: tokenFile === undefined ? [kubeconfig] : [await draftToken(place, tokenFile), kubeconfig],
  };
}

/** The current-context of a kubeconfig that is replaced: scripts name it. Undefined where it is none, or has none. */
export function currentOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    const { current, contexts } = parseKubeconfig(text, '', (path) => path);
    return current !== undefined && contexts.has(current) ? current : undefined;
  } catch (error) {
    if (Problem.is(error, 'bad-kubeconfig')) return undefined;
    throw error;
  }
}

/** A file that holds a token and nothing else. */
async function draftToken(
  { uri, folder, path }: Pick<FileDraft, 'uri' | 'folder' | 'path'>,
  name: string,
): Promise<FileDraft> {
  const beside = vscode.Uri.joinPath(uri, '..', name);
  return {
    uri: beside,
    folder,
    path: join(dirname(path), name),
    before: await lookAt(beside),
    text: (token) => `${token}\n`,
    isSecret: true,
  };
}

function credentialOf(
  { context }: Cluster,
  serviceAccount: ObjectRef,
  kind: CredentialKind,
  token: string,
  tokenFile: string | undefined,
): UserCredential {
  switch (kind.kind) {
    case 'token':
      return { token };
    case 'tokenFile':
      return { tokenFile: tokenFile ?? '' };
    case 'namedFile':
      return { tokenFile: kind.path };
    case 'tokenless':
      return tokenlessCredential(context, serviceAccount);
  }
}

/** What mints tokens with the person's own context. Throws bad-input where no kubeconfig has that. */
export function tokenlessCredential(context: ContextInfo, serviceAccount: ObjectRef): UserCredential {
  return { exec: mintingExec({ context: context.name, kubeconfig: ownKubeconfig(context), serviceAccount }) };
}

/**
 * $KUBECONFIG for finding the person's own context: what kubectl merges, or the file that it is in; empty where that is
 * kubectl's usual file, so that it serves on other machines too. Throws bad-input where no kubeconfig has the context.
 */
export function ownKubeconfig({ name, file }: ContextInfo): string {
  if (!isAbsolute(file)) {
    throw new Problem(
      'bad-input',
      `The context "${name}" is in no kubeconfig (${file}), so that kubectl could not mint tokens with it. Choose another kind of credential.`,
    );
  }
  const own = kubeconfigSource();
  const files = filesOf(own);
  if (!files.includes(file)) return file;
  const isUsual = !own.files && (process.env['KUBECONFIG'] ?? '') === '';
  return isUsual ? '' : asPathList(files);
}

/** `deployer.kubeconfig` has its token in `deployer.token`. */
function tokenPath(path: string, name: string | undefined): string {
  return `${name ?? basename(path).replace(/\.(?:kubeconfig|ya?ml|conf|config|json)$/i, '')}.token`;
}

/** What is at a place now. Throws bad-input where it is no plain file, and conflict where the editor has it unsaved. */
export async function lookAt(uri: vscode.Uri): Promise<FileDraft['before']> {
  if (uri.scheme !== 'file') {
    throw new Problem(
      'bad-input',
      `${labelOf(uri)} is not on this machine’s disk (${uri.scheme}), where a token could be kept from others. Nothing was written.`,
    );
  }
  const stamp = await stampOf(uri.fsPath);
  if (!stamp) return undefined;
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (open?.isDirty) {
    throw new Problem(
      'conflict',
      `${labelOf(uri)} has changes in the editor that are not saved. Save or revert them first. Nothing was written.`,
    );
  }
  try {
    return { stamp, text: await readNamedFile(uri.fsPath, { most: MOST_KUBECONFIG, isOwn: true }) };
  } catch (error) {
    throw new Problem('refused', `${labelOf(uri)} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
