/** Row 1: activation beside that of VS Code's own git extension, both as the editor's list of running extensions has them. */
import type { Page } from 'playwright-core';
import { openBrowser } from '../../sandbox/browser.ts';
import { startExample } from '../../sandbox/example.ts';
import { packageExtension } from '../../scripts/package.ts';
import { Workbench } from '../support/ui/workbench.ts';
import { median } from './percentile.ts';
import type { Row } from './row.ts';

const STARTS = 10;
const OURS = 'Kubernetes ServiceAccount Tokens';
const GIT = 'Git';

/** Opens the example over and over, and reads the list each time. */
export async function runningExtensionsRows(): Promise<Row[]> {
  await using ending = new AsyncDisposableStack();
  const example = await startExample({ vsix: await packageExtension(), cluster: 'none' });
  ending.defer(example.stop);
  const browser = await openBrowser();
  ending.defer(async () => {
    await browser.close();
  });
  const workbench = await Workbench.open(browser, example.url, example.workspace);
  const ours: number[] = [];
  const gits: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    await workbench.command('Developer: Show Running Extensions');
    ours.push(await activationOf(workbench.page, OURS));
    gits.push(await activationOf(workbench.page, GIT));
    await workbench.command('View: Close All Editors');
    await workbench.page.reload();
    await workbench.page.locator('.monaco-workbench').waitFor();
  }
  const [own, git] = [median(ours), median(gits)];
  return [
    {
      row: 1,
      what: `Activation in the editor's list of running extensions, median of ${STARTS} starts`,
      figure: `${own} ms`,
      peer: `VS Code's own git extension: ${git} ms`,
      ratio: `${(own / git).toFixed(2)} of it`,
      target: '≤ 1/5 of it',
      held: own * 5 <= git,
    },
  ];
}

/** Milliseconds, once the extension is there and active. */
async function activationOf(page: Page, name: string): Promise<number> {
  const row = page
    .locator('.runtime-extensions-editor .monaco-list-row')
    .filter({ has: page.locator('.name').getByText(name, { exact: true }) })
    .filter({ hasText: /Activation: ?\d+ms/ });
  const text = await row.first().innerText();
  return Number(/Activation: ?(\d+)ms/.exec(text)?.[1]);
}
