import { likeliestFirst, type CauseId } from './causes.ts';
import type { Fact } from './evidence.ts';

export type StepId =
  | 'entry'
  | 'sent'
  | 'answers'
  | 'shape'
  | 'issuer'
  | 'signature'
  | 'audience'
  | 'claims'
  | 'time'
  | 'serviceAccount'
  | 'boundObject'
  | 'secret'
  | 'storedToken'
  | 'marked'
  | 'authority'
  | 'user'
  | 'server';

/** Something that was looked at: a claim, a live object, a key, and where it came from. */
export interface Exhibit {
  readonly what: string;
  readonly value: string;
  readonly origin: string;
}

/** What one check found. Every text may hold a stranger's words, and none holds the token. */
export interface Finding {
  readonly state: 'passed' | 'failed' | 'cannot-tell';
  readonly finding: string;
  readonly exhibits: readonly Exhibit[];
  /** For cannot-tell: the right that would tell, e.g. "get pods in kube-system". */
  readonly needs?: string;
  /** For failed: the words of the server's TokenReview or log for this failure. */
  readonly serverMessage?: string;
  /** The cause of a failure; for cannot-tell what it could still be, likeliest first. */
  readonly causes: readonly CauseId[];
  /** For cannot-tell: whether what was seen points to these causes, and proves none of them. */
  readonly isSuspect?: boolean;
  /** For cannot-tell: whether no ServiceAccount authenticator judges it, but any other that the server may have. */
  readonly isOfOthers?: boolean;
}

export interface Step extends Omit<Finding, 'state'> {
  readonly id: StepId;
  readonly title: string;
  readonly state: Finding['state'] | 'not-reached';
}

export function passed(finding: string, ...exhibits: Exhibit[]): Finding {
  return { state: 'passed', finding, exhibits, causes: [] };
}

export function failed(
  cause: CauseId,
  finding: string,
  serverMessage: string,
  ...exhibits: Exhibit[]
): Finding {
  return { state: 'failed', finding, serverMessage, exhibits, causes: [cause] };
}

/** A check whose evidence is missing: it says what would be needed, and what it could be. */
export function cannotTell(
  finding: string,
  fact: Fact<unknown> | string,
  causes: readonly CauseId[],
  ...exhibits: Exhibit[]
): Finding {
  const needs = typeof fact === 'string' ? fact || undefined : fact.known ? undefined : fact.needs;
  const why = typeof fact === 'string' || fact.known ? '' : ` (${fact.why})`;
  return {
    state: 'cannot-tell',
    finding: `${finding}${why}.`,
    exhibits,
    causes,
    ...(needs !== undefined && { needs }),
  };
}

/** A check that cannot tell, though what was seen points to a cause. */
export function suspected(finding: Finding): Finding {
  return { ...finding, isSuspect: true };
}

/** A time in seconds since the epoch, as it stands in a token and as people read it; UTC, as in the server's log. */
export function timeInWords(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds} (${instant(seconds)})`;
}

/** A time in seconds since the epoch for readers anywhere, in UTC: 2026-11-28T21:14:05Z. */
export function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

export function exhibit(what: string, value: string | undefined, origin: string): Exhibit {
  return { what, value: value ?? 'none', origin };
}

const titles: Readonly<Record<StepId, string>> = {
  entry: 'The kubeconfig entry in effect',
  sent: 'What is sent',
  answers: 'Who answers',
  shape: 'Shape',
  issuer: 'Issuer',
  signature: 'Signature',
  audience: 'Audience',
  claims: 'Claims of a legacy token',
  time: 'Time',
  serviceAccount: 'ServiceAccount',
  boundObject: 'What it is bound to',
  secret: 'Its token Secret',
  storedToken: 'The Secret’s own copy',
  marked: 'Marked invalid',
  authority: 'Who signed it',
  user: 'Whom it names',
  server: 'The server’s own word',
};

export function stepOf(id: StepId, finding: Finding): Step {
  return { id, title: titles[id], ...finding };
}

/** Checks in the server's order; without a finding where one is not made. */
export type Checks = readonly (readonly [StepId, Finding | undefined])[];

/** Everything after the first failed check is not reached, as in the server. */
export function inOrder(checks: Checks): Step[] {
  const stop = checks.findIndex(([, finding]) => finding?.state === 'failed');
  return checks.map(([id, finding], index) =>
    finding === undefined || (stop >= 0 && index > stop) ? notReached(id) : stepOf(id, finding),
  );
}

/** Whether the kubeconfig's entry leads to a server that can be asked. */
export function leadsSomewhere(steps: readonly Step[]): boolean {
  return steps.every(({ id, state }) => id !== 'entry' || state !== 'failed');
}

/**
 * What the checks that could not be made could still be: what was seen and points to a cause counts more than how often
 * causes happen.
 */
export function openCauses(steps: readonly Step[]): readonly CauseId[] {
  const open = steps.filter(({ state }) => state === 'cannot-tell');
  const of = (isSuspected: boolean): readonly CauseId[] =>
    likeliestFirst(
      open
        .filter(({ isSuspect = false }) => isSuspect === isSuspected)
        .flatMap(({ causes: possible }) => possible),
    );
  return [...of(true), ...of(false)];
}

/** The headline where no check failed or points to a cause, and some could not be made. `seen` is what was looked at. */
export function nothingWrong(steps: readonly Step[], wasNobodyAsked: boolean, seen: string): string {
  if (wasNobodyAsked) return `Nothing wrong can be seen in ${seen}; no cluster was asked`;
  const open = steps.filter(({ state }) => state === 'cannot-tell');
  const which = open.length < 3 ? `: ${open.map(({ title }) => title).join(', ')}` : '';
  const count = open.length === 1 ? 'one check' : `${open.length} of ${steps.length} checks`;
  return `Nothing wrong was found, but ${count} could not be made${which}`;
}

export function notReached(id: StepId): Step {
  return { id, title: titles[id], state: 'not-reached', finding: 'Not reached.', exhibits: [], causes: [] };
}
