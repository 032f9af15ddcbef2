import { describe, expect, it } from 'vitest';
import { heldIn } from '../../../src/manifest/holds.ts';

const held = (text: string): string[] => [...heldIn(text)].toSorted();

describe('what the menus of a file go by', () => {
  it.each([
    ['a kubeconfig', 'kind: Config\nclusters: []\ncontexts: []\nusers: []\n', ['kubeconfigs']],
    ['one in JSON', '{"clusters":[],"contexts":[],"users":[]}', ['kubeconfigs']],
    [
      'a token Secret',
      'kind: Secret\ntype: kubernetes.io/service-account-token\n',
      ['manifests', 'tokenSecrets'],
    ],
    ['a Role in JSON', '{"kind":"Role","rules":[]}', ['manifests']],
    ['a Deployment', 'kind: Deployment\nspec: {template: {spec: {containers: []}}}\n', ['workloads']],
    [
      'a List',
      'kind: List\nitems:\n- kind: Pod\n  spec:\n    containers: []\n- kind: Role\n',
      ['manifests', 'workloads'],
    ],
    ['docker-compose', 'services:\n  web:\n    image: app\n    user: "1000"\nvolumes: {}\n', []],
    ['other YAML', 'kind: Widget\nusers: [a]\n', []],
    ['a template', 'kind: Secret\nmetadata: {name: {{ .Values.name }}}\n', []],
  ])('is seen in %s', (_what, text, kinds) => {
    expect(held(text)).toEqual(kinds);
  });
});
