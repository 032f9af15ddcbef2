import { resolve } from 'node:path';
import { Problem } from '../../errors.ts';
import type { ClusterAccess, Identity, KubeconfigDocument } from '../api.ts';
import { contextInfo, mustNotBePlain, openContext, type OpenedContext } from '../connect/context.ts';
import { withFilesInside } from '../connect/credential.ts';
import { kubeconfigAlone } from '../../kubeconfig/alone.ts';
import { parseKubeconfig, type Kubeconfig } from '../../kubeconfig/read.ts';
import { Server } from '../connect/server.ts';
import { field, list, text } from '../read/json.ts';
import { askRights } from './rights.ts';
import { since } from '../../versions.ts';

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
  const { config, name } = read(document);
  const context = config.contexts.get(name);
  const terms = context && contextInfo(config, context).terms;
  const { info, endpoint } = openContext(config, name, terms === undefined ? undefined : { terms });
  return { ...info, endpoint };
};

/** See ClusterAccess.alone. */
export const alone: ClusterAccess['alone'] = async (document) => {
  const { info, endpoint, user } = opened(document);
  const { name, namespace } = info;
  return kubeconfigAlone({ name, namespace, endpoint, user: user && (await withFilesInside(user)) });
};

async function asked<T>(document: KubeconfigDocument, ask: (server: Server) => Promise<T>): Promise<T> {
  const server = new Server(opened(document));
  try {
    return await ask(server);
  } finally {
    server.dispose();
  }
}

/** Opens a document's context for one use. What it is proved by is what was read now: files that it names are not read again. */
function opened(document: KubeconfigDocument): OpenedContext {
  const { config, name } = read(document);
  const context = openContext(config, name, document.agreed);
  const { endpoint, cluster } = context;
  const named = config.users.get(context.info.user);
  if (named) mustNotBePlain(endpoint);
  const ca = endpoint.certificateAuthority;
  const caData = ca === undefined ? undefined : Buffer.from(ca, 'latin1').toString('base64');
  return { ...context, cluster: { ...cluster, caFile: undefined, caData } };
}

function read({ text, folder, context }: KubeconfigDocument): {
  readonly config: Kubeconfig;
  readonly name: string;
} {
  const config = parseKubeconfig(text, 'The kubeconfig', (path) => resolve(folder, path));
  const name = context ?? config.current;
  if (name === undefined) throw new Problem('no-kubeconfig', 'The kubeconfig has no current-context.');
  return { config, name };
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
    `${server.context.endpoint.server} does not serve SelfSubjectReview, which Kubernetes does from ${since('serves SelfSubjectReview')} on; its answer cannot tell who the credential is.`,
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
