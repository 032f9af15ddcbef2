import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import {
  ASK_TOOL,
  CALL_ALL,
  packageKubernetesExtension,
  USE_NEXT,
} from '../support/host/kubernetesExtension.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { Workbench } from '../support/ui/workbench.ts';

let root: string;
let workspace: string;
let marker: string;
let elsewhere: string;
let kubeconfig: string;
let kubernetesExtension: string;
let used: string;
let usedNext: string;
let added: string;
let listening: Server;
let connections = 0;
let browser: Browser;
let workbench: Workbench;
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
  kubernetesExtension = await packageKubernetesExtension(root);
  used = await kubeconfigOf('used-by-kubernetes');
  usedNext = await kubeconfigOf('used-next');
  added = await kubeconfigOf('added-by-me');
  const exp = Math.floor(Date.now() / 1000) + 86_400;
  await writeFile(join(workspace, 'token.env'), `TOKEN=${jwt(boundClaims({}, { exp }))}\n`);
  elsewhere = join(root, 'elsewhere');
  await writeFile(elsewhere, 'TOKEN=none\n');
  await chmod(elsewhere, 0o644);
  await symlink(elsewhere, join(workspace, 'linked.env'));
  const old = jwt(boundClaims({}, { exp: exp - 200_000 }));
  await writeFile(
    join(workspace, 'old.kubeconfig'),
    `kind: Config\nusers:\n- name: u\n  user:\n    token: ${old}\n`,
  );
  execFileSync('git', ['init', '-q', workspace]);
  execFileSync('git', ['-C', workspace, 'add', 'token.env']);
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

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.picture('untrusted-failed');
});

