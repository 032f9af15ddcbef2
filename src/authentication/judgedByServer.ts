import type { Token } from '../token/classify.ts';
import { endOf } from '../token/end.ts';
import { LEEWAY_SECONDS } from '../token/status.ts';
import { serverClock } from './claimChecks.ts';
import { minorOf, serversVerdict, UNNAMED, userInWords, type Evidence } from './evidence.ts';
import { opaqueOf, othersInWords } from './others.ts';
import { userNameOf } from './sendingChecks.ts';
import { readServerWords } from './serverWords.ts';
import type { CauseId } from './causes.ts';
import { exhibit, notReached, passed, stepOf, type Exhibit, type Finding, type Step } from './step.ts';

/** The checks after the server itself was heard; `outcome` is undefined where it was not. */
export interface Judged {
  readonly steps: readonly Step[];
  readonly outcome: 'accepted' | 'refused' | undefined;
  /** How it came to accept it, where that is not by the checks of ServiceAccount tokens as they were found here. */
  readonly acceptance: Acceptance | undefined;
}

/**
 * By its cache, which remembers for 10 s what it accepted; or, of a legacy token, as it may not look (its flags are not
 * known); by another authenticator, as the name says that it has; or by what cannot be the cache.
 */
export type Acceptance = 'cached' | 'cached-or-not-looked-up' | 'by-another' | 'elsewhere';

/**
 * Adds the server's own word to the checks. Acceptance answers every open check, and a complaint answers the open
 * checks before the one it complains of. Where it contradicts a check, the server is right about the outcome.
 */
export function judgeByServer(
  evidence: Evidence,
  token: Token | undefined,
  steps: readonly Step[],
  now: number,
): Judged {
  const accept = (username: string | undefined, origin: string): Judged =>
    accepted(steps, username, origin, {
      acceptance: acceptanceOf(evidence, token, steps, username, now),
      others: othersInWords(evidence, token ? { token } : { opaque: opaqueOf(evidence.credential.trim()) }),
    });
  const { review, whoAmI } = evidence;
  const verdict = serversVerdict(evidence);
  if (review.known) {
    const { authenticated, username, error } = review.value;
    const words = exhibit('status.error', error, review.origin);
    if (verdict === 'accepted') return accept(username, review.origin);
    if (authenticated) {
      return refused(steps, 'It takes this for a request without any token.', [words], ['no-token']);
    }
    const said = error === undefined ? undefined : readServerWords(error, token, minorOf(evidence));
    if (said) {
      const causes = byEvidence(said.causes, evidence, token);
      return refused(settle(steps, { ...said, causes }, words), 'It refuses the token.', [words]);
    }
    const own = error === undefined ? '' : ', in words that are not known here';
    return refused(steps, `It refuses the token${own}.`, [words], [], error);
  }
  if (whoAmI.known) {
    const user = exhibit('user', userInWords(whoAmI.value) ?? '401 Unauthorized', whoAmI.origin);
    return verdict === 'refused'
      ? refused(steps, 'It refuses the token, and does not say why.', [user])
      : accept(whoAmI.value, whoAmI.origin);
  }
  return { steps, outcome: undefined, acceptance: undefined };
}

function accepted(
  steps: readonly Step[],
  username: string | undefined,
  origin: string,
  { acceptance, others }: { acceptance: Acceptance | undefined; others: string | undefined },
): Judged {
  const isByAnother = acceptance === 'by-another';
  const why = isByAnother
    ? 'Another authenticator of the server accepted the token.'
    : 'The server accepted the token.';
  // What another authenticator accepts has not passed the checks of ServiceAccount tokens.
  const settled = steps.map((step): Step =>
    step.state === 'cannot-tell' || (step.state === 'not-reached' && !isByAnother)
      ? settledBy(step, why, origin)
      : step,
  );
  const whose = isByAnother || acceptance === 'elsewhere' ? others : undefined;
  const finding = `It accepts the token.${whose === undefined ? '' : ` What can have taken it for its own: ${whose}.`}`;
  const own = passed(finding, exhibit('user', userInWords(username), origin));
  return { steps: [...settled, stepOf('server', own)], outcome: 'accepted', acceptance };
}

/** How long the server remembers that it accepted a token, in seconds (kubernetes pkg/kubeapiserver/options), and a moment to look. */
const REMEMBERED = 10 + 5;

