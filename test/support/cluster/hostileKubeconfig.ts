/** Kubeconfigs that a stranger could write so that two readers of YAML see two different files. */
import fc from 'fast-check';

/** A text, and the bytes that a file would have. */
export interface HostileKubeconfig {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Any of these kubeconfigs; a smaller one is a simpler one. */
export const hostileKubeconfig: fc.Arbitrary<HostileKubeconfig> = fc
  .array(fc.nat(0xff_ff), { minLength: 1, maxLength: 400, size: 'max' })
  .map((choices) => new Writer(choices).file());

const FIELDS: Readonly<Record<string, string>> = {
  root: 'clusters users contexts current-context kind apiVersion extensions preferences Kind x',
  clusters: 'name cluster x',
  users: 'name user x',
  contexts: 'name context x',
  cluster:
    'server insecure-skip-tls-verify certificate-authority-data certificate-authority proxy-url tls-server-name Server extensions',
  user: 'token tokenFile exec auth-provider client-certificate-data client-key-data username password as as-groups as-user-extra Token',
  context: 'cluster user namespace extensions',
  exec: 'command args env apiVersion interactiveMode provideClusterInfo installHint',
  env: 'name value',
  'auth-provider': 'name config',
  config: 'id-token idp-issuer-url 1 true 1.5 0x1 x',
  'as-user-extra': 'a b 7',
  extensions: 'name extension',
  preferences: 'colors extensions',
  extension: 'a b <<',
};

/** What a field holds: a mapping of these fields, a list of such, texts, a truth. */
const SHAPES: ReadonlyMap<string, 'mapping' | 'list' | 'texts' | 'flag' | 'base64'> = new Map([
  ...['clusters', 'users', 'contexts', 'extensions', 'env'].map((name) => [name, 'list'] as const),
  ...['exec', 'auth-provider', 'config', 'as-user-extra', 'preferences', 'extension'].map(
    (name) => [name, 'mapping'] as const,
  ),
  ...['args', 'as-groups'].map((name) => [name, 'texts'] as const),
  ...['insecure-skip-tls-verify', 'provideClusterInfo', 'colors'].map((name) => [name, 'flag'] as const),
  ...['certificate-authority-data', 'client-certificate-data', 'client-key-data'].map(
    (name) => [name, 'base64'] as const,
  ),
]);

const words = (text: string): string[] => text.split(' ');
const spaced = (text: string): string => text.replaceAll('␣', ' ').replaceAll('⏎', '\n');
const TEXTS = [...words('a b https://good:6443 http://evil v1 é𝄞'), 'two words', 'x: y', '# no', ' lead', ''];
const SCALARS = [
  ...words(
    'yes no on y true False NULL ~ null 1 0x1f 017 08 0b11 0o7 1_000 1.5 .5 .5_1 -.inf .nan 1e3 1e999 +1',
  ),
  ...words(
    '-0b1 12:30 2001-12-14 99999999999999999999 18446744073709551615 -9223372036854775808 +.5 ._5 . ..',
  ),
  ...words('9223372036854775808 - ?x :x -x a:b a#b @x %x = << ! & * {} [] "" \'\' ... ---'),
  '- x',
  'a #b',
];
const TAGS = words('!!str !!int !!bool !!float !!null !!binary !!map !!seq ! !x !!merge !!timestamp');
const JUNK = [
  ...words(': | # { } [ ] , " \' \\ ` x "a" &b *b \u0085 \u2028 \uFEFF \u00A0 \u0001 \\x41'),
  // In these, ␣ stands for a blank and ⏎ for a line end.
  ...words('-␣ :␣ ⏎ ⏎⏎ ␣␣ ␣ \t ?␣ ␣# >-⏎ |2⏎ &a␣ *a ---⏎ ⏎---␣ ⏎...⏎ !!str␣ !␣ <<:␣ <<:␣*a⏎ \\⏎ \r \r⏎').map(
    spaced,
  ),
  ...words('token:␣z⏎ *a␣:␣ !<x>␣ %YAML␣1.1⏎ %TAG␣!␣a⏎').map(spaced),
];
const FLAGS = words('true false yes no on n "true" 1 ~');
/** The first five are read. */
const DATA = words(
  'YQ== LS0t "YQ==" "" |⏎␣YWFh⏎␣YWFh >⏎␣YWFh⏎␣YWFh YQ !!binary␣YQ== YW␣Fh [97] YWFh⏎␣YWFh',
).map(spaced);
const HEADS = [
  '---\n',
  '# a comment\n',
  '%YAML 1.1\n---\n',
  '--- ',
  '%TAG !y! tag:yaml.org,2002:\n---\n',
  '\uFEFF',
];
const TAILS = [
  '\n',
  '\n---\nusers: []\n',
  '\n...\n',
  '\n---\n"',
  '\n# end',
  '\n...\n---\n{',
  '\n---\n\t- x: [',
];

class Writer {
  readonly #choices: readonly number[];
  #at = 0;
  readonly #anchors: string[] = [];
  #isCalm = true;
  #count = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  file(): HostileKubeconfig {
    this.#isCalm = !this.#chance(3);
    const head = this.#oddly(HEADS) ?? '';
    const tail = this.#oddly(TAILS) ?? '';
    const body = this.#chance(3) ? this.#flowMapping('root', 0) : this.#blockMapping('root', 0);
    const text = this.#damaged(`${head}${body}${tail}`);
    return { text, bytes: this.#encoded(text) };
  }

