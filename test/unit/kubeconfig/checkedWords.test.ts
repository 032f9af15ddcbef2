import { describe, expect, it } from 'vitest';
import { check, problemIn, rulesIn } from '../../support/texts/checks.ts';
import { exec, kubeconfigWith, V1 } from '../../support/texts/kubeconfigWith.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** What is marked by each problem, whether it has an effect, and its fixes with whether they are preferred. */
const told = (text: string): unknown[] =>
  check(text).problems.map(({ rule, start, end, isUnused = false, fixes }) => [
    rule,
    text.slice(start, end),
    isUnused,
    fixes().map(({ title, isPreferred }) => (isPreferred ? `${title} *` : title)),
  ]);

describe('a problem of a kubeconfig', () => {
  it.each<[what: string, text: string, problems: readonly unknown[]]>([
    [
      'a token and its file',
      kubeconfigWith(['tokenFile: f', 'token: t']),
      [['token-file-wins', 'token', false, ['Remove tokenFile: every client then uses token']]],
    ],
    [
      'a certificate and a token',
      kubeconfigWith(['token: t', 'client-certificate: c', 'client-key: k']),
      [
        [
          'certificate-wins',
          'token',
          true,
          [
            'Remove token: the certificate is what counts',
            'Remove the client certificate and its key, and use the token',
          ],
        ],
      ],
    ],
    [
      'a certificate, a token and its file',
      kubeconfigWith([
        'token: t',
        'tokenFile: f',
        'client-certificate-data: QQ==',
        'client-key-data: QQ==',
      ]).replaceAll('QQ==', btoa(PEM)),
      [
        ['token-file-wins', 'token', false, ['Remove tokenFile: every client then uses token']],
        [
          'certificate-wins',
          'token',
          true,
          [
            'Remove token and tokenFile: the certificate is what counts',
            'Remove the client certificate and its key, and use the token',
          ],
        ],
      ],
    ],
    [
      'a certificate and the file of a token',
      kubeconfigWith(['tokenFile: f', 'client-certificate: c', 'client-key: k']),
      [
        [
          'certificate-wins',
          'tokenFile',
          true,
          [
            'Remove tokenFile: the certificate is what counts',
            'Remove the client certificate and its key, and use the token',
          ],
        ],
      ],
    ],
    [
      'a password and a program',
      kubeconfigWith([exec(), 'username: me', 'password: p']),
      [
        [
          'exec-never-runs',
          'exec',
          true,
          [
            'Remove exec: username is what counts',
            'Remove username and password, and let the program get a token',
          ],
        ],
      ],
    ],
    [
      'the file of a token, a certificate and a program',
      kubeconfigWith([exec(), 'tokenFile: f', 'client-certificate: c', 'client-key: k']),
      [
        [
          'exec-never-runs',
          'exec',
          true,
          [
            'Remove exec: tokenFile is what counts',
            'Remove tokenFile and client-certificate and client-key, and let the program get a token',
          ],
        ],
        [
          'certificate-wins',
          'tokenFile',
          true,
          [
            'Remove tokenFile: the certificate is what counts',
            'Remove the client certificate and its key, and use the token',
          ],
        ],
      ],
    ],
    ['a program beside a password without a name', kubeconfigWith([exec(), 'password: p']), []],
    [
      'a token that a merge empties, and its file',
      kubeconfigWith(['token: t', '<<: {token: ""}', 'tokenFile: f']),
      [],
    ],
    [
      'the file of a token that a merge empties',
      kubeconfigWith(['tokenFile: f', 'token: t', '<<: {tokenFile: ""}']),
      [],
    ],
    [
      'a number of nobody',
      kubeconfigWith(['token: t', 'as-uid: "1"']),
      [['refused-where-used', 'as-uid', false, []]],
    ],
    ['a program beside a key', kubeconfigWith([exec(), 'client-key: k']), []],
    ['a program beside an empty token', kubeconfigWith([exec(), 'token: ""', 'tokenFile: ""']), []],
    [
      'an auth-provider that nobody has and nobody needs',
      kubeconfigWith(['token: t', 'auth-provider: {name: gcp}']),
      [['refused-where-used', 'auth-provider', false, ['Remove auth-provider *']]],
    ],
    [
      'an exec and an auth-provider',
      kubeconfigWith([exec(), 'auth-provider: {name: oidc}']),
      [
        [
          'refused-where-used',
          'exec',
          false,
          ['Remove exec, and keep auth-provider', 'Remove auth-provider, and keep exec'],
        ],
      ],
    ],
    [
      'an exec without interactiveMode',
      kubeconfigWith([`exec: {apiVersion: ${V1}, command: aws}`]),
      [['refused-where-used', 'exec', false, ['Add interactiveMode: IfAvailable *']]],
    ],
    [
      'an exec of a version that is gone',
      kubeconfigWith([exec(`${V1}alpha1`)]),
      [
        [
          'refused-where-used',
          'exec',
          false,
          ['Use v1beta1: the program has to answer in it, which newer ones do'],
        ],
      ],
    ],
    [
      'an exec of no known version',
      kubeconfigWith([exec(`${V1}beta2`)]),
      [['refused-where-used', 'exec', false, []]],
    ],
    [
      'an exec whose interactiveMode is none',
      kubeconfigWith([`exec: {apiVersion: ${V1}, command: aws, interactiveMode: Maybe}`]),
      [['refused-where-used', 'exec', false, []]],
    ],
    [
      'an exec without a version',
      kubeconfigWith(['exec: {command: aws}']),
      [['refused-where-used', 'exec', false, []]],
    ],
    [
      'a certificate without its key',
      kubeconfigWith(['client-certificate: c']),
      [['refused-where-used', 'client-certificate', false, []]],
    ],
    [
      'groups of nobody',
      kubeconfigWith(['token: t', 'as-user-extra: {a: [b]}']),
      [['refused-where-used', 'as-user-extra', false, []]],
    ],
    [
      'two certificates',
      kubeconfigWith(['client-certificate: c', 'client-certificate-data: QQ==', 'client-key: k']),
      [
        [
          'refused-where-used',
          'client-certificate-data',
          false,
          [
            'Remove client-certificate-data, and keep client-certificate',
            'Remove client-certificate, and keep client-certificate-data',
          ],
        ],
      ],
    ],
    [
      'two authorities',
      kubeconfigWith(
        ['token: t'],
        'server: "https://a", certificate-authority: c, certificate-authority-data: QQ==',
      ),
      [
        [
          'refused-where-used',
          'certificate-authority-data',
          false,
          [
            'Remove certificate-authority-data, and keep certificate-authority',
            'Remove certificate-authority, and keep certificate-authority-data',
          ],
        ],
      ],
    ],
    [
      'a proxy that is none',
      kubeconfigWith(['token: t'], 'server: "https://a", proxy-url: "ftp://p"'),
      [['refused-where-used', 'proxy-url', false, []]],
    ],
    [
      'an authority that is encoded twice, over lines',
      kubeconfigWith(
        ['token: t'],
        `server: "https://a", certificate-authority-data: "${btoa(btoa(PEM)).slice(0, 40)}\\n${btoa(btoa(PEM)).slice(40)}"`,
      ),
      [['refused-where-used', 'certificate-authority-data', false, ['Decode it once *']]],
    ],
    [
      'an authority that is none',
      kubeconfigWith(['token: t'], `server: "https://a", certificate-authority-data: ${btoa('none!')}`),
      [['refused-where-used', 'certificate-authority-data', false, []]],
    ],
    [
      'an authority that nobody looks at',
      kubeconfigWith(
        ['token: t'],
        'server: "https://a", certificate-authority-data: "", insecure-skip-tls-verify: true',
      ),
      [],
    ],
    [
      'a certificate that is none',
      kubeconfigWith([`client-certificate-data: ${btoa('none!')}`, 'client-key: k']),
      [['refused-where-used', 'client-certificate-data', false, []]],
    ],
    [
      'a server over plain http',
      kubeconfigWith(['token: t'], 'server: "HTTP://a"'),
      [['credential-not-sent', '"HTTP://a"', false, ['Use https']]],
    ],
    [
      'a server without a scheme',
      kubeconfigWith(['tokenFile: f'], 'server: "a:1"'),
      [['credential-not-sent', '"a:1"', false, ['Use https']]],
    ],
    ['a server over plain http and nobody', kubeconfigWith(['as: me'], 'server: "http://a"'), []],
    ['a server that is empty', kubeconfigWith(['token: t'], 'server: ""'), []],
    ['no server', kubeconfigWith(['token: t'], 'tls-server-name: a'), []],
  ])('is marked, and has its fixes: %s', (_what, text, problems) => {
    expect(told(text)).toEqual(problems);
  });

  it('says which credential is not used, and what is refused', () => {
    const message = (text: string, rule: Parameters<typeof problemIn>[1]): string =>
      problemIn(text, rule).message;
    expect(message(kubeconfigWith(['token: t'], 'server: "http://a"'), 'credential-not-sent')).toBe(
      'This is plain http: kubectl sends no credential there, and the token of its user is never used.',
    );
    expect(message(kubeconfigWith([exec()], 'server: a'), 'credential-not-sent')).toBe(
      'Without https:// before it, this is plain http: kubectl sends no credential there, and the exec of its user is never used.',
    );
    expect(
      message(
        kubeconfigWith([`client-certificate-data: ${btoa('none!')}`, 'client-key: k']),
        'refused-where-used',
      ),
    ).toBe(
      'kubectl makes no request with this: client-certificate-data is base64 of something else, and no PEM certificate.',
    );
    expect(message(kubeconfigWith(['client-certificate: c']), 'refused-where-used')).toBe(
      'kubectl makes no request with this: its user has a client certificate without its key.',
    );
    expect(message(kubeconfigWith([exec(), 'token: t']), 'exec-never-runs')).toBe(
      'This program is never run: token of the same user comes first.',
    );
  });

  it('is none of an entry that is used over plain http alone, and is one of what is used otherwise too', () => {
    const text = kubeconfigWith(
      ['token: t', 'username: me'],
      'server: "http://a", certificate-authority: x, insecure-skip-tls-verify: true',
    );
    expect(rulesIn(text)).toEqual(['refused-where-used', 'refused-where-used']);
    const cluster = kubeconfigWith(
      ['token: t'],
      'server: "http://a", certificate-authority: x, insecure-skip-tls-verify: true',
    );
    expect(rulesIn(cluster)).toEqual(['credential-not-sent']);
    const two = kubeconfigWith(['tokenFile: t', 'username: me'], 'server: "http://a"');
    expect(rulesIn(two)).toEqual(['credential-not-sent']);
    const both = two
      .replace('users:', '- name: d\n  cluster: {server: "https://a"}\nusers:')
      .replace('current', '- name: other\n  context: {cluster: d, user: u}\ncurrent');
    expect(rulesIn(both)).toEqual(['credential-not-sent', 'refused-where-used']);
    const unused = kubeconfigWith(['token: t']).replace(
      'users:',
      '- name: d\n  cluster: {server: "https://a", proxy-url: x}\nusers:',
    );
    expect(rulesIn(unused)).toEqual(['refused-where-used']);
    const first = kubeconfigWith(['token: t'], 'server: "http://a"')
      .replace('contexts:', '- name: v\n  user: {username: me}\ncontexts:')
      .replace('current', '- name: other\n  context: {cluster: c, user: v}\ncurrent');
    expect(problemIn(first, 'credential-not-sent').message).toContain('the token of its user');
  });

  it('is said of a context that names what is not there, as far as this file goes', () => {
    const text = kubeconfigWith(['token: t']);
    const none =
      'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\ncurrent-context: ctx\n';
    expect(problemIn(none, 'current-context-missing').message).toBe(
      'There is no context in this file, and so none of the name "ctx". kubectl uses it only where another file of $KUBECONFIG has it.',
    );
    expect(problemIn(none, 'current-context-missing').fixes()).toEqual([]);
    const other = text.replace('current-context: ctx', 'current-context: far');
    expect(problemIn(other, 'current-context-missing').message).toBe(
      'There is no context "far" in this file. kubectl uses it only where another file of $KUBECONFIG has it.',
    );
    const broken = text.replace('user: u}', 'user: v}');
    expect(problemIn(broken, 'context-incomplete')).toMatchObject({
      message:
        'There is no user "v" in this file: the context does not work unless another file of $KUBECONFIG has it.',
    });
    expect(told(broken)).toEqual([['context-incomplete', 'v', false, ['Use the user "u" *']]]);
    expect(told(text.replace('cluster: c,', 'cluster: d,'))).toEqual([
      ['context-incomplete', 'd', false, ['Use the cluster "c" *']],
    ]);
    expect(told(text.replace('cluster: c,', 'cluster: "",'))).toEqual([]);
    expect(told(text.replace('cluster: c, user: u', ''))).toEqual([]);
    expect(told(text.replace('{cluster: c, user: u}', '~'))).toEqual([]);
  });

  it('marks the whole line that kubectl refuses, and of a document that it ignores the first', () => {
    expect(told(kubeconfigWith(['token: 12 # mine']))).toEqual([
      ['kubectl-refuses', 'token: 12 # mine', false, []],
    ]);
    expect(told('kind: Config\nusers: 1')).toEqual([['kubectl-refuses', 'users: 1', false, []]]);
    expect(problemIn('kind: Config\nusers: 1', 'kubectl-refuses').message).toBe(
      'kubectl refuses this file: users must be a list.',
    );
    expect(told('kind: Config\nclusters: []\nusers: .nan\n')).toEqual([]);
    const second = `${kubeconfigWith(['token: t'])}---\n# c\nkind: Config # d\nusers: []`;
    expect(told(second)).toEqual([['document-ignored', 'kind: Config # d', true, []]]);
    expect(told(`${kubeconfigWith(['token: t'])}---\nkind: Config\nusers:`)).toEqual([
      ['document-ignored', 'kind: Config', true, []],
    ]);
  });
});
