import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { Problem } from '../../../src/errors.ts';
import { kubeconfigEntries, type ClusterEndpoint } from '../../../src/kubeconfig/buildKubeconfig.ts';
import { comparable } from '../../../src/kubeconfig/fields.ts';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.ts';
import { parseKubeconfig } from '../../../src/kubeconfig/read.ts';
import { renewToken } from '../../../src/kubeconfig/renew.ts';
import { isRecord } from '../../../src/token/decode.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const endpoint: ClusterEndpoint = {
  server: 'https://10.0.0.1:6443',
  certificateAuthority: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};
const token = jwt(boundClaims());
const added = kubeconfigEntries({
  endpoint,
  cluster: 'prod',
  serviceAccount: { namespace: 'ci', name: 'deployer' },
  credential: { token },
});
const read = (text: string): ReturnType<typeof parseKubeconfig> =>
  parseKubeconfig(text, 'it', (path) => path);

/** Whether a text is another one with insertions only, none of them within a word; an empty list may be another then. */
function isKeptIn(old: string, now: string): boolean {
  const words = (text: string): readonly string[] =>
    text.replaceAll(/\[\s*\]|[ \t]*(?:null|~)/g, '').match(/[^\s,:{}[\]]+|[\s,:{}[\]]/g) ?? [];
  const kept = words(old);
  let at = 0;
  for (const word of words(now)) if (word === kept[at]) at += 1;
  return at === kept.length;
}

/** All that kubectl reads in a kubeconfig, but for its lists and what an empty text is given. */
function withoutLists(text: string): unknown {
  const whole = comparable(text, 'it');
  const ours = new Set(['apiVersion', 'kind', 'clusters', 'users', 'contexts']);
  return Object.entries(isRecord(whole) ? whole : {}).filter(([key]) => !ours.has(key));
}

const handWritten = `# My clusters. Hands off!
apiVersion: v1
kind: Config
current-context: 'home' # never prod
preferences: {}
clusters:
# at home
- name: home   # the small one
  cluster:
    server: "https://192.168.0.2:6443"
    insecure-skip-tls-verify: true


users:
- name: me
  user: {token: 'abc', username: ""}
  # end of users
contexts:
- context:
    cluster: home
    user: me
  name: home
# the end`;

