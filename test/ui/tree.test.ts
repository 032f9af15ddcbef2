import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { writeKubeconfig } from '../../sandbox/kubeconfig.ts';
import { startRelay, type Relay } from '../support/cluster/relay.ts';
import { seedTree } from '../support/ui/seedTree.ts';
import { Workbench } from '../support/ui/workbench.ts';

/** The ServiceAccount of many that sorts last. */
const LAST = 'sa-99';

let cluster: ControlPlane;
/** The same cluster as a server of Kubernetes 1.23. */
let old: Relay;
let editor: Editor;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  cluster = await startControlPlane();
  await seedTree(cluster);
  const limited = join(cluster.folder, 'limited.kubeconfig');
  const ca = await readFile(cluster.caFile, 'utf8');
  const elsewhere = join(cluster.folder, 'elsewhere.kubeconfig');
  const of = { server: cluster.server, ca, credential: await cluster.clientCertificate('limited') };
  await writeKubeconfig(limited, { ...of, user: 'limited', name: 'limited', namespace: 'ci' });
  await writeKubeconfig(elsewhere, { ...of, user: 'elsewhere', name: 'elsewhere', namespace: 'default' });
  old = await startRelay(cluster, ca);
  old.fault = (incoming, outgoing) => {
    if (incoming.url !== '/version') return false;
    outgoing.end(JSON.stringify({ major: '1', minor: '23+', gitVersion: 'v1.23.17-eks-0' }));
    return true;
  };
  const oldKubeconfig = join(cluster.folder, 'old.kubeconfig');
  await writeFile(
    oldKubeconfig,
    JSON.stringify({
      clusters: [{ name: 'old', cluster: { server: old.url } }],
      contexts: [{ name: 'old', context: { cluster: 'old' } }],
    }),
  );
  editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust: false,
    env: () => ({ KUBECONFIG: [cluster.kubeconfig, limited, elsewhere, oldKubeconfig].join(delimiter) }),
    settings: {
      'window.autoDetectColorScheme': true,
      'window.autoDetectHighContrast': true,
      // A row's place on screen is what is tested, not how many fit.
      'workbench.sideBar.location': 'left',
    },
  });
  browser = await openBrowser();
  workbench = await Workbench.open(browser, editor.url({ workspace: editor.folder }), editor.folder);
  // Rows beyond the view's edge are not on screen, and the view shares its place with others.
  await workbench.page.setViewportSize({ width: 1280, height: 1600 });
});

afterAll(async () => {
  await browser?.close();
  await editor?.stop();
  old?.close();
  await cluster?.stop();
});

/** What a screen reader says of the rows on screen, from the top. */
async function spoken(): Promise<string[]> {
  const rows = workbench.page.locator('.pane-body [role=treeitem]');
  const found = await Promise.all(
    (await rows.all()).map(async (row) => ({
      at: Number(await row.getAttribute('data-index')),
      name: (await row.getAttribute('aria-label')) ?? '',
    })),
  );
  return found.sort((one, other) => one.at - other.at).map(({ name }) => name);
}

/** What is said of the row that the keyboard is on. */
async function focused(): Promise<string> {
  return (
    (await workbench.page.locator('.pane-body [role=treeitem].focused').getAttribute('aria-label')) ?? ''
  );
}

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await workbench.page.keyboard.press(key);
};

/** Opens the row that the keyboard is on, by the key alone: pressed again where the row was drawn anew meanwhile. */
async function openByKey(name: RegExp): Promise<void> {
  const row = workbench.row(name);
  const isOpen = async (): Promise<string | null> => await row.getAttribute('aria-expanded');
  await expect
    .poll(
      async () => {
        if ((await isOpen()) !== 'true') await press('ArrowRight');
        return await isOpen();
      },
      { timeout: 30_000, interval: 1500 },
    )
    .toBe('true');
}

