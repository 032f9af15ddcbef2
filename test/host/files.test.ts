/** What lies in a folder cannot lead out of it, and cannot stop who looks at it. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { changeOf, makeChanges, wholeFile } from '../../src/editor/credentials/changes.ts';
import { onDisk } from '../../src/editor/workspace/onDisk.ts';
import { scanWorkspace, type Scan } from '../../src/editor/workspace/scan.ts';
import type { OnDisk } from '../../src/editor/workspace/walk.ts';
import { Problem } from '../../src/errors.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { gradesOf, inWorkspace } from './corpus.ts';

const { token: never } = new vscode.CancellationTokenSource();

const scan = async (path: string, disk: OnDisk | undefined, ...others: readonly string[]): Promise<Scan> =>
  await scanWorkspace({
    folders: [path, ...others].map((one) => vscode.Uri.file(one)),
    includesIgnored: false,
    gradesOf,
    isTracked: async () => await Promise.resolve(false),
    cancelled: never,
    onDisk: disk,
    onProgress: () => {},
  });

function thread(): OnDisk {
  const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  assert.ok(extension);
  return onDisk(extension.extensionUri);
}

describe('a look through a folder on threads of its own', () => {
  const folder = inWorkspace('looked-through').fsPath;
  const token = `TOKEN=${jwt(boundClaims())}\n`;

  before(() => {
    const files: Readonly<Record<string, string | Buffer>> = {
      '.gitignore': 'ignored/\n*.secret\n',
      'a.env': token,
      'b.secret': token,
      'ignored/c.env': token,
      'deep/er/d.yaml': `kind: Secret\ndata:\n  token: ${Buffer.from(jwt(boundClaims())).toString('base64')}\n`,
      'deep/.gitignore': '!e.secret\n',
      'deep/e.secret': token,
      'wide.txt': Buffer.from(`\ufeff${token}`, 'utf16le'),
      'binary.bin': Buffer.from(`\0${token}`),
      'script.sh': "kubectl get sa robot -o jsonpath='{.secrets[0].name}'\n",
      'renamed/kustomization.yaml': 'namePrefix: team-\nresources: [all.yaml]\n',
      'renamed/all.yaml': [
        'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n---\n',
        'apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: robot-token\n',
        '  annotations:\n    kubernetes.io/service-account.name: robot\n',
      ].join(''),
      'plain.md': 'Nothing at all.\n',
      'empty.txt': '',
    };
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
  });

  it('comes to what one through the file systems of the editor comes to', async () => {
    const [one, other] = [await scan(folder, undefined), await scan(folder, thread())];
    const told = ({ tokens, lines, unread, ...counts }: Scan): unknown => ({
      // Several files are read at a time.
      tokens: tokens
        .map(({ uri, range, encoding }) => `${uri.path}:${range.start.line} ${encoding}`)
        .toSorted((one, other) => (one < other ? -1 : 1)),
      lines: lines.map(({ uri, found }) => `${uri.path} ${found.rule}`).toSorted(),
      unread,
      counts,
    });
    assert.deepEqual(told(other), told(one));
    assert.equal(other.tokens.length, 4);
    assert.equal(other.lines.length, 2);
    assert.deepEqual([other.binaries, other.ignored], [1, 2]);
  });

  it('counts what lies in another workspace folder within it once', async () => {
    const counts = ({ tokens, lines, files, binaries, ignored }: Scan): unknown => ({
      tokens: tokens.length,
      lines: lines.length,
      files,
      binaries,
      ignored,
    });
    const alone = counts(await scan(folder, thread()));
    const inner = [join(folder, 'deep'), join(folder, 'renamed')];
    assert.deepEqual(counts(await scan(folder, thread(), ...inner)), alone);
    assert.deepEqual(counts(await scan(folder, undefined, ...inner)), alone);
  });

  it('reads a file as it stands in an editor, and not as it is on disk', async () => {
    const document = await vscode.workspace.openTextDocument(join(folder, 'plain.md'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), token);
    await vscode.workspace.applyEdit(edit);
    await vscode.window.showTextDocument(document);
    assert.equal((await scan(folder, thread())).tokens.length, 5);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('ends with what it has where it is cancelled', async () => {
    const cancelling = new vscode.CancellationTokenSource();
    cancelling.cancel();
    const stopped = await scanWorkspace({
      folders: [vscode.Uri.file(folder)],
      includesIgnored: true,
      gradesOf,
      isTracked: async () => await Promise.resolve(false),
      cancelled: cancelling.token,
      onDisk: thread(),
      onProgress: () => {},
    });
    assert.equal(stopped.isStopped, true);
  });
});

describe('a hostile folder', () => {
  const folder = inWorkspace('hostile').fsPath;
  let outside: string;
  const uri = (...path: string[]): vscode.Uri => vscode.Uri.file(join(folder, ...path));

  before(() => {
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(outside, 'theirs.env'), `TOKEN=${jwt(boundClaims())}\n`);
    writeFileSync(join(outside, 'theirs.yaml'), 'kind: A\n');
    symlinkSync(join(outside, 'new.yaml'), join(folder, 'dangling.yaml'));
    symlinkSync(join(outside, 'new'), join(folder, 'dangling'));
    symlinkSync(join(outside, 'theirs.yaml'), join(folder, 'linked.yaml'));
    symlinkSync(join(outside, 'theirs.env'), join(folder, 'linked.env'));
    symlinkSync(outside, join(folder, 'folder'));
    writeFileSync(join(folder, 'own.env'), `TOKEN=${jwt(boundClaims())}\n`);
    symlinkSync('own.env', join(folder, 'inside.env'));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
    rmSync(outside, { recursive: true });
  });

  const refused = (writing: Promise<unknown>): Promise<void> =>
    assert.rejects(
      writing,
      (error) =>
        Problem.is(error, 'bad-input') &&
        /is a symbolic link to .*nothing is written through it/.test(error.message),
    );

  it('cannot have a manifest written through a link: to nothing, to a file, or in a folder elsewhere', async () => {
    await refused(wholeFile(uri('dangling.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('dangling', 'one.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('folder', 'one.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('linked.yaml'), 'kind: B\n'));
    await refused(changeOf(uri('linked.yaml'), () => [{ start: 0, end: 0, text: '# ours\n' }]));
    assert.deepEqual(readdirSync(outside).toSorted(), ['theirs.env', 'theirs.yaml']);
    assert.equal(readFileSync(join(outside, 'theirs.yaml'), 'utf8'), 'kind: A\n');
  });

  it('cannot have it written through a link that was made while the person was asked', async () => {
    const change = await wholeFile(uri('later', 'one.yaml'), 'kind: B\n');
    symlinkSync(outside, join(folder, 'later'));
    await refused(makeChanges([change]));
    assert.deepEqual(readdirSync(outside).toSorted(), ['theirs.env', 'theirs.yaml']);
  });

  it('cannot lead a language model out of the workspace', async () => {
    const ask = async (file: string): Promise<string> => {
      const input = { file };
      const result = await vscode.lm.invokeTool(
        'inspect_token',
        { input, toolInvocationToken: undefined },
        never,
      );
      return result.content
        .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
        .join();
    };
    for (const file of ['hostile/linked.env', 'hostile/folder/theirs.env', join(folder, 'linked.env')]) {
      await assert.rejects(ask(file), /neither open nor a file of the workspace/, file);
    }
    assert.match(await ask('hostile/inside.env'), /kube-system\/mycontroller/);
  });

  it('cannot stop a look through it by a pipe, nor by files that have no end', async () => {
    await promisify(execFile)('mkfifo', [join(outside, '.gitignore'), join(outside, 'pipe.env')]);
    for (const disk of [undefined, thread()]) {
      assert.equal((await scan(outside, disk)).tokens.length, 1);
      // Its files say that they are empty; some of them have no end.
      assert.equal((await scan(`/proc/${process.pid}/task`, disk)).tokens.length, 0);
    }
  });
});
