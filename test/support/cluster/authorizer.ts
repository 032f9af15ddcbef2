import type { Action } from '../../../src/authorization/rules.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import type { ObjectRef } from '../../../src/cluster/api/objects.ts';

/** What a request is about besides verb and resource, as the API server tells it to its authorizers. */
export interface Target {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}

/** Whether the API server's own authorizer lets a ServiceAccount do something. */
export async function serverAllows(
  cluster: Cluster,
  { namespace, name }: ObjectRef,
  action: Action,
  on: Target,
): Promise<boolean> {
  const attributes =
    'path' in action
      ? { nonResourceAttributes: action }
      : {
          resourceAttributes: { verb: action.verb, group: action.group, ...partsOf(action.resource), ...on },
        };
  const spec = {
    ...attributes,
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { body } = await cluster.ask({ method: 'POST', path, body: { spec } }, AbortSignal.timeout(10_000));
  return (body as { status: { allowed: boolean } }).status.allowed;
}

function partsOf(full: string): { resource: string; subresource?: string } {
  const slash = full.indexOf('/');
  if (slash < 0) return { resource: full };
  return { resource: full.slice(0, slash), subresource: full.slice(slash + 1) };
}
