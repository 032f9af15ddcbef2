import * as vscode from 'vscode';
import type { ContextInfo } from '../../cluster/api/contexts.ts';
import type { Problem } from '../../errors.ts';
import { address, joined, said, words } from '../../harmless.ts';
import { pick, type Choice } from '../workbench/say.ts';
import { tilde, type NamedSource } from './source.ts';

/** A source as it was read. */
export interface LoadedSource {
  readonly source: NamedSource;
  readonly contexts: readonly ContextInfo[];
  readonly current: string | undefined;
  /** Why it could not be read. */
  readonly problem: Problem | undefined;
}

/** A context and where it comes from. */
export interface Chosen {
  readonly source: NamedSource;
  readonly context: ContextInfo;
}

interface Item extends Choice {
  readonly chosen?: Chosen;
  readonly problem?: Problem;
}

/**
 * Lets the person choose a context by name, cluster, server, file or program; `add` where they want another file,
 * undefined where they chose nothing. Throws what is wrong with a file that was chosen.
 */
export async function pickContext(
  loaded: readonly LoadedSource[],
  selected: Chosen | undefined,
): Promise<Chosen | 'add' | undefined> {
  const add: Item = { label: 'Add Kubeconfig…', iconPath: new vscode.ThemeIcon('add'), alwaysShow: true };
  const isSelected = ({ source, context }: Chosen): boolean =>
    source.id === selected?.source.id && context.name === selected.context.name;
  const sorted = loaded.toSorted(
    (a, b) => Number(b.source.id === selected?.source.id) - Number(a.source.id === selected?.source.id),
  );
  const items: Item[] = [];
  for (const { source, contexts, current, problem } of sorted) {
    items.push({ label: source.label, kind: vscode.QuickPickItemKind.Separator });
    if (problem) items.push(problemItem(source, problem));
    const chosen = contexts.map((context) => ({ source, context }));
    for (const one of chosen.toSorted((a, b) => Number(isSelected(b)) - Number(isSelected(a)))) {
      items.push(contextItem(one, isSelected(one), one.context.name === current));
    }
  }
  items.push({ label: '', kind: vscode.QuickPickItemKind.Separator }, add);
  const picked = await pick(items, {
    title: 'Context for this workspace',
    placeHolder: 'The current-context of your kubeconfig stays as it is',
    matchesAll: true,
  });
  if (picked === add) return 'add';
  if (picked?.problem) throw picked.problem;
  return picked?.chosen;
}

function contextItem(chosen: Chosen, isSelected: boolean, isCurrent: boolean): Item {
  const { context } = chosen;
  return {
    chosen,
    label: context.name,
    iconPath: new vscode.ThemeIcon(isSelected ? 'check' : 'blank'),
    description: [...(isSelected ? ['in use here'] : []), ...(isCurrent ? ['current-context'] : [])].join(
      ', ',
    ),
    detail: joined(
      [
        words`${tilde(context.file)}`,
        words`${context.cluster} at ${address(context.server)}`,
        context.runs === undefined ? undefined : words`runs ${context.runs}`,
      ],
      ' · ',
    ),
  };
}

function problemItem({ files = [], label }: NamedSource, problem: Problem): Item {
  return {
    problem,
    label: files.length > 0 ? files.map(tilde).join(', ') : label,
    description: 'cannot be used',
    detail: said(problem.message),
    iconPath: new vscode.ThemeIcon('warning'),
  };
}
