import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../../sandbox/browser.ts';
import { buildExtension } from '../../../scripts/build.ts';
import type { AuditModel } from '../../../src/audit/pageProtocol.ts';
import { pageOf } from '../../../src/editor/workbench/html.ts';
import type { InspectorMessage, InspectorModel } from '../../../src/inspection/protocol.ts';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const pictures = fileURLToPath(new URL('../../../out/screenshots/', import.meta.url));

/** The colours of VS Code's own themes that the page asks for. */
const themes = {
  dark: '--vscode-editorError-foreground:#f14c4c;--vscode-textCodeBlock-background:#2b2b2b;--vscode-diffEditor-insertedLineBackground:#9bb95533;--vscode-foreground:#ccc;--vscode-editor-background:#1f1f1f;--vscode-editor-foreground:#ccc;--vscode-descriptionForeground:#9d9d9d;--vscode-widget-border:#313131;--vscode-button-background:#0078d4;--vscode-button-foreground:#fff;--vscode-button-secondaryBackground:#313131;--vscode-button-secondaryForeground:#ccc;--vscode-focusBorder:#0078d4;--vscode-errorForeground:#f85149;--vscode-editorWarning-foreground:#cca700;--vscode-testing-iconPassed:#73c991;--vscode-charts-red:#f14c4c;--vscode-charts-purple:#b180d7;--vscode-charts-blue:#3794ff;--vscode-charts-green:#89d185;',
  light:
    '--vscode-editorError-foreground:#e51400;--vscode-textCodeBlock-background:#f8f8f8;--vscode-diffEditor-insertedLineBackground:#9bb95533;--vscode-foreground:#3b3b3b;--vscode-editor-background:#fff;--vscode-editor-foreground:#3b3b3b;--vscode-descriptionForeground:#3b3b3b;--vscode-widget-border:#e5e5e5;--vscode-button-background:#005fb8;--vscode-button-foreground:#fff;--vscode-button-secondaryBackground:#e5e5e5;--vscode-button-secondaryForeground:#3b3b3b;--vscode-focusBorder:#005fb8;--vscode-errorForeground:#f85149;--vscode-editorWarning-foreground:#bf8803;--vscode-testing-iconPassed:#388a34;--vscode-charts-red:#e51400;--vscode-charts-purple:#652d90;--vscode-charts-blue:#1a85ff;--vscode-charts-green:#388a34;',
  'high contrast':
    '--vscode-editorError-foreground:#f48771;--vscode-textCodeBlock-background:#000;--vscode-foreground:#fff;--vscode-editor-background:#000;--vscode-editor-foreground:#fff;--vscode-descriptionForeground:#fff;--vscode-contrastBorder:#6fc3df;--vscode-button-background:#000;--vscode-button-foreground:#fff;--vscode-button-secondaryBackground:#000;--vscode-button-secondaryForeground:#fff;--vscode-focusBorder:#f38518;--vscode-errorForeground:#f48771;--vscode-editorWarning-foreground:#ffd370;--vscode-testing-iconPassed:#73c991;--vscode-charts-red:#fff;--vscode-charts-purple:#fff;--vscode-charts-blue:#fff;--vscode-charts-green:#89d185;',
  'high contrast light':
    '--vscode-editorError-foreground:#b5200d;--vscode-textCodeBlock-background:#f2f2f2;--vscode-foreground:#292929;--vscode-editor-background:#fff;--vscode-editor-foreground:#292929;--vscode-descriptionForeground:#292929;--vscode-contrastBorder:#0f4a85;--vscode-button-background:#0f4a85;--vscode-button-foreground:#fff;--vscode-button-secondaryBackground:#fff;--vscode-button-secondaryForeground:#292929;--vscode-focusBorder:#006bbd;--vscode-errorForeground:#b5200d;--vscode-editorWarning-foreground:#895503;--vscode-testing-iconPassed:#007100;--vscode-charts-red:#b5200d;--vscode-charts-purple:#652d90;--vscode-charts-blue:#1a85ff;--vscode-charts-green:#374e06;',
} as const;

