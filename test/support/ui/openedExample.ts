import { inject } from 'vitest';
import { openBrowser } from '../../../sandbox/browser.ts';
import type { ControlPlane } from '../../../sandbox/controlPlane.ts';
import { startExample, type Example } from '../../../sandbox/example.ts';
import type { LeakWatch } from './leaks.ts';
import { Workbench } from './workbench.ts';

export interface OpenedExample {
  readonly example: Example;
  readonly cluster: ControlPlane;
  readonly workbench: Workbench;
  /** Ends all of it, in the other order. */
  readonly close: () => Promise<void>;
}

interface OpenedOptions {
  /** Beside `window.autoDetectColorScheme`, by which a test changes the theme. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Watches the page from its beginning on; ended with the rest. */
  readonly leaks?: LeakWatch;
  /** Is done once the cluster is up, and before the workbench is opened. */
  readonly before?: (example: Example, cluster: ControlPlane) => Promise<void>;
  /** What to open; the example's folder and README where absent. */
  readonly url?: (example: Example) => string;
}

/** Opens the example in a real editor and a real browser, with a throw-away cluster. What was begun is ended where it throws. */
export async function openExample(options: OpenedOptions = {}): Promise<OpenedExample> {
  const { settings, env = {}, leaks, before, url = (example) => example.url } = options;
  const ends: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    if (leaks) ends.push(async () => await leaks.end());
    const example = await startExample({
      vsix: inject('vsix'),
      cluster: 'sandbox',
      extraApiServerArgs: leaks?.apiServerArgs ?? [],
      env,
      settings: { 'window.autoDetectColorScheme': true, ...settings },
    });
    ends.push(async () => await example.stop());
    if (!example.cluster) throw new Error('The example has no cluster.');
    const [cluster, browser] = await Promise.all([example.cluster, openBrowser()]);
    ends.push(async () => await browser.close());
    await before?.(example, cluster);
    const workbench = await Workbench.open(browser, url(example), example.workspace, async (page) => {
      await leaks?.watch(page);
    });
    return { example, cluster, workbench, close };
  } catch (error) {
    await close();
    throw error;
  }
}
