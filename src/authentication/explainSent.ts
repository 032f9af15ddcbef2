import { causeOf, probably, type Cause } from './causes.ts';
import { certificateChecks } from './certificateChecks.ts';
import { ANONYMOUS, isOffline, userInWords, type Evidence, type Sent } from './evidence.ts';
import type { Explanation, User } from './explanation.ts';
import {
  exhibit,
  failed,
  inOrder,
  leadsSomewhere,
  notReached,
  nothingWrong,
  openCauses,
  passed,
  stepOf,
  type Finding,
  type Step,
} from './step.ts';

/** What a kubeconfig sends that is no token, or is not known; undefined where it is the token that is explained. */
export function sentInstead({ sent, credential, claims }: Evidence): Sent | undefined {
  if (sent?.known !== true || credential !== '' || claims !== undefined) return undefined;
  const { kind, isThisToken } = sent.value;
  return kind === 'token' && isThisToken !== undefined ? undefined : sent.value;
}

/**
 * Explains a kubeconfig that sends no token: a client certificate, a password, nothing, or what a program gives that was
 * not run. `sending` are the checks of what is sent, in order. `now` is seconds since the epoch.
 */
export function explainSent(
  evidence: Evidence,
  sent: Sent,
  sending: readonly Step[],
  now: number,
): Explanation {
  const { certificate } = sent;
  const isSent = sending.every(({ state }) => state !== 'failed');
  const checks = certificate ? certificateChecks(evidence, certificate, now) : [];
  const own = isSent ? inOrder(checks) : checks.map(([id]) => notReached(id));
  const heard = isSent ? serversWord(evidence, sent) : undefined;
  const judged = heard === undefined ? own : own.map((step) => settled(step, heard));
  const steps = [...sending, ...judged, ...(heard ? [stepOf('server', heard)] : [])];
  const outcome = heard ? (heard.state === 'passed' ? 'accepted' : 'refused') : outcomeOf(steps);
  const causes = causesOf(steps, outcome);
  return {
    token: undefined,
    decoded: undefined,
    outcome,
    canBeAsked: leadsSomewhere(steps),
    headline: headlineOf(evidence, sent, outcome, steps, causes),
    steps,
    causes,
    user:
      certificate?.commonName === undefined
        ? undefined
        : userOf(certificate.commonName, certificate.organizations),
  };
}

/** What the server itself said of the kubeconfig as it is; undefined where it was not asked, or did not say. */
function serversWord({ whoAmIAsSent }: Evidence, { kind }: Sent): Finding | undefined {
  if (!whoAmIAsSent.known) return undefined;
  const { value, origin } = whoAmIAsSent;
  const shown = exhibit('user', userInWords(value) ?? '401 Unauthorized', origin);
  const it = IT[kind];
  if (value === ANONYMOUS && kind !== 'certificate') {
    const finding = 'It takes the request for nobody’s, as it sees no credential.';
    return failed('no-token', finding, 'none: the request is anonymous', shown);
  }
  if (value === undefined || value === ANONYMOUS) {
    const finding = `It refuses ${it}, and does not say why.`;
    const causes = kind === 'certificate' ? [] : (['no-token'] as const);
    return { state: 'failed', finding, exhibits: [shown], causes };
  }
  return passed(`It accepts ${it}.`, shown);
}

const IT: Readonly<Record<Sent['kind'], string>> = {
  token: 'the token',
  certificate: 'the client certificate',
  basic: 'the user name and the password',
  nothing: 'the request, with no credential',
};

/** What the server's word does to a check that could not be made: who is accepted has passed them all. */
function settled(step: Step, heard: Finding): Step {
  if (heard.state !== 'passed' || step.state === 'passed') return step;
  return {
    ...step,
    state: 'passed',
    finding: 'The server accepted the client certificate.',
    causes: [],
    exhibits: [...step.exhibits, ...heard.exhibits],
  };
}

function outcomeOf(steps: readonly Step[]): Explanation['outcome'] {
  if (steps.some(({ state }) => state === 'failed')) return 'refused';
  // Only checks of a credential can let it be accepted: who sends none, or an unknown one, has passed nothing.
  const isChecked = steps.some(({ id }) => id === 'user');
  return isChecked && steps.every(({ state }) => state === 'passed') ? 'accepted' : 'cannot-tell';
}

function causesOf(steps: readonly Step[], outcome: Explanation['outcome']): readonly Cause[] {
  if (outcome === 'accepted') return [];
  const found = steps.filter(({ state }) => state === 'failed').flatMap(({ causes }) => causes);
  return [...new Set([...found, ...openCauses(steps)])].map((id) => causeOf(id));
}

function headlineOf(
  evidence: Evidence,
  sent: Sent,
  outcome: Explanation['outcome'],
  steps: readonly Step[],
  causes: readonly Cause[],
): string {
  const it = IT[sent.kind];
  const wasAsked = steps.some(({ id }) => id === 'server');
  if (outcome === 'accepted') {
    return wasAsked ? `The server accepts ${it}` : `Every check passes: the server should accept ${it}`;
  }
  const [first] = causes;
  if (outcome === 'refused') {
    return first ? first.title : `The server refuses ${it}`;
  }
  const wasNobodyAsked = isOffline(evidence);
  const open = steps.filter(({ state }) => state === 'cannot-tell');
  if (sent.isThisToken === undefined) return 'What its program gives is not known: it was not run';
  if (first && open.some(({ isSuspect }) => isSuspect)) {
    return wasNobodyAsked ? `${probably(first)}; no cluster was asked` : probably(first);
  }
  if (sent.kind === 'nothing') return 'No credential is sent; what the server makes of that is not known';
  return nothingWrong(steps, wasNobodyAsked, 'what is sent');
}

/** Whom the server takes the bearer of a client certificate for. */
function userOf(name: string, groups: readonly string[]): User {
  return { name, uid: '', groups: [...groups, 'system:authenticated'], extra: {} };
}
