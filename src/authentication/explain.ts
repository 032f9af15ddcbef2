import { classifyToken, type BoundToken, type Token } from '../token/classify.ts';
import { LEGACY_ISSUER } from '../kubernetes.ts';
import { decodeToken, type DecodedToken } from '../token/decode.ts';
import { readCarrier, type Carried } from './carrier.ts';
import { causeOf, probably, type Cause, type CauseId } from './causes.ts';
import {
  checkAudience,
  checkForeignTime,
  checkLegacyClaims,
  checkSignature,
  checkTime,
} from './claimChecks.ts';
import { does } from '../versions.ts';
import { isOffline, minorOf, type Evidence } from './evidence.ts';
import { checkIssuer, NO_LEGACY_CLAIMS } from './issuerCheck.ts';
import {
  asLookedUp,
  checkBoundObject,
  checkMarked,
  checkServiceAccount,
  checkStoredToken,
  checkTokenSecret,
} from './objectChecks.ts';
import type { Explanation, User } from './explanation.ts';
import { explainSent, sentInstead } from './explainSent.ts';
import { judgedByOthers, NOT_MINE } from './others.ts';
import { checkAnswers, checkEntry, checkInstead, checkSent, userNameOf } from './sendingChecks.ts';
import { judgeByServer, type Acceptance, type Judged } from './judgedByServer.ts';
import { verifySignature } from './verifySignature.ts';
import {
  cannotTell,
  failed,
  inOrder,
  leadsSomewhere,
  notReached,
  nothingWrong,
  openCauses,
  passed,
  type Checks,
  type Finding,
  type Step,
  type StepId,
} from './step.ts';

/**
 * Replays the API server's checks of a token, in the server's own order, on the evidence there is. `now` is this
 * machine's clock in seconds since the epoch. A check passes only by evidence of its own, or where the server itself
 * accepted the token or complained of a later check.
 */
export async function explainAuthentication(evidence: Evidence, now: number): Promise<Explanation> {
  const instead = sentInstead(evidence);
  if (instead) return explainSent(evidence, instead, inOrder(sendingChecks(evidence, undefined, now)), now);
  const carried = readCarrier(evidence.credential);
  const decoded = evidence.claims ?? decodeToken(carried.token);
  const token = decoded && classifyToken(decoded);
  const sending = inOrder(sendingChecks(evidence, token, now));
  const isSent = sending.every(({ state }) => state !== 'failed');
  const own = await tokenChecks(evidence, carried, decoded, token, now);
  const judged: Judged = isSent
    ? judgeByServer(evidence, token, inOrder(own), now)
    : { steps: own.map(([id]) => notReached(id)), outcome: 'refused', acceptance: undefined };
  const steps = [...sending, ...judged.steps];
  const refusal = steps.find(({ state }) => state === 'failed');
  const outcome = judged.outcome ?? outcomeOf(steps);
  const causes = causesOf(evidence, outcome, steps, refusal);
  return {
    token,
    decoded,
    outcome,
    canBeAsked:
      (evidence.claims !== undefined || carried.problem === undefined || carried.opaque !== undefined) &&
      leadsSomewhere(steps),
    headline:
      outcome === 'accepted'
        ? acceptedHeadline(judged.acceptance, refusal, steps)
        : headlineOf(outcome, refusal, causes, steps, isOffline(evidence)),
    steps,
    causes,
    user: token && token.kind !== 'other' && judged.acceptance !== 'by-another' ? userOf(token) : undefined,
  };
}

function sendingChecks(evidence: Evidence, token: Token | undefined, now: number): [StepId, Finding][] {
  const checks: [StepId, Finding][] = [];
  const instead = sentInstead(evidence);
  if (evidence.entry) checks.push(['entry', checkEntry(evidence)]);
  if (evidence.sent) {
    const isKnown = instead && evidence.sent.known;
    checks.push([
      'sent',
      isKnown ? checkInstead(evidence, instead, evidence.sent.origin) : checkSent(evidence, token, now),
    ]);
  }
  if (evidence.gateway.known) checks.push(['answers', checkAnswers(evidence)]);
  return checks;
}

