import { forOthers } from '../token/audience.ts';
import { endOf, type End } from '../token/end.ts';
import { relativeTime } from '../token/relativeTime.ts';
import { LEEWAY_SECONDS } from '../token/status.ts';
import type { Token } from '../token/classify.ts';
import type { DecodedToken } from '../token/decode.ts';
import { does } from '../versions.ts';
import { minorOf, type Evidence } from './evidence.ts';
import type { SignatureVerdict } from './verifySignature.ts';
import { cannotTell, exhibit, failed, passed, suspected, timeInWords, type Finding } from './step.ts';

/** Judges the signature. `verdict` is undefined where the cluster's keys are not known. */
export function checkSignature(
  evidence: Evidence,
  token: Token,
  { claims }: DecodedToken,
  verdict: SignatureVerdict | undefined,
): Finding {
  const { keys, serviceAccount } = evidence;
  const words = wordsOf(minorOf(evidence));
  const kid = exhibit('kid', token.keyId, 'the token');
  const alg = exhibit('alg', token.algorithm, 'the token');
  const possible = ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'] as const;
  if (!keys.known) return cannotTell('The keys of this cluster are not known', keys, possible, kid, alg);
  const published = exhibit('key ids', keys.value.map((key) => String(key['kid'])).join(', '), keys.origin);
  if (!verdict) {
    const isOurs = keys.value.some((key) => key['kid'] === token.keyId);
    if (token.keyId === undefined && !isOurs) {
      return cannotTell('Neither its key id nor its signature is kept', '', possible, alg, published);
    }
    const has = isOurs ? 'The cluster has a key' : 'The cluster publishes no key';
    const finding = `${has} of that id; the signature is not kept`;
    return isOurs
      ? cannotTell(finding, '', ['bad-signature'], kid, alg, published)
      : suspected(cannotTell(finding, '', possible, kid, alg, published));
  }
  switch (verdict.state) {
    case 'verified': {
      const wrong = mistypedClaim(claims, words.library);
      if (!wrong) return passed('The signature fits a key of this cluster.', kid, alg, published);
      const finding = `The signature fits, but the claim ${wrong.name} is not of the type that the server wants.`;
      return failed('not-a-serviceaccount-token', finding, wrong.message, kid, alg, published);
    }
    case 'unusable-key':
      return cannotTell(
        `The signature cannot be verified here: ${verdict.reason}`,
        'create tokenreviews',
        possible,
        kid,
        alg,
      );
    case 'wrong':
      return failed(
        'bad-signature',
        'The signature does not fit: the token was changed, cut or forged.',
        words.noFit,
        kid,
        alg,
        published,
      );
    case 'no-key': {
      if (!verdict.isWhole) {
        return suspected(
          cannotTell(
            'The cluster publishes no key of that id; its signer is not the built-in one, and may keep keys to itself',
            'create tokenreviews',
            possible,
            kid,
            alg,
            published,
          ),
        );
      }
      const isSameAccount =
        token.kind !== 'other' &&
        serviceAccount.known &&
        serviceAccount.value?.uid === token.serviceAccountUid;
      return failed(
        isSameAccount ? 'signing-key-gone' : 'other-cluster-same-issuer',
        isSameAccount
          ? 'This cluster has no key of that id, though the ServiceAccount is the same: the key is gone.'
          : 'This cluster has no key of that id, and the ServiceAccount is not known to be the same.',
        words.noKey,
        kid,
        published,
      );
    }
  }
}

/** What a server of a version says of signatures; the newest where it is not known. */
function wordsOf(minor: number | undefined): {
  readonly library: string;
  readonly noFit: string;
  readonly noKey: string;
} {
  const library = does(minor, 'says go-jose/go-jose') === false ? 'square/go-jose' : 'go-jose/go-jose';
  const noFit = `${library}: error in cryptographic primitive`;
  // A server that tries every key finds that none fits.
  const triesAll = does(minor, 'chooses keys by kid') === false;
  return { library, noFit, noKey: triesAll ? noFit : 'invalid signature, no keys found' };
}

