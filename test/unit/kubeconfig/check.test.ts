import { describe, expect, it } from 'vitest';
import { check, fixed, problemIn, rulesIn } from '../../support/texts/checks.ts';

/** A kubeconfig whose one user has these lines. */
const kubeconfig = (...user: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Config # of the host',
    'clusters:',
    '- name: c',
    '  cluster: {server: "https://10.0.0.1"}',
    'users:',
    '- name: u',
    '  user:',
    ...user.map((line) => `    ${line}`),
    'contexts:',
    '- name: ctx',
    '  context: {cluster: c, user: u}',
    'current-context: ctx',
    '',
  ].join('\n');

describe('a kubeconfig', () => {
  it('without anything wrong has no problem, and says where its users and its credential are', () => {
    const text = kubeconfig('token: abc');
    const { problems, users, credential } = check(text);
    expect(problems).toEqual([]);
    expect(users).toEqual([
      { name: 'u', start: text.indexOf('name: u'), tokenAt: text.indexOf('abc'), contexts: ['ctx'] },
    ]);
    expect(credential?.start).toBe(text.indexOf('users:'));
    expect(check(kubeconfig('tokenFile: /t')).credential).toBeUndefined();
    const two = text.replace(
      'current-context',
      '- name: other\n  context: {cluster: c, user: u}\ncurrent-context',
    );
    expect(check(two).users.map(({ contexts }) => contexts)).toEqual([['ctx', 'other']]);
  });

  it('whose tokenFile beats its token for some clients has that marked on the key of the token, which stays for the others', () => {
    const text = kubeconfig('# kept', 'token: abc # by hand', 'tokenFile: /t # kept too');
    const { start, end } = problemIn(text, 'token-file-wins');
    expect(text.slice(start, end)).toBe('token');
    const { message, fixes } = problemIn(text, 'token-file-wins');
    expect(message).toMatch(/kubectl and others in Go use tokenFile.*Python and JavaScript use this token/);
    expect(fixes().map(({ title }) => title)).toEqual(['Remove tokenFile: every client then uses token']);
    expect(fixed(text, 'token-file-wins', 'Remove tokenFile')).toBe(
      kubeconfig('# kept', 'token: abc # by hand'),
    );
  });

  it('whose client certificate beats its token can keep either', () => {
    const text = kubeconfig(
      'client-certificate-data: QQ==',
      'token: abc',
      'client-key-data: |',
      '  QQ==',
      'as: other',
    );
    expect(fixed(text, 'certificate-wins', 'Remove token')).toBe(
      kubeconfig('client-certificate-data: QQ==', 'client-key-data: |', '  QQ==', 'as: other'),
    );
    expect(fixed(text, 'certificate-wins', 'Remove the client')).toBe(kubeconfig('token: abc', 'as: other'));
  });

  it('with a program that never runs, as a token comes first, can lose either', () => {
    const text = kubeconfig(
      'exec:',
      '  apiVersion: client.authentication.k8s.io/v1beta1',
      '  command: aws',
      '  args: [a]',
      'token: abc',
    );
    expect(fixed(text, 'exec-never-runs', 'Remove exec')).toBe(kubeconfig('token: abc'));
    expect(fixed(text, 'exec-never-runs', 'Remove token')).toBe(
      kubeconfig(
        'exec:',
        '  apiVersion: client.authentication.k8s.io/v1beta1',
        '  command: aws',
        '  args: [a]',
      ),
    );
    expect(
      rulesIn(
        kubeconfig(
          'exec:',
          '  apiVersion: client.authentication.k8s.io/v1beta1',
          '  command: aws',
          'token: ""',
        ),
      ),
    ).toEqual([]);
  });

  it('with a program that never runs, as a certificate or a password comes first, can lose either', () => {
    const certificate = ['client-certificate-data: QQ==', 'client-key-data: QQ=='];
    const byCertificate = kubeconfig(
      'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
      ...certificate,
    );
    expect(fixed(byCertificate, 'exec-never-runs', 'Remove exec')).toBe(kubeconfig(...certificate));
    expect(
      fixed(byCertificate, 'exec-never-runs', 'Remove client-certificate-data and client-key-data'),
    ).toBe(kubeconfig('exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}'));
    const byPassword = kubeconfig(
      'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
      'username: me',
      'password: secret',
    );
    expect(problemIn(byPassword, 'exec-never-runs').message).toContain('username of the same user');
    expect(
      rulesIn(
        kubeconfig(
          'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
          'client-key-data: QQ==',
        ),
      ),
    ).toEqual([]);
  });

  it('whose user kubectl refuses is not told that its program never runs', () => {
    const exec = (version: string, ...more: readonly string[]): string =>
      `exec: {apiVersion: client.authentication.k8s.io/${version}, command: aws${more.join('')}}`;
    expect(rulesIn(kubeconfig(exec('v1alpha1'), 'token: abc'))).not.toContain('exec-never-runs');
    expect(rulesIn(kubeconfig(exec('v1'), 'token: abc'))).not.toContain('exec-never-runs');
    expect(rulesIn(kubeconfig(exec('v1', ', interactiveMode: Never'), 'token: abc'))).toEqual([
      'exec-never-runs',
    ]);
  });

  it.each([
    ['${TOKEN}', 'token: "${TOKEN}"'],
    ['$TOKEN', 'token: $TOKEN'],
    ['${SKIP:-false}', 'as: "${SKIP:-false}"'],
    ['a part of an address', 'as: https://${HOST}:6443'],
  ])('into which %s is filled later is left alone', (_what, line) => {
    const text = kubeconfig(line).replace('current-context: ctx', 'current-context: other');
    expect(rulesIn(text)).toEqual([]);
  });

  it('is judged where only a comment or what a program is given names a variable', () => {
    const text = kubeconfig(
      'exec:',
      '  command: sh',
      '  args: [-c, "echo ${TOKEN}"]',
      'token: abc # ${TOKEN}',
    );
    expect(rulesIn(text)).toEqual(['refused-where-used']);
  });

  it('whose current-context names no context is given the likeliest first', () => {
    const text = kubeconfig('token: abc').replace('current-context: ctx', 'current-context: "ctxx" # mine');
    const { start, end, fixes } = problemIn(text, 'current-context-missing');
    expect(text.slice(start, end)).toBe('"ctxx"');
    expect(fixes().map(({ title, isPreferred }) => [title, isPreferred])).toEqual([
      ['Use the context "ctx"', true],
    ]);
    expect(fixed(text, 'current-context-missing', 'Use')).toBe(text.replace('"ctxx" # mine', '"ctx" # mine'));
    expect(rulesIn(text.replace('"ctxx"', '""'))).toEqual([]);
  });

  it('whose current-context names no context is given at most five of many, none of them by itself', () => {
    const names = ['prod', 'dev', 'ctx-7', 'test', 'ctx-8', 'stage'];
    const others = names.map((name) => `- name: ${name}\n  context: {cluster: c, user: u}\n`).join('');
    const text = kubeconfig('token: abc').replace('current-context: ctx', `${others}current-context: ctx-9`);
    const offered = problemIn(text, 'current-context-missing').fixes();
    expect(offered.map(({ title }) => title).slice(0, 3)).toEqual([
      'Use the context "ctx-7"',
      'Use the context "ctx-8"',
      'Use the context "ctx"',
    ]);
    expect(offered).toHaveLength(5);
    expect(offered.filter(({ isPreferred }) => isPreferred)).toEqual([]);
  });

  it('whose current-context is a block of text is given one in its place', () => {
    const text = kubeconfig('token: abc');
    const blockText = text.replace('current-context: ctx', 'current-context: |-\n  other\npreferences: {}');
    expect(fixed(blockText, 'current-context-missing', 'Use')).toBe(
      text.replace('current-context: ctx', 'current-context: ctx\npreferences: {}'),
    );
  });

  it('whose context names no cluster or no user is given those there are', () => {
    const text = kubeconfig('token: abc').replace('{cluster: c, user: u}', '{cluster: d, user: v}');
    expect(rulesIn(text)).toEqual(['context-incomplete', 'context-incomplete']);
    expect(check(text).problems.map(({ start, end }) => text.slice(start, end))).toEqual(['d', 'v']);
  });

  it('in JSON is fixed in JSON', () => {
    const user = { token: 'abc', tokenFile: '/t' };
    const json = (value: object, indent?: number): string =>
      JSON.stringify(
        { apiVersion: 'v1', kind: 'Config', users: [{ name: 'u', user: value }], contexts: [], clusters: [] },
        undefined,
        indent,
      );
    for (const indent of [undefined, 2, 4]) {
      expect(fixed(json(user, indent), 'token-file-wins', 'Remove tokenFile')).toBe(
        json({ token: 'abc' }, indent),
      );
    }
  });

  it('follows aliases and merges, and leaves alone what others share', () => {
    const shared = kubeconfig('<<: &both {token: abc, tokenFile: /t}');
    expect(problemIn(shared, 'token-file-wins').fixes()).toEqual([]);
    const anchored = kubeconfig('token: &t abc', 'tokenFile: /t', 'username: *t');
    expect(
      problemIn(anchored, 'token-file-wins')
        .fixes()
        .map(({ title }) => title),
    ).toEqual(['Remove tokenFile: every client then uses token']);
  });

  it.each([
    [
      'a merge that comes later empties',
      [
        'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
        'token: abc',
        '<<: {token: ""}',
      ],
    ],
    [
      'a later token empties',
      ['token: abc', 'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}', 'token: ""'],
    ],
    [
      'a merge in a merge empties',
      [
        'token: abc',
        'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
        '<<: {<<: {token: ""}}',
      ],
    ],
  ])('has a program that runs where %s the token before it', (_what, lines) => {
    expect(rulesIn(kubeconfig(...lines))).toEqual([]);
  });

  it('has a program that never runs where a merge brings the token', () => {
    const text = kubeconfig(
      'token: ""',
      'exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}',
      '<<: {token: abc}',
    );
    expect(rulesIn(text)).toEqual(['exec-never-runs']);
  });

  it('that follows another one in its file is ignored by kubectl, whatever is in it', () => {
    const both = kubeconfig('token: abc', 'tokenFile: /t');
    const text = `${kubeconfig('token: abc')}---\n${both}`;
    const { start, end } = problemIn(text, 'document-ignored');
    expect(text.slice(start, end)).toBe('apiVersion: v1');
    expect(rulesIn(text)).toEqual(['document-ignored']);
    expect(rulesIn(`${both}...\n---\n${kubeconfig('token: abc')}`)).toEqual([
      'token-file-wins',
      'document-ignored',
    ]);
  });

  it.each([
    ['a number for a text', kubeconfig('token: 12'), 'token: 12', 'users[0].user.token must be a string'],
    [
      'a name twice',
      kubeconfig('token: a').replace('contexts:', '- name: u\ncontexts:'),
      '- name: u',
      'two users have the same name, "u"',
    ],
    [
      'data that is no base64',
      kubeconfig('client-key-data: >', '  QUFB', '  QUFB'),
      'client-key-data: >',
      'must be base64',
    ],
  ])('with %s is refused by kubectl', (_what, text, marked, message) => {
    const problem = problemIn(text, 'kubectl-refuses');
    expect(text.slice(problem.start, problem.end)).toBe(marked);
    expect(problem.message).toContain(message);
  });

  const exec = (version: string, ...more: readonly string[]): string[] => [
    'exec:',
    `  apiVersion: client.authentication.k8s.io/${version}`,
    ...more.map((line) => `  ${line}`),
    '  command: aws',
  ];
  it.each([
    ['a token and a password', ['token: abc', 'username: me', 'password: p'], 'username', 'a password'],
    [
      'two certificates',
      ['client-certificate: c', 'client-certificate-data: QQ==', 'client-key: k'],
      'client-certificate-data',
      'two client certificates',
    ],
    [
      'a certificate without its key',
      ['client-certificate-data: QQ==', 'token: abc'],
      'client-certificate-data',
      'without its key',
    ],
    ['groups without a user', ['token: abc', 'as-groups: [g]'], 'as-groups', 'without as'],
    ['exec v1alpha1', exec('v1alpha1'), 'exec', 'v1alpha1'],
    ['exec v1alpha1 beside a token', [...exec('v1alpha1'), 'token: abc'], 'exec', 'v1alpha1'],
    ['exec v1 without interactiveMode', exec('v1'), 'exec', 'interactiveMode'],
    ['an auth-provider that is gone', ['token: abc', 'auth-provider: {name: gcp}'], 'auth-provider', 'gcp'],
    [
      'exec and an auth-provider',
      [...exec('v1beta1'), 'auth-provider: {name: oidc}'],
      'exec',
      'both exec and',
    ],
  ])('with %s is refused by kubectl where it is used', (_what, user, marked, message) => {
    const text = kubeconfig(...user);
    const problem = problemIn(text, 'refused-where-used');
    expect(text.slice(problem.start, problem.end)).toBe(marked);
    expect(problem.message).toContain(message);
  });

  it('that kubectl refuses where it is used can lose either, or gets what it lacks', () => {
    const both = kubeconfig('token: abc', 'username: me', 'password: p');
    expect(fixed(both, 'refused-where-used', 'Remove username')).toBe(kubeconfig('token: abc'));
    expect(fixed(both, 'refused-where-used', 'Remove token')).toBe(kubeconfig('username: me', 'password: p'));
    const provider = kubeconfig('token: abc', 'auth-provider: {name: azure}');
    expect(fixed(provider, 'refused-where-used', 'Remove auth-provider')).toBe(kubeconfig('token: abc'));
    const only = kubeconfig('auth-provider: {name: azure}');
    expect(problemIn(only, 'refused-where-used').fixes()).toEqual([]);
    const mode = exec('v1', 'interactiveMode: IfAvailable');
    expect(fixed(kubeconfig(...exec('v1')), 'refused-where-used', 'Add interactiveMode')).toBe(
      kubeconfig(...mode),
    );
    expect(rulesIn(kubeconfig(...mode))).toEqual([]);
    expect(fixed(kubeconfig(...exec('v1alpha1')), 'refused-where-used', 'Use v1beta1')).toBe(
      kubeconfig(...exec('v1beta1')),
    );
  });

  it('with a certificate authority that is not to be looked at can lose either', () => {
    const cluster = (fields: string): string =>
      kubeconfig('token: abc').replace('"https://10.0.0.1"', `"https://10.0.0.1", ${fields}`);
    const text = cluster('certificate-authority: /ca, insecure-skip-tls-verify: true');
    expect(problemIn(text, 'refused-where-used').message).toContain('insecure-skip-tls-verify');
    expect(fixed(text, 'refused-where-used', 'Remove insecure')).toBe(cluster('certificate-authority: /ca'));
    expect(fixed(text, 'refused-where-used', 'Remove certificate')).toBe(
      cluster('insecure-skip-tls-verify: true'),
    );
    expect(rulesIn(text.replace('https', 'http'))).toEqual(['credential-not-sent']);
  });

  it('with certificate data that is encoded twice, or is none, is refused by kubectl', () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const of = (data: string): string =>
      kubeconfig('token: abc').replace(
        '"https://10.0.0.1"',
        `"https://10.0.0.1", certificate-authority-data: ${data}`,
      );
    expect(rulesIn(of(btoa(pem)))).toEqual([]);
    expect(problemIn(of(btoa(btoa(pem))), 'refused-where-used').message).toContain('base64 of base64');
    expect(fixed(of(btoa(btoa(pem))), 'refused-where-used', 'Decode')).toBe(of(JSON.stringify(btoa(pem))));
    expect(problemIn(of(btoa('none')), 'refused-where-used').fixes()).toEqual([]);
    expect(rulesIn(of(btoa('none')).replace('https', 'http'))).toEqual(['credential-not-sent']);
    const own = (data: string): string =>
      kubeconfig(`client-certificate-data: ${data}`, 'client-key-data: QQ==');
    expect(rulesIn(own(btoa(pem)))).toEqual([]);
    expect(rulesIn(own(btoa(btoa(pem))))).toEqual(['refused-where-used']);
  });

  it('over plain http, also where no scheme is written, is told that no credential is sent', () => {
    const of = (server: string, ...user: readonly string[]): string =>
      kubeconfig(...user).replace('https://10.0.0.1', server);
    expect(rulesIn(of('http://localhost:8080', 'tokenFile: /t'))).toEqual(['credential-not-sent']);
    expect(fixed(of('10.0.0.1:6443', 'token: abc'), 'credential-not-sent', 'Use https')).toBe(
      of('https://10.0.0.1:6443', 'token: abc'),
    );
    expect(rulesIn(of('http://localhost:8001', 'as: somebody'))).toEqual([]);
    expect(rulesIn(of('https://localhost:8001', 'token: abc'))).toEqual([]);
  });

  it('keeps Windows line ends', () => {
    const text = kubeconfig('token: abc', 'tokenFile: /t').replaceAll('\n', '\r\n');
    expect(fixed(text, 'token-file-wins', 'Remove tokenFile')).toBe(
      kubeconfig('token: abc').replaceAll('\n', '\r\n'),
    );
  });

  it('is told by its kind, or without one by all that it must have', () => {
    const text = kubeconfig('token: abc', 'tokenFile: /t');
    const without = text.replace(/kind:.*\n/, '');
    expect(rulesIn(without)).toEqual(['token-file-wins']);
    expect(rulesIn(without.replace(/contexts:[^]*/, ''))).toEqual([]);
    expect(rulesIn(without.replace(/clusters:[^]*users:/, 'users:'))).toEqual([]);
    expect(rulesIn(text.replace('kind: Config', 'kind: ConfigMap'))).toEqual([]);
    expect(rulesIn(text.replace(/clusters:[^]*users:/, 'users:'))).toContain('token-file-wins');
  });

  it('of another program, or one that is a template or broken, is left alone', () => {
    const text = kubeconfig('token: abc', 'tokenFile: /t');
    expect(rulesIn(text.replace('apiVersion: v1', 'apiVersion: skaffold/v4beta1'))).toEqual([]);
    expect(rulesIn(text.replace('abc', '{{ .Values.token }}'))).toEqual([]);
    expect(rulesIn(text.replace('kind: Config', 'kind: [Config'))).toEqual([]);
  });
});
