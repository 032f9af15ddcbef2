import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contextInUse, isLocal, ownContexts } from '../../../sandbox/contexts.ts';
import { mergeKubeconfigs, parseKubeconfig } from '../../../src/kubeconfig/read.ts';

let folder: string;
const file = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contexts-'));
  const contexts = ['kind-dev', 'minikube', 'prod', 'k3d-a', 'my-kind-of'].map((name) => ({
    name,
    context: { cluster: name, user: name },
  }));
  await writeFile(file('config'), JSON.stringify({ contexts, 'current-context': 'prod' }));
  await writeFile(file('broken'), '{contexts: [');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('clusters on this machine are offered by the names that kind, k3d and minikube give', async () => {
  const contexts = await ownContexts([file('broken'), file('missing'), file('config')]);
  expect(contexts).toHaveLength(5);
  expect(contexts.filter(isLocal)).toEqual(['kind-dev', 'minikube', 'k3d-a']);
});

it('a context that was chosen is in use, whatever the person’s own kubeconfig says', async () => {
  await writeFile(file('chosen'), contextInUse('kind-dev'));
  const files = await Promise.all(
    ['chosen', 'config'].map(async (name) =>
      parseKubeconfig(await readFile(file(name), 'utf8'), name, (path) => path),
    ),
  );
  expect(mergeKubeconfigs(files).current).toBe('kind-dev');
});
