import { describe, expect, it } from 'vitest';
import { looksLikeKubeconfig } from '../../../src/manifest/looksLikeKubeconfig.ts';

describe('a text that is worth being read as a kubeconfig', () => {
  it.each([
    ['all of one', 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n', true],
    ['one in JSON', '{"clusters":[],"contexts":[],"users":[]}', true],
    ['clusters and users alone', 'clusters: []\nusers: []\n', true],
    ['a part that is merged', 'kind: Config\ncontexts:\n- name: a\n', true],
    ['one whose current-context is set', 'current-context: a\nusers: []\n', true],
    [
      'one by its kind alone, as other tools have it',
      'apiVersion: imageregistry.operator.openshift.io/v1\nkind: Config\n',
      false,
    ],
    ['contexts alone', 'contexts: [a]\n', false],
    ['a ConfigMap with users', 'kind: ConfigMap\ndata:\n  users: a\n', false],
    ['other YAML', 'kind: Widget\nusers: [a]\n', false],
  ])('is %s', (_what, text, is) => {
    expect(looksLikeKubeconfig(text)).toBe(is);
  });
});
