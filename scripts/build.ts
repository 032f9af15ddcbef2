/**
 * Bundles the extension: `extension.cjs`, which every activation loads, and a bundle for each part that is loaded when
 * it is first used. esbuild splits no code in CommonJS output, so the door to such a part is an external import.
 * `web.js` is the extension in a browser, without any cluster: its extension host adds `.js` to any other name.
 */
import { build, type BuildOptions, type BuildResult, type OutputFile, type Plugin } from 'esbuild';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floor } from './floor.ts';
import { isMain } from './isMain.ts';
import { bundledPackages, noticesOf, type Bundled } from './notices.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The parts that are loaded when they are first used, each by a dynamic import of its file. */
const lazy: Readonly<Record<string, string>> = {
  access: 'src/editor/tree/access/access.ts',
  audit: 'src/editor/audit/open.ts',
  auditReader: 'src/files/auditReader.ts',
  certificates: 'src/files/kubeconfigCertificates.ts',
  checks: 'src/problems/documentChecks.ts',
  client: 'src/cluster/client.ts',
  completion: 'src/editor/completion/completion.ts',
  explain: 'src/authentication/explain.ts',
  found: 'src/editor/found.ts',
  inspector: 'src/editor/inspector/inspect.ts',
  refusals: 'src/editor/refusals/refusals.ts',
  scan: 'src/editor/workspace/scanning.ts',
  sieve: 'src/files/sieve.ts',
  sieved: 'src/editor/workspace/sieved.ts',
  since124: 'src/since124/door.ts',
  terminals: 'src/editor/terminal/terminals.ts',
  tools: 'src/editor/models/tools.ts',
  tree: 'src/editor/tree/view.ts',
  wizards: 'src/editor/wizards.ts',
};

const lazyDoor: Plugin = {
  name: 'lazy-door',
  setup(bundle) {
    bundle.onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const file = join(resolveDir, path);
      const name = Object.keys(lazy).find((name) => join(root, lazy[name] ?? '') === file);
      return name === undefined ? undefined : { path: `./${name}.cjs`, external: true };
    });
    // Several parts read YAML: they share one copy of the library.
    bundle.onResolve({ filter: /^yaml$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './yaml.cjs', external: true },
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

/**
 * Of undici little is used, and its index, in CommonJS, loads all that it has: it is replaced by one of what is used.
 */
const lean: Plugin = {
  name: 'lean',
  setup(bundle) {
    bundle.onResolve({ filter: /^undici$/ }, ({ resolveDir }) => ({
      path: 'undici',
      namespace: 'lean',
      pluginData: resolveDir,
    }));
    bundle.onLoad({ filter: /^undici$/, namespace: 'lean' }, ({ pluginData }) => ({
      resolveDir: String(pluginData),
      contents: `
        Object.assign(require('undici/lib/dispatcher/dispatcher').prototype, require('undici/lib/api'));
        exports.Agent = require('undici/lib/dispatcher/agent');
        exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent');`,
    }));
    // It holds its parser of HTTP twice: this one is for processors that read several characters at once.
    bundle.onResolve({ filter: /llhttp_simd-wasm/ }, async ({ kind, importer, resolveDir }) => {
      const { path } = await bundle.resolve('../llhttp/llhttp-wasm.js', { kind, importer, resolveDir });
      return { path };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: `node${floor.node}`,
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  external: ['vscode'],
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

interface Built {
  /** Bytes of each bundle, by its file name. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The packages of which they hold code. */
  readonly bundled: readonly Bundled[];
}

/** Builds the bundles into `dist/`. */
export async function buildExtension(): Promise<Built> {
  const results = await Promise.all([
    build({
      ...common,
      entryPoints: { extension: 'src/extension.ts', yaml: 'yaml', ...lazy },
      plugins: [lazyDoor, oneVscode, lean],
    }),
    ...['inspector', 'audit'].map(
      async (page) =>
        await build({
          ...common,
          entryPoints: [`media/${page}/${page}.ts`, `media/${page}/${page}.css`],
          platform: 'browser',
          format: 'iife',
          target: 'es2022',
          outdir: `dist/${page}`,
          outExtension: {},
        }),
    ),
    build({
      ...common,
      entryPoints: { web: 'src/web.ts' },
      platform: 'browser',
      target: 'es2024',
      outExtension: {},
      plugins: [oneVscode],
    }),
    // Without an editor: all in one file, for the oldest Node that there is support for.
    build({ ...common, entryPoints: { check: 'src/check/main.ts' }, target: 'node20' }),
  ]);
  holdLazy(results[0]);
  const bundled = await bundledPackages(
    root,
    results.map(({ metafile }) => metafile),
  );
  await write([
    ...results.flatMap(({ outputFiles }) => outputFiles),
    { path: join(root, 'dist', 'notices.txt'), contents: Buffer.from(noticesOf(bundled)) },
  ]);
  const sizes = Object.fromEntries(
    results.flatMap(({ metafile }) =>
      Object.entries(metafile.outputs).map(([path, { bytes }]) => [path, bytes] as const),
    ),
  );
  return { sizes, bundled };
}

/** Brings `dist/` to what was built. What is the same already is left alone, as somebody may be reading it. */
async function write(files: readonly Pick<OutputFile, 'path' | 'contents'>[]): Promise<void> {
  const dist = join(root, 'dist');
  await mkdir(dist, { recursive: true });
  const built = new Set(files.map(({ path }) => path));
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !built.has(path)) await rm(path);
  }
  for (const { path, contents } of files) {
    const there = await readFile(path).catch(() => undefined);
    if (there?.equals(contents) === true) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}

/** Throws where what every activation loads would load another bundle with it. */
function holdLazy({ metafile }: BuildResult<{ metafile: true }>): void {
  const imports = metafile.outputs['dist/extension.cjs']?.imports ?? [];
  const early = imports.filter(({ path, kind }) => path.startsWith('./') && kind !== 'dynamic-import');
  if (early.length > 0) {
    throw new Error(`extension.cjs loads ${early.map(({ path }) => path).join(', ')} at activation.`);
  }
}

if (isMain(import.meta)) {
  for (const [path, bytes] of Object.entries((await buildExtension()).sizes)) {
    process.stdout.write(`${path} ${(bytes / 1000).toFixed(1)} kB\n`);
  }
}
