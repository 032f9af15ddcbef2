import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { boundClaims, jwt, legacyClaims } from '../support/tokens.ts';

const KINDS = /\.(?:js|cjs|mjs|ts|json|md|ya?ml|map|css|html|lock|txt)$/;
/** One file in so many holds a token. */
const EVERY = 25;

/** Writes about `size` bytes of this project's own packages, mixed as they come, with tokens among them, to a folder. */
export function writeCorpus(from: string, folder: string, size: number): { texts: string[]; bytes: number } {
  const bound = jwt(boundClaims());
  const encoded = Buffer.from(jwt(legacyClaims())).toString('base64');
  const texts: string[] = [];
  let bytes = 0;
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (bytes >= size) return;
      const full = join(path, entry.name);
      if (entry.isDirectory()) visit(full);
      if (!entry.isFile() || !KINDS.test(entry.name) || statSync(full).size > 2_000_000) continue;
      let text = readFileSync(full, 'utf8');
      if (texts.length % EVERY === 0) text += `\ntoken: ${texts.length % 2 === 0 ? bound : encoded}\n`;
      texts.push(text);
      bytes += Buffer.byteLength(text);
      writeFileSync(join(folder, `${texts.length}.txt`), text);
    }
  };
  visit(from);
  return { texts, bytes };
}
