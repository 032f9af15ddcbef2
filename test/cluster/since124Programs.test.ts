import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { adminOf } from '../support/cluster/kubectl.ts';
import { inJavaScript } from '../support/cluster/outdatedPrograms.ts';
import {
  acceptedBy,
  afterRotation,
  fixed,
  lastLineOf,
  type CommandLine,
} from '../support/cluster/outdatedRuns.ts';

const { kubeconfig, server, caFile } = inject('controlPlane');
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

const admin = adminOf(inject('controlPlane'));

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
    for (const [name, text] of [
      ['read.mjs', programs.readsOnce],
      ['read.ts', inTypes(programs.readsOnce)],
    ] as const) {
      expect(await statusOf(name, text)).toBe('401');
      expect(await statusOf(name, fixed(name, text, 'Read the file for each use'))).toBe('200');
    }
  });
});

describe('a TypeScript program from before 1.24', () => {
  it('is taken by the compiler with each fix, as it was before', async () => {
    const { namesSecret, readsOnce } = programs;
    const named = [
      'account.secrets![0]!.name!',
      'account.secrets?.[0]?.name!',
      '(account.secrets?.[0]?.name ?? "")',
    ].map((read) => namesSecret.replace('account.secrets[0].name', read));
    const texts = [
      ...named.map((text) => [text, 'Make a token Secret that lasts'] as const),
      [inTypes(readsOnce), 'Read the file for each use'] as const,
    ];
    const files = texts.flatMap(([text, title], index) => [
      [`compiled-${index}.ts`, strict(text)] as const,
      [`compiled-${index}-fixed.ts`, strict(fixed('a.ts', text, title))] as const,
    ]);
    for (const [name, text] of files) await writeFile(join(folder, name), text);
    expect(await problemsOf(files.map(([name]) => name))).toBe('');
    await writeFile(join(folder, 'wrong.ts'), 'export const wrong: string = 1;\n');
    expect(await problemsOf(['wrong.ts'])).toContain('TS2322');
  });
});

/** A program with the type that people write beside what they read. */
function inTypes(text: string): string {
  return text.replace('const TOKEN = ', 'const TOKEN: string = ').replace('.trim();', '.toString().trim();');
}

/** What a Secret's data is read with where nothing may be undefined. */
function strict(text: string): string {
  return text.replace('secret.data.token', "secret.data!['token']!");
}

/** What the compiler says of files, with every check that it has for them. */
async function problemsOf(files: readonly string[]): Promise<string> {
  const compiler = fileURLToPath(import.meta.resolve('typescript/package.json'));
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2024',
    '--module',
    'nodenext',
  ];
  const args = [join(dirname(compiler), 'bin', 'tsc'), ...options, '--types', 'node', ...files];
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd: folder })).stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}
