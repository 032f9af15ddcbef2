import { blockYaml } from '../yaml/blockYaml.ts';
import { withoutTrailing } from '../trailing.ts';
import { buildKubeconfig, clusterFields, type KubeconfigParts } from './buildKubeconfig.ts';

/** A kubeconfig with a token, which other systems read in a form of their own. */
export type WithToken = Omit<KubeconfigParts, 'credential'> & {
  readonly credential: { readonly token: string };
};

interface Form {
  readonly label: string;
  readonly detail: string;
  /** How its file's name ends. */
  readonly ending: string;
  readonly text: (parts: WithToken) => string;
}

/** What reads a ServiceAccount's credential in a form of its own, by the documentation of each. */
export const consumers = {
  argoCd: {
    label: 'Argo CD Cluster Secret',
    detail: 'A Secret of type cluster, for Argo CD’s own namespace.',
    ending: 'argocd-cluster.yaml',
    text: argoCd,
  },
  kubeconfigSecret: {
    label: 'Kubeconfig Secret of Flux or Cluster API',
    detail: 'The kubeconfig under value: for kubeConfig.secretRef, or as Cluster API names it.',
    ending: 'kubeconfig-secret.yaml',
    text: kubeconfigSecret,
  },
  istio: {
    label: 'Istio Remote Secret',
    detail: 'As istioctl create-remote-secret writes it.',
    ending: 'istio-remote-secret.yaml',
    text: istio,
  },
  vault: {
    label: 'Vault’s auth/kubernetes/config',
    detail: 'A command that gives Vault its token reviewer, not by its arguments.',
    ending: 'vault-config.sh',
    text: vault,
  },
  environment: {
    label: 'Environment File for CI',
    detail: 'KUBE_SERVER, KUBE_CA_DATA, KUBE_NAMESPACE and KUBE_TOKEN.',
    ending: 'env',
    text: environment,
  },
} as const satisfies Record<string, Form>;

export type Consumer = keyof typeof consumers;

/** All of them, in the order in which they are offered. */
export const consumerNames: readonly Consumer[] = [
  'argoCd',
  'kubeconfigSecret',
  'istio',
  'vault',
  'environment',
];

/** A name for an object, or for a key of its data, made of another name. */
function named(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 200);
  const start = plain.search(/[a-z0-9]/);
  return start < 0 ? 'cluster' : withoutTrailing(plain.slice(start), '.-');
}

/** https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters */
function argoCd({ endpoint, cluster, serviceAccount, credential }: WithToken): string {
  const {
    'certificate-authority-data': caData,
    'tls-server-name': serverName,
    'proxy-url': proxyUrl,
  } = clusterFields(endpoint);
  const tlsClientConfig = {
    insecure: endpoint.insecureSkipTlsVerify,
    caData,
    serverName,
  };
  return blockYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: named(`${cluster}-${serviceAccount.name}`),
      namespace: 'argocd',
      labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
    },
    type: 'Opaque',
    stringData: {
      name: cluster,
      server: endpoint.server,
      config: `${JSON.stringify(
        { bearerToken: credential.token, tlsClientConfig, proxyUrl },
        undefined,
        2,
      )}\n`,
    },
  });
}

/** Flux reads value by default (its KubeConfigReference); Cluster API names the Secret after the cluster (util/secret). */
function kubeconfigSecret(parts: WithToken): string {
  const name = named(parts.cluster);
  return blockYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${name}-kubeconfig`, labels: { 'cluster.x-k8s.io/cluster-name': name.slice(0, 63) } },
    type: 'cluster.x-k8s.io/secret',
    stringData: { value: buildKubeconfig(parts) },
  });
}

/** Istio's istioctl/pkg/multicluster, createRemoteServiceAccountSecret. */
function istio(parts: WithToken): string {
  const name = named(parts.cluster);
  return blockYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `istio-remote-secret-${name}`,
      namespace: 'istio-system',
      annotations: { 'networking.istio.io/cluster': name },
      labels: { 'istio/multiCluster': 'true' },
    },
    stringData: { [name]: buildKubeconfig(parts) },
  });
}

/** https://developer.hashicorp.com/vault/api-docs/auth/kubernetes#configure-method */
function vault({ endpoint, credential }: WithToken): string {
  const config = {
    kubernetes_host: endpoint.server,
    kubernetes_ca_cert: endpoint.certificateAuthority,
    token_reviewer_jwt: credential.token,
  };
  return `#!/bin/sh
# Vault reads it from its input, so that the token is in no list of processes. The ServiceAccount needs system:auth-delegator.
# Where Vault runs in this cluster, leave token_reviewer_jwt out: it reads its own mounted token again and again.
vault write auth/kubernetes/config - <<'EOF'
${JSON.stringify(config, undefined, 2)}
EOF
`;
}

function environment({ endpoint, serviceAccount, credential }: WithToken): string {
  const fields = clusterFields(endpoint);
  const ca = fields['certificate-authority-data'];
  return [
    `KUBE_SERVER=${endpoint.server}`,
    ...(typeof ca === 'string' ? [`KUBE_CA_DATA=${ca}`] : []),
    `KUBE_NAMESPACE=${serviceAccount.namespace}`,
    `KUBE_TOKEN=${credential.token}`,
    '',
  ].join('\n');
}
