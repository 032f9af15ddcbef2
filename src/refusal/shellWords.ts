/** A text of a command line, as far as it can be known without a shell. */
export interface Value {
  /** Without quotes; `~` and `$HOME` at its beginning are `~`. */
  readonly text: string;
  /** Whether it holds what only the shell can tell: a variable, or another command's output. */
  readonly isOpen: boolean;
}

/** How a shell writes what is to be taken literally: `\` in most, `` ` `` in PowerShell, `^` in cmd. */
export type Shell = 'posix' | 'powershell' | 'cmd';

const ESCAPES: Readonly<Record<Shell, string>> = { posix: '\\', powershell: '`', cmd: '^' };

/** The simple commands of a line, each as its words: what stands between `;`, `&&`, `|`, line ends and brackets. */
export function simpleCommands(line: string, shell: Shell): readonly (readonly Value[])[] {
  return new Reader(line, shell).read();
}

/** Reads a line from its beginning to its end, once. */
class Reader {
  readonly #line: string;
  readonly #shell: Shell;
  readonly #escape: string;
  readonly #commands: Value[][] = [];
  #at = 0;
  #words: Value[] = [];
  #text = '';
  #isOpen = false;
  #isWord = false;
  #quote = '';
  /** The word that ends a text which stands in the lines that follow. */
  #heredoc: string | undefined;

  constructor(line: string, shell: Shell) {
    this.#line = line;
    this.#shell = shell;
    this.#escape = ESCAPES[shell];
  }

  read(): readonly (readonly Value[])[] {
    for (; this.#at < this.#line.length; this.#at++) {
      const character = this.#line[this.#at] ?? '';
      if (this.#isLiteral()) this.#takeQuoted(character);
      else if (character === this.#escape && this.#at + 1 < this.#line.length) this.#takeEscaped();
      else if (character === '$' || (character === '`' && this.#shell === 'posix'))
        this.#takeVariable(character);
      else if (this.#quote === '') this.#takePlain(character);
      else this.#takeQuoted(character);
    }
    this.#endCommand();
    return this.#commands;
  }

  /** Whether nothing is special here but the end of the quotation. */
  #isLiteral(): boolean {
    return this.#quote === "'" || (this.#quote === '"' && this.#shell === 'cmd');
  }

  #takeQuoted(character: string): void {
    if (character === this.#quote) this.#quote = '';
    else this.#text += character;
  }

  #takeEscaped(): void {
    const next = this.#line[this.#at + 1] ?? '';
    if (next === '\n') this.#at += 1;
    else if (next === '\r' && this.#line[this.#at + 2] === '\n') this.#at += 2;
    else if (this.#quote === '"' && !/["$`\\]/.test(next)) this.#text += this.#escape;
    else {
      this.#take(next);
      this.#at += 1;
    }
  }

  #take(text: string): void {
    this.#text += text;
    this.#isWord = true;
  }

  #takeVariable(character: string): void {
    const home = /^\$(?:HOME(?!\w)|\{HOME\}|env:USERPROFILE(?!\w))/.exec(
      this.#line.slice(this.#at, this.#at + 20),
    );
    if (home && (this.#text === '' || this.#text.endsWith('='))) {
      this.#take('~');
      this.#at += home[0].length - 1;
      return;
    }
    this.#isOpen = true;
    this.#take(character);
  }

  #takePlain(character: string): void {
    if (character === '"' || (character === "'" && this.#shell !== 'cmd')) {
      this.#quote = character;
      this.#isWord = true;
    } else if (character === '#' && !this.#isWord) this.#skipTo(this.#line.indexOf('\n', this.#at));
    else if (this.#line.startsWith('<<<', this.#at)) this.#takeHereString();
    else if (this.#line.startsWith('<<', this.#at)) this.#takeHeredoc();
    else if (/[;&|\n()]/.test(character)) {
      this.#endCommand();
      if (character === '\n' && this.#heredoc !== undefined) this.#skipHeredoc(this.#heredoc);
    } else if (/\s/.test(character)) this.#endWord();
    else this.#take(character);
  }

  /** Goes on at an offset; to the end where it is none. */
  #skipTo(offset: number): void {
    this.#at = (offset < 0 ? this.#line.length : offset) - 1;
  }

  /** The word behind it is a text, and no file's or heredoc's name. */
  #takeHereString(): void {
    this.#endWord();
    this.#at += 2;
  }

  #takeHeredoc(): void {
    this.#endWord();
    this.#heredoc = /^<<-?\s{0,9}['"]?(\w{1,99})/.exec(this.#line.slice(this.#at, this.#at + 120))?.[1];
    this.#at += 1;
  }

  #skipHeredoc(word: string): void {
    this.#heredoc = undefined;
    for (let from = this.#at; ;) {
      const end = this.#line.indexOf('\n', from + 1);
      if (this.#line.slice(from + 1, end < 0 ? undefined : end).trim() === word || end < 0) {
        this.#skipTo(end);
        return;
      }
      from = end;
    }
  }

  #endWord(): void {
    if (this.#isWord) this.#words.push({ text: this.#text, isOpen: this.#isOpen });
    [this.#text, this.#isOpen, this.#isWord] = ['', false, false];
  }

  #endCommand(): void {
    this.#endWord();
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }
}
