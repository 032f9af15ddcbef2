import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programNamed } from '../scripts/system.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The ripgrep that the newest editor brings. Throws where it has none for this machine. */
export function ripgrep(): string {
  const folder = join(root, 'node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep-universal/bin');
  const path = join(folder, `${process.platform}-${process.arch}`, programNamed('rg'));
  if (!existsSync(path)) throw new Error(`The editor has no ripgrep at ${path}.`);
  return path;
}
