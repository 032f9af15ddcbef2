import { describe, expect, it } from 'vitest';
import { kubeconfigEntries } from '../../../src/kubeconfig/buildKubeconfig.ts';
import { textOfKubeconfig } from '../../../src/kubeconfig/kubeconfigText.ts';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.ts';
import { renewToken, replaceCredential } from '../../../src/kubeconfig/renew.ts';

const endpoint = {
  server: 'https://a',
  certificateAuthority: undefined,
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};
const added = kubeconfigEntries({
  endpoint,
  cluster: 'prod',
  serviceAccount: { namespace: 'ns', name: 'sa' },
  credential: { token: 't' },
});
const thrown = (run: () => unknown): unknown => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
};
const users = (fields: string, more = ''): string => `users:\n- name: a\n  user: {${fields}}\n${more}`;

describe('what cannot be written says why, and that nothing was written', () => {
  it.each([
    ['a: b\n---\nc: d\n', 'it has several documents, of which kubectl reads the first alone'],
    ['x: &l []\nusers: *l\n', 'users is a YAML alias'],
    ['users :\n', 'its layout is unusual'],
    ['users: []\n<<: {users: []}\n', 'its layout is unusual'],
    ['<<: {x: y}\nusers: &a\n', 'its layout is unusual'],
  ])('of a kubeconfig to which nothing can be added: %j', (text, why) => {
    expect(thrown(() => mergeKubeconfig(text, 'My file', added))).toMatchObject({
      reason: 'bad-kubeconfig',
      message: `My file cannot be added to without touching what is there: ${why}. Nothing was written. Write a file of its own instead.`,
    });
  });

  it.each([
    ['a user without a token', users('tokenFile: f')],
    ['another user', users('token: t').replace('name: a', 'name: b')],
    ['a token that is no text', users('token: [t]')],
    ['a token that is a number', users('token: 1')],
    ['an entry that is none', 'users:\n- name: a\n'],
    ['users that are none', 'users: 1\n'],
    ['no document', ''],
    ['what is no YAML', 'a: [\n'],
  ])('of %s that is to be renewed', (_what, text) => {
    expect(thrown(() => renewToken(text, 'My file', 'a', 'new'))).toMatchObject({
      reason: 'bad-kubeconfig',
      message: 'User "a" of My file has no token that could be replaced.',
    });
  });

  it('of a token that stands in other places', () => {
    const wanted = {
      reason: 'bad-kubeconfig',
      message:
        'The token of user "a" in My file stands in other places too (a YAML anchor). Nothing was written.',
    };
    for (const text of [
      users('token: &t x', 'y: *t\n'),
      users('token: x, <<: {token: z}'),
      'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user: *u\n',
    ]) {
      expect(thrown(() => renewToken(text, 'My file', 'a', 'new'))).toMatchObject(wanted);
    }
    expect(
      thrown(() => renewToken(users('token: x', 'current-context: 1\n'), 'My file', 'a', 'new')),
    ).toMatchObject({
      reason: 'bad-kubeconfig',
      message: expect.stringContaining('current-context must be a string') as string,
    });
  });

  it.each([users('username: u, password: p'), users('token: t').replace('name: a', 'name: b'), '', 'a: [\n'])(
    'of a user without a credential that could be replaced: %j',
    (text) => {
      expect(thrown(() => replaceCredential(text, 'My file', 'a', { token: 'new' }))).toMatchObject({
        reason: 'bad-kubeconfig',
        message: 'User "a" of My file has no token that could be replaced.',
      });
    },
  );

  it.each([
    users('token: &t x', 'y: *t\n'),
    users('token: x, <<: {token: z}'),
    users('token: x, <<: {exec: {command: a}}'),
    users('token: t, tokenFile: &f g', 'y: *f\n'),
    users('tokenFile: &f g, token: t', 'y: *f\n'),
    users('tokenFile: x', 'current-context: 1\n'),
    'users:\n- name: a\n  user: &u {token: x}\n- name: b\n  user: *u\n',
  ])('of a credential that cannot be replaced: %j', (text) => {
    expect(thrown(() => replaceCredential(text, 'My file', 'a', { tokenFile: 'f' }))).toMatchObject({
      reason: 'bad-kubeconfig',
      message:
        'The credential of user "a" in My file cannot be replaced: its layout is unusual, or a YAML anchor has it in other places too. Nothing was written.',
    });
  });

  it.each([
    [[0x61, 0xff], 'UTF-8'],
    [[0xff], 'UTF-8'],
    [[0xff, 0xff], 'UTF-8'],
    [[0xfe, 0xfe], 'UTF-8'],
    [[0xff, 0xfe, 0x00, 0xd8], 'UTF-16LE'],
    [[0xfe, 0xff, 0xd8, 0x00], 'UTF-16BE'],
  ])('of bytes %j that are no text in %s', (bytes, encoding) => {
    expect(thrown(() => textOfKubeconfig(Uint8Array.from(bytes), 'My file'))).toMatchObject({
      reason: 'bad-kubeconfig',
      message: `My file is no text in ${encoding}.`,
    });
  });
});

