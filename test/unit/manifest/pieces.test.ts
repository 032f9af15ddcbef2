import { describe, expect, it } from 'vitest';
import { check, pieces } from '../../support/texts/checks.ts';

/** A description that makes a schema longer than anything that is checked. */
const long = (indentation: string): string =>
  Array.from({ length: 9000 }, (_, index) => `${indentation}field${index}: {type: string}\n`).join('');

const schema = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  versions:
  - schema:
      openAPIV3Schema:
        description: Of kind ServiceAccount, as kubernetes.io/service-account-token.
        properties:
          serviceAccountToken:
            description: serviceAccountToken is information about the token to project
            type: object
${long('          ')}`;

const json = (fields: object): string =>
  JSON.stringify({
    ...fields,
    kind: 'Secret or ServiceAccount of kubernetes.io/',
    definitions: {
      'io.k8s.api.core.v1.VolumeProjection': {
        properties: { secret: {}, serviceAccountToken: { description: 'kind: ServiceAccount' } },
      },
      ...Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`f${index}`, { type: 'string' }])),
    },
  });

describe('of a large text', () => {
  it.each([
    ['a CustomResourceDefinition', schema],
    ['OpenAPI', json({ swagger: '2.0' })],
    ['OpenAPI whose fields are in order', json({}).replace(/}$/, ',"swagger":"2.0"}')],
    ['OpenAPI 3', json({ openapi: '3.0.0' })],
    ['a JSON Schema', json({ $schema: 'https://json-schema.org/draft/2020-12/schema' })],
  ])('%s has nothing that would be checked, and so nothing is left out', (_what, text) => {
    expect(pieces(text)).toEqual({ pieces: [], leftOutFrom: undefined });
    expect(pieces(text.repeat(8)).leftOutFrom).toBeUndefined();
  });

  it('what would be checked is left out and said', () => {
    const list = `kind: List\nitems:\n${'- {kind: ServiceAccount, metadata: {name: a}}\n'.repeat(9000)}`;
    expect(check(list).leftOutFrom).toBe(0);
    const pod = `kind: Pod\nspec:\n  volumes:\n  - projected:\n      sources:\n      - serviceAccountToken:\n          path: t\n${long('  ')}`;
    expect(check(pod).leftOutFrom).toBe(0);
  });
});

it.each(['{{ .Values.name }}', '{% if a %}', '<%= name %>', '#@ data.values.name'])(
  'a template with %s is left alone',
  (placeholder) => {
    const secret = `kind: Secret\nmetadata:\n  name: s\ntype: kubernetes.io/service-account-token\n`;
    expect(check(secret).problems.map(({ rule }) => rule)).toEqual(['account-annotation-missing']);
    expect(check(secret.replace('name: s', `name: ${placeholder}`)).problems).toEqual([]);
  },
);

it.each([
  ['kind: Config\nusers: []\n', 'kubeconfig'],
  ['"kind": "Config", "contexts": []', 'kubeconfig'],
  ['clusters: []\ncurrent-context: a\n', 'kubeconfig'],
  ['kind: ConfigMap\nusers: []\n', undefined],
  ['kind: Config\n', undefined],
  ['users: []\n', undefined],
  ['kind: Secret\ntype: kubernetes.io/tls\n', 'manifest'],
  ['kind: Secret\n', undefined],
])('of %j it is told what kind of document it can be', (text, kind) => {
  expect(pieces(text).pieces.map((piece) => piece.kind)).toEqual(kind === undefined ? [] : [kind]);
});
