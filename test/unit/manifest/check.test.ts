import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CheckRule } from '../../../src/editor/problems/checks.ts';
import { jwt, legacyClaims } from '../../support/tokens.ts';
import { check, fixed, problemIn } from '../../support/checks.ts';

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
const rulesIn = (text: string): string[] => check(text).problems.map(({ rule }) => rule);
const marked = (text: string, rule: CheckRule): string => {
  const { start, end } = problemIn(text, rule);
  return text.slice(start, end);
};

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

const projection = (lines: readonly string[], mountPath = '/var/run/secrets/tokens'): string =>
  [
    'apiVersion: apps/v1',
    'kind: DaemonSet',
    'metadata: {name: d}',
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    '      - name: main',
    '        volumeMounts:',
    `        - {name: token, mountPath: ${mountPath}}`,
    '      volumes:',
    '      - name: token',
    '        projected:',
    '          sources:',
    '          - serviceAccountToken:',
    ...lines.map((line) => `              ${line}`),
    '',
  ].join('\n');

/** What the admission plugin has beside a Pod's own token. */
const besideToken = `          - configMap:
              name: kube-root-ca.crt
              items:
                - key: ca.crt
                  path: ca.crt
          - downwardAPI:
              items:
                - path: namespace
                  fieldRef:
                    apiVersion: v1
                    fieldPath: metadata.namespace
`;

