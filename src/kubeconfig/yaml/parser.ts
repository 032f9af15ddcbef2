import type { Mark } from './cursor.ts';
import { Scanner, type Token, type TokenKind } from './scanner.ts';

/** A node as it is written, with the line (from 1) that it begins in. */
export type Node =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly text: string;
      readonly tag: string;
      readonly isPlain: boolean;
    }
  | { readonly kind: 'alias'; readonly line: number; readonly target: Node }
  | { readonly kind: 'sequence'; readonly line: number; readonly items: readonly Node[] }
  | {
      readonly kind: 'mapping';
      readonly line: number;
      readonly pairs: readonly (readonly [key: Node, value: Node])[];
    };

/**
 * Reads the first document of a text by the rules of libyaml's parser (parserc.go of go.yaml.in/yaml/v2 2.4.4), as kubectl
 * does; what comes after it is not looked at. Undefined where there is none. Throws YamlFault.
 */
export function parseFirst(text: string): Node | undefined {
  return new Parser(text).document();
}

class Parser {
  readonly #scanner: Scanner;
  readonly #tags = new Map<string, string>();
  readonly #anchors = new Map<string, Node>();

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  document(): Node | undefined {
    if (this.#is('stream-end')) return undefined;
    const isExplicit = this.#is('version-directive', 'tag-directive', 'document-start');
    this.#directives();
    if (isExplicit) {
      if (!this.#is('document-start')) throw this.#refusal('a directive has no document');
      this.#next();
    }
    const isEmpty =
      isExplicit &&
      this.#is('version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end');
    const root = isEmpty ? this.#empty(this.#peek().start) : this.#node();
    this.#peek(); // What comes next must be a token, and nothing more is asked of it.
    return root;
  }

  #directives(): void {
    let hasVersion = false;
    while (this.#is('version-directive', 'tag-directive')) {
      const { kind, value, suffix } = this.#next();
      if (kind === 'tag-directive') {
        if (this.#tags.has(value)) throw this.#refusal('there are two directives for one handle');
        this.#tags.set(value, suffix);
        continue;
      }
      if (hasVersion || value !== '1.1') throw this.#refusal('kubectl reads YAML 1.1 alone');
      hasVersion = true;
    }
    if (!this.#tags.has('!')) this.#tags.set('!', '!');
    if (!this.#tags.has('!!')) this.#tags.set('!!', 'tag:yaml.org,2002:');
  }

  #node(mayLackIndentation = false): Node {
    const start = this.#peek();
    if (start.kind === 'alias') {
      this.#next();
      const target = this.#anchors.get(start.value);
      if (!target) throw this.#scanner.cursor.refusal('an alias has no anchor before it', start.start);
      return { kind: 'alias', line: start.start.line + 1, target };
    }
    const { anchor, tag } = this.#properties();
    const token = this.#peek();
    const line = start.start.line + 1;
    if (mayLackIndentation && token.kind === 'block-entry') {
      return this.#sequence(line, anchor, (items) => this.#entriesWithoutIndentation(items));
    }
    const collection = this.#collection(token.kind, line, anchor);
    if (collection) return collection;
    const isScalar = token.kind === 'plain' || token.kind === 'quoted';
    if (isScalar) this.#next();
    else if (anchor === '' && tag === '') throw this.#refusal('there is nothing where a value is expected');
    const isPlain = isScalar ? (tag === '' && token.kind === 'plain') || tag === '!' : tag === '';
    return this.#anchored(anchor, { kind: 'scalar', line, text: isScalar ? token.value : '', tag, isPlain });
  }

  #collection(kind: TokenKind, line: number, anchor: string): Node | undefined {
    if (kind === '[') return this.#sequence(line, anchor, (items) => this.#flowEntries(items));
    if (kind === '{') return this.#mapping(line, anchor, (pairs) => this.#flowPairs(pairs));
    if (kind === 'block-sequence-start') {
      return this.#sequence(line, anchor, (items) => this.#entries(items));
    }
    return kind === 'block-mapping-start'
      ? this.#mapping(line, anchor, (pairs) => this.#pairs(pairs))
      : undefined;
  }

  /** An anchor and a tag, in either order. */
  #properties(): { readonly anchor: string; readonly tag: string } {
    let anchor = '';
    let tag: Token | undefined;
    for (;;) {
      const { kind } = this.#peek();
      if (kind === 'anchor' && anchor === '') anchor = this.#next().value;
      else if (kind === 'tag' && !tag) tag = this.#next();
      else break;
    }
    return { anchor, tag: tag ? this.#resolveTag(tag) : '' };
  }

  #resolveTag({ value: handle, suffix, start }: Token): string {
    if (handle === '') return suffix;
    const prefix = this.#tags.get(handle);
    if (prefix === undefined) throw this.#scanner.cursor.refusal('a tag has an unknown handle', start);
    return prefix + suffix;
  }

  #anchored<T extends Node>(anchor: string, node: T): T {
    if (anchor !== '') this.#anchors.set(anchor, node);
    return node;
  }

