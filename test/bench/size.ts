/** Row 2: what users download and what every activation loads. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { packageExtension } from '../../scripts/package.ts';
import type { Row } from './row.ts';

const bundle = fileURLToPath(new URL('../../dist/extension.cjs', import.meta.url));

/** Packages the extension and weighs it. */
export async function sizeRows(): Promise<Row[]> {
  const vsix = (await stat(await packageExtension())).size / 1000;
  const main = (await stat(bundle)).size / 1000;
  const row = (what: string, size: number, peer: number, most: number): Row => ({
    row: 2,
    what,
    figure: `${size.toFixed(0)} kB`,
    peer: `${peer} kB, a vendor's budget`,
    ratio: `${(peer / size).toFixed(1)} ×`,
    target: `≤ ${most} kB`,
    held: size <= most,
  });
  return [row('Main bundle', main, 1000, 150), row('Packaged VSIX', vsix, 2000, 1000)];
}
