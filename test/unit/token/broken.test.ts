import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAt, findTokens } from '../../../src/token/find.ts';
import { redact } from '../../../src/redact.ts';
import { base64, boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const broken = (text: string, width = 76, indentation = ''): string =>
  text.replaceAll(new RegExp(`.{1,${width}}`, 'g'), (line) => `${indentation}${line}\n`);
const legacy = jwt(legacyClaims());
const bound = jwt(boundClaims());

describe('a token within base64 that is broken over lines', () => {
  const config = (name: string, token: string): string =>
    `apiVersion: v1\nkind: Config\nusers:\n- name: ${name}\n  user:\n    token: ${token}\n`;

  it.each([
    ['as base64 prints it', (text: string) => broken(base64(text))],
    ['in a block of a Secret', (text: string) => `data:\n  config: |\n${broken(base64(text), 76, '    ')}`],
    ['with Windows line ends', (text: string) => broken(base64(text)).replaceAll('\n', '\r\n')],
    ['after 64 characters', (text: string) => broken(base64(text), 64)],
  ])('%s is found at its place', (_, carry) => {
    const text = carry(config('ab', bound));
    const [found, second] = findTokens(text);
    expect(found).toMatchObject({ token: bound, encoding: 'base64', wrapped: true, isWithin: true });
    expect(second).toBeUndefined();
    const middle = ((found?.start ?? 0) + (found?.end ?? 0)) >> 1;
    expect(findAt(text, middle)?.token).toBe(bound);
    const plain = config('ab', bound);
    const begin = Math.floor((plain.indexOf(bound) * 4) / 3);
    const end = Math.ceil(((plain.indexOf(bound) + bound.length) * 4) / 3);
    const standing = text.slice(found?.start, found?.end).replaceAll(/\s/g, '');
    expect(standing).toBe(base64(plain).slice(begin, end));
  });

  it('is found wherever it begins, but where a line breaks in its first four characters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.constantFrom(bound, legacy), (before, token) => {
        const text = config('n'.repeat(before), token);
        const at = Math.floor((text.indexOf(token) * 4) / 3) % 76;
        fc.pre(at < 72);
        expect(findTokens(broken(base64(text))).map((one) => one.token)).toEqual([token]);
      }),
    );
  });
});

describe('a header that does not begin with a quote', () => {
  const part = (text: string): string => Buffer.from(text).toString('base64url');
  const [, claims = '', signature = ''] = bound.split('.');
  it.each([
    ['a blank', '{ "alg": "RS256"}'],
    ['a line break', '{\n  "alg": "RS256"\n}'],
    ['a Windows line break', '{\r\n "alg":"RS256"}'],
    ['a tab', '{\t"alg":"RS256"}'],
  ])('but %s after its brace is one all the same, and is masked', (_, header) => {
    const token = `${part(header)}.${claims}.${signature}`;
    expect(findTokens(`TOKEN=${token}\n`).map((one) => one.token)).toEqual([token]);
    expect(redact(`a ${token} b`)).toBe('a [token] b');
  });
});

describe('a token in base64 within base64', () => {
  const login = (user: string, token: string): string =>
    JSON.stringify({ auths: { 'registry.example': { auth: base64(`${user}:${token}`) } } });
  const twice = (before: number, token: string): string =>
    base64(`apiVersion: v1\nusers:\n- token: ${'x'.repeat(before)} ${token} # end\n`);

  it('of a docker login is found in a Secret, whoever logs in', () => {
    for (const user of ['a', 'ab', 'abc', 'serviceaccount']) {
      for (const json of [login(user, bound), JSON.stringify(JSON.parse(login(user, bound)), undefined, 2)]) {
        const text = `data:\n  .dockerconfigjson: ${base64(json)}\n`;
        expect(findTokens(text)).toMatchObject([{ token: bound, encoding: 'base64-twice', isWithin: true }]);
      }
    }
  });

  it('of a kubeconfig that was encoded twice is found at its place, wherever it begins', () => {
    for (let before = 0; before < 12; before++) {
      for (const token of [bound, legacy]) {
        const text = base64(twice(before, token));
        const [found, second] = findTokens(text);
        expect(found).toMatchObject({ token, encoding: 'base64-twice', isWithin: true });
        expect(second).toBeUndefined();
        const inner = twice(before, token);
        const at = Buffer.from(inner, 'base64').toString().indexOf(token);
        const begin = Math.floor((Math.floor((at * 4) / 3) * 4) / 3);
        const end = Math.ceil((Math.ceil(((at + token.length) * 4) / 3) * 4) / 3);
        expect([found?.start, found?.end]).toEqual([begin, end]);
      }
    }
  });
});
