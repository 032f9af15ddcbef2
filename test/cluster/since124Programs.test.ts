import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inJavaScript } from '../support/outdatedPrograms.ts';
import { acceptedBy, afterRotation, fixed, lastLineOf, type CommandLine } from '../support/outdatedRuns.ts';

const { kubeconfig, kubectl, server, caFile } = inject('controlPlane');
const namespace = 'since124-programs';
const out = fileURLToPath(new URL('../../out', import.meta.url));
const programs = inJavaScript(namespace, server);
const env = { ...process.env, KUBECONFIG: kubeconfig, NODE_EXTRA_CA_CERTS: caFile };

let folder: string;
beforeAll(async () => {
  await mkdir(out, { recursive: true });
  // Beneath the repository, where the real client is found.
  folder = await mkdtemp(join(out, 'since124-'));
  await admin('create', 'namespace', namespace);
  await admin('create', 'serviceaccount', 'robot', '-n', namespace);
});
afterAll(async () => {
  await admin('delete', 'namespace', namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

async function admin(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kubectl, ['--kubeconfig', kubeconfig, ...args]);
  return stdout;
}

async function written(name: string, text: string): Promise<CommandLine> {
  const file = join(folder, name);
  await writeFile(file, text);
  return [process.execPath, file];
}

describe('a JavaScript program from before 1.24, with the real client', () => {
  it('that names the first of an account’s secrets fails, and with the fix has a token that the server accepts', async () => {
    const before = await written('before.mjs', programs.namesSecret);
    expect(await lastLineOf(before, { cwd: folder, env })).toBe('');
    for (const [name, change] of [
      ['after.mjs', (text: string) => text],
      ['after.ts', (text: string) => text.replace('account.secrets[0].name', 'account.secrets![0]!.name!')],
    ] as const) {
      const text = fixed(name, change(programs.namesSecret), 'Make a token Secret that lasts');
      const token = await lastLineOf(await written(name, text), { cwd: folder, env });
      expect(await acceptedBy(admin, folder, token)).toBe(`system:serviceaccount:${namespace}:robot`);
    }
  });

  it('that reads the mounted token as it starts is refused once that ends, and with the fix is not', async () => {
    const file = join(folder, 'mounted');
    const statusOf = async (name: string, text: string): Promise<string> =>
      await afterRotation(
        admin,
        { namespace, file, folder },
        await written(name, text.replaceAll(MOUNTED, file)),
        { cwd: folder, env },
      );
    const text = programs.readsOnce;
    expect(await statusOf('once.mjs', text)).toBe('401');
    expect(await statusOf('each.mjs', fixed('each.mjs', text, 'Read the file for each use'))).toBe('200');
  });
});