/** A claim that Go cannot read, which the server says when it verifies the signature (go-jose jwt/claims.go). */
function mistypedClaim(
  claims: DecodedToken['claims'],
  library: string,
): { name: string; message: string } | undefined {
  const audience = claims['aud'];
  const isAudience =
    audience === undefined || audience === null || [audience].flat().every((one) => typeof one === 'string');
  if (!isAudience) {
    const message = `${library}/jwt: expected string or array value to unmarshal to Audience`;
    return { name: 'aud', message };
  }
  const name = ['exp', 'nbf', 'iat'].find((one) => !['number', 'undefined'].includes(typeof claims[one]));
  const message = `${library}/jwt: expected number value to unmarshal NumericDate`;
  return name === undefined ? undefined : { name, message };
}

/** Judges `aud`, which the server does before time. */
export function checkAudience({ apiAudiences, issuer, claims }: Evidence, token: Token): Finding {
  const claim = exhibit('aud', token.audiences.join(', ') || undefined, 'the token');
  if (claims && token.kind === 'bound' && token.audiences.length === 0) {
    return cannotTell('Its audiences are not kept', '', ['wrong-audience']);
  }
  if (token.audiences.length === 0)
    return passed('It names no audience, and is taken as one for the API.', claim);
  if (!apiAudiences.known) {
    const isIssuer = issuer.known && token.audiences.includes(issuer.value);
    const isUsual = isIssuer || forOthers(token) === undefined;
    const open = cannotTell(
      isIssuer
        ? 'It is for the issuer’s name, which is the API’s audience unless the server was told otherwise'
        : isUsual
          ? 'The audiences of this API server are not known'
          : 'It is not for an audience that API servers usually have, as its issuer’s name; those of this one are not known',
      apiAudiences,
      ['wrong-audience'],
      claim,
    );
    return isUsual ? open : suspected(open);
  }
  const wanted = exhibit('API audiences', apiAudiences.value.join(', '), apiAudiences.origin);
  return token.audiences.some((one) => apiAudiences.value.includes(one))
    ? passed('It is for this API.', claim, wanted)
    : failed(
        'wrong-audience',
        'It is for somebody else than this API.',
        `token audiences ${goList(token.audiences)} is invalid for the target audiences ${goList(apiAudiences.value)}`,
        claim,
        wanted,
      );
}

/** Judges the claims that a legacy token must have, in the server's order. */
export function checkLegacyClaims({ claims }: DecodedToken, isKept: boolean): Finding {
  if (!isKept) {
    return cannotTell('The token itself is not kept; what it says is taken from where it is known', '', []);
  }
  const text = (name: string): string => (typeof claims[name] === 'string' ? claims[name] : '');
  const own = (name: string): string => text(`kubernetes.io/serviceaccount/${name}`);
  const missing = (
    [
      ['sub', text('sub')],
      ['namespace', own('namespace')],
      ['secretName', own('secret.name')],
      ['serviceAccountName', own('service-account.name')],
      ['serviceAccountUID', own('service-account.uid')],
    ] as const
  ).find(([, value]) => value === '');
  if (missing) {
    const finding = `It lacks the claim ${missing[0]}, which every legacy token has.`;
    return failed('not-a-serviceaccount-token', finding, `${missing[0]} claim is missing`);
  }
  return text('sub') === `system:serviceaccount:${own('namespace')}:${own('service-account.name')}`
    ? passed('It has the claims of a legacy token, and they agree.')
    : failed('not-a-serviceaccount-token', 'Its subject is not its ServiceAccount.', 'sub claim is invalid');
}

/** The server's clock at `now` (this machine's), and whether it really is the server's; seconds since the epoch. */
export function serverClock(
  { serverTime }: Evidence,
  now: number,
): { time: number; isServers: boolean; origin: string } {
  return serverTime.known
    ? {
        time: now + serverTime.value.time - serverTime.value.measuredAt,
        isServers: true,
        origin: serverTime.origin,
      }
    : { time: now, isServers: false, origin: 'this machine’s clock' };
}

