import {
  isOffline,
  UNNAMED,
  userInWords,
  type Evidence,
  type LiveObject,
} from '../authentication/evidence.ts';
import type { Explanation } from '../authentication/explanation.ts';
import { sentInstead } from '../authentication/explainSent.ts';
import { isMendedByAnother, remedyOf } from '../authentication/remedy.ts';
import type { Step } from '../authentication/step.ts';
import { commands } from '../contributions.ts';
import type { Token } from '../token/classify.ts';
import { datedVerdict } from '../token/describe.ts';
import { endOf } from '../token/end.ts';
import { claimRows } from './claimRows.ts';
import { aboutSent, canBeShown, whatIsSent } from './sent.ts';
import type { InspectorModel, Life, Link, Moment, TokenView } from './protocol.ts';

/** The kubelet asks for a new token when less than a fifth of the requested life is left (kubernetes pkg/kubelet/token). */
const REFRESH_AFTER = 0.8;
/** … and at the latest after a day, in seconds. */
const REFRESH_AT_MOST = 86_400;

/** Causes that another cluster may have to do with. */
const FROM_ELSEWHERE = /^other-cluster|^signing-key-gone$|^issuer-dropped$/;

interface State extends Pick<
  InspectorModel,
  'now' | 'server' | 'isBusy' | 'problem' | 'name' | 'searched' | 'compared'
> {
  readonly barred?: InspectorModel['barred'];
  readonly unused?: InspectorModel['unused'];
  readonly facts?: InspectorModel['facts'];
  /** Why the cluster that the tree follows is known to refuse the token: it counts until a cluster was asked. */
  readonly ended?: string | undefined;
  /** Whether the token stands in a kubeconfig in which it can be renewed. */
  readonly canRenew?: boolean;
}

/** Builds what the inspector shows of an explanation at `now`, in seconds since the epoch. */
export function inspectorModel(explanation: Explanation, evidence: Evidence, state: State): InspectorModel {
  const { canRenew = false, barred, unused, facts = [], ended, ...rest } = state;
  const { token, outcome, headline, steps, causes, user, canBeAsked: canLook } = explanation;
  const refusal = steps.find((step) => step.state === 'failed');
  const instead = sentInstead(evidence);
  const known = isOffline(evidence) && outcome !== 'refused' ? ended : undefined;
  return {
    ...tokenView(explanation, evidence, state.name, state.now),
    ...rest,
    barred,
    unused,
    facts,
    outcome,
    tone: known === undefined ? toneOf(explanation) : 'bad',
    headline: known === undefined ? headline : `${known.charAt(0).toUpperCase()}${known.slice(1)}`,
    serversWord: serversWord(evidence),
    wasSent: instead?.kind !== 'nothing' && wasHeard(evidence),
    comparesSecret: token?.kind === 'legacy',
    canLook,
    what: whatIsSent(instead),
    canSend: canLook && (instead ? canBeShown(instead) : !evidence.claims),
    isOffline: isOffline(evidence),
    steps,
    causes: causes.map(({ id, title, fix, action }) => ({
      title,
      fix,
      action:
        canRenew && isMendedByAnother(id)
          ? 'regenerateKubeconfig'
          : action !== undefined && Object.hasOwn(commands, action)
            ? action
            : undefined,
      command: remedyOf(id, token),
      isFound: refusal?.causes.includes(id) ?? false,
    })),
    user,
    chain: chainOf(explanation),
    canSearch:
      state.searched === undefined &&
      steps.some((step) => {
        const isPointedAt = step.state === 'failed' || step.isSuspect === true;
        return isPointedAt && step.causes.some((id) => FROM_ELSEWHERE.test(id));
      }),
  };
}

function toneOf({ outcome, steps }: Explanation): InspectorModel['tone'] {
  if (outcome === 'accepted') return 'good';
  if (outcome === 'refused') return 'bad';
  return steps.some(({ isSuspect }) => isSuspect === true) ? 'doubt' : 'open';
}

/** What the server itself said, in its own words where it has any. */
function serversWord(evidence: Evidence): string | undefined {
  const { review } = evidence;
  const whoAmI = sentInstead(evidence) ? evidence.whoAmIAsSent : evidence.whoAmI;
  if (review.known) {
    const { authenticated, username, error } = review.value;
    return authenticated ? `authenticated as ${username ?? 'nobody named'}` : (error ?? 'not authenticated');
  }
  if (!whoAmI.known) return undefined;
  if (whoAmI.value === undefined) return '401 Unauthorized';
  return whoAmI.value === UNNAMED ? userInWords(UNNAMED) : `it is ${whoAmI.value}`;
}

function wasHeard({ review, whoAmI, whoAmIAsSent }: Evidence): boolean {
  return review.known || whoAmI.known || whoAmIAsSent.known;
}

/** What a token says by itself, and how long what it hangs on lives. */
export function tokenView(
  { token, decoded }: Pick<Explanation, 'token' | 'decoded'>,
  evidence: Evidence,
  name: string,
  now: number,
): TokenView {
  const parts = evidence.claims ? [] : evidence.credential.trim().split('.');
  const [header, claims, signature] = parts.map((part) => part.length);
  return {
    kind: kindOf(token),
    owner: !token
      ? ''
      : token.kind === 'other'
        ? (token.issuer ?? '')
        : `${token.namespace}/${token.serviceAccount}`,
    name,
    parts:
      header !== undefined && claims !== undefined && signature !== undefined && parts.length === 3
        ? { header, claims, signature }
        : undefined,
    header: claimRows(decoded?.header ?? {}),
    claims: claimRows(decoded?.claims ?? {}),
    now,
    moments: momentsOf(token),
    lives: livesOf(token, evidence),
    traits: token ? traitsOf(token, now) : [],
    ...aboutSent(evidence),
  };
}

