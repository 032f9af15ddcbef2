import { describe, expect, it } from 'vitest';
import { heldIn } from '../../../src/manifest/holds.ts';
import { looksLikeKubeconfig } from '../../../src/manifest/looksLikeKubeconfig.ts';
import { pieces } from '../../support/texts/checks.ts';

const TYPE = 'kubernetes.io/service-account-token';

describe('a text is told from others', () => {
  it.each([
    ['current-context: a\nclusters: []\n', true],
    ["{'contexts': [], 'users': []}", true],
    ['a: 1,"clusters" : [],contexts: []', true],
    ['xcurrent-context: a\nusers: []\n', false],
    ['xcontexts: []\nusers: []\n', false],
    ['xclusters: []\nusers: []\n', false],
    ['clusters: []\nxusers: []\n', false],
    ['clusters: []\nxkind: Config\n', false],
    ['clusters: []\nkind: Configs\n', false],
    ['clusters: []\nkind : "Config"\n', true],
    ['clusters: []\n{kind: Config}\n', true],
    ['clusters: []\nusers []\n', false],
  ])('%j looks like a kubeconfig, or not', (text, is) => {
    expect(looksLikeKubeconfig(text)).toBe(is);
  });

  it.each([
    [`kind: Secret\ntype: ${TYPE}\n`, ['manifests', 'tokenSecrets']],
    ['kind: Secret\n', ['manifests']],
    [`kind: Role\nx: ${TYPE}\n`, ['manifests']],
    ['kind: "RoleBinding"\n', ['manifests']],
    ["{'kind':'ServiceAccount'}", ['manifests']],
    ['[{a: 1,kind: Role}]', ['manifests']],
    ['- kind : Role\n', ['manifests']],
    ['xkind: Role\n', []],
    ['kind: Roles\n', []],
    ['kind: role\n', []],
    ['kind: Pod\nspec: {containers : []}\n', ['workloads']],
    ['{"kind":"Pod","spec":{"containers":[]}}', ['workloads']],
    ['kind: Pod\nspec: {xcontainers: []}\n', []],
    ['kind: Pod\ncontainers\n', []],
    ['kind: Widget\nspec: {containers: []}\n', []],
    ['clusters: []\nusers: []\na: {{ b }}\nkind: Role\n', ['kubeconfigs']],
    ['clusters: []\nusers: []\nkind: Role\n', ['kubeconfigs', 'manifests']],
  ])('%j has what a menu acts on', (text, held) => {
    expect([...heldIn(text)].toSorted()).toEqual(held);
  });

  it.each([
    ['kind: Secret\nx: kubernetes.io/y\n', 'manifest'],
    ['"kind":"Secret" kubernetes.io/', 'manifest'],
    ['xkind: Secret\nkubernetes.io/\n', undefined],
    ['kind: Secrets\nkubernetes.io/\n', undefined],
    ['kind: Secret\n', undefined],
    ['kind: ServiceAccount\n', 'manifest'],
    ['kind:ServiceAccount\n', undefined],
    ['a: [serviceAccountToken: {}]\n', 'manifest'],
    ['- &a serviceAccountToken: {}\n', 'manifest'],
    ['-  "serviceAccountToken" : {}\n', 'manifest'],
    ['{ serviceAccountToken: {}}\n', 'manifest'],
    ['  serviceAccountToken: {}\n', undefined],
    ['- serviceAccountTokens: {}\n', undefined],
    ['clusters: []\nusers: [{token: "${TOKEN}"}]\n', undefined],
    ['clusters: []\nusers: []\nserver: https://${HOST}:6443\n', undefined],
    ['clusters: []\nusers: []\nserver: https://a.b-c_d${HOST}\n', undefined],
    ["clusters: []\nusers: []\ntoken: '$TOKEN' \n", undefined],
    ['clusters: []\nusers: []\ntoken: $TOKEN\nx: 1\n', undefined],
    ['clusters: []\nusers: []\ntoken: $TOKEN more\n', 'kubeconfig'],
    ['clusters: []\nusers: []\ntoken: a$TOKEN\n', 'kubeconfig'],
    ['clusters: []\nusers: []\nargs: [echo ${TOKEN}]\n', 'kubeconfig'],
    ['clusters: []\nusers: []\ntoken: "${1}"\n', 'kubeconfig'],
    ['kind: CustomResourceDefinition\nkind: ServiceAccount\n', undefined],
    ['  kind: CustomResourceDefinition\nkind: ServiceAccount\n', 'manifest'],
    ['kind: CustomResourceDefinitions\nkind: ServiceAccount\n', 'manifest'],
    ['{"kind" : "CustomResourceDefinition", "a": {"kind": "ServiceAccount"}}', undefined],
    ['swagger: "2.0"\nkind: ServiceAccount\n', undefined],
    ['openapi : 3.0.0\nkind: ServiceAccount\n', undefined],
    [' openapi: 3.0.0\nkind: ServiceAccount\n', 'manifest'],
    ['{"openapi": "3.1", "kind": "ServiceAccount"}', undefined],
    ['{"openapi": "x", "kind": "ServiceAccount"}', 'manifest'],
    ['{"$schema": "http://json-schema.org/x", "kind": "ServiceAccount"}', undefined],
    ['{"$schema": "https://json-schema.org.example/x", "kind": "ServiceAccount"}', undefined],
    ['{"$schema": "https://json-schemas.org/x", "kind": "ServiceAccount"}', 'manifest'],
    ['kind: ServiceAccount\na: {{ b }}\n', undefined],
    ['kind: ServiceAccount\n#@ data.values\n', undefined],
    ['kind: ServiceAccount\na: x#@y\n', 'manifest'],
    ['kind: ServiceAccount\na: {%b%}\n', undefined],
    ['kind: ServiceAccount\na: <%= b %>\n', undefined],
  ])('%j is a document that is checked, or not', (text, kind) => {
    expect(pieces(text).pieces.map((piece) => piece.kind)).toEqual(kind === undefined ? [] : [kind]);
  });
});
