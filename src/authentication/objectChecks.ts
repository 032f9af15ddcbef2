import type { Binding, BoundToken, LegacyToken } from '../token/classify.ts';
import { LEEWAY_SECONDS } from '../token/status.ts';
import type { CauseId } from './causes.ts';
import { serverClock } from './claimChecks.ts';
import { does, since as from } from '../versions.ts';
import { minorOf, serversVerdict, type Evidence, type LiveObject } from './evidence.ts';
import {
  cannotTell,
  exhibit,
  failed,
  passed,
  suspected,
  timeInWords,
  type Exhibit,
  type Finding,
} from './step.ts';

const INVALIDATED = 'service account token has been invalidated';

/** Judges whether the ServiceAccount is there, the same, and not deleted. */
export function checkServiceAccount(
  evidence: Evidence,
  token: BoundToken | LegacyToken,
  now: number,
): Finding {
  const { serviceAccount: fact } = evidence;
  const name = `${token.namespace}/${token.serviceAccount}`;
  const isLegacy = token.kind === 'legacy';
  const recreated = isLegacy ? 'legacy-serviceaccount-recreated' : 'serviceaccount-recreated';
  const claim = exhibit('UID in the token', token.serviceAccountUid, 'the token');
  if (!fact.known) {
    const possible: CauseId[] = ['serviceaccount-gone', recreated, 'serviceaccount-terminating'];
    return cannotTell(`ServiceAccount ${name} could not be seen`, fact, possible, claim);
  }
  const live = fact.value;
  if (!live) {
    const message = `serviceaccounts "${token.serviceAccount}" not found`;
    return failed('serviceaccount-gone', `There is no ServiceAccount ${name}.`, message, claim);
  }
  const exhibits = [claim, exhibit('live UID', live.uid, fact.origin)];
  const mismatch = (): Finding =>
    failed(
      recreated,
      `ServiceAccount ${name} is another one than when the token was issued.`,
      `${isLegacy ? 'ServiceAccount' : 'service account'} UID (${live.uid}) does not match claim (${token.serviceAccountUid ?? ''})`,
      ...exhibits,
    );
  const deletion = isLegacy
    ? live.deletionTimestamp !== undefined && 'past'
    : deletionState(evidence, live, now);
  const deleted = (): Finding =>
    failed(
      'serviceaccount-terminating',
      `ServiceAccount ${name} is being deleted.`,
      `${isLegacy ? 'ServiceAccount' : 'service account'} ${name} has been deleted`,
      ...exhibits,
      exhibit('deletionTimestamp', timeInWords(live.deletionTimestamp), fact.origin),
    );
  if ((isLegacy || judgesDeletionFirst(evidence)) && deletion === 'past') return deleted();
  if (evidence.claims && token.serviceAccountUid === undefined) {
    const finding = `ServiceAccount ${name} is there; whether it is the one of then is not known`;
    return cannotTell(finding, '', [recreated], ...exhibits);
  }
  if (live.uid !== token.serviceAccountUid) return mismatch();
  if (deletion === 'past') return deleted();
  if (deletion === 'unclear') return clockNeeded(evidence, 'serviceaccount-terminating', exhibits);
  return passed(`ServiceAccount ${name} is there, and the same.`, ...exhibits);
}

/** Judges what a bound token is bound to. */
export function checkBoundObject(evidence: Evidence, token: BoundToken, now: number): Finding {
  const { binding } = token;
  if (!binding) return passed('It is bound to no object.');
  if (binding.kind === 'ValidatingWebhookConfiguration' || binding.kind === 'MutatingWebhookConfiguration') {
    return suspected(
      cannotTell(
        `Whether the server accepts tokens bound to a ${binding.kind} is not known; hardly any does`,
        'create tokenreviews',
        ['webhook-token'],
      ),
    );
  }
  return checkLive(evidence, token.namespace, { ...binding, kind: binding.kind }, now);
}

type LiveBinding = Binding & { readonly kind: keyof typeof goneCause };

