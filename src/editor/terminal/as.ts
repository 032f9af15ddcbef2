import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { inLabel, joined, said, words } from '../../harmless.ts';
import { buildKubeconfig } from '../../kubeconfig/buildKubeconfig.ts';
import { redact } from '../../redact.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { endOf } from '../../token/end.ts';
import { findTokens } from '../../token/find.ts';
import { accountOf, askAccount } from '../credentials/account.ts';
import { Wizard } from '../workbench/wizard.ts';
import { runOn } from '../subject/door.ts';
import { clusterFor } from '../subject/lend.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { getToken, takeAway, type GotToken } from '../credentials/getToken.ts';
import type { WizardServices } from '../workbench/services.ts';
import { writeSecretFile } from '../../files/secretFile.ts';
import { explorerAccount } from '../contexts/explorer.ts';
import { notify, withCancel } from '../workbench/say.ts';
import {
  kubeconfigOf,
  makeFolder,
  readRecords,
  removeFolder,
  removeKubeconfig,
  writeRecord,
  type TerminalRecord,
} from '../../files/terminalRecord.ts';

/** Of its token, in seconds. Who needs it longer opens another. */
const LIFE = 3600;

/** The terminals that were opened from this window, by their folders. */
const open = new Map<string, { readonly terminal: vscode.Terminal; readonly record: TerminalRecord }>();

/**
 * Opens a terminal whose kubectl is a ServiceAccount: of a row, of the Kubernetes extension's too, of an issued token, of
 * the token in a kubeconfig, or one that is asked for. Its kubeconfig is a private file with a token for an hour, bound to
 * a Secret that is deleted when the terminal closes.
 */
export async function openTerminalAs(
  services: WizardServices,
  about: SubjectOf<'file' | 'row' | 'foreign'> | undefined,
): Promise<void> {
  const found = about?.is === 'file' ? await ofKubeconfig(services, about.uri) : undefined;
  const cluster = found?.cluster ?? (await services.contexts.cluster());
  const known =
    found?.account ??
    accountOf(about) ??
    (about?.is === 'foreign' ? await explorerAccount(services.contexts, about.target) : undefined);
  await Wizard.titled('Open Terminal as a ServiceAccount')
    .step(async (ask) => ({ account: known ?? (await askAccount(services, ask)) }))
    .run({ services, act: async ({ account }) => await openFor(services, cluster, account) });
}

async function openFor(services: WizardServices, cluster: Cluster, account: ObjectRef): Promise<void> {
  const whose = `${account.namespace}/${account.name}`;
  const got = await withCancel(
    words`Token for a terminal of ${whose}`,
    async (signal) => await getToken(cluster, account, { kind: 'revocable', seconds: LIFE }, signal),
  );
  const record = await keep(services, { cluster, account, got });
  const until = new Date(record.expires * 1000).toLocaleTimeString();
  const terminal = vscode.window.createTerminal({
    name: inLabel(whose),
    env: { KUBECONFIG: kubeconfigOf(record) },
    iconPath: new vscode.ThemeIcon('account'),
    color: new vscode.ThemeColor('terminal.ansiYellow'),
    isTransient: true, // A window that comes back has no use for it: its token is revoked by then.
    message:
      words`kubectl is ServiceAccount ${whose} here, until ${until}. Closing this terminal revokes its token.`
        .text,
  });
  open.set(record.folder, { terminal, record });
  const closing = vscode.window.onDidCloseTerminal(async (closed) => {
    if (closed !== terminal) return;
    closing.dispose();
    await endQuietly(services, record, cluster);
  });
  terminal.show();
  const shell = await terminal.processId;
  if (open.has(record.folder)) await writeRecord({ ...record, shell });
}

interface Got {
  readonly cluster: Cluster;
  readonly account: ObjectRef;
  readonly got: GotToken;
}

/** Writes the kubeconfig and what has to be ended; where that fails, the token is revoked at once. */
async function keep(services: WizardServices, { cluster, account, got }: Got): Promise<TerminalRecord> {
  const { token, madeSentinel, record: issuedAs } = got;
  if (!madeSentinel)
    throw new Problem('refused', 'The token is bound to no Secret: it could not be revoked.');
  const root = vscode.Uri.joinPath(services.storage, 'terminals').fsPath;
  const decoded = decodeToken(token);
  const end = decoded && endOf(classifyToken(decoded))?.at;
  const folder = await makeFolder(root, randomBytes(9).toString('hex'));
  const { context, endpoint } = cluster;
  const record: TerminalRecord = {
    folder,
    context: context.name,
    server: endpoint.server,
    namespace: account.namespace,
    serviceAccount: account.name,
    sentinel: { name: madeSentinel.name, uid: madeSentinel.uid },
    issued: undefined,
    expires: end ?? Math.floor(Date.now() / 1000) + LIFE,
    host: process.pid,
    shell: undefined,
  };
  try {
    await writeRecord(record);
    const credential = { token };
    const text = buildKubeconfig({ endpoint, cluster: context.cluster, serviceAccount: account, credential });
    const file = await writeSecretFile({ folder, path: 'kubeconfig', text, replaces: undefined });
    const issued = await services.ledger.record({ token, context, form: 'kubeconfig', file, ...issuedAs });
    const whole = { ...record, issued: issued?.id };
    await writeRecord(whole);
    return whole;
  } catch (error) {
    await takeAway(cluster, account, madeSentinel);
    await removeFolder(folder);
    throw error;
  }
}

