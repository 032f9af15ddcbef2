import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { Workbench } from '../support/ui/workbench.ts';

/** Turns around, breaks the line, is an icon and a link, and goes on for longer than a screen. */
const HOSTILE =
  '\u202Egnp\u202C\nAll is well. $(check) [Fix it](command:workbench.action.showCommands)\u200B\uE001 ';
const LONG = `${HOSTILE}${'Nothing runs. '.repeat(400)}`;
/** What may be in no text that the extension shows. */
const UNSEEN = /[\u202A-\u202E\u2066-\u2069\u200B\uE001]/;

let root: string;
let workspace: string;
let marker: string;
/** A kubeconfig of the workspace, under a hostile name. */
let file: string;
let server: Server;
let editor: Editor;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'words-'));
  workspace = join(root, 'workspace');
  marker = join(root, 'program-ran');
  await mkdir(workspace);
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    response.setHeader('Content-Type', 'application/json');
    if (searchParams.has('watch')) {
      response.flushHeaders();
      return;
    }
    const isList = pathname.endsWith('/serviceaccounts');
    const items = isList ? [account('default', HOSTILE), account(HOSTILE, 'plain')] : [];
    const kind = isList ? 'ServiceAccountList' : 'PartialObjectMetadataList';
    response.end(
      JSON.stringify(
        pathname === '/version'
          ? { major: '1', minor: '34', gitVersion: `v1.34.0${HOSTILE}` }
          : { apiVersion: 'v1', kind, metadata: { resourceVersion: '1' }, items },
      ),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const own = join(root, 'kubeconfig');
  file = join(
    workspace,
    `a\u202Egnp.lmay\n[Fix it](command:workbench.action.showCommands)$(check).kubeconfig`,
  );
  await writeFile(own, kubeconfig('own'));
  await writeFile(file, kubeconfig('workspace'));
  editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust: false,
    env: () => ({ KUBECONFIG: own }),
  });
  browser = await openBrowser();
  workbench = await Workbench.open(browser, editor.url({ workspace, file }), workspace);
});
afterAll(async () => {
  await browser?.close();
  await editor?.stop();
  server?.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  await rm(root, { recursive: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.picture('words-failed');
});

function account(namespace: string, name: string): object {
  return {
    metadata: { namespace, name, uid: `${namespace}/${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
  };
}

function kubeconfig(user: string): string {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', `touch ${marker}; exit 1`],
    interactiveMode: 'Never',
  };
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: HOSTILE, cluster: { server: `http://${address}` } },
      { name: 'secure', cluster: { server: `https://${address}` } },
    ],
    users: [
      { name: `${user}-program`, user: { exec } },
      { name: HOSTILE, user: {} },
    ],
    contexts: [
      { name: LONG, context: { cluster: 'secure', user: `${user}-program` } },
      { name: `reads ${HOSTILE}`, context: { cluster: HOSTILE, user: HOSTILE } },
    ],
    'current-context': `reads ${HOSTILE}`,
  });
}

const hasRun = async (): Promise<boolean> =>
  await readFile(marker).then(
    () => true,
    () => false,
  );

/** Whether all that is shown in a place is harmless: nothing unseen, no link, no icon that a name brought. */
async function expectHarmless(place: Locator): Promise<string> {
  const text = await place.innerText();
  expect(text).not.toMatch(UNSEEN);
  expect(await place.locator('a[href]', { hasText: 'Fix it' }).count()).toBe(0);
  expect(await place.locator('.codicon-check:not(.quick-input-list-icon)').count()).toBe(0);
  return text;
}

const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');

describe('a hostile name', () => {
  it('cannot act in the tree, in its title, nor in the status bar', async () => {
    await workbench.showServiceAccounts();
    const row = workbench.row(/^Namespace default/);
    await workbench.expand(/^Namespace default/);
    await workbench.row(/^ServiceAccount .*All is well/).waitFor();
    await row.waitFor();
    await workbench.picture('words-tree');
    await expectHarmless(workbench.page.locator('.part.sidebar'));
    const status = workbench.page.getByRole('button', { name: /^ServiceAccount context/ });
    const text = await expectHarmless(status);
    expect(text.length).toBeLessThan(80);
  });

  it('cannot act in a list, nor break out of its line', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    const option = workbench.option('Nothing runs');
    await option.waitFor();
    await workbench.picture('words-pick');
    const text = await expectHarmless(workbench.page.locator('.quick-input-widget'));
    expect(text).toContain('All is well');
  });

  it('cannot push the program that it runs out of the dialog that asks, nor stand outside its quotes', async () => {
    await workbench.page.keyboard.press('Escape');
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.choose('Nothing runs');
    await dialog().getByText('Run a program').waitFor();
    await workbench.picture('words-dialog');
    const text = await expectHarmless(dialog());
    expect(text).toContain(`exec: /bin/sh -c "touch ${marker}; exit 1"`);
    expect(text.length).toBeLessThan(1500);
    for (const name of ['Run It', 'Cancel']) {
      const box = await dialog().getByRole('button', { name, exact: true }).boundingBox();
      expect(box?.y ?? 9999).toBeLessThan(780);
    }
  });

  it('cannot have its program run by a hasty Enter', async () => {
    await workbench.page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect(await hasRun()).toBe(false);
    await workbench.page.getByText('ServiceAccounts cannot be shown').waitFor();
    expect(await hasRun()).toBe(false);
    await workbench.picture('words-refused');
    await expectHarmless(workbench.page.locator('.part.sidebar'));
  });

  it('of a file makes no link in a notification, and no other title', async () => {
    await workbench.page.locator('.editor-instance').first().click();
    await workbench.command('ServiceAccount: Verify Kubeconfig');
    const option = workbench.option('reads');
    await option.waitFor();
    await expectHarmless(workbench.page.locator('.quick-input-widget'));
    await option.click();
    const told = await workbench.told('Fix it');
    expect(await dialog().count()).toBe(0);
    await workbench.picture('words-notification');
    const text = await expectHarmless(told);
    expect(text).toContain('[Fix it] (command:');
  });
});
