import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyToken } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { duplicateKeys } from '../../../src/token/keys.ts';
import { explainMalformed } from '../../../src/token/malformed.ts';
import { oddities } from '../../../src/token/oddities.ts';
import { assertSentence } from '../../support/texts/sentences.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const token = jwt(boundClaims());
const [header = '', claims = '', signature = ''] = token.split('.');
const part = (json: string): string => Buffer.from(json).toString('base64url');

describe('explainMalformed', () => {
  it('finds nothing wrong with a whole token', () => {
    expect(explainMalformed(token)).toBeUndefined();
  });

  it.each([
    ['', 'whole', 'empty'],
    [`Bearer ${token}`, 'whole', 'Bearer'],
    [`"${token}"`, 'whole', 'quotes'],
    [`${token}\n`, 'whole', 'line break'],
    [`${header} .${claims}.${signature}`, 'whole', 'space'],
    [Buffer.from(token).toString('base64'), 'whole', 'still base64'],
    [`${header}.${claims}`, 'whole', '2 parts'],
    [`${token}.a.b`, 'whole', 'encrypted'],
    [`${token}.a`, 'whole', '4 parts'],
    [`${header}.${claims}=.${signature}`, 'claims', 'standard base64'],
    [`${header}.${claims.slice(0, 5)}.${signature}`, 'claims', 'one is missing'],
    [`${header}.${claims.slice(0, 8)}.${signature}`, 'claims', 'cut short'],
    [`${header}..${signature}`, 'claims', 'empty'],
    [`${header}.${part('[1]')}.${signature}`, 'claims', 'no object'],
    [`${header}._____w.${signature}`, 'claims', 'UTF-8'],
    [`${header}.${part('{"iss":"a","iss":"b"}')}.${signature}`, 'claims', '"iss" twice'],
    [`${part('{"typ":"JWT"}')}.${claims}.${signature}`, 'header', 'names no algorithm'],
    [token.slice(0, -10), 'signature', '332 characters'],
  ])('names the part and what is wrong: case %#', (text, where, what) => {
    const flaw = explainMalformed(text);
    expect(flaw?.part).toBe(where);
    expect(flaw?.message).toContain(what);
    assertSentence(flaw?.message ?? '');
  });

  it.each([
    [
      signature.slice(0, -10),
      '332 characters, and one of RS256 has 342 with the usual key. It was probably cut short.',
    ],
    [
      signature.slice(0, 100),
      '100 characters, and one of RS256 has 342 with the usual key. It was probably cut short.',
    ],
    [
      `${signature}AAAA`,
      '346 characters, and one of RS256 has 342 with the usual key. It was probably cut short.',
    ],
    ['A'.repeat(2000), '2000 characters, and one of RS256 has 342 with the usual key.'],
  ])(
    'says of a signature of another length which fits, and that it is cut short where it can be: case %#',
    (cut, what) => {
      expect(explainMalformed(`${header}.${claims}.${cut}`)?.message).toBe(`The signature has ${what}`);
    },
  );

  it('answers for any text, without repeating what it was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const flaw = explainMalformed(`${header}.${text}`);
        expect(flaw).toBeDefined();
        expect(flaw?.message).not.toContain(header);
      }),
    );
  });
});

describe('duplicateKeys', () => {
  it('names keys that stand twice in the same object, however they are written', () => {
    expect(duplicateKeys('{"a":1,"b":{"a":2,"\\u0061":"a"},"c":["a","a"],"a" : 3}')).toEqual(['a', 'a']);
  });

  it('finds none in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(duplicateKeys(json)).toEqual([]);
      }),
    );
  });
});

describe('oddities', () => {
  const of = (value: object): string => {
    const decoded = decodeToken(jwt(value));
    if (!decoded) throw new Error('the test built no token');
    const odd = oddities(classifyToken(decoded), decoded);
    for (const one of odd) assertSentence(one);
    return odd.join('\n');
  };

  it('finds none in tokens as the API server issues them', () => {
    expect(of(boundClaims())).toBe('');
    expect(of(legacyClaims())).toBe('');
  });

  it('finds none in tokens of others, whatever their subject and header', () => {
    const foreign = decodeToken(
      jwt(
        { iss: 'https://accounts.example.com', sub: 'alice', aud: 'web', iat: 1, exp: 2 },
        { alg: 'HS256', jku: 'https://accounts.example.com/keys' },
      ),
    );
    if (!foreign) throw new Error('the test built no token');
    expect(oddities(classifyToken(foreign), foreign)).toEqual([]);
  });

  it('notices an end before the beginning, and none at it', () => {
    expect(of(boundClaims({}, { exp: 1_799_999_999 }))).toBe('It expires before it becomes valid.');
    expect(of(boundClaims({}, { nbf: undefined, exp: 1_799_999_999 }))).toBe(
      'It expires before it was issued.',
    );
    expect(of(boundClaims({}, { nbf: 1, exp: 1_799_999_999 }))).toBe('It expires before it was issued.');
    expect(of(boundClaims({}, { exp: 1_800_000_000 }))).toBe('');
    expect(of(boundClaims({}, { nbf: undefined, exp: 1_800_000_000 }))).toBe('');
    expect(of(boundClaims({}, { nbf: undefined, iat: undefined }))).toBe('');
  });

  it('notices a subject that lies, and says what the server makes of it', () => {
    const lie = { sub: 'system:serviceaccount:kube-system:admin' };
    expect(of(boundClaims({}, lie))).toContain('goes by the other claims');
    expect(of(legacyClaims(lie))).toContain('refuses it');
  });

  it('notices absurd times and wrong types', () => {
    expect(of(boundClaims({}, { exp: 1_800_000_000_000 }))).toContain('milliseconds');
    expect(of(boundClaims({}, { exp: 5 }))).toContain('before it becomes valid');
    expect(of(boundClaims({}, { iat: 'yesterday' }))).toContain('iat is no number');
    expect(of(boundClaims({}, { aud: { a: 1 } }))).toContain('aud is neither');
    expect(of(boundClaims({}, { nbf: -1 }))).toContain('before 1970');
  });
});
