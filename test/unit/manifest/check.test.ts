import { describe, expect, it } from 'vitest';
import { jwt, legacyClaims } from '../../support/tokens.ts';
import { check, fixed, marked, problemIn, rulesIn } from '../../support/texts/checks.ts';

const account = (namespace = 'kube-system', name = 'mycontroller'): string =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n---\n`;

const secret = `# made by hand
apiVersion: v1
kind: Secret
metadata:
  name: mycontroller-token # the name
  namespace: kube-system
  annotations:
    # whose it is
    kubernetes.io/service-account.name: mycontroller
type: kubernetes.io/service-account-token
`;
const whole = account() + secret;

describe('a token Secret', () => {
  it('beside its ServiceAccount has no problem, and says where it is', () => {
    expect(check(whole)).toMatchObject({
      problems: [],
      secrets: [
        {
          name: 'mycontroller-token',
          namespace: 'kube-system',
          serviceAccount: 'mycontroller',
          start: whole.indexOf('apiVersion', account().length),
        },
      ],
      accounts: [{ name: 'mycontroller', namespace: 'kube-system' }],
    });
  });

  it.each([
    'kubernetes.io/service-account-tokens',
    'kubernetes.io/serviceaccount-token',
    'Kubernetes.io/Service-Account-Token',
    'service-account-token',
    'kubernetes.io/service-acount-token',
  ])('of the type %s is told the right one', (type) => {
    const text = whole.replace('kubernetes.io/service-account-token', type);
    expect(marked(text, 'secret-type-wrong')).toBe(type);
    expect(fixed(text, 'secret-type-wrong', 'Use')).toBe(whole);
  });

  it('that is Opaque, or has no type, is offered the type', () => {
    const opaque = whole.replace('kubernetes.io/service-account-token', 'Opaque');
    expect(marked(opaque, 'secret-type-wrong')).toBe('Opaque');
    expect(fixed(opaque, 'secret-type-wrong', 'Make it')).toBe(whole);
    const without = whole.replace('type: kubernetes.io/service-account-token\n', '');
    expect(marked(without, 'secret-type-wrong')).toBe('kubernetes.io/service-account.name');
    expect(fixed(without, 'secret-type-wrong', 'Make it')).toBe(whole);
    expect(fixed(without.trimEnd(), 'secret-type-wrong', 'Make it')).toBe(whole.trimEnd());
  });

  it.each([
    'kubernetes.io/dockercfg',
    'kubernetes.io/tls',
    'example.com/thing',
    'bootstrap.kubernetes.io/token',
  ])('is not what a Secret of type %s is meant to be', (type) => {
    expect(rulesIn(whole.replace('kubernetes.io/service-account-token', type))).toEqual([]);
  });

  it('without its annotation is offered the ServiceAccounts of its namespace, else its own name', () => {
    const without = whole.replace(/ {2}annotations:\n.*\n.*\n/, '');
    expect(marked(without, 'account-annotation-missing')).toBe('metadata');
    expect(fixed(without, 'account-annotation-missing', 'Name')).toBe(
      whole.replace('    # whose it is\n', ''),
    );
    const others = `${account('kube-system', 'a')}${account('kube-system', 'mycontrollers')}${account('b', 'c')}`;
    const { fixes } = problemIn(others + without.slice(account().length), 'account-annotation-missing');
    expect(fixes().map(({ title }) => title)).toEqual([
      'Name the ServiceAccount: "mycontrollers"',
      'Name the ServiceAccount: "a"',
    ]);
    const empty = secret.replace(': mycontroller\n', ':\n');
    expect(marked(empty, 'account-annotation-missing')).toBe('kubernetes.io/service-account.name');
    expect(fixed(empty, 'account-annotation-missing', 'Name')).toBe(secret);
    const none = secret.replace(/annotations:\n.*\n.*\n/, 'annotations:\n');
    expect(marked(none, 'account-annotation-missing')).toBe('annotations');
    expect(fixed(none, 'account-annotation-missing', 'Name')).toBe(secret.replace('    # whose it is\n', ''));
  });

  it('in another namespace than its ServiceAccount is offered that', () => {
    const text = account('ci') + secret;
    expect(marked(text, 'account-in-other-namespace')).toBe('kube-system');
    expect(fixed(text, 'account-in-other-namespace', 'Put')).toBe(
      account('ci') + secret.replace('kube-system', 'ci'),
    );
  });

  it.each(['${NAME}', '${NAME:=x}', '$(NAME)', '<name>', 'x-${NAME}', '$NAME'])(
    'whose names are filled in later, as %s, is not compared with what may be another then',
    (name) => {
      const filled = JSON.stringify(name);
      const inNamespace = secret.replace('namespace: kube-system', `namespace: ${filled}`);
      expect(rulesIn(account('ci') + inNamespace)).toEqual([]);
      expect(rulesIn(account(filled) + secret)).toEqual([]);
      expect(rulesIn(account('kube-system', filled) + secret)).toEqual([]);
      const named = secret.replace('name: mycontroller\n', `name: ${filled}\n`);
      expect(rulesIn(account('kube-system', 'other') + named)).toEqual([]);
    },
  );

  it('alone in its file is offered its ServiceAccount; every namespace has a default one', () => {
    expect(marked(secret, 'account-not-in-file')).toBe('mycontroller');
    expect(fixed(secret, 'account-not-in-file', 'Add')).toBe(whole);
    expect(fixed(`--- # first\n${secret}`, 'account-not-in-file', 'Add')).toBe(`--- # first\n${whole}`);
    expect(rulesIn(secret.replace('name: mycontroller\n', 'name: default\n'))).toEqual([]);
  });

  it('that leaves its namespace to the context is beside a ServiceAccount of any', () => {
    expect(rulesIn(account('ci') + secret.replace('  namespace: kube-system\n', ''))).toEqual([]);
  });

  it('with a uid loses it', () => {
    const text = whole.replace('type:', `    kubernetes.io/service-account.uid: 1-2-3\ntype:`);
    expect(marked(text, 'account-uid-copied')).toBe('kubernetes.io/service-account.uid');
    expect(fixed(text, 'account-uid-copied', 'Remove')).toBe(whole);
  });

  it('that is immutable and empty loses that', () => {
    const text = `${whole}immutable: true # for ever\n`;
    expect(marked(text, 'immutable-without-token')).toBe('immutable');
    expect(fixed(text, 'immutable-without-token', 'Remove')).toBe(whole);
    expect(rulesIn(`${text}data: {token: QQ==}\n`)).toEqual([]);
  });

  it('whose type is an alias gets one of its own, and what the alias stands for stays', () => {
    const text = whole
      .replace('  annotations:', '  labels: {kind: &kind Opaque}\n  annotations:')
      .replace('kubernetes.io/service-account-token', '*kind # as the label');
    expect(marked(text, 'secret-type-wrong')).toBe('*kind');
    expect(fixed(text, 'secret-type-wrong', 'Make it')).toBe(
      text.replace('*kind #', 'kubernetes.io/service-account-token #'),
    );
  });

  it('in a List loses what stands right after the dash, and keeps the comment below', () => {
    const item = (first: string): string =>
      `kind: List\nitems:\n- ${first}# kept\n  kind: Secret\n  metadata:\n    annotations: {kubernetes.io/service-account.name: default}\n  type: kubernetes.io/service-account-token\n`;
    const text = item('immutable: true\n  ');
    expect(fixed(text, 'immutable-without-token', 'Remove')).toBe(item(''));
    expect(rulesIn(item(''))).toEqual([]);
  });

  it('with its token in it is given a new name, and loses its data', () => {
    const token = jwt(legacyClaims());
    const data = `data:\n  ca.crt: QQ==\n  token: ${Buffer.from(token).toString('base64')}\n`;
    const text = `${account()}${data}${secret}`;
    expect(marked(text, 'token-data-in-git')).toBe('token');
    expect(problemIn(text, 'token-data-in-git').message).toContain(
      'under the old one the same token comes back',
    );
    const ecdsa = Buffer.from(jwt(legacyClaims(), { alg: 'ES256' })).toString('base64');
    const other = text.replace(/ {2}token: .*/, `  token: ${ecdsa}`);
    expect(problemIn(other, 'token-data-in-git').message).toContain('delete this one, which ends it');
    expect(problemIn(other, 'token-data-in-git').message).not.toContain('comes back');
    expect(fixed(text, 'token-data-in-git', 'Rotate')).toBe(
      whole.replace('name: mycontroller-token #', 'name: mycontroller-token-2 #'),
    );
    expect(fixed(text, 'token-data-in-git', 'Remove')).toBe(whole);
    const again = text.replace('name: mycontroller-token #', 'name: mycontroller-token-9 #');
    expect(fixed(again, 'token-data-in-git', 'Rotate')).toContain('name: mycontroller-token-10 #');
    expect(rulesIn(`${whole}data:\n  token: ENC[AES256_GCM,data:abc]\n`)).toEqual([]);
    expect(rulesIn(`${whole}stringData:\n  token: |\n    ${token}\n`)).toEqual(['token-data-in-git']);
  });

  it('is found in a Template of OpenShift, and named by one of its ServiceAccounts', () => {
    const text = (annotations: string): string =>
      `kind: Template\nobjects:\n- {kind: ServiceAccount, metadata: {name: jenkins}}\n- kind: Secret\n  metadata:\n    name: t\n${annotations}  type: kubernetes.io/service-account-token\n`;
    expect(fixed(text(''), 'account-annotation-missing', 'Name')).toBe(
      text('    annotations:\n      kubernetes.io/service-account.name: jenkins\n'),
    );
  });

  it('is found and fixed in JSON and in a List', () => {
    const object = (annotations: object): object => ({
      kind: 'Secret',
      metadata: { name: 's', annotations },
      type: 'kubernetes.io/service-account-token',
    });
    const owner = { 'kubernetes.io/service-account.name': 'default' };
    const list = (annotations: object, indent?: number | string): string =>
      JSON.stringify(
        { apiVersion: 'v1', kind: 'List', items: [object(owner), object(annotations)] },
        undefined,
        indent,
      );
    for (const indent of [undefined, 2, '\t']) {
      const text = list({ ...owner, 'kubernetes.io/service-account.uid': 'u' }, indent);
      expect(rulesIn(text)).toEqual(['account-uid-copied']);
      expect(fixed(text, 'account-uid-copied', 'Remove')).toBe(list(owner, indent));
      const without = fixed(list({}, indent), 'account-annotation-missing', 'Name');
      expect(JSON.parse(without)).toEqual(JSON.parse(list({ 'kubernetes.io/service-account.name': 's' })));
    }
  });
});

