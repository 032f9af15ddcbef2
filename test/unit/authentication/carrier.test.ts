import { describe, expect, it } from 'vitest';
import { readCarrier } from '../../../src/authentication/carrier.ts';
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
