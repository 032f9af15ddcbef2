import {
  bound,
  CA,
  deployer,
  inTime,
  kubeconfig,
  legacy,
  ofNode,
  pod,
  HOUR,
  YEAR,
  now,
  type PeoplesFile,
} from './reportedTexts.ts';
import { jwt } from '../tokens.ts';

const ofFlannel = bound('kube-flannel/flannel', {
  own: { ...pod('kube-flannel-ds-8xk2p'), warnafter: now - 60 + 3607 },
  life: YEAR,
});
const ofCanal = bound('kube-system/canal', { own: pod('canal-9wz4t'), age: 3 * HOUR, life: 3607 });
const ofEks = bound('kube-system/aws-node', {
  own: { ...pod('aws-node-2b7'), warnafter: now - 100 * 24 * HOUR + 3607 },
  age: 100 * 24 * HOUR,
  life: YEAR,
  iss: 'https://oidc.eks.eu-west-1.amazonaws.com/id/0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F',
});
const entra = (token: string): string[] => [
  'auth-provider:',
  '  name: azure',
  '  config:',
  `    access-token: ${token}`,
  '    apiserver-id: 6dae42f8-4368-4678-94ff-3960e28e3630',
  '    expires-in: "3599"',
  '    refresh-token: 0.AAAA',
];
const accessToken = jwt({
  iss: 'https://sts.windows.net/11111111-2222-4333-8444-555555555555/',
  aud: '6dae42f8-4368-4678-94ff-3960e28e3630',
  scp: 'user.read',
  iat: now - 2 * HOUR,
  nbf: now - 2 * HOUR,
  exp: now - HOUR,
  sub: 'AAA',
});
const idToken = jwt({
  iss: 'https://sso.example.com/realms/dev',
  aud: 'kubernetes',
  email: 'dev@example.com',
  iat: now - 2 * HOUR,
  exp: now - HOUR,
  sub: 'u1',
});
const oidc = (...more: readonly string[]): string[] => [
  'auth-provider:',
  '  name: oidc',
  '  config:',
  '    client-id: kubernetes',
  `    id-token: ${idToken}`,
  '    idp-issuer-url: https://sso.example.com/realms/dev',
  ...more,
];
const plugin = (version: string, command: string, ...more: readonly string[]): string[] => [
  'exec:',
  `  apiVersion: client.authentication.k8s.io/${version}`,
  `  command: ${command}`,
  ...more.map((line) => `  ${line}`),
];
const pair = [`client-certificate-data: ${CA}`, `client-key-data: ${CA}`];