export type Theme = keyof typeof themes;
export const allThemes = Object.keys(themes) as Theme[];

/** Builds the extension and starts a browser. */
export async function openBrowserOnBuild(): Promise<Browser> {
  await buildExtension();
  return await openBrowser(['--disable-gpu']);
}

/** How a page is opened; `kept`: what it kept before a reload. */
interface Opening {
  readonly theme: Theme;
  readonly width: number;
  readonly height?: number;
  readonly kept?: unknown;
}

/** A page that is open; `sent` collects what it asks its host. */
interface Open {
  readonly page: Page;
  readonly sent: unknown[];
  readonly requests: string[];
}

/** Opens the inspector's built page, and shows it something. */
export async function openPage(
  browser: Browser,
  { model, ...opening }: Opening & { readonly model: InspectorModel | string },
): Promise<Open> {
  const open = await openPageOf(browser, { name: 'inspector', title: 'Token Inspector' }, opening);
  await showOn(open.page, model);
  return open;
}

/** Opens the built page of an audit log, and shows it something. */
export async function openAuditPage(
  browser: Browser,
  { model, ...opening }: Opening & { readonly model: AuditModel },
): Promise<Open> {
  const open = await openPageOf(browser, { name: 'audit', title: 'Audit Log' }, opening);
  await tell(open.page, { view: 'audit', model });
  return open;
}

/** Opens a built page of ours, with its own policy, as VS Code frames it. */
async function openPageOf(
  browser: Browser,
  { name, title }: { readonly name: string; readonly title: string },
  { theme, width, height = 900, kept }: Opening,
): Promise<Open> {
  const page = await (await browser.newContext({ viewport: { width, height } })).newPage();
  const sent: unknown[] = [];
  const requests: string[] = [];
  await page.exposeFunction('toHost', (message: unknown) => sent.push(message));
  await page.addInitScript(
    `globalThis.kept = ${JSON.stringify(kept)}; globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => { globalThis.toHost(message); }, getState: () => globalThis.kept, setState: (state) => { globalThis.kept = state; } });`,
  );
  const [style = '', script = ''] = await Promise.all(
    ['css', 'js'].map(async (kind) => await readFile(`${dist}${name}/${name}.${kind}`, 'utf8')),
  );
  await page.route('**', async (route) => {
    const { pathname } = new URL(route.request().url());
    requests.push(pathname);
    const isPage = pathname === '/';
    const body = isPage ? pageOf({ name, title, style, script }) : '';
    await route.fulfill({ body, contentType: 'text/html', status: isPage ? 200 : 404 });
  });
  await page.goto('https://inspector.test/');
  // As VS Code hands its theme to a page: by the object model, which the page's policy does not concern.
  const values = `${themes[theme]}--vscode-font-size:13px;--vscode-font-family:sans-serif;background:var(--vscode-editor-background)`;
  await page.evaluate(`document.documentElement.style.cssText = ${JSON.stringify(values)}`);
  return { page, sent, requests };
}

/** What axe objects to in a page. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** By how many pixels a page is wider than its window. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - innerWidth');
}

/** Keeps a picture of a whole page, or of its first screen, as build output. */
export async function pictureOf(page: Page, name: string, fullPage = true): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png`, fullPage });
}

/** Sends the page what to show, as its host does. */
export async function showOn(page: Page, model: InspectorModel | string): Promise<void> {
  await tell(page, messageOf(model));
}

/** Sends a page a message, as its host does. */
export async function tell(page: Page, message: object): Promise<void> {
  const data = JSON.stringify(message);
  await page.evaluate(`dispatchEvent(new MessageEvent('message', { data: ${data} }))`);
}

/** A text is what a page says whose token has to be opened again. */
function messageOf(model: InspectorModel | string): InspectorMessage {
  const origin = { kind: 'place', uri: 'file:///a', line: 1, character: 2 };
  return typeof model === 'string' ? { view: 'reopen', text: model } : { view: 'explanation', model, origin };
}
