import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { addressesOf, isPreRelease, notesOf, prepareRelease } from '../../../scripts/release.ts';
import { sbomOf } from '../../../scripts/sbom.ts';
import { publishHere } from '../../support/sources/registries.ts';
import manifest from '../../../package.json' with { type: 'json' };

/** The files of a ZIP archive by their names (PKWARE's APPNOTE, 4.3). */
function unzipped(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = zip.lastIndexOf('PK\x05\x06');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((from) => zip.readUInt16LE(at + from)) as [
      number,
      number,
      number,
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    files.set(
      zip.toString('utf8', at + 46, at + 46 + name),
      (method === 0 ? bytes : inflateRawSync(bytes)).toString('utf8'),
    );
    at += 46 + name + extra + comment;
  }
  return files;
}

// Packages twice, and runs both registries' tools.
describe('a release', { timeout: 300_000 }, () => {
  it('is a package that leads to the repository that was said and that both registries’ own tools publish', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'release-'));
    try {
      const { vsix, publish } = await prepareRelease('https://github.com/example/tokens', folder);
      const packed = await readFile(vsix);
      const files = unzipped(packed);
      const listed = JSON.parse(files.get('extension/package.json') ?? '') as Record<string, unknown>;
      expect(listed).toMatchObject({
        repository: { url: 'https://github.com/example/tokens.git' },
        homepage: 'https://github.com/example/tokens#readme',
        bugs: { url: 'https://github.com/example/tokens/issues' },
        qna: 'https://github.com/example/tokens/issues',
      });
      expect(listed).not.toHaveProperty('private');
      const readme = files.get('extension/readme.md') ?? '';
      const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].map(([, address]) => address);
      expect(pictures.length).toBeGreaterThan(0);
      for (const picture of pictures) {
        expect(picture).toMatch(
          new RegExp(
            `^https://github\\.com/example/tokens/raw/v${manifest.version}/docs/pictures/[\\w-]+\\.png$`,
          ),
        );
      }
      expect(files.get('extension.vsixmanifest')?.includes('Code.PreRelease" Value="true"')).toBe(
        isPreRelease(manifest.version),
      );

      const again = join(folder, 'again');
      const { vsix: same } = await prepareRelease('https://github.com/example/tokens', again);
      expect((await readFile(same)).equals(packed)).toBe(true);
      await rm(again, { recursive: true });

      const sums = await readFile(join(folder, 'SHA256SUMS'), 'utf8');
      const hash = createHash('sha256').update(packed).digest('hex');
      expect(sums).toContain(`${hash}  serviceaccount-tokens-${manifest.version}.vsix`);
      const bom = await readFile(join(folder, `serviceaccount-tokens-${manifest.version}.cdx.json`), 'utf8');
      const { components } = JSON.parse(bom) as {
        components: { name: string; hashes: { content: string }[] }[];
      };
      // What the notices in the package name, and nothing else.
      const noticed = [
        ...(files.get('extension/dist/notices.txt') ?? '').matchAll(/^-+\n(\S+) \S+ \(.+\)\n-+$/gm),
      ];
      expect(components.map(({ name }) => name)).toEqual(noticed.map(([, name]) => name));
      for (const { hashes } of components) expect(hashes[0]?.content).toMatch(/^[\da-f]{128}$/);
      expect((await readdir(folder)).toSorted()).toEqual(
        [
          'SHA256SUMS',
          'notes.md',
          ...['cdx.json', 'vsix'].map((end) => `serviceaccount-tokens-${manifest.version}.${end}`),
        ].toSorted(),
      );
      // The last push is a person's.
      const [tag, ...pushes] = publish;
      expect(tag).toBe(`git tag v${manifest.version} && git push origin v${manifest.version}`);
      expect(pushes.map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
        'npx vsce publish',
        'npx ovsx publish',
      ]);
      const { uploads, said } = await publishHere(pushes, folder);
      expect(uploads.map((upload) => upload.equals(packed))).toEqual([true, true]);
      expect(said).not.toMatch(/warn|ignor/i);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    '',
    'example/tokens',
    'http://github.com/a/b',
    'https://github.com/a',
    'https://github.com/a/b/tree/c',
    'https://x@github.com/a/b',
  ])('needs the address of a repository: “%s” is none', (address) => {
    expect(() => addressesOf(address)).toThrow('Say the repository');
  });

  it.each(['https://github.com/a/b.c', 'https://github.com/a/b.c/', 'https://github.com/a/b.c.git'])(
    'takes an address as it is copied: %s',
    (address) => {
      expect(addressesOf(address).bugs.url).toBe('https://github.com/a/b.c/issues');
    },
  );

  it('goes by its minor to those who asked for pre-releases, as the Marketplace has it', () => {
    expect(['0.1.0', '1.2.3', '1.10.0', '1.11.0'].map(isPreRelease)).toEqual([true, false, false, true]);
    expect(() => isPreRelease('1.2.0-beta.1')).toThrow('both registries');
  });

  it('says what the changelog says of its version, and leaves nothing unreleased behind', () => {
    const changelog =
      '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.2.0\n\n- Second.\n\n## 0.1.0\n\n- First.\n';
    expect(notesOf(changelog, '0.1.0')).toBe('- First.\n');
    expect(notesOf(changelog, '0.3.0')).toBe('- New.\n');
    expect(() => notesOf(changelog, '0.2.0')).toThrow('unreleased changes');
    const released = changelog.replace('- New.\n', '');
    expect(notesOf(released, '0.2.0')).toBe('- Second.\n');
    expect(() => notesOf(released, '0.4.0')).toThrow('says nothing of 0.4.0');
  });
});

it('no SBOM is made of a package that the lock has no hash of', () => {
  const one = { name: '@a/b', version: '1.0.0', license: 'MIT', texts: [] };
  const lock = { packages: { 'node_modules/@a/b': { version: '2.0.0', integrity: 'sha512-AAAA' } } };
  expect(() => sbomOf(one, [one], lock)).toThrow('no hash of @a/b 1.0.0');
});
