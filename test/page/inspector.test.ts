import { mkdir } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import { known, unknown, type Evidence } from '../../src/authentication/evidence.ts';
import { inspectorModel, type InspectorModel } from '../../src/editor/inspector/model.ts';
import { allThemes, openBrowser, openPage } from '../support/page.ts';
import { bound, NOW, podBound, seen } from '../support/world.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
  await mkdir('out/screenshots', { recursive: true });
}, 120_000);
afterAll(async () => {
  await browser.close();
});

const modelOf = async (evidence: Evidence): Promise<InspectorModel> =>
  inspectorModel(await explainAuthentication(evidence, NOW), {
    now: NOW,
    server: 'https://cluster.example:6443',
    isBusy: false,
    problem: undefined,
  });
const refused = await modelOf(seen(await podBound(), { boundObject: known(undefined, 'get pods') }));
const open = await modelOf(
  seen(await podBound(), { boundObject: unknown('forbidden', 'get pods in kube-system') }),
);

describe('the inspector’s page', () => {
  it.each(allThemes.flatMap((theme) => [960, 320].map((width) => [theme, width] as const)))(
    'has nothing that axe objects to, in %s at %i px',
    async (theme, width) => {
      for (const [name, model] of Object.entries({ refused, open })) {
        const { page } = await openPage(browser, { theme, width, model });
        await page.locator('summary').first().click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        expect(found).toEqual([]);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
        await page.screenshot({
          path: `out/screenshots/inspector-${name}-${theme}-${width}.png`,
          fullPage: true,
        });
        await page.context().close();
      }
    },
    60_000,
  );

  it('asks its host by keyboard, zooms its timeline, and loads nothing but itself', async () => {
    const { page, sent, requests } = await openPage(browser, { theme: 'dark', width: 960, model: refused });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#send').press('Enter');
    await page.locator('#zoom-in').press('Enter');
    expect(await page.getByText('Shown: one year').count()).toBe(1);
    await expect.poll(() => sent).toEqual([{ type: 'ready' }, { type: 'read' }, { type: 'send' }]);
    expect(requests.toSorted()).toEqual(['/', '/inspector.css', '/inspector.js']);
    await page.context().close();
  });

  it('shows a stranger’s claim as text', async () => {
    const model = await modelOf(seen(await bound({}, { aud: ['<img src=x onerror=alert(1)>'] })));
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.getByText('onerror=alert(1)').count()).toBeGreaterThan(0);
    await page.context().close();
  });
});
