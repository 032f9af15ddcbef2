/** Rows 6 and 7: hovers and edits in large files, in the real extension host. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExtension } from '../../scripts/build.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import type { Editing } from './editingHost.ts';
import { reportsOf } from './host.ts';
import { onReference } from './machine.ts';
import { percentile } from './percentile.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out', 'bench-editing');
/** Seconds that all of it may take. */
const patience = 180;
/** What typing rests before a document is read again, in milliseconds (src/editor/documents/tokens.ts). */
const debounce = 100;

/** Opens large files in a real editor, and returns rows 6 and 7. */
export async function editingRows(): Promise<Row[]> {
  await rm(out, { recursive: true, force: true });
  await writeWorkspace(join(out, 'workspace'));
  await buildExtension();
  const [found] = await reportsOf<Editing>('editingHost', {
    out,
    workspace: join(out, 'workspace'),
    extension: root,
    starts: 1,
    patience,
  });
  if (!found) throw new Error('The extension host gave no report.');
  const { hovers, edits, blocks, lineLength, largeLength, factor } = found;
  const hover = percentile(hovers, 0.99);
  const edit = percentile(edits, 0.95) - debounce;
  const block = Math.max(...blocks);
  return [
    {
      row: 6,
      what: `Hover provider in a ${(lineLength / 1e6).toFixed(0)} MB single line, in the extension host, p99 of ${hovers.length}`,
      figure: onReference(hover, factor),
      peer: 'the editor waits 300 ms',
      ratio: `${(300 / hover).toFixed(0)} ×`,
      target: '≤ 5 ms',
      held: hover / factor <= 5,
    },
    {
      row: 7,
      what: `Edit of a 1 MB file to its problems, beside the debounce, p95 of ${edits.length}; longest block while ${(largeLength / 1e6).toFixed(0)} MB are read`,
      figure: `${onReference(edit, factor)}; ${onReference(block, factor)}`,
      peer: 'cSpell debounces 50 ms and stops at 500 kB',
      ratio: '—',
      target: '≤ 60 ms; ≤ 16 ms',
      held: edit / factor <= 60 && block / factor <= 16,
    },
  ];
}

async function writeWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const token = jwt(boundClaims({ pod: { name: 'p', uid: 'u' } }, { exp: 1_700_000_000 }));
  const json = `${'{"a":"b","c":[1,2,3]},'.repeat(90_000)}"${token}",`.repeat(20);
  await writeFile(join(folder, 'line.json'), json);
  const yaml = 'some: value of a manifest # and a comment\n'.repeat(1000);
  await writeFile(join(folder, 'edited.yaml'), `${yaml}token: ${token}\n`.repeat(24));
  await writeFile(join(folder, 'large.txt'), `${yaml}token: ${token}\n`.repeat(1130));
}
