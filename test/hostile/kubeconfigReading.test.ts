import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Problem } from '../../src/errors.ts';
import { hostileKubeconfig } from '../support/cluster/hostileKubeconfig.ts';
import { asRead, ClientGo, read, type KubectlConfig } from '../support/cluster/kubeconfigReader.ts';
import { yamlTexts } from '../support/texts/yaml/all.ts';

/** How many kubeconfigs are made up; see CONTRIBUTING.md. */
const count = Number(process.env['KUBECONFIGS'] ?? 3000);
const { kubectl } = inject('controlPlane');
let clientGo: ClientGo;

beforeAll(async () => {
  clientGo = await ClientGo.start();
});

afterAll(async () => {
  await clientGo.end();
});

it('a kubeconfig cannot be one thing to us and another to kubectl', { timeout: count * 100 }, async () => {
  const found = { same: 0, refusedByBoth: 0, inDoubt: 0 };
  await fc.assert(
    fc.asyncProperty(hostileKubeconfig, async ({ text, bytes }) => {
      const theirs = await clientGo.read(bytes);
      const ours = read(bytes);
      if (ours instanceof Problem) {
        // To refuse what kubectl reads is right only where we say that we cannot tell.
        if (theirs && !ours.message.includes('with certainty')) throw new Error(`${ours.message}\n${text}`);
        found[theirs ? 'inDoubt' : 'refusedByBoth'] += 1;
        return;
      }
      if (!isDeepStrictEqual(ours, theirs)) {
        throw new Error(`${text}\n== we\n${JSON.stringify(ours)}\n== kubectl\n${JSON.stringify(theirs)}`);
      }
      found.same += 1;
    }),
    { numRuns: count },
  );
  process.stdout.write(`${JSON.stringify(found)}\n`);
  expect(found.same).toBeGreaterThan(count / 20);
  expect(found.inDoubt).toBeLessThan(count / 50);
});

// The unit tests hold our own reader to the same texts.
it.each(yamlTexts)('$what of YAML cannot be one thing to us and another to client-go', async (texts) => {
  const theirs = async (all: readonly string[]): Promise<readonly unknown[]> =>
    await Promise.all(all.map(async (text) => [text, await clientGo.yaml(text)]));
  const values = texts.read.map(([text, value]) => [text, value === undefined ? null : value]);
  expect(await theirs(texts.read.map(([text]) => text))).toEqual(values);
  const refused = texts.refused.flatMap(([, rows]) => rows.map(([, text]) => text));
  expect(await theirs(refused)).toEqual(refused.map((text) => [text, undefined]));
});

it('client-go cannot read otherwise than kubectl does', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const file = join(folder, 'config');
  const view = async (bytes: Uint8Array): Promise<object | undefined> => {
    await writeFile(file, bytes);
    const args = ['--kubeconfig', file, 'config', 'view', '--raw', '-o', 'json'];
    return await new Promise((resolve) => {
      execFile(kubectl, args, (error, stdout) => {
        resolve(error ? undefined : asRead(JSON.parse(stdout) as KubectlConfig));
      });
    });
  };
  try {
    await fc.assert(
      fc.asyncProperty(hostileKubeconfig, async ({ bytes }) => {
        expect(await view(bytes)).toEqual(await clientGo.read(bytes));
      }),
      { numRuns: 150 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
