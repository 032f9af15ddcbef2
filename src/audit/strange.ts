import type { TokenUse } from './summary.ts';

const familyOf = (address: string): string => (address.includes(':') ? '6' : '4');

/**
 * Marks from where a Pod's tokens were used that is none of its own: a Pod has one address of each family, and what runs
 * in its node's network has the node's, from which its kubelet came. Of several the most used is taken for the Pod's.
 */
export function withStrange(
  tokens: readonly TokenUse[],
  nodes: ReadonlyMap<string, ReadonlySet<string>>,
): TokenUse[] {
  const counts = new Map<string, Map<string, number>>();
  const several = podsOfSeveral(tokens);
  for (const { podUid, places } of tokens) {
    if (podUid === undefined || !several.has(podUid)) continue;
    const ofPod = counts.get(podUid) ?? new Map<string, number>();
    counts.set(podUid, ofPod);
    for (const { address, count } of places) ofPod.set(address, (ofPod.get(address) ?? 0) + count);
  }
  const own = new Map([...counts].map(([podUid, ofPod]) => [podUid, ownOf(ofPod)] as const));
  return tokens.map((token) => {
    const { podUid, node, places } = token;
    if (podUid === undefined || !several.has(podUid)) return token;
    const ofNode = node === undefined ? undefined : nodes.get(node);
    const others = places
      .map(({ address }) => address)
      .filter((address) => !own.get(podUid)?.has(address) && ofNode?.has(address) !== true);
    return others.length === 0 ? token : { ...token, strange: [...new Set(others)] };
  });
}

/** Pods of which the tokens came from more than one address: most have one, and nothing strange about it. */
function podsOfSeveral(tokens: readonly TokenUse[]): ReadonlySet<string> {
  const first = new Map<string, string>();
  const several = new Set<string>();
  for (const { podUid, places } of tokens) {
    if (podUid === undefined) continue;
    for (const { address } of places) {
      const known = first.get(podUid);
      if (known === undefined) first.set(podUid, address);
      else if (known !== address) several.add(podUid);
    }
  }
  return several;
}

/** The most used address of each family. */
function ownOf(ofPod: ReadonlyMap<string, number>): ReadonlySet<string> {
  const most = new Map<string, readonly [address: string, count: number]>();
  for (const [address, count] of ofPod) {
    const known = most.get(familyOf(address));
    if (!known || known[1] < count) most.set(familyOf(address), [address, count]);
  }
  return new Set([...most.values()].map(([address]) => address));
}
