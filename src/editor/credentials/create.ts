import * as vscode from 'vscode';
import type { Cluster, FillState, ObjectRef, TokenSecretManifest } from '../../cluster/api.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { nameProblem } from '../../manifest/names.ts';
import { readTokenSecrets, type TokenSecretInText } from '../../manifest/tokenSecret.ts';
import type { TreeNode } from '../tree/nodes.ts';
import { accountOf, askAccount } from './account.ts';
import { askInTurn } from './ask.ts';
import { withCancel } from './progress.ts';
import type { WizardServices } from './register.ts';

/**
 * Creates token Secrets in the selected context's cluster and follows the token controller: of the manifest that is
 * given or open, else for a ServiceAccount of the tree or asked for.
 */
export async function createTokenSecret(services: WizardServices, argument: unknown): Promise<void> {
  const account = accountOf(argument);
  const document = account ? undefined : await documentOf(argument);
  const cluster = await services.contexts.cluster();
  const manifest = document
    ? await ofDocument(document, cluster)
    : await ofAccount(services, cluster, account);
  const uid = await createAndFollow(cluster, manifest);
  if (uid === undefined) return;
  const secret = `${manifest.namespace}/${manifest.name}`;
  const generate = 'Generate Kubeconfig';
  const chosen = await vscode.window.showInformationMessage(
    `Secret ${secret} is there, and the token controller has filled it. Its token never expires; deleting the Secret ends it.`,
    generate,
  );
  if (chosen !== generate) return;
  const { namespace, name, serviceAccount } = manifest;
  const row: TreeNode = {
    kind: 'tokenSecret',
    info: { namespace, name, uid, serviceAccount, lastUsed: undefined, invalidSince: undefined },
  };
  await vscode.commands.executeCommand(commands.generateKubeconfig, row);
}

/**
 * Creates the Secret and follows it with progress. Returns its uid; undefined where the person stopped waiting, in
 * which case they were asked whether the Secret shall stay. Throws a Problem that says why it will never be filled.
 */
export async function createAndFollow(
  cluster: Cluster,
  manifest: TokenSecretManifest,
): Promise<string | undefined> {
  const { namespace, name } = manifest;
  let uid: string | undefined;
  try {
    await withCancel(`Token Secret ${namespace}/${name}`, async (signal, report) => {
      report('checking its ServiceAccount');
      await checkOwner(cluster, manifest, signal);
      report('creating it');
      uid = await cluster.createTokenSecret(manifest, signal);
      await cluster.followTokenSecret(
        manifest,
        (state) => {
          report(inWords(state));
        },
        signal,
      );
    });
    return uid;
  } catch (error) {
    if (uid === undefined || !Problem.is(error, 'cancelled')) throw error;
    await offerToDelete(cluster, { namespace, name, uid });
    return undefined;
  }
}

/** What the token controller has still to do. */
function inWords({ missing, hint }: FillState): string {
  if (missing.length === 0) return 'filled';
  return `waiting for the token controller to fill in ${missing.join(', ')}${hint === undefined ? '' : `. ${hint}`}`;
}

/** The controller deletes a token Secret without a ServiceAccount; better not to make one. */
async function checkOwner(
  cluster: Cluster,
  { namespace, name, serviceAccount }: TokenSecretManifest,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { isTerminating } = await cluster.serviceAccount({ namespace, name: serviceAccount }, signal);
    if (!isTerminating) return;
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return; // Cannot tell; the controller will.
    if (!Problem.is(error, 'not-found')) throw error;
    throw new Problem(
      'not-found',
      `There is no ServiceAccount ${namespace}/${serviceAccount} in ${cluster.context.cluster}. The token controller would delete Secret ${namespace}/${name} at once, so it was not created. Create the ServiceAccount first.`,
      { cause: error },
    );
  }
  throw new Problem(
    'conflict',
    `ServiceAccount ${namespace}/${serviceAccount} is being deleted, and its token Secrets with it. Secret ${namespace}/${name} was not created.`,
  );
}

async function offerToDelete(cluster: Cluster, secret: ObjectRef & { readonly uid: string }): Promise<void> {
  const remove = 'Delete It';
  const chosen = await vscode.window.showInformationMessage(
    `Secret ${secret.namespace}/${secret.name} was created, and is not followed any more. The token controller may still fill it.`,
    remove,
    'Keep It',
  );
  if (chosen !== remove) return;
  await withCancel(`Deleting Secret ${secret.namespace}/${secret.name}`, async (signal) => {
    await cluster.deleteSecret(secret, signal);
  });
}

/** The document of a file's menu, or the open one, if it can be a manifest. */
async function documentOf(argument: unknown): Promise<vscode.TextDocument | undefined> {
  if (argument instanceof vscode.Uri) return await vscode.workspace.openTextDocument(argument);
  const open = vscode.window.activeTextEditor?.document;
  if (!open || !/^(?:yaml|json|helm)/.test(open.languageId)) return undefined;
  return open.getText().includes('kubernetes.io/service-account-token') ? open : undefined;
}

async function ofDocument(document: vscode.TextDocument, cluster: Cluster): Promise<TokenSecretManifest> {
  const found = readTokenSecrets(document.getText());
  const { context } = cluster;
  const place = (secret: TokenSecretInText): string => secret.namespace ?? context.namespace;
  const chosen = found.length === 1 ? found[0] : (atCursor(document, found) ?? (await pick(found, place)));
  if (!chosen) throw new Problem('cancelled', 'Nothing was created.');
  const manifest = { ...chosen, namespace: place(chosen) };
  const create = 'Create';
  const answer = await vscode.window.showWarningMessage(
    `Create Secret ${manifest.namespace}/${manifest.name} in context "${context.name}"?`,
    {
      modal: true,
      detail: `It is created at ${context.server} as this file has it, and the token controller fills in a token for ServiceAccount ${manifest.serviceAccount} that never expires.`,
    },
    create,
  );
  if (answer !== create) throw new Problem('cancelled', 'Nothing was created.');
  return manifest;
}

function atCursor(
  document: vscode.TextDocument,
  found: readonly TokenSecretInText[],
): TokenSecretInText | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return undefined;
  const offset = document.offsetAt(editor.selection.active);
  const here = found.filter(({ start, end }) => start <= offset && offset < end);
  return here.length === 1 ? here[0] : undefined;
}

async function pick(
  found: readonly TokenSecretInText[],
  place: (secret: TokenSecretInText) => string,
): Promise<TokenSecretInText | undefined> {
  const items = found.map((secret) => ({
    label: secret.name,
    description: place(secret),
    detail: `for ServiceAccount ${secret.serviceAccount}`,
    secret,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Create Token Secret',
    placeHolder: 'Which of this file’s token Secrets?',
  });
  return chosen?.secret;
}

async function ofAccount(
  services: WizardServices,
  cluster: Cluster,
  given: ObjectRef | undefined,
): Promise<TokenSecretManifest> {
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  let name = '';
  await askInTurn(`Create Token Secret in ${cluster.context.name}`, [
    async (ask) => {
      if (!given) account = await askAccount(services, ask);
    },
    async (ask) => {
      name = await ask.input({
        prompt: `Name of the Secret. Its token for ${account.namespace}/${account.name} will never expire.`,
        value: `${account.name}-token`,
        check: nameProblem,
      });
    },
  ]);
  return { namespace: account.namespace, name, serviceAccount: account.name };
}
