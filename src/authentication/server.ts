import type { Token } from '../token/classify.ts';
import { minorOf, userInWords, type Evidence } from './evidence.ts';
import { readServerWords } from './serverWords.ts';
import type { CauseId } from './causes.ts';
import { exhibit, notReached, passed, stepOf, type Exhibit, type Finding, type Step } from './step.ts';

const ANONYMOUS = 'system:anonymous';

/** The checks after the server itself was heard; `outcome` is undefined where it was not. */
export interface Judged {
  readonly steps: readonly Step[];
  readonly outcome: 'accepted' | 'refused' | undefined;
}

/**
 * Adds the server's own word to the checks. Acceptance answers every open check, and a complaint answers the open
 * checks before the one it complains of. Where it contradicts a check, the server is right about the outcome.
 */
export function judgeByServer(evidence: Evidence, token: Token | undefined, steps: readonly Step[]): Judged {
  const { review, whoAmI } = evidence;
  if (review.known) {
    const { authenticated, username, error } = review.value;
    const words = exhibit('status.error', error, review.origin);
    // A token that begins with a space passes as "no token": anonymous is no acceptance.
    if (authenticated && username !== ANONYMOUS) return accepted(steps, username, review.origin);
    if (authenticated) {
      return refused(steps, 'It takes this for a request without any token.', [words], ['no-token']);
    }
    const said = error === undefined || !token ? undefined : readServerWords(error, token, minorOf(evidence));
    if (said && token) {
      const causes = byEvidence(said.causes, evidence, token);
      return refused(settle(steps, { ...said, causes }, words), 'It refuses the token.', [words]);
    }
    const own = error === undefined ? '' : ', in words that are not known here';
    return refused(steps, `It refuses the token${own}.`, [words], [], error);
  }
  if (whoAmI.known) {
    const user = exhibit('user', userInWords(whoAmI.value) ?? '401 Unauthorized', whoAmI.origin);
    return whoAmI.value === undefined || whoAmI.value === ANONYMOUS
      ? refused(steps, 'It refuses the token, and does not say why.', [user])
      : accepted(steps, whoAmI.value, whoAmI.origin);
  }
  return { steps, outcome: undefined };
}

function accepted(steps: readonly Step[], username: string | undefined, origin: string): Judged {
  const settled = steps.map((step): Step =>
    step.state === 'cannot-tell' || step.state === 'not-reached'
      ? settledBy(step, 'The server accepted the token.', origin)
      : step,
  );
  const own = passed('It accepts the token.', exhibit('user', userInWords(username), origin));
  return { steps: [...settled, stepOf('server', own)], outcome: 'accepted' };
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
  return { steps: [...steps, stepOf('server', own)], outcome: 'refused' };
}

/**
 * What is left of the causes that words leave open: a ServiceAccount's uid is in no other cluster, so a token that has
 * that of the one which is here was issued here.
 */
function byEvidence(
  causes: readonly CauseId[],
  { serviceAccount }: Evidence,
  token: Token,
): readonly CauseId[] {
  if (token.kind === 'other' || !serviceAccount.known || serviceAccount.value === undefined) return causes;
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
    const finding = agrees ? step.finding : 'The server says that this check failed.';
    return {
      ...step,
      state: 'failed',
      finding,
      causes,
      serverMessage: said.message,
      exhibits: [...step.exhibits, words],
    };
  });
}

function settledBy(step: Step, why: string, origin: string): Step {
  return {
    ...step,
    state: 'passed',
    finding: why,
    causes: [],
    exhibits: [...step.exhibits, exhibit('server', why, origin)],
  };
}
