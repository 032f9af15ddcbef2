import type * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { LiveKind, LiveView } from '../../cluster/api/live.ts';
import type { ObjectRef, ServiceAccountInfo } from '../../cluster/api/objects.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import { isSameDestination, mayBeSameCluster } from '../../kubeconfig/sameDestination.ts';
import { parseKubeconfig, type ClusterEntry, type Kubeconfig } from '../../kubeconfig/read.ts';
import { namespaceProblem, nameProblem } from '../../manifest/names.ts';
import type { BoundToken, LegacyToken, Token } from '../../token/classify.ts';
import { isRecord } from '../../token/decode.ts';
import type { Carrier } from '../workbench/liveAccounts.ts';

/** Larger documents are not looked at as kubeconfigs, in UTF-16 units. */
const MAX_LENGTH = 1024 * 1024;

type Issued = BoundToken | LegacyToken;
type View = Pick<LiveView, 'state' | 'serviceAccount' | 'tokenSecret' | 'pod' | 'followPod'>;

/** By what a cluster signs: its issuer, and the ids of its keys. */
interface Signers {
  readonly issuer: string;
  readonly keys: ReadonlySet<string>;
}

/**
 * What the rows of a cluster tell of tokens: that the Pod, the Secret or the ServiceAccount that one hangs on is gone. A
 * token is judged only where it is this cluster's: the kubeconfig that it stands in leads here, or its issuer and key
 * are and no kubeconfig leads elsewhere, as a cluster may say any issuer and any public key. What was not looked at, or
 * may be out of date, is not known, and never gone: Nodes, and Secrets that no token was made for, are not listed. The
 * Pod of such a token is asked for by its name, where its namespace's are not followed.
 */
export class KnownEnds {
  readonly #live: View;
  readonly #cluster: Pick<Cluster, 'context' | 'endpoint'>;
  #signers: Signers | undefined;
  /** The token Secrets that were there when a token that is bound to one was asked about. */
  readonly #seen = new Set<string>();
  /** What was seen to be gone does not come back: a uid is given once. */
  readonly #gone = new Set<string>();
  readonly #kubeconfigs = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly kubeconfig: Kubeconfig | undefined }
  >();

  constructor(live: View, cluster: Pick<Cluster, 'context' | 'endpoint'>) {
    this.#live = live;
    this.#cluster = cluster;
  }

  /** Reads by what the cluster signs, as it tells everybody who may know. Throws as `ask` does. */
  async readSigners(ask: Cluster['ask'], signal: AbortSignal): Promise<void> {
    const [issuer, keys] = await Promise.all([
      ask({ path: '/.well-known/openid-configuration' }, signal),
      ask({ path: '/openid/v1/jwks', accept: 'application/jwk-set+json, application/json' }, signal),
    ]);
    this.#signers = signersIn(issuer.body, keys.body);
  }

