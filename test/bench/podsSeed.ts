/** Fills a control plane with Pods as big clusters have them. */
import type { ControlPlane } from '../../sandbox/controlPlane.ts';

const WORKERS = 24;
/** The one namespace that has many: as many Pods of all as row 22 wants. */
export const BUSY = 'busy';
const IN_BUSY = 5000;
const NAMESPACES = 1000;

/** How many Pods are made, and what else there is beside them. */
export interface Seeded {
  readonly pods: number;
  readonly namespaces: number;
  readonly accounts: number;
}

/** Two ServiceAccounts in each of 1,000 namespaces, and Pods of about 12 kB, 5,000 of them in one namespace. */
export async function seedPods(
  { request }: Pick<ControlPlane, 'request'>,
  pods: number,
  say: (line: string) => void,
): Promise<Seeded> {
  const names = [BUSY, ...Array.from({ length: NAMESPACES - 1 }, (_, index) => `team-${index}`)];
  await each(names, async (name) => {
    await request('POST', '/api/v1/namespaces', { metadata: { name } });
    await request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'worker' } });
  });
  const inBusy = Math.min(IN_BUSY, pods / 2);
  const others = names.slice(1);
  let made = 0;
  await each(
    Array.from({ length: pods }, (_, index) => index),
    async (index) => {
      const namespace = index < inBusy ? BUSY : (others[index % others.length] ?? BUSY);
      await request('POST', `/api/v1/namespaces/${namespace}/pods`, podOf(index));
      made += 1;
      if (made % 5000 === 0) say(`${made.toLocaleString('en')} Pods created`);
    },
  );
  return { pods, namespaces: NAMESPACES, accounts: 2 * NAMESPACES };
}

async function each<T>(all: readonly T[], does: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length) {
      const one = all[next] as T;
      next += 1;
      await does(one);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** As controllers and meshes make them: two containers and a sidecar, with variables, volumes, probes and annotations. */
function podOf(index: number): object {
  const container = (name: string): object => ({
    name,
    image: `registry.example.invalid/team/${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
    args: ['--config=/etc/app/config.yaml', '--listen=:8080', `--shard=${index % 64}`, '--log-level=info'],
    env: Array.from({ length: 18 }, (_, at) => ({
      name: `SETTING_${at}`,
      value: `https://service-${(index * 31 + at) % 977}.internal.example.invalid/v1/endpoint/${index}`,
    })),
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 10 },
    livenessProbe: { httpGet: { path: '/live', port: 8080 }, periodSeconds: 20 },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/app' },
      { name: 'scratch', mountPath: '/tmp' },
    ],
  });
  return {
    metadata: {
      name: `pod-${index}`,
      labels: { app: 'web', 'pod-template-hash': `h${index % 997}`, team: `team-${index % 40}` },
      annotations: {
        'example.invalid/injected': 'true',
        'example.invalid/status': JSON.stringify({
          version: index,
          containers: ['sidecar'],
          hash: 'a'.repeat(64),
        }),
      },
    },
    spec: {
      serviceAccountName: 'worker',
      containers: ['web', 'worker', 'sidecar'].map(container),
      volumes: [
        { name: 'config', configMap: { name: 'config' } },
        { name: 'scratch', emptyDir: {} },
        ...(index % 500 === 0 ? [{ name: 'held', secret: { secretName: 'held' } }] : []),
      ],
    },
  };
}
