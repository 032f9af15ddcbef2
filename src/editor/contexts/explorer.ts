import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import type { WizardServices } from '../workbench/services.ts';
import { notify } from '../workbench/say.ts';
import { words } from '../../harmless.ts';
import { explorerRowOf } from './explorerRow.ts';
import { KubernetesExtension, ID } from './kubernetesExtension.ts';

/** "Why Unauthorized?" of a row of the Kubernetes extension: a context, or a Pod or Secret of its active context. */
export async function explainExplorerRow({ contexts }: WizardServices, target: unknown): Promise<void> {
  const node = await nodeOf(target);
  const files = await filesInUse();
  const access = await contexts.access();
  const all = access.contexts({ files });
  const active = all.contexts.find(({ name }) => name === all.current);
  const row = explorerRowOf(node, active?.namespace ?? 'default');
  if (!row) {
    await notify.information(words`This row has no credential: choose a context, a Pod or a Secret.`);
    return;
  }
  if (row.kind === 'context') {
    const use = { kind: 'command', files, context: row.name };
    await vscode.commands.executeCommand(commands.explainToken, use);
    return;
  }
  const selected = await contexts.read();
  if (!active || selected?.version !== active.version) {
    throw new Problem(
      'bad-input',
      `The Kubernetes extension shows context "${all.current ?? ''}", and this workspace looks at "${selected?.name ?? ''}". Select the same context first.`,
    );
  }
  await vscode.commands.executeCommand(commands.explainToken, row);
}

/** The kubeconfig that it uses; undefined: the person's own. */
async function filesInUse(): Promise<readonly string[] | undefined> {
  const extension = new KubernetesExtension();
  try {
    await extension.ask(true);
    return extension.files.length > 0 ? extension.files : undefined;
  } finally {
    extension.dispose();
  }
}

/** What a command of its explorer was given, as its own API tells (vscode-kubernetes-tools-api, ts/cluster-explorer/v1). */
async function nodeOf(target: unknown): Promise<unknown> {
  const broker: unknown = await vscode.extensions.getExtension(ID)?.activate();
  if (!isRecord(broker) || typeof broker['get'] !== 'function') return undefined;
  const found: unknown = Reflect.apply(broker['get'], broker, ['clusterexplorer', 'v1']);
  const api = isRecord(found) && found['available'] === true ? found['api'] : undefined;
  if (!isRecord(api) || typeof api['resolveCommandTarget'] !== 'function') return undefined;
  return Reflect.apply(api['resolveCommandTarget'], api, [target]);
}
