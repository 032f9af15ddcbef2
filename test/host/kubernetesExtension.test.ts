import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { asAdmin, openedTab } from './terminals.ts';

const ID = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/** A row of the Kubernetes extension's explorer, as its commands are given it. */
async function row(
  nodeType: string,
  abbreviation: string,
  name: string,
  namespace?: string,
): Promise<object> {
  await vscode.extensions.getExtension(ID)?.activate();
  return await vscode.commands.executeCommand('test.rowOf', nodeType, abbreviation, name, namespace);
}

interface MenuItem {
  readonly command: string;
  readonly when: string;
  readonly group: string;
}

describe('a row of the Kubernetes extension', () => {
  const explained = async (target: object): Promise<string | undefined> =>
    await openedTab(async () => {
      await vscode.commands.executeCommand('serviceAccountTokens.explainExplorerRow', target);
    });

  it('leads to Why Unauthorized: a context to what its kubeconfig sends', async () => {
    assert.match((await explained(await row('context', '', 'sandbox'))) ?? '', /^Token: .*kubeconfig/);
    assert.match(
      (await explained(await row('context.inactive', '', 'sandbox'))) ?? '',
      /^Token: .*kubeconfig/,
    );
  });

  it('leads there from a Pod, a token Secret and a ServiceAccount of the context that is selected', async () => {
    assert.equal(await explained(await row('resource', 'pod', 'web', 'ci')), 'Token: Pod ci/web');
    assert.equal(await explained(await row('resource', 'pod', 'web')), 'Token: Pod default/web');
    await asAdmin('create', 'serviceaccount', 'of-a-row');
    const type = 'kubernetes.io/service-account-token';
    const annotations = { 'kubernetes.io/service-account.name': 'of-a-row' };
    const secret = { apiVersion: 'v1', kind: 'Secret', type, metadata: { name: 'of-a-row', annotations } };
    const file = join(await mkdtemp(join(tmpdir(), 'of-a-row-')), 'secret.json');
    await writeFile(file, JSON.stringify(secret));
    await asAdmin('create', '-f', file);
    const filled = async (): Promise<true | undefined> =>
      (await asAdmin('get', 'secret', 'of-a-row', '-o', 'jsonpath={.data.token}')) === '' ? undefined : true;
    await eventually('the token controller to fill it', filled);
    await rm(dirname(file), { recursive: true });
    assert.equal(
      await explained(await row('resource', 'secret', 'of-a-row', 'default')),
      'Token: default/of-a-row',
    );
    assert.match(
      (await explained(await row('resource', 'serviceaccount', 'of-a-row', 'default'))) ?? '',
      /^Token: /,
    );
  });

  it('of a ServiceAccount opens a terminal as it', async () => {
    const before = new Set(vscode.window.terminals);
    const target = await row('resource', 'serviceaccount', 'of-a-row', 'default');
    await vscode.commands.executeCommand('serviceAccountTokens.openTerminalAs', target);
    const terminal = await eventually('a terminal', () =>
      vscode.window.terminals.find((one) => !before.has(one)),
    );
    assert.equal(terminal.name, 'default/of-a-row');
    terminal.dispose();
  });

  it('has our commands in its menu by the words that its API names for rows', () => {
    const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
    const manifest = extension?.packageJSON as {
      readonly contributes: { readonly menus: Readonly<Record<string, readonly MenuItem[]>> };
    };
    const menu = manifest.contributes.menus['view/item/context'];
    const on = (viewItem: string): string[] =>
      (menu ?? [])
        .filter(({ when }) => when.includes('extension.vsKubernetesExplorer'))
        .filter(({ when }) => new RegExp(/=~ [/](.*)[/]$/.exec(when)?.[1] ?? '$^').test(viewItem))
        .toSorted((one, other) => one.group.localeCompare(other.group))
        .map(({ command }) => command.slice('serviceAccountTokens.'.length));
    const why = 'explainExplorerRow';
    for (const item of [
      'cluster',
      'cluster.inactive',
      'minikubeCluster',
      'resource.pod',
      'resource.secret',
    ]) {
      assert.deepEqual([item, on(`vsKubernetes.${item}`)], [item, [why]]);
    }
    for (const item of ['resource.serviceaccount', 'resource.sa']) {
      assert.deepEqual(on(`vsKubernetes.${item}`), [why, 'openTerminalAs']);
    }
    for (const item of ['resource.service', 'resource.namespace', 'kind', 'file', 'helmRelease']) {
      assert.deepEqual([item, on(`vsKubernetes.${item}`)], [item, []]);
    }
  });
});
