/**
 * Bundles the extension in entries: `extension.cjs`, which every activation loads, and what is loaded when it is first
 * used: `access.cjs`, who may do what, `checks.cjs`, which reads YAML, `client.cjs`, the Kubernetes client,
 * `explain.cjs`, `wizards.cjs`, the commands that write and end credentials, and `tools.cjs`, for language models.
 * esbuild splits no code in CommonJS output, so the door between them is an external import. `web.cjs` is the extension
 * in a browser, without any cluster.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { basename } from 'node:path';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const lazyDoor: Plugin = {
  name: 'lazy-door',
  setup(bundle) {
    bundle.onResolve({ filter: /\/(?:access|checks|client|explain|tools|wizards)\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.cjs`, external: true } : undefined,
    );
  },
};

/**
 * esbuild copies all of the hundreds of names of `vscode` for each file that imports it as a namespace, which took
 * most of the time that loading took. A plain require gives the one object.
 */
const oneVscode: Plugin = {
  name: 'one-vscode',
  setup(bundle) {
    bundle.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        /^import \* as vscode from 'vscode';$/m,
        "const vscode = require('vscode');",
      ),
      loader: 'ts',
    }));
  },
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  external: ['vscode'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  metafile: true,
  logLevel: 'warning',
};

/** Builds both bundles into `dist/`, and returns the size of each in bytes by its file name. */
export async function buildExtension(): Promise<Record<string, number>> {
  await rm(`${root}/dist`, { recursive: true, force: true });
  const results = await Promise.all([
    build({ ...common, entryPoints: { extension: 'src/extension.ts' }, plugins: [lazyDoor, oneVscode] }),
    build({
      ...common,
      entryPoints: { wizards: 'src/editor/credentials/wizards.ts' },
      plugins: [lazyDoor, oneVscode],
    }),
    build({
      ...common,
      entryPoints: { access: 'src/editor/tree/access/access.ts' },
      plugins: [lazyDoor, oneVscode],
    }),
    build({
      ...common,
      entryPoints: { tools: 'src/editor/models/tools.ts' },
      plugins: [lazyDoor, oneVscode],
    }),
    build({ ...common, entryPoints: { checks: 'src/editor/problems/checks.ts' } }),
    build({ ...common, entryPoints: { client: 'src/cluster/client.ts' } }),
    build({ ...common, entryPoints: { explain: 'src/authentication/explain.ts' } }),
    build({
      ...common,
      entryPoints: ['media/inspector/inspector.ts', 'media/inspector/inspector.css'],
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      outdir: 'dist/inspector',
      outExtension: {},
    }),
    build({
      ...common,
      entryPoints: { web: 'src/web.ts' },
      platform: 'browser',
      target: 'es2024',
      plugins: [oneVscode],
    }),
  ]);
  return Object.fromEntries(
    results.flatMap(({ metafile }) =>
      Object.entries(metafile?.outputs ?? {}).map(([path, { bytes }]) => [path, bytes] as const),
    ),
  );
}

if (import.meta.main) {
  for (const [path, bytes] of Object.entries(await buildExtension())) {
    process.stdout.write(`${path} ${(bytes / 1000).toFixed(1)} kB\n`);
  }
}
