import { DEFAULT_MOUNT } from '../kubernetes.ts';
import { serviceAccountPart, type AccountNames, type ManifestPart } from './buildManifest.ts';

/** A kubeconfig on a host, and by what image it is kept fresh. */
export interface HostKubeconfig {
  readonly account: AccountNames;
  /** Its absolute path on the host. */
  readonly path: string;
  /** One with sh; for `requestedParts` with kubectl too. */
  readonly image: string;
}

const IMAGES = { sh: 'busybox:1.37', kubectl: 'alpine/k8s:1.31.0' } as const;

/** An image that has what a way needs, as a proposal. */
export function imageFor(needs: keyof typeof IMAGES): string {
  return IMAGES[needs];
}

/** What is wrong with the path of a file on a host, for people. */
export function hostPathProblem(path: string): string | undefined {
  if (!/^\/(?:[^/\0]+\/)+[^/\0]+$/.test(path))
    return 'An absolute path of a file in a folder of its own, such as /etc/cni/net.d/cni.kubeconfig.';
  return /["'`$\\\n]|\/\.\.?(?:\/|$)/.test(path) ? 'Without quotes, $, backslashes and "..".' : undefined;
}

/** Writes a kubeconfig whole or not at all, for its owner alone; the token is its one argument. */
const WRITES = `# Whoever reads the kubeconfig has the old one or the new one, and never half of one.
write() {
  case $KUBERNETES_SERVICE_HOST in
    *:*) host="[$KUBERNETES_SERVICE_HOST]" ;;
    *) host=$KUBERNETES_SERVICE_HOST ;;
  esac
  next=$(mktemp "$KUBECONFIG_FOLDER/.$KUBECONFIG_NAME.XXXXXX")
  cat > "$next" <<EOF
apiVersion: v1
kind: Config
clusters:
  - name: local
    cluster:
      server: https://$host:$KUBERNETES_SERVICE_PORT
      certificate-authority-data: $(base64 < "$MOUNT/ca.crt" | tr -d '\\n')
users:
  - name: $ACCOUNT
    user:
      token: $1
contexts:
  - name: local
    context:
      cluster: local
      user: $ACCOUNT
      namespace: $NAMESPACE
current-context: local
EOF
  chmod 600 "$next"
  mv -f "$next" "$KUBECONFIG_FOLDER/$KUBECONFIG_NAME"
}
`;

/** Rewrites the kubeconfig whenever the kubelet has renewed the Pod's own token. */
export const REFRESH = `#!/bin/sh
# Keeps a kubeconfig on the host fresh: the kubelet renews the Pod's token in its file. The token ends with the Pod; the
# Pod that replaces it writes its own as it starts.
set -eu
umask 077
rm -f "$KUBECONFIG_FOLDER/.$KUBECONFIG_NAME".??????
trap 'exit 0' TERM INT

${WRITES}
last=
while :; do
  token=$(cat "$MOUNT/token")
  if [ -n "$token" ] && [ "$token" != "$last" ]; then
    write "$token"
    last=$token
  fi
  sleep "\${EVERY:-10}" &
  wait $!
done
`;

/** Requests a token for the ServiceAccount and writes the kubeconfig with it, once. */
export const REQUEST = `#!/bin/sh
# Writes a kubeconfig onto the host with a token that is bound to no Pod: it ends with its time.
set -eu
umask 077
rm -f "$KUBECONFIG_FOLDER/.$KUBECONFIG_NAME".??????

${WRITES}
token=$(kubectl create token "$ACCOUNT" --namespace "$NAMESPACE" --duration "$DURATION")
write "$token"
`;

/** A kubeconfig for a Pod that has its token at the usual place: it names the file, which the kubelet renews. */
export function mountedKubeconfigParts({
  account,
}: Pick<HostKubeconfig, 'account'>): readonly ManifestPart[] {
  const kubeconfig = `apiVersion: v1
kind: Config
clusters:
  - name: local
    cluster:
      server: https://kubernetes.default.svc
      certificate-authority: ${DEFAULT_MOUNT}/ca.crt
users:
  - name: ${account.name}
    user:
      tokenFile: ${DEFAULT_MOUNT}/token
contexts:
  - name: local
    context:
      cluster: local
      user: ${account.name}
      namespace: ${account.namespace}
current-context: local
`;
  const { name, namespace } = account;
  return [
    {
      comments: [
        'For whoever has the Pod\u2019s token mounted at its usual place; what reads the file again never has an old one.',
        'Nothing here is secret.',
      ],
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${name}-kubeconfig`, namespace },
        data: { kubeconfig },
      },
    },
  ];
}

/** A DaemonSet that rewrites each host's kubeconfig from its own Pod's token, and its script. */
export function refreshedParts(wanted: HostKubeconfig): readonly ManifestPart[] {
  const { account } = wanted;
  const name = `${account.name}-kubeconfig`;
  const labels = { 'app.kubernetes.io/name': name };
  return [
    scriptPart(account, name, 'refresh.sh', REFRESH),
    {
      comments: [
        'One Pod a node. As a sidecar of another DaemonSet of this ServiceAccount: its container and its volumes.',
      ],
      object: {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name, namespace: account.namespace, labels },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              ...podSpec(wanted, name, 'refresh.sh', account.name),
              tolerations: [{ operator: 'Exists' }],
            },
          },
        },
      },
    },
  ];
}

/** A CronJob that requests tokens for one ServiceAccount by its name and may do nothing else; and whom it runs as. */
export function requestedParts(
  wanted: HostKubeconfig & { readonly node: string; readonly duration: string },
): readonly ManifestPart[] {
  const { account, node, duration } = wanted;
  const { namespace } = account;
  const name = `${account.name}-kubeconfig`;
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { ...serviceAccountPart({ namespace, name }), comments: ['Whom the CronJob runs as.'] },
    {
      comments: [
        `It may request a token for ${account.name}, and nothing else. Who has it has all that ${account.name} may do.`,
      ],
      object: {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: { name, namespace },
        rules: [
          {
            apiGroups: [''],
            resources: ['serviceaccounts/token'],
            resourceNames: [account.name],
            verbs: ['create'],
          },
        ],
      },
    },
    {
      comments: [],
      object: {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      },
    },
    scriptPart(account, name, 'request.sh', REQUEST),
    {
      comments: [
        `It writes onto one node\u2019s host. Each token lives for ${duration}, and another comes every 6 hours, so that one that fails hurts nobody.`,
      ],
      object: {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name, namespace },
        spec: {
          schedule: '0 */6 * * *',
          concurrencyPolicy: 'Forbid',
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  ...podSpec(wanted, name, 'request.sh', name, [{ name: 'DURATION', value: duration }]),
                  restartPolicy: 'OnFailure',
                  nodeSelector: { 'kubernetes.io/hostname': node },
                  tolerations: [{ operator: 'Exists' }],
                },
              },
            },
          },
        },
      },
    },
  ];
}

function scriptPart({ namespace }: AccountNames, name: string, file: string, script: string): ManifestPart {
  const metadata = { name, namespace };
  return {
    comments: [],
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [file]: script } },
  };
}

function podSpec(
  { account, path, image }: HostKubeconfig,
  name: string,
  script: string,
  serviceAccountName: string,
  more: readonly { readonly name: string; readonly value: string }[] = [],
): Readonly<Record<string, unknown>> {
  const slash = path.lastIndexOf('/');
  const [folder, file] = [path.slice(0, slash), path.slice(slash + 1)];
  return {
    serviceAccountName,
    containers: [
      {
        name: 'kubeconfig',
        image,
        command: ['sh', `/scripts/${script}`],
        env: [
          { name: 'ACCOUNT', value: account.name },
          { name: 'NAMESPACE', value: account.namespace },
          { name: 'MOUNT', value: DEFAULT_MOUNT },
          { name: 'KUBECONFIG_FOLDER', value: '/host' },
          { name: 'KUBECONFIG_NAME', value: file },
          ...more,
        ],
        // The folder is root's, and so is the kubeconfig.
        securityContext: {
          runAsUser: 0,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE'] },
        },
        resources: { requests: { cpu: '1m', memory: '8Mi' } },
        volumeMounts: [
          { name: 'host', mountPath: '/host' },
          { name: 'scripts', mountPath: '/scripts', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'host', hostPath: { path: folder, type: 'DirectoryOrCreate' } },
      { name: 'scripts', configMap: { name } },
    ],
  };
}
