import { resolve } from 'node:path';
import { Problem } from '../../errors.ts';
import type { ClusterAccess, Identity } from '../api.ts';
import { openContext } from '../connect/context.ts';
import { parseKubeconfig } from '../../kubeconfig/read.ts';
import { Server } from '../connect/server.ts';
import { field, list, text } from '../read/json.ts';

/** GA in 1.28; the older ones answer back to 1.26, as `kubectl auth whoami` tries them. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

/** See ClusterAccess.whoAmI. */
export const whoAmI: ClusterAccess['whoAmI'] = async (document, signal) => {
  const config = parseKubeconfig(document.text, 'The kubeconfig', (path) => resolve(document.folder, path));
  const name = document.context ?? config.current;
  if (name === undefined) throw new Problem('no-kubeconfig', 'The kubeconfig has no current-context.');
  const server = new Server(openContext(config, name, false));
  try {
    return await askIdentity(server, signal);
  } finally {
    server.dispose();
  }
};

async function askIdentity(server: Server, signal: AbortSignal): Promise<Identity> {
  const need = { verb: 'create', resource: 'selfsubjectreviews', namespace: undefined, name: '' };
  for (const version of VERSIONS) {
    const apiVersion = `authentication.k8s.io/${version}`;
    const request = {
      method: 'POST',
      path: `/apis/${apiVersion}/selfsubjectreviews`,
      body: { apiVersion, kind: 'SelfSubjectReview' },
    } as const;
    try {
      const { body } = await server.succeed(request, need, signal);
      return identityOf(field(field(body, 'status'), 'userInfo'));
    } catch (error) {
      if (!Problem.is(error, 'not-found')) throw error;
    }
  }
  throw new Problem(
    'refused',
    `${server.context.endpoint.server} does not serve SelfSubjectReview, which Kubernetes has had since 1.26; its answer cannot tell who the credential is.`,
  );
}

function identityOf(userInfo: unknown): Identity {
  const username = text(userInfo, 'username');
  if (username === undefined) throw new Problem('refused', "The server's answer names no user.");
  return {
    username,
    uid: text(userInfo, 'uid'),
    groups: list(userInfo, 'groups').filter((group) => typeof group === 'string'),
  };
}
