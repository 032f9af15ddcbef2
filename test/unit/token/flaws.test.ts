import { describe, expect, it } from 'vitest';
import { classifyToken } from '../../../src/token/classify.ts';
import { grantOf } from '../../../src/token/grant.ts';
import { duplicateKeys } from '../../../src/token/keys.ts';
import { flawsOf, type Flaw } from '../../../src/token/malformed.ts';
import { oddities } from '../../../src/token/oddities.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const issued = 1_800_000_000;
const part = (text: string): string => Buffer.from(text).toString('base64url');
const token = jwt(boundClaims());
const [header = '', claims = '', signature = ''] = token.split('.');
const h = header.length;
const c = claims.length;

describe('what is wrong with a text that should be a token is said with its place', () => {
  it.each<[string, string, Flaw['part'], number, string]>([
    ['nothing', '', 'whole', 0, 'There is no token: the text is empty.'],
    ['blanks', ' \n', 'whole', 0, 'There is no token: the text is empty.'],
    [
      'a header of HTTP',
      ` bearer  ${token}`,
      'whole',
      0,
      'It begins with "Bearer", which belongs to the HTTP header and not to the token.',
    ],
    ['double quotes', `"${token}"`, 'whole', 0, 'It is in quotes, which are no part of a token.'],
    ['single quotes', ` '${token}'`, 'whole', 0, 'It is in quotes, which are no part of a token.'],
    ['backticks', `\`${token}\``, 'whole', 0, 'It is in quotes, which are no part of a token.'],
    ['a space', `${header} .${claims}.`, 'whole', h, 'A space is caught in it.'],
    ['a space before it', ` ${token}`, 'whole', 0, 'A space is caught in it.'],
    ['a word before "bearer"', `a bearer ${token}`, 'whole', 1, 'A space is caught in it.'],
    ['a tab', `${token}\t`, 'whole', token.length, 'A line break or tab is caught in it.'],
    ['base64', `ZXlK.x`, 'whole', 0, 'It is still base64-encoded, as in a Secret: decode it first.'],
    ['base64 twice', `WlhsS`, 'whole', 0, 'It is still base64-encoded, as in a Secret: decode it first.'],
    [
      'base64 further on',
      'eZXlK.WlhsS',
      'whole',
      11,
      'It has 2 parts between dots, and a JWT has 3. It was probably cut short.',
    ],
    ['five parts', 'eyJ.a.b.c.d', 'whole', 0, 'It is an encrypted JWT (JWE), which no API server accepts.'],
    ['four parts', `${token}.a`, 'whole', token.length + 2, 'It has 4 parts between dots, and a JWT has 3.'],
    ['six parts', 'a.b.c.d.e.f', 'whole', 11, 'It has 6 parts between dots, and a JWT has 3.'],
    [
      'two parts',
      `abc.def`,
      'whole',
      7,
      'It has 2 parts between dots, and a JWT has 3. It was probably cut short.',
    ],
    [
      'standard base64 in its header',
      `ab+.${claims}.${signature}`,
      'header',
      2,
      'The header has a "+" at character 3: it was encoded as standard base64, and a JWT needs base64url.',
    ],
    [
      'padding',
      `${header}.${claims}.${signature}=`,
      'signature',
      token.length,
      `The signature has a "=" at character ${signature.length + 1}: it was encoded as standard base64, and a JWT needs base64url.`,
    ],
    [
      'a slash in its claims',
      `${header}./.${signature}`,
      'claims',
      h + 1,
      'The second part (claims) has a "/" at character 1: it was encoded as standard base64, and a JWT needs base64url.',
    ],
    [
      'another character',
      `${header}.ab%.${signature}`,
      'claims',
      h + 3,
      'The second part (claims) has a character that is no base64url, at character 3.',
    ],
    [
      'a quote within it',
      `${header}.a"b.${signature}`,
      'claims',
      h + 2,
      'The second part (claims) has a character that is no base64url, at character 2.',
    ],
    [
      'a character less in its signature',
      `${header}.${claims}.ABCDE`,
      'signature',
      h + c + 2,
      'The signature has 5 characters, which no base64url text has: one is missing.',
    ],
    ['no header', `.${claims}.${signature}`, 'header', 0, 'The header is empty.'],
    ['no claims', `${header}..${signature}`, 'claims', h + 1, 'The second part (claims) is empty.'],
    ['no UTF-8', `${header}._____w.`, 'claims', h + 1, 'The second part (claims) is no UTF-8 text.'],
    ['no JSON', `${header}.${part('{a}')}.`, 'claims', h + 1, 'The second part (claims) is no JSON.'],
    [
      'half a JSON',
      `${header}.${part('{"a"')}.`,
      'claims',
      h + 1,
      'The second part (claims) is no JSON: it seems cut short.',
    ],
    ['a list', `${part('[]')}.${claims}.`, 'header', 0, 'The header is JSON, but no object.'],
    [
      'null',
      `${header}.${part('null')}.`,
      'claims',
      h + 1,
      'The second part (claims) is JSON, but no object.',
    ],
    ['no algorithm', `${part('{"alg":1}')}.${claims}.`, 'header', 0, 'The header names no algorithm (alg).'],
    [
      'a key twice',
      `${header}.${part('{"a":1,"a":2,"a":3}')}.`,
      'claims',
      h + 1,
      'The second part (claims) has the key "a" twice.',
    ],
    [
      'long keys twice',
      `${header}.${part(`{"${'k'.repeat(60)}":1,"${'k'.repeat(60)}":2,"${'l'.repeat(61)}":1,"${'l'.repeat(61)}":2}`)}.`,
      'claims',
      h + 1,
      `The second part (claims) has the keys "${'k'.repeat(60)}", "${'l'.repeat(60)}" twice.`,
    ],
    [
      'many keys twice',
      `${header}.${part(
        `{${'abcdef'
          .split('')
          .map((key) => `"${key}":1,"${key}":2`)
          .join(',')}}`,
      )}.`,
      'claims',
      h + 1,
      'The second part (claims) has the keys "a", "b", "c", "d", "e" twice.',
    ],
  ])('as %s', (_, text, where, offset, message) => {
    expect(flawsOf(text)[0]).toEqual({ part: where, offset, message });
  });

  it.each([
    ['RS256', 2, 'RS256 has 342 with the usual key. It was probably cut short.'],
    ['RS384', 1367, 'RS384 has 342 with the usual key.'],
    ['RS512', 344, 'RS512 has 342 with the usual key. It was probably cut short.'],
    ['PS256', 3, 'PS256 has 342 with the usual key. It was probably cut short.'],
    ['PS384', 3, 'PS384 has 342 with the usual key. It was probably cut short.'],
    ['PS512', 3, 'PS512 has 342 with the usual key. It was probably cut short.'],
    ['ES256', 87, 'ES256 has 86.'],
    ['ES384', 127, 'ES384 has 128. It was probably cut short.'],
    ['ES512', 175, 'ES512 has 176. It was probably cut short.'],
    ['EdDSA', 87, 'EdDSA has 86 or 152. It was probably cut short.'],
    ['HS256', 44, 'HS256 has 43.'],
    ['HS384', 66, 'HS384 has 64.'],
    ['HS512', 84, 'HS512 has 86. It was probably cut short.'],
    ['none', 2, 'none has 0.'],
  ])('and a signature of %s that has %d characters by what fits', (alg, length, fits) => {
    const first = part(JSON.stringify({ alg }));
    expect(flawsOf(`${first}.${claims}.${'A'.repeat(length)}`)).toEqual([
      {
        part: 'signature',
        offset: first.length + c + 2 + length,
        message: `The signature has ${length} characters, and one of ${fits}`,
      },
    ]);
  });

  it.each<[string, number]>([
    ...[171, 342, 512, 683, 1024, 1366].map((length): [string, number] => ['RS256', length]),
    ['ES256', 86],
    ['ES512', 176],
    ['EdDSA', 86],
    ['EdDSA', 152],
    ['none', 0],
    ['ML-DSA-65', 7],
    ['toString', 7],
  ])('and none of %s that has %d', (alg, length) => {
    expect(flawsOf(`${part(JSON.stringify({ alg }))}.${claims}.${'A'.repeat(length)}`)).toEqual([]);
  });

  it('and of what was cut short, each part as far as it is there', () => {
    const parts = (text: string): string[] => flawsOf(text).map((flaw) => flaw.part);
    expect(parts('eyJ')).toEqual(['whole', 'header']);
    expect(parts(header)).toEqual(['whole']);
    expect(parts(`${header}.${claims.slice(0, 8)}`)).toEqual(['whole', 'claims']);
    expect(parts('abc.def')).toEqual(['whole']);
    expect(parts('eyJ.a.b.c')).toEqual(['whole']);
    expect(parts('eyJ. .a')).toEqual(['whole']);
    expect(parts('eyJ.*.*')).toEqual(['header', 'claims', 'signature']);
  });
});

