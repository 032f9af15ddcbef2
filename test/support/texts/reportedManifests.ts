import {
  account,
  aPod,
  besideToken,
  CA,
  deployer,
  kubeconfig,
  lines,
  ofOperator,
  ofRunner,
  OWN,
  owned,
  OWNER,
  robot,
  secret,
  TYPE,
  type PeoplesFile,
} from './reportedTexts.ts';
import { base64 } from '../tokens.ts';

const indented = (text: string, by: string): string => text.replaceAll(/^(?=.)/gm, by).trimEnd();
const short = '{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 60}}';
const volume = `{name: t, projected: {sources: [${short}]}}`;
const login = (token: string): string =>
  JSON.stringify({ bearerToken: token, tlsClientConfig: { caData: CA } });

/** Manifests of tools and of people. */
export const manifests: readonly PeoplesFile[] = [
  {
    who: 'binds roles to ServiceAccounts, one by the name of a user',
    file: 'bindings.yaml',
    text: `${account('robot')}---\n${owned('robot-token', 'robot')}---\nkind: RoleBinding\nmetadata: {name: a, namespace: ci}\nsubjects:\n- {kind: ServiceAccount, name: robot}\n- {kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccount:ci:robot"}\n- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:ci"}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}\n`,
    problems: {},
  },
  ...(
    [
      ['with its namespace', 'ci/robot'],
      ['as the API server calls it', 'system:serviceaccount:ci:robot'],
    ] as const
  ).map(([how, name]) => ({
    who: `names the ServiceAccount ${how}`,
    file: `owner-${how.replaceAll(' ', '-')}.yaml`,
    text: `${account('robot')}---\n${owned('robot-token', name)}`,
    problems: { 'account-name-wrong': /"robot"/ },
    fix: 'Name the ServiceAccount: "robot"',
  })),
  {
    who: 'wrote the annotation beside the annotations',
    file: 'beside.yaml',
    text: secret('robot-token', `  ${OWNER}: machine`, TYPE),
    problems: { 'account-annotation-missing': /service-account\.name/ },
    fix: 'Name the ServiceAccount: "machine"',
  },
  {
    who: 'asks for a token that outlives everybody',
    file: 'long-life.yaml',
    text: aPod(
      '/tokens',
      '{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 4294967297}}',
    ),
    problems: { 'projection-life-out-of-range': /4294967296|2\^32|2³²/ },
  },
  {
    who: 'asks for a token of five minutes',
    file: 'token-request.yaml',
    text: 'apiVersion: authentication.k8s.io/v1\nkind: TokenRequest\nmetadata: {name: robot}\nspec:\n  audiences: [vault]\n  expirationSeconds: 300\n',
    problems: { 'projection-life-out-of-range': /10 minutes/ },
  },
  {
    who: 'has a driver ask for tokens of five minutes',
    file: 'csi-driver.yaml',
    text: 'apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata: {name: secrets-store.csi.k8s.io}\nspec:\n  podInfoOnMount: true\n  tokenRequests:\n  - audience: vault\n    expirationSeconds: 300\n  - audience: sts.amazonaws.com\n',
    problems: { 'projection-life-out-of-range': /10 minutes/ },
  },
  {
    who: 'mounts Vault’s token where programs look for the API server’s',
    file: 'vault-at-own.yaml',
    text: aPod(OWN, '{serviceAccountToken: {path: token, audience: vault}}', ...besideToken),
    problems: { 'projection-audience-refused': /"vault"/ },
    fix: 'Remove the audience',
  },
  {
    who: 'reads a Pod from the cluster',
    file: 'read-pod.yaml',
    text: aPod(
      OWN,
      '{serviceAccountToken: {path: token, expirationSeconds: 3607}}',
      ...besideToken,
    ).replaceAll('name: t,', 'name: kube-api-access-x7k2p,'),
    problems: {},
  },
  {
    who: 'has no token mounted, and one projected by hand',
    file: 'automount.yaml',
    text: `${account('app')}automountServiceAccountToken: false\n---\n${aPod(OWN, '{serviceAccountToken: {path: token, expirationSeconds: 600}}', ...besideToken).replace('spec: {', 'spec: {serviceAccountName: app, automountServiceAccountToken: false, ')}`,
    problems: {},
  },
  {
    who: 'forgot the namespace in a volume at a path with a slash at its end',
    file: 'slash.yaml',
    text: aPod(`${OWN}/`, '{serviceAccountToken: {path: token}}', besideToken[0] ?? ''),
    problems: { 'own-volume-incomplete': /namespace is missing/ },
    fix: 'Add namespace',
  },
  {
    who: 'seals a token Secret',
    file: 'sealed.yaml',
    text: `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: robot-token}\nspec:\n  encryptedData: {extra: AgBy3i4OJSWK}\n  template:\n    ${TYPE}\n    metadata: {annotations: {${OWNER}: robot}}\n`,
    problems: {},
  },
  {
    who: 'has a kubeconfig put together by External Secrets',
    file: 'external.yaml',
    text: `apiVersion: external-secrets.io/v1beta1\nkind: ExternalSecret\nmetadata: {name: kubeconfig}\nspec:\n  target:\n    template:\n      data:\n        config: |\n${indented(kubeconfig(['token: "{{ .token }}"']), '          ')}\n`,
    problems: {},
  },
  {
    who: 'encrypts a token Secret by SOPS, after its ServiceAccount',
    file: 'sops-secret.yaml',
    text: `${account('robot')}---\n${owned('robot-token', 'robot')}data:\n  token: ENC[AES256_GCM,data:q83v,iv:AA==,tag:AA==,type:str]\nsops:\n  version: 3.9.0\n`,
    problems: {},
  },
  {
    who: 'encrypts the names too',
    file: 'sops-all.yaml',
    text: secret(
      'ENC[AES256_GCM,data:q83v,type:str]',
      '  annotations:',
      `    ${OWNER}: ENC[AES256_GCM,data:q83v,type:str]`,
      'type: ENC[AES256_GCM,data:q83v,type:str]',
    ),
    problems: {},
  },
  {
    who: 'has Kustomize make a Secret of base64',
    file: 'kustomization.yaml',
    text: `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n- name: remote\n  literals:\n  - host=https://10.0.0.1\n  - token=${base64(deployer)}\n`,
    hovers: [[base64(deployer), [/ci\/deployer/]]],
    problems: { 'encoded-in-string-data': /base64/ },
  },
  {
    who: 'has Kustomize make a token Secret',
    file: 'generator.yaml',
    text: `kind: Kustomization\ngeneratorOptions: {disableNameSuffixHash: true}\nsecretGenerator:\n- name: robot-token\n  ${TYPE}\n  options: {annotations: {${OWNER}: robot}}\n`,
    problems: {},
  },
  {
    who: 'has a chart with a token Secret',
    file: 'chart.yaml',
    text: `{{- if .Values.token }}\n${secret('{{ .Release.Name }}-token', '  annotations:', `    ${OWNER}: {{ .Values.account }}`, TYPE)}{{- end }}\n`,
    problems: {},
  },
  {
    who: 'has a List in JSON with a token Secret before its ServiceAccount',
    file: 'order.json',
    text: JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          kind: 'Secret',
          metadata: { name: 'robot-token', annotations: { [OWNER]: 'robot' } },
          type: TYPE.slice(6),
        },
        { kind: 'ServiceAccount', metadata: { name: 'robot' } },
      ],
    }),
    problems: { 'account-after-secret': /before/ },
  },
  {
    who: 'has a ServiceAccount of OpenShift, with its pull Secrets',
    file: 'openshift-account.yaml',
    text: `${account('builder')}imagePullSecrets:\n- name: builder-dockercfg-9x2k7\nsecrets:\n- name: builder-dockercfg-9x2k7\n`,
    problems: {},
  },
  {
    who: 'lists the Secrets that Pods may mount, and enforces it',
    file: 'enforced.yaml',
    text: `${account('app').trimEnd()}\n  annotations: {kubernetes.io/enforce-mountable-secrets: "true"}\nsecrets: [{name: app-token}]\n---\n${owned('app-token', 'app')}`,
    problems: {},
  },
  {
    who: 'keeps a kubeconfig in a ConfigMap',
    file: 'config-map.yaml',
    text: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubeconfig}\ndata:\n  config: |\n${indented(robot, '    ')}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'keeps a kubeconfig in a Secret as a text in quotes',
    file: 'quoted-kubeconfig.yaml',
    text: secret('remote', 'stringData:', `  kubeconfig: ${JSON.stringify(robot)}`),
    hovers: [[ofOperator, [/Pod-bound/, /operator-5f6d/]]],
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has a kubeconfig in JSON of a state',
    file: 'terraform.tfstate.json',
    text: `${JSON.stringify({ outputs: { kubeconfig: { value: robot, type: 'string', sensitive: true } } }, undefined, 2)}\n`,
    hovers: [[ofOperator, [/Pod-bound/, /operator-5f6d/]]],
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has a kubeconfig in JSON in a string of JSON',
    file: 'variables.json',
    text: `${JSON.stringify({ KUBECONFIG: JSON.stringify({ kind: 'Config', users: [{ name: 'a', user: { token: ofOperator } }] }) })}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'writes a kubeconfig onto a machine as it starts',
    file: 'cloud-init.yaml',
    text: `#cloud-config\nwrite_files:\n- path: /root/.kube/config\n  permissions: "0600"\n  content: |\n${indented(robot, '    ')}\n- path: /etc/kube\n  encoding: b64\n  content: ${base64(robot)}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has Cluster API’s Secret with a kubeconfig over lines',
    file: 'capi.yaml',
    text: secret(
      'prod-kubeconfig',
      '  labels: {cluster.x-k8s.io/cluster-name: prod}',
      'type: cluster.x-k8s.io/secret',
      'data:',
      '  value: >-',
      lines(base64(robot), '    '),
    ),
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has Argo CD’s login as the API server keeps it',
    file: 'argocd-data.yaml',
    text: secret(
      'prod',
      '  labels: {argocd.argoproj.io/secret-type: cluster}',
      'data:',
      `  config: ${base64(login(ofRunner))}`,
      `  server: ${base64('https://10.0.0.1')}`,
    ),
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'has a short life in a run of Tekton',
    file: 'task-run.yaml',
    text: `apiVersion: tekton.dev/v1\nkind: TaskRun\nmetadata: {name: a}\nspec:\n  podTemplate:\n    volumes: [${volume}]\n`,
    problems: { 'projection-life-out-of-range': /10 minutes/ },
  },
  {
    who: 'has one in a patch of Kustomize',
    file: 'patch.yaml',
    text: `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n      volumes:\n      - ${volume}\n`,
    problems: { 'projection-life-out-of-range': /10 minutes/ },
  },
  {
    who: 'gives Ansible a Pod’s token',
    file: 'inventory.yaml',
    text: `all:\n  vars:\n    K8S_AUTH_API_KEY: ${ofRunner}\n    K8S_AUTH_HOST: https://10.0.0.1\n`,
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'gives a service of Docker Compose a Pod’s token',
    file: 'docker-compose.yml',
    text: `services:\n  agent:\n    environment:\n    - KUBE_TOKEN=${ofRunner}\n    - KUBE_HOST=https://10.0.0.1\n`,
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'gives Terraform’s provider a Pod’s token',
    file: 'providers.tf',
    text: `provider "kubernetes" {\n  host  = "https://10.0.0.1"\n  token = "${ofRunner}"\n}\n`,
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'has a kubeconfig in a script',
    file: 'write-config.sh',
    text: `#!/bin/sh\ncat > kubeconfig <<EOF\n${robot}EOF\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
];
