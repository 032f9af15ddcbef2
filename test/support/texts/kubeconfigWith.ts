/** A kubeconfig whose one user has these lines, and whose cluster has these fields. */
export const kubeconfigWith = (user: readonly string[], cluster = 'server: "https://10.0.0.1"'): string =>
  `apiVersion: v1
kind: Config
clusters:
- name: c
  cluster: {${cluster}}
users:
- name: u
  user:
${user.map((line) => `    ${line}\n`).join('')}contexts:
- name: ctx
  context: {cluster: c, user: u}
current-context: ctx
`;
/** The API group and version that an exec credential is given in. */
export const V1 = 'client.authentication.k8s.io/v1';
/** A user's line for a program that gives a credential. */
export const exec = (version = `${V1}beta1`): string =>
  `exec: {apiVersion: ${version}, command: aws, interactiveMode: Never}`;
