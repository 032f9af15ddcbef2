import type { BoundToken, Token } from './classify.ts';
import type { Encoding } from './finding.ts';
import { forOthers } from './audience.ts';
import { durationInWords } from './duration.ts';
import { comesBackUnderItsName, endOf } from './end.ts';
import { clusterOfIssuer, partyOfAudience } from './foreign.ts';
import { lifeOf, nextPhase } from './life.ts';
import { localTime } from './localTime.ts';
import { relativeTime, relativeTimeChanges } from './relativeTime.ts';

export { relativeTime } from './relativeTime.ts';

/** A token in words: each string is plain text that may hold a stranger's words, and has yet to be escaped. */
export interface Description {
  /** Kind, owner and verdict, in one line. */
  readonly headline: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
  readonly advice: readonly Advice[];
}

/** A short line of advice; `told`: the problem's rule that says the same. What the person must know first comes first. */
export interface Advice {
  readonly text: string;
  readonly told?: string;
}

export interface DescribeOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  /** How long before its end a token is about to expire, in seconds. */
  readonly soon?: number;
  readonly encoding: Encoding;
  /** Whether what is base64-encoded there is more than the token. */
  readonly isWithin?: boolean | undefined;
  /** Why a cluster that it belongs to is known to refuse it: "its Pod is gone (seen in sandbox)". */
  readonly ended?: string | undefined;
  /** Of the token itself, in characters. */
  readonly length: number;
  /** Whether the token stands in a kubeconfig, where a Pod's token does not belong. */
  readonly inKubeconfig: boolean;
  /** Writes seconds since the epoch as the reader's local date and time. */
  readonly localTime: (seconds: number) => string;
}

/** No kind and owner are longer in the first line, in UTF-16 units: the verdict after them must be in sight. */
const MAX_KIND = 96;

/** Describes a token at a given time, as the hover shows it. */
export function describeToken(token: Token, options: DescribeOptions): Description {
  const { now } = options;
  const rows: [string, string][] = [];
  const row = (label: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') rows.push([label, value]);
  };
  const time = (label: string, seconds: number | undefined): void => {
    if (seconds !== undefined) {
      row(label, `${options.localTime(seconds)} · ${relativeTime(seconds, now)}`);
    }
  };
  if (token.kind === 'other') row('Subject', token.subject);
  if (token.kind === 'bound') row('Bound to', bindingInWords(token, options.ended));
  if (token.kind === 'legacy') {
    const revokes = options.ended === undefined ? ' · deleting it revokes the token' : '';
    row('Secret', token.secret && `${token.namespace}/${token.secret}${revokes}`);
  }
  time('Expires', token.expires);
  // A legacy token's first line says that it has none.
  if (token.expires === undefined && token.kind !== 'legacy') row('Expires', 'never');
  const end = endOf(token);
  if (end?.rule !== undefined) {
    row('Ends', `${options.localTime(end.at)} · ${relativeTime(end.at, now)} · ${end.rule}`);
  }
  time('Not\u00A0before', token.notBefore);
  if (token.notBefore !== token.issuedAt) time('Issued', token.issuedAt);
  if (token.kind === 'bound') time('Warn\u00A0after', token.warnAfter);
  row('Audience', audienceInWords(token));
  const [audience] = token.audiences;
  if (token.audiences.length !== 1 || audience !== token.issuer) row('Issuer', issuerInWords(token));
  if (token.kind === 'bound') row('Attests', token.attestedGroups.join(', '));
  row('Token', [masked(options.length), ...idsInWords(token)].join(' · '));
  return {
    headline: `${shortened(kindInWords(token), MAX_KIND)} — ${standingInWords(token, options.ended, now, options.soon)}${endsSooner(token, options)}`,
    rows,
    advice: adviceFor(token, options),
  };
}

/** What may end it before its time does. */
function endsSooner(token: Token, { now, soon, ended }: DescribeOptions): string {
  if (ended !== undefined || token.kind !== 'bound' || !token.binding) return '';
  const { phase } = lifeOf(token, now, soon);
  return phase === 'valid' || phase === 'expiring' ? `, or with its ${token.binding.kind}` : '';
}