  /** See LiveSource.whyEnded. */
  whyEnded(token: Token, carrier: Carrier | undefined): string | undefined {
    if (token.kind === 'other') return undefined;
    const why = this.#whyGone(token);
    const ask = why === undefined ? this.#unasked(token) : undefined;
    if ((why ?? ask) === undefined || !this.#isOurs(token, carrier)) return undefined;
    if (ask) this.#live.followPod(ask);
    if (why === undefined) return undefined;
    return `its ${why} (seen in ${this.#cluster.context.name})`;
  }

  #whyGone(token: Issued): string | undefined {
    const { namespace, serviceAccountUid: uid } = token;
    const account = this.#account(token);
    if (account === undefined && this.#isCertain('serviceAccounts', namespace))
      return 'ServiceAccount is gone';
    if (account !== undefined && uid !== undefined && account.uid !== uid) {
      return 'ServiceAccount is gone, and another has its name';
    }
    if (token.kind === 'legacy') return this.#whySecret(token);
    const { binding } = token;
    if (binding?.uid === undefined) return undefined;
    if (binding.kind === 'Pod') return this.#whyPod(namespace, binding.name, binding.uid);
    return binding.kind === 'Secret' ? this.#whyBoundSecret(namespace, binding.name, binding.uid) : undefined;
  }

  #whyPod(namespace: string, name: string, uid: string): string | undefined {
    const key = `${namespace}/${uid}`;
    if (this.#gone.has(key)) return 'Pod is gone';
    const { state, pod } = this.#live.pod({ namespace, name });
    if (state.phase !== 'ready' || pod?.uid === uid) return undefined;
    this.#gone.add(key);
    return 'Pod is gone';
  }

  /** The Pod that a token hangs on, where nobody has asked for it yet. The names are a stranger's. */
  #unasked({ kind, namespace, ...token }: Issued): ObjectRef | undefined {
    const binding = 'binding' in token ? token.binding : undefined;
    if (kind !== 'bound' || binding?.kind !== 'Pod' || binding.uid === undefined) return undefined;
    const { name, uid } = binding;
    if (this.#gone.has(`${namespace}/${uid}`)) return undefined;
    if (namespaceProblem(namespace) !== undefined || nameProblem(name) !== undefined) return undefined;
    return this.#live.pod({ namespace, name }).state.phase === 'unasked' ? { namespace, name } : undefined;
  }

  /** One that is not among the token Secrets may be of another type, unless it was among them. */
  #whyBoundSecret(namespace: string, name: string, uid: string): string | undefined {
    const key = `${namespace}/${uid}`;
    if (this.#gone.has(key)) return 'Secret is gone';
    if (!this.#isCertain('tokenSecrets', namespace)) return undefined;
    const there = this.#live.tokenSecret({ namespace, name });
    if (there?.uid === uid) this.#seen.add(key);
    if (there ? there.uid === uid : !this.#seen.has(key)) return undefined;
    this.#gone.add(key);
    return 'Secret is gone';
  }

  #whySecret({ namespace, secret }: LegacyToken): string | undefined {
    if (secret === undefined || !this.#isCertain('tokenSecrets', namespace)) return undefined;
    return this.#live.tokenSecret({ namespace, name: secret }) ? undefined : 'Secret is gone';
  }

  #account({ namespace, serviceAccount: name }: Issued): ServiceAccountInfo | undefined {
    return this.#live.serviceAccount({ namespace, name });
  }

  /** Whether all of a kind is known as it is now: what is paused or out of date may lack what is new. */
  #isCertain(kind: LiveKind, namespace: string): boolean {
    return this.#live.state(kind, namespace).phase === 'ready';
  }

  #isOurs(token: Issued, carrier: Carrier | undefined): boolean {
    const ways = carrier ? this.#waysOf(carrier) : [];
    if (ways.length > 0 && ways.every((cluster) => this.#isHere(cluster, token))) return true;
    if (ways.some((cluster) => this.#isElsewhere(cluster))) return false;
    const { keyId, issuer } = token;
    const signers = this.#signers;
    const isSigned = signers !== undefined && keyId !== undefined && signers.keys.has(keyId);
    return isSigned && (token.kind === 'legacy' || issuer === signers.issuer);
  }

  /** The cluster of each context that sends a token. */
  #waysOf({ document, jwt }: Carrier): readonly (ClusterEntry | undefined)[] {
    const kubeconfig = this.#kubeconfigIn(document);
    if (!kubeconfig) return [];
    return [...kubeconfig.contexts.values()]
      .filter(({ user }) => kubeconfig.users.get(user)?.token === jwt)
      .map(({ cluster }) => kubeconfig.clusters.get(cluster));
  }

  /** Whether an entry trusts another authority than this cluster's, at another address: at this one it may be an old one. */
  #isElsewhere(entry: ClusterEntry | undefined): boolean {
    const endpoint = entry && endpointOf(entry);
    const here = this.#cluster.endpoint;
    if (!endpoint || mayBeSameCluster(endpoint, here)) return false;
    return !isSameDestination({ ...here, server: endpoint.server }, here);
  }

  #isHere(entry: ClusterEntry | undefined, token: Issued): boolean {
    const endpoint = entry && endpointOf(entry);
    if (!endpoint) return false;
    const here = this.#cluster.endpoint;
    if (isSameDestination(endpoint, here)) return true;
    // Clusters can share a CA: another address is this cluster's where the very ServiceAccount is here.
    return (
      mayBeSameCluster(endpoint, here) &&
      token.serviceAccountUid !== undefined &&
      this.#account(token)?.uid === token.serviceAccountUid
    );
  }

  #kubeconfigIn(document: vscode.TextDocument): Kubeconfig | undefined {
    const known = this.#kubeconfigs.get(document);
    if (known?.version === document.version) return known.kubeconfig;
    const kubeconfig = readIn(document);
    this.#kubeconfigs.set(document, { version: document.version, kubeconfig });
    return kubeconfig;
  }
}

function readIn(document: vscode.TextDocument): Kubeconfig | undefined {
  const text = document.getText();
  if (text.length > MAX_LENGTH || !text.includes('clusters') || !text.includes('contexts')) return undefined;
  try {
    return parseKubeconfig(text, document.fileName, (path) => path);
  } catch {
    return undefined; // It is no kubeconfig that kubectl would use, and so leads nowhere.
  }
}

/** Where an entry leads; undefined where that cannot be told without reading another file, or from what it says. */
function endpointOf(entry: ClusterEntry): ClusterEndpoint | undefined {
  const { server, caData, caFile, insecureSkipTlsVerify, proxyUrl, tlsServerName } = entry;
  if (!URL.canParse(server) || caData === undefined || caFile !== undefined) return undefined;
  const certificateAuthority = Buffer.from(caData, 'base64').toString('latin1');
  return { server, certificateAuthority, insecureSkipTlsVerify, proxyUrl, tlsServerName };
}

function signersIn(configuration: unknown, keySet: unknown): Signers | undefined {
  const issuer = isRecord(configuration) ? configuration['issuer'] : undefined;
  const keys = isRecord(keySet) ? keySet['keys'] : undefined;
  if (typeof issuer !== 'string' || !Array.isArray(keys)) return undefined;
  const ids = keys.flatMap((key: unknown) =>
    isRecord(key) && typeof key['kid'] === 'string' && key['kid'] !== '' ? [key['kid']] : [],
  );
  return { issuer, keys: new Set(ids) };
}
