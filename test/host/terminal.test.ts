import { afterEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type * as vscode from 'vscode';
import { asAdmin, eventually, leftOf, NOTHING, openAs, type LeftTerminal } from './terminals.ts';

describe('a terminal as a ServiceAccount', () => {
  const shells: vscode.Terminal[] = [];
  afterEach(() => {
    for (const shell of shells) shell.dispose();
  });

  it('has a private kubeconfig that is it, and leaves nothing once it is closed', async () => {
    await asAdmin('create', 'serviceaccount', 'terminal-closed');
    const { terminal, file, copy } = await openAs('default', 'terminal-closed');
    shells.push(terminal);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(file))).mode & 0o777, 0o700);
    const left = { file, copy, account: 'terminal-closed' };
    assert.deepEqual(await leftOf(left), {
      files: [basename(file), 'record.json'],
      secrets: 1,
      hasShell: true,
      isRefused: false,
    });
    terminal.dispose();
    await eventually('it has left nothing', async () => (isNothing(await leftOf(left)) ? true : undefined));
  });

  it('leaves nothing after its window has died, once another has started', async () => {
    const left = JSON.parse(await readFile(process.env['LEFT_TERMINAL'] ?? '', 'utf8')) as LeftTerminal;
    await eventually('the next window has ended it', async () =>
      isNothing(await leftOf(left)) ? true : undefined,
    );
  });
});

function isNothing(left: object): boolean {
  return JSON.stringify(left) === JSON.stringify(NOTHING);
}
