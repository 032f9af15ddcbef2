/** What the measurements of the live view share. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveKind, LiveView } from '../../src/cluster/api/live.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import type { Relay } from '../support/cluster/relay.ts';
import type { Row } from './row.ts';

export const kinds: readonly LiveKind[] = ['serviceAccounts', 'tokenSecrets'];
export const accountsOf = '/api/v1/namespaces/default/serviceaccounts';

export interface Followed {
  readonly view: LiveView;
  readonly end: () => void;
}

export function follow(open: () => Cluster): Followed {
  const cluster = open();
  const view = cluster.live();
  view.resume();
  return {
    view,
    end() {
      view.dispose();
      cluster.dispose();
    },
  };
}

export function isReady(view: LiveView): boolean {
  return kinds.every((kind) => view.state(kind).phase === 'ready');
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}

let collect: (() => void) | undefined;
/** Bytes of heap in use, garbage collected. */
export function heapUsed(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  return process.memoryUsage().heapUsed;
}

/** Opens the cluster through a relay. */
export async function relayed(controlPlane: ControlPlane, relay: Relay): Promise<() => Cluster> {
  const file = join(controlPlane.folder, 'relayed.json');
  const config = {
    clusters: [{ name: 'relayed', cluster: { server: relay.url } }],
    contexts: [{ name: 'relayed', context: { cluster: 'relayed' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return () => clusterAccess.open({ files: [file], context: 'relayed' });
}

interface Measured {
  readonly peer?: string;
  readonly ratio?: string;
  readonly target: string;
  readonly held: boolean | undefined;
}

export const row = (number: number, what: string, figure: string, measured: Measured): Row => ({
  row: number,
  what,
  figure,
  peer: '–',
  ratio: '–',
  ...measured,
});
export const ms = (time: number): string => `${time.toFixed(0)} ms`;
export const times = (ratio: number): string => `${ratio.toFixed(1)} ×`;
