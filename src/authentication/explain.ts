import { classifyToken, type Token } from '../token/classify.ts';
import { decodeToken, type DecodedToken } from '../token/decode.ts';
import { readCarrier, type Carried } from './carrier.ts';
import { causeOf, type Cause, type CauseId } from './causes.ts';
import {
  checkAudience,
  checkIssuer,
  checkLegacyClaims,
  checkSignature,
  checkTime,
  LEGACY_ISSUER,
  NOT_MINE,
} from './claimChecks.ts';
import type { Evidence } from './evidence.ts';
import {
  checkBoundObject,
  checkMarked,
  checkServiceAccount,
  checkStoredToken,
  checkTokenSecret,
} from './objectChecks.ts';
import { checkSent, judgeByServer } from './server.ts';
import { verifySignature } from './signature.ts';
import { failed, notReached, passed, stepOf, type Finding, type Step, type StepId } from './step.ts';

/** Why a server refuses a token, or what is known of it. Texts may hold a stranger's words, and never the token. */
export interface Explanation {
  /** What the token says it is, where it can be decoded at all. */
  readonly token: Token | undefined;
  readonly decoded: DecodedToken | undefined;
  readonly outcome: 'accepted' | 'refused' | 'cannot-tell';
  readonly headline: string;
  /** The server's checks, in its own order. */
  readonly steps: readonly Step[];
  /** For a refusal its cause first; then whatever else is still possible, likeliest first. */
  readonly causes: readonly Cause[];
  /** Who an accepted token is. */
  readonly user:
    | { readonly name: string; readonly uid: string; readonly groups: readonly string[] }
    | undefined;
}

/**
 * Replays the API server's checks of a token, in the server's own order, on the evidence there is. `now` is this
 * machine's clock in seconds since the epoch. A check passes only by evidence of its own, or where the server itself
 * accepted the token or complained of a later check.
 */
export async function explainAuthentication(evidence: Evidence, now: number): Promise<Explanation> {
  const carried = readCarrier(evidence.credential);
  const decoded = decodeToken(carried.token);
  const token = decoded && classifyToken(decoded);
  const checks: [StepId, Finding][] = [];
  if (evidence.sent || evidence.gateway.known) checks.push(['sent', checkSent(evidence)]);
  checks.push(['shape', shapeOf(carried)]);
  if (decoded && token) {
    const verdict = evidence.keys.known
      ? await verifySignature(carried.token, evidence.keys.value)
      : undefined;
    checks.push(
      ['issuer', checkIssuer(evidence, token)],
      ['signature', checkSignature(evidence, token, verdict)],
      ['audience', checkAudience(evidence, token)],
      ...checksOfKind(evidence, token, decoded, now),
    );
  }
  const judged = judgeByServer(evidence, token, inOrder(checks));
  const refusal = judged.steps.find(({ state }) => state === 'failed');
  const outcome = judged.outcome ?? outcomeOf(judged.steps);
  const open = judged.steps.flatMap(({ state, causes }) => (state === 'cannot-tell' ? causes : []));
  const ids = new Set<CauseId>(outcome === 'accepted' ? [] : [...(refusal?.causes ?? []), ...open]);
  const causes = [...ids].map((id) => causeOf(id));
  return {
    token,
    decoded,
    outcome,
    headline: headlineOf(outcome, refusal, causes),
    steps: judged.steps,
    causes,
    user: token && token.kind !== 'other' && outcome === 'accepted' ? userOf(token) : undefined,
  };
}

function shapeOf({ problem }: Carried): Finding {
  if (!problem) return passed('It has the three parts of a JWT, and they can be decoded.');
  const message = problem.cause === 'no-token' ? 'none: the request is anonymous' : NOT_MINE;
  return failed(problem.cause, problem.finding, message);
}

function checksOfKind(
  evidence: Evidence,
  token: Token,
  decoded: DecodedToken,
  now: number,
): readonly [StepId, Finding][] {
  if (token.kind === 'bound') {
    return [
      ['time', checkTime(evidence, token, now)],
      ['serviceAccount', checkServiceAccount(evidence, token, now)],
      ['boundObject', checkBoundObject(evidence, token, now)],
    ];
  }
  if (token.kind === 'legacy') {
    return [
      ['claims', checkLegacyClaims(decoded)],
      ['secret', checkTokenSecret(evidence, token)],
      ['storedToken', checkStoredToken(evidence)],
      ['serviceAccount', checkServiceAccount(evidence, token, now)],
      ['marked', checkMarked(evidence, token)],
    ];
  }
  if (token.issuer === LEGACY_ISSUER) return [['claims', checkLegacyClaims(decoded)]];
  const finding = 'It has no claims of a ServiceAccount.';
  return [
    ['time', checkTime(evidence, token, now)],
    ['claims', failed('not-a-serviceaccount-token', finding, NOT_MINE)],
  ];
}

/** Everything after the first failed check is not reached, as in the server. */
function inOrder(checks: readonly (readonly [StepId, Finding])[]): Step[] {
  const stop = checks.findIndex(([, { state }]) => state === 'failed');
  return checks.map(([id, finding], index) =>
    stop >= 0 && index > stop ? notReached(id) : stepOf(id, finding),
  );
}

function outcomeOf(steps: readonly Step[]): Explanation['outcome'] {
  if (steps.some(({ state }) => state === 'failed')) return 'refused';
  return steps.every(({ state }) => state === 'passed') ? 'accepted' : 'cannot-tell';
}

function headlineOf(
  outcome: Explanation['outcome'],
  refusal: Step | undefined,
  causes: readonly Cause[],
): string {
  if (outcome === 'accepted') {
    return refusal
      ? 'The server still accepts it, for at most about 10 seconds (its cache), though a check fails'
      : 'The server accepts this token';
  }
  const [first] = causes;
  if (outcome === 'refused') return first ? first.title : 'The server refuses it';
  return 'No failed check was found, and not all of them could be made';
}

/** Who the server takes the token's bearer for (k8s.io/apiserver pkg/authentication/serviceaccount/util.go). */
function userOf(token: Exclude<Token, { kind: 'other' }>): NonNullable<Explanation['user']> {
  return {
    name: `system:serviceaccount:${token.namespace}:${token.serviceAccount}`,
    uid: token.serviceAccountUid ?? '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${token.namespace}`, 'system:authenticated'],
  };
}