  /** An anchor names its collection from its very beginning, as kubectl has it. */
  #sequence(line: number, anchor: string, fill: (items: Node[]) => void): Node {
    const items: Node[] = [];
    const node = this.#anchored(anchor, { kind: 'sequence', line, items } as const);
    fill(items);
    return node;
  }

  #mapping(line: number, anchor: string, fill: (pairs: [Node, Node][]) => void): Node {
    const pairs: [Node, Node][] = [];
    const node = this.#anchored(anchor, { kind: 'mapping', line, pairs } as const);
    fill(pairs);
    return node;
  }

  #entries(items: Node[]): void {
    this.#next();
    while (this.#is('block-entry')) {
      const mark = this.#next().start;
      items.push(this.#is('block-entry', 'block-end') ? this.#empty(mark) : this.#node());
    }
    this.#expect('block-end', 'a list has something that is no item');
  }

  #entriesWithoutIndentation(items: Node[]): void {
    while (this.#is('block-entry')) {
      const mark = this.#next().start;
      const isEmpty = this.#is('block-entry', 'key', 'value', 'block-end');
      items.push(isEmpty ? this.#empty(mark) : this.#node());
    }
  }

  #pairs(pairs: [Node, Node][]): void {
    this.#next();
    while (this.#is('key')) {
      const mark = this.#next().start;
      const key = this.#is('key', 'value', 'block-end') ? this.#empty(mark) : this.#node(true);
      pairs.push([key, this.#blockValue()]);
    }
    this.#expect('block-end', 'a mapping has something that is no field');
  }

  #blockValue(): Node {
    if (!this.#is('value')) return this.#empty(this.#peek().start);
    const mark = this.#next().start;
    return this.#is('key', 'value', 'block-end') ? this.#empty(mark) : this.#node(true);
  }

  #flowEntries(items: Node[]): void {
    this.#next();
    for (let isFirst = true; !this.#is(']'); isFirst = false) {
      if (!isFirst) {
        this.#expect(',', 'a list in brackets lacks a comma or its end');
        if (this.#is(']')) break;
      }
      items.push(this.#is('key') ? this.#pairInSequence() : this.#node());
    }
    this.#next();
  }

  /** `[a: b]`: a mapping of one. */
  #pairInSequence(): Node {
    const { line } = this.#next().start;
    const key = this.#pairKey();
    const value = this.#flowValue(',', ']');
    return { kind: 'mapping', line: line + 1, pairs: [[key, value]] };
  }

  /** Where there is no key, libyaml passes over the token that it has found in its place. */
  #pairKey(): Node {
    if (!this.#is('value', ',', ']')) return this.#node();
    return this.#empty(this.#next().start);
  }

  #flowPairs(pairs: [Node, Node][]): void {
    this.#next();
    for (let isFirst = true; !this.#is('}'); isFirst = false) {
      if (!isFirst) {
        this.#expect(',', 'a mapping in braces lacks a comma or its end');
        if (this.#is('}')) break;
      }
      pairs.push(this.#flowPair());
    }
    this.#next();
  }

  #flowPair(): [Node, Node] {
    if (!this.#is('key')) {
      const key = this.#node();
      return [key, this.#empty(this.#peek().start)];
    }
    this.#next();
    const isEmpty = this.#is('value', ',', '}');
    const key = isEmpty ? this.#empty(this.#peek().start) : this.#node();
    return [key, this.#flowValue(',', '}')];
  }

  #flowValue(...ends: readonly TokenKind[]): Node {
    if (!this.#is('value')) return this.#empty(this.#peek().start);
    this.#next();
    return this.#is(...ends) ? this.#empty(this.#peek().start) : this.#node();
  }

  #empty({ line }: Mark): Node {
    return { kind: 'scalar', line: line + 1, text: '', tag: '', isPlain: true };
  }

  #peek(): Token {
    return this.#scanner.peek();
  }

  #next(): Token {
    const token = this.#scanner.peek();
    this.#scanner.skip();
    return token;
  }

  #is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#peek().kind);
  }

  #expect(kind: TokenKind, otherwise: string): void {
    if (!this.#is(kind)) throw this.#refusal(otherwise);
    this.#next();
  }

  #refusal(message: string): Error {
    return this.#scanner.cursor.refusal(message, this.#peek().start);
  }
}