describe('merging into a kubeconfig', () => {
  it('adds its entries and leaves every byte that was there, comments too', () => {
    const { text, context } = mergeKubeconfig(handWritten, 'it', added);
    expect(context).toBe('ci/deployer@prod');
    const lines = text.split('\n');
    const fresh = lines.filter((line) => !handWritten.split('\n').includes(line));
    expect(isKeptIn(handWritten, text)).toBe(true);
    expect(lines.length).toBe(handWritten.split('\n').length + 4 + 3 + 5);
    expect(fresh).toContain('- name: ci/deployer@prod');
    const config = read(text);
    expect(config.current).toBe('home');
    expect(config.users.get('system:serviceaccount:ci:deployer')?.token).toBe(token);
    expect(config.contexts.get(context)).toMatchObject({ cluster: 'prod', namespace: 'ci' });
  });

  it('takes names that nobody has, and a cluster that is there already', () => {
    const once = mergeKubeconfig(handWritten, 'it', added).text;
    const twice = mergeKubeconfig(once, 'it', added);
    expect(twice.context).toBe('ci/deployer@prod-2');
    const config = read(twice.text);
    expect([...config.clusters.keys()]).toEqual(['home', 'prod']);
    expect([...config.users.keys()]).toEqual([
      'me',
      'system:serviceaccount:ci:deployer',
      'system:serviceaccount:ci:deployer-2',
    ]);
    expect(config.contexts.get(twice.context)?.user).toBe('system:serviceaccount:ci:deployer-2');
    const other = { ...added, cluster: { name: 'prod', cluster: { server: 'https://elsewhere' } } };
    const third = read(mergeKubeconfig(once, 'it', other).text);
    expect(third.clusters.get('prod-2')?.server).toBe('https://elsewhere');
    expect(third.contexts.get('ci/deployer@prod-2')?.cluster).toBe('prod-2');
  });

  it.each([
    ['nothing', ''],
    ['comments only', '# empty\n'],
    ['lists that are null', 'kind: Config\nclusters:\nusers: null # none\ncontexts: ~\n'],
    ['empty lists', 'kind: Config\nclusters: []\nusers: [ ]\ncontexts: [] # none'],
    ['no lists', '---\nkind: Config\napiVersion: v1 # first'],
    ['fields that are all indented', '  kind: Config\n  users:\n    - name: me\n      user: {}\n'],
    ['line ends of Windows', handWritten.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${handWritten}`],
    ['JSON', JSON.stringify(parse(handWritten))],
    ['JSON on many lines', JSON.stringify(parse(handWritten), null, 4)],
    ['JSON without lists', '{"kind": "Config"}'],
    ['empty JSON', '{}'],
    ['a list with a comma at its end', 'users: [{name: me, user: {}}, ]\n'],
    ['a document’s end', 'kind: Config\nusers:\n- name: me\n  user: {}\n...\n'],
    ['a block at its end', 'users:\n- name: me\n  user:\n    token: |\n      abc\n\n# bye\n'],
    ['anchors', 'users:\n- name: me\n  user: &u {token: a}\n- name: you\n  user: *u\n'],
  ])('is done to %s', (_what, text) => {
    const merged = mergeKubeconfig(text, 'it', added);
    expect(isKeptIn(text, merged.text)).toBe(true);
    const before = read(text);
    const after = read(merged.text);
    expect(after.current).toBe(before.current);
    for (const [name, user] of before.users) expect(after.users.get(name)).toEqual(user);
    expect(after.contexts.get(merged.context)?.namespace).toBe('ci');
    expect(after.users.get('system:serviceaccount:ci:deployer')?.token).toBe(token);
    const strayLineEnds = merged.text.replaceAll('\r\n', '').includes('\n');
    expect(text.includes('\r\n') && strayLineEnds).toBe(false);
  });

  it.each([
    ['a list that is an alias', 'x: &l []\nusers: *l\n', 'alias'],
    ['two documents', `${handWritten}\n---\nkind: Config\n`, 'several documents'],
    ['a list that is none', 'users: {}\n', 'must be a list'],
    ['a blank before the colon of an empty list', 'users :\n', 'its layout is unusual'],
    ['quotes and a blank before the colon', '"users" :\n', 'its layout is unusual'],
    ['an anchor on an empty list', 'users: &a\n', 'its layout is unusual'],
    ['a tag on an empty list', 'users: !!null\n', 'its layout is unusual'],
    ['a list that another field repeats', 'users: &l []\nx: *l\n', 'its layout is unusual'],
    ['a list that a later merge overrides', 'users: []\n<<: {users: []}\n', 'its layout is unusual'],
    ['a list with entries that a merge brings', '<<: {users: [{name: a}]}\n', 'its layout is unusual'],
    ['a block whose last line would end only then', 'users: []\nx-mine: |\n  abc', 'its layout is unusual'],
    ['a text that kubectl refuses', 'users: []\ncontexts: 1\n', 'contexts must be a list'],
    ['a kubeconfig on the line of its mark', '--- {kind: Config}\n...\nx', ''],
  ])('is refused for %s', (_what, text, message) => {
    expect(() => mergeKubeconfig(text, 'it', added)).toThrow(message);
  });

  it('adds to the later of two lists, which is the one that kubectl reads', () => {
    const { text } = mergeKubeconfig('users: [{name: a}]\nusers: [{name: b}]\n', 'it', added);
    expect([...read(text).users.keys()]).toEqual(['b', 'system:serviceaccount:ci:deployer']);
    expect(text).toContain('users: [{name: a}]\n');
  });

  const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  const uniqueNames = fc.uniqueArray(name, { maxLength: 4 });
  const documents = fc.record({
    clusters: uniqueNames,
    users: uniqueNames,
    contexts: uniqueNames,
    indentSeq: fc.boolean(),
    indent: fc.constantFrom(2, 4),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const, 'QUOTE_SINGLE' as const),
    comments: fc.array(fc.nat(40), { maxLength: 6 }),
    order: fc.shuffledSubarray(['clusters', 'users', 'contexts'] as const, { minLength: 2 }),
  });

  it('keeps what was there byte for byte, whatever it looks like', () => {
    fc.assert(
      fc.property(documents, ({ comments, order, ...options }) => {
        const lists = {
          clusters: options.clusters.map((one) => ({
            name: one,
            cluster: { server: `https://${one.length}` },
          })),
          users: options.users.map((one) => ({ name: one, user: { token: one, username: '' } })),
          contexts: options.contexts.map((one) => ({ name: one, context: { cluster: one, user: one } })),
        };
        const fields = { kind: 'Config', ...Object.fromEntries(order.map((key) => [key, lists[key]])) };
        const { indent, indentSeq, collectionStyle, defaultStringType } = options;
        const plain = stringify(fields, {
          version: '1.1',
          lineWidth: 0,
          indent,
          indentSeq,
          collectionStyle,
          defaultStringType,
        });
        const lines = plain.split('\n');
        if (!/[|>]/.test(plain)) for (const at of comments) lines.splice(at, 0, '# a comment');
        const text = lines.join('\n');
        // The library writes a line separator, and "?" in braces, without the quotes that kubectl needs.
        fc.pre(!/[?\u0085\u2028\u2029]/.test(text));
        const before = read(text);
        const merged = mergeKubeconfig(text, 'it', added);
        const after = read(merged.text);
        expect(isKeptIn(text, merged.text)).toBe(true);
        for (const key of ['clusters', 'users', 'contexts'] as const) {
          for (const [one, entry] of before[key]) expect(after[key].get(one)).toEqual(entry);
          expect(after[key].size - before[key].size).toBe(1);
        }
        expect(after.contexts.get(merged.context)?.namespace).toBe('ci');
      }),
      { numRuns: 300 },
    );
  });

  it('never loses or moves anything of a damaged or hostile text: it is kept, or refused', () => {
    const damage = fc.record({
      from: fc.nat(handWritten.length),
      length: fc.oneof(fc.constant(0), fc.nat(12)),
      put: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom(
          '- ',
          ': ',
          '\n',
          '  ',
          '{',
          '}',
          '[',
          ']',
          '#',
          '&a ',
          '*a',
          '|\n',
          '? ',
          '\t',
          '---\n',
          '!!x ',
          '<<: {users: []}\n',
        ),
      ),
    });
    const texts = fc.constantFrom(
      handWritten,
      JSON.stringify(parse(handWritten), null, 2),
      // Empty lists, of which the places are told least.
      'kind: Config\nusers:\ncontexts:\nx: y\n',
      'users: []\nclusters:\n- name: home\n  cluster: {server: a}\ncontexts: ~\n',
    );
    // How else a key with nothing behind it can be written.
    const keys = fc.constantFrom(
      'users:',
      'users :',
      '"users" :',
      'users: &a',
      'users: !!null',
      '? users\n:',
    );
    let merged = 0;
    let unusual = 0;
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 3 }), texts, keys, (damages, whole, key) => {
        let text = whole.replace(/^users:$/m, key);
        for (const { from, length, put } of damages) {
          const at = from % (whole.length + 1);
          text = text.slice(0, at) + put + text.slice(at + length);
        }
        let result: { text: string; context: string };
        try {
          result = mergeKubeconfig(text, 'it', added);
        } catch (error) {
          if (!Problem.is(error, 'bad-kubeconfig')) return false;
          unusual += error.message.includes('its layout is unusual') ? 1 : 0;
          return true;
        }
        merged += 1;
        expect(isKeptIn(text, result.text)).toBe(true);
        // To kubectl nothing but one more entry a list tells them apart.
        expect(withoutLists(result.text)).toEqual(withoutLists(text));
        const before = read(text);
        const after = read(result.text);
        for (const key of ['clusters', 'users', 'contexts'] as const) {
          for (const [one, entry] of before[key]) expect(after[key].get(one)).toEqual(entry);
          expect(after[key].size - before[key].size).toBe(
            key === 'clusters' && before[key].has('prod') ? 0 : 1,
          );
        }
        return true;
      }),
      { numRuns: 1500 },
    );
    expect(merged).toBeGreaterThan(50);
    // What only the reading of the result refuses.
    expect(unusual).toBeGreaterThan(20);
  });
});

