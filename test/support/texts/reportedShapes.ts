import {
  account,
  aPod,
  bound,
  deployer,
  HOUR,
  kubeconfig,
  now,
  ofOperator,
  ofRunner,
  owned,
  OWNER,
  robot,
  secret,
  TYPE,
  type PeoplesFile,
} from './reportedTexts.ts';
import { base64, jwt } from '../tokens.ts';

const idToken = jwt({
  iss: 'https://sso.example.com/realms/dev',
  aud: 'k8s',
  email: 'a@b',
  iat: now - 2 * HOUR,
  exp: now - HOUR,
});

/** What people have in other shapes than the usual ones. */
export const shapes: readonly PeoplesFile[] = [
  {
    who: 'mounts one file of a projected volume, which the kubelet cannot renew there',
    file: 'sub-path.yaml',
    text: aPod(
      '/etc/vault/token, subPath: token',
      '{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 7200}}',
    ),
    problems: { 'projection-by-sub-path': /never renewed/ },
  },
  {
    who: 'mounts another file of such a volume so, and the token beside it whole',
    file: 'sub-path-of-other.yaml',
    text: aPod(
      '/etc/vault/ca.crt, subPath: ca.crt',
      '{serviceAccountToken: {path: token, audience: vault, expirationSeconds: 7200}}',
    ),
    problems: {},
  },
  ...['"robot "', '|\n      robot'].map((name, at) => ({
    who: `has a blank or a line break in the ServiceAccount’s name (${at + 1})`,
    file: `owner-blank-${at + 1}.yaml`,
    text: `${account('robot')}---\n${owned('robot-token', name)}`,
    problems: { 'account-name-wrong': /space or a line break/ },
    fix: 'Name the ServiceAccount: "robot"',
  })),
  {
    who: 'gives Backstage a token as data of a Secret has it',
    file: 'app-config.yaml',
    text: `kubernetes:\n  clusterLocatorMethods:\n  - type: config\n    clusters:\n    - url: https://10.0.0.1\n      authProvider: serviceAccount\n      serviceAccountToken: ${base64(deployer)}\n`,
    problems: { 'encoded-in-configuration': /base64/ },
  },
  {
    who: 'gives Prometheus a Pod’s token as it is written today',
    file: 'prometheus-now.yml',
    text: `scrape_configs:\n- job_name: outside\n  authorization:\n    type: Bearer\n    credentials: ${ofRunner}\n`,
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'gives Argo CD’s chart a Pod’s token',
    file: 'argo-values.yaml',
    text: `configs:\n  clusterCredentials:\n    prod:\n      server: https://10.0.0.1\n      config:\n        bearerToken: ${ofRunner}\n`,
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'types base64 of a token for kubectl',
    file: 'typed.sh',
    text: `#!/bin/sh\nkubectl config set-credentials robot --token=${base64(deployer)}\noc login --token ${ofRunner} https://10.0.0.1:6443\n`,
    problems: { 'encoded-in-configuration': /base64/, 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'has what a login program keeps',
    file: 'oidc-login-cache.json',
    text: `${JSON.stringify({ id_token: idToken, refresh_token: 'abc' })}\n`,
    hovers: [[idToken, [/Keycloak/, /expired/]]],
    problems: {},
  },
  {
    who: 'has a kubeconfig in JSON over lines',
    file: 'pretty.json',
    text: `${JSON.stringify(
      {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1' } }],
        users: [{ name: 'u', user: { token: ofOperator } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'c',
      },
      undefined,
      2,
    )}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'made a context and left its user out',
    file: 'no-user.yaml',
    text: kubeconfig([`token: ${deployer}`]).replace('{cluster: site, user: robot}', '{cluster: site}'),
    problems: { 'context-incomplete': /no user/ },
    fix: 'Use the user "robot"',
  },
  {
    who: 'left it out for kubectl proxy, which logs in by itself',
    file: 'proxied.yaml',
    text: `apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "http://localhost:8001"}}]\nusers: []\ncontexts: [{name: c, context: {cluster: c}}]\ncurrent-context: c\n`,
    problems: {},
  },
  {
    who: 'has a line break at the end of a token in quotes',
    file: 'quoted-break.yaml',
    text: kubeconfig([`token: "${deployer}\\n"`]),
    problems: { 'line-break-caught': /line break/ },
  },
  {
    who: 'has a kubeconfig in Terraform',
    file: 'files.tf',
    text: `resource "local_file" "config" {\n  content = <<-EOT\n${robot.replaceAll(/^(?=.)/gm, '    ')}  EOT\n}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has one in a program',
    file: 'settings.py',
    text: `CONFIG = """\n${robot}"""\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has one in a string of a string, with the line ends of Windows',
    file: 'nested-string.json',
    text: `${JSON.stringify({ body: JSON.stringify({ kubeconfig: robot.replaceAll('\n', '\r\n') }) })}\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'wrote the type a level too deep',
    file: 'deep-type.yaml',
    text: `${account('robot')}---\n${secret('robot-token', `  ${TYPE}`, '  annotations:', `    ${OWNER}: robot`)}`,
    problems: { 'secret-type-wrong': /type/ },
    fix: 'Make it a token Secret',
  },
  {
    who: 'gives a program a token Secret by its environment',
    file: 'environment.yaml',
    text: `${account('robot')}---\n${owned('robot-token', 'robot')}---\nkind: Deployment\nspec: {template: {spec: {containers: [{name: a, env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: robot-token, key: token}}}]}]}}}\n`,
    problems: {},
  },
  {
    who: 'keeps an older token in a comment',
    file: 'commented.yaml',
    text: kubeconfig([`token: ${deployer}`, `# token: ${ofRunner}`]),
    problems: {},
  },
  {
    who: 'gives CI a kubeconfig as a variable',
    file: 'variables.env',
    text: `KUBECONFIG_B64=${base64(robot)}\nREGISTRY=registry.example.com\n`,
    problems: { 'pod-bound-in-kubeconfig': /operator-5f6d/ },
  },
  {
    who: 'has a token in an address of data',
    file: 'ignition.json',
    text: `{"contents":{"source":"data:text/plain;charset=utf-8;base64,${base64(deployer)}"}}\n`,
    hovers: [[base64(deployer), [/ci\/deployer/]]],
    problems: {},
  },
  {
    who: 'has a token of Vault’s audience among Vault’s files, and one that has ended',
    file: 'vault-agent.hcl',
    text: `token = "${bound('ci/robot', { aud: ['vault'], age: 3 * HOUR, life: HOUR })}"\n`,
    problems: { expired: /ci\/robot/ },
  },
];
