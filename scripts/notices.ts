import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Licenses by which code may be passed on within a program of another license, by their SPDX ids. */
const MAY_BE_SHIPPED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Python-2.0',
]);

/** A package of which a bundle holds code. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** SPDX id. */
  readonly license: string;
  /** What its license files say, which are passed on with it. */
  readonly texts: readonly string[];
}

/**
 * The packages of which bundles hold code, by esbuild's own account, in the order of their names. Throws where one
 * has a license by which it may not be passed on, or has no text of it.
 */
export async function bundledPackages(
  root: string,
  metafiles: readonly Metafile[],
): Promise<readonly Bundled[]> {
  const folders = new Set<string>();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  const found = await Promise.all([...folders].map(async (folder) => await read(join(root, folder))));
  const named = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...named.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function read(folder: string): Promise<Bundled> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
  };
  if (typeof license !== 'string' || !MAY_BE_SHIPPED.has(license)) {
    throw new Error(`${name} ${version} is bundled, and its license is ${JSON.stringify(license)}.`);
  }
  const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0) throw new Error(`${name} ${version} is bundled, and has no text of its license.`);
  const texts = files.toSorted().map(async (file) => (await readFile(join(folder, file), 'utf8')).trim());
  return { name, version, license, texts: await Promise.all(texts) };
}

/** What is passed on with the program of others' notices. */
export function noticesOf(bundled: readonly Bundled[]): string {
  const line = '-'.repeat(80);
  const parts = bundled.map(
    ({ name, version, license, texts }) =>
      `${line}\n${name} ${version} (${license})\n${line}\n\n${texts.join('\n\n')}\n`,
  );
  return `This extension holds code of these packages, in whole or in part.\n\n${parts.join('\n')}`;
}