/** A kubeconfig of one context with its own name, whose server is the listening socket. */
async function kubeconfigOf(name: string): Promise<string> {
  const file = join(root, `${name}.kubeconfig`);
  const server = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/${name}`;
  const config = {
    clusters: [{ name, cluster: { server } }],
    contexts: [{ name, context: { cluster: name } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Its credential comes from a program that leaves a mark, its server is the listening socket. */
function hostileKubeconfig(port: number, leaves = marker): string {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', `touch ${leaves}; exit 1`, kubeconfig],
    interactiveMode: 'Never',
  };
  // What it does stands at the end, beyond what a dialog shows.
  const long = { ...exec, args: ['-c', `: ${'x'.repeat(2000)}; touch ${marker}-long; exit 1`] };
  const open = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: open }],
    users: [
      { name: 'program', user: { exec } },
      { name: 'long-program', user: { exec: long } },
      { name: 'token', user: { token: 'nothing' } },
    ],
    contexts: [
      { name: 'program', context: { cluster: 'c', user: 'program' } },
      { name: 'long-program', context: { cluster: 'c', user: 'long-program' } },
      { name: 'token', context: { cluster: 'c', user: 'token' } },
    ],
    'current-context': 'program',
  });
}

async function open(workspaceTrust: boolean): Promise<Workbench> {
  const editor = await startEditor({
    vsix: [inject('vsix'), kubernetesExtension],
    workspaceTrust,
    env: () => ({
      KUBECONFIG: kubeconfig,
      VICTIM: join(workspace, 'linked.env'),
      USED_BY_KUBERNETES: used,
      USED_NEXT: usedNext,
    }),
    settings: { 'security.workspace.trust.startupPrompt': 'never' },
  });
  editors.push(editor);
  return await Workbench.open(browser, editor.url({ workspace }), workspace);
}

const hasRun = async (mark = marker): Promise<boolean> =>
  await readFile(mark).then(
    () => true,
    () => false,
  );

describe('a hostile folder', () => {
  it('starts no program and sends no request while it is not trusted, and its tokens are decoded', async () => {
    workbench = await open(true);
    await workbench.showServiceAccounts();
    await workbench.page.getByText('This workspace is in Restricted Mode').waitFor();
    await workbench.picture('untrusted');
    expect(await workbench.hover(join(workspace, 'token.env'), 'eyJ')).toContain('kube-system/mycontroller');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('ServiceAccount: Tokens in This Workspace');
    await workbench.row(/^Revoke or Rotate: Usable, in Git, 1/).waitFor();
    for (const title of ['Generate Kubeconfig…', 'Verify Kubeconfig', 'Select Context…']) {
      expect(await workbench.offers(`ServiceAccount: ${title}`)).toBe(false);
    }
    await workbench.command('ServiceAccount: Refresh');
    await workbench.command('ServiceAccount: Inspect Token');
    await workbench.inspector().getByText('mycontroller').first().waitFor();
    expect([await hasRun(), connections]).toEqual([false, 0]);
  });

  it('has nothing changed by a quick fix, and none is offered that would', async () => {
    await workbench.goTo(join(workspace, 'old.kubeconfig'), 'eyJ');
    await workbench.quickFix('Why Unauthorized? Explain this token');
    const offered = await workbench.page.locator('.action-widget .monaco-list-row').allInnerTexts();
    await workbench.picture('untrusted-fixes');
    await workbench.page.keyboard.press('Escape');
    expect(offered.filter((text) => /Renew|Generate|Scaffold|Silence|chmod/.test(text))).toEqual([]);
  });

  it('has each command refused that would do more than decode, whoever calls it', async () => {
    await workbench.command(CALL_ALL);
    const told = await workbench.told(
      'This workspace is in Restricted Mode: tokens are found, decoded, judged and listed',
    );
    expect(await told.locator('.codicon-error').count()).toBe(0); // It is as it should be.
    expect(await told.getByRole('button', { name: 'Manage Workspace Trust' }).count()).toBe(1);
    expect(await told.getByRole('button', { name: 'Show Log' }).count()).toBe(0);
    await workbench.told('called ');
    await workbench.picture('untrusted-called');
    await workbench.settled();
    expect((await stat(elsewhere)).mode & 0o777).toBe(0o644);
    expect(await workbench.page.locator('.monaco-dialog-box, .quick-input-widget:visible').count()).toBe(0);
    expect([await hasRun(), connections]).toEqual([false, 0]);
    await workbench.closeNotifications();
  });

  it('gives a language model no cluster either, and says why', async () => {
    for (const tool of ['list_service_accounts', 'inspect_token']) {
      await workbench.command(ASK_TOOL);
      await workbench.choose(tool);
      const dialog = workbench.page.locator('.monaco-dialog-box');
      await dialog.getByText('for the language model?').first().waitFor();
      await workbench.picture(`untrusted-${tool}`);
      await workbench.page.keyboard.press('Enter');
      const told = await workbench.told(`${tool} answers`);
      expect(await told.innerText()).toContain(
        'This workspace is in Restricted Mode, so no cluster is asked',
      );
      await workbench.closeNotifications();
    }
    expect([await hasRun(), connections]).toEqual([false, 0]);
  });

  it('runs no program that the person does not allow, and asks once', async () => {
    workbench = await open(false);
    await workbench.showServiceAccounts();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Run a program').waitFor();
    expect(await dialog.innerText()).toContain(`exec: /bin/sh -c "touch ${marker}; exit 1"`);
    expect(await dialog.innerText()).toContain(kubeconfig);
    expect(await dialog.innerText()).toContain('whose certificate is not verified');
    expect(await dialog.innerText()).toContain(`${kubeconfig} is a file of this workspace`);
    await workbench.picture('program-asked');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await workbench.page.getByText('ServiceAccounts cannot be shown').waitFor();
    await workbench.page.getByRole('tab', { name: 'Explorer' }).first().click();
    await workbench.showServiceAccounts();
    await workbench.page.getByText('ServiceAccounts cannot be shown').waitFor();
    await sleep(1000);
    expect(await dialog.count()).toBe(0);
    expect([await hasRun(), connections]).toEqual([false, 0]);
  });

  it('runs a program after a yes, which shows that the canaries live', async () => {
    await workbench.command('ServiceAccount: Refresh');
    await workbench.page.getByRole('button', { name: 'Run It', exact: true }).click();
    await expect.poll(async () => await hasRun(), { timeout: 30_000 }).toBe(true);
  });

  it('asks again about a program that was forgotten', async () => {
    await workbench.command('ServiceAccount: Forget Allowed Programs…');
    await workbench.option('exec: /bin/sh').getByRole('checkbox').check();
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await expect.poll(async () => await dialog.innerText()).toContain('Run a program');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('cannot swap the program while the question about it is open: the yes is worth nothing then', async () => {
    const dialog = workbench.page.locator('.monaco-dialog-box');
    const { port } = listening.address() as AddressInfo;
    await rm(marker, { force: true });
    await workbench.command('ServiceAccount: Refresh');
    await dialog.getByText('Run a program').waitFor();
    await writeFile(kubeconfig, hostileKubeconfig(port, `${marker}-swapped`));
    await dialog.getByRole('button', { name: 'Run It' }).click();
    // What is there now is asked about, once it is seen that the file has changed.
    await dialog.getByText(`touch ${marker}-swapped`).waitFor();
    expect([await hasRun(), await hasRun(`${marker}-swapped`)]).toEqual([false, false]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await writeFile(kubeconfig, hostileKubeconfig(port));
  });

  it('shows a command line that is too long for a dialog whole, before it is asked about', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.choose('long-program');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('too many for this dialog').waitFor();
    expect(await dialog.getByRole('button', { name: 'Run It', exact: true }).count()).toBe(0);
    await workbench.picture('program-long-asked');
    await dialog.getByRole('button', { name: 'Show It First' }).click();
    await workbench.option('Run It').waitFor();
    const text = await workbench.page.locator('.editor-instance .view-lines').innerText();
    expect(text.replaceAll(/\s/g, ' ')).toContain('; exit 1"');
    await workbench.picture('program-long-shown');
    expect(await hasRun(`${marker}-long`)).toBe(false);
    await workbench.choose('Run It');
    await expect.poll(async () => await hasRun(`${marker}-long`), { timeout: 30_000 }).toBe(true);
    await workbench.page.getByRole('tab', { name: 'What would run' }).waitFor({ state: 'hidden' });
    await workbench.settled(); // The tab that closes takes the focus elsewhere.
  });
});

describe('the choice of contexts', () => {
  it('names the file of each, also those that the Kubernetes extension uses', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    const offered = workbench.option('used-by-kubernetes');
    await offered.waitFor();
    await expect.poll(async () => await offered.innerText()).toContain(used);
    await expect.poll(async () => await workbench.option('program').innerText()).toContain(kubeconfig);
    await workbench.picture('contexts');
    expect(connections).toBe(0);
    await workbench.choose('used-by-kubernetes');
    await expect.poll(() => connections, { timeout: 30_000 }).toBeGreaterThan(0);
    await workbench.page.getByRole('button', { name: 'ServiceAccount context used-by-kubernetes' }).waitFor();
  });

  it('follows the Kubernetes extension to another kubeconfig, and goes to no other cluster by itself', async () => {
    const status = workbench.page.getByRole('button', { name: 'ServiceAccount context used-' });
    await workbench.command(USE_NEXT);
    await workbench.page.getByText('the kubeconfig no longer has the one that was').waitFor();
    await status.waitFor({ state: 'hidden' });
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.option('used-next').waitFor();
    expect(await workbench.option('used-by-kubernetes').count()).toBe(0);
    await workbench.choose('used-next');
    await status.filter({ hasText: 'used-next' }).waitFor();
  });

  it('takes a file that is added, and lets go of it', async () => {
    await workbench.command('ServiceAccount: Add Kubeconfig…');
    await workbench.page.locator('.quick-input-title', { hasText: 'Add Kubeconfig' }).waitFor();
    const widget = workbench.page.locator('.quick-input-widget');
    await workbench.option('token.env').waitFor(); // The dialog has read the workspace, and types no more.
    await widget.locator('input.input').fill(added);
    await workbench.option('added-by-me.kubeconfig').waitFor();
    await widget.getByRole('button', { name: 'Add' }).click();
    const status = workbench.page.getByRole('button', { name: 'ServiceAccount context added-by-me' });
    await expect.poll(async () => await status.isVisible(), { timeout: 30_000 }).toBe(true);
    await workbench.command('ServiceAccount: Remove Added Kubeconfig…');
    await workbench.option('added-by-me').getByRole('checkbox').check();
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await expect.poll(async () => await status.isVisible(), { timeout: 30_000 }).toBe(false);
  });
});
