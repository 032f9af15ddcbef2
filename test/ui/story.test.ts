import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, afterEach, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { createPod } from '../../sandbox/seed.ts';
import { LeakWatch } from '../support/ui/leaks.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

const run = promisify(execFile);
const pods = '/api/v1/namespaces/kube-system/pods';
const me = 'system:serviceaccount:kube-system:mycontroller';
const account = /^ServiceAccount mycontroller/;

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let leaks: LeakWatch;
let onHost: string;
let generated: string;
/** A manifest whose type is misspelt. */
let mistaken: string;

beforeAll(async () => {
  leaks = await LeakWatch.begin();
  ({ example, cluster, workbench, close } = await openExample({
    leaks,
    settings: { 'window.autoDetectHighContrast': true },
    before: async ({ workspace }) => {
      onHost = join(workspace, 'host', 'etc', 'cni', 'net.d', 'mycontroller.kubeconfig');
      generated = join(workspace, 'mycontroller.kubeconfig');
      mistaken = join(workspace, 'manifests', 'mistaken.yaml');
      const right = await readFile(join(workspace, 'manifests', 'mycontroller-token.yaml'), 'utf8');
      await writeFile(
        mistaken,
        right.replace('service-account-token', 'service-acount-token # typed by hand'),
      );
    },
  }));
});
afterAll(async () => {
  await close?.();
});

