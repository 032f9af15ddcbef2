import { rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ContextInfo } from '../../cluster/api/contexts.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { Problem } from '../../errors.ts';
import { joined, said, words, type Words } from '../../harmless.ts';
import { MOST_KUBECONFIG, readNamedFile } from '../../files/named.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import { createAndFollow } from './create.ts';
import { getToken, takeAway, type GotToken } from './getToken.ts';
import { rememberDuration } from './askDuration.ts';
import {
  currentOf,
  ownKubeconfig,
  PLACEHOLDER,
  type ChangeQuestion,
  type Draft,
  type FileDraft,
} from './draft.ts';
import { labelOf } from './label.ts';
import { keepFromGit } from './keepFromGit.ts';
import type { CredentialKind } from './kind.ts';
import { showError } from '../workbench/commands.ts';
import { tilde } from '../contexts/source.ts';
import { noteDone } from '../workbench/walkthrough.ts';
import { confirmChange } from './preview.ts';
import {
  isContradicted,
  proofInFull,
  proveFile,
  witnessInWords,
  worksInWords,
  type ProvedFile,
} from './prove.ts';
import type { WizardServices } from '../workbench/services.ts';
import { showText } from './showText.ts';
import { stampOf, writeSecretFile, type Stamp } from '../../files/secretFile.ts';
import { tellRefusal } from './verify.ts';
import { writeFiles } from './writeFiles.ts';
import { notify, withCancel } from '../workbench/say.ts';
import { shellWord } from '../../files/system.ts';

/** Whose credential goes where. */
export interface Order {
  readonly cluster: Cluster;
  readonly account: ObjectRef;
  readonly kind: CredentialKind;
  readonly draft: Draft;
}

/** How far it has come. */
interface Done {
  got?: GotToken;
  written?: true;
  /** What the ledger has of it. */
  record?: IssuedToken | undefined;
}

/**
 * Writes what was drafted: asks before it touches what is there, keeps tokens from git, gets the token, writes the files
 * whole or not at all, and proves the result. Throws a Problem, and leaves nothing half-written. Ends when it is proved:
 * what the message then offers goes on by itself, as what comes next need not wait for a button.
 */
export async function writeDraft(services: WizardServices, order: Order): Promise<void> {
  const { cluster, account, kind, draft } = order;
  for (const file of draft.files) await confirmFile(file, draft, account);
  const backup = draft.isMerge ? backupOf(draft.files.at(-1)) : undefined;
  const secrets = [...draft.files.filter(({ isSecret }) => isSecret), ...(backup ? [backup] : [])];
  await keepFromGit(
    secrets.map(({ uri }) => uri.fsPath),
    services.memory,
  );
  let source = 'source' in kind ? kind.source : undefined;
  const madeSecret = source?.kind === 'newSecret' ? source.name : undefined;
  if (source?.kind === 'newSecret') {
    const { name } = source;
    const manifest = { namespace: account.namespace, name, serviceAccount: account.name };
    const uid = await createAndFollow(cluster, manifest);
    if (uid === undefined) return;
    source = { kind: 'secret', name, uid };
  }
  // One progress for all: VS Code shows no more than three notifications within 800 ms, and the last one counts.
  const done: Done = {};
  let proof: ProvedFile | undefined;
  try {
    proof = await withCancel(`Kubeconfig of ${account.namespace}/${account.name}`, async (signal, report) => {
      if (source) {
        report('getting the token');
        done.got = await getToken(cluster, account, source, signal);
        if ('seconds' in source) await rememberDuration(services.memory, source.seconds);
      }
      report('writing it');
      await writeFiles([...(backup ? [backup] : []), ...draft.files], done.got?.token ?? '');
      done.written = true;
      if (done.got) done.record = await record(services, order, done.got);
      if (await isElsewhere(draft, kind)) return undefined;
      report('asking the API server who it is');
      return await proved(order, done.got?.token ?? '', signal);
    });
  } catch (error) {
    if (!done.written) {
      if (done.got?.madeSentinel) await takeAway(cluster, account, done.got.madeSentinel);
      throw madeSecret === undefined ? error : withSecretLeft(error, `${account.namespace}/${madeSecret}`);
    }
    void tellUnproved(services, order, done, error, backup).catch(
      async (thrown: unknown) => await showError(services, thrown),
    );
    return;
  }
  void tellSuccess(services, order, done, proof, backup).catch(
    async (thrown: unknown) => await showError(services, thrown),
  );
}

