import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor, type Editor } from '../../sandbox/editor.ts';
import { boundClaims, jwt, legacyClaims } from '../support/tokens.ts';
import { Workbench } from '../support/ui/workbench.ts';

const now = Math.floor(Date.now() / 1000);
const pod = { pod: { name: 'mycontroller-x7k2p', uid: '0b1c' }, node: { name: 'node-1', uid: 'n' } };
const bound = (from: number, to: number, own: object = pod): string =>
  jwt(boundClaims(own, { iat: now + from, nbf: now + from, exp: now + to }));
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const files: Readonly<Record<string, string>> = {
  '.gitignore': '*.secret\n',
  'cni/kubeconfig': `apiVersion: v1\nkind: Config\nusers:\n- name: mycontroller\n  user:\n    token: ${bound(-600, 3000)}\n`,
  'manifests/token.yaml': `apiVersion: v1\nkind: Secret\nmetadata: {name: mycontroller-token, namespace: kube-system}\ntype: kubernetes.io/service-account-token\ndata:\n  token: ${base64(jwt(legacyClaims()))}\n`,
  'ci/tokens.env': [
    `VALID=${bound(-60, 86_400 * 3, {})}`,
    `SOON=${bound(-3400, 200, {})}`,
    `EXTENDED=${bound(-7200, 31_536_000 - 7200, { ...pod, warnafter: now - 3600 })}`,
    `OVER=${bound(-9000, -5400, {})}`,
    `LEGACY=${jwt(legacyClaims())}`,
    `LATER=${bound(3000, 6000, {})}`,
    `LIES=${jwt(boundClaims(pod, { iat: now - 7500, nbf: now - 7500, exp: now - 3900, sub: 'system:serviceaccount:a:b' }))}`,
    `CLOUD=${jwt(boundClaims(pod, { aud: ['sts.amazonaws.com'], iat: now, nbf: now, exp: now + 86_000 }))}`,
    `GITHUB=${jwt({ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b:ref:main', aud: 'x', iat: now, exp: now + 300 })}`,
    '',
  ].join('\n'),
  'ending.env': '',
  'docker-compose.yaml': 'services:\n  web:\n    image: app\n    user: "1000"\n',
  'deploy/install.sh': `#!/bin/sh
SECRET=$(kubectl get sa mycontroller -n kube-system -o jsonpath='{.secrets[0].name}')
TOKEN=$(kubectl get secret "$SECRET" -n kube-system -o jsonpath='{.data.token}' | base64 -d)
kubectl config set-credentials cni --token="$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)"
`,
  'deploy/main.tf': 'output "name" { value = kubernetes_service_account.robot.default_secret_name }\n',
  'ignored.secret': `TOKEN=${bound(-60, 3000)}\n`,
};

let workspace: string;
let editor: Editor;
let browser: Browser;
let workbench: Workbench;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'tokens-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  execFileSync('git', ['init', '-q', workspace]);
  execFileSync('git', ['-C', workspace, 'add', 'manifests', '.gitignore']);
  editor = await startEditor({
    vsix: inject('vsix'),
    workspaceTrust: false,
    env: () => ({ KUBECONFIG: join(workspace, 'none') }),
    settings: { 'window.autoDetectColorScheme': true, 'window.autoDetectHighContrast': true },
  });
  browser = await openBrowser();
  workbench = await Workbench.open(browser, editor.url({ workspace }), workspace);
});
afterAll(async () => {
  await browser?.close();
  await editor?.stop();
  await rm(workspace, { recursive: true });
});

