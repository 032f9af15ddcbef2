import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { appendParts, appendToTemplate } from '../../../src/manifest/append.ts';
import { serviceAccountPart } from '../../../src/manifest/buildManifest.ts';
import { findObjects, isTokenSecret } from '../../../src/manifest/creatable.ts';
import { addResources, kustomizeNamespace, kustomizeRenames } from '../../../src/manifest/kustomization.ts';
import { projectInstead } from '../../../src/manifest/projectInstead.ts';
import { projectedVolume } from '../../../src/manifest/projected.ts';
import { readTokenSecrets } from '../../../src/manifest/tokenSecret.ts';
import { addVolume, findWorkloads } from '../../../src/manifest/workload.ts';
import { applyEdits } from '../../../src/yaml/edit.ts';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (Problem.is(error, 'bad-input')) return error.message;
    throw error;
  }
  return 'none';
};

const TYPE = 'kubernetes.io/service-account-token';
const secret = (metadata: string, more = ''): string =>
  `kind: Secret\ntype: ${TYPE}\nmetadata: {${metadata}}\n${more}`;
const OWNER = 'annotations: {kubernetes.io/service-account.name: robot}';

describe('a manifest whose token Secret cannot be created', () => {
  it.each<[string, string]>([
    ['', `There is no Secret of type ${TYPE} here; found nothing.`],
    ['- a\n', `There is no Secret of type ${TYPE} here; found nothing.`],
    [
      'kind: Secret\n---\nkind: Secret\ntype: 5\n---\nkind: Secret\ntype: kubernetes.io/tls\n---\nkind: Pod\n---\nkind: 5\n',
      `There is no Secret of type ${TYPE} here; found a Secret of type Opaque, a Secret of type kubernetes.io/tls, Pod, a document without a kind.`,
    ],
    [`kind: ConfigMap\ntype: ${TYPE}\n`, `There is no Secret of type ${TYPE} here; found ConfigMap.`],
    [secret(OWNER), 'The token Secret "" has no metadata.name.'],
    [secret(`name: 5, ${OWNER}`), 'The token Secret 5 has no metadata.name.'],
    [`kind: Secret\ntype: ${TYPE}\nmetadata: x\n`, 'The token Secret "" has no metadata.name.'],
    [
      secret(`name: A, ${OWNER}`),
      'The token Secret "A" cannot have that name. Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.',
    ],
    [
      secret(`name: a, namespace: 5, ${OWNER}`),
      'The token Secret "a" has a metadata.namespace that is no text: put it in quotes.',
    ],
    [
      secret(`name: a, namespace: b.c, ${OWNER}`),
      'The token Secret "a" has a bad metadata.namespace. Only lower-case letters, digits and "-", and a letter or digit at each end.',
    ],
    ...[
      'name: a',
      'name: a, annotations: x',
      'name: a, annotations: {kubernetes.io/service-account.name: ""}',
      'name: a, annotations: {kubernetes.io/service-account.name: 5}',
    ].map((metadata): [string, string] => [
      secret(metadata),
      'The token Secret "a" needs the annotation kubernetes.io/service-account.name: the API server refuses it without.',
    ]),
    [
      secret(`name: a, ${OWNER}`, 'immutable: true\n'),
      'The token Secret "a" has "immutable: true", so the token controller could never fill it. Take that out.',
    ],
  ])('says so of %j', (text, why) => {
    expect(messageOf(() => readTokenSecrets(text))).toBe(why);
  });

  it('is read where it can be', () => {
    const text = secret(`name: a, namespace: null, ${OWNER}`, 'immutable: false\n');
    expect(readTokenSecrets(`${text}---\nkind: Pod\n`)).toEqual([
      {
        name: 'a',
        namespace: undefined,
        serviceAccount: 'robot',
        object: expect.objectContaining({ kind: 'Secret', immutable: false }) as unknown,
        start: 0,
        end: text.length,
      },
    ]);
    expect(readTokenSecrets(secret(`name: a, namespace: b, ${OWNER}`))).toMatchObject([{ namespace: 'b' }]);
  });
});

