import type { PodInfo } from '../../../cluster/api/objects.ts';
import { DEFAULT_MOUNT } from '../../../kubernetes.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import { objectPath } from '../objectPath.ts';
import type { Row } from '../row.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

export const pod: RowKind<NodeOf['pod']> = {
  words: ({ info }, { inventory }) => podWords(info, inventory),
  parent: inGroup('pods'),
  name: ({ info }) => info.name,
  path: ({ info }) => objectPath(info.namespace, 'pods', info.name),
};

const DEFAULT_TOKEN = `${DEFAULT_MOUNT}/token`;

/** A Pod: phase, node, and how it gets a token. */
export function podWords(pod: PodInfo, inventory: Inventory): Row {
  const tokens = pod.projectedTokens.map(({ path, audience, expirationSeconds }) => ({
    short: [
      `token${audience === undefined ? '' : ` for ${audience}`}`,
      `${expirationSeconds} s`,
      ...(path === DEFAULT_TOKEN ? [] : [path]),
    ].join(', '),
    long: `${path} (${audience === undefined ? 'for the API server' : `audience ${audience}`}, asked for ${expirationSeconds} s)`,
  }));
  const legacy = (pod.secrets ?? []).filter(({ name }) =>
    inventory.isTokenSecret({ namespace: pod.namespace, name }),
  );
  const without = tokens.length === 0 ? [whyNoToken(pod, inventory)] : [];
  return {
    label: pod.name,
    description: [
      pod.phase,
      ...(pod.node === undefined ? [] : [`on ${pod.node}`]),
      ...tokens.map(({ short }) => short),
      ...without,
      ...legacy.map(({ name }) => `token Secret ${name}`),
    ].join(' · '),
    tooltip: [
      `Pod ${pod.namespace}/${pod.name}`,
      pod.node === undefined ? `${pod.phase}, on no node yet` : `${pod.phase}, on node ${pod.node}`,
      ...tokens.map(({ long }) => `Projected token at ${long}`),
      ...(tokens.length === 0 ? [] : ['Projected tokens are bound to the Pod, and end with it.']),
      ...without.map((why) => `${why[0]?.toUpperCase() ?? ''}${why.slice(1)}.`),
      ...legacy.map(({ name, folder }) =>
        folder === undefined
          ? `Names token Secret ${name}, not as a file.`
          : `Mounts token Secret ${name} at ${folder}: that token does not end with the Pod.`,
      ),
    ],
    isWhole: true,
    icon: 'package',
    spoken: 'Pod',
  };
}

/** The Pod's own field wins, then the ServiceAccount's, else a token is mounted. */
function whyNoToken(pod: PodInfo, inventory: Inventory): string {
  if (pod.automount === false) return 'no token: automount off in the Pod';
  const account = inventory.account({ namespace: pod.namespace, name: pod.serviceAccount });
  const isOff = pod.automount === undefined && account?.settings?.automount === false;
  return isOff ? 'no token: automount off in the ServiceAccount' : 'no token mounted';
}
