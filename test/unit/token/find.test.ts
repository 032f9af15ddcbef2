import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAt, findTokens, scanText } from '../../../src/token/find.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
const legacy = jwt(legacyClaims());
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('findTokens', () => {
  it('finds a raw token in the middle of a kubeconfig line', () => {
    const text = `    token: ${bound}\n`;
    expect(findTokens(text)).toMatchObject([
      { start: 11, end: 11 + bound.length, token: bound, encoding: 'raw' },
    ]);
  });

  it('finds a token as it stands in a Secret, wrapped in base64', () => {
    const text = `data:\n  token: ${base64(legacy)}`;
    expect(findTokens(text)).toMatchObject([
      { start: 15, end: text.length, token: legacy, encoding: 'base64' },
    ]);
  });

  it('finds a token that was encoded together with a line break', () => {
    expect(findTokens(base64(`${bound}\n`))).toMatchObject([{ token: bound, encoding: 'base64' }]);
  });

  it('finds several tokens in the order of the text', () => {
    const text = `"${bound}", '${base64(legacy)}'\nBearer ${legacy}`;
    expect(findTokens(text).map(({ token }) => token)).toEqual([bound, legacy, legacy]);
  });

  it('leaves alone what only looks like a token', () => {
    for (const text of [
      'eyJ',
      'eyJh.eyJh.x',
      'eyJhbGciOiJSUzI1NiJ9',
      'ZXlKaGJHY2lPaUpTVXpJMU5pSjk=',
      `${bound.split('.')[0]}..x`,
    ]) {
      expect(findTokens(text)).toEqual([]);
    }
  });

  it('finds every token wherever it stands, and reports exactly its place', () => {
    const around = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[A-Za-z0-9+/=._-]/g, ' '));
    const entry = fc.constantFrom(bound, legacy, base64(bound), base64(legacy));
    fc.assert(
      fc.property(fc.array(fc.tuple(around, entry)), around, (pairs, tail) => {
        const text = pairs.map(([before, token]) => `${before} ${token} `).join('') + tail;
        expect(findTokens(text).map(({ start, end }) => text.slice(start, end))).toEqual(
          pairs.map(([, token]) => token),
        );
      }),
    );
  }, 60_000);

  it('survives any text', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('eyJ', 'ZXlK', '.', '=', 'eyJ9', bound, base64(legacy)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const { start, end } of findTokens(pieces.join(''))) expect(end).toBeGreaterThan(start);
      }),
    );
  });
});

describe('an encrypted JWT', () => {
  const part = (value: string): string => Buffer.from(value).toString('base64url');
  const header = part('{"alg":"dir","enc":"A256GCM"}');
  const found = (text: string): unknown =>
    [...scanText(text)].map(({ kind, start, end }) => ({ kind, text: text.slice(start, end) }));

  it('is found whole, and as a fragment as far as it goes', () => {
    const whole = `${header}..${part('iv')}.${part('ciphertext')}.${part('tag')}`;
    expect(found(`a ${whole} b`)).toEqual([{ kind: 'jwe', text: whole }]);
    const cut = whole.slice(0, whole.lastIndexOf('.'));
    expect(found(`a ${cut} b`)).toEqual([{ kind: 'fragment', text: cut }]);
  });

  it('that is longer than any token is a fragment of a header alone', () => {
    const long = `${header}..${part('iv')}.${'A'.repeat(70_000)}.${part('tag')}`;
    expect(found(`a ${long} b`)).toEqual([{ kind: 'fragment', text: header }]);
  });
});

describe('findAt', () => {
  const text = `a ${bound} b ${legacy}`;

  it('finds the token under an offset', () => {
    expect(findAt(text, 2)?.token).toBe(bound);
    expect(findAt(text, 2 + bound.length)?.token).toBe(bound);
    expect(findAt(text, text.length)?.token).toBe(legacy);
  });

  it('finds nothing beside a token', () => {
    expect(findAt(text, 0)).toBeUndefined();
    expect(findAt('', 0)).toBeUndefined();
  });
});