describe('a manifest of what can be created', () => {
  const role = (metadata: string): string =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {${metadata}}\n`;
  const binding = (metadata: string): string => role(metadata).replace('Role', 'RoleBinding');
  const account = (metadata: string): string =>
    `apiVersion: v1\nkind: ServiceAccount\nmetadata: ${metadata}\n`;

  it.each<[string, string]>([
    ['', 'There is no Secret, ServiceAccount, Role or RoleBinding here; found nothing.'],
    [
      'kind: Pod\n---\na: 1\n---\nkind: toString\n',
      'There is no Secret, ServiceAccount, Role or RoleBinding here; found Pod, a document without a kind, toString.',
    ],
    ['kind: Secret\napiVersion: v2\n', 'This Secret needs "apiVersion: v1".'],
    [
      'kind: RoleBinding\napiVersion: v1\n',
      'This RoleBinding needs "apiVersion: rbac.authorization.k8s.io/v1".',
    ],
    [
      account('{name: 5}'),
      'This ServiceAccount has no metadata.name, or one that is no text: put it in quotes.',
    ],
    [account('x'), 'This ServiceAccount has no metadata.name, or one that is no text: put it in quotes.'],
    [
      account('{name: "a:b"}'),
      'The ServiceAccount "a:b" cannot have that name. Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.',
    ],
    ...['', '.', '..', 'a/b', 'a%b'].flatMap((name): [string, string][] => [
      [role(`name: "${name}"`), `The Role ${JSON.stringify(name)} cannot have that name. No "/" or "%".`],
      [
        binding(`name: "${name}"`),
        `The RoleBinding ${JSON.stringify(name)} cannot have that name. No "/" or "%".`,
      ],
    ]),
    [
      account('{name: a, namespace: 5}'),
      'The ServiceAccount a has a bad metadata.namespace. It is no text: put it in quotes.',
    ],
    [
      account('{name: a, namespace: b.c}'),
      'The ServiceAccount a has a bad metadata.namespace. Only lower-case letters, digits and "-", and a letter or digit at each end.',
    ],
  ])('says what is wrong with %j', (text, why) => {
    expect(messageOf(() => findObjects(text))).toBe(why);
  });

  it('has names as each kind allows them', () => {
    const text = [
      role('name: "..."'),
      binding('name: "System:a.b_c"'),
      account('{name: a.b, namespace: null}'),
    ];
    expect(
      findObjects(text.join('---\n')).map(({ kind, name, namespace }) => [kind, name, namespace]),
    ).toEqual([
      ['Role', '...', undefined],
      ['RoleBinding', 'System:a.b_c', undefined],
      ['ServiceAccount', 'a.b', undefined],
    ]);
    expect([
      isTokenSecret({ kind: 'Secret', type: TYPE }),
      isTokenSecret({ kind: 'Secret', type: 'Opaque' }),
      isTokenSecret({ kind: 'Pod', type: TYPE }),
    ]).toEqual([true, false, false]);
  });

  it('has its objects at their places, in a List too, whose other items are passed over', () => {
    const one = '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a"}}';
    const text = `{"kind":"ServiceAccountList","items":[5,${one},null]}`;
    expect(findObjects(text)).toMatchObject([
      { name: 'a', start: text.indexOf(one), end: text.indexOf(one) + one.length },
    ]);
    expect(messageOf(() => findObjects('kind: List\nitems: x\n'))).toContain('found List.');
    expect(messageOf(() => findObjects('kind: Listing\nitems: []\n'))).toContain('found Listing.');
  });
});

describe('the workloads of a manifest', () => {
  const mount = projectedVolume({
    name: 't',
    mountPath: '/t',
    path: 'token',
    audience: undefined,
    expirationSeconds: 600,
    withCluster: false,
  });
  it.each([
    ['Pod', 'spec'],
    ['PodTemplate', 'template.spec'],
    ['Deployment', 'spec.template.spec'],
    ['DaemonSet', 'spec.template.spec'],
    ['StatefulSet', 'spec.template.spec'],
    ['ReplicaSet', 'spec.template.spec'],
    ['ReplicationController', 'spec.template.spec'],
    ['Job', 'spec.template.spec'],
    ['CronJob', 'spec.jobTemplate.spec.template.spec'],
  ])('are told of a %s, and can be given a volume', (kind, path) => {
    const spec = {
      serviceAccount: 'old',
      initContainers: [{ name: 'i', volumeMounts: [{ mountPath: '/i' }, { name: 'x' }, 5] }],
      containers: [{ name: 'c', volumeMounts: [{ name: 'x', mountPath: '/c' }] }, {}, 'x'],
      volumes: [{ name: 'v' }, { name: 5 }, 'x'],
    };
    const object = path.split('.').reduceRight<object>((inner, key) => ({ [key]: inner }), spec);
    const text = JSON.stringify({ kind, metadata: { name: 'n', namespace: '' }, ...object });
    const [found, second] = findWorkloads(text);
    expect(second).toBeUndefined();
    expect(found).toMatchObject({
      kind,
      name: 'n',
      namespace: undefined,
      serviceAccount: 'old',
      containers: [
        { name: 'i', isInit: true, mountPaths: ['/i'] },
        { name: 'c', isInit: false, mountPaths: ['/c'] },
        { name: '', isInit: false, mountPaths: [] },
      ],
      volumeNames: ['v', ''],
      start: 0,
      end: text.length,
    });
  });

  it('are none of what has no such spec, and are told also where they have no name', () => {
    expect(
      findWorkloads('kind: Pod\n---\nkind: Pod\nspec: []\n---\nkind: Job\nspec: {containers: []}\n'),
    ).toEqual([]);
    expect(
      findWorkloads('kind: Pod\nmetadata: x\nspec: {serviceAccountName: "", serviceAccount: b}\n'),
    ).toMatchObject([
      { name: '', namespace: undefined, serviceAccount: 'b', containers: [], volumeNames: [] },
    ]);
  });

  it('are given a volume where they still are, and in the containers that are named', () => {
    const text =
      'kind: Pod\nmetadata: {name: a}\nspec:\n  initContainers:\n  - name: i\n  containers:\n  - name: c\n  - name: 5\n';
    const [found] = findWorkloads(text);
    if (!found) throw new Error('The workload was not found.');
    const after = applyEdits(text, addVolume(text, found, mount, ['i', '5']));
    expect(findWorkloads(after)[0]?.containers.map(({ mountPaths }) => mountPaths)).toEqual([['/t'], [], []]);
    expect(messageOf(() => addVolume(`# more\n---\n${text}`, found, mount, []))).toBe(
      'Pod a is no longer there.',
    );
    expect(messageOf(() => addVolume(text.replace('a}', 'b}'), found, mount, []))).toBe(
      'Pod a is no longer there.',
    );
  });
});

