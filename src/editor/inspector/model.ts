import type { Action } from '../../authentication/causes.ts';
import type { Explanation } from '../../authentication/explain.ts';
import type { Step } from '../../authentication/step.ts';
import { commands } from '../../contributions.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { kindInWords } from '../../token/describe.ts';

/** What the inspector shows: plain texts that may hold a stranger's words, and never the token. */
export interface InspectorModel {
  readonly kind: string;
  readonly outcome: Explanation['outcome'];
  readonly headline: string;
  /** The server that was or can be asked; undefined where none can. */
  readonly server: string | undefined;
  readonly isBusy: boolean;
  /** Why the cluster could not be asked. */
  readonly problem: string | undefined;
  readonly header: readonly ClaimRow[];
  readonly claims: readonly ClaimRow[];
  readonly steps: readonly Step[];
  readonly causes: readonly {
    readonly title: string;
    readonly fix: string;
    readonly action: Action | undefined;
    /** Whether a failed check points to it; else it could not be ruled out. */
    readonly isFound: boolean;
  }[];
  /** Seconds since the epoch. */
  readonly now: number;
  readonly moments: readonly Moment[];
  readonly chain: readonly Link[];
}

export interface ClaimRow {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** A point on the timeline, in seconds since the epoch. */
export interface Moment {
  readonly label: string;
  readonly at: number;
}

/** Something that the token hangs on. */
export interface Link {
  readonly what: string;
  readonly name: string;
  readonly state: 'holds' | 'broken' | 'unknown';
}

/** What the inspector's page asks of its host. */
export type InspectorRequest =
  | { readonly type: 'ready' | 'read' | 'send' | 'copy' }
  | { readonly type: 'action'; readonly action: string };

const meanings: Readonly<Record<string, string>> = {
  alg: 'How it is signed',
  kid: 'Which key signed it: the hash of the public key',
  iss: 'Who issued it: the cluster’s issuer name',
  sub: 'Whom it stands for',
  aud: 'Whom it is for: the API server, where nothing else was asked',
  exp: 'When it ends; the server allows 60 s more',
  nbf: 'From when it is valid; the server allows 60 s before',
  iat: 'When it was issued',
  jti: 'Its own id, as audit logs name it',
  'kubernetes.io.namespace': 'The ServiceAccount’s namespace',
  'kubernetes.io.serviceaccount.name': 'The ServiceAccount',
  'kubernetes.io.serviceaccount.uid':
    'The ServiceAccount’s UID: one of the same name created later is another',
  'kubernetes.io.pod.name': 'The Pod it dies with',
  'kubernetes.io.pod.uid': 'That Pod’s UID: a later one of the same name is another',
  'kubernetes.io.secret.name': 'The Secret it dies with',
  'kubernetes.io.secret.uid': 'That Secret’s UID',
  'kubernetes.io.node.name': 'The Node: validated only where there is no Pod',
  'kubernetes.io.node.uid': 'That Node’s UID',
  'kubernetes.io.warnafter': 'From when the server counts its use as stale; never a refusal',
  'kubernetes.io/serviceaccount/namespace': 'The ServiceAccount’s namespace',
  'kubernetes.io/serviceaccount/secret.name': 'The token Secret that holds it, and that it dies with',
  'kubernetes.io/serviceaccount/service-account.name': 'The ServiceAccount',
  'kubernetes.io/serviceaccount/service-account.uid': 'The ServiceAccount’s UID',
};

/** No claim is shown longer than this, in UTF-16 units. */
const MAX_SHOWN = 500;

/** The kubelet asks for a new token when less than a fifth of the requested life is left (kubernetes pkg/kubelet/token). */
const REFRESH_AFTER = 0.8;

/** Builds what the inspector shows of an explanation at `now`, in seconds since the epoch. */
export function inspectorModel(
  explanation: Explanation,
  state: Pick<InspectorModel, 'now' | 'server' | 'isBusy' | 'problem'>,
): InspectorModel {
  const { token, decoded, outcome, headline, steps, causes } = explanation;
  const refusal = steps.find((step) => step.state === 'failed');
  return {
    ...state,
    kind: token ? kindInWords(token) : 'No token that can be decoded',
    outcome,
    headline,
    header: rowsOf(decoded?.header ?? {}, ''),
    claims: rowsOf(decoded?.claims ?? {}, ''),
    steps,
    causes: causes.map(({ id, title, fix, action }) => ({
      title,
      fix,
      action: action !== undefined && Object.hasOwn(commands, action) ? action : undefined,
      isFound: refusal?.causes.includes(id) ?? false,
    })),
    moments: momentsOf(token),
    chain: chainOf(explanation),
  };
}

function rowsOf(object: Readonly<Record<string, unknown>>, prefix: string): ClaimRow[] {
  return Object.entries(object).flatMap(([key, value]): ClaimRow[] => {
    const name = `${prefix}${key}`;
    // Nested only where Kubernetes nests: a hostile token would nest without end.
    if (isRecord(value) && name.startsWith('kubernetes.io') && name.split('.').length < 4)
      return rowsOf(value, `${name}.`);
    const text = redact(typeof value === 'string' ? value : JSON.stringify(value));
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
    const meaning = Object.hasOwn(meanings, name) ? (meanings[name] ?? '') : '';
    return [{ name: redact(name).slice(0, MAX_SHOWN), value: shown, meaning }];
  });
}

function momentsOf(token: Explanation['token']): Moment[] {
  if (!token) return [];
  const { issuedAt, notBefore, expires } = token;
  const warnAfter = token.kind === 'bound' ? token.warnAfter : undefined;
  const isPods = token.kind === 'bound' && token.binding?.kind === 'Pod';
  const end = warnAfter ?? expires;
  const refresh =
    isPods && issuedAt !== undefined && end !== undefined
      ? issuedAt + (end - issuedAt) * REFRESH_AFTER
      : undefined;
  const all: [string, number | undefined][] = [
    ['Issued', issuedAt],
    ['Not before', notBefore],
    ['Kubelet refreshes', refresh],
    ['Warn after', warnAfter],
    ['Expires', expires],
  ];
  return all.flatMap(([label, at]) => (at === undefined ? [] : [{ label, at: Math.floor(at) }]));
}

function chainOf({ token, steps }: Explanation): Link[] {
  if (!token) return [];
  const of = (id: Step['id'], what: string, name: string | undefined): Link => {
    const state = steps.find((step) => step.id === id)?.state;
    return {
      what,
      name: name ?? '',
      state: state === 'failed' ? 'broken' : state === 'passed' ? 'holds' : 'unknown',
    };
  };
  const key = of('signature', 'Signing key', token.keyId ?? 'any');
  if (token.kind === 'other') return [key];
  const account = of('serviceAccount', 'ServiceAccount', `${token.namespace}/${token.serviceAccount}`);
  if (token.kind === 'legacy') return [key, of('secret', 'Secret', token.secret), account];
  if (!token.binding) return [key, account];
  const node: Link[] =
    token.node === undefined ? [] : [{ what: 'Node (not checked)', name: token.node, state: 'unknown' }];
  return [key, account, of('boundObject', token.binding.kind, token.binding.name), ...node];
}