function checkLive(evidence: Evidence, namespace: string, binding: LiveBinding, now: number): Finding {
  const { boundObject: fact } = evidence;
  const gone = goneCause[binding.kind];
  const claim = exhibit('UID in the token', binding.uid, 'the token');
  const place = binding.kind === 'Node' ? binding.name : `${namespace}/${binding.name}`;
  if (!fact.known)
    return cannotTell(`${binding.kind} ${place} could not be seen`, fact, possibleOf(binding), claim);
  const live = fact.value;
  if (!live) return failed(gone, `There is no ${binding.kind} ${place}.`, INVALIDATED, claim);
  const exhibits = [claim, exhibit('live UID', live.uid, fact.origin)];
  const deletion = deletionState(evidence, live, now);
  const deleted = (): Finding =>
    failed(
      binding.kind === 'Pod' ? 'pod-terminating' : gone,
      `${binding.kind} ${place} is past its time of deletion.`,
      INVALIDATED,
      ...exhibits,
      exhibit('deletionTimestamp', timeInWords(live.deletionTimestamp), fact.origin),
    );
  if (deletion === 'past' && judgesDeletionFirst(evidence)) return deleted();
  if (live.uid !== (binding.uid ?? '')) {
    const kind = binding.kind.toLowerCase();
    const noun = binding.kind === 'Secret' ? 'service account secret ref' : `service account ${kind} ref`;
    return failed(
      binding.kind === 'Pod' ? 'pod-recreated' : gone,
      `${binding.kind} ${place} is another one than when the token was issued.`,
      `${kind} UID (${live.uid}) does not match ${noun} claim (${binding.uid ?? ''})`,
      ...exhibits,
    );
  }
  if (deletion === 'past') return deleted();
  if (deletion === 'unclear') {
    return clockNeeded(evidence, binding.kind === 'Pod' ? 'pod-terminating' : gone, exhibits);
  }
  const { minorVersion } = evidence;
  if (binding.kind === 'Node' && does(minorOf(evidence), 'validates Node bindings') !== true) {
    const needs = minorVersion.known ? 'create tokenreviews' : minorVersion;
    return cannotTell(
      'Whether this server validates Node bindings is not known',
      needs,
      ['node-binding-off'],
      ...exhibits,
    );
  }
  const ends =
    live.deletionTimestamp === undefined
      ? ''
      : ' It is being deleted, and the token is good until it is gone, or for 60 seconds after its time of deletion.';
  return passed(`${binding.kind} ${place} is there, and the same.${ends}`, ...exhibits);
}

/** Of a bound token's objects; of a legacy token's ServiceAccount every server does. */
function judgesDeletionFirst(evidence: Evidence): boolean {
  return does(minorOf(evidence), 'judges uid before deletion') === false;
}

const goneCause = { Pod: 'pod-gone', Secret: 'bound-secret-gone', Node: 'node-gone' } as const;

function possibleOf({ kind }: Binding): readonly CauseId[] {
  if (kind === 'Pod') return ['pod-gone', 'pod-recreated', 'pod-terminating'];
  return kind === 'Secret' ? ['bound-secret-gone'] : ['node-gone', 'node-binding-off'];
}

/**
 * A finding about what the server looks up for a legacy token, and for no other: where it was told not to look, nothing
 * of it counts (kubernetes pkg/serviceaccount/legacy.go). That it does is the default; who was not told, and has not heard
 * the server refuse the token, cannot tell.
 */
export function asLookedUp(evidence: Evidence, finding: Finding): Finding {
  const { settings } = evidence;
  if (settings.known && !settings.value.looksUpLegacy) {
    return passed('The server does not look: it runs with --service-account-lookup=false.');
  }
  const verdict = serversVerdict(evidence);
  if (settings.known || finding.state !== 'failed' || verdict === 'refused') return finding;
  const unless = 'Only a server with --service-account-lookup=false does not look, and accepts it';
  const found = `${finding.finding} ${unless}`;
  if (verdict === 'accepted') return { ...finding, finding: `${found}.` };
  const what = `${found}; a TokenReview tells`;
  return suspected(cannotTell(what, 'create tokenreviews', finding.causes, ...finding.exhibits));
}

