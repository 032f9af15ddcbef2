import * as vscode from 'vscode';
import type { ContextInfo } from '../../cluster/api/contexts.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import type { Contexts, WizardServices } from '../workbench/services.ts';
import { notify } from '../workbench/say.ts';
import { words } from '../../harmless.ts';
import { runOn } from '../subject/door.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { explorerRowOf, type ExplorerRow } from './explorerRow.ts';
import { KubernetesExtension, ID } from './kubernetesExtension.ts';

/**
 * "Why Unauthorized?" of a row of the Kubernetes extension: a context, or a Pod, Secret or ServiceAccount of its active
 * context. Throws bad-input where this workspace looks at another.
 */
export async function explainExplorerRow(
  { contexts }: WizardServices,
  about: SubjectOf<'foreign'> | undefined,
): Promise<void> {
  const { row, files, active, current } = await readRow(contexts, about?.target);
  if (!row) {
    await notify.information(
      words`This row has no credential: choose a context, a Pod, a Secret or a ServiceAccount.`,
    );
    return;
  }
  if (row.kind === 'context') {
    await runOn(commands.explainToken, { is: 'command', files, context: row.name });
    return;
  }
  await mustBeSelected(contexts, active, current);
  const { kind, info } = row;
  const own = { namespace: info.namespace, serviceaccount: { name: info.name } };
  await runOn(
    commands.explainToken,
    kind === 'serviceAccount'
      ? { is: 'claims', claims: { 'kubernetes.io': own } }
      : { is: 'object', kind, info },
  );
}

/** The ServiceAccount of a row of the Kubernetes extension; undefined where it is none. Throws as `explainExplorerRow` does. */
export async function explorerAccount(contexts: Contexts, target: unknown): Promise<ObjectRef | undefined> {
  const { row, active, current } = await readRow(contexts, target);
  if (row?.kind !== 'serviceAccount') return undefined;
  await mustBeSelected(contexts, active, current);
  return { namespace: row.info.namespace, name: row.info.name };
}

interface Row {
  readonly row: ExplorerRow | undefined;
  readonly files: readonly string[] | undefined;
  /** The context that the Kubernetes extension shows, and its name. */
  readonly active: ContextInfo | undefined;
  readonly current: string | undefined;
}

async function readRow(contexts: Contexts, target: unknown): Promise<Row> {
  const node = await nodeOf(target);
  if (node === undefined) return { row: undefined, files: undefined, active: undefined, current: undefined };
  const files = await filesInUse();
  const access = await contexts.access();
  const { contexts: all, current } = access.contexts({ files });
  const active = all.find(({ name }) => name === current);
  return { row: explorerRowOf(node, active?.namespace ?? 'default'), files, active, current };
}

/** An object is looked for in the cluster that the person has selected. */
async function mustBeSelected(
  contexts: Contexts,
  active: ContextInfo | undefined,
  current = '',
): Promise<void> {
  const selected = await contexts.read();
  if (active && selected?.version === active.version) return;
  throw new Problem(
    'bad-input',
    `The Kubernetes extension shows context "${current}", and this workspace looks at "${selected?.name ?? ''}". Select the same context first.`,
  );
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
  if (target === undefined) return undefined; // Of the palette: nothing is started for it.
  const broker: unknown = await vscode.extensions.getExtension(ID)?.activate();
  if (!isRecord(broker) || typeof broker['get'] !== 'function') return undefined;
  const found: unknown = Reflect.apply(broker['get'], broker, ['clusterexplorer', 'v1']);
  const api = isRecord(found) && found['available'] === true ? found['api'] : undefined;
  if (!isRecord(api) || typeof api['resolveCommandTarget'] !== 'function') return undefined;
  return Reflect.apply(api['resolveCommandTarget'], api, [target]);
}