/** Says that what was written was not proved, and why; what it was added to can be brought back. */
async function tellUnproved(
  services: WizardServices,
  order: Order,
  done: Done,
  error: unknown,
  backup: FileDraft | undefined,
): Promise<void> {
  const { kubeconfig, context } = order.draft;
  const undo = backup && (async () => await undoMerge(services, order, done, backup));
  if (Problem.is(error, 'cancelled')) {
    const text = words`Written, and not proved: ${labelOf(kubeconfig)}. "Verify Kubeconfig" proves it.`;
    const chosen = await notify.information(text, ...(undo ? ['Undo'] : []));
    if (chosen !== undefined) await undo?.();
    return;
  }
  const what = `Written, and could not be proved: ${labelOf(kubeconfig)}.${backup ? ' A backup is beside it.' : ''}`;
  await tellRefusal(error, { file: kubeconfig, context, what, undo });
}

/** A token Secret that was made for it is there all the same, and its token is good. */
function withSecretLeft(error: unknown, secret: string): unknown {
  if (!Problem.is(error)) return error;
  const left = `The token Secret ${secret} was created for it, and is still there: use it next time, or delete it.`;
  // To cancel is no failure, and would say nothing.
  if (error.reason === 'cancelled') return new Problem('refused', `Cancelled. ${left}`, { cause: error });
  return new Problem(error.reason, `${error.message} ${left}`, { cause: error });
}

async function confirmFile(
  file: FileDraft,
  { isMerge, kubeconfig, question, isAgreed = false }: Draft,
  account: ObjectRef,
): Promise<void> {
  if (!file.before || (isAgreed && !file.before.stamp.staysTheirs)) return;
  const path = labelOf(file.uri);
  await confirmChange(
    file.uri,
    file.before.text,
    file.text(PLACEHOLDER),
    question ??
      (isMerge && file.uri === kubeconfig
        ? adding(path, account, file.before.stamp)
        : replacing(path, file.before.stamp)),
  );
}

function adding(path: string, { namespace, name }: ObjectRef, stamp: Stamp): ChangeQuestion {
  return {
    question: words`Add ${namespace}/${name} to ${path}?`,
    detail: words`Everything in it stays as it is, including its current-context. A backup is kept next to it.${readersOf(stamp)}`,
    yes: 'Add',
  };
}

/** Who will be able to read a file that is changed, where that is not plainly the person alone, as before. */
export function readersOf({ isShared, isOf, staysTheirs }: Stamp): string {
  if (isOf === undefined) return isShared ? ' Others can read it now: it becomes readable by you alone.' : '';
  const whose = ` It belongs to another user (${isOf})`;
  return staysTheirs
    ? `${whose}, as its folder does, and stays theirs: they can read what is written.`
    : `${whose}: it becomes yours, and readable by you alone.`;
}

/** What is asked before a file is replaced as a whole. */
export function replacing(path: string, stamp: Stamp): ChangeQuestion {
  const question = words`${path} exists already. Replace it?`;
  return { question, detail: words`Its current content is lost.${readersOf(stamp)}`, yes: 'Replace' };
}

/** What a file held, beside it under a name of its own. */
function backupOf(file: FileDraft | undefined): FileDraft | undefined {
  if (!file?.before) return undefined;
  const { before, path, folder, uri } = file;
  const time = new Date().toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
  const name = `${path}.${time}.bak`;
  return {
    folder,
    path: name,
    uri: uri.with({ path: `${uri.path}.${time}.bak` }),
    before: undefined,
    text: () => before.text,
    isSecret: true,
  };
}