describe('a file that kubectl goes through in order', () => {
  const end = account().indexOf('---');
  const alone = account().slice(0, end);

  it('has the ServiceAccount before its token Secret, and each Secret of a List too', () => {
    const text = `# top\n${secret}---\n${alone}`;
    expect(marked(text, 'account-after-secret')).toBe('mycontroller');
    expect(fixed(text, 'account-after-secret', 'Put')).toBe(`${alone}---\n# top\n${secret}`);
    const between = `${secret}---\n${alone}---\nkind: ConfigMap\n`;
    expect(fixed(between, 'account-after-secret', 'Put')).toBe(
      `${alone}---\n${secret}---\nkind: ConfigMap\n`,
    );
    const item = (object: string): string => `- ${object.trim().replaceAll('\n', '\n  ')}\n`;
    const list = `kind: List\nitems:\n${item(secret.replace('# made by hand\n', ''))}${item(alone)}`;
    expect(problemIn(list, 'account-after-secret').fixes()).toEqual([]);
    expect(
      rulesIn(`kind: List\nitems:\n${item(alone)}${item(secret.replace('# made by hand\n', ''))}`),
    ).toEqual([]);
  });

  it('may have its ServiceAccount in any namespace, where one of them leaves that to the context', () => {
    const open = alone.replace(/ {2}namespace: .*\n/, '');
    expect(rulesIn(`${secret}---\n${open}`)).toEqual(['account-after-secret']);
    expect(rulesIn(`${open}---\n${secret}---\n${alone}`)).toEqual([]);
    expect(rulesIn(`${secret.replace(/ {2}namespace: .*\n/, '')}---\n${alone}`)).toEqual([
      'account-after-secret',
    ]);
    expect(rulesIn(`${account('ci')}${secret}---\n${alone}`)).toEqual(['account-after-secret']);
  });

  it('is told of each, however many there are of one name', () => {
    const many = 2000;
    const text = `${`${secret.replace('# made by hand\n', '')}---\n`.repeat(many)}${account().repeat(many)}`;
    expect(check(text).problems.filter(({ rule }) => rule === 'account-after-secret')).toHaveLength(many);
  });

  it('has no such problem with a ServiceAccount of each namespace, or one that is there in another as well', () => {
    expect(rulesIn(secret.replace('name: mycontroller\n', 'name: default\n'))).toEqual([]);
    expect(rulesIn(`${alone}---\n${secret}---\n${alone}`)).toEqual([]);
    const filled = secret.replace('namespace: kube-system', 'namespace: ${NAMESPACE}');
    expect(rulesIn(`${filled}---\n${alone}`)).toEqual([]);
  });
});

