import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { allCauses } from '../../../src/authentication/causes.ts';
import manifest from '../../../package.json' with { type: 'json' };

it('tells people of every cause, in the words of the product and in its order', async () => {
  const text = await readFile(new URL('../../../docs/why-unauthorized.md', import.meta.url), 'utf8');
  const headings = [...text.matchAll(/^### \d+\. (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(allCauses().map(({ title }) => title));
  for (const { fix } of allCauses()) expect(text).toContain(`- What to do: ${fix}`);
});

it('walks through five steps, each done by doing it', async () => {
  const steps = manifest.contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  expect(steps).toHaveLength(5);
  for (const { media, completionEvents, description } of steps) {
    const page = await readFile(new URL(`../../../${media.markdown}`, import.meta.url), 'utf8');
    expect(page).toMatch(/^# /);
    expect(description).toMatch(/\(command:serviceAccountTokens\./);
    expect(completionEvents).not.toEqual([]);
  }
});
