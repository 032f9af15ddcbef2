import type { V1SelfSubjectRulesReview } from '@kubernetes/client-node';
import { Problem } from '../../errors.ts';
import type { Rights } from '../api/credentials.ts';
import type { Server } from '../connect/server.ts';
import { field, list, texts } from '../read/json.ts';

/** What the credential of a server may do in a namespace; undefined where the server does not tell. */
export async function askRights(
  server: Server,
  namespace: string,
  signal: AbortSignal,
): Promise<Rights | undefined> {
  const apiVersion = 'authorization.k8s.io/v1';
  const request = {
    method: 'POST',
    path: `/apis/${apiVersion}/selfsubjectrulesreviews`,
    body: {
      apiVersion,
      kind: 'SelfSubjectRulesReview',
      spec: { namespace },
    } satisfies V1SelfSubjectRulesReview,
  } as const;
  const { status, body } = await server.ask(request, signal);
  if (status === 401) {
    throw new Problem('unauthorized', `${server.context.endpoint.server} no longer accepts the credential.`);
  }
  const answer = field(body, 'status');
  if (status < 200 || status > 299 || answer === undefined) return undefined;
  return {
    namespace,
    isComplete: field(answer, 'incomplete') !== true,
    rules: list(answer, 'resourceRules').map((rule) => ({
      verbs: texts(rule, 'verbs'),
      apiGroups: texts(rule, 'apiGroups'),
      resources: texts(rule, 'resources'),
      resourceNames: texts(rule, 'resourceNames'),
    })),
  };
}
