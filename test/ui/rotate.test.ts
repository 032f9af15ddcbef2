import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { writeKubeconfig } from '../../sandbox/kubeconfig.ts';
import { Keyboard } from '../support/ui/keyboard.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let keys: Keyboard;

beforeAll(async () => {
  ({ example, cluster, workbench, close } = await openExample());
  keys = await Keyboard.open(workbench);
});
afterAll(async () => {
  await close?.();
});
afterEach(async ({ task }) => {
  await keys.leaveAfter(task, 'rotate');
});

const path = (name: string): string => join(example.workspace, name);
const text = async (name: string): Promise<string> => await readFile(path(name), 'utf8');
const kubectl = async (...args: string[]): Promise<string> =>
  (await run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args])).stdout;

describe('the wizard that rotates a token Secret', () => {
  it('refuses the old name with the reason, names who holds the old token, and keeps the old until told', async () => {
    await keys.start('Rotate Token Secret…');
    await keys.pick('deployer');
    await keys.pick('deployer-token');
    await keys.question('It must be a different name').waitFor();
    await keys.input().fill('deployer-token');
    await keys.question('brings the same token back').waitFor();
    await workbench.picture('wizards-10-rotate');
    await keys.press('Control+Alt+Minus');
    await keys.pick('deployer-token');
    await workbench.answer(/It must be a different name/);
    await keys.question('ci/deployer-token-2 is filled').waitFor();
    expect(await workbench.option('Nowhere from Here').innerText()).toContain('several-tokens.env');
    await workbench.inBothThemes('wizards-11-rotated');
    await keys.pick('Nowhere from Here');
    await keys.question('ci/deployer-token is still there').waitFor();
    await workbench.row(/^Namespace ci/).click(); // Elsewhere: the question stays.
    await keys.question('ci/deployer-token is still there').waitFor();
    await keys.input().click();
    await keys.press('Enter'); // A hasty one: it deletes nothing.
    const secrets = await kubectl('get', 'secrets', '-n', 'ci', '-o', 'name');
    expect(secrets.match(/deployer-token/g)).toHaveLength(2);
  });

  it('is found again in the tree where it was left open, and gone on with from there', async () => {
    await workbench.expand(/^Namespace ci/);
    await workbench.expand(/^ServiceAccount deployer/);
    const old = /^Token Secret deployer-token, replaced by deployer-token-2, and still valid/;
    await workbench.row(old).waitFor();
    await workbench.inBothThemes('wizards-12-left-open');
    await workbench.menu(old, 'Rotate Token Secret…');
    await workbench.page.getByPlaceholder('was replaced by deployer-token-2, and is still valid').waitFor();
    await keys.pick('Continue with That');
    await keys.question('ci/deployer-token-2 is filled').waitFor();
    expect(await kubectl('get', 'secrets', '-n', 'ci', '-o', 'name')).toContain('secret/deployer-token\n');
    await keys.cancel();
  });

  it('puts the new token where the old one is, and ends the old: kubectl works with the file, and not with a copy', async () => {
    const data = ['get', 'secret', 'deployer-token', '-n', 'ci', '-o', 'jsonpath={.data.token}'];
    const credential = Buffer.from(await kubectl(...data), 'base64').toString();
    const ca = await readFile(cluster.caFile, 'utf8');
    for (const name of ['rotated.kubeconfig', '../copy-of-the-old']) {
      await writeKubeconfig(path(name), { server: cluster.server, ca, user: 'ci', credential });
    }
    const who = async (name: string): Promise<string> => {
      const args = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
      return await run(cluster.kubectl, ['--kubeconfig', path(name), ...args]).then(
        ({ stdout }) => stdout,
        (error: unknown) => String(error),
      );
    };
    const deployer = 'system:serviceaccount:ci:deployer';
    expect(await who('../copy-of-the-old')).toBe(deployer);
    await workbench.closeNotifications();
    await keys.start('Rotate Token Secret…');
    await keys.pick('deployer');
    await keys.pick('deployer-token');
    await keys.pick('Rotate It Again');
    await workbench.answer(/It must be a different name/, 'deployer-rotated');
    await keys.question('ci/deployer-rotated is filled').waitFor();
    await keys.pick('Put It into rotated.kubeconfig');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('Renew the token in rotated.kubeconfig?').waitFor();
    await dialog.getByRole('button', { name: 'Renew', exact: true }).click();
    await workbench.told(/Works: \S*rotated\.kubeconfig\./);
    await keys.question('ci/deployer-token is still there').waitFor();
    await workbench.picture('wizards-13-put-there');
    await keys.pick('Revoke the Old Token…');
    await dialog.getByRole('button', { name: 'Delete Secret' }).click();
    await workbench.told('Revoked and proved');
    expect(await who('rotated.kubeconfig')).toBe(deployer);
    expect(await who('../copy-of-the-old')).toMatch(/Unauthorized|must be logged in/);
    const secrets = await kubectl('get', 'secrets', '-n', 'ci', '-o', 'name');
    expect(secrets.split('\n')).not.toContain('secret/deployer-token');
    expect(secrets.split('\n')).toContain('secret/deployer-rotated');
  });
});

describe('regenerating a kubeconfig', () => {
  it('takes that one of the person’s contexts that leads where the file leads, whichever is selected', async () => {
    const own = ['--kubeconfig', join(example.editor.folder, 'kubeconfig'), 'config'];
    await run(cluster.kubectl, [...own, 'set-cluster', 'elsewhere', '--server=https://127.0.0.1:1']);
    await run(cluster.kubectl, [...own, 'set-context', 'elsewhere', '--cluster=elsewhere']);
    await run(cluster.kubectl, [...own, 'use-context', 'elsewhere']);
    const selected = workbench.page.getByRole('button', { name: 'ServiceAccount context elsewhere' });
    await selected.waitFor();
    await workbench.closeNotifications();
    const before = await text('rotated.kubeconfig');
    await keys.open('rotated.kubeconfig');
    await keys.start('Regenerate Kubeconfig…');
    await keys.question('Regenerate rotated.kubeconfig with context sandbox').waitFor();
    await workbench.picture('wizards-15-other-context');
    await keys.pick('For a Time…');
    await keys.pick('1 hour');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Renew' }).click();
    await workbench.told(/Works: \S*rotated\.kubeconfig\./);
    expect(await text('rotated.kubeconfig')).not.toBe(before);
    await selected.waitFor();
  });
});
