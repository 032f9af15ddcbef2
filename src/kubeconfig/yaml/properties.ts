import type { Cursor, Mark } from './cursor.ts';

/** What libyaml calls alphabetical. */
const ALPHABETICAL = /[\w-]/;
/** What a tag may hold besides these, `%` escapes apart. */
const IN_TAG = ";/?:@&=+$,.!~*'()[]";

function readName(cursor: Cursor): string {
  return cursor.readWhile(() => ALPHABETICAL.test(cursor.at()));
}

/** Scans `&name` or `*name`. Throws YamlFault. */
export function scanAnchor(cursor: Cursor): string {
  const start = cursor.mark();
  cursor.skip();
  const name = readName(cursor);
  if (name === '' || !(cursor.isBlankOrEnd() || cursor.is('?:,]}%@`'))) {
    throw cursor.refusal('an anchor or alias has no name', start);
  }
  return name;
}

/** Scans a tag in each of its forms. Throws YamlFault. */
export function scanTag(cursor: Cursor): { readonly handle: string; readonly suffix: string } {
  const start = cursor.mark();
  const tag = cursor.is('<', 1) ? verbatim(cursor, start) : shorthand(cursor, start);
  if (!cursor.isBlankOrEnd()) throw cursor.refusal('a tag goes on where it should end', start);
  return tag;
}

function verbatim(cursor: Cursor, start: Mark): { handle: string; suffix: string } {
  cursor.skip(2);
  const suffix = readUri(cursor, start);
  if (suffix === '') throw cursor.refusal('a tag is empty', start);
  if (!cursor.is('>')) throw cursor.refusal('a tag is not closed', start);
  cursor.skip();
  return { handle: '', suffix };
}

function shorthand(cursor: Cursor, start: Mark): { handle: string; suffix: string } {
  const handle = readHandle(cursor);
  if (handle.length > 1 && handle.endsWith('!')) {
    const suffix = readUri(cursor, start);
    if (suffix === '') throw cursor.refusal('a tag has a handle alone', start);
    return { handle, suffix };
  }
  const suffix = handle.slice(1) + readUri(cursor, start);
  return suffix === '' ? { handle: '', suffix: '!' } : { handle: '!', suffix };
}

function readHandle(cursor: Cursor): string {
  cursor.skip();
  const name = readName(cursor);
  if (!cursor.is('!')) return `!${name}`;
  cursor.skip();
  return `!${name}!`;
}

function readUri(cursor: Cursor, start: Mark): string {
  const found = cursor.readWhile(() => ALPHABETICAL.test(cursor.at()) || cursor.is(IN_TAG));
  if (cursor.is('%')) throw cursor.doubt('a tag has an escape', start);
  return found;
}

/** Scans `%YAML 1.1` or `%TAG handle prefix` up to the end of its line. Throws YamlFault. */
export function scanDirective(cursor: Cursor): {
  readonly kind: 'version-directive' | 'tag-directive';
  readonly value: string;
  readonly suffix: string;
} {
  const start = cursor.mark();
  cursor.skip();
  const name = readName(cursor);
  if (!/^(?:YAML|TAG)$/.test(name) || !cursor.isBlankOrEnd()) {
    throw cursor.refusal('there is an unknown directive', start);
  }
  cursor.readWhile(() => cursor.isBlank());
  const found =
    name === 'YAML'
      ? ({ kind: 'version-directive', value: readVersion(cursor, start), suffix: '' } as const)
      : ({ kind: 'tag-directive', ...readTagDirective(cursor, start) } as const);
  cursor.skipRestOfLine();
  if (!cursor.isBreakOrEnd()) throw cursor.refusal('something follows a directive', start);
  cursor.readLine();
  return found;
}

/** Numbers of one or two digits, without zeros before them. */
function readVersion(cursor: Cursor, start: Mark): string {
  const number = (): number => {
    const digits = cursor.readWhile(() => cursor.is('0123456789'));
    if (digits === '' || digits.length > 2) throw cursor.refusal('a version of YAML is none', start);
    return Number(digits);
  };
  const major = number();
  if (!cursor.is('.')) throw cursor.refusal('a version of YAML is none', start);
  cursor.skip();
  return `${major}.${number()}`;
}

function readTagDirective(cursor: Cursor, start: Mark): { value: string; suffix: string } {
  if (!cursor.is('!')) throw cursor.refusal('a %TAG has no handle', start);
  const value = readHandle(cursor);
  if (value !== '!' && !value.endsWith('!')) throw cursor.refusal('the handle of a %TAG is none', start);
  if (!cursor.isBlank()) throw cursor.refusal('a %TAG has no prefix', start);
  cursor.readWhile(() => cursor.isBlank());
  const suffix = readUri(cursor, start);
  if (suffix === '' || !cursor.isBlankOrEnd()) throw cursor.refusal('the prefix of a %TAG is none', start);
  return { value, suffix };
}
