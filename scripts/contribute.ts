/** Writes what scripts/contributes has into package.json, and the ids of the commands into src/commandIds.ts. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { commandIds, contributes } from './contributes/contributes.ts';

const root = new URL('..', import.meta.url);
const file = fileURLToPath(new URL('package.json', root));
const manifest = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
manifest['contributes'] = contributes();
await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
await writeFile(fileURLToPath(new URL('src/commandIds.ts', root)), commandIds());
