import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `import.meta.main`, which is of Node 24.2: for macOS on ARM npm has 24.0. */
export function isMain({ url }: ImportMeta): boolean {
  const [, started] = process.argv;
  return started !== undefined && realpathSync(started) === fileURLToPath(url);
}