/** Ends what a terminal had: its file at once, then its token. Says so where the token lives on. */
async function endQuietly(services: WizardServices, record: TerminalRecord, cluster: Cluster): Promise<void> {
  open.delete(record.folder);
  try {
    await end(services, record, cluster);
  } catch (error) {
    services.log.warn(redact(`A terminal's token could not be revoked: ${messageOf(error)}`));
    await offerToRevoke(services, record, messageOf(error));
  }
}

async function end(services: WizardServices, record: TerminalRecord, cluster: Cluster): Promise<void> {
  await removeKubeconfig(record);
  const { namespace, serviceAccount: name, sentinel, issued } = record;
  const isGone = await takeAway(cluster, { namespace, name }, { kind: 'Secret', note: '', ...sentinel });
  if (!isGone) throw new Problem('refused', `Secret ${namespace}/${sentinel.name} could not be deleted.`);
  if (issued !== undefined) await services.ledger.markRevoked(issued, Math.floor(Date.now() / 1000));
  await removeFolder(record.folder);
}

async function offerToRevoke(services: WizardServices, record: TerminalRecord, why: string): Promise<void> {
  const { namespace, serviceAccount, issued, expires } = record;
  const until = new Date(expires * 1000).toLocaleTimeString();
  const text = joined([
    words`The token of a terminal of ${namespace}/${serviceAccount} is not revoked, and lives until ${until}.`,
    said(why),
  ]);
  const revoke = 'Revoke…';
  const entry = (await services.ledger.read()).find(({ id }) => id === issued);
  if ((await notify.warning(text, ...(entry ? [revoke] : []))) !== revoke) return;
  if (entry) await runOn(commands.revokeToken, { is: 'row', row: { kind: 'issuedToken', entry } });
  await removeFolder(record.folder);
}

/**
 * Ends what terminals of windows that died have left: files at once, shells, and tokens where the selected context is the
 * one that issued them and needs no question; else it says so. Those of other windows that live are left alone.
 */
export async function endLeftTerminals(services: WizardServices): Promise<void> {
  const left = await readRecords(vscode.Uri.joinPath(services.storage, 'terminals').fsPath);
  for (const { folder, record } of left) {
    if (open.has(folder) || (record && isAlive(record))) continue;
    if (!record || record.expires * 1000 < Date.now()) {
      await removeFolder(folder);
      continue;
    }
    await removeKubeconfig(record);
    await endShell(record);
    const selected = vscode.workspace.isTrusted ? await services.contexts.read() : undefined;
    const isItsOwn = selected?.name === record.context && selected.server === record.server;
    if (isItsOwn && selected.program === undefined) {
      await endQuietly(services, record, await services.contexts.cluster());
    } else if (vscode.workspace.isTrusted) {
      await offerToRevoke(services, record, 'Its window ended, and another context is selected here.');
    }
  }
}

/** Whether the window that opened it lives: its process does, and is not this one under an old number. */
function isAlive({ host }: TerminalRecord): boolean {
  if (host === process.pid) return false;
  try {
    process.kill(host, 0);
    return true;
  } catch {
    return false;
  }
}

/** Closes the terminal that a window has left, by its shell's process, where it is certainly that one. */
async function endShell(record: TerminalRecord): Promise<void> {
  const { shell } = record;
  if (shell === undefined) return;
  for (const terminal of vscode.window.terminals)
    if ((await terminal.processId) === shell) terminal.dispose();
  const variables = await readFile(`/proc/${shell}/environ`, 'latin1').catch(() => '');
  if (variables.split('\0').includes(`KUBECONFIG=${kubeconfigOf(record)}`)) process.kill(shell, 'SIGHUP');
}

/** The ServiceAccount of the token in a kubeconfig, and the cluster that the file leads to. Throws bad-kubeconfig. */
async function ofKubeconfig(
  services: WizardServices,
  file: vscode.Uri,
): Promise<{ readonly account: ObjectRef; readonly cluster: Cluster } | undefined> {
  const text = (await vscode.workspace.openTextDocument(file)).getText();
  const origin = vscode.workspace.asRelativePath(file);
  const access = await services.contexts.access();
  const kubeconfig = { text, folder: dirname(file.fsPath), origin };
  const contexts = access.contextsOf(kubeconfig);
  const used = contexts.find(({ isCurrent }) => isCurrent) ?? contexts[0];
  const [found] = findTokens(used?.tokens[0] ?? '');
  const token = found && classifyToken(found.decoded);
  if (!used || !token || token.kind === 'other') {
    throw new Problem(
      'bad-kubeconfig',
      `${origin} has no ServiceAccount’s token: whose terminal it would be is not known.`,
    );
  }
  const lent = await clusterFor(services, { ...kubeconfig, context: used.info.name });
  return (
    lent && { account: { namespace: token.namespace, name: token.serviceAccount }, cluster: lent.cluster }
  );
}
