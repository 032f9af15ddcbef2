import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { elsewhere, startAudited, type Audited } from '../support/cluster/audited.ts';
import { Workbench } from '../support/ui/workbench.ts';

const core = '/api/v1/namespaces';

let folder: string;
let workspace: string;
let audited: Audited;
let editor: Editor;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audited-'));
  workspace = await mkdtemp(join(tmpdir(), 'leaked-'));
  audited = await startAudited(folder, [{ level: 'Metadata' }]);
  const { plane, send } = audited;
  const { request } = plane;
  await request('POST', core, { metadata: { name: 'ci' } });
  await request('POST', `${core}/ci/serviceaccounts`, { metadata: { name: 'deployer' } });
  await request('POST', `${core}/ci/pods`, {
    metadata: { name: 'agent-1' },
    spec: { serviceAccountName: 'deployer', containers: [{ name: 'c', image: 'none' }] },
  });
  await request('POST', `${core}/ci/secrets`, {
    metadata: {
      name: 'deployer-token',
      annotations: { 'kubernetes.io/service-account.name': 'deployer' },
    },
    type: 'kubernetes.io/service-account-token',
  });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'agent-1' };
  const made = await request('POST', `${core}/ci/serviceaccounts/deployer/token`, {
    spec: { boundObjectRef },
  });
  const { token } = (made as { status: { token: string } }).status;
  const legacy = await audited.tokenOf('ci', 'deployer-token');
  for (let count = 0; count < 2; count++) await send(token, `${core}/ci/pods`, { agent: 'agent/1.2' });
  await send(token, `${core}/ci/secrets`, { agent: 'curl/8.5.0', from: elsewhere });
  await send(legacy, `${core}/ci/pods`, { agent: 'old-ci/1' });
  await audited.told(({ accounts }) =>
    accounts.some(({ name, count }) => name === 'deployer' && count === 4),
  );
  await copyFile(audited.log, join(workspace, 'audit.log'));
  await writeFile(join(workspace, 'leaked.env'), `TOKEN=${token}\n`);
  editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust: false,
    env: () => ({ KUBECONFIG: plane.kubeconfig }),
    settings: { 'window.autoDetectColorScheme': true, 'window.autoDetectHighContrast': true },
  });
  browser = await openBrowser();
  workbench = await Workbench.open(browser, editor.url({ workspace }), workspace);
});
afterAll(async () => {
  await browser?.close();
  await editor?.stop();
  await audited?.plane.stop();
  for (const path of [folder, workspace]) await rm(path, { recursive: true });
});

describe('an audit log, in the workbench', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('audit-failed');
  });

  it('opens from the lens above its text, and what it tells stands on a page', async () => {
    const { page } = workbench;
    await workbench.openFile(join(workspace, 'audit.log'));
    const lens = page.locator('.codelens-decoration a').filter({ hasText: 'Who Used Which Token?' });
    await lens.waitFor();
    await workbench.inBothThemes('audit-lens');
    await lens.click();
    const shown = workbench.inspector();
    await shown.getByRole('heading', { name: '1 ServiceAccount came with legacy tokens' }).waitFor();
    expect(await shown.locator('.accounts tbody').innerText()).toMatch(/ci\/deployer\s+legacy 1, bound 3/);
    await workbench.picturesInEachTheme('audit-opened');
  });

  it('leads from a ServiceAccount to the trail of one of its tokens, and back', async () => {
    const shown = workbench.inspector();
    await shown.getByRole('button', { name: 'ci/deployer' }).click();
    await shown.locator('#details-tokens').click();
    await shown.locator('[id^="token-"]').first().click();
    await shown.locator('#trail').waitFor();
    const said = await shown.locator('body').innerText();
    expect(said).toContain('Of ci/deployer, bound to Pod agent-1');
    expect(said.includes(`It was used from ${elsewhere}`)).toBe(elsewhere !== '127.0.0.1');
    await workbench.picturesInEachTheme('audit-trail');
    await shown.getByRole('button', { name: 'ci/deployer' }).click();
    await shown.locator('#trail').waitFor({ state: 'detached' });
  });

  it('is told of in the rows of its ServiceAccounts and token Secrets while it is open', async () => {
    await workbench.showServiceAccounts();
    await workbench.expand(/^Namespace ci/);
    await workbench.row(/^ServiceAccount deployer.*seen .* from 127\.0\.0\.\d/).waitFor();
    await workbench.expand(/^ServiceAccount deployer/);
    const secret = workbench.row(/^Token Secret deployer-token.*seen .* from 127\.0\.0\.1/);
    await secret.waitFor();
    expect(await secret.count()).toBe(1);
    await workbench.inBothThemes('audit-seen');
  });

  it('shows where a token was used, from the hover of it in a file', async () => {
    const { page } = workbench;
    await workbench.hover(join(workspace, 'leaked.env'), 'TOKEN=eyJ', 'TOKEN='.length + 3);
    await workbench.inBothThemes('audit-hover');
    await page.locator('.monaco-hover a').filter({ hasText: 'Where Was It Used?' }).last().click();
    const shown = workbench.inspector();
    await shown.locator('#trail').waitFor();
    expect(await shown.locator('body').innerText()).toMatch(/Of ci\/deployer, bound to Pod agent-1/);
  });
});
