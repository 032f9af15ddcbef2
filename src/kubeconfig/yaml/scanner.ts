import { Cursor, type Mark } from './cursor.ts';
import { scanBlock, scanPlain, scanQuoted } from './scalars.ts';
import { scanAnchor, scanDirective, scanTag } from './properties.ts';

export type TokenKind =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'block-entry'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'plain'
  | 'quoted';

export interface Token {
  readonly kind: TokenKind;
  readonly start: Mark;
  /** The text of a scalar, the name of an anchor or alias, the handle of a tag. */
  readonly value: string;
  /** The rest of a tag; the prefix of a %TAG. */
  readonly suffix: string;
}

/** A token that may turn out to be a key without `?`, once its `:` is found. */
interface SimpleKey {
  isPossible: boolean;
  readonly isRequired: boolean;
  readonly token: number;
  readonly mark: Mark;
}

/** How deep collections may lie within one another; libyaml allows 10,000. */
const DEEPEST = 100;
/** How many characters a key without `?` may have. */
const LONGEST_KEY = 1024;
/** What a plain scalar cannot begin with. */
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`';

/**
 * Splits a text into YAML tokens by the rules of libyaml's scanner, as kubectl's go.yaml.in/yaml/v2 2.4.4 has them
 * (scannerc.go), step by step: where that differs from the specification, so does this. No token is read before it is
 * asked for, as the reader stops at the first document's end, and what follows may be anything.
 */
export class Scanner {
  readonly cursor: Cursor;
  readonly #queue: Token[] = [];
  #head = 0;
  /** How many tokens have been handed out. */
  #taken = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #mayBeginKey = true;
  /** The latest possible key of each flow level. */
  readonly #keys: SimpleKey[];
  /** Which of these a token's number stands for. */
  readonly #keyOfToken = new Map<number, number>();

  /** Throws YamlFault for a character that YAML does not allow. */
  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.#keys = [{ isPossible: false, isRequired: false, token: 0, mark: this.cursor.mark() }];
  }

  /** The next token, which stays the next until it is skipped. Throws YamlFault. */
  peek(): Token {
    for (;;) {
      const head = this.#queue[this.#head];
      if (head) {
        const key = this.#keys[this.#keyOfToken.get(this.#taken) ?? Infinity];
        if (!key || !this.#isStillPossible(key)) return head;
      }
      this.#fetch();
    }
  }

  skip(): void {
    this.#head += 1;
    this.#taken += 1;
    if (this.#head < this.#queue.length) return;
    this.#queue.length = 0;
    this.#head = 0;
  }

  #push(kind: TokenKind, start: Mark, value = '', suffix = ''): void {
    this.#queue.push({ kind, start, value, suffix });
  }

  /** Puts a token before one that is in the queue already, by its number. */
  #insert(number: number, kind: TokenKind, start: Mark): void {
    this.#queue.splice(this.#head + number - this.#taken, 0, { kind, start, value: '', suffix: '' });
  }

  #fetch(): void {
    const { cursor } = this;
    this.#skipToNextToken();
    this.#unroll(cursor.column);
    if (cursor.isEnd()) {
      this.#endStream();
    } else if (cursor.column === 0 && cursor.is('%')) {
      this.#fetchDirective();
    } else if (cursor.isDocumentIndicator()) {
      this.#fetchDocumentIndicator();
    } else if (!this.#fetchIndicator() && !this.#fetchProperty()) {
      this.#fetchScalar();
    }
  }

  /** Brackets, commas, dashes, question marks and colons. Returns whether one is here. */
  #fetchIndicator(): boolean {
    const { cursor } = this;
    const character = cursor.at();
    const isIndicator = this.#flowLevel > 0 || cursor.isBlankOrEnd(1);
    switch (character) {
      case '[':
      case '{':
        this.#openFlow(character);
        return true;
      case ']':
      case '}':
        this.#closeFlow(character);
        return true;
      case ',':
        this.#forgetKey();
        this.#mayBeginKey = true;
        this.#take(',');
        return true;
      case '-':
        if (!cursor.isBlankOrEnd(1)) return false;
        this.#fetchEntry();
        return true;
      case '?':
        if (isIndicator) this.#fetchKey();
        return isIndicator;
      case ':':
        if (isIndicator) this.#fetchValue();
        return isIndicator;
      default:
        return false;
    }
  }

  /** Aliases, anchors and tags. Returns whether one is here. */
  #fetchProperty(): boolean {
    const { cursor } = this;
    if (!cursor.is('*&!')) return false;
    this.#saveKey();
    this.#mayBeginKey = false;
    const start = cursor.mark();
    if (cursor.is('!')) {
      const { handle, suffix } = scanTag(cursor);
      this.#push('tag', start, handle, suffix);
    } else {
      const kind = cursor.is('*') ? 'alias' : 'anchor';
      this.#push(kind, start, scanAnchor(cursor));
    }
    return true;
  }

  #fetchScalar(): void {
    const { cursor } = this;
    const start = cursor.mark();
    const isBlock = this.#flowLevel === 0;
    if (cursor.is('|>') && isBlock) {
      this.#forgetKey();
      this.#mayBeginKey = true;
      this.#push('quoted', start, scanBlock(cursor, this.#indent));
      return;
    }
    const isQuoted = cursor.is('\'"');
    const beginsPlain =
      !(cursor.isBlankOrEnd() || cursor.is(INDICATORS)) ||
      (cursor.is('-') && !cursor.isBlank(1)) ||
      (isBlock && cursor.is('?:') && !cursor.isBlankOrEnd(1));
    if (!isQuoted && !beginsPlain) throw cursor.refusal('there is a character that nothing begins with');
    this.#saveKey();
    this.#mayBeginKey = false;
    if (isQuoted) {
      this.#push('quoted', start, scanQuoted(cursor));
      return;
    }
    const { value, isMultiline } = scanPlain(cursor, this.#indent + 1, !isBlock);
    this.#push('plain', start, value);
    if (isMultiline) this.#mayBeginKey = true;
  }

  /** Tabs count as blanks within flow collections, and where no key may begin. */
  #skipToNextToken(): void {
    const { cursor } = this;
    for (;;) {
      const isTabBlank = this.#flowLevel > 0 || !this.#mayBeginKey;
      cursor.readWhile(() => cursor.is(isTabBlank ? ' \t' : ' '));
      if (cursor.is('#')) cursor.readWhile(() => !cursor.isBreakOrEnd());
      if (!cursor.isBreak()) return;
      cursor.readLine();
      if (this.#flowLevel === 0) this.#mayBeginKey = true;
    }
  }

  /** The one character of an indicator. */
  #take(kind: TokenKind): void {
    const start = this.cursor.mark();
    this.cursor.skip();
    this.#push(kind, start);
  }

  #isStillPossible(key: SimpleKey): boolean {
    if (!key.isPossible) return false;
    const { cursor } = this;
    if (key.mark.line >= cursor.line && key.mark.column + LONGEST_KEY >= cursor.column) return true;
    if (key.isRequired) throw cursor.refusal('a key has no ":"', key.mark);
    key.isPossible = false;
    return false;
  }

  #saveKey(): void {
    const isRequired = this.#flowLevel === 0 && this.#indent === this.cursor.column;
    if (!this.#mayBeginKey) return;
    this.#forgetKey();
    const token = this.#taken + (this.#queue.length - this.#head);
    const last = this.#keys.length - 1;
    this.#keys[last] = { isPossible: true, isRequired, token, mark: this.cursor.mark() };
    this.#keyOfToken.set(token, last);
  }

  #forgetKey(): void {
    const key = this.#keys.at(-1);
    if (!key?.isPossible) return;
    if (key.isRequired) throw this.cursor.refusal('a key has no ":"', key.mark);
    key.isPossible = false;
    this.#keyOfToken.delete(key.token);
  }

  #openFlow(kind: '[' | '{'): void {
    this.#saveKey();
    // The number of the bracket: go-yaml forgets, as an empty collection closes, that it could be a key.
    const token = this.#taken + (this.#queue.length - this.#head);
    this.#keys.push({ isPossible: false, isRequired: false, token, mark: this.cursor.mark() });
    this.#flowLevel += 1;
    this.#checkDepth();
    this.#mayBeginKey = true;
    this.#take(kind);
  }

  #closeFlow(kind: ']' | '}'): void {
    this.#forgetKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1;
      const key = this.#keys.pop();
      if (key) this.#keyOfToken.delete(key.token);
    }
    this.#mayBeginKey = false;
    this.#take(kind);
  }

  #checkDepth(): void {
    if (this.#flowLevel + this.#indents.length > DEEPEST) throw this.cursor.doubt('it is nested too deeply');
  }

  /** Begins a block collection where the column is further right than the one around it. */
  #roll(mark: Mark, kind: TokenKind, before?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= mark.column) return;
    this.#indents.push(this.#indent);
    this.#indent = mark.column;
    this.#checkDepth();
    if (before === undefined) this.#push(kind, mark);
    else this.#insert(before, kind, mark);
  }

  /** Ends the block collections that begin further right than a column. */
  #unroll(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.cursor.mark());
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #endStream(): void {
    const { cursor } = this;
    if (cursor.column !== 0) {
      cursor.column = 0;
      cursor.line += 1;
    }
    this.#unroll(-1);
    this.#forgetKey();
    this.#push('stream-end', cursor.mark());
  }

  #fetchDirective(): void {
    this.#unroll(-1);
    this.#forgetKey();
    this.#mayBeginKey = false;
    const start = this.cursor.mark();
    const { kind, value, suffix } = scanDirective(this.cursor);
    this.#push(kind, start, value, suffix);
  }

  #fetchDocumentIndicator(): void {
    this.#unroll(-1);
    this.#forgetKey();
    this.#mayBeginKey = false;
    const start = this.cursor.mark();
    const kind = this.cursor.is('-') ? 'document-start' : 'document-end';
    this.cursor.skip(3);
    this.#push(kind, start);
  }

  #fetchEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#mayBeginKey) throw this.cursor.refusal('a list item stands where none can');
      this.#roll(this.cursor.mark(), 'block-sequence-start');
    }
    this.#forgetKey();
    this.#mayBeginKey = true;
    this.#take('block-entry');
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#mayBeginKey) throw this.cursor.refusal('a key stands where none can');
      this.#roll(this.cursor.mark(), 'block-mapping-start');
    }
    this.#forgetKey();
    this.#mayBeginKey = this.#flowLevel === 0;
    this.#take('key');
  }

  #fetchValue(): void {
    const key = this.#keys.at(-1);
    if (key && this.#isStillPossible(key)) {
      this.#insert(key.token, 'key', key.mark);
      this.#roll(key.mark, 'block-mapping-start', key.token);
      key.isPossible = false;
      this.#keyOfToken.delete(key.token);
      this.#mayBeginKey = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#mayBeginKey) throw this.cursor.refusal('a value stands where none can');
        this.#roll(this.cursor.mark(), 'block-mapping-start');
      }
      this.#mayBeginKey = this.#flowLevel === 0;
    }
    this.#take('value');
  }
}
