import { posix } from 'node:path';
import * as vscode from 'vscode';
import { appendParts, appendToTemplate } from '../../manifest/append.ts';
import { manifestYaml, type ManifestPart } from '../../manifest/buildManifest.ts';
import { addResources, kustomizeNamespace, kustomizeRenames } from '../../manifest/kustomization.ts';
import type { Asker } from '../workbench/ask.ts';
import type { Wizard } from '../workbench/wizard.ts';
import { changeOf, confirmChanges, makeChanges, showChange, wholeFile, type Change } from './changes.ts';
import { labelOf } from './label.ts';
import { accountExpression, chartOf, findCharts, findKustomizations } from './charts.ts';
import { askFolder, askPath } from './place.ts';

/** How a manifest names things: as they are, or as a Helm chart has them. */
export interface Naming {
  readonly namespace: (namespace: string) => string;
  readonly account: (name: string) => string;
}

/** What becomes one file, unless it is appended to another. */
export interface ManifestFile {
  /** Without its extension. */
  readonly stem: string;
  readonly parts: readonly ManifestPart[];
}

/** What a wizard makes of its answers. */
export interface Scaffold {
  readonly files: (naming: Naming) => readonly ManifestFile[];
  /** The one namespace of it all. */
  readonly namespace: string;
}

type Target =
  | { readonly kind: 'file' | 'unsaved' }
  | { readonly kind: 'append'; readonly uri: vscode.Uri; readonly chart: vscode.Uri | undefined }
  | { readonly kind: 'kustomize'; readonly uri: vscode.Uri }
  | { readonly kind: 'helm'; readonly chart: vscode.Uri };

interface TargetItem extends vscode.QuickPickItem {
  readonly target: Target;
}

const AS_THEY_ARE: Naming = { namespace: (namespace) => namespace, account: (name) => name };

/**
 * Asks where manifests are to go, a look at the difference last; `write` then does what was confirmed. `folder`: whose menu
 * the command was chosen from.
 */
export function withDestination<A extends object>(
  wizard: Wizard<A>,
  scaffoldOf: (answers: Readonly<A>) => Scaffold,
  folder: vscode.Uri | undefined,
): Wizard<A & { readonly write: () => Promise<void> }> {
  return wizard
    .step(async (ask) => ({
      to: (await ask.pick<TargetItem>({ placeholder: 'Where to?', items: async () => await targets() }))
        .target,
    }))
    .step(async (ask, answers) => {
      const naming = await askNaming(ask, answers.to);
      const { files, namespace } = scaffoldOf(answers);
      return { made: { files: files(naming), namespace } };
    })
    .step(async (ask, { to }) => ({
      root:
        to.kind === 'file'
          ? ((folder && vscode.workspace.getWorkspaceFolder(folder)) ?? (await askFolder(ask)))
          : undefined,
    }))
    .step(async (ask, { root, made }) => ({
      at: root && { root, path: await askPathOf(ask, made.files, root, folder) },
    }))
    .step(async (ask, { to, made, at }) => {
      if (to.kind === 'unsaved') return { write: async () => await showUnsaved(made.files) };
      const changes = await changesOf(made.files, to, at && vscode.Uri.joinPath(at.root.uri, at.path));
      await confirmChanges(ask, changes, await notesOn(made, to));
      return {
        write: async () => {
          await makeChanges(changes);
          const [first] = changes;
          if (first) await showChange(first);
        },
      };
    });
}

async function showUnsaved(files: readonly ManifestFile[]): Promise<void> {
  const content = manifestYaml(files.flatMap(({ parts }) => parts));
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
}

async function askNaming(ask: Asker, target: Target): Promise<Naming> {
  const chart = target.kind === 'helm' || target.kind === 'append' ? target.chart : undefined;
  if (!chart) return AS_THEY_ARE;
  const naming: Naming = { ...AS_THEY_ARE, namespace: () => '{{ .Release.Namespace }}' };
  const expression = await accountExpression(chart);
  if (expression === undefined) return naming;
  const { own } = await ask.pick({
    placeholder: 'How does the chart’s template name the ServiceAccount?',
    items: [
      {
        label: 'As the chart names it',
        description: expression,
        detail: 'Helm fills it in for each release.',
        own: true,
      },
      { label: 'By its name as it is', detail: 'The same in every release.', own: false },
    ],
  });
  return own ? { ...naming, account: () => expression } : naming;
}

/** The path of the only file, or of the folder of several. */
async function askPathOf(
  ask: Asker,
  files: readonly ManifestFile[],
  root: vscode.WorkspaceFolder,
  chosen: vscode.Uri | undefined,
): Promise<string> {
  const inFolder = chosen ? posix.relative(root.uri.path, chosen.path) : '';
  const proposed = posix.join(inFolder, `${files[0]?.stem ?? ''}.yaml`);
  if (files.length === 1) return await askPath(ask, root, proposed);
  const prompt = `The first of ${files.length} files, inside ${root.name}; the others go beside it`;
  return posix.dirname(await askPath(ask, root, proposed, { prompt }));
}

