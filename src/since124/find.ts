import { accountSecretsIn } from './accountSecrets.ts';
import type { Outdated } from './finding.ts';
import { mountedTokensIn } from './mounted.ts';
import { languageOf, shellRegions } from './regions.ts';
import { Script } from './script.ts';
import { ocTokensIn, secretsByNameIn, shortLivesIn } from './secretsByName.ts';
import { canMatter, LONGEST } from './needles.ts';

/** A longer script is left alone, in UTF-16 units: reading it would hold others up. */
const LONGEST_SCRIPT = 128 * 1024;

/**
 * Finds the lines of a file that were right once, and break since Kubernetes changed how ServiceAccounts get tokens; in
 * the order of the text, none twice. `id`: what an editor calls the file's language. Yields after each part, so that
 * others may go on.
 */
export function* findOutdated(
  path: string,
  text: string,
  id?: string,
): Generator<undefined, readonly Outdated[]> {
  if (text.length > LONGEST || !canMatter(text)) return [];
  const found: Outdated[] = [];
  for (const region of shellRegions(languageOf(path, text, id), text)) {
    if (region.end - region.start > LONGEST_SCRIPT || !canMatter(text.slice(region.start, region.end)))
      continue;
    yield;
    const script = new Script(text, region);
    for (const rule of [accountSecretsIn, secretsByNameIn, ocTokensIn, shortLivesIn, mountedTokensIn]) {
      found.push(...rule(script));
    }
  }
  return onlyOnce(found.toSorted((one, other) => one.start - other.start || one.end - other.end));
}

function onlyOnce(found: readonly Outdated[]): Outdated[] {
  return found.filter(
    ({ rule, start }, index) =>
      !found.slice(Math.max(0, index - 4), index).some((one) => one.rule === rule && one.start === start),
  );
}
