import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { allCauses, type CauseId } from '../../../src/authentication/causes.ts';
import { remedyOf } from '../../../src/authentication/remedy.ts';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';
import manifest from '../../../package.json' with { type: 'json' };

it('tells people of every cause, in the words of the product and in its order', async () => {
  const text = await readFile(new URL('../../../docs/why-unauthorized.md', import.meta.url), 'utf8');
  const headings = [...text.matchAll(/^### \d+\. (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(allCauses().map(({ title }) => title));
  for (const { fix } of allCauses()) expect(text).toContain(`- What to do: ${fix}`);
});

it('gives with each cause the command that the product offers', async () => {
  const text = await readFile(new URL('../../../docs/why-unauthorized.md', import.meta.url), 'utf8');
  const [, ...sections] = text.split(/^### /m);
  const commands = sections.map((section) => /^- Command: `(.+)`$/m.exec(section)?.[1]);
  const token = (claims: object): Token =>
    classifyToken({ header: {}, claims: claims as Record<string, unknown> });
  const bound = token(boundClaims({ pod: { name: 'mycontroller-x7k2p', uid: 'u' } }));
  const legacy = token(legacyClaims());
  const ofLegacy = new Set<CauseId>(['stored-token-differs', 'marked-invalid', 'never-filled']);
  expect(commands).toEqual(allCauses().map(({ id }) => remedyOf(id, ofLegacy.has(id) ? legacy : bound)));
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
