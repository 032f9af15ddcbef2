import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { comparable } from '../../../src/kubeconfig/fields.ts';
import { mergeKubeconfigs, parseKubeconfig, type Kubeconfig } from '../../../src/kubeconfig/read.ts';
import { YamlFault } from '../../../src/kubeconfig/yaml/cursor.ts';

const read = (text: string, origin = 'it'): Kubeconfig =>
  parseKubeconfig(text, origin, (path) => `/folder/${path}`);

/** What is said of a text that is refused, and what it keeps for those who show the text. */
function refused(text: string): readonly unknown[] {
  try {
    read(text);
  } catch (error) {
    if (!Problem.is(error, 'bad-kubeconfig')) throw error;
    const { cause, message } = error;
    return cause instanceof YamlFault ? [message, cause.message, cause.line, cause.isRefused] : [message];
  }
  return [];
}

describe('a kubeconfig that is read', () => {
  it('has each field of a cluster, its path from its folder', () => {
    const text = `clusters:
- name: a
  cluster:
    server: https://a
    certificate-authority-data: QQ==
    certificate-authority: ca.crt
    insecure-skip-tls-verify: true
    proxy-url: http://p
    tls-server-name: b
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {c: [1, 1.5, true, ~, d]}
    - name: other
      extension: {e: f}
- name: b
- name: c
  cluster: ~
- cluster: {server: "", insecure-skip-tls-verify: ~, certificate-authority-data: ""}
`;
    const nothing = {
      server: '',
      caData: undefined,
      caFile: undefined,
      insecureSkipTlsVerify: false,
      proxyUrl: undefined,
      tlsServerName: undefined,
      execConfig: null,
    };
    expect([...read(text).clusters]).toEqual([
      [
        'a',
        {
          name: 'a',
          server: 'https://a',
          caData: 'QQ==',
          caFile: '/folder/ca.crt',
          insecureSkipTlsVerify: true,
          proxyUrl: 'http://p',
          tlsServerName: 'b',
          execConfig: { c: [1, 1.5, true, null, 'd'] },
        },
      ],
      ['b', { name: 'b', ...nothing }],
      ['c', { name: 'c', ...nothing }],
      ['', { name: '', ...nothing }],
    ]);
  });

  it('has each field of a user, its paths from its folder', () => {
    const text = `users:
- name: a
  user:
    token: t
    tokenFile: f
    username: u
    password: p
    client-certificate-data: |
      QUFB
      QUFB
    client-certificate: c
    client-key-data: Qg==
    client-key: k
    as: me
    as-uid: "1"
    as-groups: [g, ~]
    as-user-extra: {x/y: [z], m: ~}
    exec:
      apiVersion: v
      command: bin/aws
      args: [a, ~]
      env: [{name: K, value: V}, {name: M}, {value: W}]
      installHint: hint
      provideClusterInfo: true
      interactiveMode: Never
    auth-provider: {name: oidc, config: {a: b, c: ~}}
- name: b
  user: {exec: {}, auth-provider: {}}
- name: c
`;
    const { users } = read(text);
    expect(users.get('a')).toEqual({
      name: 'a',
      token: 't',
      tokenFile: '/folder/f',
      username: 'u',
      password: 'p',
      certData: 'QUFBQUFB',
      certFile: '/folder/c',
      keyData: 'Qg==',
      keyFile: '/folder/k',
      impersonate: {
        'Impersonate-User': 'me',
        'Impersonate-Uid': '1',
        'Impersonate-Group': ['g', ''],
        'Impersonate-Extra-x%2Fy': ['z'],
        'Impersonate-Extra-m': [],
      },
      exec: {
        apiVersion: 'v',
        command: '/folder/bin/aws',
        args: ['a', ''],
        env: { K: 'V', M: '', '': 'W' },
        installHint: 'hint',
        provideClusterInfo: true,
        interactiveMode: 'Never',
      },
      authProvider: { name: 'oidc', config: { a: 'b', c: '' } },
    });
    expect(users.get('b')).toMatchObject({
      impersonate: {},
      exec: {
        apiVersion: '',
        command: '',
        args: [],
        env: {},
        installHint: undefined,
        provideClusterInfo: false,
        interactiveMode: undefined,
      },
      authProvider: { name: '', config: {} },
    });
    expect(users.get('c')).toMatchObject({
      token: undefined,
      exec: undefined,
      authProvider: undefined,
      impersonate: {},
    });
    expect(Object.keys(users.get('c')?.impersonate ?? { a: 1 })).toEqual([]);
    const command = (one: string): string | undefined =>
      read(`users: [{user: {exec: {command: ${one}}}}]`).users.get('')?.exec?.command;
    expect(['aws', 'bin/aws', "'bin\\aws'"].map(command)).toEqual([
      'aws',
      '/folder/bin/aws',
      '/folder/bin\\aws',
    ]);
  });

  it('has each field of a context, and where it is from', () => {
    const text =
      'contexts:\n- name: a\n  context: {cluster: c, user: u, namespace: m}\n- name: b\ncurrent-context: a\n';
    expect(read(text, 'file')).toMatchObject({ current: 'a' });
    expect([...read(text, 'file').contexts.values()]).toEqual([
      { name: 'a', cluster: 'c', user: 'u', namespace: 'm', origin: 'file' },
      { name: 'b', cluster: '', user: '', namespace: undefined, origin: 'file' },
    ]);
  });

  it.each([
    ['', 'nothing'],
    ['# a\n', 'a comment'],
    ['~', 'null'],
    ['a: b', 'other fields'],
    ['current-context: ""', 'no current one'],
  ])('is empty where there is only %j: %s', (text) => {
    expect(read(text)).toEqual({
      clusters: new Map(),
      users: new Map(),
      contexts: new Map(),
      current: undefined,
    });
  });

  it.each([
    ['kind: Config\napiVersion: v1'],
    ['kind: ""\napiVersion: ""'],
    ['kind: ~\napiVersion: ~'],
    ['apiVersion: /v1'],
    ['apiVersion: /'],
    ['KIND: Config\nAPIVERSION: v1'],
    ['KIND: Pod\nkind: Config'],
    ['kind: Config\nKIND: Pod'],
    ['apiversion: v1\napiVersion: v2'],
    ['xkind: Pod\nkinds: Pod\napiVersions: v2\nmyapiVersion: v2'],
  ])('is one of its kind and version: %j', (text) => {
    expect(refused(text)).toEqual([]);
  });

  it.each<[text: string, key: string, line: number]>([
    ['a: b\nkind: Pod', 'kind must be Config', 2],
    ['kind: config', 'kind must be Config', 1],
    ['KIND: Pod', 'kind must be Config', 1],
    ['apiVersion: v2', 'apiVersion must be v1', 1],
    ['apiVersion: v1/', 'apiVersion must be v1', 1],
    ['kind: Config\n\napiVersion: v1beta1', 'apiVersion must be v1', 3],
    ['KIND: Config\nkind: Pod', 'kind must be Config', 2],
  ])('is none of another: %j', (text, why, line) => {
    const where = /^kind|apiVersion|\nkind/.test(text) ? `, line ${line}` : '';
    expect(refused(text)).toEqual([`it${where}: ${why}.`, why, line, true]);
  });
});