function kindOf(token: Token | undefined): string {
  if (!token) return 'No token that can be decoded';
  if (token.kind === 'other') return 'JWT of another issuer';
  if (token.kind === 'legacy') return 'Legacy token';
  return token.binding ? `${token.binding.kind}-bound token` : 'Bound token';
}

function momentsOf(token: Token | undefined): Moment[] {
  if (!token) return [];
  const { issuedAt, notBefore, expires } = token;
  const end = endOf(token);
  const warnAfter = token.kind === 'bound' ? token.warnAfter : undefined;
  const isPods = token.kind === 'bound' && token.binding?.kind === 'Pod';
  const renewable = warnAfter ?? expires;
  const refresh =
    isPods && issuedAt !== undefined && renewable !== undefined
      ? issuedAt + Math.min((renewable - issuedAt) * REFRESH_AFTER, REFRESH_AT_MOST)
      : undefined;
  const all: [string, number | undefined][] = [
    ['Issued', issuedAt],
    ['Not before', notBefore === issuedAt ? undefined : notBefore],
    ['Kubelet refreshes', refresh],
    ['Warn after', warnAfter],
    [end?.rule === undefined ? 'Expires' : 'Ends by its provider’s rule', end?.at],
  ];
  return all.flatMap(([label, at]) => (at === undefined ? [] : [{ label, at: Math.floor(at) }]));
}

/** The bars of the timeline: the token's own time, its ServiceAccount, and what it is bound to. */
function livesOf(token: Token | undefined, evidence: Evidence): Life[] {
  if (!token) return [];
  const from = token.notBefore ?? token.issuedAt;
  const own: Life = { label: 'Token', from, to: endOf(token)?.at, state: 'token' };
  const isTimed = !evidence.claims || token.kind === 'legacy' || token.expires !== undefined;
  if (token.kind === 'other') return [own];
  const lives = [
    isTimed ? own : undefined,
    lifeOf('ServiceAccount', evidence.serviceAccount, token.serviceAccountUid),
  ];
  const bound = token.kind === 'legacy' ? { kind: 'Secret', uid: undefined } : token.binding;
  if (bound) lives.push(lifeOf(bound.kind, evidence.boundObject, bound.uid));
  return lives.flatMap((life) => life ?? []);
}

function lifeOf(label: string, fact: Evidence['boundObject'], uid: string | undefined): Life | undefined {
  if (!fact.known) return undefined;
  const live: LiveObject | undefined = fact.value;
  if (!live) return { label: `${label} (gone)`, from: undefined, to: undefined, state: 'gone' };
  const { creationTimestamp: from, deletionTimestamp: to } = live;
  if (uid !== undefined && uid !== live.uid) return { label: `${label} (another)`, from, to, state: 'gone' };
  return { label, from, to, state: to === undefined ? 'alive' : 'ending' };
}

function chainOf({ token, steps }: Explanation): Link[] {
  if (!token) return [];
  const of = (ids: readonly Step['id'][], what: string, name: string | undefined): Link => {
    const states = steps.filter(({ id }) => ids.includes(id)).map((step) => step.state);
    const holds = states.length > 0 && states.every((one) => one === 'passed');
    const state = states.includes('failed') ? 'broken' : holds ? 'holds' : 'unknown';
    const found = what === 'Signing key' ? 'known' : 'there';
    const notes = { broken: 'broken here', holds: found, unknown: 'not checked' } as const;
    return { what, name: name ?? '', state, note: notes[state] };
  };
  const id = token.keyId;
  const shown = id === undefined ? 'any of the cluster’s' : id.length > 16 ? `${id.slice(0, 12)}…` : id;
  const key = of(['signature'], 'Signing key', shown);
  if (token.kind === 'other') return [key];
  const account = of(['serviceAccount'], 'ServiceAccount', `${token.namespace}/${token.serviceAccount}`);
  if (token.kind === 'legacy')
    return [account, of(['secret', 'storedToken', 'marked'], 'Secret', token.secret), key];
  if (!token.binding) return [account, key];
  const { kind, name } = token.binding;
  const node: Link[] =
    token.node === undefined
      ? []
      : [{ what: 'Node', name: token.node, state: 'unchecked', note: 'the server does not look' }];
  return [account, of(['boundObject'], kind, name), ...node, key];
}

/** What sets tokens apart: how long, what ends it, for whom, and who can tell. */
function traitsOf(token: Token, now: number): [string, string][] {
  const binding = token.kind === 'bound' ? token.binding : undefined;
  const end =
    token.kind === 'legacy'
      ? `deleting Secret ${token.secret ?? ''}`
      : binding
        ? `deleting ${binding.kind} ${binding.name}`
        : token.kind === 'bound'
          ? 'deleting its ServiceAccount; nothing else before its time'
          : 'its issuer alone';
  const account = token.kind === 'other' ? 'no ServiceAccount' : `${token.namespace}/${token.serviceAccount}`;
  return [
    ['Stands for', account],
    ['Its UID', token.kind === 'other' ? 'none' : (token.serviceAccountUid ?? 'not said')],
    ['Lives', datedVerdict(token, now)],
    ['Ends early by', end],
    [
      'Is for',
      token.audiences.length === 0 ? 'the API, as it names no audience' : token.audiences.join(', '),
    ],
    ['Issued by', token.issuer ?? 'nobody named'],
    ['Renewed', binding?.kind === 'Pod' ? 'by the kubelet, in the Pod’s file only' : 'by nobody'],
    ['Audit logs name it', token.id ?? 'by its Secret or ServiceAccount only'],
  ];
}