async function record(
  { ledger }: WizardServices,
  order: Order,
  got: GotToken,
): Promise<IssuedToken | undefined> {
  const { cluster, kind, draft } = order;
  const holder = draft.files.find(({ isSecret }) => isSecret) ?? draft.files[0];
  return await ledger.record({
    token: got.token,
    context: cluster.context,
    form: draft.isOtherForm === true ? 'otherForm' : kind.kind === 'tokenFile' ? 'tokenFile' : 'kubeconfig',
    ...(holder && { file: holder.uri.fsPath }),
    ...got.record,
  });
}

/** Whether the token file that is named is on another machine, as for a mounted one it often is. */
async function isElsewhere({ kubeconfig }: Draft, kind: CredentialKind): Promise<boolean> {
  if (kind.kind !== 'namedFile') return false;
  const path = isAbsolute(kind.path) ? kind.path : join(dirname(kubeconfig.fsPath), kind.path);
  return await stat(path).then(
    () => false,
    () => true,
  );
}

/** Throws conflict where the file is not what was written: what it leads to now was not agreed to. */
async function proved({ draft, account }: Order, token: string, signal: AbortSignal): Promise<ProvedFile> {
  const { kubeconfig: file, context } = draft;
  const text = draft.text(token);
  const written = draft.files.at(-1)?.text(token);
  if ((await readNamedFile(file.fsPath, { most: MOST_KUBECONFIG, isOwn: true })) !== written) {
    throw new Problem('conflict', `${labelOf(file)} was changed by something else just now.`);
  }
  const { terms } = (await loadClusterAccess()).describe({ text, folder: dirname(file.fsPath), context });
  // What it runs or reads was just written for the person, on their word.
  const agreed = terms === undefined ? undefined : { terms };
  const proof = await proveFile({ file, text, context, agreed }, signal);
  const expected = `system:serviceaccount:${account.namespace}:${account.name}`;
  const { username } = proof.identity;
  if (username === expected || username === undefined) {
    noteDone('hasMadeKubeconfig');
    return proof;
  }
  throw new Problem('refused', `The API server takes it for ${username}, not for ${expected}.`);
}

function lifeOf({ kind, cluster }: Order, got: GotToken | undefined): string {
  if (got) return got.life;
  return kind.kind === 'namedFile'
    ? `It lives as long as ${kind.path} is kept fresh: that is read again about every minute.`
    : `There is nothing secret in it: kubectl mints a token of 10 minutes with your context "${cluster.context.name}" whenever one is needed. On a host without that context it is of no use. git may have it${ownPath(cluster.context)}.`;
}

/** That a path of the person's own machine is in it, which others who get it do not have. */
function ownPath(context: ContextInfo): string {
  const path = ownKubeconfig(context);
  return path === '' ? '' : `; your own ${tilde(path)} is named in it`;
}

/** What was written where, beside the kubeconfig itself, and which context it takes to use it. */
function writtenInWords({ draft }: Order, backup: FileDraft | undefined): readonly Words[] {
  const beside = draft.files.filter((file) => file.isSecret && file.uri !== draft.kubeconfig);
  const current = draft.isMerge ? currentOf(backup?.text('')) : undefined;
  return [
    ...beside.map(({ uri }) => words`Its token is in ${labelOf(uri)}, beside it.`),
    ...(draft.isMerge ? [words`Context "${draft.context}" was added.`] : []),
    ...(current === undefined ? [] : [words`The current-context is still "${current}".`]),
    ...(backup ? [words`A backup is beside it.`] : []),
  ];
}

/** What the person should know before relying on it. */
async function notesOf(
  { cluster, draft }: Order,
  got: GotToken | undefined,
  proof: ProvedFile | undefined,
): Promise<string[]> {
  const shared: string[] = [];
  const theirs: string[] = [];
  for (const { uri } of draft.files.filter(({ isSecret }) => isSecret)) {
    const stamp = await stampOf(uri.fsPath);
    if (stamp?.isShared === true) shared.push(labelOf(uri));
    if (stamp?.isOf !== undefined)
      theirs.push(`${labelOf(uri)} belongs to user ${stamp.isOf}, who can read it.`);
  }
  return [
    ...(shared.length > 0
      ? [`Others on this machine can read ${shared.join(' and ')}: its file system keeps no modes.`]
      : []),
    ...theirs,
    ...(got?.grant && got.grant.is !== 'as-asked' ? [got.grant.text] : []),
    ...(got?.warnings ?? []).map((warning) => `The server warns: ${warning}.`),
    ...(cluster.endpoint.insecureSkipTlsVerify
      ? [
          'As in your own kubeconfig, the server’s certificate is not verified: whoever is in between can take the token.',
        ]
      : []),
    ...(proof && isContradicted(proof) ? [witnessInWords(proof) ?? ''] : []),
  ];
}