describe('reading a kubeconfig', () => {
  it('has no library write to the console what is in it', async () => {
    const written: string[] = [];
    const note = (warning: Error): void => void written.push(warning.message);
    process.on('warning', note);
    // A key that is a mapping makes the library warn; kubectl refuses it.
    expect(() => read(`users:\n- ? {token: ${token}}\n  : x\n  name: a\n`)).toThrow('a key is no text');
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    process.off('warning', note);
    expect(written).toEqual([]);
  });
});

describe('renewing the token of a kubeconfig', () => {
  const fresh = jwt(boundClaims({}, { jti: 'another' }));

  it.each([
    ['plain', (old: string) => `token: ${old} # mine`],
    ['in quotes', (old: string) => `token: "${old}"`],
    ['in single quotes', (old: string) => `'token': '${old}' # mine`],
    ['in a block', (old: string) => `token: |-\n      ${old}`],
  ])('changes nothing else where it is written %s', (_how, write) => {
    const document = (one: string): string =>
      `# mine\nkind: Config\nusers:\n- name: a\n  user:\n    ${write(one)}\n    x-mine: yes\n- name: b\n  user: {token: b}\n`;
    const renewed = renewToken(document(token), 'it', 'a', fresh);
    expect(renewed.replace(fresh, '')).toBe(
      document(token)
        .replace(/\|-\n\s+/, '')
        .replace(token, ''),
    );
    expect(read(renewed).users.get('a')?.token).toBe(fresh);
    expect(read(renewed).users.get('b')?.token).toBe('b');
  });

  it('is refused where there is none, and where others share it', () => {
    const none = 'users:\n- name: a\n  user: {tokenFile: x}\n';
    expect(() => renewToken(none, 'it', 'a', fresh)).toThrow('has no token');
    expect(() => renewToken(none, 'it', 'nobody', fresh)).toThrow('has no token');
    const shared = 'users:\n- name: a\n  user: &u\n    token: x\n- name: b\n  user: *u\n';
    expect(() => renewToken(shared, 'it', 'a', fresh)).toThrow('other places');
  });

  it.each([
    ['a later merge brings it', 'users:\n- name: a\n  user:\n    token: one\n    <<: {token: two}\n'],
    ['a key that is an alias', 'x: &k token\nusers:\n- name: a\n  user:\n    token: one\n    *k : two\n'],
  ])('is refused where %s, as another token would count', (_what, text) => {
    expect(() => renewToken(text, 'it', 'a', fresh)).toThrow('Nothing was written');
  });

  it('is that of the later of two fields, which is the one that kubectl reads', () => {
    const text = 'users:\n- name: a\n  user: {token: one, token: two}\n';
    expect(renewToken(text, 'it', 'a', fresh)).toBe(text.replace('two', fresh));
  });

  it('changes nothing that kubectl does not read either', () => {
    const text = 'users:\n- name: a\n  user: {token: &t one, x-mine: *t}\n';
    expect(() => renewToken(text, 'it', 'a', fresh)).toThrow('other places');
  });

  it('replaces an alias by the token', () => {
    const text = 'x: &t old\nusers:\n- name: a\n  user: {token: *t}\n';
    expect(renewToken(text, 'it', 'a', fresh)).toBe(text.replace('*t', fresh));
  });
});