describe('a kustomization', () => {
  it.each([
    ['namespace: prod\n', 'prod'],
    ['namespace: ""\n', undefined],
    ['namespace: 5\n', undefined],
    ['- a\n', undefined],
    ['', undefined],
  ])('%j puts all into a namespace, or not', (text, namespace) => {
    expect(kustomizeNamespace(text)).toBe(namespace);
  });

  it.each([
    ['namePrefix: a-\n', 'namePrefix'],
    ['nameSuffix: -a\n', 'nameSuffix'],
    ['nameSuffix: -a\nnamePrefix: a-\n', 'namePrefix'],
    ['namePrefix: ""\nnameSuffix: 5\n', undefined],
    ['- a\n', undefined],
    ['', undefined],
  ])('%j changes names, or not', (text, key) => {
    expect(kustomizeRenames(text)).toBe(key);
  });

  it.each([
    ['# mine', '# mine\nresources:\n- "b"\n- "c d"\n'],
    ['\uFEFF', '\uFEFFresources:\n- "b"\n- "c d"\n'],
    ['# mine\r\n', '# mine\r\nresources:\r\n- "b"\r\n- "c d"\r\n'],
    ['resources: [./b, "c d"]\n', 'resources: [./b, "c d"]\n'],
    ['resources: [x./b, "c d", 5]\n', 'resources: [x./b, "c d", 5, "b"]\n'],
  ])('%j becomes %j', (text, after) => {
    expect(applyEdits(text, addResources(text, ['b', 'c d']))).toBe(after);
  });

  it.each([
    ['- a\n', 'This kustomization is no single map: Kustomize would not read it either.'],
    ['a: 1\n---\nb: 2\n', 'This kustomization is no single map: Kustomize would not read it either.'],
    ['resources: a\n', 'resources of this kustomization is no list.'],
  ])('%j is none', (text, why) => {
    expect(messageOf(() => addResources(text, ['b']))).toBe(why);
  });
});

