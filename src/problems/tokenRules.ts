import { forOthers } from '../token/audience.ts';
import { classifyToken } from '../token/classify.ts';
import { kindInWords, verdict, verdictChanges } from '../token/describe.ts';
import { comesBackUnderItsName, endOf } from '../token/end.ts';
import type { Finding, FoundToken } from '../token/find.ts';
import { explainMalformed } from '../token/malformed.ts';
import { oddities } from '../token/oddities.ts';
import { lifeOf, nextPhase } from '../token/life.ts';
import { tokenStatus } from '../token/status.ts';
import type { TokenRule } from './catalog.ts';
import { caughtBlank, caughtQuote, type Place, type Within } from '../manifest/tokenPlace.ts';

/** What stands around a token in its document. */
export interface Surroundings extends Place {
  readonly isTracked: boolean;
  /** Where it stands in the text that is base64-encoded around it. */
  readonly within?: Within | undefined;
  /** Why a cluster that it belongs to is known to refuse it. */
  readonly ended?: string | undefined;
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
    return flaw && around.field ? [{ rule: 'malformed', message: flaw.message }] : [];
  }
  return [...timeProblems(found, around, options), ...placeProblems(found, around), ...claimProblems(found)];
}

function timeProblems(
  found: FoundToken,
  { isTracked, ended, isRenewed }: Surroundings,
  options: RuleOptions,
): TokenProblem[] {
  if (isRenewed) return [];
  const { now, soon } = options;
  const token = classifyToken(found.decoded);
  const what = kindInWords(token);
  if (ended !== undefined && tokenStatus(token, now) !== 'expired') {
    return [{ rule: 'expired', message: `${what}: ${ended}.` }];
  }
  switch (tokenStatus(token, now)) {
    case 'expired':
      return [{ rule: 'expired', message: `${what}: ${verdict(token, now)}.` }];
    case 'within-its-time':
      if ((endOf(token)?.at ?? Infinity) - now > soon) return [];
      return [{ rule: 'expires-soon', message: `${what}: ${verdict(token, now, soon)}.` }];
    case 'no-expiry': {
      if (token.kind !== 'legacy' || !isTracked) return [];
      const back = comesBackUnderItsName(token) ? ': the old one brings the same token back' : '';
      const message = `${what} never expires, and git tracks this file. Rotate it under a new name${back}.`;
      return [{ rule: 'never-expires-in-git', message }];
    }
    case 'not-yet-valid':
    case 'issued-in-the-future':
      return [];
  }
}

function placeProblems(found: FoundToken, place: Surroundings): TokenProblem[] {
  if (found.isWithin) {
    const { isTracked, ended, within } = place;
    // What the field holds is something else, and may be a kubeconfig.
    return within ? placeProblems(within.found, { ...within.place, isTracked, ended }) : [];
  }
  switch (place.field) {
    case 'kubeconfig':
      return [...kubeconfigProblems(found, place), ...lineBreak(found, caughtBlank(place))];
    case 'data': {
      const message = 'data is base64: encode the token, or use stringData.';
      const raw: TokenProblem[] = found.encoding === 'raw' ? [{ rule: 'raw-in-data', message }] : [];
      return [...raw, ...encodedProblems(found, place), ...lineBreak(found, undefined)];
    }
    case 'stringData': {
      const message = 'This takes a token as it is: it is base64-encoded here, as data of a Secret needs it.';
      if (found.encoding !== 'raw') return [{ rule: 'encoded-in-string-data', message }];
      return [...lineBreak(found, undefined), ...breakAfter(found, place)];
    }
    case 'configuration':
      return configurationProblems(found, place);
    case undefined:
      return found.encoding !== 'raw' && /\bbearer\s+$/i.test(place.before) ? [ENCODED] : [];
  }
}

const ENCODED: TokenProblem = {
  rule: 'encoded-in-configuration',
  message: 'This takes the token itself: it is still base64-encoded, as in a Secret.',
};

