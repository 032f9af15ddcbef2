import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlPlaneProgram } from '../../sandbox/binaries.ts';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import { LeakWatch } from '../support/ui/leaks.ts';
import { traceOf } from '../support/ui/trace.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);
const deployer = 'system:serviceaccount:ci:deployer';
const CLIPBOARD_SECONDS = 15;

let cluster: ControlPlane;
/** The person's own kubeconfig. */
let own: string;
let example: Example;
let close: OpenedExample['close'];
let workbench: Workbench;
let leaks: LeakWatch;

beforeAll(async () => {
  leaks = await LeakWatch.begin();
  const kubectl = await controlPlaneProgram('kubectl', { report: () => undefined });
  ({ example, cluster, workbench, close } = await openExample({
    leaks,
    env: { PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}` },
    settings: { 'serviceAccountTokens.clipboardSeconds': CLIPBOARD_SECONDS },
    before: async (...opened) => {
      [example] = opened;
      await git('init', '-q');
      await git('add', '.');
    },
  }));
  own = join(example.editor.folder, 'kubeconfig');
  await workbench.showServiceAccounts();
  await workbench.expand(/^Namespace ci/);
  await workbench.allowClipboard();
});
afterAll(async () => {
  await close?.();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench.picture('wizards-failed');
});

const git = async (...args: string[]): Promise<string> =>
  (await run('git', ['-C', example.workspace, ...args])).stdout;
const trace = async (): Promise<object> => await traceOf(example, cluster, workbench);
const inWorkspace = (path: string): string => join(example.workspace, path);

async function secretsOf(namespace: string): Promise<string[]> {
  const list = (await cluster.request('GET', `/api/v1/namespaces/${namespace}/secrets`)) as {
    items: { metadata: { name: string } }[];
  };
  return list.items.map(({ metadata }) => metadata.name);
}

/** Types until an entry is the one that Enter takes, and takes it. */
async function pick(label: string): Promise<void> {
  const option = workbench.option(label);
  await option.waitFor();
  await workbench.page.keyboard.type(label);
  await option.and(workbench.page.locator('.focused')).waitFor();
  await workbench.page.keyboard.press('Enter');
}

/** Goes back to the question before by keyboard. */
async function back(to: string): Promise<void> {
  await workbench.page.keyboard.press('Control+Alt+Minus');
  await workbench.option(to).waitFor();
}

/** Leaves the question that is open; the first Escape may close only the tip that is shown on it. */
async function leave(): Promise<void> {
  const widget = workbench.page.locator('.quick-input-widget');
  for (let tries = 0; tries < 5 && (await widget.isVisible()); tries += 1) {
    await workbench.page.keyboard.press('Escape');
    await widget.waitFor({ state: 'hidden', timeout: 2000 }).catch(() => undefined);
  }
  expect(await widget.isVisible()).toBe(false);
}

const dialog = async (button: string): Promise<void> => {
  const box = workbench.page.locator('.monaco-dialog-box');
  await box.getByRole('button', { name: button, exact: true }).press('Enter');
};

describe('the wizard of a token request', () => {
  it('can be walked to its end and back by keyboard, and leaves no trace when it is left', async () => {
    await workbench.page.evaluate('navigator.clipboard.writeText("mine")');
    const before = await trace();
    await workbench.command('ServiceAccount: Request Token…');
    await pick('deployer');
    await pick('The API Server');
    await pick('Nothing');
    await pick('1 hour');
    await workbench.option('To the Clipboard').waitFor();
    await workbench.picture('wizards-1-destination');
    await back('1 hour');
    await back('A Secret');
    await back('Another Audience');
    await back('deployer');
    await pick('deployer');
    await workbench.option('The API Server').waitFor();
    await leave();
    await expect.poll(trace, { timeout: 30_000 }).toEqual(before);
    expect(await workbench.page.locator('.notification-list-item').count()).toBe(0);
  });

  it('knows what a token can be bound to, and puts it on the clipboard', async () => {
    await workbench.command('ServiceAccount: Request Token…');
    await pick('deployer');
    await pick('The API Server');
    await pick('A Secret');
    await workbench.option('deployer-token').waitFor();
    await pick('deployer-token');
    await pick('Another Time');
    await workbench.answer(/How long/, '5m');
    await workbench.page.getByText('no less than 10 minutes').waitFor();
    await workbench.answer(/no less than/, '90m');
    await pick('To the Clipboard');
    const told = await workbench.told('On the clipboard');
    const text = await told.innerText();
    expect(text).toContain('Granted as asked for: 1 h 30 min');
    expect(text).toContain('deleting Secret ci/deployer-token ends it');
    expect(text).not.toContain('eyJ');
    expect(await workbench.clipboard()).toMatch(/^eyJ/);
    await told.getByRole('button', { name: 'Show the Token' }).press('Enter');
    await workbench.page.locator('.view-line').filter({ hasText: 'eyJ' }).first().waitFor();
    await workbench.command('View: Close Editor');
  });

  it('writes it into a file that git does not see, for the audience asked for', async () => {
    await workbench.command('ServiceAccount: Request Token…');
    await pick('deployer');
    await pick('Another Audience');
    await workbench.answer(/One audience/, 'vault, sts.example.com');
    await pick('Nothing');
    await pick('10 minutes');
    await workbench.option('Into a File').waitFor();
    expect(await workbench.option('Into a Kubeconfig').count()).toBe(0);
    await pick('Into a File');
    await workbench.answer(/The file to write/, 'vault.token');
    await pick('.gitignore');
    const told = await workbench.told('Written to vault.token');
    expect(await told.innerText()).toContain('the API server itself refuses it');
    const file = inWorkspace('vault.token');
    const claims = Buffer.from((await readFile(file, 'utf8')).split('.')[1] ?? '', 'base64url').toString();
    expect(claims).toContain('"aud":["vault","sts.example.com"]');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await git('status', '--porcelain')).not.toContain('vault.token');
    await workbench.closeNotifications();
  });

  it('takes it off the clipboard after a time', async () => {
    await expect
      .poll(async () => await workbench.clipboard(), { timeout: (CLIPBOARD_SECONDS + 10) * 1000 })
      .toBe('');
  });
});

describe('the wizard of a kubeconfig', () => {
  it('leaves no trace when it is left at its last question', async () => {
    const before = await trace();
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await workbench.option('Nothing Secret in It').waitFor();
    await workbench.picture('wizards-4-kinds');
    await pick('For a Time, Revocable');
    await pick('1 hour');
    await workbench.option('A New File in the Workspace').waitFor();
    await workbench.picture('wizards-5-where');
    await pick('A New File in the Workspace');
    await workbench.page.locator('.quick-input-widget').filter({ hasText: 'The file to write' }).waitFor();
    await back('A New File in the Workspace');
    await back('1 hour');
    await back('Nothing Secret in It');
    await leave();
    await expect.poll(trace, { timeout: 30_000 }).toEqual(before);
  });

  it('makes one that holds nothing secret, and works', async () => {
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await pick('Nothing Secret in It');
    await pick('A New File in the Workspace');
    await workbench.answer(/The file to write/, 'tokenless.kubeconfig');
    const told = await workbench.told(/Works: \S*tokenless\.kubeconfig\./);
    expect(await told.innerText()).toContain('kubectl says the same');
    await workbench.picture('wizards-6-tokenless');
    await told.getByRole('button', { name: 'Show Proof' }).press('Enter');
    await workbench.page.locator('.view-line').filter({ hasText: 'system:serviceaccounts:ci' }).waitFor();
    await workbench.picture('wizards-7-proof');
    const text = await readFile(inWorkspace('tokenless.kubeconfig'), 'utf8');
    expect(text).not.toContain('eyJ');
    expect(await kubectlIs(cluster.kubectl, inWorkspace('tokenless.kubeconfig'))).toBe(deployer);
    await workbench.command('View: Close Editor');
    await workbench.closeNotifications();
  });

  it('puts the token into a file beside it', async () => {
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await pick('Token in a File of Its Own');
    await pick('deployer-token');
    await pick('A New File in the Workspace');
    await workbench.answer(/The file to write/, 'ci/by-file.kubeconfig');
    await workbench.told(/Works: \S*by-file\.kubeconfig\./);
    expect(await readFile(inWorkspace('ci/by-file.kubeconfig'), 'utf8')).toContain(
      'tokenFile: by-file.token',
    );
    expect((await stat(inWorkspace('ci/by-file.token'))).mode & 0o777).toBe(0o600);
    expect(await kubectlIs(cluster.kubectl, inWorkspace('ci/by-file.kubeconfig'))).toBe(deployer);
    expect(await git('status', '--porcelain', '-uall')).not.toContain('by-file.token');
    await workbench.closeNotifications();
  });

  it('adds one to the person’s own, and takes it back', async () => {
    const before = await readFile(own, 'utf8');
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await pick('For a Time, Revocable');
    await pick('1 hour');
    await pick('Your own');
    await workbench.page.locator('.monaco-dialog-box').waitFor();
    await dialog('Show Difference');
    const question = workbench.page.locator('.quick-input-widget').filter({ hasText: 'Add ci/deployer to' });
    await question.waitFor();
    const difference = workbench.page.locator('.monaco-diff-editor').first();
    const [asked, shown] = await Promise.all([question.boundingBox(), difference.boundingBox()]);
    expect((asked?.y ?? 0) + (asked?.height ?? 0)).toBeLessThanOrEqual(shown?.y ?? 0); // Neither covers the other.
    await workbench.picture('wizards-9-difference');
    await pick('Add'); // By typing: a row that is used again keeps words of another in what is not seen of it.
    const told = await workbench.told(/Works: .*The API server says it is/);
    const merged = await readFile(own, 'utf8');
    expect(merged).toContain('name: ci/deployer@sandbox');
    expect(
      merged
        .split('\n')
        .filter((line) => before.includes(line))
        .join('\n'),
    ).toContain('current-context: sandbox');
    expect((await secretsOf('ci')).join(' ')).toMatch(/deployer-revocable-[a-z0-9]{5}/);
    await workbench.picture('wizards-10-added');
    await told.getByRole('button', { name: 'Undo' }).press('Enter');
    await workbench.told('is as it was');
    expect(await readFile(own, 'utf8')).toBe(before);
    expect(await secretsOf('ci')).toEqual(['deployer-token']);
    expect((await readdir(dirname(own))).filter((name) => name.endsWith('.bak'))).toEqual([]);
    await workbench.closeNotifications();
  });

  it('takes one back that the server knows by its refusal alone', async () => {
    const before = await readFile(own, 'utf8');
    const binding = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const basic = `${binding}/system:basic-user`;
    const { roleRef, subjects } = (await cluster.request('GET', basic)) as Record<string, unknown>;
    await cluster.request('DELETE', basic);
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await pick('For a Time, Revocable');
    await pick('1 hour');
    await pick('Your own');
    await dialog('Add');
    const told = await workbench.told(/Works: .*The API server says it is/);
    expect(await readFile(own, 'utf8')).toContain('name: ci/deployer@sandbox');
    await workbench.picture('wizards-10-refused');
    await told.getByRole('button', { name: 'Undo' }).press('Enter');
    await workbench.told('is as it was');
    expect(await readFile(own, 'utf8')).toBe(before);
    expect(await secretsOf('ci')).toEqual(['deployer-token']);
    const metadata = { name: 'system:basic-user' };
    await cluster.request('POST', binding, { metadata, roleRef, subjects });
    await workbench.closeNotifications();
  });

  it('makes one that is revoked from where it is remembered: it is proved, and kubectl is refused', async () => {
    const file = inWorkspace('ci/revocable.kubeconfig');
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await pick('For a Time, Revocable');
    await pick('1 hour');
    await pick('A New File in the Workspace');
    await workbench.answer(/The file to write/, 'ci/revocable.kubeconfig');
    await workbench.told(/Works: \S*revocable\.kubeconfig\./);
    expect(await kubectlIs(cluster.kubectl, file)).toBe(deployer);
    await workbench.closeNotifications();
    await workbench.expand(/^ServiceAccount deployer/);
    await workbench.menu(/^Issued token ci\/revocable.kubeconfig.*revocable/, 'Revoke Token…');
    const box = workbench.page.locator('.monaco-dialog-box');
    await box.getByText('revoke the token').waitFor();
    await workbench.picture('wizards-10-revoke');
    await workbench.page.keyboard.press('Enter'); // A hasty one: it deletes nothing.
    await box.waitFor({ state: 'detached' });
    expect(await secretsOf('ci')).toHaveLength(2);
    await workbench.menu(/^Issued token ci\/revocable.kubeconfig.*revocable/, 'Revoke Token…');
    await dialog('Delete Secret');
    expect(await (await workbench.told('Revoked and proved')).innerText()).toContain('refuses the token');
    await workbench.expand(/^Ended, /);
    await workbench.row(/^Issued token ci\/revocable.kubeconfig.*revoked/).waitFor();
    await workbench.picture('wizards-10-revoked');
    await expect(kubectlIs(cluster.kubectl, file)).rejects.toThrow(/Unauthorized|must be logged in/);
    expect(await secretsOf('ci')).toEqual(['deployer-token']);
    await workbench.closeNotifications();
  });

  it('sends no file that a kubeconfig from elsewhere names, before a yes', async () => {
    const [token, file] = [join(example.editor.folder, 'elsewhere.token'), inWorkspace('named.kubeconfig')];
    await copyFile(inWorkspace('ci/by-file.token'), token);
    const text = await readFile(inWorkspace('ci/by-file.kubeconfig'), 'utf8');
    await writeFile(file, text.replace('by-file.token', token));
    await workbench.openFile(file);
    const box = workbench.page.locator('.monaco-dialog-box');
    await workbench.command('ServiceAccount: Verify Kubeconfig');
    await box.getByText('Send the content of').waitFor();
    expect(await box.innerText()).toContain(`elsewhere.token to ${cluster.server}`);
    await workbench.picture('wizards-10-token-file');
    await dialog('Cancel');
    await box.waitFor({ state: 'detached' });
    await workbench.command('ServiceAccount: Verify Kubeconfig');
    await dialog('Send It');
    await workbench.told(/Works: \S*named\.kubeconfig\./);
    await workbench.command('View: Close Editor');
    await Promise.all([rm(token), rm(file)]);
    await workbench.closeNotifications();
  });

  it('offers to renew what a kubeconfig has of the ServiceAccount already', async () => {
    const generate = async (): Promise<void> => {
      await workbench.command('ServiceAccount: Generate Kubeconfig…');
      await pick('deployer');
      await pick('For a Time…');
      await pick('10 minutes');
      await pick('Your own');
    };
    await generate();
    await dialog('Add');
    await workbench.told(/Works: .*The API server says it is/);
    await workbench.closeNotifications();
    const first = await readFile(own, 'utf8');
    await generate();
    await dialog('Renew It');
    await workbench.told(/Works: .*The API server says it is/);
    const second = await readFile(own, 'utf8');
    expect(second).not.toBe(first);
    expect(second.replace(/eyJ\S+/, '')).toBe(first.replace(/eyJ\S+/, ''));
    await workbench.closeNotifications();
  });

  it('renews the token of one from its problem, and keeps all else that is in it', async () => {
    const file = inWorkspace('host/etc/cni/net.d/mycontroller.kubeconfig');
    const before = await readFile(file, 'utf8');
    await workbench.openFile(file);
    const untouched = await trace();
    const regenerate = async (answer: string): Promise<void> => {
      await workbench.command('ServiceAccount: Regenerate Kubeconfig…');
      await pick('For a Time, Revocable');
      await pick('1 hour');
      await dialog(answer);
    };
    await regenerate('Cancel');
    await regenerate('Renew');
    await workbench.told('git tracks host/etc/cni/net.d/mycontroller.kubeconfig, so the next commit would');
    await expect.poll(trace, { timeout: 30_000 }).toEqual(untouched);
    await workbench.closeNotifications();
    await git('rm', '-q', '--cached', '-r', 'host');
    await workbench.hover(file, 'eyJ');
    await workbench.page.keyboard.press('Escape');
    await workbench.quickFix('Renew the token in this kubeconfig');
    await workbench.picture('wizards-11-fix');
    await workbench.page.keyboard.press('Enter');
    await pick('For a Time…');
    await pick('1 hour');
    await dialog('Renew');
    await workbench.told(/Works: \S*mycontroller\.kubeconfig\./);
    const after = await readFile(file, 'utf8');
    expect(after).not.toBe(before);
    const blank = (text: string): string => text.replace(/eyJ\S+/, '');
    expect(blank(after)).toBe(blank(before));
    expect(await kubectlIs(cluster.kubectl, file)).toBe('system:serviceaccount:kube-system:mycontroller');
    expect(existsSync(`${file}.tmp`)).toBe(false);
    await workbench.closeNotifications();
  });

  it('can be looked at in a light theme', async () => {
    await workbench.page.emulateMedia({ colorScheme: 'light' });
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await pick('deployer');
    await workbench.option('Nothing Secret in It').waitFor();
    await workbench.picture('wizards-13-light');
    const rows = workbench.page.locator('.quick-input-list .monaco-list-row');
    for (const row of await rows.all()) expect(await row.getAttribute('aria-label')).toBeTruthy();
    await workbench.page.keyboard.press('Escape');
  });
});

describe('in the end', () => {
  it('all that was issued is recorded, and no part of any token is in a log, in storage, in a URI or in what was shown', async () => {
    const kept = await readdir(example.editor.folder, { recursive: true, withFileTypes: true });
    const records = kept.filter((one) => one.isFile() && one.parentPath.endsWith('/issued'));
    expect(records.length).toBeGreaterThanOrEqual(5);
    const merged = inWorkspace('host/etc/cni/net.d/mycontroller.kubeconfig');
    const { tokens, places, found } = await leaks.check('kubeconfigs', example, workbench.page, merged, [
      own,
    ]);
    expect(found).toEqual([]);
    expect(tokens).toBeGreaterThan(5);
    expect(places).toBeGreaterThan(100);
  });
});
