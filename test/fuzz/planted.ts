import { findAt, scanText } from '../../src/token/find.ts';
import { TokenTrack } from '../../src/token/track.ts';
import { inOneGo } from '../../src/slices.ts';
import { boundClaims, legacyClaims } from '../support/tokens.ts';
import { random } from './random.ts';

/** A token that was put into a document, and where: UTF-16 offsets. */
export interface Planted {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

/** What stands before and after a token in files, as far as it is on the token's line. */
const AROUND: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['token: ', ''],
  ['token: "', '"'],
  ["token: '", "', # x"],
  ['{"token":"', '","x":1}'],
  ['{\\"token\\":\\"', '\\"}'],
  ['Authorization: Bearer ', ''],
  ['https://host.example/?token=', '&x=1'],
  ['TOKEN=', ' OTHER=1'],
  ['<token>', '</token>'],
  ['| 🔑🔑 | ', ' |'],
  ['x = [', ', null]'],
  ['(`', '`)'],
  ['%22', '%22'],
  ['&t ', ''],
  ['msg="got ', '."'],
  ['🧑‍🚀é\t', '🔑'],
  ['\\u0022', '\\u0022'],
  ['log: \\n', '\\n next'],
];

/** Lines that hold no token, however much some look like it. */
const NOISE = [
  '# a comment',
  '# eyJ and ZXlK and WlhsS',
  '# eyJhbGciOiJSUzI1NiJ9.eyJ',
  'ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI=',
  'mappings: "AAAA,eyJSAA;AACA,ZXlKC"',
  '{"id":"eyJpZCI6MX0="}',
  '🔑 é 漢字 \u202E \uD800',
  '',
  '---',
  '\0\u0001',
  '[{'.repeat(40),
  '&a [*a, *a, *a]',
  'integrity: sha512-9eyJKWmVhcmx5L25vdC9hL3Rva2VuK2V5Si9aWGxLL1dsaHNTK2V5Si==',
];

const SIGNATURES: readonly (readonly [algorithm: string, bytes: number])[] = [
  ['RS256', 256],
  ['RS256', 512],
  ['ES256', 64],
  ['ES384', 96],
  ['ES512', 132],
  ['HS256', 32],
];

/** Makes a document with tokens in it, in every way that files hold them. */
export function plant(seed: number): { readonly text: string; readonly planted: readonly Planted[] } {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const lineEnd = one(['\n', '\r\n']);
  const planted: Planted[] = [];
  let text = '';
  for (let count = below(5); count >= 0; count--) {
    if (next() < 0.6) text += `${one(NOISE)}${lineEnd}`;
    const token = makeToken(next);
    const indent = ' '.repeat(below(9));
    const isWrapped = next() < 0.4;
    const [before, after] = isWrapped ? one([['', ''] as const, ['key: |\n', ''] as const]) : one(AROUND);
    text += before.replace('\n', lineEnd) + (isWrapped || next() < 0.3 ? indent : '');
    const start = text.length;
    if (!isWrapped && next() < 0.1) {
      // Within base64 of more than the token, at each of the three places of a group of four characters.
      const head = `apiVersion: v${'1'.repeat(1 + below(3))}\ntoken: "`;
      text += Buffer.from(`${head}${token}"\nkind: Config\n`).toString('base64');
      const at = (bytes: number): number => (bytes * 4) / 3;
      planted.push({
        start: start + Math.floor(at(head.length)),
        end: start + Math.ceil(at(head.length + token.length)),
        token,
      });
      text += `${after}${lineEnd}`;
      continue;
    }
    text += standing(token, below(3), isWrapped ? 40 + below(60) : 0, `${lineEnd}${indent}`);
    planted.push({ start, end: text.length, token });
    text += `${after}${lineEnd}`;
    if (isWrapped) text += `# end${lineEnd}`;
  }
  return { text, planted };
}

function makeToken(next: () => number): string {
  const [alg, bytes] = SIGNATURES[Math.floor(next() * SIGNATURES.length)] ?? ['RS256', 256];
  const id = String(next());
  const claims =
    next() < 0.5
      ? boundClaims({ pod: { name: `p${id}`, uid: 'u' } })
      : legacyClaims({ id, text: 'é 🔑 "\\' });
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = Buffer.from(Array.from({ length: bytes }, () => Math.floor(next() * 256)));
  return `${part({ alg, kid: id })}.${part(claims)}.${signature.toString('base64url')}`;
}

function standing(token: string, layers: number, width: number, between: string): string {
  let text = token;
  for (let layer = 0; layer < layers; layer++) text = Buffer.from(text).toString('base64');
  if (width === 0) return text;
  return Array.from({ length: Math.ceil(text.length / width) }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  ).join(between);
}

/** Throws unless exactly the planted tokens are found, each at its place: in the whole, under a pointer, and in pieces. */
export function checkPlanted({ text, planted }: ReturnType<typeof plant>): void {
  const found = [...scanText(text)].filter((one) => one.kind === 'jws');
  const places = (all: readonly Planted[]): string =>
    all.map(({ start, end }) => `${start}–${end}`).join(' ');
  if (places(found) !== places(planted)) {
    throw new Error(`planted at ${places(planted)}, found at ${places(found)}`);
  }
  const track = new TokenTrack(text.length);
  inOneGo(track.scan((from, to) => text.slice(from, to)));
  for (const [index, { start, end, token }] of planted.entries()) {
    if (found[index]?.token !== token) throw new Error(`at ${start} another token was read`);
    if (findAt(text, Math.floor((start + end) / 2))?.token !== token)
      throw new Error(`not found under ${start}`);
    if (!track.findings.some((one) => one.start === start && one.token === token)) {
      throw new Error(`not tracked at ${start}`);
    }
  }
}
