import type { PodInfo } from '../api/objects.ts';
import { list, text } from './json.ts';

/** Where Pods name Secrets, whatever the kind of volume (kubernetes pkg/api/v1/pod/util.go, VisitPodSecretNames). */
const REFERENCES = new Set(['secret', 'secretRef', 'secretKeyRef', 'nodePublishSecretRef']);
const NONE: readonly never[] = [];

/** The Secrets that a Pod's spec names: in volumes, with the folder where a container sees them, in env, envFrom and imagePullSecrets. */
export function secretsOfPod(spec: unknown): NonNullable<PodInfo['secrets']> {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    list(spec, key),
  );
  const mounts = containers.flatMap((container) => list(container, 'volumeMounts'));
  const found = new Map<string, string | undefined>();
  for (const volume of list(spec, 'volumes')) {
    const mount = mounts.find((candidate) => text(candidate, 'name') === text(volume, 'name'));
    for (const name of namesIn(volume)) found.set(name, found.get(name) ?? text(mount, 'mountPath'));
  }
  const others = ['env', 'envFrom'].flatMap((key) =>
    containers.flatMap((container) => list(container, key).flatMap(namesIn)),
  );
  const pulls = list(spec, 'imagePullSecrets').flatMap((reference) => text(reference, 'name') ?? []);
  for (const name of [...others, ...pulls]) if (!found.has(name)) found.set(name, undefined);
  return found.size === 0 ? NONE : Array.from(found, ([name, folder]) => ({ name, folder }));
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'secretName' && typeof inner === 'string') return [inner];
    const own = REFERENCES.has(key) ? text(inner, 'name') : undefined;
    return own === undefined ? namesIn(inner) : [own];
  });
}
