import { describe, expect, it } from 'vitest';
import { findAt, findTokens, scanText } from '../../../src/token/find.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims({ pod: { name: 'p', uid: 'u' } }));
const legacy = jwt(legacyClaims());
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const lines = (text: string, width: number): string[] => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];

/** Each carrier is a text with one token in it, between the two marks. */
const carriers: Record<string, string> = {
  'a YAML value': `token: «${bound}»\n`,
  'a quoted YAML value with Windows line ends': `a: 1\r\ntoken: "«${bound}»"\r\nb: 2\r\n`,
  'a single-quoted value': `token: '«${bound}»'`,
  'a YAML anchor': `token: &t «${bound}»\nother: *t`,
  'a flow mapping': `user: {token: «${bound}»}`,
  'JSON in one line': `{"status":{"token":"«${bound}»","x":1}}`,
  'JSON in a JSON string': `{"a":"{\\"token\\":\\"«${bound}»\\"}"}`,
  'an escaped line break before and after': `"log: \\n«${bound}»\\nnext line"`,
  'an HTTP header': `Authorization: Bearer «${bound}»\r\nAccept: */*\r\n`,
  'a URL parameter': `https://example.com/?access_token=«${bound}»&x=1`,
  'a shell command': `curl -H "Authorization: Bearer «${bound}»" https://host | jq .`,
  'a .env file': `TOKEN=«${bound}»\nOTHER=value\n`,
  'a .env file whose next name could be part of it': `TOKEN=«${jwt(boundClaims(), { alg: 'XX1' })}»\nOTHER\n`,
  TOML: `token = "«${bound}»" # mine`,
  HCL: `token = "«${bound}»"\n`,
  'an XML element': `<token>«${bound}»</token>`,
  'a log line': `2026-11-24T10:00:00Z level=info msg="got «${bound}»."`,
  'a table': `| name | «${bound}» |`,
  'a text with emoji before it': `🔑🔑 é 漢字 «${bound}» 🔑`,
  'the end of a file': `«${bound}»`,
  'data of a Secret': `data:\n  ca.crt: LS0t\n  token: «${base64(legacy)}»\n  namespace: ZGVmYXVsdA==\n`,
  'data with padding': `token: «${base64(`${legacy}\n\n`)}»\ntype: x`,
  'data in JSON': `{"data":{"token":"«${base64(legacy)}»"}}`,
  'base64 of base64': `token: «${base64(base64(legacy))}»\n`,
  'base64 of base64 that a program broke into lines': `«${base64(`${lines(base64(legacy), 76).join('\n')}\n`)}»`,
  'a folded block scalar': `token: >-\n  «${lines(bound, 60).join('\n  ')}»\nname: x\n`,
  'a literal block scalar': `token: |\n    «${lines(bound, 64).join('\n    ')}»\nname: x\n`,
  'a literal block scalar with Windows line ends': `token: |\r\n  «${lines(bound, 64).join('\r\n  ')}»\r\nname: x\r\n`,
  'a block scalar of base64': `token: |\n  «${lines(base64(legacy), 76).join('\n  ')}»\nname: x\n`,
  'lines of base64 at an odd width': `token: |\n  «${lines(base64(legacy), 61).join('\n  ')}»\nca.crt: x\n`,
  'PEM-like wrapping': `-----BEGIN TOKEN-----\n«${lines(bound, 64).join('\n')}»\n-----END TOKEN-----\n`,
  'escaped line breaks within': `"token": "«${lines(base64(legacy), 76).join('\\n')}»\\n"`,
  'a shell string over several lines': `T="«${lines(bound, 70).join('\\\n')}»"`,
};

