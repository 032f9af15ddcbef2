import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { Keyboard } from '../support/ui/keyboard.ts';
import { traceOf } from '../support/ui/trace.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);
const patience = { timeout: 30_000 };

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let keys: Keyboard;

beforeAll(async () => {
  ({ example, cluster, workbench, close } = await openExample({
    before: async (...opened) => {
      [example] = opened;
      await writeFiles({
        'overlays/prod/kustomization.yaml': KUSTOMIZATION,
        'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 0.1.0\n',
        'charts/app/templates/_helpers.tpl': '{{- define "app.serviceAccountName" -}}\napp\n{{- end }}\n',
        'open.yaml': OPEN,
      });
    },
  }));
  keys = await Keyboard.open(workbench);
});
afterAll(async () => {
  await close?.();
});
afterEach(async ({ task }) => {
  await keys.leaveAfter(task, 'wizards');
});

const KUSTOMIZATION =
  '# Production.\nnamespace: prod # not ci\nresources:\n  - app.yaml # first\n# the end\n';
const OPEN = '# Kept as it is.\nkind:   ConfigMap\napiVersion: v1\nmetadata: {name: x}';

const path = (name: string): string => join(example.workspace, name);
const text = async (name: string): Promise<string> => await readFile(path(name), 'utf8');
async function writeFiles(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path(name), '..'), { recursive: true });
    await writeFile(path(name), content);
  }
}
const kubectl = async (...args: string[]): Promise<string> =>
  (await run(cluster.kubectl, ['--kubeconfig', cluster.kubeconfig, ...args])).stdout;

const trace = async (): Promise<object> => await traceOf(example, cluster, workbench);

