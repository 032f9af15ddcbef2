/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { LiveAccounts } from '../../src/editor/workbench/liveAccounts.ts';
import { FileMarks } from '../../src/editor/workspace/fileMarks.ts';
import { ScanRows } from '../../src/editor/workspace/rows.ts';
import { endOf } from '../../src/token/end.ts';
import { scanWorkspace, type Scan } from '../../src/editor/workspace/scan.ts';
import { gradesOf, inWorkspace, openCorpus } from './corpus.ts';

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

async function scan(options: { includesIgnored?: boolean; stopAfter?: number } = {}): Promise<Scan> {
  const cancelling = new vscode.CancellationTokenSource();
  let reports = 0;
  const found = await scanWorkspace({
    folders: [inWorkspace()],
    includesIgnored: options.includesIgnored ?? false,
    isTracked: async () => await Promise.resolve(false),
    gradesOf,
    cancelled: cancelling.token,
    onProgress: () => {
      reports++;
      if (reports === options.stopAfter) cancelling.cancel();
    },
  });
  check(reports > 0, 'no progress was reported');
  return found;
}

const inFolder = ({ tokens }: Scan, name: string): Scan['tokens'] =>
  tokens.filter(({ uri }) => uri.path.startsWith(`${inWorkspace().path}/${name}/`));

describe('a look through the workspace', () => {
  it('finds every token of the labelled corpus, at the place where the editor shows it', async () => {
    const found = inFolder(await scan(), 'corpus');
    for (const { name, document, places } of await openCorpus()) {
      const there = found.filter(({ uri }) => uri.path === document.uri.path).map(({ range }) => range);
      const wanted = places.map(({ range }) => range);
      check(JSON.stringify(there) === JSON.stringify(wanted), `${name}: ${JSON.stringify(there)}`);
    }
  });

  it('leaves out what .gitignore and the settings exclude, and what is binary, and counts it', async () => {
    const found = await scan();
    check(inFolder(found, 'ignored').length === 0, 'it read what git ignores');
    check(inFolder(found, 'node_modules').length === 0, 'it read what search.exclude names');
    check(found.ignored === 1, `${found.ignored} entries ignored`);
    check(found.binaries === 1, `${found.binaries} binary files`);
    check(inFolder(found, 'utf16').length === 1, 'it reads no UTF-16');
  });

  it('names what is too large to be read', async () => {
    const { unread } = await scan();
    check(
      unread.length === 1 &&
        unread[0]?.reason === 'too large (33 MB)' &&
        unread[0].uri.path.endsWith('/large.txt'),
      JSON.stringify(unread),
    );
  });

  it('reads ignored files where it is asked to', async () => {
    const found = await scan({ includesIgnored: true });
    check(inFolder(found, 'ignored').length === 1, 'it left them out');
  });

  it('stops when it is cancelled, and keeps what was found', async () => {
    const found = await scan({ stopAfter: 1 });
    check(found.isStopped && found.files > 0 && found.files < 50, `${found.files} files`);
  });

  it('reads what is open in an editor as it stands there', async () => {
    const uri = inWorkspace('unsaved', 'token.env');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'not saved\n');
    await vscode.workspace.applyEdit(edit);
    try {
      const found = inFolder(await scan(), 'unsaved')[0];
      // A host that crashed and came again has brought back what was not saved before.
      const line = document
        .getText()
        .split('\n')
        .findIndex((text) => text.startsWith('TOKEN='));
      check(line > 0 && found?.range.start.line === line, JSON.stringify(found?.range));
    } finally {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
  });
});

describe('a token that is over', () => {
  it('is to be renewed, and not left, while the server takes it for a minute more', async () => {
    const found = await scan();
    const token = found.tokens.find((one) => one.token.kind === 'bound' && endOf(one.token) !== undefined);
    const end = token && endOf(token.token)?.at;
    if (!token || end === undefined) throw new Error('no token that ends');
    const groupAt = (now: number): string => {
      const only = { ...found, tokens: [{ ...token, isTracked: false }], lines: [], unread: [] };
      const rows = new ScanRows(only, new LiveAccounts(), now, 600);
      return rows
        .children()
        .map((row) => JSON.stringify(rows.item(row).label))
        .join();
    };
    check(groupAt(end - 601) === '"Leave: Within Their Time"', groupAt(end - 601));
    check(groupAt(end - 10) === '"Renew: About to Expire"', groupAt(end - 10));
    check(groupAt(end + 10) === '"Renew: About to Expire"', groupAt(end + 10));
    check(groupAt(end + 61) === '"Renew or Remove: Expired"', groupAt(end + 61));
  });
});

