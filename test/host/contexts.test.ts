import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const ADDED = 'serviceAccountTokens.addedKubeconfigs';

/** Listens for connections, and answers none: it shows which server a kubeconfig has led to. */
class Listener {
  connections = 0;
  readonly #server: Server = createServer((socket) => {
    this.connections += 1;
    socket.destroy();
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    const cluster = { server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}` };
    return JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      contexts: [{ name: 'followed', context: { cluster: 'c' } }],
    });
  }

  stop(): void {
    this.#server.close();
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`Waited 20 s: ${what}`);
    await sleep(50);
  }
}

describe('a kubeconfig that the person adds', () => {
  const listeners = [new Listener(), new Listener(), new Listener(), new Listener()] as const;
  const [first, second, third, fourth] = listeners;
  let configs: readonly string[] = [];
  let folder = '';
  let link = '';

  const add = async (file: string): Promise<void> => {
    await vscode.commands.executeCommand('serviceAccountTokens.addKubeconfig', vscode.Uri.file(file));
  };
  const replace = async (name: string, config: string | undefined): Promise<void> => {
    await writeFile(join(folder, 'new'), config ?? '');
    await rename(join(folder, 'new'), join(folder, name));
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'added-'));
    link = join(folder, 'config');
    configs = await Promise.all(listeners.map(async (listener) => await listener.start()));
    await replace('real', configs[0]);
    await symlink('real', link);
  });
  after(async () => {
    await add(process.env['KUBECONFIG'] ?? '');
    await vscode.workspace.getConfiguration().update(ADDED, undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.view.explorer');
    for (const listener of listeners) listener.stop();
    await rm(folder, { recursive: true });
  });

  it('is used at once where it has one context, and nothing is sent before the view is visible', async () => {
    await add(link);
    assert.deepEqual(vscode.workspace.getConfiguration().get(ADDED), [link]);
    await sleep(1000);
    assert.equal(first.connections, 0);
    await vscode.commands.executeCommand('serviceAccountTokens.tree.focus');
    await until('its server is asked', () => first.connections > 0);
  });

  it('is followed where the file behind a link is replaced', async () => {
    await replace('real', configs[1]);
    await until('the next server is asked', () => second.connections > 0);
  });

  it('is followed where the link is made to lead elsewhere', async () => {
    await writeFile(join(folder, 'other'), configs[2] ?? '');
    await symlink('other', join(folder, 'new-link'));
    await rename(join(folder, 'new-link'), link);
    await until('the third server is asked', () => third.connections > 0);
  });

  it('is followed where it goes away for a while', async () => {
    await rm(join(folder, 'other'));
    await sleep(2000);
    await writeFile(join(folder, 'other'), configs[3] ?? '');
    await until('the fourth server is asked', () => fourth.connections > 0);
  });

  it('is left alone where it has no contexts, with a word on it', async () => {
    await writeFile(join(folder, 'empty'), '{}');
    // The message stays until it is answered, which nobody does here.
    void add(join(folder, 'empty'));
    await sleep(500);
    assert.deepEqual(vscode.workspace.getConfiguration().get(ADDED), [link]);
  });
});