describe('the wizard that scaffolds a token Secret', () => {
  it('goes back by keyboard, checks names as they are typed, and leaves no trace when left', async () => {
    const before = await trace();
    await keys.start('Scaffold Token Secret…');
    await keys.pick('deployer');
    await keys.question('Name of the token Secret for ci/deployer').waitFor();
    await keys.press('Control+Alt+Minus');
    await keys.pick('deployer');
    await keys.question('Name of the token Secret for ci/deployer').waitFor();
    await workbench.page.keyboard.type('Not_A_Name');
    await keys.question('Only lower-case letters').waitFor();
    await keys.press('Enter');
    await keys.instead('first-token');
    await keys.pick('New File…');
    await workbench.answer(/The file to write/, '../outside.yaml');
    await keys.question('must stay inside the folder').waitFor();
    await keys.instead('made/first-token.yaml');
    await keys.question('Write made/first-token.yaml').waitFor();
    await workbench.page
      .locator('.monaco-diff-editor .view-line')
      .filter({ hasText: 'service-account-token' })
      .first()
      .waitFor();
    await keys.press('Control+Alt+Minus');
    await keys.question('The file to write').waitFor();
    await workbench.answer(/The file to write/, 'made/first-token.yaml');
    await keys.question('Write made/first-token.yaml').waitFor();
    await workbench.inBothThemes('wizards-1-preview');
    await keys.cancel();
    await expect.poll(trace, patience).toEqual(before);
  });

  it('writes it after a yes, opens it, and undo takes the file away', async () => {
    await keys.start('Scaffold Token Secret…');
    await keys.pick('deployer');
    await workbench.answer(/Name of the token Secret/, 'first-token');
    await keys.pick('New File…');
    await workbench.answer(/The file to write/, 'made/first-token.yaml');
    await keys.pick('Write made/first-token.yaml');
    await keys.shown('first-token.yaml');
    expect(await text('made/first-token.yaml')).toContain('kubernetes.io/service-account.name: deployer');
  });

  it('writes one file each for several ServiceAccounts', async () => {
    await keys.start('Scaffold Token Secret…');
    await keys.pick('Several…');
    await workbench.option('deployer').waitFor();
    for (const name of ['deployer', 'mycontroller']) {
      await keys.input().fill(name);
      await workbench.option(name).waitFor();
      await keys.press('ArrowDown');
      await keys.press('Space');
    }
    await workbench.picture('wizards-2-several');
    await keys.press('Enter');
    await keys.pick('One File Each');
    await keys.pick('New File…');
    await workbench.answer(/The first of 2 files/, 'several/first.yaml');
    await workbench.option('Write 2 files').waitFor();
    await workbench.picture('wizards-2-several-preview');
    await keys.press('Enter');
    await expect
      .poll(async () => (await readdir(path('several'))).toSorted(), patience)
      .toEqual(['deployer-token.yaml', 'mycontroller-token.yaml']);
    await keys.shown('deployer-token.yaml');
  });

  it('appends it to the open file, whose own text stays', async () => {
    await keys.open('open.yaml');
    await keys.start('Scaffold Token Secret…');
    await keys.pick('deployer');
    await workbench.answer(/Name of the token Secret/, 'second-token');
    await keys.pick('End of open.yaml');
    await workbench.option('Change open.yaml').waitFor();
    await workbench.picture('wizards-3-append');
    await keys.press('Enter');
    await expect.poll(async () => await text('open.yaml'), patience).toContain('name: second-token');
    expect((await text('open.yaml')).startsWith(`${OPEN}\n---\n`)).toBe(true);
    await keys.shown('open.yaml');
    await keys.press('Control+Z');
    await expect
      .poll(async () => await workbench.page.locator('.view-lines').first().innerText(), patience)
      .not.toContain('second-token');
    await keys.press('Control+S');
  });

  it('puts it into a Kustomize folder, and says which namespace that makes of it', async () => {
    await keys.start('Scaffold Token Secret…');
    await keys.pick('deployer');
    await workbench.answer(/Name of the token Secret/, 'third-token');
    await keys.pick('Kustomize folder overlays/prod');
    await keys.question('puts everything into namespace prod, not ci').waitFor();
    await workbench.picture('wizards-4-kustomize');
    await keys.press('Enter');
    await keys.shown('third-token.yaml');
    expect(await text('overlays/prod/kustomization.yaml')).toBe(
      KUSTOMIZATION.replace('# first\n', '# first\n  - third-token.yaml\n'),
    );
  });

  it('puts it into a Helm chart, named as the chart names things', async () => {
    await keys.start('Scaffold Token Secret…');
    await keys.pick('deployer');
    await workbench.answer(/Name of the token Secret/, 'fourth-token');
    await keys.pick('Helm chart charts/app');
    await keys.pick('As the chart names it');
    await workbench.option('Write charts/app/templates/fourth-token.yaml').waitFor();
    await keys.press('Enter');
    await keys.shown('fourth-token.yaml');
    const template = await text('charts/app/templates/fourth-token.yaml');
    expect(template).toContain('namespace: "{{ .Release.Namespace }}"');
    expect(template).toContain('service-account.name: \'{{ include "app.serviceAccountName" . }}\'');
  });
});

describe('the wizard that scaffolds a ServiceAccount with rights', () => {
  it('writes ServiceAccount, Secret, Role and RoleBinding in an order that kubectl can apply', async () => {
    await keys.start('Scaffold ServiceAccount…');
    await workbench.answer(/The ServiceAccount as namespace\/name/, 'ci/builder');
    await keys.pick('A token Secret, a Role and its RoleBinding');
    await workbench.answer(/Name of the token Secret/);
    await workbench.option('Follow Pods').waitFor();
    await keys.press('ArrowDown');
    await keys.press('Space');
    await workbench.picture('wizards-5-rights');
    await keys.press('Enter');
    await workbench.answer(/Name of the Role/);
    await keys.pick('New File…');
    await workbench.answer(/The file to write/);
    await keys.pick('Write builder.yaml');
    await keys.shown('builder.yaml');
    expect((await text('builder.yaml')).match(/^kind: \w+/gm)).toEqual([
      'kind: ServiceAccount',
      'kind: Secret',
      'kind: Role',
      'kind: RoleBinding',
    ]);
    expect(await kubectl('apply', '--dry-run=server', '-f', path('builder.yaml'))).toContain('rolebinding');
  });
});