describe('the tree, as a person walks it', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('tree-failed');
  });

  it('is walked by the keyboard alone, from the namespace down to what a ServiceAccount has', async () => {
    await workbench.showServiceAccounts();
    await workbench.row(/^Namespace ci/).waitFor();
    await workbench.command('ServiceAccounts: Focus on ServiceAccounts View');
    await press('Home');
    await expect.poll(focused).toMatch(/^Namespace ci, 2 ServiceAccounts/);
    await openByKey(/^Namespace ci/);
    await workbench.row(/^ServiceAccount deployer/).waitFor();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown');
    await expect
      .poll(focused, { timeout: 30_000 })
      .toMatch(/^ServiceAccount deployer, may do everything, 2 token Secrets, 3 Pods/);
    const warned = workbench.row(/^ServiceAccount deployer/).locator('.codicon-warning');
    await warned.waitFor(); // A shape, and not a colour alone.
    await openByKey(/^ServiceAccount deployer/);
    await workbench.row(/^Pod agent-3/).waitFor();
    await workbench.row(/^Access, may do everything, 2 roles, 5 through groups/).waitFor();
    await press('ArrowDown');
    await expect.poll(focused).toMatch(/^Token Secrets, 2/);
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await expect.poll(focused).toMatch(/^Access/);
    await openByKey(/^Access, /);
    await workbench.row(/^ClusterRole cluster-admin/).waitFor();
    expect(await spoken()).not.toContainEqual(expect.stringMatching(/as system:authenticated/));
    await workbench.expand(/^As every ServiceAccount here, 5 roles through groups/);
    await workbench.row(/^ClusterRole system:discovery/).waitFor();
  });

  it('says of every row what it is, in words', async () => {
    const rows = await spoken();
    await workbench.picture('tree-1-rows');
    expect(rows.filter((name) => name.trim() === '' || /undefined|\[object|NaN/.test(name))).toEqual([]);
    const said = rows.map((name) => name.replace(/, (?:collapsed|expanded)$/, ''));
    for (const expected of [
      /^Orphaned token Secrets, 1/,
      /^Token Secret deployer-old, no use recorded since 20\d\d-\d\d-\d\d, cleaner from 20\d\d-\d\d-\d\d/,
      /^Token Secret deployer-token, last used 2026-11-01/,
      /^Pod agent-1, Pending, token for vault, 600 s, \/var\/run\/secrets\/vault\/token, token Secret deployer-token/,
      /^Pod agent-2, Pending, no token: automount off in the ServiceAccount/,
      /^Pod agent-3, Pending, token, 3607 s/,
      /^ClusterRole cluster-admin, may do everything, everywhere, by ClusterRoleBinding deployer-admin/,
      /^ClusterRole view, in many, by RoleBinding deployer-view/,
      /^ClusterRole system:discovery, everywhere, by ClusterRoleBinding system:discovery, as system:authenticated/,
      /^EKS identity, arn:aws:iam::123456789012:role\/deployer/,
      /^Automount off, unless a Pod says otherwise/,
      /^Image pull Secrets, registry/,
    ]) {
      expect(said).toContainEqual(expect.stringMatching(expected));
    }
  });

  it('shows token Secrets whose ServiceAccount is missing', async () => {
    await workbench.expand(/^Orphaned token Secrets/);
    const orphan = workbench.row(/^Token Secret forgotten/);
    await orphan.waitFor();
    expect(await orphan.getAttribute('aria-label')).toContain(
      'ServiceAccount no-such is missing, about to be deleted',
    );
  });

  it('tells in a document what a ServiceAccount may do', async () => {
    await workbench.menu(/^ServiceAccount deployer/, 'What May It Do?');
    const text = workbench.page.locator('.editor-instance .view-lines');
    const said = async (): Promise<string> => (await text.innerText()).replaceAll('\u00a0', ' ');
    await expect.poll(said, { timeout: 30_000 }).toContain('- all verbs: all resources, all paths');
    expect(await said()).toContain('# What system:serviceaccount:ci:deployer may do in context sandbox');
    expect(await said()).toContain('# Stands out: may do everything.');
    await workbench.picture('tree-2-may-do');
  });

  it('opens the manifest of a row, of a token Secret without its data', async () => {
    await workbench.menu(/^Token Secret deployer-token/, 'Open Manifest (Read-Only)');
    const text = workbench.page.locator('.editor-instance .view-lines');
    const said = async (): Promise<string> => (await text.innerText()).replaceAll('\u00a0', ' ');
    await expect.poll(said).toContain('# The metadata of the Secret. Its data was not asked for.');
    await expect.poll(said).toContain('name: deployer-token');
    expect(await said()).not.toMatch(/^ *(?:data|token):|eyJ|ZXlK/m);
    await workbench.picture('tree-2-manifest');
  });

  it('finds who may use a verb on a resource, and leads to the row', async () => {
    await workbench.row(/^ServiceAccount deployer/).click();
    await press('ArrowLeft', 'Home');
    await workbench.row(/^Pod agent-1/).waitFor({ state: 'detached' });
    await workbench.command('ServiceAccount: Who May Use a Verb on a Resource?');
    await workbench.option('serviceaccounts/token').click();
    await workbench.option('create').click();
    await workbench.option('In every namespace').click();
    await workbench.option('deployer').waitFor();
    await workbench.picture('tree-3-who-may');
    await workbench.option('deployer').click();
    await workbench.row(/^Pod agent-1/).waitFor();
    await expect.poll(focused).toMatch(/^ServiceAccount deployer/);
  });

  it('opens the search by its key in the view, and shows what was found beyond the 500 rows of a level', async () => {
    // The editor's own search knows only what is expanded, so its key opens ours in this view.
    await press('Control+F');
    await workbench.page
      .locator('.quick-input-title')
      .filter({ hasText: /^Find one of 6\d\d Serv/ })
      .waitFor();
    await workbench.page.locator('.quick-input-widget input.input').fill(`many ${LAST}`);
    await workbench.option(LAST).waitFor();
    await press('Enter');
    await workbench.page.locator('[role=treeitem][aria-expanded=true].focused', { hasText: LAST }).waitFor();
    await expect.poll(focused).toMatch(new RegExp(`^ServiceAccount ${LAST}(?:, (?:collapsed|expanded))?$`));
    await workbench.picture('tree-4-found');
  });

  it('shows no more than 500 rows of a level, and more when asked', async () => {
    await press('End');
    // 601 with default; the one that was found stands after the 500.
    const more = workbench.row(/^Show more \(100 not shown\)/);
    await more.waitFor();
    const last = (await spoken()).filter((name) => /^(?:ServiceAccount|Show more)/.test(name)).slice(-2);
    expect(last.join('; ')).toMatch(new RegExp(`^ServiceAccount ${LAST}; Show more`));
    expect(await spoken()).not.toContainEqual(expect.stringMatching(/^ServiceAccount sa-98\b/));
    await more.click();
    await more.waitFor({ state: 'detached' });
    await press('End');
    await workbench.row(/^ServiceAccount sa-98\b/).waitFor();
  });

  it('filters by typing and ticking, and shows all again', async () => {
    await workbench.command('ServiceAccount: Filter ServiceAccounts…');
    const title = workbench.page.locator('.quick-input-title');
    await title.filter({ hasText: 'Filter: shows' }).waitFor();
    await press('Enter');
    await title.filter({ hasText: 'nothing is ticked' }).waitFor(); // It would show what is shown already.
    await workbench.option('May do everything').click();
    await title.filter({ hasText: 'shows 1 of' }).waitFor();
    await workbench.page.locator('.quick-input-widget input.input').fill('deploy');
    await title.filter({ hasText: 'shows 1 of' }).waitFor();
    await workbench.picture('tree-4-filter');
    await press('Enter');
    await workbench.page
      .getByText(/1 of \d+ ServiceAccounts: name has "deploy", may do everything/)
      .waitFor();
    await workbench.row(/^Namespace many/).waitFor({ state: 'detached' });
    expect(await spoken()).not.toContainEqual(expect.stringMatching(/^Namespace default/));
    await workbench.row(/^ServiceAccount deployer/).waitFor(); // What was found is not folded away.
    await workbench.command('ServiceAccount: Show All ServiceAccounts');
    await workbench.row(/^Namespace many/).waitFor();
  });

  it('finds those that have a token Secret', async () => {
    await workbench.command('ServiceAccount: Filter ServiceAccounts…');
    await workbench.option('Has a token Secret').click();
    await workbench.page.locator('.quick-input-title').filter({ hasText: 'shows 1 of' }).waitFor();
    await press('Enter');
    await workbench.row(/^ServiceAccount deployer/).waitFor();
    await workbench.row(/^Namespace many/).waitFor({ state: 'detached' });
    expect(await spoken()).not.toContainEqual(expect.stringMatching(/^ServiceAccount default/));
    await workbench.picture('tree-4-has-a-token-secret');
    await workbench.command('ServiceAccount: Show All ServiceAccounts');
    await workbench.row(/^Namespace many/).waitFor();
  });

  it('says in the tooltip of a row all that its line cuts off', async () => {
    const row = workbench.row(/^Token Secret deployer-old/);
    await row.hover();
    const tooltip = workbench.page.locator('.workbench-hover').last();
    await tooltip.filter({ hasText: 'cleaner from' }).waitFor();
    expect(await tooltip.innerText()).toContain('deployer-old');
  });

  it('puts a namespace with a star first', async () => {
    await workbench.row(/^Namespace many/).click();
    await press('ArrowLeft');
    await workbench.menu(/^Namespace many/, 'Star Namespace');
    await workbench.row(/^Starred namespace many, 601 ServiceAccounts/).waitFor();
    expect((await spoken())[0]).toMatch(/^Starred namespace many/);
    await workbench.menu(/^Starred namespace many/, 'Unstar Namespace');
    await workbench.row(/^Namespace many/).waitFor();
  });

  it('can be looked at in each kind of theme', async () => {
    await workbench.inEachTheme(async (theme) => {
      await workbench.row(/^ServiceAccount deployer/).hover();
      await workbench.picture(`tree-5-${theme}`);
      expect((await spoken()).length).toBeGreaterThan(10);
    });
  });

  it('says what somebody with few rights could not see, and what that needs', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.option('limited').click();
    await workbench.row(/^Namespace many/).waitFor({ state: 'detached' });
    await workbench.expand(/^Namespace ci/);
    await workbench.row(/^ServiceAccount deployer, token Secrets: cannot tell, 3 Pods/).waitFor();
    await workbench.expand(/^ServiceAccount deployer/);
    await workbench
      .row(/^Token Secrets cannot be seen: needs list and watch on secrets in namespace ci/)
      .waitFor();
    await workbench.expand(/^Access, cannot tell/);
    await workbench.row(/^ClusterRoleBindings cannot be seen/).waitFor();
    expect(await spoken()).toContainEqual(
      expect.stringContaining('needs list and watch on clusterrolebindings in the cluster'),
    );
    await workbench.picture('tree-6-few-rights');
  });

  it('filters by nothing that cannot be seen, and says what that would need', async () => {
    await workbench.command('ServiceAccount: Filter ServiceAccounts…');
    await workbench.page.locator('.quick-input-title', { hasText: 'Filter: shows 2 of 2' }).waitFor();
    await workbench.option('No token Secret').click();
    await workbench.page
      .locator('.quick-input-title', { hasText: 'Filter: shows 0 of 2 ServiceAccounts, perhaps more' })
      .waitFor();
    await press('Enter');
    await workbench.page
      .getByText('There may be more: Token Secrets cannot be seen: needs list and watch on secrets')
      .waitFor();
    await workbench.picture('tree-6-filter-in-doubt');
    await workbench.command('ServiceAccount: Show All ServiceAccounts');
    await workbench.row(/^Namespace ci/).waitFor();
    await workbench.page.getByText('There may be more').waitFor({ state: 'hidden' });
    expect(await spoken()).toContainEqual(expect.stringMatching(/^Namespace ci, 2 ServiceAccounts/));
  });

  it('leads somebody who may list in no namespace that it knows to where namespaces are named', async () => {
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.option('elsewhere').click();
    await workbench.page.getByText('You may not list ServiceAccounts in this cluster').waitFor();
    await workbench.picture('tree-6-forbidden');
    await workbench.page.getByRole('button', { name: 'Name Namespaces' }).click();
    const setting = workbench.page.locator('.settings-editor .setting-item-title', { hasText: 'Namespaces' });
    await setting.first().waitFor();
    await workbench.page.getByRole('button', { name: 'Add Item' }).first().click();
    const edited = workbench.page.locator('.settings-editor .setting-list-edit-row');
    await edited.locator('input').fill('ci');
    await edited.getByRole('button', { name: 'OK' }).click();
    await workbench.row(/^Namespace ci, 2 ServiceAccounts/).waitFor();
    await press('Escape', 'Escape');
    expect(await spoken()).not.toContainEqual(expect.stringMatching(/^Namespace default/));
  });

  it('says that a server is too old for what is said of tokens', async () => {
    expect(await workbench.page.getByText('This API server is').count()).toBe(0);
    await workbench.command('ServiceAccount: Select Context…');
    await workbench.option('old').click();
    await workbench.row(/^Namespace many/).waitFor();
    await workbench.page.getByText(/This API server is v1\.23\.17-eks-0\. Before 1\.24/).waitFor();
    await workbench.picture('tree-7-old-server');
  });
});