function acceptanceOf(
  evidence: Evidence,
  token: Token | undefined,
  steps: readonly Step[],
  username: string | undefined,
  now: number,
): Acceptance | undefined {
  const isAccounts = token !== undefined && token.kind !== 'other';
  const isNamed = username !== undefined && username !== UNNAMED;
  if (!isAccounts || (isNamed && username !== userNameOf(token))) return 'by-another';
  const refusal = steps.find(({ state }) => state === 'failed');
  if (!refusal) return undefined;
  if (!canBeRemembered(evidence, token, refusal, serverClock(evidence, now).time)) return 'elsewhere';
  return token.kind === 'legacy' && !evidence.settings.known ? 'cached-or-not-looked-up' : 'cached';
}

/** Whether what a check found can have come about since the server last looked. `time` is its clock. */
function canBeRemembered(evidence: Evidence, token: Token, { id, causes }: Step, time: number): boolean {
  const isRecent = (end: number | undefined): boolean =>
    end === undefined || time - end <= LEEWAY_SECONDS + REMEMBERED;
  const deletionOf = (fact: Evidence['boundObject']): number | undefined =>
    fact.known ? fact.value?.deletionTimestamp : undefined;
  if (id === 'time') return !causes.includes('not-yet-valid') && isRecent(endOf(token)?.at);
  if (id === 'serviceAccount') return isRecent(deletionOf(evidence.serviceAccount));
  if (id === 'boundObject') return isRecent(deletionOf(evidence.boundObject));
  return id === 'secret' || id === 'storedToken' || id === 'marked';
}

/** What differs between several API servers of a cluster, or has changed since it was looked at. */
const CONTRADICTED = ['signing-key-gone', 'issuer-dropped', 'not-yet-valid'] as const;

function refused(
  steps: readonly Step[],
  finding: string,
  exhibits: readonly Exhibit[],
  causes: readonly CauseId[] = [],
  serverMessage?: string,
): Judged {
  const isContradicted = causes.length === 0 && steps.every(({ state }) => state === 'passed');
  const own: Finding = {
    state: 'failed',
    finding: isContradicted
      ? `${finding} Each check passes here: look again; or one of several API servers has other keys, another issuer or another clock.`
      : finding,
    exhibits,
    causes: isContradicted ? CONTRADICTED : causes,
    ...(serverMessage !== undefined && { serverMessage }),
  };
  return { steps: [...steps, stepOf('server', own)], outcome: 'refused', acceptance: undefined };
}

/**
 * What is left of the causes that words leave open: a ServiceAccount's uid is in no other cluster, so a token that has
 * that of the one which is here was issued here.
 */
function byEvidence(
  causes: readonly CauseId[],
  { serviceAccount }: Evidence,
  token: Token | undefined,
): readonly CauseId[] {
  if (!token || token.kind === 'other' || !serviceAccount.known || serviceAccount.value === undefined)
    return causes;
  const isSame = serviceAccount.value.uid === token.serviceAccountUid;
  const left = causes.filter((cause) => !isSame || cause !== 'other-cluster-same-issuer');
  return left.length > 0 ? left : causes;
}

/** Puts the server's complaint to the check it is about. */
function settle(
  steps: readonly Step[],
  said: NonNullable<ReturnType<typeof readServerWords>>,
  words: Exhibit,
): readonly Step[] {
  const at = steps.findIndex(({ id }) => id === said.step);
  if (at < 0) return steps;
  const found = steps.find(({ state }) => state === 'failed')?.id;
  // "Not mine" is all that is said of a bad shape, issuer or header; what was found here says which.
  const isFoundHere = found === 'shape' || found === 'issuer' || found === 'signature';
  if (said.isNotMine && isFoundHere) return steps;
  return steps.map((step, index): Step => {
    if (index < at) {
      return step.state === 'passed'
        ? step
        : settledBy(step, 'The server complained of a later check.', words.origin);
    }
    if (index > at) return notReached(step.id);
    const agrees = step.state === 'failed';
    // The server's words can leave several causes open; the evidence that was seen here chooses among them.
    const narrowed = step.causes.filter((cause) => said.causes.includes(cause));
    const causes = agrees ? step.causes : narrowed.length > 0 ? narrowed : said.causes;
    const finding = agrees
      ? step.finding
      : said.isNotMine
        ? 'No authenticator of the server takes it for its own, or accepts it.'
        : 'The server says that this check failed.';
    const exhibits = [...step.exhibits, words];
    return stepOf(step.id, {
      state: 'failed',
      finding,
      causes,
      serverMessage: said.message,
      exhibits,
    });
  });
}

function settledBy({ id, exhibits }: Step, why: string, origin: string): Step {
  return stepOf(id, passed(why, ...exhibits, exhibit('server', why, origin)));
}
