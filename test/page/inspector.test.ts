import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offlineEvidence } from '../../src/authentication/evidence.ts';
import { modelOf, states } from '../support/page/inspectorStates.ts';
import {
  allThemes,
  openBrowserOnBuild,
  openPage,
  overflowOf,
  pictureOf,
  showOn,
  violationsOf,
} from '../support/page/page.ts';
import { bound, NOW, seen } from '../support/texts/evidence.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowserOnBuild();
}, 120_000);
afterAll(async () => {
  await browser.close();
});

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}
interface Text extends Box {
  readonly words: string;
  /** In CSS pixels, as it is shown. */
  readonly size: number;
}

/** Whether texts lie over one another: their boxes may by a quarter, as a font's line is higher than its letters. */
const over =
  (one: Box) =>
  (other: Box): boolean =>
    one.left < other.right &&
    other.left < one.right &&
    one.top + (one.bottom - one.top) / 4 < other.bottom &&
    other.top + (one.bottom - one.top) / 4 < one.bottom;

describe('the inspector’s page', () => {
  it.each(allThemes.flatMap((theme) => [1100, 550, 320].map((width) => [theme, width] as const)))(
    'has nothing that axe objects to in any state, and never scrolls sideways, in %s at %i px',
    async (theme, width) => {
      const { page } = await openPage(browser, { theme, width, model: states['refused'] ?? '' });
      for (const [name, model] of Object.entries(states)) {
        await showOn(page, model);
        await page.evaluate(
          "document.querySelectorAll('.steps details').forEach((one) => { one.open = true; })",
        );
        // What depends on width is the same in every theme, and at 550 px what it is at 320.
        const isLookedAt = width === 1100 || (theme === 'dark' && width === 320);
        const found = isLookedAt ? await violationsOf(page) : [];
        expect([name, found]).toEqual([name, []]);
        expect([name, await overflowOf(page)]).toEqual([name, 0]);
        if (isLookedAt) await pictureOf(page, `inspector-${name}-${theme}-${width}`);
      }
      await page.context().close();
    },
    300_000,
  );

  it('asks its host by keyboard, and loads nothing but itself', async () => {
    const model = states['refused'] ?? '';
    const { page, sent, requests } = await openPage(browser, { theme: 'dark', width: 960, model });
    await page.keyboard.press('Tab'); // From the verdict to what mends it.
    await page.keyboard.press('Enter');
    for (const id of ['read', 'send', 'compare', 'copy']) await page.locator(`#${id}`).press('Enter');
    await page.locator('#copy-found-0').press('Enter');
    await expect
      .poll(() => sent)
      .toEqual([
        { type: 'ready' },
        { type: 'action', action: 'createTokenSecret' },
        { type: 'read' },
        { type: 'send' },
        { type: 'compare' },
        { type: 'copy' },
        {
          type: 'command',
          text: 'kubectl -n kube-system create token mycontroller',
        },
      ]);
    expect(requests).toEqual(['/']);
    await page.context().close();
  });

  it('zooms its timeline from years to minutes, by buttons, keys, wheel and dragging', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 1100, model: states['refused'] ?? '' });
    const shown = async (): Promise<string> => (await page.getByText(/^Shown: /).textContent()) ?? '';
    const labels = async (): Promise<string[]> => await page.locator('.timeline svg text').allTextContents();
    const everything = await shown();
    expect(everything).toMatch(/^Shown: 4\d\d days$/);
    expect(await labels()).toContain('Expires');
    await page.locator('#zoom-600').press('Enter');
    expect(await shown()).toBe('Shown: 10 minutes');
    expect(await labels()).not.toContain('Expires');
    const picture = page.locator('#timeline');
    await picture.press('-');
    expect(await shown()).toBe('Shown: 20 minutes');
    await picture.press('+');
    await picture.press('ArrowRight');
    expect(await shown()).toBe('Shown: 10 minutes');
    await picture.hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 100);
    await page.keyboard.up('Control');
    await expect.poll(shown).toBe('Shown: 13 minutes');
    await picture.press('Home');
    expect(await shown()).toBe(everything);
    await page.locator('#zoom-315360000').press('Enter');
    expect(await shown()).toBe('Shown: 10 years');
    await showOn(page, states['refused'] ?? '');
    expect(await shown()).toBe('Shown: 10 years'); // New evidence leaves the view as it is.
    await page.context().close();
  });

  it.each([320, 550, 1100])('labels its timeline at %i px to be read, none over another', async (width) => {
    const { page } = await openPage(browser, { theme: 'dark', width, model: states['refused'] ?? '' });
    for (const name of ['refused', 'legacy', 'accepted']) {
      await showOn(page, states[name] ?? '');
      for (const zoom of ['all', 315_360_000, 2_592_000, 3600, 600]) {
        await page.locator(`#zoom-${zoom}`).press('Enter');
        const { outer, texts } = await page.evaluate<{ outer: Box; texts: Text[] }>(`(() => {
          const svg = document.querySelector('.timeline svg');
          const { left, right, top, bottom } = svg.getBoundingClientRect();
          const texts = [...svg.querySelectorAll('text')].map((one) => {
            const { left, right, top, bottom } = one.getBoundingClientRect();
            const size = parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a;
            return { words: one.textContent, size, left, right, top, bottom };
          });
          return { outer: { left, right, top, bottom }, texts };
        })()`);
        expect(texts.length).toBeGreaterThan(1);
        for (const { words, size } of texts) expect([words, size >= 11]).toEqual([words, true]);
        const isOut = (one: Box): boolean => one.left < outer.left || one.right > outer.right;
        const covered = texts.filter((one, at) => isOut(one) || texts.slice(0, at).some(over(one)));
        expect([name, zoom, covered]).toEqual([name, zoom, []]);
      }
      await page.locator('#zoom-all').press('Enter');
    }
    await page.context().close();
  });

  it('keeps focus and what is open while evidence arrives, and says the verdict once', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['busy'] ?? '' });
    await page.locator('#details-passed').press('Enter');
    const evidence = page.locator('#details-issuer');
    await evidence.press('Enter');
    await showOn(page, states['refused'] ?? '');
    expect(await page.evaluate('document.activeElement.id')).toBe('details-issuer');
    expect(await page.locator('details[open] #details-issuer').count()).toBe(1);
    expect(await page.locator('#announce').textContent()).toBe('The Pod it is bound to is gone');
    await page.context().close();
  });

  it('moves nothing for who wants no motion', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['busy'] ?? '' });
    const animations = async (): Promise<number> => await page.evaluate('document.getAnimations().length');
    expect(await animations()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await showOn(page, states['refused'] ?? '');
    await showOn(page, states['busy'] ?? '');
    expect(await animations()).toBe(0);
    await page.context().close();
  });

  it('keeps for a reload where the token was, and nothing of what it says', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['refused'] ?? '' });
    const kept = JSON.stringify(await page.evaluate('globalThis.kept'));
    expect(kept).toBe('{"opened":[],"origin":{"kind":"place","uri":"file:///a","line":1,"character":2}}');
    await page.locator('#zoom-600').press('Enter');
    await page.locator('#details-passed').press('Enter');
    await page.locator('#details-issuer').press('Enter');
    const zoomed = { from: NOW - 300, to: NOW + 300 };
    await expect
      .poll(async () => await page.evaluate('globalThis.kept'))
      .toMatchObject({ view: zoomed, opened: ['passed', 'issuer'] });
    const later = await openPage(browser, {
      theme: 'dark',
      width: 960,
      model: states['refused'] ?? '',
      kept: await page.evaluate('globalThis.kept'),
    });
    expect(await later.page.getByText('Shown: 10 minutes').count()).toBe(1);
    expect(await later.page.locator('details[open] #details-issuer').count()).toBe(1);
    await later.page.context().close();
    await page.context().close();
  });

  it('shows nothing that hides, or turns around what stands beside it', async () => {
    const hostile = '\u202Egnp\u202C a\u200Bb \uE001 e\u0301\u0301\u0301\u0301\u0301\n';
    const evidence = offlineEvidence(
      await bound(
        { pod: { name: `x${hostile}`, uid: hostile }, node: { name: hostile, uid: 'y' } },
        { iss: hostile, aud: [hostile], [hostile]: hostile },
      ),
    );
    const model = await modelOf(evidence, { name: hostile, problem: hostile, server: hostile });
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model });
    for (const text of [await page.locator('body').innerText(), await page.locator('body').innerHTML()]) {
      expect(text).toContain('gnp');
      expect(text).not.toMatch(/[\u200B\u202A-\u202E\u2066-\u2069\uE001]|\p{M}{4}/u);
    }
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
