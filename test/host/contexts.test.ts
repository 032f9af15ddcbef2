import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { startWire } from '../support/cluster/wire.ts';

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

const add = async (file: string): Promise<void> => {
  await vscode.commands.executeCommand('serviceAccountTokens.addKubeconfig', vscode.Uri.file(file));
};
const show = async (): Promise<void> => {
  await vscode.commands.executeCommand('serviceAccountTokens.tree.focus');
};
const hide = async (): Promise<void> => {
  await vscode.commands.executeCommand('workbench.view.explorer');
};
/** Goes back to the cluster that the other suites use. */
const goBack = async (): Promise<void> => {
  await add(process.env['KUBECONFIG'] ?? '');
  await vscode.workspace.getConfiguration().update(ADDED, undefined, vscode.ConfigurationTarget.Global);
  await hide();
};

describe('a view that is hidden', () => {
  it('goes on watching for 5 minutes, then leaves the server alone, and watches again once it is seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hidden-'));
    const config = await readFile(process.env['KUBECONFIG'] ?? '', 'utf8');
    const port = /127\.0\.0\.1:(\d+)/.exec(config)?.[1] ?? '';
    const wire = await startWire(Number(port));
    const file = join(folder, 'wired');
    await writeFile(file, config.replace(`127.0.0.1:${port}`, `127.0.0.1:${wire.port}`));
    const { setTimeout: wait } = globalThis;
    try {
      await hide();
      await add(file);
      assert.equal(wire.openSockets(), 0);
      await show();
      // ServiceAccounts and token Secrets: nothing else is on screen.
      await eventually('kinds to be watched', () => wire.openSockets() >= 2);
      const fiveMinutes = 5 * 60_000;
      const hurry = (call: (...given: unknown[]) => void, time?: number, ...given: unknown[]) =>
        wait(call, time === fiveMinutes ? 1000 : time, ...given);
      // The one clock that is waited for here runs faster.
      globalThis.setTimeout = Object.assign<object, object>(hurry, wait) as typeof wait;
      await hide();
      await sleep(500);
      assert.ok(wire.openSockets() >= 2, 'it goes on at first');
      await eventually('watches to end', () => wire.openSockets() === 0);
      globalThis.setTimeout = wait;
      await show();
      await eventually('watches again', () => wire.openSockets() >= 2);
    } finally {
      globalThis.setTimeout = wait;
      await goBack();
      wire.close();
      await rm(folder, { recursive: true });
    }
  });
});

describe('a kubeconfig that the person adds', () => {
  const listeners = [new Listener(), new Listener(), new Listener(), new Listener()] as const;
  const [first, second, third, fourth] = listeners;
  let configs: readonly string[] = [];
  let folder = '';
  let link = '';

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
    await goBack();
    for (const listener of listeners) listener.stop();
    await rm(folder, { recursive: true });
  });

  it('is used at once where it has one context, and nothing is sent before the view is visible', async () => {
    await add(link);
    assert.deepEqual(vscode.workspace.getConfiguration().get(ADDED), [link]);
    await sleep(1000);
    assert.equal(first.connections, 0);
    await show();
    await eventually('its server to be asked', () => first.connections > 0);
  });

  it('is followed where the file behind a link is replaced', async () => {
    await replace('real', configs[1]);
    await eventually('the next server to be asked', () => second.connections > 0);
  });

  it('is followed where the link is made to lead elsewhere', async () => {
    await writeFile(join(folder, 'other'), configs[2] ?? '');
    await symlink('other', join(folder, 'new-link'));
    await rename(join(folder, 'new-link'), link);
    await eventually('the third server to be asked', () => third.connections > 0);
  });

  it('is followed where it goes away for a while', async () => {
    await rm(join(folder, 'other'));
    await sleep(2000);
    await writeFile(join(folder, 'other'), configs[3] ?? '');
    await eventually('the fourth server to be asked', () => fourth.connections > 0);
  });

  it('is left alone where it has no contexts, with a word on it', async () => {
    await writeFile(join(folder, 'empty'), '{}');
    // The message stays until it is answered, which nobody does here.
    void add(join(folder, 'empty'));
    await sleep(500);
    assert.deepEqual(vscode.workspace.getConfiguration().get(ADDED), [link]);
  });
});
