import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { redact } from '../../src/redact.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const token = jwt(boundClaims());

it('masks a token, raw, in base64 and cut short', () => {
  for (const secret of [token, Buffer.from(token).toString('base64'), token.slice(0, 90)]) {
    expect(redact(`before ${secret} after`)).toBe('before [token] after');
  }
});

it.each([
  ['eyJhbGci', '[token]'], // The shortest: less tells nothing.
  ['eyJhbGc', 'eyJhbGc'],
  ['eyJhbGci-_', '[token]'],
  [token.slice(0, token.indexOf('.')), '[token]'],
  [token.slice(0, token.lastIndexOf('.')), '[token]'],
  [`${token}.more`, '[token].more'],
  [`'${token}','${token}'`, "'[token]','[token]'"],
  ['eyAiYWxnIjoiUlMyNTYifQ.e30.c2ln', '[token]'], // { "alg":"RS256"}
  ['ewoiYWxnIjoiUlMyNTYifQ.e30.c2ln ewoiYWxnIjoiUlMyNTYifQ.', '[token] [token]'],
  ['ew0KImFsZyI6IlJTMjU2In0.e30.', '[token]'],
  ['ewkiYWxnIjoiUlMyNTYifQ.e30.', '[token]'],
  ['ewkiYWxnIjoiUlMyNTYifQ', 'ewkiYWxnIjoiUlMyNTYifQ'], // Without its dot it may be anything.
  ['ZXlKaGJHY2lPaUo=', '[token]'],
  ['ZXlKaGJHY2lPaQ==', '[token]'],
  ['ZXlKaGJH+/lPaQ, ZXlKaGJHY2lP', '[token], [token]'],
])('masks a token as far as it goes: %s', (text, shown) => {
  expect(redact(text)).toBe(shown);
});

it.each([
  ['BEARER abc.def, Bearer x', 'BEARER [token], Bearer [token]'],
  ['Bearer: abc', 'Bearer: abc'],
  ['forbearer abc', 'forbearer abc'],
  ['http://:secret@proxy/ and //me:other@proxy/', 'http://:[password]@proxy/ and //me:[password]@proxy/'],
  ['http://proxy:3128/a@b', 'http://proxy:3128/a@b'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n', '[private key]\n'],
  ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE', '[private key]'],
  ['-----BEGIN PUBLIC KEY-----\nMIIE', '-----BEGIN PUBLIC KEY-----\nMIIE'],
])('masks what is a secret, and nothing else: %j', (text, shown) => {
  expect(redact(text)).toBe(shown);
});

it('masks bearer credentials, private keys and passwords in URLs', () => {
  expect(redact('Authorization: Bearer abc.def')).toBe('Authorization: Bearer [token]');
  expect(redact('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----')).toBe(
    '[private key]',
  );
  expect(redact('http://me:secret@proxy:3128/')).toBe('http://me:[password]@proxy:3128/');
});

it('masks a private key that is cut short, and each of several, and keeps what is around them', () => {
  const begin = '-----BEGIN EC PRIVATE KEY-----';
  const end = '-----END EC PRIVATE KEY-----';
  expect(redact(`a ${begin}\nMIIE`)).toBe('a [private key]');
  expect(redact(`a ${begin}\nMIIE${end} b ${begin}c${end} d ${end}`)).toBe(
    `a [private key] b [private key] d ${end}`,
  );
  expect(redact(`${begin}a${begin}b${end}c`)).toBe('[private key]c');
  expect(redact(`${begin}a${end}${begin}b${end}`)).toBe('[private key][private key]');
});

it('masks a bearer credential behind any number of blanks', () => {
  for (const blanks of [' ', '  ', '\t', '\n ']) {
    expect(redact(`bearer${blanks}abc.def x`)).toBe('bearer [token] x');
  }
});

it('gives back what stands around a bearer credential, and nothing of it', () => {
  expect(redact('[Bearer abc.def], "bearer x-y", (Bearer a/b+c==).')).toBe(
    '[Bearer [token]], "bearer [token]", (Bearer [token]).',
  );
});

it('leaves the words of an API server as they are, which people search for', async () => {
  const docs = await readFile('docs/why-unauthorized.md', 'utf8');
  const lines = docs.split('\n').filter((line) => line.startsWith("- The server's reason:"));
  const reasons = lines.flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, reason = '']) => reason));
  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of [...reasons, 'oidc: verify token: malformed jwt', 'Invalid Bearer Token.']) {
    for (const said of [
      reason,
      `[invalid bearer token, ${reason}]`,
      `err="[${reason}, invalid bearer token]"`,
    ])
      expect(redact(said)).toBe(said);
  }
});

it('masks a bearer credential that only begins or ends with a word of the server’s', () => {
  for (const credential of ['token-abc', 'tokens123', 'my-token', 'authx', 'xauth', 'a.scheme', 'header=1']) {
    expect(redact(`bearer ${credential} x`)).toBe('bearer [token] x');
  }
  for (const word of ['token', 'tokens', 'credential', 'credentials', 'auth', 'Authentication', 'scheme']) {
    expect(redact(`bearer ${word} x`)).toBe(`bearer ${word} x`);
  }
});

it('leaves plain words alone', () => {
  expect(redact('serviceaccounts "x" not found')).toBe('serviceaccounts "x" not found');
});

it('masks texts of any length, and cuts what nobody reads', () => {
  expect(redact(`${'eyJ'.repeat(20_000_000)} x`)).toBe('[token]…');
  const longest = 4 * 1024 * 1024;
  expect(redact('a'.repeat(longest + 1)) === `${'a'.repeat(longest)}…`).toBe(true);
  expect(redact('a'.repeat(longest)) === 'a'.repeat(longest)).toBe(true);
});
