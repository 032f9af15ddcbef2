import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { Workbench } from '../support/ui/workbench.ts';

let cluster: ControlPlane;
let editor: Editor;
let browser: Browser;
let workbench: Workbench;
let workspace: string;

/** A port of this machine on which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

beforeAll(async () => {
  cluster = await startControlPlane();
  const other = (await cluster.clientCertificate('somebody')).certificate; // No CA, and none of the server's.
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const ca = base64(await readFile(cluster.caFile, 'utf8'));
  const good = { server: cluster.server, 'certificate-authority-data': ca };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/false',
    interactiveMode: 'Never',
  };
  const token = jwt(boundClaims());
  const entries: readonly (readonly [name: string, cluster: object, user: object])[] = [
    ['refused', good, { token }],
    ['nobody', { ...good, server: `https://127.0.0.1:${await freePort()}` }, { token }],
    ['no-name', { ...good, server: 'https://no-such-host.invalid:6443' }, { token }],
    ['other-ca', { ...good, 'certificate-authority-data': base64(other) }, { token }],
    ['other-name', { ...good, 'tls-server-name': 'elsewhere.example' }, { token }],
    ['program', { server: cluster.server, 'insecure-skip-tls-verify': true }, { exec }],
  ];
  const kubeconfig = join(cluster.folder, 'states.kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, one]) => ({ name, cluster: one })),
    users: entries.map(([name, , user]) => ({ name, user })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': 'refused',
  };
  await writeFile(kubeconfig, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust: true,
    env: () => ({ KUBECONFIG: kubeconfig }),
    settings: {
      'window.autoDetectColorScheme': true,
      'window.autoDetectHighContrast': true,
      'security.workspace.trust.startupPrompt': 'never',
    },
  });
  // Beside the editor's own folders: what lies in a folder that nobody trusts is no extension.
  workspace = join(editor.folder, 'workspace');
  await mkdir(workspace);
  await writeFile(join(workspace, 'token.env'), `TOKEN=${token}\n`);
  browser = await openBrowser();
  workbench = await Workbench.open(browser, editor.url({ workspace }), workspace);
});
afterAll(async () => {
  await browser?.close();
  await editor?.stop();
  await cluster?.stop();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.picture('states-failed');
});

const inspector = (): FrameLocator => workbench.inspector();
const told = async (): Promise<string> => await workbench.inspected();
const patience = { timeout: 30_000 };

describe('an inspector in Restricted Mode', () => {
  it('says what it needs, with one button, and goes on by itself once the workspace is trusted', async () => {
    // The extension is there once its view is.
    await workbench.showServiceAccounts();
    await workbench.goTo(join(workspace, 'token.env'), 'eyJ');
    await workbench.command('ServiceAccount: Why Unauthorized?');
    await expect.poll(told, patience).toMatch(/^In Restricted Mode no cluster is asked/m);
    expect(await inspector().getByRole('alert').count()).toBe(0);
    expect(await inspector().locator('.hero button:not(.quiet)').allInnerTexts()).toEqual([
      'Manage Workspace Trust',
    ]);
    await workbench.picturesInEachTheme('states-restricted');
    await inspector().locator('#trust').click();
    await workbench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: /^Trust/ })
      .first()
      .click();
    // The trust editor is shown before all others; the answer takes the focus from it, and with it every key.
    await workbench.page
      .locator('.monaco-modal-editor-block')
      .getByRole('button', { name: /^Close/ })
      .click();
    await workbench.page.locator('.workspace-trust-editor').waitFor({ state: 'hidden' });
    await workbench.page.getByRole('tab', { name: /^Token: token\.env/ }).click();
    await expect.poll(told, patience).toMatch(/^Asked https:/m);
    await workbench.picture('states-trusted');
  });
});

describe('the tree where it has no rows', () => {
  const states: readonly (readonly [context: string, reason: RegExp, button: string])[] = [
    ['refused', /refused your credential \(401 Unauthorized\)/, 'Why Unauthorized?'],
    ['nobody', /the connection was refused, as nothing listens/, 'Try Again'],
    ['no-name', /The name of the API server cannot be resolved/, 'Try Again'],
    ['other-ca', /its certificate does not fit: it is not signed by/, 'Why Does This Kubeconfig Fail?'],
    ['other-name', /its certificate is for other names/, 'Why Does This Kubeconfig Fail?'],
    ['program', /you did not agree to that/, 'Ask Me Again'],
  ];

  it.each(states)('says the reason of “%s” in the view, with one button', async (context, reason, button) => {
    await workbench.showServiceAccounts();
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.choose(context);
    if (context === 'program') {
      const dialog = workbench.page.locator('.monaco-dialog-box');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    }
    const view = workbench.page.locator('.welcome-view-content', { hasText: reason });
    await view.waitFor();
    expect(await view.locator('.button-container').allInnerTexts()).toEqual([button]); // Links are buttons by role.
    await workbench.picturesInEachTheme(`states-${context}`);
  });

  it('leads to the explanation of the very kubeconfig and context', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.choose('refused');
    await workbench.page
      .locator('.welcome-view-content')
      .getByRole('button', { name: 'Why Unauthorized?' })
      .click();
    await workbench.page.getByRole('tab', { name: /^Token: .*states\.kubeconfig/ }).waitFor();
    await expect.poll(told, patience).toMatch(/kube-system\/mycontroller/);
    await expect.poll(told, patience).toMatch(/^Asked https:/m);
    await workbench.picture('states-why');
  });
});
