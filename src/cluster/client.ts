import { readCarrier } from '../authentication/carrier.ts';
import type { Cluster, ClusterAccess } from './api/cluster.ts';
import type { KubeconfigInUse } from './api/contexts.ts';
import { isSameDestination, mayBeSameCluster } from '../kubeconfig/sameDestination.ts';
import { offlineEvidence, type Evidence } from '../authentication/evidence.ts';
import { sentInstead } from '../authentication/explainSent.ts';
import { termsOfSending, termsOfShowing } from './connect/agreement.ts';
import {
  contextInfo,
  contextWithoutToken,
  contextWithToken,
  openContext,
  type OpenedContext,
} from './connect/context.ts';
import { kubeconfigFiles, loadKubeconfig } from './connect/load.ts';
import { Server } from './connect/server.ts';
import { applyObject, planApply } from './credentials/apply.ts';
import { bindable, bindableNamed, createSentinel } from './credentials/bindable.ts';
import { checkTokenSecret } from './credentials/checks.ts';
import { followTokenSecret } from './credentials/follow.ts';
import {
  createTokenSecret,
  deleteExactly,
  listServiceAccounts,
  readSecretToken,
  readServiceAccount,
  tokenSecretsOf,
} from './credentials/tokenSecrets.ts';
import { requestToken } from './credentials/tokenRequest.ts';
import { readPodUse, readSecretInfo, readUses } from './credentials/uses.ts';
import { alone, describe, prove, whoAmI } from './credentials/whoAmI.ts';
import { createLiveView } from './live/view.ts';
import { readVersion } from './read/version.ts';
import { gatherEvidence } from './evidence/gather.ts';
import { gatherSent } from './evidence/gatherSent.ts';
import { isSameCluster, keysFit } from './evidence/otherClusters.ts';
import {
  anonymousContext,
  certificateOfKubeconfig,
  contextAsSent,
  contextItself,
  contextsOf,
  contextWithOwn,
  readSending,
  sameServer,
} from './evidence/sending.ts';
import { PODS, SERVICE_ACCOUNTS, TOKEN_SECRETS } from './read/kinds.ts';
import { takeSnapshot } from './read/snapshot.ts';

/** All that is behind the door; see api.ts. */
export const clusterAccess: ClusterAccess = {
  contexts(source) {
    const config = loadKubeconfig(source);
    return {
      contexts: [...config.contexts.values()].map((context) => contextInfo(config, context)),
      current: config.current,
    };
  },
  open({ context, agreed, ...source }) {
    return clusterOf(new Server(openContext(loadKubeconfig(source), context, agreed)));
  },
  whoAmI,
  prove,
  describe,
  alone,
  contextsOf,
  sending: readSending,
  openAnonymously: (kubeconfig) => clusterOf(new Server(anonymousContext(kubeconfig))),
  sameServer,
  filesOf: kubeconfigFiles,
};

const NO_LOGIN = 'no other login of yours leads to this server, and it tells a stranger nothing';

function clusterOf(server: Server): Cluster {
  return {
    context: server.context.info,
    endpoint: server.context.endpoint,
    snapshot: async (signal) => await takeSnapshot(server, signal),
    live: (options) => createLiveView(server, options ?? {}),
    serviceAccounts: async (signal) => await listServiceAccounts(server, signal),
    serviceAccount: async (ref, signal) => await readServiceAccount(server, ref, signal),
    tokenSecretsOf: async (account, signal) => await tokenSecretsOf(server, account, signal),
    checkTokenSecret: async (manifest, signal) => await checkTokenSecret(server, manifest, signal),
    planApply: async (manifest, signal) => await planApply(server, manifest, signal),
    apply: async (manifest, options, signal) => await applyObject(server, manifest, options, signal),
    createTokenSecret: async (manifest, signal) => await createTokenSecret(server, manifest, signal),
    followTokenSecret: async (ref, onState, signal) => {
      await followTokenSecret(server, ref, onState, signal);
    },
    readSecretToken: async (ref, signal) => await readSecretToken(server, ref, signal),
    requestToken: async (account, options, signal) => await requestToken(server, account, options, signal),
    bindable: async (kind, account, signal) => await bindable(server, kind, account, signal),
    bindableNamed: async (kind, ref, signal) => await bindableNamed(server, kind, ref, signal),
    createSentinel: async (sentinel, signal) => await createSentinel(server, sentinel, signal),
    deleteSecret: async (secret, signal) => {
      await deleteExactly(server, TOKEN_SECRETS, secret, signal);
    },
    deletePod: async (pod, signal) => {
      await deleteExactly(server, PODS, pod, signal);
    },
    deleteServiceAccount: async (account, signal) => {
      await deleteExactly(server, SERVICE_ACCOUNTS, account, signal);
    },
    secret: async (ref, signal) => await readSecretInfo(server, ref, signal),
    pod: async (ref, signal) => await readPodUse(server, ref, signal),
    version: async (signal) => await readVersion(server, signal),
    uses: async (namespace, signal, options) => await readUses(server, namespace, signal, options),
    gatherEvidence: async (...asked) => await gatherFrom(server, ...asked),
    isClusterOf: async (...asked) => await isLedTo(server, ...asked),
    termsToSend: (credential) => termsOfSending(readCarrier(credential).token, server.context.endpoint),
    termsToShow: (sent) => termsOfShowing(sent, server.context.endpoint),
    keysFit: async (token, signal) =>
      await keysFit({ ask: async (...one) => await server.ask(...one) }, token, signal),
    ask: async (request, signal) => await server.ask(request, signal),
    dispose() {
      server.dispose();
    },
  };
}

async function gatherFrom(
  server: Server,
  ...[credential, options, signal]: Parameters<Cluster['gatherEvidence']>
): Promise<Evidence> {
  const { context } = server;
  const asking = {
    ask: async (...one: Parameters<Cluster['ask']>) => await server.ask(...one),
    noLogin: context.user === undefined ? NO_LOGIN : undefined,
    endpoint: context.endpoint,
  };
  const sent = sentInstead(offlineEvidence(credential, options.known));
  const { asSent, program } = options;
  if (sent && asSent) {
    const open = (): OpenedContext => contextItself(asSent, sent, context.endpoint, program);
    const pem = (): string | undefined => certificateOfKubeconfig(asSent);
    return await gatherSent(asking, { sent, pem, open }, options, signal);
  }
  const witness = {
    ...asking,
    sends: async (token: string) => await server.sends(token),
    withoutToken: () => {
      const careful = contextWithoutToken(context);
      const asker = new Server(careful);
      return {
        isNobody: careful.user === undefined,
        ask: async (...one: Parameters<Cluster['ask']>) => await asker.ask(...one),
        dispose: () => {
          asker.dispose();
        },
      };
    },
    asToken: (token: string) => new Server(contextWithToken(context, token)),
    asSent: (kubeconfig: KubeconfigInUse, token: string) =>
      new Server(contextAsSent(kubeconfig, token, context.endpoint)),
  };
  return await gatherEvidence(witness, credential, options, signal);
}

async function isLedTo(
  server: Server,
  ...[kubeconfig, signal]: Parameters<Cluster['isClusterOf']>
): Promise<boolean> {
  const context = contextWithOwn(kubeconfig);
  if (isSameDestination(context.endpoint, server.context.endpoint)) return true;
  if (!mayBeSameCluster(context.endpoint, server.context.endpoint)) return false;
  const other = new Server(context);
  try {
    return await isSameCluster(server, other, signal);
  } finally {
    other.dispose();
  }
}
