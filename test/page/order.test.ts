import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { states } from '../support/page/inspectorStates.ts';
import { allThemes, openBrowserOnBuild, openPage, pictureOf, showOn } from '../support/page/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowserOnBuild();
}, 120_000);
afterAll(async () => {
  await browser.close();
});

describe('what the inspector says first', () => {
  it.each(allThemes)(
    'shows verdict, repair, what it hangs on and the checks on the first screen, in %s',
    async (theme) => {
      // What a window of 1000 × 700 leaves of itself beside the side bar.
      const { page } = await openPage(browser, {
        theme,
        width: 652,
        height: 600,
        model: states['renewable'] ?? '',
      });
      const places = await Promise.all(
        ['#verdict', '#found-0', '.chain', '#details-passed', '.steps > .failed'].map(async (part) => {
          const box = await page.locator(part).boundingBox();
          return [part, box?.y ?? NaN, (box?.y ?? NaN) + (box?.height ?? NaN)] as const;
        }),
      );
      await pictureOf(page, `inspector-first-${theme}`, false);
      expect(places.map(([part]) => part)).toEqual(
        places.toSorted(([, one], [, other]) => one - other).map(([part]) => part),
      );
      expect(places.filter(([, , end]) => !(end <= 600))).toEqual([]);
      expect(await page.locator('#found-0').innerText()).toBe('Renew the Token in This Kubeconfig…');
      expect(await page.locator('#details-passed').innerText()).toMatch(/^\d+ passed$/);
      expect(await page.locator('.hero button:not(.quiet)').count()).toBe(1);
      await page.context().close();
    },
  );

  it('begins with the verdict, has a heading for each check, and says of each evidence whose it is', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['renewable'] ?? '' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('The Pod it is bound to is gone');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The Pod it is bound to is gone');
    await page.locator('#details-passed').press('Enter');
    for (const title of ['Shape', 'Issuer', 'Signature', 'What it is bound to'])
      expect(
        await page.locator('.checks').getByRole('heading', { level: 3, name: title, exact: true }).count(),
      ).toBe(1);
    expect(await page.locator('#details-boundObject').textContent()).toMatch(
      /^Evidence of the check What it is bound to \(\d+\)$/,
    );
    await page.context().close();
  });

  it('colours nothing where nothing is against a token, and offers no causes that nothing suggests', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['untold'] ?? '' });
    const colour = async (part: string): Promise<unknown> =>
      await page.evaluate(`getComputedStyle(document.querySelector('${part}')).stroke`);
    const plain = await page.evaluate('getComputedStyle(document.body).color');
    expect([await colour('.hero .icon circle'), await colour('.steps > .cannot-tell .icon circle')]).toEqual([
      plain,
      plain,
    ]);
    expect(await page.getByText('What it could still be').count()).toBe(0);
    await showOn(page, states['audience'] ?? '');
    expect(await colour('.hero .icon circle')).not.toBe(plain);
    expect(await page.getByText('What it could still be').count()).toBe(1);
    await page.context().close();
  });

  it('shows the server’s own words under the verdict, and that the token was sent', async () => {
    const { page } = await openPage(browser, { theme: 'dark', width: 960, model: states['sent'] ?? '' });
    expect(await page.locator('#verdict + p').innerText()).toBe(
      'The server says: [invalid bearer token, service account token has been invalidated]',
    );
    expect(await page.locator('.hero .actions .note').innerText()).toContain(
      'was sent too, because you agreed',
    );
    expect(await page.getByText('only if you agree').count()).toBe(0);
    await page.context().close();
  });

  it('offers one thing in Restricted Mode: to manage trust', async () => {
    const { page, sent } = await openPage(browser, {
      theme: 'dark',
      width: 960,
      model: states['restricted'] ?? '',
    });
    expect(await page.locator('.hero button').allInnerTexts()).toEqual([
      'Manage Workspace Trust',
      'Compare…',
      'Copy Report',
    ]);
    await page.locator('#trust').press('Enter');
    await expect.poll(() => sent).toContainEqual({ type: 'trust' });
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.context().close();
  });

  it('says why a login was not used, and offers it', async () => {
    const { page, sent } = await openPage(browser, {
      theme: 'dark',
      width: 960,
      model: states['unused'] ?? '',
    });
    expect(await page.locator('.found').innerText()).toContain(
      'The login of your context “sandbox” was not used: it has the same address',
    );
    await page.locator('#own').press('Enter');
    await expect.poll(() => sent).toContainEqual({ type: 'own' });
    await page.context().close();
  });
});