/** Judges nbf, exp and iat in the server's order, with its 60 seconds of leeway. Legacy tokens have no time. */
export function checkTime(evidence: Evidence, token: Token, now: number): Finding {
  if (token.kind === 'legacy') return passed('A legacy token is not checked for time.');
  const clock = serverClock(evidence, now);
  const at = exhibit('now', timeInWords(clock.time), clock.origin);
  const claim = (name: string, value: number | undefined) => exhibit(name, timeInWords(value), 'the token');
  const by = clock.isServers ? '' : ' by this machine’s clock';
  const { notBefore, issuedAt } = token;
  const end = endOf(token);
  const expires = end?.at;
  if (evidence.claims && expires === undefined) {
    return cannotTell('How long it lives is not kept; a Pod’s token is renewed again and again', '', [
      'stale-file',
    ]);
  }
  if (notBefore !== undefined && clock.time + LEEWAY_SECONDS < notBefore) {
    const finding = `It becomes valid ${relativeTime(notBefore, clock.time)}${by}.`;
    return failed(
      'not-yet-valid',
      finding,
      'service account token is not valid yet',
      claim('nbf', notBefore),
      at,
    );
  }
  if (end && clock.time - LEEWAY_SECONDS > end.at) return expiredFinding(evidence, token, end, clock);
  const judgesIssuedAt = does(minorOf(evidence), 'judges iat') !== false;
  if (judgesIssuedAt && issuedAt !== undefined && clock.time + LEEWAY_SECONDS < issuedAt) {
    const finding = `It was issued in the future${by}: two clocks disagree.`;
    const message = 'service account token is issued in the future';
    return failed('not-yet-valid', finding, message, claim('iat', issuedAt), at);
  }
  const exhibits = [claim('nbf', notBefore), claim('exp', token.expires), at];
  return clock.isServers
    ? passed('It is within its time.', ...exhibits)
    : cannotTell(
        'It is within its time by this machine’s clock; the server’s is not known',
        evidence.serverTime,
        ['expired', 'not-yet-valid'],
        ...exhibits,
      );
}

function expiredFinding(
  evidence: Evidence,
  token: Token,
  { at: end, rule }: End,
  clock: ReturnType<typeof serverClock>,
): Finding {
  const isPodAlive =
    token.kind === 'bound' &&
    token.binding?.kind === 'Pod' &&
    evidence.boundObject.known &&
    evidence.boundObject.value?.uid === token.binding.uid;
  const by = clock.isServers ? '' : ' by this machine’s clock';
  const renewed = isPodAlive ? ', and the Pod has been given new ones since' : '';
  return failed(
    isPodAlive ? 'stale-file' : 'expired',
    `It expired ${relativeTime(end, clock.time)}${by}${renewed}${rule === undefined ? '' : `: ${rule}, whatever exp says`}.`,
    'service account token has expired',
    exhibit('exp', timeInWords(token.expires), 'the token'),
    ...(rule === undefined ? [] : [exhibit('end', timeInWords(end), rule)]),
    exhibit('now', timeInWords(clock.time), clock.origin),
  );
}

/** Judges the time of a token that no ServiceAccount authenticator looks at: an OpenID provider's gives no leeway. */
export function checkForeignTime(evidence: Evidence, token: Token, now: number): Finding {
  const clock = serverClock(evidence, now);
  const { expires } = token;
  const at = exhibit('now', timeInWords(clock.time), clock.origin);
  const claim = exhibit('exp', timeInWords(expires), 'the token');
  if (expires === undefined || clock.time < expires) {
    return clock.isServers || expires === undefined
      ? passed('It has not expired.', claim, at)
      : cannotTell(
          'It has not expired by this machine’s clock; the server’s is not known',
          evidence.serverTime,
          ['expired'],
          claim,
          at,
        );
  }
  const finding = `It expired ${relativeTime(expires, clock.time)}, which OpenID providers’ tokens are refused for`;
  return suspected(cannotTell(finding, 'create tokenreviews', ['expired'], claim, at));
}

/** A Go slice of strings as %q prints it. */
function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
