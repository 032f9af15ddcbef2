/** Row 14: how soon an explanation is on screen, in the real editor, from the click to the frame that shows it. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../sandbox/browser.ts';
import { startExample } from '../../sandbox/example.ts';
import { packageExtension } from '../../scripts/package.ts';
import { Workbench } from '../support/ui/workbench.ts';
import type { Row } from './row.ts';

const RUNS = 12;
/** Milliseconds that one run may take. */
const PATIENCE = 20_000;

/** Runs in every frame of the editor's page, before anything else. Times are milliseconds since the epoch. */
const NOTING = `{
  const now = () => performance.timeOrigin + performance.now();
  if (window === top) {
    addEventListener('click', () => { noteTime('click', now()); }, true);
  } else {
    noteTime('frame', now());
    const seen = new Set();
    const note = (what, isThere) => {
      if (!isThere || seen.has(what)) return;
      seen.add(what);
      requestAnimationFrame(() => { noteTime(what, now()); });
    };
    // A webview writes its document anew, which ends what waits for a frame, and leaves timers alone.
    setInterval(() => {
      const steps = document.querySelector('.steps');
      const isBusy = steps === null || steps.hasAttribute('aria-busy');
      note('first', steps !== null);
      note('whole', !isBusy && document.querySelector('.actions .note')?.textContent.startsWith('Asked'));
      note('preview', document.querySelector('body.vscode-body h1') !== null && steps === null);
    }, 4);
  }
}`;

type What = 'click' | 'frame' | 'first' | 'whole' | 'preview';

/** Explains a token of the example again and again, and opens VS Code's own Markdown preview as often. */
export async function shownRows(report: (line: string) => void): Promise<Row[]> {
  await using ending = new AsyncDisposableStack();
  const example = await startExample({ vsix: await packageExtension(), cluster: 'sandbox', report });
  ending.defer(example.stop);
  const [browser] = await Promise.all([openBrowser(), example.cluster]);
  ending.defer(async () => {
    await browser.close();
  });
  let times = new Map<What, number>();
  const workbench = await Workbench.open(browser, example.url, example.workspace, async (page) => {
    await page.exposeBinding('noteTime', (_source, what: What, at: number) => {
      if (what !== 'frame' || !times.has('first')) times.set(what, at);
    });
    await page.addInitScript(NOTING);
  });
  const after = async (command: string, last: What): Promise<Map<What, number>> => {
    times = new Map();
    await workbench.command(command);
    await until(workbench.page, () => times.has(last));
    const found = new Map(times);
    await workbench.page.waitForTimeout(300);
    await workbench.command('View: Close Editor');
    return found;
  };
  const since = (found: ReadonlyMap<What, number>, what: What): number =>
    (found.get(what) ?? Number.NaN) - (found.get('click') ?? Number.NaN);

  const previews: number[] = [];
  await workbench.page.getByRole('tab', { name: 'README.md' }).click();
  for (let run = 0; run <= RUNS; run++) {
    previews.push(since(await after('Markdown: Open Preview', 'preview'), 'preview'));
  }
  const explained: { frame: number; first: number; whole: number }[] = [];
  await workbench.goTo(join(example.workspace, 'several-tokens.env'), 'CI_TOKEN=eyJ');
  await workbench.page.keyboard.press('End');
  await workbench.page.keyboard.press('ArrowLeft');
  for (let run = 0; run <= RUNS; run++) {
    const found = await after('ServiceAccount: Why Unauthorized?', 'whole');
    explained.push({
      frame: since(found, 'frame'),
      first: since(found, 'first'),
      whole: since(found, 'whole'),
    });
  }
  const [cold, ...warm] = explained;
  const firsts = warm.map(({ first }) => first);
  const wholes = warm.map(({ whole }) => whole);
  const frame = middle(warm.map((one) => one.frame));
  const preview = previews.slice(1);
  const say = (all: readonly number[]): string =>
    `${middle(all).toFixed(0)} and ${Math.max(...all).toFixed(0)} ms`;
  return [
    {
      row: 14,
      what: `Explanation in the editor, from the click to the frame that shows its first steps, median and worst of ${RUNS}`,
      figure: `${say(firsts)} (first ever ${cold?.first.toFixed(0)} ms; VS Code’s webview takes ${frame.toFixed(0)} ms of it to open)`,
      peer: `VS Code’s Markdown preview ${say(preview)}`,
      ratio: `${(middle(preview) / middle(firsts)).toFixed(1)} ×`,
      target: '≤ 100 ms',
      held: middle(firsts) <= 100,
    },
    {
      row: 14,
      what: `The same to the frame that shows all of them`,
      figure: `${say(wholes)} (first ever ${cold?.whole.toFixed(0)} ms)`,
      peer: '—',
      ratio: '—',
      target: '≤ 1000 ms',
      held: Math.max(...wholes) <= 1000,
    },
  ];
}

async function until(page: Page, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Nothing was shown in ${PATIENCE / 1000} s.`);
    await page.waitForTimeout(20);
  }
}

const middle = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
