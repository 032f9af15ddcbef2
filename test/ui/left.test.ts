import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { Keyboard } from '../support/ui/keyboard.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import { traceOf } from '../support/ui/trace.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);
const patience = { timeout: 30_000 };
const deployer = 'system:serviceaccount:ci:deployer';
const daemonSet = 'manifests/mycontroller-daemonset.yaml';

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let keys: Keyboard;
/** The second folder of the workspace. */
let asItWas: string;
let second: string;

beforeAll(async () => {
  ({ example, cluster, workbench, close } = await openExample({
    before: async (...opened) => {
      [example] = opened;
      second = join(example.editor.folder, 'second');
      await mkdir(second);
      for (const folder of [example.workspace, second]) await run('git', ['-C', folder, 'init', '-q']);
      const folders = [{ path: example.workspace }, { path: second }];
      await writeFile(twoFolders(), JSON.stringify({ folders }));
      asItWas = await readFile(path(daemonSet), 'utf8');
    },
    url: ({ editor, workspace }) =>
      editor.url({ workspace: twoFolders(), file: join(workspace, 'README.md') }),
  }));
  keys = await Keyboard.open(workbench);
});
afterAll(async () => {
  await close?.();
});
afterEach(async ({ task }) => {
  await keys.leaveAfter(task, 'left');
});

const path = (name: string): string => join(example.workspace, name);
const twoFolders = (): string => join(example.editor.folder, 'two.code-workspace');
const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');
const trace = async (): Promise<object> => await traceOf(example, cluster, workbench, [second]);

/** Answers up to the preview of what would be written into the second folder. */
async function intoSecond(file: string): Promise<void> {
  await keys.pick('New File…');
  await workbench.page.getByPlaceholder('Into which folder of the workspace?').waitFor();
  await keys.pick('second');
  await workbench.answer(/The file to write, inside second/, file);
  await keys.question(`Write second/${file}`).waitFor();
}
async function answerRole(): Promise<void> {
  await keys.start('Scaffold Role and RoleBinding…');
  await keys.pick('deployer');
  await workbench.option('Follow Pods').waitFor();
  await keys.press('ArrowDown');
  await keys.press('Space');
  await keys.press('Enter');
  await workbench.answer(/Name of the Role/);
  await intoSecond('deployer-role.yaml');
}
async function answerVolume(): Promise<void> {
  await keys.start('Add Projected Token to Workload…');
  await keys.pick('The volume that the API server adds');
  await workbench.answer(/Of 3607 the API server makes a year/);
  await workbench.answer(/Where containers see it/);
  await keys.question(`Change example/${daemonSet}`).waitFor();
}

/** Each wizard, to its last question. */
const walks: readonly (readonly [title: string, walk: () => Promise<void>])[] = [
  [
    'Scaffold Token Secret…',
    async () => {
      await keys.start('Scaffold Token Secret…');
      await keys.pick('deployer');
      await workbench.answer(/Name of the token Secret/);
      await intoSecond('made/token.yaml');
    },
  ],
  [
    'Scaffold ServiceAccount…',
    async () => {
      await keys.start('Scaffold ServiceAccount…');
      await workbench.answer(/The ServiceAccount as namespace\/name/, 'ci/builder');
      await keys.pick('Nothing');
      await intoSecond('builder.yaml');
    },
  ],
  ['Scaffold Role and RoleBinding…', answerRole],
  ['Add Projected Token to Workload…', answerVolume],
  [
    'Create Token Secret in Cluster…',
    async () => {
      await keys.start('Create Token Secret in Cluster…');
      await keys.pick('deployer');
      await keys.pick('Create Another');
      await keys.question('will never expire').waitFor();
    },
  ],
  [
    'Rotate Token Secret…',
    async () => {
      await keys.start('Rotate Token Secret…');
      await keys.pick('deployer');
      await keys.pick('deployer-token');
      await keys.question('It must be a different name').waitFor();
    },
  ],
  [
    'Request Token…',
    async () => {
      await keys.start('Request Token…');
      await keys.pick('deployer');
      await keys.pick('The API Server');
      await keys.pick('Nothing');
      await keys.pick('1 hour');
      await keys.pick('Into a File');
      await keys.pick('second');
      await keys.question('The file to write, inside second').waitFor();
    },
  ],
  [
    'Generate Kubeconfig…',
    async () => {
      await keys.start('Generate Kubeconfig…');
      await keys.pick('deployer');
      await keys.pick('For a Time, Revocable');
      await keys.pick('1 hour');
      await keys.pick('A New File in the Workspace');
      await keys.pick('second');
      await keys.question('The file to write, inside second').waitFor();
    },
  ],
  [
    'Move Off Legacy Tokens…',
    async () => {
      await keys.start('Move Off Legacy Tokens…');
      await workbench.option('ci/deployer-token').waitFor();
    },
  ],
];
/** Those whose last question is a dialog. */
const dialogs: readonly (readonly [title: string, file: string, walk: () => Promise<void>])[] = [
  [
    'Create Object at the Cursor in Cluster…',
    'manifests/mycontroller-token.yaml',
    async () => {
      await keys.start('Create Object at the Cursor in Cluster…');
    },
  ],
  [
    'Regenerate Kubeconfig…',
    'host/etc/cni/net.d/mycontroller.kubeconfig',
    async () => {
      await keys.start('Regenerate Kubeconfig…');
      await keys.pick('For a Time, Revocable');
      await keys.pick('1 hour');
    },
  ],
  [
    'Revoke Token…',
    'host/etc/cni/net.d/mycontroller.kubeconfig',
    async () => {
      await keys.start('Revoke Token…');
    },
  ],
];