describe('a token Secret that its ServiceAccount lists', () => {
  const listing = (...names: readonly string[]): string =>
    account().replace('---\n', `secrets:\n${names.map((name) => `- name: ${name}\n`).join('')}---\n`);

  it('is taken off the list, and the list with the last one', () => {
    const text = listing('mycontroller-token') + secret;
    expect(rulesIn(text)).toEqual(['secret-listed-at-account']);
    expect(marked(text, 'secret-listed-at-account')).toBe('mycontroller-token');
    expect(fixed(text, 'secret-listed-at-account', 'Take')).toBe(whole);
    const two = listing('mycontroller-dockercfg-x', 'mycontroller-token') + secret;
    expect(fixed(two, 'secret-listed-at-account', 'Take')).toBe(listing('mycontroller-dockercfg-x') + secret);
  });

  it('may have to be there, or is another one', () => {
    const enforced = listing('mycontroller-token').replace(
      '  namespace:',
      '  annotations: {kubernetes.io/enforce-mountable-secrets: "true"}\n  namespace:',
    );
    expect(rulesIn(enforced + secret)).toEqual([]);
    expect(rulesIn(listing('mycontroller-token-x7k2p') + secret)).toEqual([]);
  });
});

describe('a token Secret whose annotation is mistyped', () => {
  const key = 'kubernetes.io/service-account.name';
  it.each([
    'kubernetes.io/service-account-name',
    'kubernetes.io/serviceaccount.name',
    'kubernetes.io/service-account',
    'service-account.name',
    '"kubernetes.io/service-acount.name"',
  ])('as %s names the ServiceAccount by it', (typed) => {
    const text = secret.replace(key, typed);
    expect(marked(text, 'account-annotation-missing')).toBe(typed);
    const right = typed.startsWith('"') ? `"${key}"` : key;
    expect(fixed(text, 'account-annotation-missing', 'Name the ServiceAccount: "mycontroller"')).toBe(
      secret.replace(key, right),
    );
  });

  it('as a label names the ServiceAccount by that, which stays', () => {
    const text = secret.replace(/ {2}annotations:\n.*\n.*\n/, `  labels: {${key}: robot}\n`);
    expect(fixed(text, 'account-annotation-missing', 'Name the ServiceAccount: "robot"')).toBe(
      text.replace('robot}\n', `robot}\n  annotations:\n    ${key}: robot\n`),
    );
  });

  it('is not meant by the annotation of the uid, or of something else', () => {
    const text = secret.replace(key, 'kubernetes.io/service-account.uid');
    expect(marked(text, 'account-annotation-missing')).toBe('annotations');
    expect(marked(secret.replace(key, 'example.com/name'), 'account-annotation-missing')).toBe('annotations');
  });
});
