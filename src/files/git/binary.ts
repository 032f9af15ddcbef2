/** A NUL within so many bytes makes a file a binary one, as git has it (its xdiff-interface.c). */
const SNIFFED = 8000;

/** Whether a file, by its first bytes, is none of text. UTF-16 is not asked for. */
export const isBinary = (file: Uint8Array): boolean => file.subarray(0, SNIFFED).includes(0);

/** The encoding of a file that begins with a byte order mark of UTF-16; undefined: it does not. */
export function wideEncoding(file: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (file[0] === 0xff && file[1] === 0xfe) return 'utf-16le';
  return file[0] === 0xfe && file[1] === 0xff ? 'utf-16be' : undefined;
}
