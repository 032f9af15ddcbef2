import type { TokenSecretInfo } from '../../../cluster/api/objects.ts';
import { seenInFull, seenInWords } from '../../../audit/seen.ts';
import { does, since } from '../../../versions.ts';
import type { Cleaning } from '../../../inventory/cleaner.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import { objectPath } from '../objectPath.ts';
import type { Row } from '../row.ts';
import type { SecretState } from '../../../inventory/secretState.ts';
import { useInWords, useMeaning } from '../../../inventory/tokenUse.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

export const tokenSecret: RowKind<NodeOf['tokenSecret']> = {
  words: ({ info }, { inventory }) => tokenSecretWords(info, inventory),
  parent: (node, of) =>
    of ? inGroup('tokenSecrets')(node, of) : { kind: 'orphans', namespace: node.info.namespace },
  name: ({ info }) => info.name,
  path: ({ info }) => objectPath(info.namespace, 'secrets', info.name),
};

const FOR_PULLS =
  'OpenShift made it for a pull Secret (-dockercfg-): where it is deleted, pulls from the cluster’s own registry fail.';
/** A token Secret: its state first, then its use, then what the cleaner makes of it. */
export function tokenSecretWords(secret: TokenSecretInfo, inventory: Inventory): Row {
  const state = inventory.secretState(secret);
  const noted = inventory.noted();
  const { words, meaning, icon } = stateRow(state, secret, noted.minor);
  const use = useInWords(secret, noted);
  const users = inventory.usersOf(secret);
  const next = inventory.cleaning(secret);
  const named = users.map(({ name }) => name);
  const replacement = inventory.replacedBy(secret);
  const seen = inventory.seenSecret(secret);
  const now = Math.floor(Date.now() / 1000);
  const saysUse = state.kind === 'filled' || state.kind === 'unknown' || state.kind === 'invalid';
  return {
    label: secret.name,
    // What one has opened a log for comes first: a side bar cuts off what is last.
    description: [
      ...(seen === undefined ? [] : [seenInWords(seen.use, now)]),
      words,
      ...(replacement === undefined ? [] : [`replaced by ${replacement}, and still valid`]),
      ...(saysUse ? [use] : []),
      ...(secret.isForPulls === true ? ['OpenShift pulls with it'] : []),
      ...(next ? [cleaningInWords(next)] : []),
    ]
      .filter(Boolean)
      .join(' · '),
    tooltip: [
      `Token Secret ${secret.namespace}/${secret.name}`,
      meaning,
      ...(replacement === undefined
        ? []
        : [
            `Its rotation is not finished: ${replacement} has the new token, and this one is valid until it is revoked. Rotate Token Secret… goes on from here.`,
          ]),
      useMeaning(secret, noted, now),
      ...(seen === undefined ? [] : [`In ${seen.log}: ${seenInFull(seen.use, now)}.`]),
      ...(secret.isForPulls === true ? [FOR_PULLS] : []),
      ...(users.length === 0 ? [] : [`Named by ${named.length === 1 ? 'Pod' : 'Pods'} ${listed(named)}.`]),
      ...(inventory.isNamed(secret) === undefined ? ['Whether a Pod names it was not looked at yet.'] : []),
      ...cleaningTip(secret, inventory, next),
    ],
    icon: replacement === undefined ? icon : 'warning',
    isWarning: icon === 'warning' || replacement !== undefined,
    spoken: 'Token Secret',
  };
}

function stateRow(
  state: SecretState,
  { serviceAccount }: TokenSecretInfo,
  minor: number | undefined,
): { readonly words: string; readonly meaning: string; readonly icon: string } {
  switch (state.kind) {
    case 'orphan':
      return {
        words: `ServiceAccount ${serviceAccount || '(no name)'} is missing · about to be deleted`,
        meaning: `There is no ServiceAccount "${serviceAccount}": its token is refused, and the token controller deletes this Secret.`,
        icon: 'warning',
      };
    case 'other-uid':
      return {
        words: 'of an earlier ServiceAccount · about to be deleted',
        meaning: `Its uid annotation is not the uid of ServiceAccount "${serviceAccount}", which was created again: its token is refused, and the token controller deletes this Secret.`,
        icon: 'warning',
      };
    case 'invalid':
      return {
        words: `marked invalid since ${state.since}`,
        meaning:
          does(minor, 'refuses what is marked invalid') === false
            ? `It has the label kubernetes.io/legacy-token-invalid-since, and this API server accepts its token all the same: Kubernetes refuses it from ${since('refuses what is marked invalid')} on.`
            : `The API server refuses its token since ${state.since} (label kubernetes.io/legacy-token-invalid-since).`,
        icon: 'warning',
      };
    case 'waiting': {
      const since = state.since === undefined ? '' : ` since ${timeOf(state.since)}`;
      return {
        words: `waiting for ${state.keys.join(', ')}${since}`,
        meaning: `The token controller has still to fill: ${state.keys.join(', ')}${since}.`,
        icon: 'watch',
      };
    }
    case 'filled':
      return {
        words: '',
        meaning: 'Filled. Its token has no end: it is valid until this Secret is deleted.',
        icon: 'key',
      };
    case 'partly':
      return {
        words: `${state.keys} of 3 keys filled`,
        meaning: `The token controller has still to fill it: the server counts ${state.keys} keys, and its metadata does not tell which.`,
        icon: 'watch',
      };
    case 'unknown':
      return { words: '', meaning: 'Its metadata does not tell whether it is filled.', icon: 'key' };
  }
}

function cleaningInWords({ does, from }: Cleaning): string {
  return does === 'invalidate' ? `cleaner from ${from}` : `deleted from ${from}`;
}

function cleaningTip(
  secret: TokenSecretInfo,
  inventory: Inventory,
  next: Cleaning | undefined,
): readonly string[] {
  if (next) {
    const act = next.does === 'invalidate' ? 'marks its token invalid' : 'deletes it';
    const doubt = next.isExact
      ? ''
      : ' It may be later: when uses began to be noted could not be read (ConfigMap kube-system/kube-apiserver-legacy-service-account-token-tracking).';
    return [
      `Listed in its ServiceAccount's .secrets: if unused, the cleaner ${act} from ${next.from} on, by its default period of 365 days.${doubt}`,
    ];
  }
  if (does(inventory.noted().minor, 'cleans up legacy tokens') === false) {
    return [
      `This cluster has no cleaner of legacy tokens, which Kubernetes has from ${since('cleans up legacy tokens')} on.`,
    ];
  }
  const account = inventory.account({ namespace: secret.namespace, name: secret.serviceAccount });
  if (!account) return [];
  return account.settings?.secrets.includes(secret.name) === true
    ? inventory.isNamed(secret) === undefined
      ? ['Listed in its ServiceAccount’s .secrets: the cleaner may take it up, unless a Pod names it.']
      : ['Listed in its ServiceAccount’s .secrets; the cleaner leaves it alone while a Pod names it.']
    : ['The cleaner of legacy tokens leaves it alone: its ServiceAccount does not list it in .secrets.'];
}

function listed(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

/** Local time of seconds since the epoch; with the day where it is not today's. */
function timeOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday ? time.toLocaleTimeString() : time.toLocaleString();
}
