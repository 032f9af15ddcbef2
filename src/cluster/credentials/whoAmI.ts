import { resolve } from 'node:path';
import { ANONYMOUS } from '../../authentication/evidence.ts';
import { Problem } from '../../errors.ts';
import type { ClusterAccess } from '../api/cluster.ts';
import type { KubeconfigDocument } from '../api/contexts.ts';
import type { Identity } from '../api/credentials.ts';
import { contextInfo, mustNotBePlain, openContext, type OpenedContext } from '../connect/context.ts';
import { withFilesInside } from '../connect/credential.ts';
import { noJson } from '../connect/answerProblems.ts';
import { kubeconfigAlone } from '../../kubeconfig/alone.ts';
import { credentialOf, hasCertificate } from '../../kubeconfig/credential.ts';
import { parseKubeconfig, type Kubeconfig, type UserEntry } from '../../kubeconfig/read.ts';
import { Server } from '../connect/server.ts';
import { askRights } from './askRights.ts';
import { askWhoIs, VERSION_PATH } from '../read/whoIs.ts';

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

/** Who the server says the sender is, accepted in any case. Throws what its answer means where it accepts nobody. */
async function askIdentity(server: Server, signal: AbortSignal): Promise<Identity> {
  const { path, answer, identity } = await askWhoIs(async (request) => await server.ask(request, signal));
  const { endpoint, user } = server.context;
  const isUnseen = answer.status === 403 && identity?.username === ANONYMOUS;
  if (identity && !isUnseen) {
    if (identity.username !== undefined || sendsWhatIsJudged(user)) return identity;
    throw new Problem(
      'refused',
      `${endpoint.server} answers anybody, and is sent nothing that it would judge: who the sender is cannot be told.`,
    );
  }
  const resource = path === VERSION_PATH ? path : 'selfsubjectreviews';
  const verb = path === VERSION_PATH ? 'get' : 'create';
  const isAnswered = answer.status >= 200 && answer.status <= 299;
  if (isAnswered && answer.body !== undefined)
    throw new Problem('refused', "The server's answer names no user.");
  if (isAnswered) throw noJson(endpoint.server, answer.status);
  throw server.problemOf(answer, { verb, resource, namespace: undefined });
}

/** Whether a request carries what an API server judges: no password, which none looks at since 1.19. */
function sendsWhatIsJudged(user: UserEntry | undefined): boolean {
  if (!user) return false;
  return hasCertificate(user) || !['password', undefined].includes(credentialOf(user));
}