/** Who the API server says a kubeconfig is, asked by kubectl; else its refusal. */
async function kubectlIs(kubeconfig: string): Promise<string> {
  try {
    const args = ['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    return (await run(cluster.kubectl, args)).stdout;
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}

describe('from "no token" to a kubeconfig that survives its Pod', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('failed');
  });

  it('the tree shows that mycontroller has no token Secret, and its Pod', async () => {
    await workbench.showServiceAccounts();
    await workbench.expand(/^Namespace kube-system/);
    const row = workbench.row(account);
    await row.scrollIntoViewIfNeeded();
    expect(await row.getAttribute('aria-label')).not.toContain('token Secret'); // That it has none is the rule.
    await workbench.expand(account);
    await workbench.row(/^Token Secrets, none/).waitFor();
    await workbench.row(/^Pod mycontroller-x7k2p/).waitFor();
    await workbench.picture('1-tree');
  });

  it('the hover says that the host’s token is bound to that Pod, and until when', async () => {
    const token = /token: (\S+)/.exec(await readFile(onHost, 'utf8'))?.[1] ?? '';
    const hover = await workbench.hover(onHost, token.slice(0, 40));
    expect(hover).toContain('Pod-bound token of kube-system/mycontroller');
    expect(hover).toContain('mycontroller-x7k2p');
    expect(hover).toMatch(/Expires/);
    expect(hover).not.toContain(token.slice(0, 40));
    await workbench.picture('2-hover');
    await workbench.page.keyboard.press('Escape');
  });

  it('the host’s kubeconfig works until its Pod is deleted, and then gets 401', async () => {
    expect(await kubectlIs(onHost)).toBe(me);
    await cluster.request('DELETE', `${pods}/mycontroller-x7k2p`, { gracePeriodSeconds: 0 });
    await workbench.row(/^Pod mycontroller-x7k2p/).waitFor({ state: 'detached' });
    await expect
      .poll(async () => await kubectlIs(onHost), { timeout: 60_000, interval: 1000 })
      .toMatch(/Unauthorized|must be logged in/);
    await workbench.command('ServiceAccount: Verify Kubeconfig');
    await workbench.told(/Does not work: \S*mycontroller\.kubeconfig/);
    await workbench.picture('3-unauthorized');
    await workbench.closeNotifications();
  });

  it('the manifest of a token Secret is scaffolded into the workspace, and opened', async () => {
    await workbench.menu(account, 'Scaffold Token Secret…');
    await workbench.answer(/Name of the token Secret/);
    await workbench.choose('New File…');
    await workbench.answer(/The file to write/);
    await workbench.choose('Write mycontroller-token.yaml');
    const file = join(example.workspace, 'mycontroller-token.yaml');
    await expect.poll(() => existsSync(file), { timeout: 30_000 }).toBe(true);
    await workbench.page
      .getByRole('tab', { name: /^mycontroller-token\.yaml(?!: what)/ })
      .first()
      .waitFor();
    const yaml = await readFile(file, 'utf8');
    expect(yaml).toContain('kubernetes.io/service-account.name: mycontroller');
    expect(yaml).not.toMatch(/^(data|stringData):/m);
    await workbench.picture('4-scaffolded');
  });

  it('the Secret is created from it, and the token controller fills it', async () => {
    await workbench.command('ServiceAccount: Create Token Secret in Cluster…');
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Create', exact: true })
      .click();
    await workbench.told('Filled by the token controller');
    const row = workbench.row(/^Token Secret mycontroller-token/);
    expect(await row.getAttribute('aria-label')).not.toContain('waiting');
    await workbench.picture('5-created');
  });

  it('a kubeconfig is generated from it, kept private, and proved', async () => {
    const created = await workbench.told('Filled by the token controller');
    await created.getByRole('button', { name: 'Generate Kubeconfig' }).click();
    await workbench.choose('A New File in the Workspace');
    await workbench.answer(/The file to write/);
    const shown = await workbench.told(/Works: \S*mycontroller\.kubeconfig\./);
    expect(await shown.innerText()).toContain(me);
    await workbench.picture('6-generated');
    expect((await stat(generated)).mode & 0o777).toBe(0o600);
    expect(await kubectlIs(generated)).toBe(me);
    await workbench.closeNotifications();
  });

  it('that kubeconfig still works when the Pod is deleted and made again', async () => {
    const { request } = cluster;
    await createPod(request, 'kube-system', 'mycontroller', 'mycontroller-9qv4d');
    await workbench.row(/^Pod mycontroller-9qv4d/).waitFor();
    expect(await kubectlIs(generated)).toBe(me);
    await request('DELETE', `${pods}/mycontroller-9qv4d`, { gracePeriodSeconds: 0 });
    await workbench.row(/^Pod mycontroller-9qv4d/).waitFor({ state: 'detached' });
    await createPod(request, 'kube-system', 'mycontroller', 'mycontroller-b2m8s');
    await workbench.row(/^Pod mycontroller-b2m8s/).waitFor();
    await expect(kubectlIs(generated)).resolves.toBe(me);
    expect(await kubectlIs(onHost)).toMatch(/Unauthorized|must be logged in/);
  });

  it('a token is requested for an hour, by the palette and the keyboard alone', async () => {
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    await workbench.option('deployer').waitFor();
    await workbench.page.keyboard.type('deployer');
    await workbench.option('deployer').and(workbench.page.locator('.focused')).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.option('For a Time…').and(workbench.page.locator('.focused')).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.option('1 hour').waitFor();
    await workbench.page.keyboard.type('1 hour');
    await workbench.option('1 hour').and(workbench.page.locator('.focused')).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.option('A New File').and(workbench.page.locator('.focused')).waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.answer(/The file to write/, 'ci/deployer.kubeconfig');
    await workbench.told(/Works: \S*deployer\.kubeconfig\./);
    expect(await kubectlIs(join(example.workspace, 'ci', 'deployer.kubeconfig'))).toBe(
      'system:serviceaccount:ci:deployer',
    );
    await workbench.picture('7-requested');
    await workbench.closeNotifications();
  });

  it('what was issued is remembered under its ServiceAccount, and renewed in one step', async () => {
    await workbench.expand(/^Namespace ci/);
    await workbench.expand(/^ServiceAccount deployer/);
    const issued = workbench.row(/^Issued token ci\/deployer.kubeconfig/);
    expect(await issued.getAttribute('aria-label')).toMatch(/expires in (?:1 h|59 min), not revocable alone/);
    const before = await readFile(join(example.workspace, 'ci', 'deployer.kubeconfig'), 'utf8');
    await workbench.menu(/^Issued token ci\/deployer.kubeconfig/, 'Renew Issued Token');
    await workbench.told(/Works: \S*deployer\.kubeconfig\./);
    const after = await readFile(join(example.workspace, 'ci', 'deployer.kubeconfig'), 'utf8');
    expect(after).not.toBe(before);
    await workbench.closeNotifications();
    await workbench.row(/^Issued token ci\/deployer.kubeconfig.*no longer in its file/).waitFor();
    await workbench.picture('8-issued');
  });

  it('a token that is bound to nothing is said to end with its time, and nothing is deleted', async () => {
    await workbench.menu(
      /^Issued token ci\/deployer.kubeconfig.*(?:1 h|min), not revocable alone/,
      'Revoke Token…',
    );
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('bound to nothing').waitFor();
    expect(await dialog.innerText()).toContain('token Secret');
    await workbench.picture('8-unbound');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await kubectlIs(join(example.workspace, 'ci', 'deployer.kubeconfig'))).toBe(
      'system:serviceaccount:ci:deployer',
    );
  });

  it('the token Secrets are ranked by their use, and one is revoked: the server refuses its token then', async () => {
    await workbench.command('ServiceAccount: Move Off Legacy Tokens…');
    await workbench.option('kube-system/mycontroller-token').waitFor();
    await workbench.picture('8-legacy');
    await workbench.choose('kube-system/mycontroller-token');
    await workbench.choose('Revoke It…');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByText('revoke the token').waitFor();
    const said = await dialog.innerText();
    expect(said).toContain(`The file ${generated}.`);
    expect(said).toContain('the very same token');
    expect(said).toContain('mycontroller-token.yaml makes it again');
    await workbench.picture('8-revoke');
    expect(await kubectlIs(generated)).toBe(me);
    await dialog.getByRole('button', { name: 'Delete Secret' }).click();
    await workbench.told('Revoked and proved');
    await workbench.picture('8-revoked');
    expect(await kubectlIs(generated)).toMatch(/Unauthorized|must be logged in/);
    await workbench.closeNotifications();
  });

  it('the inspector opens on a token, packaged as it is', async () => {
    await workbench.hover(join(example.workspace, 'several-tokens.env'), 'eyJ');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('ServiceAccount: Inspect Token');
    await expect.poll(async () => await workbench.inspected(), { timeout: 60_000 }).toContain('ci/deployer');
    await workbench.picture('8-inspector');
  });

  it('all of it can be looked at in each kind of theme', async () => {
    await workbench.inEachTheme(async (theme) => {
      const hover = await workbench.hover(join(example.workspace, 'several-tokens.env'), 'eyJ');
      expect(hover).toContain('never expires');
      await workbench.picture(`9-${theme}`);
      await workbench.page.keyboard.press('Escape');
      await workbench.goTo(mistaken, 'kubernetes.io/service-acount');
      await workbench.quickFix('Use kubernetes.io/service-account-token');
      await workbench.picture(`10-quick-fix-${theme}`);
      await workbench.page.keyboard.press('Escape');
    });
  });

  it('a manifest that would not work is put right by the keyboard alone', async () => {
    await workbench.quickFix('Use kubernetes.io/service-account-token');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.press('Control+S');
    await expect
      .poll(async () => await readFile(mistaken, 'utf8'), { timeout: 20_000 })
      .toContain('type: kubernetes.io/service-account-token # typed by hand');
  });
});

