import { describe, expect, it } from 'vitest';
import { readCarrier } from '../../../src/authentication/carrier.ts';
import { opaqueOf } from '../../../src/authentication/others.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const wrapped = (text: string): string => (text.match(/.{1,76}/g) ?? []).join('\n');

describe('a credential from the clipboard', () => {
  it.each([
    ['bound', jwt(boundClaims())],
    ['legacy', jwt(legacyClaims())],
  ])(
    'that is base64 of a %s token, once or twice, is read to its token, and said to be so',
    (_kind, token) => {
      expect(readCarrier(base64(token))).toMatchObject({ token, problem: { cause: 'still-base64' } });
      for (const text of [
        base64(base64(token)),
        base64(`${base64(token)}\n`),
        base64(`${wrapped(base64(`${token}\n`))}\n`),
        wrapped(base64(base64(token))),
        `"${base64(base64(token))}"`,
      ]) {
        expect(readCarrier(text).token).toBe(token);
      }
      const twice = readCarrier(base64(base64(token))).problem;
      expect(twice).toMatchObject({ cause: 'still-base64' });
      expect(twice?.finding).toContain('encoded twice');
    },
  );

  it('that was cut in base64 of base64 is still seen for what it was', () => {
    const cut = base64(base64(jwt(boundClaims()))).slice(0, -201);
    expect(readCarrier(cut).problem?.cause).toBe('still-base64');
  });

  it('that has a character which no token has is said to have one, and not to be cut short', () => {
    const token = jwt(boundClaims());
    for (const at of [10, token.indexOf('.') + 10, token.length - 10]) {
      for (const character of ['+', '/', '*', 'é', '\u200b']) {
        const damaged = token.slice(0, at) + character + token.slice(at + 1);
        expect(readCarrier(damaged).problem).toEqual({
          cause: 'wrapped',
          finding: 'There are characters in it that no token has.',
        });
      }
    }
  });
});

describe('a credential', () => {
  const token = jwt(boundClaims());
  const [header = '', claims = '', signature = ''] = token.split('.');
  const none =
    'There is no token, and the request is anonymous: forbidden (403) as a rule, or refused (401) where no anonymous requests are allowed, or to only some paths.';
  const quoted = 'There are quotes around the token.';
  const bearer = '"Bearer " stands in front of the token.';
  const json = 'The token stands inside JSON; only its value is the token.';
  const blanks = 'There is white space in it, and it does not begin like a JWT (eyJ).';
  const other = 'It does not begin like a JWT (eyJ), which every ServiceAccount token is.';
  const once = 'The text is base64 of a token, as in a Secret’s data.';

  it.each([
    ['', '', 'no-token', none],
    [' \n', '', 'no-token', none],
    [
      ' -----BEGIN CERTIFICATE-----\nA',
      '',
      'not-a-serviceaccount-token',
      'This is a PEM block, a key or a certificate.',
    ],
    [`Bearer ${token}`, token, 'wrapped', bearer],
    [`Authorization : bearer  ${token}\n`, token, 'wrapped', bearer],
    [`authorization:bearer ${token}`, token, 'wrapped', bearer],
    [`x bearer ${token}`, '', 'not-a-serviceaccount-token', blanks],
    [`"${token}"`, token, 'wrapped', quoted],
    [`'${token}'`, token, 'wrapped', quoted],
    [`\`${token}`, token, 'wrapped', quoted],
    [`"Bearer ${token}"`, token, 'wrapped', quoted],
    ['"a"', 'a', 'wrapped', quoted],
    [`{"token": "${token}"}`, token, 'wrapped', json],
    [`{"kind":"x","access_token" :"${token}"}`, token, 'wrapped', json],
    [`{"id_token":"${token}"}`, token, 'wrapped', json],
    [`x {"token": "${token}"}`, '', 'not-a-serviceaccount-token', blanks],
    [base64(token), token, 'still-base64', once],
    [`${base64(token).slice(0, 90)}\n${base64(token).slice(90)}`, token, 'still-base64', once],
    [base64(token).slice(0, -3), '', 'still-base64', once],
    [
      base64(base64(token)),
      token,
      'still-base64',
      'The text is base64 of base64 of a token: it was encoded twice, as when a Secret’s data is encoded again.',
    ],
    [
      `${token.slice(0, 80)}\n${token.slice(80)}`,
      token,
      'wrapped',
      'There is white space or a line break inside the token; what follows it is not sent.',
    ],
    ['a b', '', 'not-a-serviceaccount-token', blanks],
  ])('that is %j is read for what it is meant to be', (text, inner, cause, finding) => {
    expect(readCarrier(text)).toEqual({ token: inner, problem: { cause, finding }, opaque: undefined });
  });

  it.each([
    ['a.b.c.d.e', 'It has five parts: an encrypted JWE, which Kubernetes never issues.'],
    ['abcdef.0123456789abcdef', 'It has the shape of a bootstrap token.'],
    ['Xabcdef.0123456789abcdef', other],
    ['abcdef.0123456789abcdefg', other],
    ['Bearer ', other],
    ['""', other],
    ['ZXlK.a', other],
    ['xZXlK', other],
    [`x:{"token":"${token}"}`, other],
    [`{"tokens":"${token}"}`, other],
    ['sha256~abc', other],
  ])('that is %j may be meant as it is', (text, finding) => {
    const asIs = text.trim();
    expect(readCarrier(text)).toEqual({
      token: asIs,
      problem: { cause: 'not-a-serviceaccount-token', finding },
      opaque: opaqueOf(asIs),
    });
  });

  it.each([
    ['eyJa', 'It has one part; a token has three, with dots between them.'],
    [`${header}.${claims}`, 'It has 2 parts; a token has three, with dots between them.'],
    [`${token}.a`, 'It has 4 parts; a token has three, with dots between them.'],
    [
      `${header}.${claims.slice(0, -3)}.${signature}`,
      'Its header or claims cannot be decoded: part of it is missing or damaged.',
    ],
    [`${header}.${claims}.`, 'Its signature is missing.'],
  ])('that was cut short says so: case %#', (text, finding) => {
    expect(readCarrier(text)).toEqual({
      token: text,
      problem: { cause: 'truncated', finding },
      opaque: undefined,
    });
  });

  it('that is a token alone has nothing wrong around it', () => {
    expect(readCarrier(` ${token}\n`)).toEqual({ token, problem: undefined, opaque: undefined });
  });

  it.each([
    [
      'abcdef.0123456789abcdef',
      'a bootstrap token by its shape',
      ['bootstrap tokens', 'token file', 'webhook'],
    ],
    ['abcdeF.0123456789abcdef', undefined, ['token file', 'webhook']],
    ['token-x7k2p:8xq5', 'a token of Rancher', ['token file', 'webhook']],
    ['kubeconfig-user-abcde.8xq5', 'a token of Rancher', ['token file', 'webhook']],
  ])('of another kind is for those who know it: %s', (text, what, judges) => {
    expect(opaqueOf(text)).toEqual({ what, judges });
  });
});