describe('a field of the wrong type', () => {
  it.each<[text: string, why: string, line: number]>([
    ['users: 1', 'users must be a list', 1],
    ['\nclusters: {}', 'clusters must be a list', 2],
    ['contexts: a', 'contexts must be a list', 1],
    ['users:\n- a', 'users[0] must be a mapping', 2],
    ['users:\n-\n- []', 'users[1] must be a mapping', 3],
    ['users:\n- user: a', 'users[0].user must be a mapping', 2],
    ['users:\n- name: 1', 'users[0].name must be a string: put it in quotes', 2],
    ['users: [{user: {token: 1}}]', 'users[0].user.token must be a string: put it in quotes', 1],
    ['users: [{user: {as-groups: a}}]', 'users[0].user.as-groups must be a list', 1],
    [
      'users: [{user: {as-groups: [a, 1]}}]',
      'users[0].user.as-groups[1] must be a string: put it in quotes',
      1,
    ],
    ['users: [{user: {as-user-extra: {a: b}}}]', 'users[0].user.as-user-extra.a must be a list', 1],
    ['users: [{user: {exec: a}}]', 'users[0].user.exec must be a mapping', 1],
    [
      'users: [{user: {exec: {env: [{name: yes}]}}}]',
      'users[0].user.exec.env[0].name must be a string: put it in quotes',
      1,
    ],
    [
      'users: [{user: {exec: {provideClusterInfo: "true"}}}]',
      'users[0].user.exec.provideClusterInfo must be true or false',
      1,
    ],
    [
      'users: [{user: {auth-provider: {config: {a: 1}}}}]',
      'users[0].user.auth-provider.config.a must be a string: put it in quotes',
      1,
    ],
    ['users: [{user: {client-key-data: a}}]', 'users[0].user.client-key-data must be base64', 1],
    [
      'users: [{user: {client-key-data: 1}}]',
      'users[0].user.client-key-data must be a string: put it in quotes',
      1,
    ],
    [
      'clusters: [{cluster: {insecure-skip-tls-verify: 1}}]',
      'clusters[0].cluster.insecure-skip-tls-verify must be true or false',
      1,
    ],
    ['preferences: a', 'preferences must be a mapping', 1],
    ['preferences: {colors: a}', 'preferences.colors must be true or false', 1],
    ['preferences: {extensions: a}', 'preferences.extensions must be a list', 1],
    ['extensions: [a]', 'extensions[0] must be a mapping', 1],
    ['users: [{user: {extensions: a}}]', 'users[0].user.extensions must be a list', 1],
    ['current-context: 1', 'current-context must be a string: put it in quotes', 1],
    ['kind: 1', 'kind must be a string: put it in quotes', 1],
  ])('is said with its place, and without its value: %j', (text, why, line) => {
    expect(refused(text)).toEqual([`it, line ${line}: ${why}.`, why, line, true]);
  });

  it.each<[text: string, message: string, why: string, line: number, isRefused: boolean]>([
    ['- a', 'it is not a kubeconfig: it has no fields at its top.', 'it has no fields at its top', 1, true],
    ['\na', 'it is not a kubeconfig: it has no fields at its top.', 'it has no fields at its top', 2, true],
    [
      'a: [',
      'it is not valid YAML at line 2: there is nothing where a value is expected.',
      'there is nothing where a value is expected',
      2,
      true,
    ],
    [
      '\na: .nan',
      'it cannot be read with certainty as kubectl reads it, for what is at line 2: there is a number that JSON does not have.',
      'there is a number that JSON does not have',
      2,
      false,
    ],
    [
      'users: [{user: {client-key-data: [a]}}]',
      'it cannot be read with certainty as kubectl reads it, for what is at line 1: users[0].user.client-key-data is a list.',
      'users[0].user.client-key-data is a list',
      1,
      false,
    ],
    [
      'users:\n- name: a\n- name: b\n- name: a',
      'it has two users with the name "a".',
      'two users have the same name, "a"',
      4,
      true,
    ],
    ['users: [{}, {}]', 'it has two users with the name "".', 'two users have the same name, ""', 1, true],
    [
      'extensions:\n- {name: a, extension: b}\n- {name: a}',
      'it has two extensions with the name "a".',
      'two extensions have the same name, "a"',
      3,
      true,
    ],
    [
      'clusters: [{cluster: {extensions: [{name: client.authentication.k8s.io/exec, extension: [9007199254740993]}]}}]',
      'it cannot be read with certainty as kubectl reads it, for what is at line 1: clusters[0].cluster.extensions[0].extension has a number beyond 2^53.',
      'clusters[0].cluster.extensions[0].extension has a number beyond 2^53',
      1,
      false,
    ],
  ])('or a text that is none, is said with why: %j', (text, message, why, line, isRefused) => {
    expect(refused(text)).toEqual([message, why, line, isRefused]);
  });

  it('is none of an extension without data that is there twice', () => {
    expect(refused('extensions: [{name: a}, {name: a, extension: b}]')).toEqual([]);
    expect(refused('extensions: [{name: a, extension: ~}, {name: a}]')).toEqual([]);
  });
});

