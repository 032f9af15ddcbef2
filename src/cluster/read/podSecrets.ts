import type { PodInfo } from '../api/objects.ts';
import { field, list, text } from './json.ts';

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
    const names = namesIn(volume);
    if (names.length === 0) continue;
    const mount = mounts.find((candidate) => text(candidate, 'name') === text(volume, 'name'));
    for (const name of names) found.set(name, found.get(name) ?? text(mount, 'mountPath'));
  }
  const others: string[] = [];
  for (const container of containers) {
    namesIn(list(container, 'env'), others);
    namesIn(list(container, 'envFrom'), others);
  }
  const pulls = list(spec, 'imagePullSecrets').flatMap((reference) => text(reference, 'name') ?? []);
  for (const name of [...others, ...pulls]) if (!found.has(name)) found.set(name, undefined);
  return found.size === 0 ? NONE : Array.from(found, ([name, folder]) => ({ name, folder }));
}

/** Puts the names that a value mentions into a list: there are many values, and few names. */
function namesIn(value: unknown, names: string[] = []): string[] {
  if (Array.isArray(value)) for (const one of value) namesIn(one, names);
  else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      const inner = field(value, key);
      const own = REFERENCES.has(key) ? text(inner, 'name') : undefined;
      if (own !== undefined) names.push(own);
      else if (key === 'secretName' && typeof inner === 'string') names.push(inner);
      else if (typeof inner === 'object') namesIn(inner, names);
    }
  }
  return names;
}