describe('keys that stand twice', () => {
  it.each([
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', []],
    ['{"b":{"a":1},"a":2,"c":[1],"a":3}', ['a']],
    ['{"a"\t\r\n :1,"a":2}', ['a']],
    ['{"a\\"":1,"a\\"":2}', ['a"']],
    ['{"x":"{","a":1,"y":"}","a":2}', ['a']],
    ['{"x":"[","a":1,"y":"]","a":2}', ['a']],
    ['{"a":"a","b":"a"}', []],
    ['["a","a"]', []],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
    ['{"a\\\\":1,"a\\\\":2}', ['a\\']],
  ])('are found in %s', (json, keys) => {
    expect(duplicateKeys(json)).toEqual(keys);
  });
});

describe('what cannot be true of a token', () => {
  const odd = (of: object, head: object = { alg: 'RS256', kid: 'k' }): string[] => {
    const decoded = { header: { ...head }, claims: { ...of } };
    return oddities(classifyToken(decoded), decoded);
  };

  it.each([
    [legacyClaims({ sub: 'x' }), 'sub names another ServiceAccount: the API server refuses it.'],
    [
      boundClaims({}, { sub: 'x' }),
      'sub names another ServiceAccount: the API server goes by the other claims.',
    ],
    [boundClaims({}, { nbf: null }), 'nbf is no number, and the API server refuses such a token.'],
    [boundClaims({}, { iat: '1' }), 'iat is no number, and the API server refuses such a token.'],
    [
      boundClaims({}, { exp: 253_402_300_801 }),
      'exp lies beyond the year 9999: milliseconds where seconds belong?',
    ],
    [boundClaims({}, { nbf: -1 }), 'nbf lies before 1970.'],
    [
      boundClaims({}, { aud: 1 }),
      'aud is neither a text nor a list of texts, and the API server refuses such a token.',
    ],
    [
      boundClaims({}, { aud: ['a', 1] }),
      'aud is neither a text nor a list of texts, and the API server refuses such a token.',
    ],
    [
      boundClaims({ pod: { name: 'p' }, secret: { name: 's' } }),
      'It is bound to Pod and Secret, and the API server binds to one object only.',
    ],
    [
      boundClaims({ secret: { name: 'p' }, node: { name: 's' } }),
      'It is bound to Secret and Node, and the API server binds to one object only.',
    ],
    [
      boundClaims({ pod: { name: 'p' }, secret: { name: 's' }, node: { name: 'n' } }),
      'It is bound to Pod and Secret and Node, and the API server binds to one object only.',
    ],
    [boundClaims({}, { iss: undefined }), 'It names no issuer (iss): no API server accepts it.'],
    [boundClaims({ serviceaccount: { name: 'mycontroller' } }), 'The UID of its ServiceAccount is missing.'],
    [
      boundClaims({ serviceaccount: undefined }),
      "Its kubernetes.io claims name no serviceaccount: the API server takes it for nobody's.",
    ],
    [
      boundClaims({ serviceaccount: { name: 5 } }),
      "Its kubernetes.io claims name no serviceaccount: the API server takes it for nobody's.",
    ],
    [
      boundClaims({ namespace: 5 }),
      "Its kubernetes.io claims name no namespace: the API server takes it for nobody's.",
    ],
    [
      legacyClaims({ 'kubernetes.io/serviceaccount/service-account.uid': '' }),
      'Its issuer is that of legacy tokens, and the claim kubernetes.io/serviceaccount/service-account.uid is missing: the API server refuses it.',
    ],
    [
      legacyClaims({ 'kubernetes.io/serviceaccount/secret.name': 5 }),
      'Its issuer is that of legacy tokens, and the claim kubernetes.io/serviceaccount/secret.name is missing: the API server refuses it.',
    ],
    [
      legacyClaims({ 'kubernetes.io/serviceaccount/service-account.name': 5 }),
      'Its issuer is that of legacy tokens, and the claim kubernetes.io/serviceaccount/service-account.name is missing: the API server refuses it.',
    ],
    [
      legacyClaims({ nbf: 1 }),
      'It has times, which the API server never writes into a legacy token, and does not check there.',
    ],
  ])('is said in words: case %#', (of, words) => {
    expect(odd(of)).toEqual([words]);
  });

  it('may be said in several', () => {
    expect(odd(boundClaims({}, { exp: 'x', sub: 'x' }))).toEqual([
      'sub names another ServiceAccount: the API server goes by the other claims.',
      'exp is no number, and the API server refuses such a token.',
      'It has no end (exp), which every bound token has.',
    ]);
  });

  it.each([
    [boundClaims({}, { exp: 253_402_300_800 })],
    [boundClaims({}, { nbf: 0 })],
    [boundClaims({}, { aud: 'a' })],
    [boundClaims({}, { aud: undefined })],
    [boundClaims({}, { iss: 'kubernetes/serviceaccount' })],
    [legacyClaims({ iat: 1 })],
    [legacyClaims({ 'kubernetes.io': { pod: { name: 'p' }, secret: { name: 's' } } })],
    [{ 'kubernetes.io': [] }],
  ])('is nothing where it can be: case %#', (of) => {
    expect(odd(of)).toEqual([]);
  });

  it('is said of a header, in few words however much it says', () => {
    const names = Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [`${number}`.repeat(21), 1]));
    expect(odd(boundClaims(), { alg: 'RS256', kid: 'k', typ: 'JWT', x5c: [] })).toEqual([
      'Its header has x5c, which no API server writes.',
    ]);
    expect(odd(boundClaims(), names)).toEqual([
      `Its header has ${[1, 2, 3, 4, 5].map((number) => `${number}`.repeat(20)).join(', ')}, which no API server writes.`,
    ]);
    expect(odd(boundClaims(), { alg: 'none' })).toEqual([
      'It is not signed (alg none): the API server refuses it.',
    ]);
    expect(odd(legacyClaims(), { alg: 'HS-and-more' })).toEqual([
      'It is signed with a shared secret (HS-and-m), which the API server refuses.',
    ]);
    expect(odd(boundClaims(), { alg: 'RHS' })).toEqual([]);
    expect(odd(boundClaims(), { alg: 5 })).toEqual([]);
    expect(odd({ iss: 'x' }, { alg: 'none', x5c: [] })).toEqual([]);
  });
});

