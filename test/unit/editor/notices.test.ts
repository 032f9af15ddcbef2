import { glob, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { unlinked } from '../../../src/redact.ts';

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

  it('goes through the one place that sees to it: all else that is shown is a dialog, which makes no links', async () => {
    const direct: string[] = [];
    for await (const path of glob('src/**/*.ts')) {
      if (path.endsWith('notify.ts')) continue;
      const text = await readFile(path, 'utf8');
      for (const { index } of text.matchAll(/show(?:Information|Warning|Error)Message/g)) {
        if (!/^\w+\([^;]*?modal: true/.test(text.slice(index, index + 400))) direct.push(path);
      }
    }
    expect(direct).toEqual([]);
  });
});
