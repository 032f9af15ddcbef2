import type { OutdatedRule } from '../../../src/since124/finding.ts';

const ACCOUNT = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n';

const tokenSecret = (name: string, annotations: string): string =>
  `apiVersion: v1
kind: Secret
metadata:
${name}  annotations:
    kubernetes.io/service-account.name: robot
${annotations}type: kubernetes.io/service-account-token
`;

/** A script with a line of each kind that was right before Kubernetes 1.24, and what a quick fix makes of it. */
export const outdatedFixtures: readonly {
  readonly rule: OutdatedRule;
  readonly file: string;
  readonly before: string;
  readonly marked: string;
  readonly fix?: string;
  readonly after?: string;
  /** What stands in the same folder, by its path. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Commands that are offered. */
  readonly offers?: readonly string[];
}[] = [
  {
    rule: 'account-secrets-read',
    file: 'secrets.sh',
    before: `#!/bin/sh
SECRET=$(kubectl get sa "$SA" -n kube-system -o jsonpath='{.secrets[0].name}')
TOKEN=$(kubectl get secret "$SECRET" -n kube-system -o jsonpath='{.data.token}' | base64 -d) # decoded
`,
    marked: `kubectl get sa "$SA" -n kube-system -o jsonpath='{.secrets[0].name}'`,
    fix: 'Request a token here',
    after: '#!/bin/sh\nTOKEN=$(kubectl create token "$SA" -n kube-system --duration=1h) # decoded\n',
  },
  {
    rule: 'account-tokens-printed',
    file: 'described.sh',
    before: "kubectl describe sa mycontroller | awk '/Tokens:/ {print $2}'\n",
    marked: "kubectl describe sa mycontroller | awk '/Tokens:/ {print $2}'",
  },
  {
    rule: 'token-secret-by-name',
    file: 'by-name.sh',
    before: 'kubectl get secret default-token-w4xzq -o yaml\n',
    marked: 'default-token-w4xzq',
  },
  {
    rule: 'oc-get-token',
    file: 'oc.sh',
    before: 'TOKEN="$(oc -n ci sa get-token robot)" # of CI\n',
    marked: 'oc -n ci sa get-token robot',
    fix: 'Request a token',
    after: 'TOKEN="$(oc create token robot -n ci --duration=1h)" # of CI\n',
  },
  {
    rule: 'token-life-too-short',
    file: 'short.sh',
    before: 'kubectl create token mycontroller --duration="5m" # short\n',
    marked: '5m',
    fix: 'Ask for 10 minutes',
    after: 'kubectl create token mycontroller --duration="10m" # short\n',
  },
  {
    rule: 'token-life-unreadable',
    file: 'days.sh',
    before: "kubectl create token mycontroller --duration='30d' # a month\n",
    marked: '30d',
    fix: 'Ask for 720h',
    after: "kubectl create token mycontroller --duration='720h' # a month\n",
  },
  {
    rule: 'token-life-not-granted',
    file: 'year.sh',
    before: 'kubectl create token mycontroller --duration=8760h\n',
    marked: '8760h',
  },
  {
    rule: 'mounted-token-copied',
    file: 'install-cni.sh',
    before: `TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
cat > "$KUBECONFIG" <<EOF
users:
- name: cni
  user:
    token: "$TOKEN"
EOF
`,
    marked: 'token: "$TOKEN"',
    fix: 'Name the mounted file',
    offers: ['serviceAccountTokens.keepKubeconfigFresh', 'serviceAccountTokens.generateKubeconfig'],
    after: `TOKEN=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)
cat > "$KUBECONFIG" <<EOF
users:
- name: cni
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
EOF
`,
  },
  {
    rule: 'mounted-token-read-once',
    file: 'token.py',
    before: 'TOKEN = open("/var/run/secrets/kubernetes.io/serviceaccount/token").read()\n',
    marked: '/var/run/secrets/kubernetes.io/serviceaccount/token',
  },
  {
    rule: 'bearer-token-copied',
    file: 'config.go',
    before: 'var c = rest.Config{\n\tHost: a.Host,\n\tBearerToken: a.BearerToken,\n}\n',
    marked: 'BearerToken: a.BearerToken',
    fix: 'Copy BearerTokenFile too',
    after:
      'var c = rest.Config{\n\tHost: a.Host,\n\tBearerToken: a.BearerToken,\n\tBearerTokenFile: a.BearerTokenFile,\n}\n',
  },
  {
    rule: 'terraform-token-not-awaited',
    file: 'secret.tf',
    before: 'resource "kubernetes_secret_v1" "t" {\n  wait_for_service_account_token = false # quick\n}\n',
    marked: 'wait_for_service_account_token = false',
    fix: 'Wait for the token',
    after: 'resource "kubernetes_secret_v1" "t" {\n  wait_for_service_account_token = true # quick\n}\n',
  },
  {
    rule: 'client-too-old',
    file: 'requirements.txt',
    before: 'kubernetes==11.0.0\n',
    marked: '11.0.0',
  },
  {
    rule: 'provider-too-old',
    file: 'versions.tf',
    before: 'kubernetes = { source = "hashicorp/kubernetes", version = "~> 2.11.0" }\n',
    marked: '~> 2.11.0',
  },
  {
    rule: 'token-request-kept',
    file: 'kept.tf',
    before: 'output "token" {\n  value = kubernetes_token_request_v1.ci.token\n}\n',
    marked: 'kubernetes_token_request_v1.ci.token',
  },
  {
    rule: 'token-encoding',
    file: 'sent.sh',
    before:
      'curl -H "Authorization: Bearer $(kubectl get secret t -o jsonpath=\'{.data.token}\')" "$API" # as it is\n',
    marked: "kubectl get secret t -o jsonpath='{.data.token}'",
    fix: 'Decode it',
    after:
      'curl -H "Authorization: Bearer $(kubectl get secret t -o jsonpath=\'{.data.token}\' | base64 --decode)" "$API" # as it is\n',
  },
  {
    rule: 'token-in-arguments',
    file: 'arguments.sh',
    before: 'kubectl get pods --token="$(kubectl create token robot)" # as robot\n',
    marked: '--token="$(kubectl create token robot)"',
  },
  {
    rule: 'token-secret-remade',
    file: 'hook.yaml',
    before: tokenSecret('  name: robot-token\n', '    helm.sh/hook: post-install,post-upgrade # last\n'),
    marked: 'post-install,post-upgrade',
    fix: 'Let it be no hook',
    after: tokenSecret('  name: robot-token\n', ''),
  },
  {
    rule: 'hook-before-account',
    file: 'early.yaml',
    before: `${ACCOUNT}---\n${tokenSecret('  name: robot-token\n', '    "helm.sh/hook": "pre-install"\n    "helm.sh/hook-weight": "1"\n')}`,
    marked: '"pre-install"',
    fix: 'Let it be no hook',
    after: `${ACCOUNT}---\n${tokenSecret('  name: robot-token\n', '')}`,
  },
  {
    rule: 'kustomize-renames-account',
    file: 'renamed/kustomization.yaml',
    beside: { 'renamed/robot.yaml': `${ACCOUNT}---\n${tokenSecret('  name: robot-token\n', '')}` },
    before: 'namePrefix: prod-\nresources:\n- robot.yaml\n',
    marked: 'namePrefix: prod-',
    fix: 'Carry the new name',
    after: `namePrefix: prod-
resources:
- robot.yaml
replacements:
- source:
    kind: ServiceAccount
    name: robot
  targets:
  - select:
      kind: Secret
      name: robot-token
    fieldPaths:
    - metadata.annotations.[kubernetes.io/service-account.name]
`,
  },
];