describe('what was granted is told', () => {
  const of = (life: number, own: object = {}): string =>
    jwt(boundClaims(own, { iat: issued, exp: issued + life }));

  it.each([
    [3602, of(3600), { is: 'as-asked', seconds: 3600, text: 'Granted as asked for: 1 h.' }],
    [3598, of(3600), { is: 'as-asked', seconds: 3600, text: 'Granted as asked for: 1 h.' }],
    [
      3603,
      of(3600),
      {
        is: 'shortened',
        seconds: 3600,
        text: 'Asked for 1 h, granted 1 h: the server caps it (--service-account-max-token-expiration).',
      },
    ],
    [
      3607,
      of(31_536_000, { warnafter: issued + 3607 }),
      {
        is: 'extended',
        seconds: 31_536_000,
        text: 'Asked for 1 h, granted 365 d: a Pod-bound token of exactly 3607 s for the server’s own audience is extended, and counts its use as stale after 1 h.',
      },
    ],
    [
      3607,
      of(31_536_000),
      {
        is: 'extended',
        seconds: 31_536_000,
        text: 'Asked for 1 h, granted 365 d: a Pod-bound token of exactly 3607 s for the server’s own audience is extended.',
      },
    ],
    [600, 'x', { is: 'unknown', seconds: undefined, text: 'How long it lives, it does not say.' }],
    [
      600,
      jwt(boundClaims({}, { iat: undefined })),
      { is: 'unknown', seconds: undefined, text: 'How long it lives, it does not say.' },
    ],
    [
      600,
      jwt(boundClaims({}, { exp: undefined })),
      { is: 'unknown', seconds: undefined, text: 'How long it lives, it does not say.' },
    ],
  ])('beside the %d s that were asked for: case %#', (asked, granted, grant) => {
    expect(grantOf(granted, asked)).toEqual(grant);
  });
});