describe('tokens, looked at in the workbench', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('tokens-failed');
  });

  // First, while no other file has problems.
  it('a hint is in sight where one jumps to its token', async () => {
    const { page } = workbench;
    await workbench.openFile(join(workspace, 'cni/kubeconfig'));
    const hint = page.locator('.view-lines').getByText('ends with Pod').first();
    await hint.waitFor();
    await workbench.command('Problems: Focus on Problems View');
    await page
      .locator('.markers-panel .monaco-list-row')
      .filter({ hasText: 'Fails when its Pod' })
      .first()
      .click();
    await page.locator('.statusbar').getByText('selected)').waitFor(); // VS Code has scrolled the line by then.
    await workbench.settled();
    const [shown, lines] = [
      await hint.boundingBox(),
      await page.locator('.editor-scrollable').first().boundingBox(),
    ];
    expect(shown?.x).toBeGreaterThanOrEqual(lines?.x ?? Infinity);
    await page.keyboard.press('Control+J');
  });

  it.each([
    ['a usual token', 'VALID', 'Bound token of kube-system/mycontroller — expires in 3 d'],
    ['a token that is used for too long', 'EXTENDED', 'was to be renewed 1 h'],
    ['a legacy token', 'LEGACY', 'Legacy token of kube-system/mycontroller — never expires'],
    ['a token for a cloud', 'CLOUD', 'AWS, as an IAM role'],
    ['a token that has expired and lies', 'LIES', 'expired 1 h '],
    ['a token of somebody else', 'GITHUB', 'OIDC token of a GitHub Actions job'],
    ['a token that git tracks', 'token', 'Rotate it under a new name'],
  ])('the hover of %s fits without scrolling', async (_, name, words) => {
    const [file, place] =
      name === 'token' ? ['manifests/token.yaml', 'token: ZXlK'] : ['ci/tokens.env', `${name}=eyJ`];
    const text = await workbench.hover(join(workspace, file), place, name.length + 3);
    expect(text).toContain(words);
    await workbench.picture(`tokens-hover-${name.toLowerCase()}`);
    const [shown, whole] = await workbench.page.evaluate<[number, number]>(
      `(() => {
        const hover = [...document.querySelectorAll('.monaco-hover:not(.hidden)')].at(-1);
        const content = hover.querySelector('.monaco-hover-content');
        return [hover.clientHeight, content.scrollHeight];
      })()`,
    );
    expect(whole).toBeLessThanOrEqual(shown);
    await workbench.page.keyboard.press('Escape');
  });

  it('the hover of a Pod’s token in a kubeconfig says that it will not last, and the menu what to do', async () => {
    const text = await workbench.hover(join(workspace, 'cni/kubeconfig'), 'eyJ');
    expect(text).toContain('Pod-bound token of kube-system/mycontroller — expires in');
    await workbench.picturesInEachTheme('tokens-hover-kubeconfig');
    await workbench.page.keyboard.press('Escape');
    await workbench.inEachTheme(async (theme) => {
      await workbench.quickFix('Renew the token in this kubeconfig');
      await workbench.picture(`tokens-fix-${theme}`);
      await workbench.page.keyboard.press('Escape');
    });
  });

  it('each token has its owner and life beside it, and a mark by where it stands', async () => {
    await workbench.openFile(join(workspace, 'ci/tokens.env'));
    const hints = workbench.page.locator('.view-lines');
    for (const words of ['expires in 3 d', 'never expires', 'extended', 'not valid yet', 'GitHub']) {
      await hints.getByText(words).first().waitFor();
    }
    expect(await workbench.page.locator('.monaco-editor .cgmr').count()).toBeGreaterThanOrEqual(8);
    await workbench.picturesInEachTheme('tokens-beside');
  });

  it('the menus of a file are in one submenu, and only where the file has something for them', async () => {
    const menuOf = (name: string): Locator => workbench.page.getByRole('menuitem', { name });
    const rightClick = async (): Promise<void> => {
      await workbench.settled();
      await workbench.page.locator('.view-lines').first().click({ button: 'right' });
      await menuOf('Command Palette').waitFor();
    };
    await workbench.openFile(join(workspace, 'docker-compose.yaml'));
    await rightClick();
    expect(await menuOf('ServiceAccount').count()).toBe(0);
    await workbench.page.keyboard.press('Escape');
    await workbench.openFile(join(workspace, 'cni/kubeconfig'));
    await rightClick();
    await menuOf('ServiceAccount').hover();
    await menuOf('Why Does This Kubeconfig Fail?').waitFor();
    await workbench.picturesInEachTheme('tokens-menu');
    expect(await menuOf('Create Object at the Cursor').count()).toBe(0);
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.press('Escape');
    for (const [file, entry] of [
      ['ci/tokens.env', 'Revoke Token…'],
      ['manifests/token.yaml', 'Create Object at the Cursor'],
    ] as const) {
      await workbench.openFile(join(workspace, file));
      await rightClick();
      await menuOf('ServiceAccount').hover();
      await menuOf(entry).waitFor();
      await workbench.page.keyboard.press('Escape');
      await workbench.page.keyboard.press('Escape');
    }
  });

  it('what is on screen changes when its time comes', async () => {
    const path = join(workspace, 'ending.env');
    const end = Math.floor(Date.now() / 1000) + 8;
    await writeFile(path, `TOKEN=${jwt(boundClaims({}, { iat: end - 600, nbf: end - 600, exp: end }))}\n`);
    await workbench.openFile(path);
    const hint = workbench.page
      .locator('.view-lines')
      .getByText(/^expire/)
      .first();
    // On a slow machine it may be over already when it is first seen: then it counts on.
    const first = await hint.innerText();
    await expect
      .poll(async () => await hint.innerText(), { timeout: 120_000, interval: 250 })
      .toSatisfy((text: string) => text !== first && /^expired\s\d+\s/.test(text));
  });

  it('a command that needs a cluster says where it looked for a kubeconfig, and offers to add one', async () => {
    await workbench.command('ServiceAccount: Generate Kubeconfig…');
    const told = await workbench.told('There is no kubeconfig');
    expect(await told.innerText()).toContain(join(workspace, 'none'));
    await workbench.picture('tokens-no-kubeconfig');
    await told.getByRole('button', { name: 'Add a Kubeconfig…' }).click();
    await workbench.page.locator('.quick-input-title', { hasText: 'Add Kubeconfig' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.closeNotifications();
  });

  it('those of the workspace are listed, the worst first, and each row goes to its token', async () => {
    await workbench.command('ServiceAccount: Tokens in This Workspace');
    await workbench.row(/^Revoke or Rotate: Usable, in Git, 1/).waitFor();
    await workbench.row(/^Replace: Never Expiring, 1/).waitFor();
    await workbench.page.getByText('entry of .gitignore').first().waitFor();
    await workbench.picturesInEachTheme('tokens-workspace');
    const legacy = /^Legacy token of kube-system\/mycontroller, never expires, in manifests\/token.yaml:6/;
    expect(await workbench.row(legacy).innerText()).toMatch(/^\s*token.yaml:6/); // Where it is leads.
    await workbench.row(legacy).click({ button: 'right' });
    const menu = workbench.page.getByRole('menu');
    for (const entry of ['Inspect Token', 'Why Unauthorized?', 'Show Fixes…', 'Revoke Token…']) {
      await menu.getByRole('menuitem', { name: entry }).first().waitFor();
    }
    await workbench.picture('tokens-workspace-menu');
    await workbench.page.keyboard.press('Escape');
    await workbench.row(legacy).click();
    await workbench.page.getByRole('tab', { name: 'token.yaml' }).first().waitFor();
    const status = workbench.page.locator('.statusbar');
    await expect.poll(async () => await status.innerText(), { timeout: 20_000 }).toContain('Ln 6, Col');
    await workbench.picture('tokens-workspace-opened');
    await workbench.page.getByRole('tab', { name: 'Explorer' }).first().click();
    const marked = (name: string, says: string): Locator =>
      workbench.page.locator(
        `.explorer-folders-view [aria-label*="${name}"][aria-label*="found here: ${says}"]`,
      );
    await marked('token.yaml', '1 usable and tracked by git').first().waitFor();
    await workbench.inBothThemes('tokens-marked');
  });

  it('lines that break since 1.24 are listed beside them by how severe they are, and each row leads to its fix', async () => {
    await workbench.command('ServiceAccount: What Breaks Since 1.24?');
    await workbench.row(/^Repair: Breaks Since 1.24, 2/).waitFor();
    // Room for the list.
    const above = workbench.page.locator('.pane-header.expanded').filter({ hasText: 'ServiceAccounts' });
    if ((await above.count()) > 0) await above.first().click();
    await workbench.row(/^Look Into: Fails in Time Since 1.24, 1/).waitFor();
    await workbench.picturesInEachTheme('tokens-since-124');
    await workbench.menu(
      /^Breaks since 1.24: account secrets read, in deploy\/install.sh:2\. This gives nothing/,
      'Show Fixes…',
    );
    await workbench.page
      .locator('.action-widget')
      .getByText('Request a token here: kubectl create token')
      .waitFor();
    await workbench.picture('tokens-since-124-fix');
    await workbench.page.keyboard.press('Escape');
    await workbench.command('ServiceAccount: Export What Breaks Since 1.24 as SARIF');
    const shown = workbench.page.locator('.view-lines');
    await expect.poll(async () => await shown.first().innerText()).toContain('sarif-2.1.0.json');
    await workbench.picture('tokens-since-124-sarif');
  });
});
