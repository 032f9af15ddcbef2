import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { does, since, upTo } from '../../src/versions.ts';

describe('what a server does by its version', () => {
  it('is done from its version on, and not known of a server that does not say', () => {
    expect([26, 27, undefined].map((minor) => does(minor, 'notes uses'))).toEqual([false, true, undefined]);
    expect([upTo('notes uses'), since('notes uses')]).toEqual(['1.26', '1.27']);
  });

  it.each([
    ['tree.md', `notes the day of a use, from Kubernetes ${since('notes uses')} on`],
    ['tree.md', `The server is of Kubernetes ${upTo('notes uses')} or older`],
    ['tree.md', `marked it, from Kubernetes ${since('cleans up legacy tokens')} on: its token is refused`],
    ['tree.md', `without harm, from Kubernetes ${since('refuses what is marked invalid')} on`],
  ])('is told in %s as it is here: %s', async (file, statement) => {
    const text = await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
    expect(text).toContain(statement);
  });
});
