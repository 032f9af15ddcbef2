import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import { LeakWatch } from '../support/ui/leaks.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const HOST = 'host/etc/cni/net.d/mycontroller.kubeconfig';
const patience = { timeout: 30_000 };

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let leaks: LeakWatch;

beforeAll(async () => {
  leaks = await LeakWatch.begin();
  ({ example, cluster, workbench, close } = await openExample({
    leaks,
    settings: {
      'terminal.integrated.gpuAcceleration': 'off', // Its rows are then elements of the page.
      'terminal.integrated.defaultProfile.linux': 'bash',
    },
    before: async (_, { request }) => {
      await request('DELETE', '/api/v1/namespaces/kube-system/pods/mycontroller-x7k2p', {
        gracePeriodSeconds: 0,
      });
    },
  }));
});
afterAll(async () => {
  await close?.();
});

/** The last row of the terminal that begins with these words; its blanks are of any kind. */
const refused = (): Locator =>
  workbench.page
    .locator('.xterm-rows > div:visible')
    .filter({ hasText: /^error:.You.must.be.logged.in/ })
    .last();

async function openTerminal(): Promise<void> {
  await workbench.command('Terminal: Create New Terminal');
  await workbench.page.locator('.xterm-rows > div:visible').filter({ hasText: /#|\$/ }).first().waitFor();
}

/** Types a command into the terminal, and waits until it was refused. */
async function run(command: string): Promise<void> {
  await workbench.command('Terminal: Clear');
  for (let tries = 1; ; tries += 1) {
    await workbench.command('Terminal: Focus Terminal');
    await workbench.page.keyboard.press('Control+C');
    await workbench.settled(); // What is typed before the shell asks again is lost.
    await workbench.page.keyboard.type(command);
    await workbench.page.keyboard.press('Enter');
    try {
      await refused().waitFor({ timeout: 10_000 });
      return;
    } catch (error) {
      if (tries === 3) throw error; // A terminal that is not there yet loses what is typed.
    }
  }
}

/** Follows the link on the words, once the terminal says that there is one: it asks for links where the mouse comes to a line. */
async function follow(): Promise<void> {
  const words = { position: { x: 130, y: 8 }, force: true };
  const says = workbench.page.getByText('Why Unauthorized? (ctrl + click)');
  for (let tries = 1; ; tries += 1) {
    await workbench.page.mouse.move(0, 0);
    await refused().hover(words);
    try {
      await says.first().waitFor({ timeout: 5000 });
      break;
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
  await refused().click({ ...words, modifiers: ['Control'] });
}

describe('from the line in the terminal to the check that failed', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture(`terminal-failed-${task.name.slice(0, 12)}`);
    await workbench.command('View: Close All Editors');
  });

  it('is one click, for the kubeconfig that the command named', async () => {
    await openTerminal();
    await run(`kubectl --kubeconfig ${HOST} get pods`);
    await workbench.page.getByRole('button', { name: 'Why Unauthorized?' }).waitFor();
    await workbench.inBothThemes('terminal');
    await follow();
    await expect
      .poll(async () => await workbench.inspected(), patience)
      .toMatch(/The Pod it is bound to is gone/);
    await workbench.page.getByRole('tab', { name: /mycontroller\.kubeconfig/ }).waitFor();
    await workbench.inBothThemes('terminal-explained');
  });

  it('asks which kubeconfig it was where the shell tells nothing, the likeliest first', async () => {
    await workbench.command('Terminal: Kill All Terminals');
    const other = join(example.workspace, 'other.kubeconfig');
    await copyFile(join(example.workspace, HOST), other);
    await workbench.openFile(other);
    await workbench.openFile(join(example.workspace, HOST));
    await openTerminal();
    await workbench.command('Terminal: Focus Terminal');
    await workbench.page.keyboard.type('sh\n'); // A shell in the shell tells of no command.
    await workbench.settled();
    await run(`kubectl --kubeconfig ${HOST} get pods`);
    await follow();
    const entries = workbench.page.locator('.quick-input-list .monaco-list-row');
    await expect
      .poll(async () => await entries.allInnerTexts(), patience)
      .toContainEqual(expect.stringContaining('other.kubeconfig'));
    const [first, second] = await entries.allInnerTexts();
    expect(first).toContain(HOST);
    expect(second).toContain('other.kubeconfig');
    await workbench.choose(HOST);
    await expect
      .poll(async () => await workbench.inspected(), patience)
      .toMatch(/The Pod it is bound to is gone/);
  });
});

describe('a log that says 401', () => {
  it('has a lens at the first of each reason, with how often it is there, and words for each', async () => {
    const log = join(example.workspace, 'kube-apiserver.txt');
    const line = (second: number, reason: string): string =>
      `E1129 10:00:${second} 1 authentication.go:75] "Unable to authenticate the request" err="[invalid bearer token, ${reason}]"\n`;
    const gone = 'service account token has been invalidated';
    const lines = ['I1129 10:00:09 1 controller.go:667] "Starting"\n', line(10, gone), line(11, gone)];
    await writeFile(log, [...lines, line(12, 'service account token has expired'), line(13, gone)].join(''));
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.openFile(log);
    const lenses = workbench.page.locator('.codelens-decoration');
    await expect.poll(async () => await lenses.allInnerTexts(), patience).toHaveLength(2);
    const [first, second] = await lenses.allInnerTexts();
    expect(first).toBe('401: The Pod it is bound to is gone, or 3 other causes (3 times in this file)');
    expect(second).toBe('401: It has expired');
    await workbench.goTo(log, 'invalid bearer token');
    await workbench.command('Show or Focus Hover');
    await workbench.page.locator('.monaco-hover').filter({ hasText: 'Why Unauthorized?' }).last().waitFor();
    await workbench.inBothThemes('log');
    await workbench.command('View: Close All Editors');
  });
});

describe('a terminal as a ServiceAccount', () => {
  const account = /^ServiceAccount mycontroller/;
  const whoami = (): Locator =>
    workbench.page
      .locator('.xterm-rows > div:visible')
      .filter({ hasText: /^system:serviceaccount:kube-system:mycontroller/ });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('terminal-as-failed');
  });

  /** The kubeconfigs that terminals have now, and the Secrets that their tokens are bound to. */
  async function left(): Promise<{ files: readonly string[]; secrets: readonly string[] }> {
    const paths = await readdir(example.editor.folder, { recursive: true });
    const { items } = (await cluster.request('GET', '/api/v1/namespaces/kube-system/secrets')) as {
      readonly items: readonly { readonly metadata: { readonly name: string } }[];
    };
    return {
      files: paths.filter((path) => /[/]terminals[/]/.test(path) && path.endsWith('kubeconfig')),
      secrets: items.map(({ metadata }) => metadata.name).filter((name) => name.includes('-revocable-')),
    };
  }

  async function openAs(): Promise<string> {
    await workbench.showServiceAccounts();
    await workbench.expand(/^Namespace kube-system/);
    await workbench.menu(account, 'Open Terminal as This ServiceAccount');
    await workbench.page
      .locator('.xterm-rows > div:visible')
      .filter({ hasText: /Closing.this.terminal/ })
      .waitFor();
    const says = async (): Promise<number> => {
      await workbench.command('Terminal: Focus Terminal');
      await workbench.page.keyboard.type('kubectl auth whoami -o jsonpath={.status.userInfo.username}\n');
      return await whoami().count();
    };
    await expect.poll(says, { timeout: 60_000, interval: 3000 }).toBeGreaterThan(0);
    const { files, secrets } = await left();
    expect([files.length, secrets.length]).toEqual([1, 1]);
    const file = join(example.editor.folder, files[0] ?? '');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const copy = join(example.editor.folder, 'copy.kubeconfig');
    await copyFile(file, copy);
    return copy;
  }

  /** What is left of a terminal whose kubeconfig was copied: files, Secrets, processes, and whether the server takes its token. */
  async function all(copy: string): Promise<object> {
    const variables = await Promise.all(
      (await readdir('/proc'))
        .filter((name) => /^[0-9]+$/.test(name))
        .map(async (pid) => await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
    );
    const shells = variables.filter((text) => /KUBECONFIG=[^\0]*[/]terminals[/]/.test(text)).length;
    const said = await kubectlIs(cluster.kubectl, copy).catch(String);
    return { ...(await left()), shells, isRefused: /Unauthorized|must be logged in/.test(said) };
  }
  const nothing = { files: [], secrets: [], shells: 0, isRefused: true };
  const long = { timeout: 90_000, interval: 1000 };

  it('has a kubectl that is it, and leaves nothing where its window is reloaded', async () => {
    const copy = await openAs();
    await workbench.inBothThemes('terminal-as');
    await workbench.page.reload();
    await workbench.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await workbench.showServiceAccounts();
    await expect.poll(async () => await all(copy), long).toEqual(nothing);
    await rm(copy);
  });
});