describe('the wizard that adds a projected token', () => {
  const file = 'manifests/mycontroller-daemonset.yaml';

  async function answerAll(): Promise<void> {
    await keys.start('Add Projected Token to Workload…');
    await keys.pick('A token of its own');
    await workbench.answer(/Audience/, 'vault');
    await workbench.answer(/Life in seconds/, '60');
    await keys.question('no less than 600').waitFor();
    await keys.instead('7200');
    await workbench.answer(/file in the volume/);
    await workbench.answer(/Where containers see/);
    await workbench.option(`Change ${file}`).waitFor();
    await workbench.picture('wizards-6-projected');
  }

  it('changes the manifest in place after showing the difference, and leaves it alone when left', async () => {
    const before = await text(file);
    await keys.open(file);
    const untouched = await trace();
    await answerAll();
    await keys.cancel();
    await expect.poll(trace, patience).toEqual(untouched);
    await answerAll();
    await keys.press('Enter');
    await expect.poll(async () => await text(file), patience).toContain('expirationSeconds: 7200');
    const kept = (await text(file)).split('\n').filter((line) => before.split('\n').includes(line));
    expect(kept.join('\n')).toContain('# On start it copies its own token into a kubeconfig on the host.');
    expect(await kubectl('apply', '--dry-run=server', '-f', path(file))).toContain('daemonset');
  });
});

