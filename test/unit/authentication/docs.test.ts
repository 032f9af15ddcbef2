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
  for (const { id, media, completionEvents, description } of steps) {
    const picture = await readFile(new URL(`../../../${media.svg}`, import.meta.url), 'utf8');
    expect(picture).toContain(`aria-label="${media.altText}"`);
    // Only the theme's own colours, so that it can be seen in each.
    expect([id, picture.match(/#[\da-f]{3,8}\b|<script|href=/gi)]).toEqual([id, null]);
    expect(description).toMatch(/\(command:serviceAccountTokens\./);
    expect(completionEvents.every((event) => /^on(?:View|Context):/.test(event))).toBe(true);
  }
});
