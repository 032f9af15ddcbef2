import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../src/errors.ts';
import { changeOf, makeChanges, wholeFile } from '../../src/editor/credentials/changes.ts';
import { appendParts } from '../../src/manifest/append.ts';
import { manifestYaml, serviceAccountPart } from '../../src/manifest/buildManifest.ts';
import { addResources } from '../../src/manifest/kustomization.ts';

const parts = [serviceAccountPart({ namespace: 'ci', name: 'robot' })];
const yaml = manifestYaml(parts);

/** A file system that is in no file: that of a virtual workspace. */
class InMemory implements vscode.FileSystemProvider {
  readonly #files = new Map<string, Uint8Array>();
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }
  stat({ path }: vscode.Uri): vscode.FileStat {
    const file = this.#files.get(path);
    if (!file && path !== '/') throw vscode.FileSystemError.FileNotFound(path);
    const type = file ? vscode.FileType.File : vscode.FileType.Directory;
    return { type, ctime: 0, mtime: 0, size: file?.length ?? 0 };
  }
  readDirectory(): [string, vscode.FileType][] {
    return [];
  }
  createDirectory(): void {}
  readFile({ path }: vscode.Uri): Uint8Array {
    const file = this.#files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound(path);
    return file;
  }
  writeFile({ path }: vscode.Uri, content: Uint8Array): void {
    this.#files.set(path, content);
  }
  delete({ path }: vscode.Uri): void {
    this.#files.delete(path);
  }
  rename(): void {}
}

async function inFolder(
  run: (uri: (name: string) => vscode.Uri, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'changes-'));
  try {
    await run((name) => vscode.Uri.file(join(folder, name)), folder);
  } finally {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
  }
}

describe('changes of files', () => {
  it('make a new file and a line in another in one step, and undo takes both back', async () => {
    await inFolder(async (uri, folder) => {
      const before = '# mine\nresources:\n- a.yaml\n';
      await writeFile(join(folder, 'kustomization.yaml'), before);
      await vscode.window.showTextDocument(uri('kustomization.yaml'));
      await makeChanges([
        await wholeFile(uri('deep/robot.yaml'), yaml),
        await changeOf(uri('kustomization.yaml'), (text) => addResources(text, ['deep/robot.yaml'])),
      ]);
      assert.equal(await readFile(join(folder, 'deep/robot.yaml'), 'utf8'), yaml);
      assert.equal(
        await readFile(join(folder, 'kustomization.yaml'), 'utf8'),
        `${before}- deep/robot.yaml\n`,
      );
      await vscode.commands.executeCommand('undo');
      assert.equal(vscode.window.activeTextEditor?.document.getText(), before);
      await assert.rejects(stat(join(folder, 'deep/robot.yaml')), { code: 'ENOENT' });
    });
  });

  it('keep the line ends of a file, and do not save what a person has not saved', async () => {
    await inFolder(async (uri, folder) => {
      const file = uri('open.yaml');
      await writeFile(file.fsPath, 'kind: A\r\n');
      const editor = await vscode.window.showTextDocument(file);
      await editor.edit((edit) => {
        edit.insert(new vscode.Position(1, 0), 'b: 1\n');
      });
      await makeChanges([await changeOf(file, (text) => appendParts(text, parts))]);
      const text = editor.document.getText();
      assert.equal(text, `kind: A\r\nb: 1\r\n---\r\n${yaml.replaceAll('\n', '\r\n')}`);
      assert.equal(editor.document.isDirty, true);
      assert.equal(await readFile(join(folder, 'open.yaml'), 'utf8'), 'kind: A\r\n');
    });
  });

  it('are not made where a file is no longer as it was', async () => {
    await inFolder(async (uri) => {
      const file = uri('open.yaml');
      await writeFile(file.fsPath, 'kind: A\n');
      const change = await changeOf(file, (text) => appendParts(text, parts));
      const editor = await vscode.window.showTextDocument(file);
      await editor.edit((edit) => {
        edit.insert(new vscode.Position(0, 0), '# new\n');
      });
      await assert.rejects(makeChanges([change]), (error) => Problem.is(error, 'conflict'));
      assert.equal(editor.document.getText(), '# new\nkind: A\n');
    });
  });

  it('say which file cannot be edited, and why', async () => {
    await inFolder(async (uri) => {
      await writeFile(uri('bad.yaml').fsPath, 'a: [');
      await assert.rejects(
        changeOf(uri('bad.yaml'), (text) => appendParts(text, parts)),
        (error) =>
          Problem.is(error, 'bad-input') && /bad\.yaml was left as it is.*line 1/.test(error.message),
      );
    });
  });

  it('work in a virtual workspace, and say so where it is read-only', async () => {
    const writable = vscode.workspace.registerFileSystemProvider('scaffold-memory', new InMemory());
    const readOnly = vscode.workspace.registerFileSystemProvider('scaffold-readonly', new InMemory(), {
      isReadonly: true,
    });
    try {
      const file = vscode.Uri.parse('scaffold-memory:/robot.yaml');
      await makeChanges([await wholeFile(file, yaml)]);
      assert.equal(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)), yaml);
      const refused = vscode.Uri.parse('scaffold-readonly:/robot.yaml');
      const change = await wholeFile(refused, yaml);
      await assert.rejects(
        makeChanges([change]),
        (error) => Problem.is(error, 'refused') && error.message.includes('this workspace is read-only'),
      );
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      writable.dispose();
      readOnly.dispose();
    }
  });
});
