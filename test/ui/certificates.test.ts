import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Example } from '../../sandbox/example.ts';
import { writeKubeconfig } from '../../sandbox/kubeconfig.ts';
import { openExample, type OpenedExample } from '../support/ui/openedExample.ts';
import type { Workbench } from '../support/ui/workbench.ts';

let example: Example;
let cluster: ControlPlane;
let close: OpenedExample['close'];
let workbench: Workbench;
let expired: string;
let good: string;

beforeAll(async () => {
  ({ example, cluster, workbench, close } = await openExample({
    settings: { 'window.autoDetectHighContrast': true },
    before: async (...opened) => {
      [example, cluster] = opened;
      // Before the workbench: its list of files is not made again at once.
      expired = await withCertificate('admin.kubeconfig', -30);
      good = await withCertificate('good.kubeconfig', 400);
    },
  }));
  await workbench.showServiceAccounts(); // The workbench takes gestures once the view is there.
});
afterAll(async () => {
  await close?.();
});

const inspector = (): FrameLocator => workbench.inspector();
const told = async (): Promise<string> => await workbench.inspected();
const patience = { timeout: 30_000 };

/** A kubeconfig in the workspace whose only credential is a client certificate that ends so many hours from now. */
async function withCertificate(name: string, hours: number): Promise<string> {
  const at = (from: number): Date => new Date(Date.now() + from * 3_600_000);
  const validity = { notBefore: at(Math.min(0, hours) - 48), notAfter: at(hours) };
  const credential = await cluster.clientCertificate(
    'kubernetes-admin',
    ['kubeadm:cluster-admins'],
    validity,
  );
  const file = join(example.workspace, name);
  const ca = await readFile(cluster.caFile, 'utf8');
  await writeKubeconfig(file, { server: cluster.server, ca, user: 'kubernetes-admin', credential });
  return file;
}

describe('a kubeconfig with a client certificate, looked at in the workbench', () => {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await workbench.picture('certificates-failed');
  });

  it('says at its data that it has expired, and whose it is', async () => {
    await workbench.goTo(expired, 'client-certificate-data: ', 'client-certificate-data: '.length + 2);
    const hover = workbench.page.locator('.monaco-hover').filter({ hasText: 'Client certificate of' }).last();
    await workbench.page.locator('.monaco-editor .squiggly-error').first().waitFor();
    await workbench.command('Show or Focus Hover');
    await hover.waitFor();
    const said = async (): Promise<string> => await hover.innerText();
    // The problem's own words are there before what the hover adds to them.
    await expect.poll(said, patience).toMatch(/Client certificate of kubernetes-admin.*expired 1 d 6 h ago/);
    for (const one of ['kubeadm:cluster-admins', 'Issuer', '401 Unauthorized'])
      await expect.poll(said, patience).toContain(one);
    await workbench.picturesInEachTheme('certificates-hover');
  });

  it('is told why it fails, with nothing of it sent', async () => {
    await workbench.command('ServiceAccount: Why Does This Kubeconfig Fail?');
    await expect.poll(told, patience).toMatch(/The client certificate has expired/);
    await expect.poll(told, patience).toMatch(/kubeadm certs renew/);
    await workbench.picturesInEachTheme('certificates-expired');
  });

  it('is told that it works once the server was asked with it, after a yes', async () => {
    await workbench.openFile(good);
    await workbench.command('ServiceAccount: Why Does This Kubeconfig Fail?');
    await expect.poll(told, patience).toMatch(/the server should accept the client certificate/);
    await inspector().locator('#send').click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: 'Ask as This Kubeconfig' }).waitFor();
    await workbench.picture('certificates-question');
    await dialog.getByRole('button', { name: 'Ask as This Kubeconfig' }).click();
    await expect.poll(told, patience).toMatch(/The server accepts the client certificate/);
    await workbench.picturesInEachTheme('certificates-accepted');
  });
});
