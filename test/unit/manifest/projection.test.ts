import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fixed, marked, problemIn, rulesIn } from '../../support/texts/checks.ts';

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

  it('is seen where an anchor stands before it', () => {
    const text = projection(['expirationSeconds: 60', 'audience: vault', 'path: t']).replace(
      '- serviceAccountToken:',
      '- &own\n            serviceAccountToken:',
    );
    expect(rulesIn(text)).toEqual(['projection-life-out-of-range']);
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
