import {
  legacy,
  kubeconfig,
  secret,
  TYPE,
  OWNER,
  account,
  owned,
  ofGonePod,
  daily,
  forStorage,
  ofAzure,
  deployer,
  inTime,
  ofBuilder,
  id,
  dockercfg,
  exec,
  type PeoplesFile,
} from './reportedTexts.ts';
import { base64 } from '../tokens.ts';

/** Kubeconfigs and Secrets as people have them. */
export const credentials: readonly PeoplesFile[] = [
  {
    who: 'has a CNI plugin’s kubeconfig with the token of a Pod that lived an hour',
    file: 'meshnet.kubeconfig',
    text: kubeconfig([`token: "${ofGonePod}"`]),
    hovers: [
      [ofGonePod, [/Pod-bound/, /kube-system\/meshnet/, /meshnet-4x7zq/, /worker-3/, /expired/], /year/i],
    ],
    problems: { 'pod-bound-in-kubeconfig': /Pod/, expired: /expired/ },
  },
  {
    who: 'has one whose daily token was not renewed, and hangs on nothing but its time',
    file: 'cni-kubeconfig',
    text: kubeconfig([`token: ${daily}`]),
    hovers: [[daily, [/kube-system\/cni-plugin/, /expired/, /nothing/], /Pod-bound/]],
    problems: { expired: /expired/ },
  },
  {
    who: 'sends a token for another audience to the API server',
    file: 'storage-kubeconfig.yaml',
    text: kubeconfig([`token: ${forStorage}`]),
    hovers: [[forStorage, [/storage\/driver/, /Audience.*\bstore\b/]]],
    problems: { 'audience-in-kubeconfig': /store/ },
  },
  {
    who: 'keeps that one in a Secret, where it is right',
    file: 'storage-secret.yaml',
    text: secret('s', 'type: Opaque', 'data:', `  auth-token: ${base64(forStorage)}`),
    hovers: [[base64(forStorage), [/storage\/driver/, /\bstore\b/]]],
    problems: {},
  },
  {
    who: 'compares an issuer byte for byte for a federated login',
    file: 'report.md',
    text: `The Pod sends\n\n\`\`\`\n${ofAzure}\n\`\`\`\n`,
    hovers: [
      [
        ofAzure,
        [
          /shop\/reader/,
          /oidc\.prod-aks\.azure\.com\/[0-9a-f-]{36}\//,
          /AKS/,
          /Entra Workload ID/,
          /does not accept/,
        ],
      ],
    ],
    problems: {},
  },
  {
    who: 'tried to get past a certificate error, and left the CA there',
    file: 'insecure.kubeconfig.yaml',
    text: kubeconfig([`token: ${deployer}`], ['insecure-skip-tls-verify: true']),
    hovers: [[deployer, [/Legacy/, /ci\/deployer/, /never/]]],
    problems: { 'refused-where-used': /insecure-skip-tls-verify/ },
    fix: 'Remove insecure-skip-tls-verify',
  },
  {
    who: 'put users of one name into a kubeconfig',
    file: 'merged-config.yaml',
    text: kubeconfig(
      [`token: ${deployer}`, '', `- name: robot`, '  user:', `    token: ${inTime}`].map((line, at) =>
        at > 1 ? line : line,
      ),
    )
      .replace('    - name: robot', '- name: robot')
      .replace('      user:', '  user:')
      .replace(`        token: ${inTime}`, `    token: ${inTime}`),
    hovers: [[inTime, [/ci\/runner/]]],
    problems: { 'kubectl-refuses': /same name/ },
  },
  {
    who: 'added a token to a user with a password',
    file: 'default.config.yaml',
    text: kubeconfig([`token: ${inTime}`, 'username: me', 'password: "not-a-real-one"']),
    problems: { 'refused-where-used': /password/ },
    fix: 'Remove username and password',
  },
  {
    who: 'added a token to a user with the removed gcp plugin',
    file: 'gke.yaml',
    text: kubeconfig([`token: ${inTime}`, 'auth-provider: {name: gcp, config: {cmd-path: gcloud}}']),
    problems: { 'refused-where-used': /auth-provider "gcp"/ },
    fix: 'Remove auth-provider',
  },
  {
    who: 'logs in by OpenID Connect, and has not done so for a while',
    file: 'oidc.yaml',
    text: kubeconfig([
      'auth-provider:',
      '  name: oidc',
      '  config:',
      '    client-id: c',
      `    id-token: ${id}`,
      '    idp-issuer-url: https://login.microsoftonline.com/x',
      '    refresh-token: 0.AAAA',
    ]),
    hovers: [[id, [/Entra|Microsoft/, /id token/, /expired/], /ServiceAccount token|token Secret/]],
    problems: {},
  },
  {
    who: 'has an exec of a version that kubectl still runs beside a token',
    file: 'v1beta1.yaml',
    text: kubeconfig(exec('v1beta1')),
    problems: { 'exec-never-runs': /never run/ },
  },
  {
    who: 'has an exec of a version that is gone',
    file: 'v1alpha1.yaml',
    text: kubeconfig(exec('v1alpha1')),
    problems: { 'refused-where-used': /v1alpha1/ },
  },
  {
    who: 'has an exec of v1 that says nothing of a terminal',
    file: 'v1.yaml',
    text: kubeconfig(exec('v1')),
    problems: { 'refused-where-used': /interactiveMode/ },
    fix: 'Add interactiveMode',
  },
  {
    who: 'creates a token Secret before its ServiceAccount',
    file: 'rbac.yaml',
    text: `${owned('robot-token', 'robot')}---\n${account('robot')}`,
    problems: { 'account-after-secret': /before/ },
    fix: 'Put the ServiceAccount',
  },
  {
    who: 'creates them in order',
    file: 'right.yaml',
    text: `${account('robot')}---\n${owned('robot-token', 'robot')}`,
    problems: {},
  },
  {
    who: 'wrote the annotation with a dash',
    file: 'dash.yaml',
    text: secret('build-secret', '  annotations:', '    kubernetes.io/service-account-name: builder', TYPE),
    problems: { 'account-annotation-missing': /service-account\.name/ },
    fix: 'Name the ServiceAccount: "builder"',
  },
  {
    who: 'wrote the annotation as a label',
    file: 'label.yaml',
    text: secret('robot-token', '  labels:', `    ${OWNER}: machine`, TYPE),
    problems: { 'account-annotation-missing': /service-account\.name/ },
    fix: 'Name the ServiceAccount: "machine"',
  },
  {
    who: 'lost the last letter of the type',
    file: 'cut.yaml',
    text: owned('long-lived', 'reader').replace(TYPE, TYPE.slice(0, -1)),
    problems: { 'secret-type-wrong': /is "/ },
    fix: 'Use kubernetes.io/service-account-token',
  },
  {
    who: 'restores a dump of a token Secret',
    file: 'dump.yaml',
    text: secret(
      'console-token',
      '  annotations:',
      `    ${OWNER}: console`,
      '    kubernetes.io/service-account.uid: 22732fca-0000-4000-8000-000000000004',
      TYPE,
      'data:',
      `  token: ${base64(legacy('store/console'))}`,
    ),
    hovers: [
      [base64(legacy('store/console')), [/Legacy/, /store\/console/, /console-token/, /never/, /[Bb]ase64/]],
    ],
    problems: { 'account-uid-copied': /uid/, 'account-not-in-file': /console/ },
  },
  {
    who: 'has a pull Secret with the token in it twice, and once more as a login',
    file: 'dockercfg.yaml',
    text: secret(
      'builder-dockercfg',
      'type: kubernetes.io/dockercfg',
      'data:',
      `  .dockercfg: ${base64(dockercfg)}`,
    ),
    problems: {},
  },
  {
    who: 'has Docker’s own file',
    file: 'config.json',
    text: JSON.stringify({
      auths: { 'registry.example.com': { auth: base64(`serviceaccount:${ofBuilder}`) } },
    }),
    hovers: [
      [base64(`serviceaccount:${ofBuilder}`).slice(300), [/demo\/builder/], /decode it before sending/],
    ],
    problems: {},
  },
];