/** `at`: the path of the only file, or of the folder of several, where they are new files. */
async function changesOf(
  files: readonly ManifestFile[],
  target: Target,
  at: vscode.Uri | undefined,
): Promise<readonly Change[]> {
  const into = async (folder: vscode.Uri): Promise<Change[]> =>
    await Promise.all(
      files.map(
        async (file) =>
          await wholeFile(vscode.Uri.joinPath(folder, `${file.stem}.yaml`), manifestYaml(file.parts)),
      ),
    );
  switch (target.kind) {
    case 'append': {
      const parts = files.flatMap((file) => file.parts);
      return [
        await changeOf(target.uri, (text) => (target.chart ? appendToTemplate : appendParts)(text, parts)),
      ];
    }
    case 'kustomize': {
      const names = files.map(({ stem }) => `${stem}.yaml`);
      const list = await changeOf(target.uri, (text) => addResources(text, names));
      const made = await into(vscode.Uri.joinPath(target.uri, '..'));
      return [...made, ...(list.edits.length > 0 ? [list] : [])];
    }
    case 'helm':
      return await into(vscode.Uri.joinPath(target.chart, 'templates'));
    case 'file': {
      if (!at) return [];
      const [only, ...more] = files;
      return only && more.length === 0 ? [await wholeFile(at, manifestYaml(only.parts))] : await into(at);
    }
    case 'unsaved':
      return [];
  }
}

async function notesOn(
  { files, namespace }: { readonly files: readonly ManifestFile[]; readonly namespace: string },
  target: Target,
): Promise<readonly string[]> {
  if (target.kind === 'kustomize') {
    const text = (await vscode.workspace.openTextDocument(target.uri)).getText();
    const own = kustomizeNamespace(text);
    const renames = kustomizeRenames(text);
    const hasSecret = files.some(({ parts }) => parts.some(({ object }) => object['kind'] === 'Secret'));
    return [
      ...(own === undefined || own === namespace
        ? []
        : [`Mind: this kustomization puts everything into namespace ${own}, not ${namespace}.`]),
      ...(renames === undefined || !hasSecret
        ? []
        : [`Mind: ${renames} does not reach the annotation, which names the ServiceAccount.`]),
    ];
  }
  return (target.kind === 'helm' || target.kind === 'append') && target.chart
    ? ['Helm puts the release’s own namespace in.']
    : [];
}

/** Where a manifest can go from here. */
async function targets(): Promise<readonly TargetItem[]> {
  const icon = (id: string): vscode.ThemeIcon => new vscode.ThemeIcon(id);
  const [kustomizations, charts, open] = await Promise.all([
    findKustomizations(),
    findCharts(),
    openManifest(),
  ]);
  const folders = vscode.workspace.workspaceFolders ?? [];
  const writable = folders.filter(({ uri }) => isWritable(uri));
  return [
    ...(writable.length > 0
      ? [{ target: { kind: 'file' }, label: 'New File…', iconPath: icon('new-file') } as const]
      : []),
    ...(open
      ? [
          {
            target: { kind: 'append', ...open },
            label: `End of ${labelOf(open.uri)}`,
            iconPath: icon('insert'),
            description: 'the open file',
          } as const,
        ]
      : []),
    ...kustomizations.filter(isWritable).map((uri) => ({
      target: { kind: 'kustomize', uri } as const,
      label: `Kustomize folder ${labelOf(vscode.Uri.joinPath(uri, '..'))}`,
      iconPath: icon('folder'),
      detail: `A file of its own, and a line in resources of ${posix.basename(uri.path)}.`,
    })),
    ...charts.filter(isWritable).map((chart) => ({
      target: { kind: 'helm', chart } as const,
      label: `Helm chart ${labelOf(chart)}`,
      iconPath: icon('package'),
      detail: 'A file in templates/, with the release’s namespace.',
    })),
    {
      target: { kind: 'unsaved' },
      label: 'Unsaved Document',
      iconPath: icon('file'),
      ...(writable.length === 0 && {
        detail: folders.length === 0 ? 'No folder is open.' : 'This workspace is read-only.',
      }),
    },
  ];
}

function isWritable(uri: vscode.Uri): boolean {
  return vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== false;
}

/** The open file, if a manifest can be appended to it: YAML or JSON that can be written and is no kubeconfig. */
async function openManifest(): Promise<
  { readonly uri: vscode.Uri; readonly chart: vscode.Uri | undefined } | undefined
> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !/^(?:yaml|jsonc?|helm|.*-yaml)$/.test(document.languageId)) return undefined;
  const { uri } = document;
  if (!document.isUntitled && vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true) return undefined;
  if (
    /^[^\S\n\r\u2028\u2029]*["']?kind["']?\s*:\s*["']?(?:Config|Kustomization|Component)\b/m.test(
      document.getText(),
    )
  )
    return undefined;
  if (/(?:^|\/)(?:kustomization\.ya?ml|Kustomization|Chart\.yaml|values[^/]*\.yaml)$/.test(uri.path))
    return undefined;
  return { uri, chart: await chartOf(uri) };
}
