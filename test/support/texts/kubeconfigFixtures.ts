import { oldCertificate } from './oldCertificate.ts';
import { kubeconfig, type RuleFixture } from './ruleTexts.ts';

const now = Math.floor(Date.now() / 1000);

/** A kubeconfig with a problem of each rule about its entries. */
export const kubeconfigFixtures: readonly RuleFixture[] = [
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
    rule: 'no-token',
    file: 'viewed.kubeconfig',
    before: kubeconfig('token: REDACTED # as kubectl config view has it'),
    marked: 'REDACTED',
    offers: ['serviceAccountTokens.generateKubeconfig'],
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
];
