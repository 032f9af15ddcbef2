import type { Cluster } from '../../../cluster/api.ts';
import { resourceInWords } from '../../../authorization/words.ts';
import { isRecord } from '../../../token/decode.ts';

/** A resource that the API server serves. */
export interface Resource {
  readonly group: string;
  /** With its subresource: `serviceaccounts/token`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** All resources and subresources, by aggregated discovery, two requests (GA since Kubernetes 1.30; served since 1.27). Empty where the server has none or refuses. Throws unreachable or cancelled. */
export async function servedResources(cluster: Cluster, signal: AbortSignal): Promise<readonly Resource[]> {
  const answers = await Promise.all(
    ['/api', '/apis'].map(async (path) => await cluster.ask({ path, accept: AGGREGATED }, signal)),
  );
  const found = new Map<string, Resource>();
  for (const { status, body } of answers) {
    if (status !== 200) continue;
    for (const resource of listOf(body, 'items').flatMap(resourcesOfGroup)) {
      const key = resourceInWords(resource.group, resource.resource);
      if (!found.has(key)) found.set(key, resource); // The preferred version comes first.
    }
  }
  return [...found.values()];
}

function resourcesOfGroup(item: unknown): Resource[] {
  const metadata = isRecord(item) ? item['metadata'] : undefined;
  const group = textOf(metadata, 'name');
  return listOf(item, 'versions').flatMap((version) =>
    listOf(version, 'resources').flatMap((resource) => {
      const name = textOf(resource, 'resource');
      const namespaced = textOf(resource, 'scope') === 'Namespaced';
      const whole: Resource = { group, resource: name, namespaced, verbs: verbsOf(resource) };
      const parts = listOf(resource, 'subresources').map((part) => ({
        group,
        resource: `${name}/${textOf(part, 'subresource')}`,
        namespaced,
        verbs: verbsOf(part),
      }));
      return (whole.verbs.length === 0 ? [] : [whole]).concat(parts);
    }),
  );
}

function verbsOf(value: unknown): readonly string[] {
  return listOf(value, 'verbs').filter((verb) => typeof verb === 'string');
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

function textOf(value: unknown, key: string): string {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}
