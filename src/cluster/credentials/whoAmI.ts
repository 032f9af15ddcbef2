import { resolve } from 'node:path';
import { Problem } from '../../errors.ts';
import type { ClusterAccess, Identity, KubeconfigDocument } from '../api.ts';
import { openContext, type OpenedContext } from '../connect/context.ts';
import { parseKubeconfig } from '../../kubeconfig/read.ts';
import { Server } from '../connect/server.ts';
import { field, list, text } from '../read/json.ts';
import { askRights } from './rights.ts';

/** GA in 1.28; the older ones answer back to 1.26, as `kubectl auth whoami` tries them. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

/** See ClusterAccess.whoAmI. */
export const whoAmI: ClusterAccess['whoAmI'] = async (document, signal) =>
  await asked(document, async (server) => await askIdentity(server, signal));

/** See ClusterAccess.prove. */
export const prove: ClusterAccess['prove'] = async (document, signal) =>
  await asked(document, async (server) => {
    const identity = await askIdentity(server, signal);
    const { info, endpoint } = server.context;
    const rights = await askRights(server, document.namespace ?? info.namespace, signal);
    return { identity, rights, server: endpoint.server };
  });

/** See ClusterAccess.describe. */
export const describe: ClusterAccess['describe'] = (document) => {
  const { info, endpoint } = opened({ ...document, allowPrograms: true });
  return { ...info, endpoint };
};

async function asked<T>(document: KubeconfigDocument, ask: (server: Server) => Promise<T>): Promise<T> {
  const server = new Server(opened(document));
  try {
    return await ask(server);
  } finally {
    server.dispose();
  }
}

function opened({ text, folder, context, allowPrograms = false }: KubeconfigDocument): OpenedContext {
  const config = parseKubeconfig(text, 'The kubeconfig', (path) => resolve(folder, path));
  const name = context ?? config.current;
  if (name === undefined) throw new Problem('no-kubeconfig', 'The kubeconfig has no current-context.');
  return openContext(config, name, allowPrograms);
}

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