describe('a volume in the place of the one with the Pod’s own token', () => {
  const own = '/var/run/secrets/kubernetes.io/serviceaccount';
  const volume = projection(['expirationSeconds: 86400', 'path: token'], own);

  it('gets the files that programs look for beside the token', () => {
    expect(problemIn(volume, 'own-volume-incomplete').message).toMatch(/^ca\.crt and namespace are missing/);
    expect(marked(volume, 'own-volume-incomplete')).toBe('serviceAccountToken');
    expect(fixed(volume, 'own-volume-incomplete', 'Add')).toBe(volume + besideToken);
    expect(fixed(volume.trimEnd(), 'own-volume-incomplete', 'Add')).toBe(`${volume}${besideToken}`.trimEnd());
    const flow =
      'spec: {containers: [{volumeMounts: [{name: t, mountPath: MOUNT}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]}';
    const pod = `kind: Pod\n${flow.replace('MOUNT', own)}\n`;
    expect(rulesIn(fixed(pod, 'own-volume-incomplete', 'Add'))).toEqual([]);
    const json = JSON.stringify(parse(pod), undefined, 2);
    expect(rulesIn(fixed(json, 'own-volume-incomplete', 'Add'))).toEqual([]);
  });

  it('whose token has another name gets the right one', () => {
    const other = `${projection(['path: api-token'], own)}${besideToken}`;
    expect(marked(other, 'own-volume-incomplete')).toBe('api-token');
    expect(fixed(other, 'own-volume-incomplete', 'Name')).toBe(
      `${projection(['path: token'], own)}${besideToken}`,
    );
  });

  it.each([
    ['a Secret may bring the rest', `${volume}          - secret: {name: more}\n`],
    [
      'the CA comes from its ConfigMap as a whole',
      `${volume}          - configMap: {name: kube-root-ca.crt}\n          - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}\n`,
    ],
    ['it is mounted elsewhere', projection(['path: token', 'audience: vault'])],
    [
      'something is mounted within',
      volume.replace(
        '        volumeMounts:\n',
        `        volumeMounts:\n        - {name: ca, mountPath: ${own}/ca.crt}\n`,
      ),
    ],
  ])('has no such problem where %s', (_what, text) => {
    expect(rulesIn(text)).toEqual([]);
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

describe('a projected token', () => {
  it('with an audience and a life that is allowed has no problem', () => {
    expect(rulesIn(projection(['audience: vault', 'expirationSeconds: 600', 'path: token']))).toEqual([]);
    const own = projection(['path: token'], '/var/run/secrets/kubernetes.io/serviceaccount/');
    expect(rulesIn(own + besideToken)).toEqual([]);
  });

  it('that lives too short or too long gets a life that is allowed', () => {
    const text = (seconds: number): string =>
      projection(['audience: vault', `expirationSeconds: ${seconds} # life`, 'path: token']);
    expect(marked(text(599), 'projection-life-out-of-range')).toBe('599');
    expect(fixed(text(599), 'projection-life-out-of-range', 'Use')).toBe(text(600));
    expect(fixed(text(2 ** 32 + 1), 'projection-life-out-of-range', 'Use')).toBe(text(3600));
  });

  it('of exactly 3607 seconds is told what that triggers', () => {
    const text = projection([
      'audience: https://kubernetes.default.svc',
      'expirationSeconds: 3607',
      'path: t',
    ]);
    expect(problemIn(text, 'projection-life-3607').message).toContain('a year');
    expect(fixed(text, 'projection-life-3607', 'Use')).toBe(text.replace('3607', '3600'));
    expect(rulesIn(text.replaceAll(/name: token\b/g, 'name: kube-api-access-x7k2p'))).toEqual([]);
  });

  it('for another audience, where clients look for the API server’s, is told so', () => {
    const text = projection(
      ['audience: vault', 'path: token'],
      '/var/run/secrets/kubernetes.io/serviceaccount',
    );
    expect(rulesIn(text)).toEqual(['projection-audience-refused']);
    expect(marked(text, 'projection-audience-refused')).toBe('vault');
    expect(fixed(text, 'projection-audience-refused', 'Remove')).toBe(
      projection(['path: token'], '/var/run/secrets/kubernetes.io/serviceaccount'),
    );
  });

  it('whose audience or place is filled in later is not judged by it', () => {
    const own = '/var/run/secrets/kubernetes.io/serviceaccount';
    const filled = projection(['audience: "${AUDIENCE}"', 'path: token'], own);
    expect(rulesIn(filled)).not.toContain('projection-audience-refused');
    expect(rulesIn(projection(['path: token'], '"${MOUNT}"'))).toEqual([]);
  });

  it('beside another one for the API server, in the same volume, may be for somebody else', () => {
    const own = '/var/run/secrets/kubernetes.io/serviceaccount';
    const both = projection(['path: token'], own).trimEnd();
    const text = `${both}\n          - serviceAccountToken: {path: vault, audience: vault}\n`;
    expect(rulesIn(text)).not.toContain('projection-audience-refused');
  });

  it('without an audience, away from where clients look, is advised to have one', () => {
    const text = projection(['path: token']);
    expect(marked(text, 'projection-audience-open')).toBe('serviceAccountToken');
    expect(fixed(text, 'projection-audience-open', 'Name')).toBe(
      projection(['path: token', 'audience: name-of-the-service']),
    );
    const flow = text.replace(
      'serviceAccountToken:\n              path: token',
      'serviceAccountToken: {path: token}',
    );
    expect(fixed(flow, 'projection-audience-open', 'Name')).toContain(
      'serviceAccountToken: {audience: name-of-the-service, path: token}',
    );
  });

  it.each([
    ['a Knative Service', 'serving.knative.dev/v1', 'Service', 'spec.template.spec'],
    ['an Argo Rollout', 'argoproj.io/v1alpha1', 'Rollout', 'spec.template.spec'],
    ['a DeploymentConfig', 'apps.openshift.io/v1', 'DeploymentConfig', 'spec.template.spec'],
    ['a Kafka of Strimzi', 'kafka.strimzi.io/v1beta2', 'Kafka', 'spec.kafka.template.pod'],
    ['a TaskRun of Tekton', 'tekton.dev/v1', 'TaskRun', 'spec.podTemplate'],
    ['a Job of another kind', 'batch.volcano.sh/v1alpha1', 'Job', 'spec.tasks.0.template.spec'],
  ])('that lives too short is found in %s', (_what, apiVersion, kind, path) => {
    const source = { serviceAccountToken: { path: 't', expirationSeconds: 60 } };
    const spec = { volumes: [{ name: 'v', projected: { sources: [source] } }] };
    const object = path
      .split('.')
      .reduceRight<object>((inner, name) => (name === '0' ? [inner] : { [name]: inner }), spec);
    expect(rulesIn(JSON.stringify({ apiVersion, kind, ...object }))).toEqual([
      'projection-life-out-of-range',
    ]);
  });

  it('in the steps of a Tekton Task is judged by where they mount it', () => {
    const task = (mountPath: string): string =>
      JSON.stringify({
        kind: 'Task',
        spec: {
          steps: [{ volumeMounts: [{ name: 'v', mountPath }] }],
          volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
        },
      });
    expect(rulesIn(task('/tokens'))).toEqual(['projection-audience-open']);
    expect(rulesIn(task('/var/run/secrets/kubernetes.io/serviceaccount'))).toEqual(['own-volume-incomplete']);
  });

  it.each([
    ['Pod', 'spec'],
    ['Deployment', 'spec.template.spec'],
    ['StatefulSet', 'spec.template.spec'],
    ['ReplicaSet', 'spec.template.spec'],
    ['Job', 'spec.template.spec'],
    ['CronJob', 'spec.jobTemplate.spec.template.spec'],
  ])('is found in a %s', (kind, path) => {
    const spec = {
      volumes: [
        {
          name: 'v',
          projected: { sources: [{ serviceAccountToken: { expirationSeconds: 1, audience: 'a' } }] },
        },
      ],
    };
    const object = path.split('.').reduceRight<object>((inner, name) => ({ [name]: inner }), spec);
    expect(rulesIn(JSON.stringify({ kind, ...object }))).toEqual(['projection-life-out-of-range']);
  });
});
