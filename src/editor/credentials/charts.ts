import * as vscode from 'vscode';
import { KUSTOMIZATION_NAMES } from '../../manifest/kustomization.ts';
import { textIfSmall } from '../workbench/smallFile.ts';

/** Folders of Kustomize and charts of Helm that are offered at most. */
const MOST = 50;
const EXCLUDED = '**/{node_modules,.git}/**';
/** A chart's helpers are smaller, in bytes. */
const MOST_BYTES = 1024 * 1024;
const CHART = 'Chart.yaml';

/** The kustomization files of the workspace. */
export async function findKustomizations(): Promise<readonly vscode.Uri[]> {
  return await vscode.workspace.findFiles(`**/{${KUSTOMIZATION_NAMES.join(',')}}`, EXCLUDED, MOST);
}

/** The folders of the workspace that are Helm charts. */
export async function findCharts(): Promise<readonly vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(`**/${CHART}`, EXCLUDED, MOST);
  return found.map((uri) => vscode.Uri.joinPath(uri, '..'));
}

/** The chart whose template a file is; undefined where it is none. */
export async function chartOf(file: vscode.Uri): Promise<vscode.Uri | undefined> {
  const parts = file.path.split('/');
  const at = parts.lastIndexOf('templates');
  if (at < 1) return undefined;
  const chart = file.with({ path: parts.slice(0, at).join('/') });
  try {
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(chart, CHART));
    return chart;
  } catch {
    return undefined; // No chart: then its templates folder is one of something else.
  }
}

/** The chart's own expression for its ServiceAccount's name, as `helm create` defines it; undefined without one. */
export async function accountExpression(chart: vscode.Uri): Promise<string | undefined> {
  const folder = vscode.Uri.joinPath(chart, 'templates');
  const helpers = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/*.tpl'),
    null,
    MOST,
  );
  for (const uri of helpers) {
    const text = (await textIfSmall(uri, MOST_BYTES)) ?? '';
    const [, name] = /\{\{-?\s*define\s+"([\w.-]+\.serviceAccountName)"/.exec(text) ?? [];
    if (name !== undefined) return `{{ include "${name}" . }}`;
  }
  return undefined;
}
