/**
 * npm run release -- https://github.com/OWNER/NAME: makes all that a release is of, in `out/release`, and says the
 * commands that would publish it, which it leaves to a person. The repository's address is what everything else follows
 * from, and is written nowhere else.
 */
import { createVSIX } from '@vscode/vsce';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildExtension } from './build.ts';
import { isMain } from './isMain.ts';
import { sbomOf, type Lock } from './sbom.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** What a page of a registry leads to. */
interface Addresses {
  readonly repository: { readonly type: 'git'; readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  /** Where questions are asked, by the Marketplace's own name. */
  readonly qna: string;
}

/** Follows from the repository's address. Throws where it is none of GitHub, whose addresses of files are known. */
export function addressesOf(repository: string): Addresses {
  const [, address] = /^(https:\/\/github\.com\/[\w-]+\/[\w.-]+?)(?:\.git|\/)?$/.exec(repository) ?? [];
  if (address === undefined) {
    throw new Error(
      `Say the repository's address as https://github.com/OWNER/NAME: "${repository}" is none.`,
    );
  }
  return {
    repository: { type: 'git', url: `${address}.git` },
    homepage: `${address}#readme`,
    bugs: { url: `${address}/issues` },
    qna: `${address}/issues`,
  };
}

/** Whether a version is for who asked for pre-releases: the Marketplace keeps odd minors for them (code.visualstudio.com, "Publishing Extensions"). */
export function isPreRelease(version: string): boolean {
  const [, minor] = /^\d+\.(\d+)\.\d+$/.exec(version) ?? [];
  if (minor === undefined)
    throw new Error(`"${version}" is no version that both registries take: say X.Y.Z.`);
  return Number(minor) % 2 === 1;
}

/**
 * What CHANGELOG says of a version: its own section, or for a pre-release that has none what is unreleased. Throws where
 * there is nothing, and where a release would leave something behind that is unreleased.
 */
export function notesOf(changelog: string, version: string): string {
  const sections = new Map(
    changelog
      .split(/^## /m)
      .slice(1)
      .map((text): [string, string] => {
        const [title = '', ...lines] = text.split('\n');
        return [title.trim(), lines.join('\n').trim()];
      }),
  );
  const unreleased = sections.get('Unreleased') ?? '';
  if (unreleased !== '' && !isPreRelease(version)) {
    throw new Error(`CHANGELOG.md has unreleased changes: put them under "## ${version}".`);
  }
  const notes = sections.get(version) ?? unreleased;
  if (notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`);
  return `${notes}\n`;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

interface Release {
  readonly vsix: string;
  /** The commands that would publish it, in their order. */
  readonly publish: readonly string[];
}

/** Makes the package, its SBOM, its notes and the hashes of all in a folder, which is emptied first. */
export async function prepareRelease(repository: string, folder: string): Promise<Release> {
  const addresses = addressesOf(repository);
  const address = addresses.bugs.url.replace(/\/issues$/, '');
  const { private: _, ...manifest } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Manifest & {
    readonly private?: boolean;
  };
  const { name, version } = manifest;
  const notes = notesOf(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version);
  const { bundled } = await buildExtension();
  const stage = join(folder, 'stage');
  await rm(folder, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  for (const part of ['.vscodeignore', 'CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'media']) {
    await cp(join(root, part), join(stage, part), { recursive: true });
  }
  await writeFile(join(stage, 'package.json'), JSON.stringify({ ...manifest, ...addresses }, undefined, 2));
  const vsix = `${name}-${version}.vsix`;
  // The same commit makes the same package, so that anybody can compare it with what a workflow vouches for.
  const { stdout: committed } = await run('git', ['log', '-1', '--format=%ct'], { cwd: root });
  process.env['SOURCE_DATE_EPOCH'] = committed.trim();
  await createVSIX({
    cwd: stage,
    packagePath: join(folder, vsix),
    dependencies: false, // Everything is bundled.
    preRelease: isPreRelease(version),
    // By version, so that a page shows what its version looks like.
    baseContentUrl: `${address}/blob/v${version}`,
    baseImagesUrl: `${address}/raw/v${version}`,
  });
  await rm(stage, { recursive: true });
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  await writeFile(join(folder, `${name}-${version}.cdx.json`), sbomOf(manifest, bundled, lock));
  await writeFile(join(folder, 'notes.md'), notes);
  await writeFile(join(folder, 'SHA256SUMS'), await sums(folder, [vsix, `${name}-${version}.cdx.json`]));
  return {
    vsix: join(folder, vsix),
    publish: [
      `git tag v${version} && git push origin v${version}`,
      // Its channel stands in the package: vsce only compares, ovsx reads it there.
      `npx vsce publish --packagePath ${vsix}${isPreRelease(version) ? ' --pre-release' : ''}`,
      `npx ovsx publish ${vsix}`,
    ],
  };
}

/** As `sha256sum --check` reads it. */
async function sums(folder: string, names: readonly string[]): Promise<string> {
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  return (await Promise.all(lines)).join('');
}

/** Throws where the release would be of something that no commit has. */
async function checkCommitted(): Promise<void> {
  const { stdout } = await run('git', ['status', '--porcelain'], { cwd: root });
  if (stdout !== '') throw new Error(`These are not committed:\n${stdout}`);
}

if (isMain(import.meta)) {
  try {
    const [repository = ''] = process.argv.slice(2);
    addressesOf(repository);
    await checkCommitted();
    const { publish } = await prepareRelease(repository, join(root, 'out', 'release'));
    process.stdout.write(
      `\nAll of it is in out/release. In there, these publish it:\n\n  ${publish.join('\n  ')}\n`,
    );
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