/** What kind of token it is and whose, e.g. "Pod-bound token of kube-system/mycontroller". */
export function kindInWords(token: Token): string {
  if (token.kind === 'other') {
    if (token.source !== undefined) return token.source;
    return token.issuer === undefined ? 'JWT' : `JWT of issuer ${token.issuer}`;
  }
  const owner = `${token.namespace}/${token.serviceAccount}`;
  if (token.kind === 'legacy') return `Legacy token of ${owner}`;
  return token.binding ? `${token.binding.kind}-bound token of ${owner}` : `Bound token of ${owner}`;
}

/** Whose it is, in short: "kube-system/mycontroller", or what it is where it is no ServiceAccount's. */
export function ownerInWords(token: Token): string {
  return token.kind === 'other' ? kindInWords(token) : `${token.namespace}/${token.serviceAccount}`;
}

/** What time says of a token, e.g. "expires in 42 min", with the API server's leeway where it makes a difference. */
export function verdict(token: Token, now: number, soon?: number): string {
  const { phase, leeway } = lifeOf(token, now, soon);
  const end = endOf(token)?.at;
  const when = (seconds: number | undefined): string => relativeTime(seconds ?? now, now);
  switch (phase) {
    case 'expired':
      return `expired ${when(end)}${leeway === undefined ? '' : `, still accepted for ${leeway} s`}`;
    case 'not-yet-valid':
      return `not valid yet, valid ${when(token.notBefore)}${leeway === undefined ? '' : ', accepted already'}`;
    case 'issued-in-the-future':
      return `issued in the future (${when(token.issuedAt)}): a clock is wrong`;
    case 'never-expires':
      return 'never expires';
    case 'extended': {
      const due = token.kind === 'bound' ? when(token.warnAfter) : '';
      return `expires ${when(end)}, was to be renewed ${due}`;
    }
    case 'valid':
    case 'expiring':
      return `expires ${when(end)}`;
  }
}

/** The verdict beside the date that it is about, for what is kept and read later: "expires in 1 h (Nov 28, 2026, 9:14:05 PM UTC)". */
export function datedVerdict(token: Token, now: number): string {
  const { phase } = lifeOf(token, now);
  const about =
    phase === 'not-yet-valid'
      ? token.notBefore
      : phase === 'issued-in-the-future'
        ? token.issuedAt
        : token.kind === 'legacy'
          ? undefined
          : endOf(token)?.at;
  const words = verdict(token, now);
  return about === undefined ? words : `${words} (${localTime(about)})`;
}

/** The verdict, all that is known considered: what a cluster is known to say of it comes before its time. */
export function standingInWords(token: Token, ended: string | undefined, now: number, soon?: number): string {
  const { phase } = lifeOf(token, now, soon);
  return ended === undefined || phase === 'expired' ? verdict(token, now, soon) : ended;
}

/** When the verdict next reads differently after `now`, seconds since the epoch; undefined: never. */
export function verdictChanges(token: Token, now: number, soon?: number): number | undefined {
  const { phase, leeway } = lifeOf(token, now, soon);
  if (phase === 'never-expires') return undefined;
  const end = endOf(token)?.at;
  const times =
    phase === 'not-yet-valid'
      ? [token.notBefore]
      : phase === 'issued-in-the-future'
        ? [token.issuedAt]
        : phase === 'extended' && token.kind === 'bound'
          ? [end, token.warnAfter]
          : [end];
  const next = [
    nextPhase(token, now, soon),
    leeway === undefined || phase !== 'expired' ? undefined : now + 1,
    ...times.map((time) => (time === undefined ? undefined : relativeTimeChanges(time, now))),
  ].filter((time) => time !== undefined);
  return next.length === 0 ? undefined : Math.min(...next);
}

function audienceInWords({ audiences, issuer }: Token): string {
  return audiences
    .map((audience) => {
      const party = partyOfAudience(audience);
      if (party !== undefined) return `${audience} (${party})`;
      return audience === issuer && audiences.length === 1 ? `${audience} (its issuer)` : audience;
    })
    .join(', ');
}

function issuerInWords({ issuer }: Token): string | undefined {
  const cluster = clusterOfIssuer(issuer);
  return cluster === undefined ? issuer : `${issuer} (${cluster})`;
}