describe('what is written', () => {
  it('is the one field of a user that is asked for, of whichever kind it was', () => {
    const text = (fields: string): string => users(`x: 1, ${fields}, z: 2`, 'a: b # c\n');
    expect(renewToken(text('token: t'), 'it', 'a', 'new')).toBe(text('token: new'));
    for (const field of ['token: t', 'tokenFile: f', 'exec: {command: c}', 'auth-provider: {name: gcp}']) {
      expect(replaceCredential(text(field), 'it', 'a', { tokenFile: 'g' })).toBe(text('"tokenFile": "g"'));
      expect(replaceCredential(text(field), 'it', 'a', { token: 'new' })).toBe(text('"token": "new"'));
    }
  });

  it('is an empty list, or a text without one, that is added to', () => {
    const entries = `clusters:
  - name: prod
    cluster:
      server: https://a
users:
  - name: system:serviceaccount:ns:sa
    user:
      token: t
contexts:
  - name: ns/sa@prod
    context:
      cluster: prod
      user: system:serviceaccount:ns:sa
      namespace: ns
`;
    const whole = `apiVersion: v1\nkind: Config\n${entries}`;
    expect(mergeKubeconfig('', 'it', added)).toEqual({ text: whole, context: 'ns/sa@prod' });
    expect(mergeKubeconfig('# a\n', 'it', added).text).toBe(`# a\n${whole}`);
    expect(mergeKubeconfig('# a', 'it', added).text).toBe(`# a\n${whole}`);
    expect(mergeKubeconfig('# a\r\n', 'it', added).text).toBe(`# a\r\n${whole.replaceAll('\n', '\r\n')}`);
    expect(mergeKubeconfig('# a\r\n# b', 'it', added).text).toBe(
      `# a\r\n# b\r\n${whole.replaceAll('\n', '\r\n')}`,
    );
  });

  it('is a cluster that is there already, where it is the same', () => {
    const same = mergeKubeconfig(
      'clusters:\n- name: prod\n  cluster: {server: https://a}\n',
      'it',
      added,
    ).text;
    expect(same.match(/name: prod/g)).toHaveLength(1);
    for (const cluster of [
      'server: https://b',
      'server: https://a, tls-server-name: b',
      'server: https://a, certificate-authority: c',
      'server: https://a, insecure-skip-tls-verify: true',
    ]) {
      const { text } = mergeKubeconfig(`clusters:\n- name: prod\n  cluster: {${cluster}}\n`, 'it', added);
      expect(text).toContain('name: prod-2\n');
      expect(text).toContain('cluster: prod-2\n');
    }
  });

  it('is added to a list whose key is written unusually, and read beside an empty entry', () => {
    const { text } = mergeKubeconfig('users :\n- name: me\n  user: {}\n', 'it', added);
    expect(text).toMatch(/^users :\n- name: me\n  user: \{\}\n- name: system:serviceaccount:ns:sa\n/);
    const beside = (token: string): string => `users:\n-\n- name: a\n  user: {token: ${token}}\n`;
    expect(renewToken(beside('t'), 'it', 'a', 'new')).toBe(beside('new'));
  });
});
