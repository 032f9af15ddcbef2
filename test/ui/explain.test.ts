import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { LeakWatch } from '../support/ui/leaks.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let leaks: LeakWatch;
let onHost: string;

beforeAll(async () => {
  leaks = await LeakWatch.begin();
  ({ example, cluster, workbench, close } = await openExample({
    leaks,
    settings: {
      'window.autoDetectHighContrast': true,
      'window.restoreWindows': 'preserve', // The example names a file to open, which hides what was open before.
    },
  }));
  onHost = join(example.workspace, 'host', 'etc', 'cni', 'net.d', 'mycontroller.kubeconfig');
});
afterAll(async () => {
  await close?.();
});

const inspector = (): FrameLocator => workbench.inspector();
const told = async (): Promise<string> => await workbench.inspected();
const patience = { timeout: 30_000 };

/** Opens what is folded because it passed. */
async function unfold(): Promise<void> {
  const fold = inspector().locator('details[data-id="passed"]:not([open]) > summary');
  await inspector().locator('#details-passed').waitFor();
  if ((await fold.count()) > 0) await fold.click();
}

describe('why a kubeconfig fails, looked at in the workbench', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('explain-failed');
  });

  it('says that its Pod is gone, from the file alone', async () => {
    await workbench.showServiceAccounts();
    await cluster.request('DELETE', '/api/v1/namespaces/kube-system/pods/mycontroller-x7k2p', {
      gracePeriodSeconds: 0,
    });
    await workbench.openFile(onHost);
    await workbench.command('ServiceAccount: Why Does This Kubeconfig Fail?');
    await expect.poll(told, patience).toMatch(/The Pod it is bound to is gone/);
    await expect.poll(told, patience).toMatch(/^Asked https:/m);
    await workbench.page.setViewportSize({ width: 1000, height: 700 });
    await workbench.settled();
    const { height = 0, y = 0 } = (await workbench.page.locator('iframe.webview.ready').boundingBox()) ?? {};
    for (const part of ['#verdict', '#found-0', '.chain', '#details-passed', '.steps > .failed']) {
      const box = await inspector().locator(part).boundingBox();
      expect([part, (box?.y ?? 0) + (box?.height ?? 9999) <= y + height]).toEqual([part, true]);
    }
    expect(await inspector().locator('#found-0').innerText()).toBe('Renew the Token in This Kubeconfig…');
    await workbench.picturesInEachTheme('explain-first-screen');
    await workbench.page.setViewportSize({ width: 1280, height: 800 });
    await unfold();
    await expect.poll(told, patience).toMatch(/The kubeconfig entry in effect/);
    await expect.poll(told, patience).toMatch(/This token is what is sent/);
    const text = await inspector().locator('body').innerText();
    const token = /token: (\S+)/.exec(await readFile(onHost, 'utf8'))?.[1] ?? '';
    for (const part of token.split('.')) expect(text).not.toContain(part.slice(0, 20));
    await workbench.picturesInEachTheme('explain-kubeconfig');
  });

  it('hears the server’s own word once the person lets the token be sent', async () => {
    await inspector().locator('#send').click();
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Send Token' }).click();
    await expect.poll(told, patience).toMatch(/The server’s own word/);
    await expect.poll(told, patience).toMatch(/service account token has been invalidated/m);
    await expect
      .poll(told, patience)
      .toMatch(/^The server says: \[invalid bearer token, service account token has been invalidated\]$/m);
    expect(await told()).toMatch(/The token was sent too, because you agreed/);
    await workbench.picture('explain-sent');
  });

  it('explains a token from the clipboard, and compares it with another', async () => {
    const legacy = /CI_TOKEN=(\S+)/.exec(
      await readFile(join(example.workspace, 'several-tokens.env'), 'utf8'),
    )?.[1];
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await workbench.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(`Bearer ${legacy}`)})`);
    await workbench.command('ServiceAccount: Why Unauthorized? The Token on the Clipboard');
    await expect.poll(told, patience).toMatch(/There is something around the token/);
    await expect.poll(told, patience).toMatch(/ci\/deployer/);
    await inspector().locator('#compare').click();
    await workbench.choose('The token on the clipboard');
    await expect.poll(told, patience).toMatch(/Two tokens, side by side/);
    await workbench.picture('explain-compared');
  });

  it('says of a Pod in the tree what its tokens hang on', async () => {
    await workbench.expand(/^Namespace monitoring/);
    await workbench.expand(/^ServiceAccount metrics/);
    await workbench.menu(/^Pod metrics-0/, 'Why Unauthorized?');
    await expect.poll(told, patience).toMatch(/monitoring\/metrics/);
    await expect.poll(told, patience).toMatch(/^What the tree knows$/m);
    await expect.poll(told, patience).toMatch(/Projected token at /);
    await unfold();
    await expect.poll(told, patience).toMatch(/Pod monitoring\/metrics-0 is there, and the same\./);
    await expect.poll(told, patience).toMatch(/Its issuer is not kept\./);
    await workbench.picture('explain-pod');
  });

  it('comes back after a reload from where its token is, and asks for one that was not stored', async () => {
    await workbench.command('Developer: Reload Window'); // As a person does; it saves what is open.
    await workbench.page.getByRole('tab', { name: /^Token: host/ }).click();
    await expect.poll(told, patience).toMatch(/kube-system\/mycontroller/);
    await expect.poll(told, patience).toMatch(/^Would ask/m);
    await workbench.page.getByRole('tab', { name: /^Token: Clipboard/ }).click();
    await expect.poll(told, patience).toMatch(/This token has to be opened again/);
    await workbench.picture('explain-reopen');
  });

  it('the walkthrough tells the story, and ticks off what was done', async () => {
    await workbench.command('View: Toggle Primary Side Bar Visibility');
    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.choose('From Unauthorized to a Kubeconfig That Works');
    const steps = workbench.page.locator('.getting-started-step');
    await steps.nth(4).waitFor();
    await steps.filter({ hasText: 'Why it stopped' }).click();
    await workbench.page.getByRole('button', { name: 'Why Unauthorized?' }).click();
    await workbench.choose('The token on the clipboard');
    await expect.poll(told, patience).toMatch(/ci\/deployer/);
    await workbench.page.getByRole('tab', { name: /^Welcome/ }).click();
    const done = steps.getByRole('checkbox', { checked: true });
    await expect.poll(async () => await done.count(), patience).toBe(2);
    await workbench.picturesInEachTheme('walkthrough');
  });
});

describe('in the end', () => {
  it('no part of any token that the cluster issued is in a log, in storage, in a URI or in what was shown', async () => {
    const { tokens, places, found } = await leaks.check('explain', example, workbench.page, onHost);
    expect(found).toEqual([]);
    expect(tokens).toBeGreaterThan(2);
    expect(places).toBeGreaterThan(100);
  });
});