describe('what breaks since 1.24', () => {
  const outdated = ({ lines }: Scan): string[] =>
    lines
      .filter(({ uri }) => uri.path.includes('/outdated/'))
      .map(({ uri, found }) => `${uri.path.split('/').at(-1)}:${found.line}:${found.column} ${found.rule}`)
      .toSorted();

  it('is found in the same look, but for what a comment silences, a setting switches off or git ignores', async () => {
    const found = await scan();
    check(
      outdated(found).join() ===
        'deploy.sh:2:10 account-secrets-read,package.json:1:49 client-too-old,utf16.sh:1:1 account-secrets-read',
      outdated(found).join(),
    );
    check(
      found.lines.every(({ uri }) => !uri.path.includes('/ignored/')),
      'it read what git ignores',
    );
  });

  it('stands in rows by how severe it is, with counts, and leads to its line', async () => {
    const found = await scan();
    const rows = new ScanRows(found, new LiveAccounts(), 1_800_001_000, 600);
    const groups = rows.children().map((row) => rows.item(row));
    const labels = groups.map(({ label, description }) => JSON.stringify([label, description]));
    const [errors, warnings] = [rows.count('breaks'), rows.count('may-break')];
    check(labels.includes(`["Repair: Breaks Since 1.24","${errors}"]`) && errors >= 2, labels.join());
    check(
      labels.includes(`["Look Into: Fails in Time Since 1.24","${warnings}"]`) && warnings >= 1,
      labels.join(),
    );
    const group = rows.worstOfLines();
    check(group?.kind === 'group' && group.severity === 'breaks', JSON.stringify(group));
    const row = rows
      .children(group)
      .find((one) => one.kind === 'outdatedLine' && one.uri.endsWith('deploy.sh'));
    if (!row) throw new Error('no row');
    const { label, tooltip, command, iconPath, accessibilityInformation } = rows.item(row);
    check(label === 'deploy.sh:2', JSON.stringify(label));
    check(iconPath instanceof vscode.ThemeIcon && iconPath.id === 'error', JSON.stringify(iconPath));
    const spoken = accessibilityInformation?.label ?? '';
    check(spoken.startsWith('Breaks since 1.24: account secrets read, in '), spoken);
    const says = JSON.stringify(tooltip);
    check(says.startsWith('"This gives nothing since Kubernetes 1.24'), says);
    const [uri, { selection }] = (command?.arguments ?? []) as [vscode.Uri, { selection: vscode.Range }];
    check(uri.path.endsWith('/deploy.sh') && selection.start.line === 1, JSON.stringify(selection));
  });

  it('is exported as SARIF, in a document that is the person\u2019s to save', async () => {
    await vscode.commands.executeCommand('serviceAccountTokens.exportOutdatedLines');
    const document = vscode.window.activeTextEditor?.document;
    check(document?.isUntitled === true, String(document?.uri));
    const { version, runs } = JSON.parse(document?.getText() ?? '') as {
      version: string;
      runs: [{ results: { ruleId: string; level: string; locations: unknown }[] }];
    };
    const results = runs[0].results.map((result) => JSON.stringify(result));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    check(version === '2.1.0', version);
    // Nothing is switched off here.
    check(
      results.some((one) => one.includes('oc-get-token') && one.includes('outdated/deploy.sh')),
      results.join(),
    );
    check(
      results.some((one) =>
        /"level":"error".*outdated\/deploy\.sh.*"startLine":2,"startColumn":10/.test(one),
      ),
      results.join(),
    );
  });
});

describe('the mark of a file that has usable tokens', () => {
  /** Within the time of the tokens of this workspace, in seconds since the epoch. */
  const WITHIN = 1_800_001_000;
  const live = new LiveAccounts();
  const marks = new FileMarks();
  const markOf = (uri: vscode.Uri): vscode.FileDecoration | undefined => marks.provideFileDecoration(uri);
  const [one, other] = [inWorkspace('unsaved', 'token.env'), inWorkspace('corpus', 'none')];

  before(async () => {
    const found = await scan();
    marks.show(new ScanRows(found, live, WITHIN, 600).usable(), true);
  });
  after(() => {
    marks.dispose();
  });

  it('says how many there are and how they stand, and nothing of the token', () => {
    const mark = markOf(one);
    check(mark?.badge === 'SA', JSON.stringify(mark));
    const says = 'Kubernetes ServiceAccount tokens found here: 1 within its time';
    check(mark?.tooltip === says, String(mark?.tooltip));
    check(markOf(other) === undefined, 'a file without one is marked');
  });

  it('is gone once the token has expired or its file was saved without it, and by the setting', async () => {
    const setting = vscode.workspace.getConfiguration('serviceAccountTokens');
    await setting.update('markFiles', false, vscode.ConfigurationTarget.Workspace);
    check(markOf(one) === undefined, 'the setting leaves it');
    await setting.update('markFiles', undefined, vscode.ConfigurationTarget.Workspace);
    check(markOf(one) !== undefined, 'the setting has taken it away for ever');

    const before = await vscode.workspace.fs.readFile(one);
    const document = await vscode.workspace.openTextDocument(one);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(one, new vscode.Range(0, 0, document.lineCount, 0), 'TOKEN=\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    check(markOf(one) === undefined, 'a file without it is marked');
    await vscode.workspace.fs.writeFile(one, before);

    const found = await scan();
    marks.show(new ScanRows(found, live, WITHIN, 600).usable(), true);
    check(markOf(one) !== undefined, 'it is back with the token');
    marks.show(new ScanRows(found, live, WITHIN + 86_400, 600).usable(), false);
    check(markOf(one) === undefined, 'one that has expired is marked');
  });
});
