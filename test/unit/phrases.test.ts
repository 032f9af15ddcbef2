import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Phrases } from '../../src/phrases.ts';

const phrases = ['kubectl', 'ecret', '$OC', 'oc -', 'kubernetes"', 'rest.Config{', 'KUBECTL'];
const some = new Phrases(phrases);
const isThere = (text: string): boolean => phrases.some((one) => text.includes(one));

describe('phrases that are looked for together', () => {
  it('are found wherever they stand in bytes, and at whatever address those begin', () => {
    for (const phrase of phrases) {
      for (let before = 0; before < 40; before++) {
        const text = `${'x'.repeat(before)}${phrase}`;
        const room = new Uint8Array(text.length + 4);
        for (let address = 0; address < 4; address++) {
          const bytes = room.subarray(address, address + text.length);
          bytes.set(Buffer.from(text));
          expect(some.areIn(bytes), `${text} at ${address}`).toBe(true);
          expect(some.areIn(bytes.subarray(0, -1)), `${text} without its end`).toBe(false);
        }
      }
    }
  });

  it('are found across the pieces that are looked through one after the other', () => {
    for (let before = 16 * 1024 - 14; before < 16 * 1024 + 4; before++) {
      for (const phrase of phrases) {
        expect(
          some.areIn(Buffer.from(`${' '.repeat(before)}${phrase} and more`)),
          `${phrase} at ${before}`,
        ).toBe(true);
      }
      expect(some.areIn(Buffer.from(`${' '.repeat(before)}kubect lecre t`))).toBe(false);
    }
  });

  it('are told as a plain search tells', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...phrases,
        ...phrases.map((one) => one.slice(1)),
        ...phrases.map((one) => one.slice(0, -1)),
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(some.areIn(new TextEncoder().encode(text))).toBe(isThere(text));
      }),
    );
  });
});
