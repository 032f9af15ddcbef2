import type { Rule } from '../../../src/problems/catalog.ts';
import { base64, boundClaims, jwt, legacyClaims } from '../tokens.ts';
import {
  kubeconfig,
  account,
  secret,
  TYPE,
  whole,
  daemonSet,
  besideToken,
  elsewhere,
  own,
} from './ruleTexts.ts';
import { outdatedFixtures } from './outdatedFixtures.ts';
import { oldCertificate } from './oldCertificate.ts';

/** A file with one problem, and what a quick fix makes of it. */
export interface RuleFixture {
  readonly rule: Rule;
  readonly file: string;
  readonly before: string;
  /** What the problem marks. */
  readonly marked: string;
  /** How the fix's title begins; undefined: the rule has no fix that edits. */
  readonly fix?: string;
  readonly after?: string;
  readonly isTracked?: true;
  /** What stands in the same folder, by its path. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Commands that are offered. */
  readonly offers?: readonly string[];
}

const now = Math.floor(Date.now() / 1000);
const inTime = { iat: now, nbf: now, exp: now + 86_400 };
const bound = jwt(boundClaims({}, inTime));
const podBound = jwt(boundClaims({ pod: { name: 'p-1', uid: 'u' } }, inTime));
const forVault = jwt(boundClaims({}, { ...inTime, aud: ['vault'] }));
const legacy = jwt(legacyClaims());

const wizards = ['serviceAccountTokens.generateKubeconfig', 'serviceAccountTokens.scaffoldTokenSecret'];

