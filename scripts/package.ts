/** Packages the extension as users install it: `out/serviceaccount-tokens.vsix`. */
import { createVSIX } from '@vscode/vsce';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExtension } from './build.ts';
import { isMain } from './isMain.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds and packages the extension; returns the package's path. */
export async function packageExtension(): Promise<string> {
  await buildExtension();
  const packagePath = join(root, 'out', 'serviceaccount-tokens.vsix');
  await mkdir(join(root, 'out'), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false, // Everything is bundled.
    rewriteRelativeLinks: false, // There is no public repository that links could lead to.
    allowMissingRepository: true,
  });
  return packagePath;
}

if (isMain(import.meta)) {
  const { size } = await stat(await packageExtension());
  process.stdout.write(`out/serviceaccount-tokens.vsix ${(size / 1000).toFixed(1)} kB\n`);
}