describe('a wizard that is left at its last question', () => {
  beforeAll(async () => {
    await keys.open(daemonSet);
    await workbench.page.evaluate('navigator.clipboard.writeText("mine")');
  });

  it.each(walks)('leaves no trace: %s', async (_title, walk) => {
    const before = await trace();
    await walk();
    await keys.cancel();
    await expect.poll(trace, patience).toEqual(before);
  });

  it.each(dialogs)('leaves no trace where that is a dialog: %s', async (_title, file, walk) => {
    await keys.open(file);
    const before = await trace();
    await walk();
    await dialog().waitFor();
    await keys.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(trace, patience).toEqual(before);
  });
});

describe('a workspace of two folders', () => {
  it('gets a Role and its RoleBinding into the one that is chosen, as kubectl can apply them', async () => {
    await answerRole();
    await workbench.picture('left-1-role');
    await keys.press('Enter');
    await keys.shown('deployer-role.yaml');
    const file = join(second, 'deployer-role.yaml');
    const kinds = (await readFile(file, 'utf8')).match(/^kind: \w+/gm);
    expect(kinds).toEqual(['kind: Role', 'kind: RoleBinding']);
    const apply = ['--kubeconfig', cluster.kubeconfig, 'apply', '--dry-run=server', '-f'];
    expect((await run(cluster.kubectl, [...apply, file])).stdout).toContain('rolebinding');
  });

  it('gets the volume of three sources written out, as the API server takes it', async () => {
    await writeFile(path(daemonSet), asItWas);
    await keys.open(daemonSet);
    await workbench.command('File: Revert File'); // Nothing of an earlier test, or try, is to be in it.
    await answerVolume();
    await workbench.picture('left-2-volume');
    await keys.press('Enter');
    const text = async (): Promise<string> => await readFile(path(daemonSet), 'utf8');
    await expect.poll(text, patience).toContain('kube-root-ca.crt');
    expect(await text()).toContain('expirationSeconds: 3607');
    expect(await text()).toContain('/var/run/secrets/kubernetes.io/serviceaccount');
    const apply = ['--kubeconfig', cluster.kubeconfig, 'apply', '--dry-run=server', '-f'];
    // The editor may still be saving it: it empties a file before it writes it.
    const taken = async (): Promise<string> =>
      await run(cluster.kubectl, [...apply, path(daemonSet)]).then(({ stdout }) => stdout, String);
    await expect.poll(taken, patience).toContain('daemonset.apps/');
  });

  it('gets a token into the folder that is chosen, out of the reach of that folder’s git', async () => {
    await keys.start('Generate Kubeconfig…');
    await keys.pick('deployer');
    await keys.pick('For a Time…');
    await keys.pick('1 hour');
    await keys.pick('A New File in the Workspace');
    await keys.pick('second');
    await workbench.answer(/The file to write, inside second/, 'two.kubeconfig');
    await keys.pick('.git/info/exclude');
    const told = await workbench.told(/Works: \S*two\.kubeconfig\./);
    await told.getByRole('button', { name: 'Open' }).press('Enter'); // The palette lists nothing that git ignores.
    await keys.shown('two.kubeconfig');
    expect(await kubectlIs(cluster.kubectl, join(second, 'two.kubeconfig'))).toBe(deployer);
    expect((await stat(join(second, 'two.kubeconfig'))).mode & 0o777).toBe(0o600);
    const seen = await run('git', ['-C', second, 'status', '--porcelain', '-uall']);
    expect(seen.stdout).not.toContain('two.kubeconfig');
    await workbench.closeNotifications();
  });
});