/** Judges whether a legacy token's Secret is there: any deletion ends it, at once. */
export function checkTokenSecret(
  { boundObject: fact, serviceAccount }: Evidence,
  token: LegacyToken,
): Finding {
  const place = `${token.namespace}/${token.secret ?? ''}`;
  const claim = exhibit('secret.name', token.secret, 'the token');
  const message = 'Token has been invalidated';
  if (!fact.known) return cannotTell(`Secret ${place} could not be seen`, fact, ['token-secret-gone'], claim);
  if (!fact.value) {
    const isAccountGone = serviceAccount.known && serviceAccount.value === undefined;
    const finding = isAccountGone
      ? `There is no Secret ${place}, and no ServiceAccount ${token.namespace}/${token.serviceAccount}: the token controller deletes its token Secrets with it.`
      : `There is no Secret ${place}.`;
    return failed('token-secret-gone', finding, message, claim);
  }
  const live = exhibit('live UID', fact.value.uid, fact.origin);
  return fact.value.deletionTimestamp === undefined
    ? passed(`Secret ${place} is there.`, claim, live)
    : failed('token-secret-gone', `Secret ${place} is being deleted.`, message, claim, live);
}

/** Judges a legacy token against the copy in its Secret, which the server compares byte by byte. */
export function checkStoredToken({ storedToken: fact }: Evidence): Finding {
  if (!fact.known)
    return cannotTell('The Secret’s own copy was not compared', fact, ['stored-token-differs']);
  if (fact.value === 'same') return passed('The Secret has this token, byte for byte.');
  const message = "Token does not match server's copy";
  const shown = exhibit('data.token', fact.value === 'different' ? 'another token' : 'empty', fact.origin);
  switch (fact.value) {
    case 'different':
      return failed('stored-token-differs', 'The Secret has another token.', message, shown);
    case 'empty':
      return failed('never-filled', 'The Secret has no token.', message, shown);
    case 'empty and immutable': {
      const finding = 'The Secret has no token, and is immutable: the token controller cannot fill it.';
      return failed('never-filled', finding, message, shown, exhibit('immutable', 'true', fact.origin));
    }
  }
}

/** Judges the label that the cleaner sets on token Secrets that nobody used for a year. */
export function checkMarked(evidence: Evidence, token: LegacyToken): Finding {
  const { boundObject: fact, minorVersion } = evidence;
  if (!fact.known || !fact.value) {
    return cannotTell('Whether the Secret is marked invalid could not be seen', fact, ['marked-invalid']);
  }
  const since = fact.value.invalidSince;
  if (since === undefined) return passed('The Secret is not marked invalid.');
  const label = exhibit('kubernetes.io/legacy-token-invalid-since', since, fact.origin);
  const minds = does(minorOf(evidence), 'refuses what is marked invalid');
  if (minds === false) {
    return passed(
      `The Secret is marked invalid, which servers refuse from Kubernetes ${from('refuses what is marked invalid')} on; this one is older.`,
      label,
    );
  }
  if (minds === undefined) {
    const finding = 'The Secret is marked invalid; whether this server minds depends on its version';
    return suspected(cannotTell(finding, minorVersion, ['marked-invalid'], label));
  }
  const secret = `${token.namespace}/${token.secret ?? ''}`;
  return failed(
    'marked-invalid',
    `Secret ${secret} is marked invalid since ${since}.`,
    `the token in secret ${secret} for service account ${token.namespace}/${token.serviceAccount} has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token`,
    label,
  );
}

/** Whether a deletion is past its 60 seconds of leeway: 'unclear' where only this machine's clock says that it is not. */
function deletionState(evidence: Evidence, live: LiveObject, now: number): 'none' | 'past' | 'unclear' {
  if (live.deletionTimestamp === undefined) return 'none';
  const clock = serverClock(evidence, now);
  if (live.deletionTimestamp < clock.time - LEEWAY_SECONDS) return 'past';
  return clock.isServers ? 'none' : 'unclear';
}

function clockNeeded({ serverTime }: Evidence, cause: CauseId, exhibits: readonly Exhibit[]): Finding {
  const finding = 'It is being deleted, and the server’s clock is not known';
  return suspected(cannotTell(finding, serverTime, [cause], ...exhibits));
}
