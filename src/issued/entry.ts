import type { ContextInfo } from '../cluster/api/contexts.ts';
import { redact } from '../redact.ts';
import { classifyToken, type Token } from '../token/classify.ts';
import { decodeToken, isRecord } from '../token/decode.ts';
import { endOf } from '../token/end.ts';

/** What was issued, as its issuer knows it. The token is taken apart here, and nothing of it is kept but what it says. */
export interface Issued {
  readonly token: string;
  readonly context: Pick<ContextInfo, 'name' | 'cluster' | 'server'>;
  readonly form: Form;
  /** Absolute path of the file that it was written to, on the machine that the extension runs on. */
  readonly file?: string;
  /** What was asked for, so that it can be asked for again; seconds of life where a TokenRequest was made. */
  readonly requested?: { readonly seconds?: number; readonly audiences?: readonly string[] };
  /** Whether the Secret that it is bound to was made for this token alone, and may be deleted to end it. */
  readonly hasSentinel?: boolean;
  /** The uid of the token Secret of a legacy token, whose claims have the name only. */
  readonly secretUid?: string;
}

/** Where it went; `otherForm`: into a file that something else than kubectl reads. */
export type Form = 'kubeconfig' | 'tokenFile' | 'clipboard' | 'otherForm';
const FORMS: readonly string[] = ['kubeconfig', 'tokenFile', 'clipboard', 'otherForm'] satisfies Form[];

/** A token that was issued from here: metadata alone. Times are seconds since the epoch. */
export interface IssuedToken {
  /** Names the record, not the token. */
  readonly id: string;
  readonly form: Form;
  /** The context that issued it, and where. */
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly serviceAccountUid: string | undefined;
  /** The claim jti; legacy tokens have none. */
  readonly jti: string | undefined;
  readonly audiences: readonly string[];
  readonly issued: number;
  /** The claim exp; undefined: it never expires. */
  readonly expires: number | undefined;
  /** What ends it besides time: the object that it is bound to, or the token Secret that holds it. */
  readonly endsWith: EndsWith | undefined;
  readonly requestedSeconds: number | undefined;
  readonly requestedAudiences: readonly string[];
  readonly file: string | undefined;
  /** When it was revoked from here. */
  readonly revoked: number | undefined;
  /** Whether the person was told that its end is near. */
  readonly reminded: boolean;
}

export interface EndsWith {
  /** `tokenSecret` holds a legacy token; `sentinel` is a Secret that was made for this one token. */
  readonly kind: 'tokenSecret' | 'sentinel' | 'Secret' | 'Pod' | 'Node' | 'other';
  readonly name: string;
  readonly uid: string | undefined;
}
const ENDS: readonly string[] = [
  'tokenSecret',
  'sentinel',
  'Secret',
  'Pod',
  'Node',
  'other',
] satisfies EndsWith['kind'][];

/**
 * The metadata of what was issued; undefined where it is no token of a ServiceAccount. No field holds 16 characters in
 * a row that stand in the token, whatever a server put into its claims. `now` in seconds since the epoch.
 */
export function entryOf(issued: Issued, id: string, now: number): IssuedToken | undefined {
  const decoded = decodeToken(issued.token.trim());
  const token = decoded && classifyToken(decoded);
  if (!token || token.kind === 'other') return undefined;
  const entry: IssuedToken = {
    id,
    form: issued.form,
    context: issued.context.name,
    cluster: issued.context.cluster,
    server: issued.context.server,
    namespace: token.namespace,
    serviceAccount: token.serviceAccount,
    serviceAccountUid: token.serviceAccountUid,
    jti: token.id,
    audiences: token.audiences,
    issued: token.issuedAt ?? now,
    expires: endOf(token)?.at,
    endsWith: endsWith(token, issued),
    requestedSeconds: issued.requested?.seconds,
    requestedAudiences: issued.requested?.audiences ?? [],
    file: issued.file,
    revoked: undefined,
    reminded: false,
  };
  return readEntry(masked(entry, issued.token));
}

/** What ends a token besides time, by its claims and what its issuer knows. */
export function endsWith(
  token: Exclude<Token, { kind: 'other' }>,
  issued: Pick<Issued, 'hasSentinel' | 'secretUid'>,
): EndsWith | undefined {
  if (token.kind === 'legacy') {
    return token.secret === undefined
      ? undefined
      : { kind: 'tokenSecret', name: token.secret, uid: issued.secretUid };
  }
  if (!token.binding) return undefined;
  const { kind, name, uid } = token.binding;
  if (kind === 'Secret') return { kind: issued.hasSentinel === true ? 'sentinel' : 'Secret', name, uid };
  return { kind: kind === 'Pod' || kind === 'Node' ? kind : 'other', name, uid };
}

/** Whether a token is the one that a record is of. */
export function isSame(entry: IssuedToken, token: Token): boolean {
  if (token.kind === 'other') return false;
  if (token.kind === 'bound') return entry.jti !== undefined && token.id === entry.jti;
  return (
    entry.endsWith?.kind === 'tokenSecret' &&
    token.secret === entry.endsWith.name &&
    token.namespace === entry.namespace &&
    token.serviceAccountUid === entry.serviceAccountUid
  );
}

/** The record of a row under "Issued tokens". */
export function entryIn(argument: unknown): IssuedToken | undefined {
  return isRecord(argument) && argument['kind'] === 'issuedToken' ? readEntry(argument['entry']) : undefined;
}

/** As many characters of a token in a row tell something of it. */
const TELLING = 16;

/** The same value, its texts without what they share with a token. */
function masked(value: unknown, token: string): unknown {
  if (typeof value === 'string') return shares(value, token) ? '[token]' : redact(value);
  if (Array.isArray(value)) return value.map((one) => masked(one, token));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one, token)]));
}

function shares(text: string, token: string): boolean {
  for (let at = 0; at + TELLING <= text.length; at++) {
    if (token.includes(text.slice(at, at + TELLING))) return true;
  }
  return false;
}

/** Reads a record that was stored, field by field: what is not known is left behind. Undefined where it is none. */
export function readEntry(value: unknown): IssuedToken | undefined {
  if (!isRecord(value)) return undefined;
  const { id, form, server, namespace, serviceAccount, issued } = value;
  const needed = [id, server, namespace, serviceAccount];
  if (!needed.every((one) => typeof one === 'string' && one !== '')) return undefined;
  if (!isForm(form) || typeof issued !== 'number') return undefined;
  return {
    id: String(id),
    form,
    context: text(value['context']) ?? '',
    cluster: text(value['cluster']) ?? '',
    server: String(server),
    namespace: String(namespace),
    serviceAccount: String(serviceAccount),
    serviceAccountUid: text(value['serviceAccountUid']),
    jti: text(value['jti']),
    audiences: texts(value['audiences']),
    issued,
    expires: number(value['expires']),
    endsWith: readEndsWith(value['endsWith']),
    requestedSeconds: number(value['requestedSeconds']),
    requestedAudiences: texts(value['requestedAudiences']),
    file: text(value['file']),
    revoked: number(value['revoked']),
    reminded: value['reminded'] === true,
  };
}

function readEndsWith(value: unknown): EndsWith | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, name, uid } = value;
  return isEnd(kind) && typeof name === 'string' ? { kind, name, uid: text(uid) } : undefined;
}

function isForm(value: unknown): value is Form {
  return FORMS.some((one) => one === value);
}

function isEnd(value: unknown): value is EndsWith['kind'] {
  return ENDS.some((one) => one === value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function number(value: unknown): number | undefined {
  return Number.isFinite(value) ? Number(value) : undefined;
}