describe('findTokens', () => {
  it.each(Object.entries(carriers))('finds the token in %s', (_, marked) => {
    const text = marked.replaceAll(/[«»]/g, '');
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const found = findTokens(text);
    expect(found.map((one) => [one.start, one.end])).toEqual([[start, end]]);
    expect(found[0]?.token.split('.')[2]).toBe(bound.split('.')[2]);
    expect(findAt(text, start)?.token).toBe(found[0]?.token);
    expect(findAt(text, end)?.token).toBe(found[0]?.token);
  });

  it('keeps apart tokens that stand on lines below one another', () => {
    const text = [bound, legacy, base64(bound), base64(legacy), base64(base64(bound))].join('\n');
    expect(findTokens(text).map(({ token }) => token)).toEqual([bound, legacy, bound, legacy, bound]);
  });

  it('finds a token below the first line of one that was cut short', () => {
    expect(findTokens(`${bound.slice(0, 30)}\n${legacy}\n`).map(({ token }) => token)).toEqual([legacy]);
    expect(
      findTokens(`${base64(bound).slice(0, 31)}\n${base64(legacy)}\n`).map(({ token }) => token),
    ).toEqual([legacy]);
  });

  it('leaves alone what is no token', () => {
    const others = [
      `"mappings":"${'AAAA,SAAS,eyJAAAA,ZXlKAAAA;'.repeat(20)}"`,
      `"integrity": "sha512-${base64('x'.repeat(40))}eyJ=="`,
      base64('{"alg":"RS256"}'),
      `${base64('{"session":1}')}.${base64('{"a":1}')}.abc`,
      'class HeyJoe { eyJ(a){return a.eyJb.eyJc} }',
      `certificate-authority-data: ${base64('-----BEGIN CERTIFICATE-----\n'.repeat(40))}`,
      base64('{"kind":"Config","users":[{"name":"eyJ"}]}'),
      'import x from "./heyJude.js"; obeyJson.eyJ.x',
    ];
    for (const text of others) expect(findTokens(text)).toEqual([]);
  });
});

describe('scanText', () => {
  it('names an encrypted JWT as such', () => {
    const header = Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString('base64url');
    const text = `x ${header}.AAAA.BBBB.CCCC.DDDD y`;
    expect([...scanText(text)]).toMatchObject([{ kind: 'jwe', start: 2, end: text.length - 2 }]);
  });

  it('names what is left of a token that was cut short', () => {
    for (const cut of [
      bound.slice(0, 120),
      bound.slice(0, bound.lastIndexOf('.')),
      `${bound.split('.')[0]}.eyJ…`,
    ]) {
      expect([...scanText(`"${cut}"`)]).toMatchObject([{ kind: 'fragment', start: 1 }]);
    }
  });

  it('finds up to an offset what of the whole begins before it', () => {
    const texts = [
      ...Object.values(carriers).map((marked) => marked.replaceAll(/[«»]/g, '')),
      `eyJabc${bound}`,
      `eyJabcde ${bound}`,
      `x${base64(`"${bound}"`)}`,
      base64(`user: ${bound}, ${legacy}`),
      base64(`auth: ${base64(`user:${bound}`)}`),
      `12345${base64(base64(bound))}`,
      base64(base64(`apiVersion: v1\ntoken: ${bound}\n`)),
      `${base64(bound)}${base64(legacy)}`,
    ];
    for (const text of texts) {
      const all = [...scanText(text)];
      const places = all.flatMap(({ start, end }) => [start, start + 1, start + 2, end, end + 1]);
      for (const to of [0, 1, ...places, text.length - 1]) {
        expect([text, to, [...scanText(text, 0, to)]]).toEqual([
          text,
          to,
          all.filter(({ start }) => start < to),
        ]);
      }
    }
  });

  it('finds in pieces what it finds in the whole', () => {
    const text = Object.values(carriers).join('\n\n').replaceAll(/[«»]/g, '');
    const pieces = Array.from({ length: Math.ceil(text.length / 500) }, (_, piece) => [
      ...scanText(text, piece * 500, (piece + 1) * 500),
    ]).flat();
    const starts = new Set(pieces.map(({ start }) => start));
    for (const { start } of scanText(text)) expect(starts).toContain(start);
  });
});
