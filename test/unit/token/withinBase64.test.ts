import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAt, findTokens, scanText } from '../../../src/token/find.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
const legacy = jwt(legacyClaims());
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const kubeconfig = (token: string): string =>
  `apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user:\n    token: ${token}\n`;

describe('a token within base64 of another text', () => {
  it.each([
    ['a kubeconfig', kubeconfig(bound)],
    ['a kubeconfig as JSON', JSON.stringify({ users: [{ user: { token: legacy } }] })],
    ['a header', `Authorization: Bearer ${bound}\r\n`],
    ['quotes', `"${legacy}"`],
    ['a line break before it', `\n${bound}`],
  ])('of %s is found', (_, text) => {
    const token = text.includes(bound) ? bound : legacy;
    const document = `data:\n  value: ${base64(text)}\n`;
    const [found, second] = findTokens(document);
    expect(found).toMatchObject({ token, encoding: 'base64', wrapped: false });
    expect(second).toBeUndefined();
    for (const at of [found?.start ?? 0, (found?.start ?? 0) + 500, found?.end ?? 0]) {
      expect(findAt(document, at)?.token).toBe(token);
    }
  });

  it('is found wherever it begins and ends, at its exact place, and so is the one after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ minLength: 6, maxLength: 40 }), fc.constantFrom(bound, legacy)), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.uint8Array({ maxLength: 20 }),
        (pairs, tail) => {
          const places: [number, number][] = [];
          const parts: Buffer[] = [];
          let length = 0;
          for (const [around, token] of pairs) {
            // A quote before and after, so that what is made up is no part of it.
            parts.push(Buffer.from(around), Buffer.from(`"${token}"`));
            const start = length + around.length + 1;
            places.push([Math.floor((start * 4) / 3), Math.ceil(((start + token.length) * 4) / 3)]);
            length += around.length + token.length + 2;
          }
          const text = Buffer.concat([...parts, Buffer.from(tail)]).toString('base64');
          const found = [...scanText(`x: ${text}`)].filter(({ kind }) => kind === 'jws');
          expect(found.map(({ start, end }) => [start - 3, end - 3])).toEqual(places);
          expect(found.map(({ token }) => token)).toEqual(pairs.map(([, token]) => token));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is none where the byte before only looks like the beginning of one', () => {
    // The bits that `e` shares with the character before it: those that it has not are another byte's.
    for (const byte of [0x25, 0x55, 0x75, 0xa5, 0xe5, 0x05]) {
      for (let before = 0; before < 3; before += 1) {
        const text = Buffer.from(`${'"'.repeat(before)}${bound}"`);
        text[before] = byte;
        expect(findTokens(text.toString('base64'))).toEqual([]);
      }
    }
  });

  it('is none where only its beginning is there', () => {
    for (const text of [
      `a "eyJhbGciOiJSUzI1NiJ9" b`,
      `x: ${bound.slice(0, 100)}`,
      `{"eyJ": "${'eyJ'.repeat(99)}"}`,
    ])
      expect(findTokens(base64(text))).toEqual([]);
  });
});

it('marks of Markdown after a token are no part of it', () => {
  for (const mark of ['_', '__', '**', '--', '-', '___'])
    expect(findTokens(`${mark}${bound}${mark}`)).toMatchObject([{ token: bound }]);
});

it('a token is none that stands at the end of another run of its letters, in base64 as in clear', () => {
  const header = bound.slice(0, bound.indexOf('.'));
  for (const before of [`${header}.${header}`, `.${header}.${header} ${header}.${header}`]) {
    for (const text of [`${before}${bound}`, base64(`${before}${bound}`)]) {
      expect([...scanText(text)].filter(({ kind }) => kind === 'jws')).toEqual([]);
    }
  }
});
