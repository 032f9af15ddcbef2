import { base64, boundClaims, jwt, legacyClaims } from '../tokens.ts';

/** What the files of people are made of. */
/** A file as people have it, and what is to be seen in it. */
export interface PeoplesFile {
  /** What is the matter, as a sentence after "a person who". */
  readonly who: string;
  readonly file: string;
  readonly text: string;
  /** What the hover says, by the text that the pointer is on; what it must not say. */
  readonly hovers?: readonly (readonly [on: string, says: readonly RegExp[], saysNot?: RegExp])[];
  /** The codes of all problems, in no order; each with what its message says. */
  readonly problems: Readonly<Record<string, RegExp>>;
  /** How the title of a quick fix begins. */
  readonly fix?: string;
}

export const now = Math.floor(Date.now() / 1000);
export const HOUR = 3600;
export const YEAR = 365 * 24 * HOUR;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const CA = base64('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');

/** A bound token, issued so many seconds ago and good for so many. */
export const bound = (
  account: string,
  {
    own = {},
    age = 60,
    life = 24 * HOUR,
    ...claims
  }: Readonly<Record<string, unknown>> & {
    readonly own?: object;
    readonly age?: number;
    readonly life?: number;
  } = {},
): string => {
  const [namespace = '', name = ''] = account.split('/');
  const iat = now - age;
  const serviceaccount = { name, uid: '9f2c6b1e-0000-4000-8000-000000000001' };
  return jwt(
    boundClaims(
      { namespace, serviceaccount, ...own },
      {
        iss: ISSUER,
        aud: [ISSUER],
        sub: `system:serviceaccount:${namespace}:${name}`,
        iat,
        nbf: iat,
        exp: iat + life,
        ...claims,
      },
    ),
  );
};
export const pod = (name: string): object => ({ pod: { name, uid: '7d1c6b1e-0000-4000-8000-000000000002' } });

export const legacy = (account: string, secret = `${account.split('/')[1] ?? ''}-token`): string => {
  const [namespace = '', name = ''] = account.split('/');
  return jwt(
    legacyClaims({
      sub: `system:serviceaccount:${namespace}:${name}`,
      'kubernetes.io/serviceaccount/namespace': namespace,
      'kubernetes.io/serviceaccount/secret.name': secret,
      'kubernetes.io/serviceaccount/service-account.name': name,
    }),
  );
};

export const kubeconfig = (user: readonly string[], cluster: readonly string[] = []): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '- name: site',
    '  cluster:',
    ...(cluster.some((line) => line.startsWith('server'))
      ? []
      : ['    server: https://10.40.0.1:6443', `    certificate-authority-data: ${CA}`]),
    ...cluster.map((line) => `    ${line}`),
    'users:',
    '- name: robot',
    '  user:',
    ...user.map((line) => `    ${line}`),
    'contexts:',
    '- name: site',
    '  context: {cluster: site, user: robot}',
    'current-context: site',
    '',
  ].join('\n');

export const secret = (name: string, ...lines: readonly string[]): string =>
  ['apiVersion: v1', 'kind: Secret', 'metadata:', `  name: ${name}`, ...lines, ''].join('\n');
export const TYPE = 'type: kubernetes.io/service-account-token';
export const OWNER = 'kubernetes.io/service-account.name';
export const account = (name: string): string =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n`;
export const owned = (name: string, by: string): string =>
  secret(name, '  annotations:', `    ${OWNER}: ${by}`, TYPE);

export const OWN = '/var/run/secrets/kubernetes.io/serviceaccount';
const podSpec = (mountPath: string, ...sources: readonly string[]): string =>
  `containers: [{name: app, image: "app:1", volumeMounts: [{name: t, mountPath: ${mountPath}}]}], volumes: [{name: t, projected: {sources: [${sources.join(', ')}]}}]`;
export const aPod = (mountPath: string, ...sources: readonly string[]): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec: {${podSpec(mountPath, ...sources)}}\n`;
export const besideToken = [
  '{configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}}',
  '{downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}}',
];
export const templated = (apiVersion: string, kind: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: hello}\nspec: {template: {spec: {${podSpec('/tokens', '{serviceAccountToken: {path: token, audience: broker, expirationSeconds: 60}}')}}}}\n`;

export const lines = (text: string, indentation = ''): string =>
  (text.match(/.{1,76}/g) ?? []).map((line) => `${indentation}${line}`).join('\n');

export const ofGonePod = bound('kube-system/meshnet', {
  own: { ...pod('meshnet-4x7zq'), node: { name: 'worker-3', uid: 'n' } },
  age: 2 * HOUR,
  life: 3607,
});
export const daily = bound('kube-system/cni-plugin', { age: 25 * HOUR });
export const forStorage = bound('storage/driver', { aud: ['store'] });
export const ofAzure = bound('shop/reader', {
  iss: 'https://oidc.prod-aks.azure.com/0f0f0f0f-0000-4000-8000-000000000003/',
  aud: ['api://AzureADTokenExchange'],
});
export const deployer = legacy('ci/deployer');
export const inTime = bound('ci/runner');
export const ofVault = bound('vault/vault', {
  own: { ...pod('vault-0'), warnafter: now - 60 + 3607 },
  life: YEAR,
});
export const ofOperator = bound('dns/operator', { own: pod('operator-5f6d') });
/** A kubeconfig with the token of an operator's Pod. */
export const robot = kubeconfig([`token: ${ofOperator}`]);
export const ofRunner = bound('ci/robot', { own: pod('runner-7f9') });
export const ofIstio = bound('istio-system/istiod', {
  own: pod('istiod-66c'),
  iss: 'kubernetes/serviceaccount',
  aud: ['api'],
});
export const ofBuilder = bound('demo/builder');
export const ofNode = bound('edge/agent', { own: { node: { name: 'worker-5', uid: 'n' } } });
export const ofHeldSecret = bound('edge/agent', { own: { secret: { name: 'agent-hold', uid: 's' } } });

export const scraper = bound('monitoring/federate', { aud: [ISSUER, 'k3s'] });
export const id = jwt({
  iss: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
  aud: '9f1c2d3e',
  email: 'dev@example.com',
  iat: now - 2 * HOUR,
  nbf: now - 2 * HOUR,
  exp: now - HOUR,
  sub: 'AAA',
});
export const extended = bound('default/web', {
  own: { ...pod('web-0'), warnafter: now - 60 + 3607 },
  life: YEAR,
});
export const dockercfg = JSON.stringify({
  'registry.svc:5000': { username: '<token>', password: ofBuilder, auth: base64(`<token>:${ofBuilder}`) },
});
export const exec = (version: string): string[] => [
  `token: ${deployer}`,
  'exec:',
  `  apiVersion: client.authentication.k8s.io/${version}`,
  '  command: aws',
];
export const schema = Array.from(
  { length: 9000 },
  (_, index) => `            field${index}: {type: string}`,
).join('\n');