/** A command that uses a context of a kubeconfig, as a shell takes it. */
function kubectlCommand(file: string, context: string): string {
  return `kubectl --kubeconfig ${shellWord(file)} --context ${shellWord(context)} auth whoami`;
}

async function tellSuccess(
  services: WizardServices,
  order: Order,
  done: Done,
  proof: ProvedFile | undefined,
  backup: FileDraft | undefined,
): Promise<void> {
  const { draft } = order;
  const { got } = done;
  const path = labelOf(draft.kubeconfig);
  const life = lifeOf(order, got);
  const notes = await notesOf(order, got, proof);
  const who = proof
    ? worksInWords(path, proof)
    : words`Written, and not proved, as the token file is not on this machine: ${path}.`;
  const agrees = proof && !isContradicted(proof) ? witnessInWords(proof) : undefined;
  const written = writtenInWords(order, backup);
  const text = joined([who, said(agrees ?? ''), ...written, said(life), ...notes.map(said)]);
  services.log.info(text.text);
  const [open, show, copy, undo] = ['Open', 'Show Proof', 'Copy kubectl Command', 'Undo'];
  const buttons = [
    open,
    ...(proof ? [show] : []),
    ...(draft.isOtherForm === true ? [] : [copy]),
    ...(backup ? [undo] : []),
  ];
  const tell = notes.length > 0 ? notify.warning : notify.information;
  const chosen = await tell(text, ...buttons);
  if (chosen === open) await vscode.window.showTextDocument(draft.kubeconfig);
  if (chosen === show && proof) {
    await showText(`Proof of ${path}.yaml`, proofInFull(path, draft.context, proof, [life, ...notes]));
  }
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(kubectlCommand(draft.kubeconfig.fsPath, draft.context));
  }
  if (chosen === undo && backup) await undoMerge(services, order, done, backup);
}

/** Puts back what was there, if nobody has changed it since, and ends the token where that can be. */
async function undoMerge(
  { contexts, ledger }: WizardServices,
  { account, draft }: Order,
  { got, record: issued }: Done,
  backup: FileDraft,
): Promise<void> {
  const file = draft.files.at(-1);
  if (!file?.before) return;
  const now = await stampOf(file.uri.fsPath);
  if (
    !now ||
    (await readNamedFile(file.uri.fsPath, { most: MOST_KUBECONFIG, isOwn: true })) !==
      file.text(got?.token ?? '')
  ) {
    throw new Problem(
      'conflict',
      `${labelOf(file.uri)} was changed since, and was left as it is. What it held before is in ${labelOf(backup.uri)}.`,
    );
  }
  await writeSecretFile({ folder: file.folder, path: file.path, text: file.before.text, replaces: now });
  for (const added of [...draft.files.filter((one) => !one.before), backup]) {
    await rm(added.uri.fsPath, { force: true });
  }
  // The cluster that issued it was closed where the person's own kubeconfig is what changed.
  const isEnded = got?.madeSentinel && (await takeAway(await contexts.cluster(), account, got.madeSentinel));
  if (isEnded === true && issued) await ledger.markRevoked(issued.id, Math.floor(Date.now() / 1000));
  const rest =
    isEnded === true
      ? ' The token that was made ends within about 10 seconds.'
      : got
        ? ` The token that was got is still good. ${got.life}`
        : '';
  await notify.information(joined([words`Undone: ${labelOf(file.uri)} is as it was.`, said(rest)]));
}
