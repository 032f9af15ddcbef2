import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster, ObjectRef } from '../../cluster/api.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { Problem } from '../../errors.ts';
import { buildKubeconfig } from '../../kubeconfig/build.ts';
import { redact } from '../../redact.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { verdict } from '../../token/describe.ts';
import { isTreeNode } from '../tree/nodes.ts';
import { accountOf, askAccount } from './account.ts';
import { askInTurn } from './ask.ts';
import { createAndFollow } from './create.ts';
import { keepFromGit } from './keepFromGit.ts';
import { askKind, type CredentialKind } from './kind.ts';
import { askFolder, askPath } from './place.ts';
import { withCancel } from './progress.ts';
import type { WizardServices } from './register.ts';
import { confirmReplacing } from './replace.ts';
import { stampOf, writeSecretFile } from './secretFile.ts';
import { tellRefusal } from './verify.ts';

/**
 * Writes a kubeconfig for a ServiceAccount into the workspace: from a token Secret, or with a token requested for it.
 * It is kept away from git before it is written, and proved after.
 */
export async function generateKubeconfig(services: WizardServices, argument: unknown): Promise<void> {
  const cluster = await services.contexts.cluster();
  const given = accountOf(argument);
  const secret = isTreeNode(argument) && argument.kind === 'tokenSecret' ? argument.info.name : undefined;
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  const chosen: { kind?: CredentialKind; folder?: vscode.WorkspaceFolder } =
    secret === undefined ? {} : { kind: { kind: 'secret', name: secret } };
  let path = '';
  await askInTurn('Generate Kubeconfig', [
    async (ask) => {
      if (!given) account = await askAccount(services, ask);
    },
    async (ask) => {
      if (secret === undefined) chosen.kind = await askKind(services, cluster, account, ask);
    },
    async (ask) => {
      const folder = await askFolder(ask);
      chosen.folder = folder;
      if (folder.uri.scheme === 'file') return;
      throw new Problem(
        'bad-input',
        `The folder ${folder.name} is virtual (${folder.uri.scheme}): a kubeconfig has to be a file that only you can read. Open a folder on disk.`,
      );
    },
    async (ask) => {
      if (chosen.folder) path = await askPath(ask, chosen.folder, `${account.name}.kubeconfig`);
    },
  ]);
  const { kind, folder } = chosen;
  if (!kind || !folder) return;

  const file = vscode.Uri.joinPath(folder.uri, path);
  const text = (token: string): string =>
    buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: cluster.context.cluster,
      serviceAccount: account,
      credential: { token },
    });
  const before = await stampOf(file.fsPath);
  if (before !== undefined) await confirmReplacing(file, text('[token]'));
  await keepFromGit(file.fsPath, services.memory);
  if (kind.kind === 'newSecret') {
    const manifest = { namespace: account.namespace, name: kind.name, serviceAccount: account.name };
    if ((await createAndFollow(cluster, manifest)) === undefined) return;
  }
  // One progress for all: VS Code shows no more than three notifications within 800 ms, and the last one counts.
  const how = { written: false };
  try {
    const message = await withCancel(
      `Kubeconfig of ${account.namespace}/${account.name}`,
      async (signal, report) => {
        report('getting the token');
        const credential = await getToken(cluster, account, kind, signal);
        report('writing it');
        await writeSecretFile({
          folder: folder.uri.fsPath,
          path,
          text: text(credential.token),
          replaces: before,
        });
        how.written = true;
        await services.ledger.record({
          token: credential.token,
          context: cluster.context,
          form: 'kubeconfig',
          file: file.fsPath,
          ...(kind.kind === 'request' && { requested: { seconds: kind.seconds } }),
        });
        report('asking the API server who it is');
        return await prove(services, cluster, account, file, credential, signal);
      },
    );
    await tellSuccess(file, message);
  } catch (error) {
    if (!how.written) throw error;
    await tellRefusal(
      error,
      file,
      `${vscode.workspace.asRelativePath(file)} was written, and could not be proved.`,
    );
  }
}

interface Credential {
  readonly token: string;
  readonly warnings: readonly string[];
  /** What ends it, as a sentence. */
  readonly life: string;
}

async function getToken(
  cluster: Cluster,
  account: ObjectRef,
  kind: CredentialKind,
  signal: AbortSignal,
): Promise<Credential> {
  if (kind.kind === 'request') {
    const owner = await ownerOf(cluster, account, signal);
    const { token, warnings } = await cluster.requestToken(
      owner,
      { expirationSeconds: kind.seconds },
      signal,
    );
    const now = Math.floor(Date.now() / 1000);
    const decoded = decodeToken(token);
    const granted = decoded ? verdict(classifyToken(decoded), now) : 'of unknown life';
    return {
      token,
      warnings,
      life: `It is ${granted}; nothing but time, or deleting the ServiceAccount, ends it.`,
    };
  }
  const { name } = kind;
  const token = await cluster.readSecretToken({ namespace: account.namespace, name }, signal);
  const life = `It never expires; deleting Secret ${account.namespace}/${name} ends it.`;
  return { token, warnings: [], life };
}

/** The uid guards the request against a ServiceAccount that was re-created; where it may not be read, the name is enough. */
async function ownerOf(
  cluster: Cluster,
  account: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectRef & { readonly uid: string }> {
  try {
    return await cluster.serviceAccount(account, signal);
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return { ...account, uid: '' };
    throw error;
  }
}

interface Success {
  readonly text: string;
  /** What the person should know before relying on it. */
  readonly notes: readonly string[];
}

/** Asks the server, with what was written and nothing else, who it is. Returns what to say of it. */
async function prove(
  { log }: WizardServices,
  cluster: Cluster,
  { namespace, name }: ObjectRef,
  file: vscode.Uri,
  { warnings, life }: Credential,
  signal: AbortSignal,
): Promise<Success> {
  const path = vscode.workspace.asRelativePath(file);
  const text = await readFile(file.fsPath, 'utf8');
  const access = await loadClusterAccess();
  const { username } = await access.whoAmI({ text, folder: dirname(file.fsPath) }, signal);
  const expected = `system:serviceaccount:${namespace}:${name}`;
  if (username !== expected) {
    throw new Problem('refused', `The API server takes it for ${username}, not for ${expected}.`);
  }
  log.info(redact(`Wrote ${path} for ${username} at ${cluster.endpoint.server}.`));
  const notes = [
    ...warnings.map((warning) => `The server warns: ${warning}`),
    ...(cluster.endpoint.insecureSkipTlsVerify
      ? [
          'As in your own kubeconfig, the server’s certificate is not verified: whoever is in between can take the token.',
        ]
      : []),
  ];
  return { text: `${path} works: the API server says it is ${username}. ${life}`, notes };
}

async function tellSuccess(file: vscode.Uri, { text, notes }: Success): Promise<void> {
  const open = 'Open';
  const show = notes.length > 0 ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await show(redact([text, ...notes].join(' ')), open);
  if (chosen === open) await vscode.window.showTextDocument(file);
}
