import type { Place } from './summary.ts';

/** What is looked at of a token, to tell whether it was used where it should not be. */
export interface Trace {
  readonly podUid: string | undefined;
  readonly node: string | undefined;
  /** From where it came, each address as often as it has places. */
  addresses(): Iterable<Pick<Place, 'address' | 'count'>>;
}

const familyOf = (address: string): string => (address.includes(':') ? '6' : '4');
const NONE: readonly string[] = [];

/**
 * Tells of a token from which addresses it was used that are none of its Pod's: a Pod has one address of each family, and
 * what runs in its node's network has the node's, from which its kubelet came. Of several the most used is taken for the
 * Pod's. `tokens`: all that are known.
 */
export function strangersAmong(
  tokens: Iterable<Trace>,
  nodes: ReadonlyMap<string, ReadonlySet<string>>,
): (token: Trace) => readonly string[] {
  const counts = countsOfSeveral(tokens);
  const own = new Map([...counts].map(([podUid, ofPod]) => [podUid, ownOf(ofPod)] as const));
  return (token) => {
    const { podUid, node } = token;
    const ofPod = podUid === undefined ? undefined : own.get(podUid);
    if (!ofPod) return NONE;
    const ofNode = node === undefined ? undefined : nodes.get(node);
    const strange = new Set<string>();
    for (const { address } of token.addresses()) {
      if (!ofPod.has(address) && ofNode?.has(address) !== true) strange.add(address);
    }
    return strange.size === 0 ? NONE : [...strange];
  };
}

/** How often each address came with tokens of a Pod, of those with more than one: most have one, and nothing strange about it. */
function countsOfSeveral(tokens: Iterable<Trace>): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const first = new Map<string, string>();
  const several = new Map<string, Map<string, number>>();
  for (const [podUid, token] of ofPods(tokens)) {
    for (const { address } of token.addresses()) {
      const known = first.get(podUid);
      if (known === undefined) first.set(podUid, address);
      else if (known !== address) several.set(podUid, new Map());
    }
  }
  if (several.size === 0) return several;
  for (const [podUid, token] of ofPods(tokens)) {
    const ofPod = several.get(podUid);
    if (!ofPod) continue;
    for (const { address, count } of token.addresses()) {
      ofPod.set(address, (ofPod.get(address) ?? 0) + count);
    }
  }
  return several;
}

function* ofPods(tokens: Iterable<Trace>): Generator<readonly [podUid: string, token: Trace]> {
  for (const token of tokens) if (token.podUid !== undefined) yield [token.podUid, token];
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
