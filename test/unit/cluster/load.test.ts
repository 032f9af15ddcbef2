import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKubeconfigFiles, podKubeconfig } from '../../../src/cluster/connect/load.ts';

let folder: string;
const before = process.env['KUBECONFIG'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
  mkdirSync(join(folder, 'pod'));
  writeFileSync(join(folder, 'pod', 'token'), 'abc');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  if (before === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = before;
});

/** The contexts that are found in a Pod, or outside of one, with this kubeconfig. */
function contextsWith(text: string, place: 'in a Pod' | 'elsewhere'): string[] {
  const file = join(folder, 'config');
  writeFileSync(file, text);
  process.env['KUBECONFIG'] = file;
  const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const ofPod = () => podKubeconfig(place === 'in a Pod' ? environment : {}, join(folder, 'pod'));
  const loaded = loadKubeconfigFiles({ files: undefined }, ofPod);
  return loaded.flatMap(({ config }) => Array.from(config.contexts.keys()));
}

const EMPTY = 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: null\nusers: []\ncurrent-context: ""\n';

describe('a kubeconfig that says nothing', () => {
  it.each(['', '# nothing\n', EMPTY])('leaves the word to the Pod that it lies in', (text) => {
    expect(contextsWith(text, 'in a Pod')).toEqual(['in-cluster']);
    expect(contextsWith(text, 'elsewhere')).toEqual([]);
  });

  it('is none that has an entry, whatever it is good for', () => {
    expect(contextsWith('current-context: x\n', 'in a Pod')).toEqual([]);
    expect(contextsWith('contexts: [{name: x, context: {cluster: c}}]\n', 'in a Pod')).toEqual(['x']);
  });
});
