import { describe, expect, it } from 'vitest';
import { boundClaims, jwt } from '../support/tokens.ts';
import { TokenBytes } from '../support/ui/tokenBytes.ts';

const token = jwt(boundClaims());
const bytes = new TokenBytes();
bytes.add(token);
const yaml = (text: string): string => Buffer.from(text).toString('base64');

describe('the search for leaked tokens', () => {
  it.each([
    ['as it is', token],
    ['in part', `"${token.slice(300, 324)}"`],
    ['its end alone', token.slice(-24)],
    ['in base64', yaml(token)],
    ['in base64url', Buffer.from(token).toString('base64url')],
    ['in base64 amid another text, at each alignment', yaml(`token: ${token}\n`)],
    ['at the second', yaml(` token: ${token}\n`)],
    ['and at the third', yaml(`  token: ${token}\n`)],
    ['in base64, percent-encoded', encodeURIComponent(yaml(`a${token}`))],
    ['in a URL', `command:x?${encodeURIComponent(JSON.stringify([{ token }]))}`],
  ])('finds one %s', (_how, text) => {
    expect(bytes.indexIn(`before ${text} after`)).toBeGreaterThan(0);
  });

  it('finds nothing in what says what a token is', () => {
    expect(bytes.indexIn(JSON.stringify(boundClaims()))).toBe(-1);
    expect(bytes.indexIn(token.slice(0, 23))).toBe(-1);
    expect(bytes.indexIn('')).toBe(-1);
  });
});