async function tokenChecks(
  evidence: Evidence,
  carried: Carried,
  decoded: DecodedToken | undefined,
  token: Token | undefined,
  now: number,
): Promise<Checks> {
  const shape = evidence.claims
    ? cannotTell('The token itself is not kept, only what it says', '', [])
    : shapeOf(carried, evidence);
  if (!decoded || !token) return [['shape', shape]];
  const verdict =
    evidence.keys.known && !evidence.claims
      ? await verifySignature(
          carried.token,
          evidence.keys.value,
          does(minorOf(evidence), 'chooses keys by kid') !== false,
        )
      : undefined;
  const issuer = checkIssuer(evidence, token, verdict);
  const checks: Checks = [
    ['shape', shape],
    ['issuer', issuer],
    ['signature', checkSignature(evidence, token, decoded, verdict)],
    ['audience', checkAudience(evidence, token)],
    ...checksOfKind(evidence, token, decoded, now),
  ];
  // What follows are the checks of ServiceAccount tokens: none of them is made, and each may yet be heard of.
  return issuer.isOfOthers === true
    ? checks.map(([id, finding]) => {
        if (id === 'time') return [id, checkForeignTime(evidence, token, now)];
        return [id, id === 'shape' || id === 'issuer' ? finding : undefined];
      })
    : checks;
}

/** What can make a client unauthorized whose token is good. */
const BESIDE_THE_TOKEN = ['another-credential', 'gateway', 'no-token'] as const;

function causesOf(
  evidence: Evidence,
  outcome: Explanation['outcome'],
  steps: readonly Step[],
  refusal: Step | undefined,
): readonly Cause[] {
  const open = openCauses(steps);
  // What a client sends is known of a kubeconfig only; where all else is in order, it is what remains.
  const beside = evidence.sent || outcome === 'refused' ? [] : BESIDE_THE_TOKEN;
  const ids = new Set<CauseId>(
    outcome === 'accepted' ? [...open, ...beside] : [...(refusal?.causes ?? []), ...open, ...beside],
  );
  return [...ids].map((id) => causeOf(id));
}

function shapeOf({ problem, opaque }: Carried, evidence: Evidence): Finding {
  if (!problem) return passed('It has the three parts of a JWT, and they can be decoded.');
  if (opaque) {
    const finding =
      opaque.what === undefined
        ? problem.finding.replace(/\.$/, '')
        : `It is ${opaque.what}, and no JWT, which every ServiceAccount token is`;
    return judgedByOthers(evidence, { opaque }, finding, ['not-a-serviceaccount-token']);
  }
  const message = problem.cause === 'no-token' ? 'none: the request is anonymous' : NOT_MINE;
  return failed(problem.cause, problem.finding, message);
}

function checksOfKind(evidence: Evidence, token: Token, decoded: DecodedToken, now: number): Checks {
  if (token.kind === 'bound') {
    const checks: [StepId, Finding][] = [
      ['time', checkTime(evidence, token, now)],
      ['serviceAccount', checkServiceAccount(evidence, token, now)],
      ['boundObject', checkBoundObject(evidence, token, now)],
    ];
    return token.issuer === LEGACY_ISSUER ? checks.map(([id, one]) => [id, afterLegacy(one)]) : checks;
  }
  if (token.kind === 'legacy') {
    const lookedUp = (finding: Finding): Finding => asLookedUp(evidence, finding);
    const looksUp: readonly [StepId, Finding][] = [
      ['secret', lookedUp(checkTokenSecret(evidence, token))],
      ['storedToken', lookedUp(checkStoredToken(evidence))],
      ['serviceAccount', lookedUp(checkServiceAccount(evidence, token, now))],
      ['marked', lookedUp(checkMarked(evidence, token))],
    ];
    // Where it looks, what it does not find ends its checks.
    const end = looksUp.findIndex(([, { isSuspect }]) => isSuspect);
    return [
      ['claims', checkLegacyClaims(decoded, evidence.claims === undefined)],
      ...looksUp.map(([id, finding], at) => [id, end >= 0 && at > end ? undefined : finding] as const),
    ];
  }
  if (token.issuer === LEGACY_ISSUER)
    return [['claims', checkLegacyClaims(decoded, evidence.claims === undefined)]];
  const finding = 'It has no claims of a ServiceAccount.';
  return [
    ['time', checkTime(evidence, token, now)],
    ['claims', failed('not-a-serviceaccount-token', finding, NOT_MINE)],
  ];
}