/** A file with a problem of each rule. */
export const ruleFixtures: readonly RuleFixture[] = [
  {
    rule: 'pod-bound-in-kubeconfig',
    file: 'pod-bound.kubeconfig',
    before: kubeconfig(`token: ${podBound}`),
    marked: podBound,
    offers: wizards,
  },
  {
    rule: 'audience-in-kubeconfig',
    file: 'other-audience.kubeconfig',
    before: kubeconfig(`token: ${forVault}`),
    marked: forVault,
    offers: wizards,
  },
  {
    rule: 'expired',
    file: 'expired.env',
    before: `TOKEN=${jwt(boundClaims({}, { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_003_600 }))}\n`,
    marked: jwt(boundClaims({}, { iat: 1_700_000_000, nbf: 1_700_000_000, exp: 1_700_003_600 })),
    offers: wizards,
  },
  {
    rule: 'expires-soon',
    file: 'soon.env',
    before: `TOKEN=${jwt(boundClaims({}, { ...inTime, exp: now + 300 }))}\n`,
    marked: jwt(boundClaims({}, { ...inTime, exp: now + 300 })),
    offers: wizards,
  },
  {
    rule: 'never-expires-in-git',
    file: 'never-expires.env',
    before: `TOKEN=${legacy}\n`,
    marked: legacy,
    isTracked: true,
    offers: ['serviceAccountTokens.rotateTokenSecret'],
  },
  {
    rule: 'encoded-in-kubeconfig',
    file: 'encoded.kubeconfig',
    before: kubeconfig(`token: ${base64(bound)} # from a Secret`),
    marked: base64(bound),
    fix: 'Decode',
    after: kubeconfig(`token: ${bound} # from a Secret`),
  },
  {
    rule: 'encoded-in-string-data',
    file: 'string-data.yaml',
    before: `kind: Secret\nmetadata: {name: s}\nstringData: # plain\n  token: ${base64(bound)}\n`,
    marked: base64(bound),
    fix: 'Decode',
    after: `kind: Secret\nmetadata: {name: s}\nstringData: # plain\n  token: ${bound}\n`,
  },
  {
    rule: 'raw-in-data',
    file: 'raw.yaml',
    before: `kind: Secret\nmetadata: {name: s}\ndata: # encoded\n  token: ${bound}\n`,
    marked: bound,
    fix: 'Encode',
    after: `kind: Secret\nmetadata: {name: s}\ndata: # encoded\n  token: ${base64(bound)}\n`,
  },
  {
    rule: 'bearer-caught',
    file: 'bearer.kubeconfig',
    before: kubeconfig(`token: "Bearer ${bound}" # from curl`),
    marked: bound,
    fix: 'Remove "Bearer"',
    after: kubeconfig(`token: "${bound}" # from curl`),
  },
  {
    rule: 'quotes-caught',
    file: 'quotes.kubeconfig',
    before: kubeconfig(`token: '"${bound}"' # from JSON`),
    marked: bound,
    fix: 'Remove the inner quotes',
    after: kubeconfig(`token: '${bound}' # from JSON`),
  },
  {
    rule: 'line-break-caught',
    file: 'wrapped.kubeconfig',
    before: kubeconfig('token: |-', `  ${bound.slice(0, 100)}`, `  ${bound.slice(100)}`),
    marked: `${bound.slice(0, 100)}\n      ${bound.slice(100)}`,
    fix: 'Put the token on one line',
    after: kubeconfig('token: |-', `  ${bound}`),
  },
  {
    rule: 'line-break-caught',
    file: 'block.kubeconfig',
    before: kubeconfig('token: | # pasted', `  ${bound}`),
    marked: bound,
    fix: 'Remove what is caught',
    after: kubeconfig('token: |- # pasted', `  ${bound}`),
  },
  {
    rule: 'line-break-in-secret',
    file: 'echo.yaml',
    before: `kind: Secret\nmetadata: {name: s}\ndata: # by echo\n  token: ${base64(`${bound}\n`)}\n`,
    marked: base64(`${bound}\n`),
    fix: 'Encode the token without',
    after: `kind: Secret\nmetadata: {name: s}\ndata: # by echo\n  token: ${base64(bound)}\n`,
  },
  {
    rule: 'line-break-in-secret',
    file: 'block.yaml',
    before: `kind: Secret\nmetadata: {name: s}\nstringData:\n  token: | # pasted\n    ${bound}\n`,
    marked: bound,
    fix: 'Remove what is caught',
    after: `kind: Secret\nmetadata: {name: s}\nstringData:\n  token: |- # pasted\n    ${bound}\n`,
  },
  {
    rule: 'encoded-twice',
    file: 'twice.yaml',
    before: `kind: Secret\nmetadata: {name: s}\ndata: # copied\n  token: ${base64(base64(bound))}\n`,
    marked: base64(base64(bound)),
    fix: 'Encode the token once',
    after: `kind: Secret\nmetadata: {name: s}\ndata: # copied\n  token: ${base64(bound)}\n`,
  },
  {
    rule: 'encoded-in-configuration',
    file: 'argo.yaml',
    before: `kind: Secret\nmetadata: {name: s}\nstringData:\n  config: '{"bearerToken":"${base64(bound)}"}'\n`,
    marked: base64(bound),
    fix: 'Decode the token',
    after: `kind: Secret\nmetadata: {name: s}\nstringData:\n  config: '{"bearerToken":"${bound}"}'\n`,
  },
  {
    rule: 'pod-bound-in-configuration',
    file: 'auth.tf',
    before: `resource "vault_kubernetes_auth_backend_config" "k" {\n  token_reviewer_jwt = "${podBound}"\n}\n`,
    marked: podBound,
    offers: wizards,
  },
  {
    rule: 'contradictory-claims',
    file: 'contradictory.env',
    before: `TOKEN=${jwt(boundClaims({}, { ...inTime, sub: 'system:serviceaccount:a:b' }))}\n`,
    marked: jwt(boundClaims({}, { ...inTime, sub: 'system:serviceaccount:a:b' })),
  },
  {
    rule: 'malformed',
    file: 'cut.kubeconfig',
    before: kubeconfig(`token: ${bound.slice(0, -9)}`),
    marked: bound.slice(0, -9),
  },
  {
    rule: 'token-file-wins',
    file: 'token-file.kubeconfig',
    before: kubeconfig('token: abc', 'tokenFile: /t # is read again'),
    marked: 'token',
    fix: 'Remove tokenFile',
    after: kubeconfig('token: abc'),
  },
  {
    rule: 'certificate-wins',
    file: 'certificate.kubeconfig',
    before: kubeconfig('client-certificate-data: QQ==', 'token: abc', 'client-key-data: QQ== # secret'),
    marked: 'token',
    fix: 'Remove the client certificate',
    after: kubeconfig('token: abc'),
  },
  {
    rule: 'exec-never-runs',
    file: 'exec.kubeconfig',
    before: kubeconfig(
      'exec:',
      '  apiVersion: client.authentication.k8s.io/v1beta1',
      '  command: aws',
      '  args: [eks]',
      'token: abc # by hand',
    ),
    marked: 'exec',
    fix: 'Remove exec',
    after: kubeconfig('token: abc # by hand'),
  },
  {
    rule: 'current-context-missing',
    file: 'current.kubeconfig',
    before: kubeconfig('token: abc').replace('current-context: ctx', 'current-context: xtc # mine'),
    marked: 'xtc',
    fix: 'Use the context "ctx"',
    after: kubeconfig('token: abc').replace('current-context: ctx', 'current-context: ctx # mine'),
  },
  {
    rule: 'context-incomplete',
    file: 'context.kubeconfig',
    before: kubeconfig('token: abc').replace('user: u}', 'user: "v"}'),
    marked: '"v"',
    fix: 'Use the user "u"',
    after: kubeconfig('token: abc').replace('user: u}', 'user: "u"}'),
  },
  {
    rule: 'kubectl-refuses',
    file: 'refused.kubeconfig',
    before: kubeconfig('token: 12'),
    marked: 'token: 12',
  },
  {
    rule: 'refused-where-used',
    file: 'two-methods.kubeconfig',
    before: kubeconfig('username: me', 'token: abc # added', 'password: secret'),
    marked: 'username',
    fix: 'Remove username and password',
    after: kubeconfig('token: abc # added'),
  },
  {
    rule: 'credential-not-sent',
    file: 'plain-http.kubeconfig',
    before: kubeconfig('token: abc').replace('https://10.0.0.1', 'http://10.0.0.1'),
    marked: '"http://10.0.0.1"',
    fix: 'Use https',
    after: kubeconfig('token: abc'),
  },
  {
    rule: 'document-ignored',
    file: 'second.kubeconfig',
    before: `${kubeconfig('token: abc')}---\nkind: Config\nclusters: []\nusers: []\ncontexts: []\n`,
    marked: 'kind: Config',
  },
  {
    rule: 'certificate-expired',
    file: 'admin.kubeconfig',
    before: kubeconfig(
      `client-certificate-data: ${oldCertificate()} # of last year`,
      'client-key-data: QQ==',
    ),
    marked: oldCertificate(),
  },
  {
    rule: 'certificate-expires-soon',
    file: 'admin-soon.kubeconfig',
    before: kubeconfig(`client-certificate-data: ${oldCertificate(now + 86_400)}`, 'client-key-data: QQ=='),
    marked: oldCertificate(now + 86_400),
  },
  {
    rule: 'readable-by-others',
    file: 'open.kubeconfig',
    before: kubeconfig('token: abc'),
    marked: 'users',
    offers: ['serviceAccountTokens.makePrivate'],
  },
  {
    rule: 'secret-type-wrong',
    file: 'type.yaml',
    before: account + secret('type: kubernetes.io/service-acount-token # typed by hand'),
    marked: 'kubernetes.io/service-acount-token',
    fix: 'Use kubernetes.io/service-account-token',
    after: account + secret(`${TYPE} # typed by hand`),
  },
  {
    rule: 'account-annotation-missing',
    file: 'annotation.yaml',
    before: account + secret(TYPE).replace(/ {2}annotations:\n.*\n/, ''),
    marked: 'metadata',
    fix: 'Name the ServiceAccount: "mycontroller"',
    after: whole.replace(' # its owner', ''),
  },
  {
    rule: 'account-in-other-namespace',
    file: 'namespace.yaml',
    before: account.replace('kube-system', 'ci # here') + secret(TYPE),
    marked: 'kube-system',
    fix: 'Put the Secret into namespace ci',
    after: account.replace('kube-system', 'ci # here') + secret(TYPE).replace('kube-system', 'ci'),
  },
  {
    rule: 'account-not-in-file',
    file: 'alone.yaml',
    before: secret(TYPE),
    marked: 'mycontroller',
    fix: 'Add the ServiceAccount',
    after: account.replace('# who it is\n', '') + secret(TYPE),
  },
  {
    rule: 'account-after-secret',
    file: 'order.yaml',
    before: `${secret(TYPE)}---\n${account.replace('---\n', '')}`,
    marked: 'mycontroller',
    fix: 'Put the ServiceAccount',
    after: whole,
  },
  {
    rule: 'secret-listed-at-account',
    file: 'listed.yaml',
    before:
      account.replace('---', 'secrets: # as before 1.24\n- name: mycontroller-token\n---') + secret(TYPE),
    marked: 'mycontroller-token',
    fix: 'Take "mycontroller-token" off',
    after: whole,
  },
  {
    rule: 'account-uid-copied',
    file: 'uid.yaml',
    before: account + secret('    kubernetes.io/service-account.uid: 1-2-3', TYPE),
    marked: 'kubernetes.io/service-account.uid',
    fix: 'Remove the uid',
    after: whole,
  },
  {
    rule: 'immutable-without-token',
    file: 'immutable.yaml',
    before: account + secret(TYPE, 'immutable: true', '# the end'),
    marked: 'immutable',
    fix: 'Remove immutable',
    after: account + secret(TYPE, '# the end'),
  },
  {
    rule: 'token-data-in-git',
    file: 'committed.yaml',
    before: account + secret(TYPE, 'data:', `  token: ${base64(legacy)}`, '# the end'),
    marked: 'token',
    isTracked: true,
    fix: 'Rotate: name the Secret "mycontroller-token-2"',
    after: account + secret(TYPE, '# the end').replace('mycontroller-token', 'mycontroller-token-2'),
  },
  {
    rule: 'projection-life-out-of-range',
    file: 'life.yaml',
    before: daemonSet(elsewhere, 'audience: vault', 'expirationSeconds: 60 # a minute', 'path: t'),
    marked: '60',
    fix: 'Use 600 seconds',
    after: daemonSet(elsewhere, 'audience: vault', 'expirationSeconds: 600 # a minute', 'path: t'),
  },
  {
    rule: 'projection-life-3607',
    file: '3607.yaml',
    before: daemonSet(own, 'expirationSeconds: 3607 # copied', 'path: token'),
    marked: '3607',
    fix: 'Use 3600 seconds',
    after: daemonSet(own, 'expirationSeconds: 3600 # copied', 'path: token'),
  },
  {
    rule: 'own-volume-incomplete',
    file: 'own.yaml',
    before: `${daemonSet(own, 'path: own-token # here')}${besideToken}`,
    marked: 'own-token',
    fix: 'Name the file',
    after: `${daemonSet(own, 'path: token # here')}${besideToken}`,
  },
  {
    rule: 'projection-audience-refused',
    file: 'refused.yaml',
    before: daemonSet(own, 'audience: vault', 'path: token'),
    marked: 'vault',
    fix: 'Remove the audience',
    after: daemonSet(own, 'path: token'),
  },
  {
    rule: 'projection-audience-open',
    file: 'audience.yaml',
    before: daemonSet(elsewhere, 'path: t # here'),
    marked: 'serviceAccountToken',
    fix: 'Name the audience',
    after: daemonSet(elsewhere, 'path: t # here', 'audience: name-of-the-service'),
  },
  {
    rule: 'too-large',
    file: 'large.yaml',
    before: `${whole}---\n\nkind: List\nitems:\n${account
      .replaceAll(/^(?!$|---)/gm, '  ')
      .replace('  #', '- #')
      .replace('---\n', '')
      .repeat(3000)}`,
    marked: 'kind: List',
  },
  ...outdatedFixtures,
];
