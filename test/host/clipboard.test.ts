import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { settings } from '../../src/contributions.ts';
import { clipboardSeconds, putOnClipboard } from '../../src/editor/credentials/clipboard.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

describe('a token on the clipboard', () => {
  const token = jwt(boundClaims());
  const set = async (seconds: number | undefined): Promise<void> => {
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration().update(settings.clipboardSeconds, seconds, Global);
  };
  const { clipboard } = vscode.env;

  before(async () => {
    await set(1);
  });
  after(async () => {
    await set(undefined);
  });

  it('is taken off after the time that is set', async () => {
    assert.equal(clipboardSeconds(), 1);
    await putOnClipboard(token, 'ci/deployer', clipboardSeconds());
    assert.equal(await clipboard.readText(), token);
    for (const deadline = Date.now() + 20_000; (await clipboard.readText()) !== ''; await sleep(100)) {
      assert.ok(Date.now() < deadline, 'it is still there');
    }
  });

  it('leaves what the person has copied since', async () => {
    await putOnClipboard(token, 'ci/deployer', clipboardSeconds());
    await clipboard.writeText('copied by the person');
    await sleep(3000);
    assert.equal(await clipboard.readText(), 'copied by the person');
  });

  it('stays where the time is 0', async () => {
    await set(0);
    await putOnClipboard(token, 'ci/deployer', clipboardSeconds());
    await sleep(3000);
    assert.equal(await clipboard.readText(), token);
    await clipboard.writeText('');
  });
});
