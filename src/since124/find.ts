import { encodingsIn } from './tokenEncoding.ts';
import { accountSecretsIn } from './accountSecrets.ts';
import type { Outdated } from './finding.ts';
import { tokensInArguments } from './inArguments.ts';
import { mountedTokensIn } from './mounted.ts';
import { renamedAccounts, type Beside } from './kustomize.ts';
import { oldClientsIn } from './dependencies.ts';
import { outdatedInProgram } from './programs.ts';
import { codeBlocks, languageOf, shellRegions, type Language } from './regions.ts';
import { outdatedInYaml } from './templates.ts';
import { outdatedInTerraform } from './terraform.ts';
import { Script } from './script.ts';
import { scriptsWithin } from './scriptsWithin.ts';
import { livesIn } from './lives.ts';
import { ocTokensIn, secretsByNameIn } from './secretsByName.ts';
import { canBeCalled, canMatter, longestOf } from './needles.ts';

/** No more of a file is looked for: VS Code shows no more of one. */
const MOST = 1000;

/** A longer script is left alone, in UTF-16 units: reading it would hold others up. */
const LONGEST_SCRIPT = 64 * 1024;

const RULES = [
  accountSecretsIn,
  secretsByNameIn,
  ocTokensIn,
  livesIn,
  mountedTokensIn,
  encodingsIn,
  tokensInArguments,
] as const;

/**
 * Finds the lines of a file that were right once, and break since Kubernetes changed how ServiceAccounts get tokens; in
 * the order of the text, none twice. `id`: what an editor calls the file's language; `beside`: the texts of what `besideOf`
 * names. Yields after each part, so that others may go on.
 */
export function* findOutdated(
  path: string,
  text: string,
  { id, beside }: { readonly id?: string; readonly beside?: Beside } = {},
): Generator<undefined, readonly Outdated[]> {
  if (text.length > longestOf(path) || !canMatter(path, text)) return [];
  const language = languageOf(path, text, id);
  yield;
  const found: Outdated[] = [
    ...oldClientsIn(path, text),
    ...(beside ? renamedAccounts(path, text, beside) : []),
  ];
  yield;
  found.push(...outdatedIn(language, path, text));
  for (const region of shellRegions(language, text)) {
    if (region.end - region.start > LONGEST_SCRIPT || !canBeCalled(text.slice(region.start, region.end)))
      continue;
    if (found.length >= MOST) break;
    yield;
    const script = new Script(text, region);
    for (const one of [script, ...scriptsWithin(script).map((inner) => new Script(text, inner))]) {
      for (const rule of RULES) {
        yield;
        found.push(...rule(one));
      }
    }
  }
  return onlyOnce(
    withoutLesser(found).toSorted((one, other) => one.start - other.start || one.end - other.end),
  );
}

/** What is found by a language's own means. */
function outdatedIn(language: Language, path: string, text: string): readonly Outdated[] {
  switch (language) {
    case 'terraform':
      return outdatedInTerraform(text);
    case 'yaml':
      return outdatedInYaml(path, text);
    case 'markdown':
      return codeBlocks(text)
        .filter((block) => /^(?:hcl|terraform|tf|opentofu)$/.test(block.language))
        .flatMap(({ start, end }) =>
          outdatedInTerraform(text.slice(start, end)).map(({ rule, message, start: from, end: to }) => ({
            rule,
            message,
            start: from + start,
            end: to + start,
            fixes: () => [],
          })),
        );
    case 'shell':
    case 'powershell':
    case 'make':
    case 'dockerfile':
    case 'notes':
    case 'other':
      return [];
    case 'go':
    case 'java':
    case 'csharp':
    case 'groovy':
    case 'rust':
    case 'javascript':
    case 'python':
      return outdatedInProgram(language, text, /\.[cm]?tsx?$/.test(path));
  }
}

/** How a token is handed over is no matter where it is the wrong one. */
function withoutLesser(found: readonly Outdated[]): readonly Outdated[] {
  const isLesser = ({ rule }: Outdated): boolean => rule === 'token-in-arguments';
  const others = found.filter((one) => !isLesser(one)).slice(0, MOST);
  return found.filter(
    (one) => !isLesser(one) || !others.some(({ start, end }) => start < one.end && end > one.start),
  );
}

function onlyOnce(found: readonly Outdated[]): Outdated[] {
  return found.filter(
    ({ rule, start }, index) =>
      !found.slice(Math.max(0, index - 4), index).some((one) => one.rule === rule && one.start === start),
  );
}
