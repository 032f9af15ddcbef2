import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict, verdictChanges } from '../../token/describe.ts';
import type { Finding, FoundToken } from '../../token/find.ts';
import { explainMalformed } from '../../token/malformed.ts';
import { oddities } from '../../token/oddities.ts';
import { lifeOf, nextPhase } from '../../token/life.ts';
import { tokenStatus } from '../../token/status.ts';
import type { TokenRule } from './catalog.ts';

/** What a document says around a token. */
export interface Surroundings {
  readonly document: 'kubeconfig' | 'secret' | 'other';
  /** The text before the token, on its line and those above it; some thousands of units are enough. */
  readonly before: string;
  readonly isTracked: boolean;
}

export interface RuleOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  /** How long before its end a token is said to expire soon, in seconds. */
  readonly soon: number;
}

/** A problem with one token: which rule, and in words. `message` may hold a stranger's words, and no token. */
export interface TokenProblem {
  readonly rule: TokenRule;
  readonly message: string;
}

/** Judges what was found by every rule. */
export function problemsOf(found: Finding, around: Surroundings, options: RuleOptions): TokenProblem[] {
  if (found.kind === 'jwe') return [];
  if (found.kind === 'fragment') {
    const flaw = explainMalformed(found.token);
    return flaw && around.document !== 'other' ? [{ rule: 'malformed', message: flaw.message }] : [];
  }
  return [...timeProblems(found, around, options), ...placeProblems(found, around), ...claimProblems(found)];
}

function timeProblems(found: FoundToken, { isTracked }: Surroundings, options: RuleOptions): TokenProblem[] {
  const { now, soon } = options;
  const token = classifyToken(found.decoded);
  const what = kindInWords(token);
  switch (tokenStatus(token, now)) {
    case 'expired':
      return [{ rule: 'expired', message: `${what}: ${verdict(token, now)}.` }];
    case 'within-its-time':
      if (token.expires === undefined || token.expires - now > soon) return [];
      return [{ rule: 'expires-soon', message: `${what}: ${verdict(token, now, soon)}.` }];
    case 'no-expiry': {
      if (token.kind !== 'legacy' || !isTracked) return [];
      const message =
        `${what} never expires, and git tracks this file. To rotate it, create a token Secret under a new name ` +
        'and delete the old one: under the old name the same token would come back.';
      return [{ rule: 'never-expires-in-git', message }];
    }
    case 'not-yet-valid':
    case 'issued-in-the-future':
      return [];
  }
}

function placeProblems(found: FoundToken, { document, before }: Surroundings): TokenProblem[] {
  const problems: TokenProblem[] = [];
  const token = classifyToken(found.decoded);
  if (document === 'kubeconfig') {
    if (token.kind === 'bound' && token.binding?.kind === 'Pod') {
      const message = `Fails when its Pod ${token.binding.name} is gone.`;
      problems.push({ rule: 'pod-bound-in-kubeconfig', message });
    }
    if (found.encoding !== 'raw') {
      const message =
        'A kubeconfig needs the token itself: this one is still base64-encoded, as in a Secret.';
      problems.push({ rule: 'encoded-in-kubeconfig', message });
    }
    if (/["']?token["']?\s*:\s*["']?bearer\s+$/i.test(before)) {
      const message = '"Bearer" is no part of the token: clients add it by themselves.';
      problems.push({ rule: 'bearer-caught', message });
    }
    if (caughtQuote(before)) {
      const message = 'The quotes inside the quotes become part of the token: no server accepts it so.';
      problems.push({ rule: 'quotes-caught', message });
    }
  }
  if (document === 'secret') {
    const section = sectionOf(before);
    if (section === 'data' && found.encoding === 'raw') {
      problems.push({
        rule: 'raw-in-data',
        message: 'data holds base64: encode the token, or use stringData.',
      });
    }
    if (section === 'stringData' && found.encoding !== 'raw') {
      const message = 'stringData holds the token itself: this one is base64-encoded, as data needs it.';
      problems.push({ rule: 'encoded-in-string-data', message });
    }
  }
  if (found.wrapped && found.encoding === 'raw' && document !== 'other') {
    problems.push({
      rule: 'line-break-caught',
      message: 'The token is broken over lines: no server accepts it so.',
    });
  }
  return problems;
}

function claimProblems(found: FoundToken): TokenProblem[] {
  const token = classifyToken(found.decoded);
  if (token.kind === 'other') return [];
  const flaw = explainMalformed(found.token);
  const messages = [...(flaw ? [flaw.message] : []), ...oddities(token, found.decoded)];
  return messages.map((message, index) => ({
    rule: flaw && index === 0 ? 'malformed' : 'contradictory-claims',
    message,
  }));
}

/** The quote before a token that is inside another one, as in `token: '"…"'`, as it is written; undefined: there is none. */
export function caughtQuote(before: string): string | undefined {
  return /["']?token["']?\s*:\s*(?:'(")|"(\\"|'))$/i
    .exec(before)
    ?.slice(1)
    .find((quote) => quote !== undefined);
}

/** Whether the last of a Secret's two sections that begins before a token is `data` or `stringData`. */
function sectionOf(before: string): 'data' | 'stringData' | undefined {
  const at = (name: string): number =>
    Math.max(
      before.lastIndexOf(`\n${name}:`),
      before.lastIndexOf(`"${name}"`),
      before.startsWith(`${name}:`) ? 0 : -1,
    );
  const data = at('data');
  const stringData = at('stringData');
  if (data < 0 && stringData < 0) return undefined;
  return data > stringData ? 'data' : 'stringData';
}

/** When the problems of a token next read differently by time alone, in seconds since the epoch; undefined: never. */
export function nextChange(found: Finding, { now, soon }: RuleOptions): number | undefined {
  if (found.kind !== 'jws') return undefined;
  const token = classifyToken(found.decoded);
  const { phase } = lifeOf(token, now, soon);
  return phase === 'expiring' || phase === 'expired'
    ? verdictChanges(token, now, soon)
    : nextPhase(token, now, soon);
}

/** Whether a document's text says that it is a kubeconfig or holds Secrets; its beginning is enough. */
export function documentKind(head: string): Surroundings['document'] {
  if (/^[ \t]*(?:\{[ \t]*)?"?kind"?[ \t]*:[ \t]*"?Config\b/m.test(head) || /"kind"\s*:\s*"Config"/.test(head))
    return 'kubeconfig';
  return /^[ \t-]*"?kind"?[ \t]*:[ \t]*"?(?:Secret|List)\b/m.test(head) ||
    /"kind"\s*:\s*"(?:Secret|List)"/.test(head)
    ? 'secret'
    : 'other';
}
