import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';

const run = promisify(execFile);
const kubectl = process.env['KUBECTL'] ?? '';

/** What the administrator's kubectl says. */
export async function asAdmin(...args: readonly string[]): Promise<string> {
  return (await run(kubectl, ['--kubeconfig', process.env['KUBECONFIG'] ?? '', ...args])).stdout;
}

const inspectors = (): readonly vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.includes('serviceAccountTokens'),
    );

/** The title of the inspector that something opens, within 10 s; it is closed again. */
export async function openedTab(open: () => Promise<void>): Promise<string | undefined> {
  await vscode.window.tabGroups.close(inspectors());
  await open();
  for (let tries = 0; tries < 100; tries++, await sleep(100)) {
    const [tab] = inspectors();
    if (!tab) continue;
    const { label } = tab;
    await vscode.window.tabGroups.close(tab);
    return label;
  }
  return undefined;
}

export interface LeftTerminal {
  /** Its kubeconfig, a copy of it elsewhere, and the ServiceAccount. */
  readonly file: string;
  readonly copy: string;
  readonly account: string;
}

/** Opens a terminal as a ServiceAccount, and copies its kubeconfig. */
export async function openAs(
  namespace: string,
  name: string,
): Promise<{ readonly terminal: vscode.Terminal; readonly file: string; readonly copy: string }> {
  const before = new Set(vscode.window.terminals);
  const info = { namespace, name, uid: '' };
  await vscode.commands.executeCommand('serviceAccountTokens.openTerminalAs', {
    kind: 'serviceAccount',
    info,
  });
  const terminal = await eventually('a terminal', () =>
    vscode.window.terminals.find((one) => !before.has(one)),
  );
  const { creationOptions } = terminal;
  const file = 'env' in creationOptions ? (creationOptions.env?.['KUBECONFIG'] ?? '') : '';
  const copy = `${dirname(dirname(dirname(file)))}/${name}.kubeconfig`;
  await copyFile(file, copy);
  const who = await kubectlIs(kubectl, copy);
  if (who !== `system:serviceaccount:${namespace}:${name}`) throw new Error(`It is ${who}.`);
  await eventually('its shell to be known', async () => {
    const record = await readFile(`${dirname(file)}/record.json`, 'utf8');
    return /"shell":\d/.test(record) ? true : undefined;
  });
  return { terminal, file, copy };
}

export const NOTHING = { files: [], secrets: 0, hasShell: false, isRefused: true };

/** What is left of a terminal: files, Secrets, processes, and whether the server takes its token. */
export async function leftOf({ file, copy, account }: LeftTerminal): Promise<typeof NOTHING | object> {
  const files = await readdir(dirname(file)).catch(() => []);
  const secrets = await asAdmin('get', 'secrets', '--all-namespaces', '-o', 'name');
  const variables = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^[0-9]+$/.test(name))
      .map(async (pid) => await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
  );
  return {
    files: files.toSorted((one, other) => one.localeCompare(other)),
    secrets: secrets.split('\n').filter((name) => name.includes(`/${account}-revocable-`)).length,
    hasShell: variables.some((text) => text.split('\0').includes(`KUBECONFIG=${file}`)),
    isRefused: await kubectlIs(kubectl, copy).then(
      () => false,
      (error: unknown) => /Unauthorized|must be logged in/.test(String(error)),
    ),
  };
}