/** Kubeconfigs of networks, of clouds and of tools. */
export const logins: readonly PeoplesFile[] = [
  {
    who: 'has a kubeconfig that names the file in the Pod, as kube-router writes it',
    file: 'kube-router.kubeconfig.yaml',
    text: kubeconfig(['tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token']),
    problems: {},
  },
  {
    who: 'has one with flannel’s own token, which is good for a year and ends with its Pod',
    file: 'flannel.kubeconfig.yaml',
    text: kubeconfig([`token: ${ofFlannel}`]),
    hovers: [[ofFlannel, [/Pod-bound/, /kube-flannel\/flannel/, /kube-flannel-ds-8xk2p/, /one year/]]],
    problems: { 'pod-bound-in-kubeconfig': /kube-flannel-ds-8xk2p/ },
  },
  {
    who: 'has one of antrea with the token of a Secret',
    file: 'antrea.kubeconfig.yaml',
    text: kubeconfig([`token: ${legacy('kube-system/antrea-agent')}`]),
    hovers: [
      [legacy('kube-system/antrea-agent'), [/Legacy/, /kube-system\/antrea-agent/, /never/], /Pod-bound/],
    ],
    problems: {},
  },
  {
    who: 'has one of OVN with a token that is bound to its Node',
    file: 'ovnkube-node.yaml',
    text: kubeconfig([`token: ${ofNode}`]),
    hovers: [[ofNode, [/Node-bound/, /worker-5/], /Pod-bound/]],
    problems: {},
  },
  {
    who: 'has one of canal in JSON on one line, of a Pod that is long gone',
    file: 'calico-canal.json',
    text: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'local', cluster: { server: 'https://10.43.0.1:443', 'certificate-authority-data': CA } },
      ],
      users: [{ name: 'canal', user: { token: ofCanal } }],
      contexts: [{ name: 'canal', context: { cluster: 'local', user: 'canal' } }],
      'current-context': 'canal',
    }),
    hovers: [[ofCanal, [/Pod-bound/, /canal-9wz4t/, /expired/], /year/]],
    problems: { 'pod-bound-in-kubeconfig': /canal-9wz4t/, expired: /expired/ },
  },
  {
    who: 'believes that a token on EKS lives for the year that its exp says',
    file: 'aws-node.kubeconfig.yaml',
    text: kubeconfig([`token: ${ofEks}`]),
    hovers: [[ofEks, [/Pod-bound/, /EKS/, /90 days/, /expired/]]],
    problems: { 'pod-bound-in-kubeconfig': /aws-node-2b7/, expired: /expired/ },
  },
  {
    who: 'copied what kubectl config view prints, without --raw',
    file: 'viewed.yaml',
    text: kubeconfig(
      ['token: REDACTED'],
      ['server: https://10.40.0.1:6443', 'certificate-authority-data: DATA+OMITTED'],
    ),
    problems: { 'refused-where-used': /kubectl config view/, 'no-token': /--raw/ },
  },
  {
    who: 'copied only a token’s place from it',
    file: 'viewed-token.yaml',
    text: kubeconfig(['token: REDACTED']),
    problems: { 'no-token': /kubectl config view/ },
  },
  {
    who: 'logs in to GKE by its program',
    file: 'gke-plugin.yaml',
    text: kubeconfig(
      plugin(
        'v1beta1',
        'gke-gcloud-auth-plugin',
        'installHint: Install gke-gcloud-auth-plugin',
        'provideClusterInfo: true',
      ),
    ),
    problems: {},
  },
  {
    who: 'logs in to EKS as the oldest instructions have it',
    file: 'iam-authenticator.yaml',
    text: kubeconfig(plugin('v1alpha1', 'aws-iam-authenticator', 'args: [token, -i, blue]')),
    problems: { 'refused-where-used': /v1alpha1/ },
    fix: 'Use v1beta1',
  },
  {
    who: 'logs in to AKS by kubelogin',
    file: 'kubelogin.yaml',
    text: kubeconfig(
      plugin(
        'v1beta1',
        'kubelogin',
        'args: [get-token, --login, azurecli]',
        'env: null',
        'interactiveMode: IfAvailable',
      ),
    ),
    problems: {},
  },
  {
    who: 'has a login program beside the certificate that comes first',
    file: 'teleport.yaml',
    text: kubeconfig([...pair, ...plugin('v1beta1', 'tsh', 'args: [kube, credentials]')]),
    problems: { 'exec-never-runs': /client-certificate-data/ },
  },
  {
    who: 'logs in to AKS as before kubelogin',
    file: 'aks-azure.yaml',
    text: kubeconfig(entra(accessToken)),
    hovers: [[accessToken, [/Microsoft Entra/, /access token/], /ServiceAccount/]],
    problems: { 'refused-where-used': /azure/ },
  },
  {
    who: 'has an id token and nothing to get another with',
    file: 'keycloak.yaml',
    text: kubeconfig(oidc()),
    hovers: [[idToken, [/Keycloak/, /id token/, /expired/]]],
    problems: { expired: /expired/ },
  },
  {
    who: 'has it beside a refresh token in JSON',
    file: 'keycloak.json',
    text: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://10.40.0.1:6443' } }],
      users: [
        {
          name: 'u',
          user: {
            'auth-provider': {
              name: 'oidc',
              config: {
                'client-id': 'kubernetes',
                'id-token': idToken,
                'idp-issuer-url': 'https://sso.example.com/realms/dev',
                'refresh-token': 'x',
              },
            },
          },
        },
      ],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'c',
    }),
    problems: {},
  },
  {
    who: 'gave a dashboard an hour’s token, some hours ago',
    file: 'dashboard.yaml',
    text: kubeconfig([`token: ${bound('kubernetes-dashboard/admin-user', { age: 3 * HOUR, life: HOUR })}`]),
    problems: { expired: /kubernetes-dashboard\/admin-user/ },
  },
  {
    who: 'has what minikube wrote, with extensions and files',
    file: 'minikube.yaml',
    text: kubeconfig(
      ['client-certificate: /home/me/.minikube/client.crt', 'client-key: /home/me/.minikube/client.key'],
      [
        'server: https://192.168.49.2:8443',
        'certificate-authority: /home/me/.minikube/ca.crt',
        'extensions:',
        '- extension: {provider: minikube.sigs.k8s.io, version: v1.34.0}',
        '  name: cluster_info',
      ],
    ),
    problems: {},
  },
  {
    who: 'acts as a ServiceAccount by a certificate',
    file: 'impersonating.yaml',
    text: kubeconfig([...pair, 'as: system:serviceaccount:ci:deployer']),
    problems: {},
  },
  {
    who: 'names the groups to act with, and not as whom',
    file: 'groups-only.yaml',
    text: kubeconfig([`token: ${inTime}`, 'as-groups: ["system:masters"]']),
    problems: { 'refused-where-used': /as-groups/ },
  },
  {
    who: 'has a namespace in a context that kubectl sends as it is',
    file: 'namespace.yaml',
    text: kubeconfig([`token: ${deployer}`]).replace(
      '{cluster: site, user: robot}',
      '{cluster: site, user: robot, namespace: Team_A}',
    ),
    problems: {},
  },
  {
    who: 'copied no more than a token’s header',
    file: 'header-only.yaml',
    text: kubeconfig([`token: ${deployer.slice(0, 30)}`]),
    problems: { 'no-token': /cut short/ },
  },
  {
    who: 'lost a token’s first letter',
    file: 'first-letter.yaml',
    text: kubeconfig([`token: ${deployer.slice(1)}`]),
    problems: { 'no-token': /beginning/ },
  },
  {
    who: 'let a script write what 1.24 no longer gives',
    file: 'empty-token.yaml',
    text: kubeconfig(['token: ""']),
    problems: { 'no-token': /empty/ },
  },
  {
    who: 'keeps a kubeconfig encrypted by SOPS',
    file: 'sops.kubeconfig.yaml',
    text: `${kubeconfig(
      ['token: ENC[AES256_GCM,data:q83v,iv:AAAA,tag:AAAA,type:str]'],
      [
        'server: https://10.40.0.1:6443',
        'certificate-authority-data: ENC[AES256_GCM,data:q83v,iv:AAAA,tag:AAAA,type:str]',
      ],
    )}sops:\n    age: []\n    version: 3.9.0\n`,
    problems: {},
  },
  ...(
    [
      ['a reader fills in', '<TOKEN>', '<CA_DATA>'],
      ['Azure Pipelines fill in', '$(KubeToken)', '$(KubeCa)'],
      ['a task replaces', '#{KubeToken}#', '#{KubeCa}#'],
      ['sed replaces', '__TOKEN__', '__CA_DATA__'],
      ['autoconf replaces', '"@TOKEN@"', '"@CA@"'],
      ['cmd fills in', '"%KUBE_TOKEN%"', '"%KUBE_CA%"'],
    ] as const
  ).map(([how, token, ca]) => ({
    who: `has a kubeconfig that ${how}`,
    file: `${how.replaceAll(' ', '-')}.yaml`,
    text: kubeconfig(
      [`token: ${token}`],
      ['server: https://10.40.0.1:6443', `certificate-authority-data: ${ca}`],
    ),
    problems: {},
  })),
  {
    who: 'names a proxy without its scheme',
    file: 'proxy.yaml',
    text: kubeconfig(
      [`token: ${deployer}`],
      ['server: https://10.40.0.1:6443', 'proxy-url: proxy.corp.example:3128'],
    ),
    problems: { 'refused-where-used': /proxy-url/ },
  },
  {
    who: 'has one from Windows, with a mark at its beginning',
    file: 'windows.yaml',
    text: `\uFEFF${kubeconfig([`token: ${ofFlannel}`]).replaceAll('\n', '\r\n')}`,
    hovers: [[ofFlannel, [/Pod-bound/]]],
    problems: { 'pod-bound-in-kubeconfig': /kube-flannel-ds-8xk2p/ },
  },
  {
    who: 'has a certificate without its key beside a token',
    file: 'no-key.yaml',
    text: kubeconfig([`token: ${deployer}`, `client-certificate-data: ${CA}`]),
    problems: { 'refused-where-used': /without its key/ },
  },
];