describe('a manifest that is open', () => {
  const dialog = (): Locator => workbench.page.locator('.monaco-dialog-box');

  /** Puts the cursor at the first place of a text in a file. */
  async function goTo(file: string, place: string): Promise<void> {
    await keys.open(file);
    const line = (await text(file)).split('\n').findIndex((one) => one.includes(place)) + 1;
    await keys.press('Control+G');
    await workbench.page.locator('.quick-input-widget input.input:focus').fill(`:${line}`);
    await workbench.option(`line ${line}`).waitFor();
    await keys.press('Enter');
    await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  it('is created an object at a time, each after a dry run and a yes', async () => {
    await goTo('builder.yaml', 'kind: ServiceAccount');
    await keys.start('Create Object at the Cursor in Cluster…');
    await dialog().getByText('Create ServiceAccount ci/builder in context').waitFor();
    await keys.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    expect(await kubectl('get', 'serviceaccounts', '-n', 'ci', '-o', 'name')).not.toContain('builder');
    await keys.start('Create Object at the Cursor in Cluster…');
    await dialog().getByText('Create ServiceAccount ci/builder in context').waitFor();
    await workbench.picture('wizards-7-create');
    await dialog().getByRole('button', { name: 'Create', exact: true }).press('Enter');
    await workbench.told('Created: ServiceAccount ci/builder');
    await goTo('builder.yaml', 'kind: Secret');
    await keys.start('Create Object at the Cursor in Cluster…');
    await dialog().getByText('Create Secret ci/builder-token in context').waitFor();
    await dialog().getByRole('button', { name: 'Create', exact: true }).press('Enter');
    await workbench.told('Filled by the token controller: Secret ci/builder-token');
    await workbench.closeNotifications();
  });

  it('is compared with the cluster, whose token is not shown, and others’ fields are theirs without a yes', async () => {
    const manifest = (team: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: deployer-token\n  namespace: ci\n  labels: { team: ${team} }\n  annotations: { kubernetes.io/service-account.name: deployer }\ntype: kubernetes.io/service-account-token\n`;
    await writeFiles({ 'theirs.yaml': manifest('web'), 'ours.yaml': manifest('ci') });
    await kubectl('apply', '--server-side', '--field-manager=helm', '-f', path('theirs.yaml'));
    await goTo('ours.yaml', 'kind: Secret');
    await keys.start('Compare Object at the Cursor with Cluster');
    const editor = workbench.page.locator('.monaco-diff-editor');
    await editor.getByText('bytes, not shown').first().waitFor();
    await workbench.inBothThemes('wizards-8-compare');
    expect(await editor.innerText()).not.toMatch(/eyJ|ZXlK/);
    await goTo('ours.yaml', 'kind: Secret');
    await keys.start('Create Object at the Cursor in Cluster…');
    await dialog().getByText('.metadata.labels.team belongs to helm').waitFor();
    await workbench.picture('wizards-9-conflict');
    await keys.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    const label = ['get', 'secret', 'deployer-token', '-n', 'ci', '-o', 'jsonpath={.metadata.labels.team}'];
    expect(await kubectl(...label)).toBe('web');
  });
});

describe('the wizard that creates a token Secret', () => {
  it('says what is still empty, can be left, and offers to take the Secret away again', async () => {
    await kubectl(
      'apply',
      '-f',
      fileURLToPath(new URL('../support/cluster/never-filled.yaml', import.meta.url)),
    );
    await kubectl('create', 'secret', 'generic', 'unfilled', '-n', 'default');
    await expect
      .poll(
        async () =>
          await kubectl('label', 'secret', 'unfilled', `a=${Date.now()}`, '--overwrite').catch(String),
        patience,
      )
      .toContain('denied');
    await keys.open('README.md');
    await keys.start('Create Token Secret in Cluster…');
    await keys.pick('deployer');
    await keys.pick('Create Another');
    await workbench.answer(/will never expire/, 'unfilled');
    const waiting = await workbench.told('waiting for the token controller to fill ca.crt, namespace, token');
    await workbench.picture('wizards-12-unfilled');
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await keys.question('Created, and not followed any more: Secret ci/unfilled').waitFor();
    await keys.pick('Delete It');
    await expect
      .poll(async () => await kubectl('get', 'secrets', '-n', 'ci', '-o', 'name'), patience)
      .not.toContain('unfilled');
    await workbench.closeNotifications();
  });
});

describe('the wizard that keeps a host kubeconfig fresh', () => {
  it('says who keeps it and what ends it, and writes what the server takes', async () => {
    await keys.start('Keep a Host Kubeconfig Fresh…');
    await keys.pick('deployer');
    await workbench.option('A CronJob Requests a Token').waitFor();
    await workbench.inBothThemes('wizards-fresh-who');
    await keys.pick('A CronJob Requests a Token');
    await workbench.answer(/Path of the kubeconfig on the host/, '/etc/cni/net.d/deployer.kubeconfig');
    await workbench.answer(/Which node/, 'node-1');
    await workbench.answer(/An image that has sh and kubectl/, 'example.com/kubectl:1');
    await keys.pick('New File…');
    await workbench.answer(/The file to write/, 'made/fresh.yaml');
    await workbench.option('Write made/fresh.yaml').waitFor();
    await workbench.picture('wizards-fresh-preview');
    await keys.pick('Write made/fresh.yaml');
    await keys.shown('fresh.yaml');
    const applied = await kubectl('apply', '--dry-run=server', '-f', path('made/fresh.yaml'));
    expect(applied.trim().split('\n')).toHaveLength(5);
    expect(await text('made/fresh.yaml')).toContain('- deployer\n');
  });
});

describe('the wizard that generates a kubeconfig', () => {
  it('writes it in the form of what uses it, for its owner alone, and proves what is in it', async () => {
    await keys.start('Generate Kubeconfig…');
    await keys.pick('deployer');
    await keys.pick('deployer-token');
    await workbench.option('Argo CD Cluster Secret').waitFor();
    // The manifest that is open has a script which writes a kubeconfig, and is none.
    expect(await workbench.option('fresh.yaml').count()).toBe(0);
    await workbench.inBothThemes('wizards-forms');
    await keys.pick('Environment File for CI');
    await workbench.answer(/The file to write/, 'made/deployer.env');
    const told = await workbench.told(/Works: \S*deployer\.env\./);
    expect(await told.getByRole('button', { name: 'Copy kubectl Command' }).count()).toBe(0);
    await workbench.picture('wizards-forms-written');
    expect(await text('made/deployer.env')).toMatch(
      /^KUBE_SERVER=https:.*\nKUBE_CA_DATA=\S+\nKUBE_NAMESPACE=ci\nKUBE_TOKEN=eyJ\S+\n$/,
    );
    expect((await stat(path('made/deployer.env'))).mode & 0o777).toBe(0o600);
    await workbench.closeNotifications();
  });
});
