/** Row 10: from a change in the cluster to its row in the tree of the real workbench. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../sandbox/browser.ts';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { startEditor } from '../../sandbox/editor.ts';
import { packageExtension } from '../../scripts/package.ts';
import { Workbench } from '../support/workbench.ts';
import { ms, row } from './liveSupport.ts';
import { median, percentile } from './percentile.ts';
import type { Row } from './row.ts';

const NAMESPACE = 'a-shown'; // Sorts first, so that its rows are on screen.
const CHANGES = 300;
/** Milliseconds between two changes: apart, no redraw of the one before is waited for; close, each is among others. */
const APART = { least: 300, more: 500 };
const CLOSE = { least: 20, more: 60 };
/** Milliseconds that the tree waits at most after a redraw before the next. */
const REDRAW = 250;

/** Notes in `globalThis.shown`, in milliseconds since the epoch, when the frame begins that first paints a change of a ServiceAccount's row. */
const OBSERVER = `
  globalThis.shown = {};
  let rows = new Set();
  new MutationObserver(() => {
    const now = new Set();
    for (const row of document.querySelectorAll('.pane-body [role=treeitem]')) {
      const [, name] = /^ServiceAccount (change-[0-9]+),/.exec(row.ariaLabel ?? '') ?? [];
      if (name) now.add(name);
    }
    const fresh = [...now].filter((name) => !rows.has(name)).map((name) => 'ADDED ' + name);
    const gone = [...rows].filter((name) => !now.has(name)).map((name) => 'DELETED ' + name);
    rows = now;
    if (fresh.length + gone.length === 0) return;
    requestAnimationFrame(() => {
      const at = performance.timeOrigin + performance.now();
      for (const change of [...fresh, ...gone]) shown[change] ??= at;
    });
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] });
`;

/** Measures how soon a ServiceAccount that was created or deleted has a row, or none any more. */
export async function shownRows(controlPlane: ControlPlane, say: (line: string) => void): Promise<Row[]> {
  await using ending = new AsyncDisposableStack();
  await controlPlane.request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  say('Opening the tree in the workbench …');
  const editor = await startEditor({
    vsix: await packageExtension(),
    workspaceTrust: false,
    env: () => ({ KUBECONFIG: controlPlane.kubeconfig }),
  });
  ending.defer(editor.stop);
  const browser = await openBrowser();
  ending.defer(async () => {
    await browser.close();
  });
  const workbench = await Workbench.open(browser, editor.url({ workspace: editor.folder }), editor.folder);
  await workbench.showServiceAccounts();
  await workbench.expand(new RegExp(`^Namespace ${NAMESPACE}`));
  await workbench.row(/^ServiceAccount default/).waitFor();
  await workbench.page.evaluate(OBSERVER);
  await sleep(3000); // What a start does beside is done.
  const apart = await delays(controlPlane, workbench.page, APART, 0);
  const close = await delays(controlPlane, workbench.page, CLOSE, CHANGES);
  const [one, many] = [percentile(apart, 0.99), percentile(close, 0.99)];
  return [
    row(10, `Change to row shown in the workbench, p99 of ${CHANGES}`, ms(one), {
      peer: `median ${ms(median(apart))}`,
      target: '≤ 250 ms',
      held: one <= 250,
    }),
    row(10, `The same among 20 changes a second, p99 of ${CHANGES}`, ms(many), {
      peer: `median ${ms(median(close))}`,
      target: `≤ 250 ms beside the ${REDRAW} ms between redraws`,
      held: many <= 250 + REDRAW,
    }),
  ];
}

/** Milliseconds from sending each change until its row is painted, or painted no more. */
async function delays(
  { request }: ControlPlane,
  page: Page,
  gap: { readonly least: number; readonly more: number },
  first: number,
): Promise<number[]> {
  const root = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  const sent = new Map<string, number>();
  // Few rows are there at a time, so that all are on screen: each is deleted some changes after it was created.
  const kept: string[] = [];
  for (let index = first; sent.size < CHANGES; index += 1) {
    await sleep(gap.least + Math.random() * gap.more);
    const oldest = kept.length >= 10 ? kept.shift() : undefined;
    const name = oldest ?? `change-${index}`;
    sent.set(`${oldest === undefined ? 'ADDED' : 'DELETED'} ${name}`, Date.now());
    if (oldest === undefined) {
      kept.push(name);
      await request('POST', root, { metadata: { name } });
    } else await request('DELETE', `${root}/${name}`);
  }
  await sleep(2000);
  const shown = await page.evaluate<Readonly<Record<string, number>>>('shown');
  for (const name of kept) await request('DELETE', `${root}/${name}`);
  await sleep(2000);
  // What was never shown counts as for ever.
  return [...sent].map(([change, at]) => (shown[change] ?? Infinity) - at);
}
