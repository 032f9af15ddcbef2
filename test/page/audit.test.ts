import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelOf, type Looked } from '../../src/editor/audit/model.ts';
import type { AuditModel } from '../../src/audit/pageProtocol.ts';
import { boundBy, eventOf, told } from '../support/texts/auditEvents.ts';
import {
  allThemes,
  openAuditPage,
  openBrowserOnBuild,
  overflowOf,
  pictureOf,
  tell,
  violationsOf,
} from '../support/page/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowserOnBuild();
}, 120_000);
afterAll(async () => {
  await browser.close();
});

const JTI = '5b5f1c1e-8f0a-4d5c-9a57-0e2f3a7c9d11';
const TOKEN = { account: 'shop/cart', jti: JTI, secret: undefined };
const LEGACY = {
  'authentication.k8s.io/legacy-token': 'system:serviceaccount:kube-system:mycontroller',
  'authentication.k8s.io/legacy-token-manual-secret': 'mycontroller-token',
};
const STALE = {
  'authentication.k8s.io/stale-token':
    'subject: system:serviceaccount:shop:till, seconds after warning threshold: 7200',
};
const cart = { extra: boundBy(JTI, 'cart-5d4f7', 'node-1'), agent: 'cart/v1.2.3 (linux/amd64)' };
const summary = told(
  [
    eventOf({
      user: 'system:serviceaccount:kube-system:mycontroller',
      annotations: LEGACY,
      addresses: ['192.0.2.17'],
      agent: 'kubectl/v1.30.1 (linux/amd64) kubernetes/6911225',
    }),
    eventOf({
      user: 'system:serviceaccount:shop:till',
      annotations: STALE,
      extra: boundBy('old', 'till-0', 'node-2'),
    }),
    ...Array.from({ length: 12 }, () => eventOf(cart)),
    eventOf({ ...cart, addresses: ['203.0.113.9'], agent: 'curl/8.5.0' }),
    eventOf({
      ...cart,
      code: 403,
      message: 'secrets is forbidden',
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    }),
    eventOf({ user: '', code: 401, message: 'Authentication failed, attempted: bearer', object: undefined }),
    'broken',
  ].join('\n'),
);
const looked: Looked = {
  name: 'audit.log',
  now: Date.parse('2026-11-29T12:00:00Z') / 1000,
  filter: '',
  account: undefined,
  token: undefined,
  canCompare: true,
  state: 'read',
};
const states: Readonly<Record<string, AuditModel>> = {
  overview: modelOf(summary, looked),
  trail: modelOf(summary, { ...looked, account: 'shop/cart', token: TOKEN }),
  reading: modelOf(told(''), { ...looked, state: 'reading' }),
};

describe('the page of an audit log', () => {
  it.each(allThemes.flatMap((theme) => [1100, 320].map((width) => [theme, width] as const)))(
    'has nothing that axe objects to in any state, and never scrolls sideways, in %s at %i px',
    async (theme, width) => {
      const first = states['reading'];
      if (!first) throw new Error('There is no such state.');
      const { page } = await openAuditPage(browser, { theme, width, model: first });
      for (const [name, model] of Object.entries(states)) {
        await tell(page, { view: 'audit', model });
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        expect([name, await violationsOf(page)]).toEqual([name, []]);
        expect([name, await overflowOf(page)]).toEqual([name, 0]);
        await pictureOf(page, `audit-${name}-${theme}-${width}`);
      }
      await page.context().close();
    },
    120_000,
  );

  it('asks its host by keyboard, keeps what is typed while the log is read on, and loads nothing but itself', async () => {
    const model = states['overview'];
    if (!model) throw new Error('There is no such state.');
    const { page, sent, requests } = await openAuditPage(browser, { theme: 'dark', width: 960, model });
    await page.locator('#filter').pressSequentially('ca');
    await tell(page, { view: 'audit', model: { ...model, filter: 'c' } });
    await page.keyboard.type('r');
    expect(await page.locator('#filter').inputValue()).toBe('car');
    await page.locator('[id="account-shop/cart"]').press('Enter');
    const trail = states['trail'];
    await tell(page, { view: 'audit', model: trail });
    await page.locator('#details-tokens').press('Enter');
    await page.locator(`[id="token-${JTI}"]`).press('Enter');
    await page.locator('#role').press('Enter');
    await page.locator('#access').press('Enter');
    await expect
      .poll(() => sent)
      .toEqual([
        { type: 'ready' },
        ...['c', 'ca', 'car'].map((text) => ({ type: 'filter', text })),
        { type: 'account', account: 'shop/cart' },
        { type: 'token', jti: JTI },
        { type: 'role', account: 'shop/cart' },
        { type: 'access', account: 'shop/cart' },
      ]);
    expect(await page.locator('#announce').textContent()).toBe(model.headline);
    expect(await page.getByText('It was used from 203.0.113.9').count()).toBe(1);
    expect(requests).toEqual(['/']);
    await page.context().close();
  });
});
