import { rm } from 'node:fs/promises';
import type { FileDraft } from './draft.ts';
import { stampOf, writeSecretFile } from '../../files/secretFile.ts';

/**
 * Writes one after the other; where one fails, those before it are taken away again, or get back what they held. Throws
 * what `writeSecretFile` does.
 */
export async function writeFiles(
  files: readonly Pick<FileDraft, 'folder' | 'path' | 'text' | 'before'>[],
  token: string,
): Promise<void> {
  const done: { readonly file: (typeof files)[number]; readonly written: string }[] = [];
  try {
    for (const file of files) {
      const { folder, path, text, before } = file;
      const written = await writeSecretFile({ folder, path, text: text(token), replaces: before?.stamp });
      done.push({ file, written });
    }
  } catch (error) {
    for (const { file, written } of done.toReversed()) {
      const { folder, path, before } = file;
      if (!before) await rm(written, { force: true });
      else await writeSecretFile({ folder, path, text: before.text, replaces: await stampOf(written) });
    }
    throw error;
  }
}
