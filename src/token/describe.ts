import type { BoundToken, Token } from './classify.ts';
import type { Encoding } from './finding.ts';
import { tokenStatus } from './status.ts';

/** A token in words: each string is plain text that may hold a stranger's words, and has yet to be escaped. */
export interface Description {
  /** Kind, owner and verdict, in one line. */
  readonly headline: string;
  readonly rows: readonly (readonly [label: string, value: string])[];
  readonly advice: readonly string[];
}

export interface DescribeOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly encoding: Encoding;
  /** Whether the token stands in a kubeconfig, where a Pod's token does not belong. */
  readonly inKubeconfig: boolean;
  /** Writes seconds since the epoch as the reader's local date and time. */
  readonly localTime: (seconds: number) => string;
}

/** Describes a token at a given time, as the hover shows it. */
export function describeToken(token: Token, options: DescribeOptions): Description {
  const { now } = options;
  const rows: [string, string][] = [];
  const row = (label: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') rows.push([label, value]);
  };
  const time = (label: string, seconds: number | undefined): void => {
    if (seconds !== undefined) {
      row(label, `${options.localTime(seconds)} · ${relativeTime(seconds, now)} · ${seconds}`);
    }
  };
  if (token.kind === 'other') row('Subject', token.subject);
  if (token.kind === 'bound') row('Bound to', bindingInWords(token));
  if (token.kind === 'legacy') {
    row('Secret', token.secret && `${token.namespace}/${token.secret} · deleting it revokes the token`);
  }
  time('Expires', token.expires);
  if (token.expires === undefined) row('Expires', 'never');
  const isValidFromIssue = token.notBefore === token.issuedAt;
  time('Issued', token.issuedAt);
  if (!isValidFromIssue) time('Not before', token.notBefore);
  if (token.kind === 'bound') time('Warn after', token.warnAfter);
  const audience = token.audiences.join(', ');
  row('Audience', audience === token.issuer ? `${audience} (its issuer)` : audience);
  if (audience !== token.issuer) row('Issuer', token.issuer);
  row('Ids', idsInWords(token));
  return {
    headline: `${kindInWords(token)} — ${verdict(token, now)}`,
    rows,
    advice: adviceFor(token, options),
  };
}

/** What kind of token it is and whose, e.g. "Pod-bound token of kube-system/mycontroller". */
export function kindInWords(token: Token): string {
  if (token.kind === 'other') return token.issuer === undefined ? 'JWT' : `JWT of issuer ${token.issuer}`;
  const owner = `${token.namespace}/${token.serviceAccount}`;
  if (token.kind === 'legacy') return `Legacy token of ${owner}`;
  return token.binding ? `${token.binding.kind}-bound token of ${owner}` : `Bound token of ${owner}`;
}

/** What time says of a token, e.g. "expires in 42 min". */
export function verdict(token: Token, now: number): string {
  switch (tokenStatus(token, now)) {
    case 'expired':
      return `expired ${relativeTime(token.expires ?? now, now)}`;
    case 'not-yet-valid':
      return `not valid yet, valid ${relativeTime(token.notBefore ?? now, now)}`;
    case 'issued-in-the-future':
      return `issued in the future (${relativeTime(token.issuedAt ?? now, now)}): a clock is wrong`;
    case 'no-expiry':
      return 'never expires';
    case 'within-its-time':
      return `expires ${relativeTime(token.expires ?? now, now)}`;
  }
}

function bindingInWords({ binding, namespace, node }: BoundToken): string {
  if (!binding) return 'nothing: it ends with its time or its ServiceAccount';
  const place = binding.kind === 'Pod' || binding.kind === 'Secret' ? `${namespace}/` : '';
  const where = node === undefined ? '' : ` on ${node}`;
  return `${binding.kind} ${place}${binding.name}${where} · ends with it`;
}

/** The ids that tell two tokens apart at a glance; in full they are among the claims. */
function idsInWords(token: Token): string {
  const ids = [
    ['token', token.id],
    ['key', token.keyId],
    token.kind === 'bound' && token.binding ? [token.binding.kind, token.binding.uid] : ['', undefined],
    ['ServiceAccount', token.kind === 'other' ? undefined : token.serviceAccountUid],
  ] as const;
  return ids.flatMap(([name, id]) => (id === undefined ? [] : [`${name} ${shortened(id)}`])).join(' · ');
}

function shortened(id: string): string {
  return id.length > 12 ? `${id.slice(0, 8)}…` : id;
}

function adviceFor(token: Token, { encoding, inKubeconfig }: DescribeOptions): string[] {
  const advice: string[] = [];
  if (token.kind === 'bound' && token.binding?.kind === 'Pod' && inKubeconfig) {
    advice.push(
      'This kubeconfig stops working when the Pod is deleted. Use a token Secret, or a token requested on purpose.',
    );
  }
  if (token.kind === 'bound' && token.warnAfter !== undefined) {
    advice.push(
      'Extended to one year for old clients: its Pod is given a new one about every hour, so read the file again.',
    );
  }
  if (token.kind === 'legacy') {
    advice.push(
      'Never expires. To rotate it, create a token Secret under a new name: the old name gives the same token.',
    );
  }
  if (encoding !== 'raw')
    advice.push(
      `Base64-encoded ${encoding === 'base64' ? 'once' : 'twice'} here: decode it before sending it.`,
    );
  return advice;
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** How far `seconds` is from `now`, both seconds since the epoch: "in 42 min", "3 d ago", "now". */
export function relativeTime(seconds: number, now: number): string {
  const distance = Math.abs(seconds - now);
  const unit = UNITS.find(([size]) => distance >= size);
  if (!unit) return 'now';
  const amount = `${Math.floor(distance / unit[0])} ${unit[1]}`;
  return seconds > now ? `in ${amount}` : `${amount} ago`;
}