  #next(): number {
    // What comes after the end of the choices must end by itself.
    const choice = this.#choices[this.#at] ?? 0;
    this.#at += 1;
    return choice;
  }

  #below(end: number): number {
    return this.#next() % end;
  }

  #pick<T>(list: readonly T[]): T {
    const found = list[this.#below(list.length)];
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  }

  /** Once in so many times. */
  #chance(times: number): boolean {
    return this.#below(times) === times - 1;
  }

  /** Once in so many times, and never in a kubeconfig that is to be read. */
  #wildly(times: number): boolean {
    return this.#chance(times) && !this.#isCalm;
  }

  #oddly(list: readonly string[]): string | undefined {
    return this.#chance(3) ? this.#pick(list) : undefined;
  }

  #damaged(text: string): string {
    if (this.#chance(12)) return text.replaceAll('\n', '\r\n');
    let damaged = text;
    for (let left = this.#wildly(2) ? 1 + this.#below(3) : 0; left > 0; left--) {
      const at = this.#next() % (damaged.length + 1);
      const length = this.#chance(2) ? this.#below(6) : 0;
      damaged = damaged.slice(0, at) + this.#pick(JUNK) + damaged.slice(at + length);
    }
    return damaged;
  }

  #encoded(text: string): Uint8Array {
    const encoding = this.#oddly(['bom', 'le', 'be', 'broken']);
    const utf8 = Buffer.from(text);
    if (encoding === undefined) return utf8;
    if (encoding === 'bom') return Buffer.from(`\uFEFF${text}`);
    if (encoding === 'broken') return this.#isCalm ? utf8 : Buffer.concat([utf8, Buffer.from([0xc3, 0x28])]);
    const units = Buffer.from(`\uFEFF${text}`, 'utf16le');
    return encoding === 'le' ? units : units.swap16();
  }

  #indented(text: string, by: number): string {
    return text.replaceAll('\n', `\n${' '.repeat(by)}`);
  }

  #fieldsOf(holder: string): string[] {
    const known = words(FIELDS[holder] ?? 'x');
    const count = 1 + this.#below(Math.min(known.length, 6) + 1);
    // A field that is there twice is what two readers differ about most.
    return Array.from({ length: count }, () => (this.#chance(8) ? '<<' : this.#pick(known)));
  }

  #blockMapping(holder: string, depth: number): string {
    const lines = this.#fieldsOf(holder).map((name) => {
      const step = 1 + this.#below(3);
      const comment = this.#chance(12) ? ' # c' : '';
      const value = name === '<<' ? this.#merged(holder, depth + 1) : this.#value(name, depth + 1);
      const key = this.#key(name);
      if (!value.startsWith('\n'))
        return `${key}: ${this.#indented(value, step)}${value.includes('\n') ? '' : comment}`;
      const isList = /^\n[^\n]*- /.test(value) && this.#chance(2);
      return `${key}:${comment}${isList ? value : this.#indented(value, step)}`;
    });
    return lines.join(this.#chance(15) ? '\n\n' : '\n');
  }

  #key(name: string): string {
    const how = this.#below(16);
    if (how === 11) return `"${name}"`;
    if (how === 12) return `'${name}'`;
    if (how === 13) return `? ${name}\n`;
    if (how === 14) return `${this.#isCalm ? '!!str' : this.#pick(TAGS)} ${name}`;
    if (how === 15) return this.#chance(2) ? `&${this.#anchor()} ${name}` : `${name} `;
    return name;
  }

  #anchor(): string {
    const name = this.#pick(['a', 'b', 'c', 'd-1']);
    this.#anchors.push(name);
    return name;
  }

  #merged(holder: string, depth: number): string {
    const one = (): string =>
      this.#anchors.length > 0 && this.#wildly(2)
        ? `*${this.#pick(this.#anchors)}`
        : this.#flowMapping(holder, depth);
    if (this.#wildly(10)) return this.#pick(SCALARS);
    if (this.#chance(3)) return `[${one()}, ${one()}]`;
    if (this.#chance(3) && depth < 6) return `\n${this.#blockMapping(holder, depth)}`;
    return one();
  }

  /** A value; one in block style begins with a line end, and is not indented yet. */
  #value(name: string, depth: number): string {
    if (this.#wildly(25)) return this.#pick(SCALARS);
    if (this.#anchors.length > 0 && this.#wildly(12)) return `*${this.#pick(this.#anchors)}`;
    const anchor = this.#chance(8) ? `&${this.#anchor()} ` : '';
    const tag = this.#wildly(14) ? `${this.#pick(TAGS)} ` : '';
    const value = this.#content(name, depth);
    if (!value.startsWith('\n')) return `${anchor}${tag}${value}`;
    return anchor === '' && tag === '' ? value : `${anchor}${tag}`.trimEnd() + value;
  }

  #content(name: string, depth: number): string {
    // The mapping of an entry has the entry's own name: a context's cluster is a text.
    const isEntry = depth === 3 && ['cluster', 'user', 'context'].includes(name);
    const shape = isEntry ? 'mapping' : SHAPES.get(name);
    const isDeep = depth > 8;
    if (shape === 'flag') return this.#pick(this.#isCalm ? words('true false yes NO On n') : FLAGS);
    if (shape === 'base64') return this.#pick(this.#isCalm ? DATA.slice(0, 5) : DATA);
    if (shape === 'texts') return this.#list(name, depth, () => this.#text(depth));
    if (shape === 'list') return this.#list(name, depth, () => (isDeep ? '{}' : undefined));
    if (shape === undefined) return this.#named(name) ?? this.#text(depth);
    if (isDeep || this.#chance(4)) return this.#flowMapping(name, depth);
    return `\n${this.#blockMapping(name, depth)}`;
  }

  /** What must be so, or the whole file is refused: its kind, and that no two names are the same. */
  #named(field: string): string | undefined {
    if (this.#wildly(4)) return undefined;
    if (field === 'kind' || field === 'Kind') return 'Config';
    if (field === 'apiVersion') return 'v1';
    if (field !== 'name') return undefined;
    this.#count += 1;
    return `n${this.#count}`;
  }

  #list(name: string, depth: number, simple: () => string | undefined): string {
    const count = this.#below(4);
    if (count === 0) return this.#pick(this.#isCalm ? ['[]', '~'] : ['[]', '', 'null', '{}']);
    const isFlow = this.#chance(4) || depth > 7;
    const items = Array.from({ length: count }, () => {
      if (this.#wildly(20)) return this.#pick(['~', '', 'x', '[]']);
      return (
        simple() ??
        (isFlow || this.#chance(4) ? this.#flowMapping(name, depth + 1) : this.#blockMapping(name, depth + 1))
      );
    });
    if (isFlow) return `[${items.join(this.#pick([', ', ',', ' ,\n  ']))}${this.#pick(['', ',', ' '])}]`;
    const gap = this.#pick([' ', ' ', ' ', '   ', '\n  ']);
    const width = gap === '\n  ' ? 2 : gap.length + 1;
    return items.map((item) => `\n-${gap}${this.#indented(item, width)}`).join('');
  }

  #flowMapping(holder: string, depth: number): string {
    if (depth > 9) return '{}';
    const isJson = this.#chance(3);
    const fields = this.#fieldsOf(holder).map((name) => {
      const merged = name === '<<' ? this.#merged(holder, depth + 3) : undefined;
      const value = merged ?? this.#flowValue(name, depth + 1);
      const key = isJson ? JSON.stringify(name) : this.#key(name).replace('\n', ' ');
      return `${key}:${this.#pick([' ', ' ', ' ', isJson ? '' : ' ', '\n   '])}${value.startsWith('\n') ? '{}' : value}`;
    });
    return `{${fields.join(this.#pick([', ', ', ', ',', '\n  , ', ',\t']))}${this.#chance(12) ? ',' : ''}}`;
  }

  #flowValue(name: string, depth: number): string {
    const isEntry = ['cluster', 'user', 'context'].includes(name) && depth <= 4;
    const shape = isEntry ? 'mapping' : SHAPES.get(name);
    if (shape === 'mapping') return this.#flowMapping(name, depth);
    if (shape === 'list') return this.#chance(3) ? '[]' : `[${this.#flowMapping(name, depth + 1)}]`;
    return this.#value(name, 9).replaceAll(/[|>][^]*$/g, '"x"');
  }

  #text(depth: number): string {
    const text = this.#pick(TEXTS);
    const plain = this.#isCalm && /^$|^#|: /.test(text) ? `"${text}"` : text;
    switch (this.#below(depth > 8 ? 8 : 12)) {
      case 5:
        return JSON.stringify(text);
      case 6:
        return `'${text}'`;
      case 7:
        return this.#isCalm ? `"${text}"` : this.#pick(SCALARS);
      case 8: {
        const block = `\n ${text}\n${this.#pick([' ', '  ', '', '\n '])}b\n`;
        return this.#isCalm ? plain : this.#pick(['|', '>', '|-', '>-', '|+', '>+', '|1', '| # c']) + block;
      }
      case 9:
        return `${plain}${plain.startsWith('"') ? '' : '\n more'}`;
      case 10:
        return `"a\\\n  b\\x41\\u00e9 c\n\n d"`;
      case 11:
        return `'it''s\n  two'`;
      default:
        return plain;
    }
  }
}