describe('several kubeconfigs', () => {
  it('are merged as kubectl does: of entries, and of current contexts, the first', () => {
    const one = read(
      'users: [{name: a, user: {token: "1"}}]\ncontexts: [{name: x}]\nclusters: [{name: c, cluster: {server: s}}]',
      'one',
    );
    const two = read(
      'users: [{name: a, user: {token: "2"}}, {name: b}]\ncurrent-context: w\nclusters: [{name: c}, {name: d}]',
      'two',
    );
    const three = read('current-context: z\ncontexts: [{name: x}, {name: z}]', 'three');
    const merged = mergeKubeconfigs([one, two, three]);
    expect(merged.current).toBe('w');
    expect([...merged.users.values()].map(({ name, token }) => [name, token])).toEqual([
      ['a', '1'],
      ['b', undefined],
    ]);
    expect([...merged.contexts.values()].map(({ name, origin }) => [name, origin])).toEqual([
      ['x', 'one'],
      ['z', 'three'],
    ]);
    expect([...merged.clusters.values()].map(({ name, server }) => [name, server])).toEqual([
      ['c', 's'],
      ['d', ''],
    ]);
    expect(mergeKubeconfigs([])).toMatchObject({ current: undefined });
  });
});

it('all that kubectl reads is compared as JSON, with numbers that JSON cannot hold as texts', () => {
  expect(comparable('a: [1, 9007199254740993, b]\nc: ~', 'it')).toEqual({
    a: [1, '9007199254740993', 'b'],
    c: null,
  });
  expect(comparable('', 'it')).toBeUndefined();
});