describe('a kubeconfig that is regenerated', () => {
  const file = (): string => join(second, 'two.kubeconfig');

  it('can hold nothing secret from then on, works with kubectl, and can hold a token again', async () => {
    const before = await readFile(file(), 'utf8');
    await writeFile(file(), `# mine\n${before.replace('    user:\n', '    # whose\n    user:\n')}`);
    await keys.start('Regenerate Kubeconfig…');
    await keys.pick('Nothing Secret in It');
    await dialog().getByText('Put an exec entry in place of the token in second/two.kubeconfig?').waitFor();
    await workbench.picture('left-3-tokenless');
    await dialog().getByRole('button', { name: 'Replace', exact: true }).press('Enter');
    await workbench.told(/Works: \S*two\.kubeconfig\./);
    const tokenless = await readFile(file(), 'utf8');
    expect(tokenless).not.toContain('eyJ');
    expect(tokenless.startsWith('# mine\n')).toBe(true);
    expect(tokenless).toContain('    # whose\n    user:\n      exec:\n');
    expect(await kubectlIs(cluster.kubectl, file())).toBe(deployer);
    await workbench.closeNotifications();
    await keys.start('Regenerate Kubeconfig…');
    await workbench.page.getByPlaceholder('Which kind of credential for ci/deployer?').waitFor();
    await workbench.page
      .locator('.monaco-list-row.focused')
      .filter({ hasText: 'Nothing Secret in It' })
      .waitFor();
    await keys.pick('For a Time…');
    await keys.pick('1 hour');
    await dialog().getByRole('button', { name: 'Replace', exact: true }).press('Enter');
    await workbench.told(/Works: \S*two\.kubeconfig\./);
    const again = await readFile(file(), 'utf8');
    expect(again).not.toContain('exec:');
    expect(again.replace(/eyJ\S+/, '')).toBe(
      `# mine\n${before.replace('    user:\n', '    # whose\n    user:\n')}`.replace(/eyJ\S+/, ''),
    );
    await workbench.closeNotifications();
  });

  it('is renewed with another cluster’s name in it only after a yes, and left alone without', async () => {
    const text = await readFile(file(), 'utf8');
    const elsewhere = text
      .replace(/certificate-authority-data: \S+/, 'insecure-skip-tls-verify: true')
      .replace('https://127.0.0.1', 'https://localhost');
    await writeFile(file(), elsewhere);
    const before = await trace();
    await keys.start('Regenerate Kubeconfig…');
    await dialog()
      .getByText('Does second/two.kubeconfig lead to the cluster of context "sandbox"?')
      .waitFor();
    expect(await dialog().innerText()).toContain('whose certificate is not verified');
    await workbench.picture('left-4-anyway');
    await keys.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(trace, patience).toEqual(before);
    await keys.start('Regenerate Kubeconfig…');
    await dialog().getByRole('button', { name: 'Renew It Anyway' }).press('Enter');
    await keys.pick('For a Time…');
    await keys.pick('1 hour');
    await dialog().getByRole('button', { name: 'Renew', exact: true }).press('Enter');
    await workbench.told(/Works: \S*two\.kubeconfig\./);
    const renewed = await readFile(file(), 'utf8');
    expect(renewed).not.toBe(elsewhere);
    expect(renewed.replace(/eyJ\S+/, '')).toBe(elsewhere.replace(/eyJ\S+/, ''));
    expect(await kubectlIs(cluster.kubectl, file())).toBe(deployer);
  });

  it('from elsewhere gets no link into a message, which would run a command at a click', async () => {
    const name = '[Fix it](command:workbench.action.toggleSidebarVisibility)';
    const contexts = [{ name, context: { cluster: 'none', user: 'none' } }];
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts, 'current-context': name });
    await writeFile(join(second, 'hostile.kubeconfig'), text);
    await keys.open('second/hostile.kubeconfig');
    await keys.start('Regenerate Kubeconfig…');
    const told = await workbench.told('leads to no user');
    expect(await told.innerText()).toContain('[Fix it] (command:');
    expect(await told.locator('a').filter({ hasText: 'Fix it' }).count()).toBe(0);
    await workbench.closeNotifications();
  });
});
