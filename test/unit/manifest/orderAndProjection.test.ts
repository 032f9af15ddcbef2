import { describe, expect, it } from 'vitest';
import type { CheckRule } from '../../../src/problems/documentChecks.ts';
import { fixed, marked, problemIn, rulesIn } from '../../support/texts/checks.ts';

const said = (text: string, rule: CheckRule): unknown => {
  const { message, fixes } = problemIn(text, rule);
  return [message, ...fixes().map(({ title, isPreferred }) => `${isPreferred ? '*' : ''}${title}`)];
};

const account = (name = 'robot', more = ''): string =>
  `kind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ci\n${more}`;
const secret = (owner = 'robot', name = 'robot-token', namespace = '  namespace: ci\n'): string =>
  `kind: Secret\nmetadata:\n  name: ${name}\n${namespace}  annotations:\n    kubernetes.io/service-account.name: ${owner}\ntype: kubernetes.io/service-account-token\n`;
const item = (object: string): string => `- ${object.trim().replaceAll('\n', '\n  ')}\n`;

describe('the order of a file', () => {
  it('is said with what happens, and put right by moving the ServiceAccount', () => {
    const text = `${secret()}---\n${account()}`;
    expect(said(text, 'account-after-secret')).toEqual([
      'kubectl goes through a file in its order, and this Secret comes before its ServiceAccount "robot": where there is none yet, the token controller deletes the Secret. Helm and Kustomize put them in order.',
      '*Put the ServiceAccount "robot" before it',
    ]);
    const windows = text.replaceAll('\n', '\r\n');
    expect(fixed(windows, 'account-after-secret', 'Put')).toBe(
      `${account()}---\n${secret()}`.replaceAll('\n', '\r\n'),
    );
  });

  it('cannot be put right where one of the two is in a List, or where the file is JSON', () => {
    const list = (object: string): string => `kind: List\nitems:\n${item(object)}`;
    for (const text of [
      `${secret()}---\n${list(account())}`,
      `${list(secret())}---\n${account()}`,
      `kind: List\nitems:\n${item(secret())}${item(account())}`,
    ])
      expect(problemIn(text, 'account-after-secret').fixes()).toEqual([]);
    const json = JSON.stringify({
      kind: 'Secret',
      metadata: { name: 'a', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
      type: 'kubernetes.io/service-account-token',
    });
    expect(problemIn(`${json}\n---\n${account()}`, 'account-after-secret').fixes()).toEqual([]);
  });

  it('is right where the first ServiceAccount that can be meant comes first', () => {
    const open = account().replace('  namespace: ci\n', '');
    const elsewhere = account().replace('ci', 'x');
    const openSecret = secret('robot', 'robot-token', '');
    for (const text of [
      `kind: List\nitems:\n${item(account())}${item(secret())}`,
      `${open}---\n${account()}---\n${secret()}`,
      `${account()}---\n${secret()}---\n${open}`,
      `${elsewhere}---\n${openSecret}---\n${account()}`,
      `${secret('default')}---\n${account('default')}`,
      `${secret('$(NAME)')}---\n${account('$(NAME)')}`,
      `${secret('robot', 'robot-token', '  namespace: $(NS)\n')}---\n${account()}`,
      `${account('$(NAME)')}---\n${secret()}`,
    ])
      expect(rulesIn(text)).toEqual([]);
    for (const text of [
      `${secret()}---\n${open}---\n${account()}`,
      `${secret()}---\n${account()}---\n${open}`,
      `${elsewhere}---\n${secret()}---\n${account()}`,
      `${openSecret}---\n${elsewhere}---\n${account()}`,
    ])
      expect(rulesIn(text)).toEqual(['account-after-secret']);
  });
});

describe('a token Secret that a ServiceAccount lists', () => {
  const listing = (names = '- name: robot-token\n', name = 'robot'): string =>
    account(name, `secrets:\n${names}`);

  it('is said to count as generated', () => {
    expect(said(`${listing()}---\n${secret()}`, 'secret-listed-at-account')).toEqual([
      '"robot-token" is made by hand: listed in secrets it counts as auto-generated, so that each use gives a warning, and the cleaner of legacy tokens takes it when it has not been used for a year.',
      '*Take "robot-token" off the list',
    ]);
    const shared = listing('- &one {name: robot-token}\n').replace('kind:', 'x: 1\nkind:');
    expect(problemIn(`${shared}y: *one\n---\n${secret()}`, 'secret-listed-at-account').fixes()).toEqual([]);
  });

  it.each([
    ['of any namespace, where the ServiceAccount leaves that open', '  namespace: ci\n', ''],
    ['that leaves its namespace open', '', '  namespace: ci\n'],
    ['whose namespace is filled in', '  namespace: $(NS)\n', '  namespace: ci\n'],
    ['where both leave it open', '', ''],
  ])('is one %s', (_, ofSecret, ofAccount) => {
    const list = listing().replace('  namespace: ci\n', ofAccount);
    expect(rulesIn(`${list}---\n${secret('robot', 'robot-token', ofSecret)}`)).toContain(
      'secret-listed-at-account',
    );
  });

  it.each([
    ['of another namespace', `${listing()}---\n${secret('robot', 'robot-token', '  namespace: x\n')}`],
    ['of another ServiceAccount', `${listing()}---\n${account('other')}---\n${secret('other')}`],
    ['of another name', `${listing('- name: robot-dockercfg\n')}---\n${secret()}`],
    ['that has no name there', `${listing('- {}\n- robot-token\n- name:\n')}---\n${secret()}`],
    [
      'where a Pod may use no other',
      `${listing().replace('  namespace', '  annotations: {kubernetes.io/enforce-mountable-secrets: "true"}\n  namespace')}---\n${secret()}`,
    ],
  ])('is none %s', (_, text) => {
    expect(rulesIn(text)).not.toContain('secret-listed-at-account');
  });

  it('is taken for listed also where the annotation that demands it is empty', () => {
    const empty = listing().replace(
      '  namespace',
      '  annotations: {kubernetes.io/enforce-mountable-secrets: ""}\n  namespace',
    );
    expect(rulesIn(`${empty}---\n${secret()}`)).toEqual(['secret-listed-at-account']);
  });
});

const OWN = '/var/run/secrets/kubernetes.io/serviceaccount';
const pod = (
  projection: string,
  more: { paths?: readonly string[]; by?: string; sources?: string } = {},
): string =>
  [
    'kind: Pod',
    'spec:',
    `  ${more.by ?? 'containers'}:`,
    ...(more.paths ?? ['/tokens']).map((path) => `  - volumeMounts: [{name: v, mountPath: ${path}}]`),
    '  volumes:',
    '  - name: v',
    '    projected:',
    '      sources:',
    `      - serviceAccountToken: ${projection}`,
    more.sources ?? '',
  ].join('\n');
const beside = `      - configMap: {name: kube-root-ca.crt}\n      - downwardAPI: {items: [{path: namespace}]}\n`;

describe('the life of a projected token', () => {
  it.each([
    [
      599,
      'projection-life-out-of-range' as const,
      'The API server refuses the Pod: a projected token lives 600 seconds (10 minutes) at least.',
      '*Use 600 seconds, the shortest life',
    ],
    [
      2 ** 32 + 1,
      'projection-life-out-of-range' as const,
      'The API server refuses the Pod: a projected token lives 2³² seconds (136 years) at most.',
      '*Use 3600 seconds, an hour',
    ],
    [
      3607,
      'projection-life-3607' as const,
      'Exactly 3607 is what the kubelet itself asks for, and the API server makes a year of it, where "x" is an audience of the API server: a token that leaks is good for a year (--service-account-extend-token-expiration, on unless switched off).',
      '*Use 3600 seconds, which means an hour',
    ],
  ])('of %d seconds is said to be a mistake', (seconds, rule, message, fix) => {
    expect(said(pod(`{expirationSeconds: ${seconds}, audience: x}`), rule)).toEqual([message, fix]);
  });

  it('of 3607 seconds depends on no audience where none is named', () => {
    for (const audience of ['', ', audience: ""'])
      expect(
        problemIn(pod(`{expirationSeconds: 3607${audience}}`), 'projection-life-3607').message,
      ).toContain('makes a year of it: a token');
  });

  it.each(['600', '3606', '3608', String(2 ** 32), '"599"', '', 'null'])('can be %s', (seconds) => {
    expect(rulesIn(pod(`{expirationSeconds: ${seconds}, audience: x}`))).toEqual([]);
  });

  it('is no matter of what the cluster wrote itself', () => {
    const text = pod('{expirationSeconds: 60}').replaceAll('name: v', 'name: kube-api-access-x');
    expect(rulesIn(text)).toEqual([]);
    expect(rulesIn(text.replaceAll('kube-api', 'my-kube-api'))).toEqual([
      'projection-audience-open',
      'projection-life-out-of-range',
    ]);
  });
});

describe('the audience of a projected token', () => {
  it('is asked for away from where clients look', () => {
    expect(said(pod('{path: t}'), 'projection-audience-open')).toEqual([
      'Without an audience, whoever is given this token can use it at the API server as this ServiceAccount. If it is for another service, name that service.',
      'Name the audience',
    ]);
    for (const audience of ['""', '', 'null']) {
      expect(said(pod(`{path: t, audience: ${audience}}`), 'projection-audience-open')).toHaveLength(1);
    }
    const [fix] = problemIn(pod('{path: t}'), 'projection-audience-open').fixes();
    expect(fix?.edits).toMatchObject([{ text: 'audience: ${1:name-of-the-service}, ', isSnippet: true }]);
  });

  it('that is not the API server’s is refused where clients look', () => {
    const text = pod('{path: token, audience: vault}', { paths: [OWN], sources: beside });
    expect(said(text, 'projection-audience-refused')).toEqual([
      'Programs in the Pod send this token to the API server, and it refuses tokens for other audiences: "vault" does not look like one of its own.',
      'Remove the audience',
    ]);
    expect(marked(text, 'projection-audience-refused')).toBe('vault');
  });

  it.each([
    '{path: other, audience: vault}',
    '{audience: vault}',
    '{path: token, audience: api}',
    '{path: token, audience: "$(AUDIENCE)"}',
    '{path: token, audience: 5}',
    '{path: token, audience: ""}',
    '{path: token, audience: }',
  ])('is no matter there of %s', (projection) => {
    expect(rulesIn(pod(projection, { paths: [OWN], sources: beside }))).not.toContain(
      'projection-audience-refused',
    );
    expect(rulesIn(pod(projection, { paths: [OWN], sources: beside }))).not.toContain(
      'projection-audience-open',
    );
  });

  it.each(['containers', 'initContainers', 'ephemeralContainers', 'steps', 'sidecars'])(
    'is looked at as %s mount it',
    (by) => {
      expect(rulesIn(pod('{path: token}', { by }))).toEqual(['projection-audience-open']);
      expect(rulesIn(pod('{path: token}', { by, paths: ['/a', `${OWN}//`], sources: beside }))).toEqual([]);
    },
  );

  it('is not looked at where nobody is seen to mount it, or the place is filled in', () => {
    expect(rulesIn(pod('{path: token}', { by: 'others' }))).toEqual([]);
    expect(rulesIn(pod('{path: token}', { paths: ['/a', '"$(MOUNT)"'] }))).toEqual([]);
    expect(rulesIn(pod('{path: token}').replace('{name: v', '{name: w'))).toEqual([
      'projection-audience-open',
    ]);
  });
});

describe('a volume where clients look', () => {
  const own = (projection: string, sources = '', paths: readonly string[] = [OWN]): string =>
    pod(projection, { paths, sources });
  const ca = '      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}\n';
  const namespace = '      - downwardAPI: {items: [{path: namespace}]}\n';

  it.each([
    ['', 'ca.crt and namespace are missing here', '*Add ca.crt and namespace'],
    [ca, 'namespace is missing here', '*Add namespace'],
    [namespace, 'ca.crt is missing here', '*Add ca.crt'],
    ['      - configMap: {name: kube-root-ca.crt}\n', 'namespace is missing here', '*Add namespace'],
    ['      - {}\n', 'ca.crt and namespace are missing here', '*Add ca.crt and namespace'],
  ])('beside %j lacks what is said', (sources, what, fix) => {
    const text = own('{path: token}', sources);
    expect(said(text, 'own-volume-incomplete')).toEqual([
      `${what}: this volume takes the place of the one that Kubernetes mounts, and programs look for them beside the token.`,
      fix,
    ]);
    expect(rulesIn(fixed(text, 'own-volume-incomplete', 'Add'))).toEqual([]);
  });

  it('has the token by its name', () => {
    expect(said(own('{path: jwt}', ca + namespace), 'own-volume-incomplete')).toEqual([
      'Programs look for the Pod\'s token in the file "token" here, and this one is "jwt".',
      '*Name the file "token"',
    ]);
    const two = `${ca}${namespace}      - serviceAccountToken: {path: other}\n`;
    expect(said(own('{path: jwt}', two), 'own-volume-incomplete')).toContain('Name the file "token"');
    expect(rulesIn(own('{path: jwt}', `${two}      - serviceAccountToken: {path: token}\n`))).toEqual([]);
    expect(rulesIn(own('{audience: api}', ca + namespace))).toEqual([]);
  });

  it.each([
    ['what a Secret brings', '{path: token}', '      - secret: {name: x}\n', [OWN]],
    ['what another ConfigMap brings', '{path: token}', '      - configMap: {name: x}\n', [OWN]],
    ['a name that is filled in', '{path: "${FILE}"}', '', [OWN]],
    ['what is mounted within', '{path: token}', '', [OWN, `${OWN}/ca.crt`]],
    ['a token for somebody else', '{path: token, audience: vault}', '', [OWN]],
  ])('may be whole by %s', (_, projection, sources, paths) => {
    expect(rulesIn(own(projection, sources, paths))).not.toContain('own-volume-incomplete');
  });

  it('is held to it where one of its tokens is for the API server', () => {
    const other = '      - serviceAccountToken: {path: vault, audience: vault}\n';
    expect(rulesIn(own('{path: token, audience: api}', other))).toContain('own-volume-incomplete');
    expect(rulesIn(own('{path: token, audience: ""}', other))).toContain('own-volume-incomplete');
    expect(rulesIn(own('{path: token}', '', [`${OWN}-mine`]))).toEqual(['projection-audience-open']);
  });
});