const BREAK =
  'A line break follows the token: who reads this Secret gets it too, and most clients refuse to send it.';

/** What is wrong with base64 of a token in a Secret's data. */
function encodedProblems({ encoding }: FoundToken, { endsInBreak }: Place): TokenProblem[] {
  if (encoding === 'base64-twice') {
    const message = 'Encoded twice: who reads this Secret gets base64, and not the token.';
    return [{ rule: 'encoded-twice', message }];
  }
  return encoding === 'base64' && endsInBreak ? [{ rule: 'line-break-in-secret', message: BREAK }] : [];
}

/** A line break that a text in a Secret's stringData ends in, where it holds nothing else but the token. */
function breakAfter({ wrapped }: FoundToken, place: Place): TokenProblem[] {
  const isAll = place.block ? place.isAlone && place.before.trim() === '' : !wrapped;
  const isCaught = isAll && place.after.trim().length <= 3 && caughtBlank(place) === 'after';
  return isCaught ? [{ rule: 'line-break-in-secret', message: BREAK }] : [];
}

/** What is wrong with the credential of another program. */
function configurationProblems({ encoding, decoded }: FoundToken, { ended }: Surroundings): TokenProblem[] {
  const token = classifyToken(decoded);
  const problems: TokenProblem[] = [];
  if (token.kind === 'bound' && token.binding?.kind === 'Pod' && ended === undefined) {
    const message = `Fails when its Pod ${token.binding.name} is gone.`;
    problems.push({ rule: 'pod-bound-in-configuration', message });
  }
  if (encoding !== 'raw') problems.push(ENCODED);
  return problems;
}

function kubeconfigProblems(
  { encoding, decoded }: FoundToken,
  { before, ended }: Surroundings,
): TokenProblem[] {
  const problems: TokenProblem[] = [];
  const token = classifyToken(decoded);
  if (token.kind === 'bound' && token.binding?.kind === 'Pod' && ended === undefined) {
    const message = `Fails when its Pod ${token.binding.name} is gone.`;
    problems.push({ rule: 'pod-bound-in-kubeconfig', message });
  }
  const audience = forOthers(token);
  if (audience !== undefined) {
    const message = `For the audience ${audience.slice(0, 200)}: an API server refuses it, unless it has that audience (--api-audiences).`;
    problems.push({ rule: 'audience-in-kubeconfig', message });
  }
  if (encoding !== 'raw') {
    const message = 'A kubeconfig needs the token itself: this one is still base64-encoded, as in a Secret.';
    problems.push({ rule: 'encoded-in-kubeconfig', message });
  }
  if (/bearer\s+$/i.test(before)) {
    const message = '"Bearer" is no part of the token: clients add it by themselves.';
    problems.push({ rule: 'bearer-caught', message });
  }
  if (caughtQuote(before)) {
    const message = 'The quotes inside the quotes become part of the token: no server accepts it so.';
    problems.push({ rule: 'quotes-caught', message });
  }
  return problems;
}

const BLANKS = {
  after: 'A line break follows the token and becomes part of it: kubectl cannot send it so.',
  before: 'The blank before the token becomes part of it: the API server then sees no token at all.',
};

function lineBreak(
  { encoding, wrapped }: FoundToken,
  blank: keyof typeof BLANKS | undefined,
): TokenProblem[] {
  if (encoding !== 'raw' || (!wrapped && blank === undefined)) return [];
  const broken = 'The token is broken over lines: no server accepts it so.';
  return [{ rule: 'line-break-caught', message: wrapped || blank === undefined ? broken : BLANKS[blank] }];
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

/** When the problems of a token next read differently by time alone, in seconds since the epoch; undefined: never. */
export function nextChange(found: Finding, { now, soon }: RuleOptions): number | undefined {
  if (found.kind !== 'jws') return undefined;
  const token = classifyToken(found.decoded);
  const { phase } = lifeOf(token, now, soon);
  return phase === 'expiring' || phase === 'expired'
    ? verdictChanges(token, now, soon)
    : nextPhase(token, now, soon);
}
