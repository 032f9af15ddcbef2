import type { Cluster } from '../cluster/api/cluster.ts';
import { resourceInWords } from '../authorization/words.ts';
import { isRecord } from '../token/decode.ts';

/** A resource that the API server serves. */
export interface Resource {
  readonly group: string;
  /** With its subresource: `serviceaccounts/token`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/**
 * All groups in one answer, as servers give it from 1.30 on, or from 1.27 on; else the mere list of their versions
 * (k8s.io/apiserver pkg/endpoints/discovery/aggregated, AggregatedDiscoveryEndpoint in pkg/features/kube_features.go).
 */
const ACCEPTED = [
  ...['v2', 'v2beta1'].map((v) => `application/json;g=apidiscovery.k8s.io;v=${v};as=APIGroupDiscoveryList`),
  'application/json',
].join(',');

/**
 * All resources and subresources that a server serves, by two requests; up to Kubernetes 1.26 by one more for each
 * version of a group. Without those that it refuses to tell. Throws unreachable or cancelled.
 */
export async function servedResources(cluster: Cluster, signal: AbortSignal): Promise<readonly Resource[]> {
  const bodyAt = async (path: string, accept: string): Promise<unknown> => {
    const { status, body } = await cluster.ask({ path, accept }, signal);
    return status === 200 ? body : undefined;
  };
  const answers = await Promise.all(
    ['/api', '/apis'].map(async (path) => {
      const body = await bodyAt(path, ACCEPTED);
      const items = listOf(body, 'items');
      if (items.length > 0) return items.flatMap(resourcesOfGroup);
      const each = versionsIn(body).map(async (version) =>
        resourcesOfVersion(await bodyAt(`${path}/${version}`, 'application/json')),
      );
      return (await Promise.all(each)).flat();
    }),
  );
  const found = new Map<string, Resource>();
  for (const resource of answers.flat()) {
    const key = resourceInWords(resource.group, resource.resource);
    if (!found.has(key)) found.set(key, resource); // The preferred version comes first.
  }
  return [...found.values()];
}

/** What APIVersions (`v1`) and an APIGroupList (`apps/v1`) name; nothing that is no such name becomes a path. */
function versionsIn(body: unknown): readonly string[] {
  const ofGroups = listOf(body, 'groups')
    .flatMap((group) => listOf(group, 'versions'))
    .map((version) => textOf(version, 'groupVersion'));
  return [...listOf(body, 'versions'), ...ofGroups].filter(
    (version): version is string =>
      typeof version === 'string' && /^(?:[a-z0-9.-]+\/)?v[a-z0-9]+$/.test(version),
  );
}

/** Of an APIResourceList; a subresource stands there by its whole name. */
function resourcesOfVersion(body: unknown): Resource[] {
  const [group = '', version] = textOf(body, 'groupVersion').split('/');
  return listOf(body, 'resources').map((resource) => ({
    group: version === undefined ? '' : group,
    resource: textOf(resource, 'name'),
    namespaced: isRecord(resource) && resource['namespaced'] === true,
    verbs: verbsOf(resource),
  }));
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
