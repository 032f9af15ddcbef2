import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { unlinked } from '../../../src/harmless.ts';

/** As VS Code finds links in notifications and prompts (vs/base/common/linkedText.ts). */
const LINK = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+(?: ["'].+?["'])?\)/i;

describe('a stranger’s text in a notification', () => {
  it.each([
    '[Fix it](command:workbench.action.terminal.sendSequence?%7B%22text%22:%22x%22%7D)',
    'There is no [a](https://example.com/x) "[b](FILE:///etc/passwd)".',
    '[[x]](command:y) [z](Command:w "title")',
  ])('makes no link, and stays to be read: %s', (text) => {
    expect(LINK.test(text)).toBe(true);
    expect(LINK.test(unlinked(text))).toBe(false);
    expect(unlinked(text).replaceAll('] (', '](')).toBe(text);
  });

  it('goes through the one place that makes it harmless: nothing else shows or asks', async () => {
    const direct: string[] = [];
    const asking =
      /\b(?:show(?:Information|Warning|Error)Message|show(?:QuickPick|InputBox|OpenDialog|SaveDialog|WorkspaceFolderPick)|create(?:QuickPick|InputBox)|withProgress|withScmProgress|setStatusBarMessage)\b/g;
    for await (const path of glob('src/**/*.ts')) {
      if (path.endsWith('say.ts')) continue;
      const text = await readFile(path, 'utf8');
      direct.push(...[...text.matchAll(asking)].map(([call]) => `${path}: ${call}`));
    }
    expect(direct).toEqual([]);
  });

  it('stands apart from the sentence before it: `said` begins with no blank', async () => {
    const close: string[] = [];
    for await (const path of glob('src/**/*.ts')) {
      const text = await readFile(path, 'utf8');
      for (const [sentences] of text.matchAll(/[.!?]\$\{said\(/g)) close.push(`${path}: ${sentences}`);
    }
    expect(close).toEqual([]);
  });

  it('is text: nothing builds Markdown that VS Code trusts, but hovers, of escaped text', async () => {
    const trusted: string[] = [];
    for await (const path of glob('src/**/*.ts')) {
      const text = await readFile(path, 'utf8');
      if (/\b(?:isTrusted|supportHtml) *[=:]|supportThemeIcons/.test(text)) trusted.push(path);
    }
    expect(trusted.map((path) => path.replaceAll('\\', '/')).toSorted()).toEqual([
      'src/editor/hover/render.ts',
      'src/editor/refusals/refusals.ts',
      'src/editor/terminal/offer.ts',
    ]);
  });
});