function bindingInWords({ binding, namespace, node }: BoundToken, ended: string | undefined): string {
  if (!binding) return 'nothing: it ends with its time or its ServiceAccount';
  const place = binding.kind === 'Pod' || binding.kind === 'Secret' ? `${namespace}/` : '';
  const where = node === undefined ? '' : ` on ${node}`;
  return `${binding.kind} ${place}${binding.name}${where}${ended === undefined ? ' · ends with it' : ''}`;
}

/** What stands for a token of so many characters where it must not be repeated. */
function masked(length: number): string {
  return `eyJ••• (${length} characters)`;
}

/** The ids that tell two tokens apart at a glance; in full they are among the claims. */
function idsInWords(token: Token): string[] {
  const ids = [
    ['id', token.id],
    ['key', token.keyId],
    ['signed', token.kind === 'bound' && token.isExternallySigned ? 'by an external signer' : undefined],
  ] as const;
  return ids.flatMap(([name, id]) =>
    id === undefined ? [] : [`${name} ${name === 'signed' ? id : shortened(id)}`],
  );
}

function shortened(text: string, max = 12): string {
  return text.length > max ? `${text.slice(0, max - 4)}…` : text;
}

const TIMES = { base64: 'once', 'base64-twice': 'twice' } as const;

function adviceFor(token: Token, options: DescribeOptions): Advice[] {
  return [...audienceAdvice(token), ...encodingAdvice(options), ...lifeAdvice(token, options)];
}

function audienceAdvice(token: Token): Advice[] {
  if (token.kind === 'bound' && token.binding?.kind.endsWith('WebhookConfiguration') === true) {
    const text =
      'It proves the API server to an admission webhook; the API server itself does not accept it.';
    return [{ text }];
  }
  const others = forOthers(token);
  if (others === undefined) return [];
  const [party] = token.audiences.flatMap((audience) => partyOfAudience(audience) ?? []);
  const text =
    party !== undefined && token.audiences.length === 1
      ? `It is for ${party}: the API server does not accept it.`
      : `It is for ${shortened(others, 60)}: an API server refuses it, unless it has that audience (--api-audiences).`;
  return [{ text, told: 'audience' }];
}

function encodingAdvice({ encoding, isWithin }: DescribeOptions): Advice[] {
  if (encoding === 'raw') return [];
  if (isWithin === true) {
    const what =
      encoding === 'base64'
        ? 'a longer text, as of a whole kubeconfig'
        : 'a text that is base64, or has some in it';
    return [{ text: `It lies within base64 of ${what}.` }];
  }
  const times = TIMES[encoding];
  const text = `Base64-encoded ${times} here: decode it ${times === 'once' ? '' : 'twice '}before sending it.`;
  return [{ text, told: 'encoded-in' }];
}

/** A year of the API server's own extension, in seconds (kubernetes pkg/registry/core/serviceaccount/storage/token.go). */
const EXTENDED_TO = 31_536_000;

/** How long an extended token lives, by its own times: an external signer can allow less than a year, and a provider. */
function extensionInWords(token: BoundToken): string {
  const end = endOf(token);
  if (end?.rule !== undefined) return `Extended for old clients, though ${end.rule}`;
  const { expires, issuedAt } = token;
  if (expires === undefined || issuedAt === undefined) return 'Extended for old clients';
  const life = expires - issuedAt;
  return `Extended to ${life === EXTENDED_TO ? 'one year' : durationInWords(life)} for old clients`;
}

function lifeAdvice(token: Token, { inKubeconfig, ended }: DescribeOptions): Advice[] {
  if (token.kind === 'legacy') {
    const back = comesBackUnderItsName(token) ? ': the old name gives the same token' : '';
    const why = ended === undefined ? 'To rotate it' : 'For another token';
    const text = `${why}, create a token Secret under a new name${back}.`;
    return [{ text, told: 'never-expires-in-git' }];
  }
  if (token.kind !== 'bound') return [];
  const advice: Advice[] = [];
  if (token.binding?.kind === 'Pod' && inKubeconfig && ended === undefined) {
    advice.push({
      text: 'This kubeconfig stops working when the Pod is deleted. Use a token Secret, or a token requested on purpose.',
      told: 'pod-bound-in-kubeconfig',
    });
  }
  if (token.warnAfter !== undefined && ended === undefined) {
    advice.push({
      text: `${extensionInWords(token)}: its Pod gets a new one about every 48 min, so read the file again.`,
    });
  }
  return advice;
}
