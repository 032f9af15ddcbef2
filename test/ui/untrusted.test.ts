import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { Workbench } from '../support/workbench.ts';

let root: string;
let workspace: string;
let marker: string;
let kubeconfig: string;
let listening: Server;
let connections = 0;
let browser: Browser;
const editors: Editor[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'untrusted-'));
  workspace = join(root, 'workspace');
  marker = join(root, 'program-ran');
  listening = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  await mkdir(join(workspace, '.vscode'), { recursive: true });
  kubeconfig = join(workspace, 'kubeconfig');
  await writeFile(kubeconfig, hostileKubeconfig((listening.address() as AddressInfo).port));
  await writeFile(join(workspace, 'token.env'), `TOKEN=${jwt(boundClaims())}\n`);
  await writeFile(
    join(workspace, '.vscode', 'settings.json'),
    JSON.stringify({ 'serviceAccountTokens.kubeconfig': [kubeconfig] }),
  );
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  for (const editor of editors) await editor.stop();
  await new Promise((resolve) => {
    listening.close(resolve);
  });
  await rm(root, { recursive: true });
});

/** Its credential comes from a program that leaves a mark, its server is the listening socket. */
function hostileKubeconfig(port: number): string {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', `touch ${marker}; exit 1`],
    interactiveMode: 'Never',
  };
  const open = { server: `http://127.0.0.1:${port}` };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: open }],
    users: [
      { name: 'program', user: { exec } },
      { name: 'token', user: { token: 'nothing' } },
    ],
    contexts: [
      { name: 'program', context: { cluster: 'c', user: 'program' } },
      { name: 'token', context: { cluster: 'c', user: 'token' } },
    ],
    'current-context': 'program',
  });
}

async function open(workspaceTrust: boolean): Promise<Workbench> {
  const editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust,
    env: () => ({ KUBECONFIG: kubeconfig }),
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  });
  editors.push(editor);
  return await Workbench.open(browser, editor.url({ workspace }), workspace);
}

const hasRun = async (): Promise<boolean> =>
  await readFile(marker).then(
    () => true,
    () => false,
  );

describe('a hostile folder', () => {
  it('starts no program and sends no request while it is not trusted, and its tokens are decoded', async () => {
    const workbench = await open(true);
    await workbench.showServiceAccounts();
    await workbench.page.getByText('This workspace is in Restricted Mode').waitFor();
    await workbench.picture('untrusted');
    expect(await workbench.hover(join(workspace, 'token.env'), 'eyJ')).toContain('kube-system/mycontroller');
    await workbench.page.keyboard.press('Escape');
    for (const title of ['Generate Kubeconfig…', 'Verify Kubeconfig', 'Select Context…']) {
      expect(await workbench.offers(`ServiceAccount: ${title}`)).toBe(false);
    }
    await workbench.command('ServiceAccount: Refresh');
    await workbench.command('ServiceAccount: Inspect Token');
    await workbench.page
      .frameLocator('iframe.webview.ready')
      .frameLocator('iframe')
      .getByText('mycontroller')
      .first()
      .waitFor();
    expect([await hasRun(), connections]).toEqual([false, 0]);
  });

  it('is asked for each program also where it is trusted; a yes runs it, which shows that the canaries live', async () => {
    const workbench = await open(false);
    await workbench.showServiceAccounts();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Run a program').waitFor();
    expect([await hasRun(), connections]).toEqual([false, 0]);
    await workbench.picture('program-asked');
    await dialog.getByRole('button', { name: 'Run It' }).click();
    await expect.poll(hasRun, { timeout: 30_000 }).toBe(true);
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.choose('token');
    await expect.poll(() => connections, { timeout: 30_000 }).toBeGreaterThan(0);
  });
});
