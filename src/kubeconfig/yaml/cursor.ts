/** Why a text cannot be read; the words are ours and repeat nothing of the text. */
export class YamlFault extends Error {
  override readonly name = 'YamlFault';
  /** Counted from 1. */
  readonly line: number;
  /** Whether kubectl refuses the text too; otherwise it cannot be told what kubectl makes of it. */
  readonly isRefused: boolean;

  constructor(message: string, line: number, isRefused: boolean) {
    super(message);
    this.line = line;
    this.isRefused = isRefused;
  }
}

/** A place in a text: `offset` in UTF-16 units, `column` in characters, all counted from 0. */
export interface Mark {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** What libyaml lets through its reader; a byte order mark within the text is left out, as its reader treats it by chance. */
const STRANGE = /[^\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** A text that is read character by character, as libyaml's reader does; '' is what stands behind its end. */
export class Cursor implements Mark {
  readonly text: string;
  offset = 0;
  line = 0;
  column = 0;

  /** Throws YamlFault for a character that libyaml may not take. */
  constructor(text: string) {
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text;
    const strange = STRANGE.exec(this.text);
    if (!strange) return;
    const line = this.text.slice(0, strange.index).split('\n').length;
    throw new YamlFault('there is a character that YAML does not allow', line, false);
  }

  mark(): Mark {
    return { offset: this.offset, line: this.line, column: this.column };
  }

  at(ahead = 0): string {
    return this.text[this.offset + ahead] ?? '';
  }

  is(characters: string, ahead = 0): boolean {
    const found = this.text[this.offset + ahead];
    return found !== undefined && characters.includes(found);
  }

  isEnd(): boolean {
    return this.offset >= this.text.length;
  }

  isBlank(ahead = 0): boolean {
    const found = this.at(ahead);
    return found === ' ' || found === '\t';
  }

  isBreak(ahead = 0): boolean {
    return isBreak(this.at(ahead));
  }

  isBreakOrEnd(ahead = 0): boolean {
    const found = this.at(ahead);
    return found === '' || isBreak(found);
  }

  isBlankOrEnd(ahead = 0): boolean {
    return this.isBlank(ahead) || this.isBreakOrEnd(ahead);
  }

  /** Whether `---` or `...` stands alone at the beginning of this line. */
  isDocumentIndicator(): boolean {
    if (this.column !== 0 || !this.isBlankOrEnd(3)) return false;
    const found = this.text.slice(this.offset, this.offset + 3);
    return found === '---' || found === '...';
  }

  /** Goes on by one character. */
  skip(count = 1): void {
    for (let left = count; left > 0; left--) {
      const unit = this.text.charCodeAt(this.offset);
      this.offset += unit >= 0xd8_00 && unit <= 0xdb_ff ? 2 : 1;
      this.column += 1;
    }
  }

  /** Goes on to the next line where there is one here; returns the line break as a scalar holds it. */
  readLine(): string {
    const found = this.at();
    if (!isBreak(found)) return '';
    this.offset += found === '\r' && this.at(1) === '\n' ? 2 : 1;
    this.line += 1;
    this.column = 0;
    return found === '\u2028' || found === '\u2029' ? found : '\n';
  }

  /** Goes on while something holds; returns what it went over. */
  readWhile(holds: () => boolean): string {
    const from = this.offset;
    while (holds()) this.skip();
    return this.text.slice(from, this.offset);
  }

  /** Blanks, and a comment up to the line's end. */
  skipRestOfLine(): void {
    this.readWhile(() => this.isBlank());
    if (this.is('#')) this.readWhile(() => !this.isBreakOrEnd());
  }

  /** That the text is none, for kubectl too. */
  refusal(message: string, at: { readonly line: number } = this): YamlFault {
    return new YamlFault(message, at.line + 1, true);
  }

  /** That it cannot be told what kubectl reads. */
  doubt(message: string, at: { readonly line: number } = this): YamlFault {
    return new YamlFault(message, at.line + 1, false);
  }
}

/** YAML 1.1 has three more line breaks than most other formats. */
function isBreak(character: string): boolean {
  return (
    character === '\n' ||
    character === '\r' ||
    character === '\u0085' ||
    character === '\u2028' ||
    character === '\u2029'
  );
}