/** The authenticator of legacy tokens has refused it before, and both are told. */
function afterLegacy(finding: Finding): Finding {
  const { serverMessage } = finding;
  return serverMessage === undefined
    ? finding
    : { ...finding, serverMessage: `${NO_LEGACY_CLAIMS}, ${serverMessage}` };
}

function outcomeOf(steps: readonly Step[]): Explanation['outcome'] {
  if (steps.some(({ state }) => state === 'failed')) return 'refused';
  return steps.every(({ state }) => state === 'passed') ? 'accepted' : 'cannot-tell';
}

function headlineOf(
  outcome: 'refused' | 'cannot-tell',
  refusal: Step | undefined,
  causes: readonly Cause[],
  steps: readonly Step[],
  wasNobodyAsked: boolean,
): string {
  const open = steps.filter(({ state }) => state === 'cannot-tell');
  const [first] = causes;
  const isOther = first?.id === 'not-a-serviceaccount-token';
  const likeliest = first ? probably(first) : '';
  if (outcome === 'refused') {
    const [found, another] = refusal?.causes ?? [];
    if (found === undefined && isOther) return 'The server refuses it, and it is no ServiceAccount token';
    if (found === undefined) return first ? `The server refuses it. ${likeliest}` : 'The server refuses it';
    return another === undefined ? causeOf(found).title : likeliest;
  }
  if (isOther && open.some(({ isOfOthers }) => isOfOthers)) {
    const unknown = wasNobodyAsked
      ? 'no cluster was asked'
      : 'whether another authenticator accepts it is not known';
    return `This is not a ServiceAccount token; ${unknown}`;
  }
  if (open.some(({ isSuspect }) => isSuspect))
    return wasNobodyAsked ? `${likeliest}; no cluster was asked` : likeliest;
  return nothingWrong(steps, wasNobodyAsked, 'the token itself');
}

/** How the server came to accept what a check here refuses. */
const DESPITE: Readonly<Record<Acceptance, string>> = {
  cached: 'The server still accepts it, for at most about 10 seconds (its cache), though a check fails',
  'cached-or-not-looked-up':
    'The server accepts it, though a check fails: from its cache, for at most about 10 seconds, or as it looks up no legacy tokens (--service-account-lookup=false)',
  'by-another':
    'The server accepts it, though a check of ServiceAccount tokens fails: another authenticator takes it for its own',
  elsewhere:
    'The server accepts it, though a check fails here: another authenticator takes it for its own, or another of its API servers knows more',
};

function acceptedHeadline(
  acceptance: Acceptance | undefined,
  refusal: Step | undefined,
  steps: readonly Step[],
): string {
  if (refusal) return DESPITE[acceptance ?? 'elsewhere'];
  if (steps.some(({ state }) => state === 'cannot-tell')) {
    return 'The server accepts this token; whether it is what the client sends is not known';
  }
  if (acceptance === 'by-another') {
    return 'The server accepts this token, by another authenticator than those of ServiceAccounts';
  }
  return steps.some(({ id }) => id === 'server')
    ? 'The server accepts this token'
    : 'Every check passes: the server should accept this token';
}

/** Who the server takes the token's bearer for (k8s.io/apiserver pkg/authentication/serviceaccount/util.go). */
function userOf(token: Exclude<Token, { kind: 'other' }>): User {
  return {
    name: userNameOf(token),
    uid: token.serviceAccountUid ?? '',
    groups: ['system:serviceaccounts', `system:serviceaccounts:${token.namespace}`, 'system:authenticated'],
    extra: token.kind === 'legacy' ? {} : extraOf(token),
  };
}

function extraOf({ id, binding, node, nodeUid }: BoundToken): User['extra'] {
  const extra: Record<string, string> = {};
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) extra[`authentication.kubernetes.io/${name}`] = value;
  };
  put('credential-id', id === undefined ? undefined : `JTI=${id}`);
  if (binding?.kind === 'Pod' || binding?.kind === 'Node') {
    put(`${binding.kind.toLowerCase()}-name`, binding.name);
    put(`${binding.kind.toLowerCase()}-uid`, binding.uid);
  }
  put('node-name', node);
  put('node-uid', nodeUid);
  return extra;
}
