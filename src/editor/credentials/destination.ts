import { posix } from 'node:path';
import * as vscode from 'vscode';
import { appendParts, appendToTemplate } from '../../manifest/append.ts';
import { manifestYaml, type ManifestPart } from '../../manifest/build.ts';
import { addResources, kustomizeNamespace, kustomizeRenames } from '../../manifest/kustomization.ts';
import type { Asker, End } from '../workbench/ask.ts';
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

/** What a wizard has made of the answers so far; asked for again whenever one has changed. */
export interface Scaffold {
  readonly files: (naming: Naming) => readonly ManifestFile[];
  /** The one namespace of it all. */
  readonly namespace: () => string;
  /** The folder whose menu the command was chosen from. */
  readonly folder: vscode.Uri | undefined;
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

/** The questions where a manifest is to go, a look at the difference last; `write` then does it. */
export class TargetQuestions {
  readonly #scaffold: Scaffold;
  #target: Target = { kind: 'file' };
  #folder: vscode.WorkspaceFolder | undefined;
  #path = '';
  #naming = AS_THEY_ARE;
  #changes: readonly Change[] = [];

  constructor(scaffold: Scaffold) {
    this.#scaffold = scaffold;
  }

  readonly steps: readonly ((ask: Asker) => Promise<void>)[] = [
    async (ask) => {
      const { target } = await ask.pick<TargetItem>({
        placeholder: 'Where to?',
        items: async () => await targets(),
      });
      this.#target = target;
    },
    async (ask) => {
      this.#naming = await this.#askNaming(ask);
    },
    async (ask) => {
      if (this.#target.kind !== 'file') return;
      const given = this.#scaffold.folder && vscode.workspace.getWorkspaceFolder(this.#scaffold.folder);
      this.#folder = given ?? (await askFolder(ask));
    },
    async (ask) => {
      await this.#askPath(ask);
    },
    async (ask) => {
      if (this.#target.kind === 'unsaved') return;
      this.#changes = await this.#plan();
      await confirmChanges(ask, this.#changes, await this.#notes());
    },
  ];

  /** What is done in the end: what was confirmed, and it is shown. */
  end(services: End['services']): End {
    return {
      services,
      act: async () => {
        await this.#write();
      },
    };
  }

  async #write(): Promise<void> {
    if (this.#target.kind === 'unsaved') {
      const content = manifestYaml(this.#files().flatMap(({ parts }) => parts));
      await vscode.window.showTextDocument(
        await vscode.workspace.openTextDocument({ language: 'yaml', content }),
      );
      return;
    }
    await makeChanges(this.#changes);
    const [first] = this.#changes;
    if (first) await showChange(first);
  }

  #files(): readonly ManifestFile[] {
    return this.#scaffold.files(this.#naming);
  }

  async #askNaming(ask: Asker): Promise<Naming> {
    const target = this.#target;
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

  async #askPath(ask: Asker): Promise<void> {
    const files = this.#files();
    const [first] = files;
    if (this.#target.kind !== 'file' || !this.#folder || !first) return;
    const folder = this.#folder;
    const { folder: chosen } = this.#scaffold;
    const proposed = posix.join(
      chosen ? posix.relative(folder.uri.path, chosen.path) : '',
      `${first.stem}.yaml`,
    );
    this.#path =
      files.length === 1
        ? await askPath(ask, folder, proposed)
        : posix.dirname(
            await askPath(ask, folder, proposed, {
              prompt: `The first of ${files.length} files, inside ${folder.name}; the others go beside it`,
            }),
          );
  }

  async #plan(): Promise<readonly Change[]> {
    const files = this.#files();
    const parts = files.flatMap((file) => file.parts);
    const into = async (folder: vscode.Uri): Promise<Change[]> =>
      await Promise.all(
        files.map(
          async (file) =>
            await wholeFile(vscode.Uri.joinPath(folder, `${file.stem}.yaml`), manifestYaml(file.parts)),
        ),
      );
    const target = this.#target;
    switch (target.kind) {
      case 'append':
        return [
          await changeOf(target.uri, (text) => (target.chart ? appendToTemplate : appendParts)(text, parts)),
        ];
      case 'kustomize': {
        const folder = vscode.Uri.joinPath(target.uri, '..');
        const names = files.map(({ stem }) => `${stem}.yaml`);
        const list = await changeOf(target.uri, (text) => addResources(text, names));
        return [...(await into(folder)), ...(list.edits.length > 0 ? [list] : [])];
      }
      case 'helm':
        return await into(vscode.Uri.joinPath(target.chart, 'templates'));
      case 'file': {
        if (!this.#folder) return [];
        const at = vscode.Uri.joinPath(this.#folder.uri, this.#path);
        const [only, ...more] = files;
        return only && more.length === 0 ? [await wholeFile(at, manifestYaml(only.parts))] : await into(at);
      }
      case 'unsaved':
        return [];
    }
  }

  async #notes(): Promise<readonly string[]> {
    const target = this.#target;
    if (target.kind === 'kustomize') {
      const text = (await vscode.workspace.openTextDocument(target.uri)).getText();
      const own = kustomizeNamespace(text);
      const namespace = this.#scaffold.namespace();
      const renames = kustomizeRenames(text);
      const hasSecret = this.#files().some(({ parts }) =>
        parts.some(({ object }) => object['kind'] === 'Secret'),
      );
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
