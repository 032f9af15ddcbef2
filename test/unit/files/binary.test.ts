import { expect, it } from 'vitest';
import { isBinary, wideEncoding } from '../../../src/files/git/binary.ts';

it('a file is binary by a NUL near its beginning, as git has it', () => {
  const file = Buffer.alloc(9000, 'a');
  expect(isBinary(file)).toBe(false);
  file[8000] = 0;
  expect(isBinary(file)).toBe(false);
  file[7999] = 0;
  expect(isBinary(file)).toBe(true);
  expect(isBinary(Buffer.alloc(0))).toBe(false);
});

it('a file of UTF-16 is known by its byte order mark', () => {
  const text = Buffer.from('\ufeffa', 'utf16le');
  expect(wideEncoding(text)).toBe('utf-16le');
  expect(wideEncoding(Buffer.from(text).swap16())).toBe('utf-16be');
  for (const bytes of [[], [0xff], [0xff, 0xff], [0xfe, 0xfe], [0xef, 0xbb, 0xbf], [0, 0xfe], [0, 0xff]]) {
    expect(wideEncoding(Uint8Array.from(bytes))).toBeUndefined();
  }
});