describe('objects at the end of a file', () => {
  const part = serviceAccountPart({ namespace: 'ci', name: 'robot' });
  const yaml =
    '# Comes first: the token controller deletes a token Secret whose ServiceAccount does not exist.\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n  namespace: ci\n';
  it.each([
    ['a: 1\n---', `a: 1\n---\n${yaml}`],
    ['a: 1\n--- # next\n', `a: 1\n--- # next\n${yaml}`],
    ['\uFEFF', `\uFEFF${yaml}`],
    ['a: {{ .x }}\n---\n', `a: {{ .x }}\n---\n${yaml}`],
    ['a: {{ .x }}\n--- x', `a: {{ .x }}\n--- x\n---\n${yaml}`],
    ['a: {{ .x }}\nx ---\n', `a: {{ .x }}\nx ---\n---\n${yaml}`],
    [' \n', ` \n${yaml}`],
    ['a: {{ .x }}\n', `a: {{ .x }}\n---\n${yaml}`],
  ])('of a template, as %j, are a document of their own', (text, after) => {
    expect(applyEdits(text, appendToTemplate(text, [part]))).toBe(after);
  });

  it.each([
    ['a: 1\n---', `a: 1\n---\n${yaml}`],
    ['a: 1\n--- ""\n', `a: 1\n--- ""\n---\n${yaml}`],
    ['a: 1\n--- !!str\n', `a: 1\n--- !!str\n---\n${yaml}`],
    ['a: 1\n--- null\n', `a: 1\n--- null\n---\n${yaml}`],
    ['\uFEFF', `\uFEFF${yaml}`],
  ])('of YAML, as %j, are too', (text, after) => {
    expect(applyEdits(text, appendParts(text, [part]))).toBe(after);
  });

  it.each([
    ['{"kind": "Pod"}', 'Pod'],
    ['{"kind": "List", "items": {}}', 'List'],
    ['{"kind": 5}', 'something else'],
    ['[]', 'something else'],
    [' \n[]', 'something else'],
    ['\uFEFF{}', 'something else'],
    ['{"kind": "List"}\n---\n{"kind": "List"}', 'List'],
  ])('go into no JSON such as %j', (text, what) => {
    expect(messageOf(() => appendParts(text, [part]))).toBe(
      `This file is JSON and has ${what}: nothing can be appended to JSON but a List. Choose a new file, or make it { "apiVersion": "v1", "kind": "List", "items": […] } first.`,
    );
  });
});

describe('a volume that a Secret is in the place of', () => {
  const volume = (source: string): string => `kind: Pod\nspec:\n  volumes:\n  - name: v\n    ${source}\n`;
  it.each([
    'secret: {secretName: b}',
    'configMap: {secretName: a}',
    'secret: a',
    '? [secret]\n    : {secretName: a}',
  ])('is another one as %s', (source) => {
    expect(projectInstead(volume(source), 'a')).toEqual([]);
  });

  it('is none outside of volumes', () => {
    expect(projectInstead('x:\n- secret: {secretName: a}\n', 'a')).toEqual([]);
  });

  it('is projected in each document, with the keys that it takes by their names', () => {
    const text = `${volume('secret: {secretName: a, items: [{key: ca.crt, path: c}, {key: namespace, path: ns}, 5], defaultMode: x}')}---\n{"kind": "Pod", "spec": {"volumes": [{"name": "v", "secret": {"secretName": "a"}}]}}\n`;
    const [first, second = ''] = applyEdits(text, projectInstead(text, 'a')).split('---\n');
    expect(first).toBe(
      `${volume('projected:').trimEnd()}
      sources:
        - configMap:
            name: kube-root-ca.crt
            items:
              - key: ca.crt
                path: c
        - downwardAPI:
            items:
              - path: ns
                fieldRef:
                  apiVersion: v1
                  fieldPath: metadata.namespace
`,
    );
    expect(second).toContain(
      '"projected": {"sources":[{"serviceAccountToken":{"path":"token","expirationSeconds":3600}}',
    );
  });

  it('is refused with the key that no projection gives', () => {
    expect(messageOf(() => projectInstead(volume('secret: {secretName: a, items: [{path: x}]}'), 'a'))).toBe(
      'A volume mounts the key undefined of the Secret, which no projection gives.',
    );
  });
});
