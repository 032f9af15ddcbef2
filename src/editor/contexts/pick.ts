import * as vscode from 'vscode';
import type { ContextInfo } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';

/** Lets the person choose a context by name, cluster, server or program; undefined where they did not. */
export async function pickContext(
  contexts: readonly ContextInfo[],
  selected: string | undefined,
  current: string | undefined,
): Promise<ContextInfo | undefined> {
  if (contexts.length === 0) throw new Problem('no-kubeconfig', 'The kubeconfig has no contexts.');
  const items = contexts
    .toSorted((a, b) => Number(b.name === selected) - Number(a.name === selected))
    .map((context) => ({
      context,
      label: context.name,
      iconPath: new vscode.ThemeIcon(context.name === selected ? 'check' : 'blank'),
      description: [
        ...(context.name === selected ? ['in use here'] : []),
        ...(context.name === current ? ['current-context'] : []),
      ].join(', '),
      detail: redact(
        [
          `${context.cluster} at ${context.server}`,
          ...(context.runs === undefined ? [] : [`runs ${context.runs}`]),
        ].join(' · '),
      ),
    }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Context for this workspace',
    placeHolder: 'The current-context of your kubeconfig stays as it is',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.context;
}