describe('the tree, while its cluster changes', () => {
  const system = /^Namespace kube-system/;
  const accounts = '/api/v1/namespaces/kube-system/serviceaccounts';
  /** Waits until the tree counts as many ServiceAccounts as the cluster has. */
  const knowsAll = async (): Promise<void> => {
    const { items } = (await cluster.request('GET', accounts)) as { items: readonly unknown[] };
    await expect
      .poll(async () => await workbench.row(system).getAttribute('aria-label'))
      .toContain(`${items.length} ServiceAccounts`);
  };

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('failed-while-changing');
  });

  it('keeps what is selected, open and scrolled to, and draws no more than four times a second', async () => {
    // More than fit on screen.
    for (let index = 0; index < 40; index += 1) {
      await cluster.request('POST', accounts, { metadata: { name: `z-${index}` } });
    }
    await workbench.showServiceAccounts();
    await workbench.expand(system);
    await knowsAll();
    const row = workbench.row(/^ServiceAccount namespace-controller/);
    await row.click();
    await workbench.page.mouse.wheel(0, 44);
    await expect.poll(async () => (await row.boundingBox())?.y, { interval: 500 }).toBeGreaterThan(0);
    const place = await row.boundingBox();
    const drawn = await workbench.page.evaluateHandle(`
      (() => {
        const times = [];
        new MutationObserver(() => times.push(performance.now())).observe(
          document.querySelector('.pane-body .monaco-list-rows'),
          { subtree: true, childList: true, characterData: true, attributes: true },
        );
        return times;
      })()`);
    const began = performance.now();
    for (let index = 0; index < 60; index += 1) {
      await cluster.request('POST', accounts, { metadata: { name: `zz-${index}` } });
      await sleep(40);
    }
    await knowsAll();
    const seconds = (performance.now() - began) / 1000;
    const times = (await drawn.jsonValue()) as number[];
    // What changes within 100 ms is one drawing.
    const drawings = times.filter((time, index) => time - (times[index - 1] ?? -Infinity) > 100).length;
    expect(drawings).toBeGreaterThan(1);
    expect(drawings).toBeLessThanOrEqual(seconds * 4 + 1);
    expect(await row.boundingBox()).toEqual(place);
    expect(await row.getAttribute('aria-selected')).toBe('true');
    expect(await workbench.row(system).getAttribute('aria-expanded')).toBe('true');
  });

  it('keeps its rows and says that they are old while the API server is gone, and is true after', async () => {
    const old = workbench.page.getByText('Not up to date');
    await cluster.stopApiServer();
    await old.waitFor();
    await workbench.picture('10-stale');
    expect(await workbench.row(system).getAttribute('aria-expanded')).toBe('true');
    await cluster.startApiServer();
    await old.waitFor({ state: 'hidden' });
    await cluster.request('DELETE', `${accounts}/zz-0`);
    await knowsAll();
  });
});

describe('in the end', () => {
  it('no part of any token that the cluster issued is in a log, in storage, in a URI or in what was shown', async () => {
    const { tokens, places, found } = await leaks.check(
      'story',
      example,
      workbench.page,
      join(example.workspace, 'ci', 'deployer.kubeconfig'),
    );
    expect(found).toEqual([]);
    expect(tokens).toBeGreaterThan(2);
    expect(places).toBeGreaterThan(100);
  });
});
