import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase64Url } from '../../../src/token/base64.ts';

it('base64url is decoded to the bytes that it was made of', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(decodeBase64Url(Buffer.from(bytes).toString('base64url'))).toEqual(bytes);
    }),
  );
});

it.each(['A', 'AAAAA', 'ab+c', 'ab/c', 'ab/', 'a+', 'abc=', 'ab c', 'ab\u0141c', 'ab.c'])(
  'is none: %j',
  (text) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  },
);

it('is decoded alone, whatever was decoded before', () => {
  for (const before of ['ab.c', '....', '........', '=', '~~~~~~~~~~~~']) {
    decodeBase64Url(before);
    expect(decodeBase64Url('aG')).toEqual(new Uint8Array([0x68]));
    decodeBase64Url(before);
    expect(decodeBase64Url('aGk')).toEqual(new Uint8Array([0x68, 0x69]));
    decodeBase64Url(before);
    expect(decodeBase64Url('aGkh')).toEqual(new Uint8Array([0x68, 0x69, 0x21]));
    decodeBase64Url(before);
    expect(decodeBase64Url('')).toEqual(new Uint8Array());
  }
});
