import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boundClaims, jwt, legacyClaims } from '../tokens.ts';

const folder = fileURLToPath(new URL('../../fixtures/corpus', import.meta.url));

/** A token that was put into a text: UTF-16 offsets, and the JWT that stands there. */
export interface Label {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

/** A text of the labelled corpus, with the tokens that are in it. */
export interface LabelledText {
  readonly name: string;
  readonly text: string;
  readonly labels: readonly Label[];
}

const jwe = [
  '{"alg":"RSA-OAEP","enc":"A256GCM"}',
  'an encrypted key',
  'a vector',
  'what nobody here can read',
  'a tag',
]
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

/** Reads the corpus of `test/fixtures/corpus`; each token is another one, so that none can stand for another. */
export function readCorpus(): LabelledText[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => /^(?:tokens|none)[\\/].*[^\\/]$/.test(name) && !name.endsWith('crlf'))
    .toSorted()
    .map((name) => fill(name, readFileSync(join(folder, name), 'utf8')));
}

let count = 0;
function make(kind: string): string {
  count += 1;
  const pod = { pod: { name: `mycontroller-${count}`, uid: `uid-${count}` } };
  if (kind === 'bound') return jwt(boundClaims(pod));
  if (kind === 'legacy')
    return jwt(legacyClaims({ 'kubernetes.io/serviceaccount/secret.name': `s-${count}` }));
  if (kind === 'jwe') return jwe;
  throw new Error(`The corpus has no ${kind}.`);
}

function fill(name: string, source: string): LabelledText {
  const marked = source
    .replaceAll('␍', '\r')
    .replaceAll(/(?<!\r)\n/g, /[\\/]crlf[\\/]/.test(name) ? '\r\n' : '\n');
  const labels: Label[] = [];
  let text = '';
  let from = 0;
  for (const mark of marked.matchAll(/«(\w+)((?: [\w-]+)*)»/g)) {
    text += marked.slice(from, mark.index);
    const indent = /[^\n]*$/.exec(text)?.[0].match(/^\s*/)?.[0] ?? '';
    const [kind = '', ...ways] = `${mark[1]}${mark[2]}`.split(' ');
    const token = make(kind);
    const standing = writtenAs(token, ways, indent, name.includes('crlf') ? '\r\n' : '\n');
    if (kind !== 'jwe' && !ways.includes('cut')) {
      labels.push({ start: text.length, end: text.length + standing.length, token });
    }
    text += standing;
    from = mark.index + mark[0].length;
  }
  return { name, text: text + marked.slice(from), labels };
}

function writtenAs(token: string, ways: readonly string[], indent: string, lineEnd: string): string {
  const breaks: Readonly<Record<string, string>> = {
    lines: `${lineEnd}${indent}`,
    'crlf-lines': `\r\n${indent}`,
    'escaped-lines': String.raw`\n`,
    'backslash-lines': `\\${lineEnd}`,
  };
  let standing = token;
  for (const [index, way] of ways.entries()) {
    const between = breaks[way];
    const width = Number(ways[index + 1]);
    if (way === 'base64') standing = Buffer.from(standing).toString('base64');
    else if (way === 'cut') standing = standing.slice(0, width);
    else if (between !== undefined) standing = inLines(standing, width).join(between);
  }
  return standing;
}

function inLines(text: string, width: number): string[] {
  return Array.from({ length: Math.ceil(text.length / width) }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  );
}
