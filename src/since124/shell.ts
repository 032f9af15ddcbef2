/** A command's output in a word: `$(…)` or backticks, with its brackets. Offsets in UTF-16 units, as everywhere here. */
export interface Substitution {
  readonly start: number;
  readonly end: number;
  readonly pipelines: readonly Pipeline[];
}

/** What a shell takes for one word. */
export interface Word {
  readonly start: number;
  readonly end: number;
  /** Without its quotes; variables and substitutions are as they are written. */
  readonly text: string;
  readonly substitutions: readonly Substitution[];
}

/** A text that a command is given on the lines that follow. */
export interface Heredoc {
  readonly start: number;
  readonly end: number;
  /** Whether variables in it are filled in. */
  readonly isFilledIn: boolean;
}

export interface Command {
  readonly start: number;
  readonly end: number;
  readonly words: readonly Word[];
  /** The files that it writes, as they are named after `>` and `>>`. */
  readonly targets: readonly Word[];
  readonly heredocs: readonly Heredoc[];
}

export interface Pipeline {
  readonly start: number;
  readonly commands: readonly [Command, ...Command[]];
  /** The pipeline with the word that this one is in. */
  readonly within: Within | undefined;
}

export interface Within {
  readonly substitution: { readonly start: number; readonly end: number };
  /** Where the word begins that it is in. */
  readonly wordAt: number;
}

/** The name of the variable that a text is, and nothing else: `$X`, `${X}`, `$(X)` of make. */
export function variableIn(text: string): string | undefined {
  return /^\$(?:(\w{1,80})|\{(\w{1,80})\}|\((\w{1,80})\))$/
    .exec(text)
    ?.slice(1)
    .find((one) => one !== undefined);
}

/** Whether a text holds a variable, whatever stands around it. */
export function uses(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at > 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1];
    const after = text.charAt(at + name.length);
    if (/[\w]/.test(after)) continue;
    if (before === '$' || ((before === '{' || before === '(') && text[at - 2] === '$')) return true;
  }
  return false;
}

/**
 * How a text is written: as a script; as a recipe of make, where `$$` is the shell's `$`; or for PowerShell, where a backtick
 * is what a backslash is elsewhere.
 */
export type Dialect = 'sh' | 'make' | 'powershell';

/** Substitutions in one another are read no deeper. */
const DEEPEST = 12;
/** No more statements are read: nobody writes so many in one script. */
const MOST = 10_000;
const BLANK = /[ \t\r]/;
const ENDS_WORD = /[\s;&|()<>]/;

/**
 * Reads a part of a text as a shell would, as far as that can be told without one, each character once: every pipeline,
 * also those within substitutions and within texts on the lines that follow, which come before the one that they are in.
 */
export function readShell(text: string, start: number, end: number, dialect: Dialect = 'sh'): Pipeline[] {
  const reader = new Reader(text, start, end, dialect);
  reader.readScript('', undefined);
  return reader.all;
}

interface Open {
  start: number;
  end: number;
  words: Word[];
  targets: Word[];
  heredocs: Heredoc[];
}

class Reader {
  readonly all: Pipeline[] = [];
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #escape: '\\' | '`';
  #end: number;
  #at: number;
  #depth = 0;
  #count = 0;
  /** The texts that begin with the next line. */
  #waiting: { readonly word: string; readonly isFilledIn: boolean; readonly into: Heredoc[] }[] = [];

  constructor(text: string, start: number, end: number, dialect: Dialect) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#dialect = dialect;
    this.#escape = dialect === 'powershell' ? '`' : '\\';
  }

  /** Reads pipelines up to a bracket that closes them, or to the end. */
  readScript(closing: ')' | '', within: Within | undefined): Pipeline[] {
    const own: Pipeline[] = [];
    let commands: Command[] = [];
    let open: Open | undefined;
    let brackets = 0;
    const endCommand = (): void => {
      if (open) commands.push(open);
      open = undefined;
    };
    const endPipeline = (): void => {
      endCommand();
      this.#count += 1;
      const [first, ...others] = commands;
      if (first) own.push({ start: first.start, commands: [first, ...others], within });
      commands = [];
    };
    while (this.#at < this.#end && this.#count < MOST) {
      const character = this.#text.charAt(this.#at);
      if (character === '\n') {
        endPipeline();
        this.#at += 1;
        this.#readHeredocs();
      } else if (BLANK.test(character)) this.#at += 1;
      else if (character === this.#escape && this.#lineBreakAt(this.#at + 1) > 0) {
        this.#at += 1 + this.#lineBreakAt(this.#at + 1);
      } else if (character === '#') this.#skipTo(this.#text.indexOf('\n', this.#at));
      else if (character === ')' && closing === ')' && brackets === 0) break;
      else if (character === '|' && this.#text[this.#at + 1] !== '|') {
        endCommand();
        this.#at += 1;
      } else if (/[;&|()]/.test(character) && !this.#text.startsWith('&>', this.#at)) {
        if (character === '(') brackets += 1;
        if (character === ')') brackets = Math.max(0, brackets - 1);
        endPipeline();
        this.#at += 1;
      } else {
        open ??= { start: this.#at, end: this.#at, words: [], targets: [], heredocs: [] };
        this.#readPart(open);
      }
    }
    endPipeline();
    this.all.push(...own);
    return own;
  }

  /** A word, or what comes from or goes to a file. */
  #readPart(open: Open): void {
    const redirection = /^\d?(?:&>>?|<<<|<<-?|[<>]&|>>|>\||[<>])/.exec(
      this.#text.slice(this.#at, this.#at + 4),
    )?.[0];
    if (redirection === undefined) {
      open.words.push(this.#readWord());
    } else {
      this.#at += redirection.length;
      // A program's output in the place of a file: what is in the bracket is a script of its own.
      if (this.#text[this.#at] === '(') return;
      while (this.#at < this.#end && BLANK.test(this.#text.charAt(this.#at))) this.#at += 1;
      const raw = this.#at;
      const word = this.#readWord();
      if (/^\d?<<-?$/.test(redirection)) {
        const isFilledIn = !/["'\\]/.test(this.#text.slice(raw, this.#at));
        this.#waiting.push({ word: word.text, isFilledIn, into: open.heredocs });
      } else if (/<<<$|^\d?<$/.test(redirection)) open.words.push(word);
      else if (redirection.includes('>') && !/^\d$|^-$/.test(word.text)) open.targets.push(word);
    }
    open.end = this.#at;
  }

  #readWord(): Word {
    const start = this.#at;
    const substitutions: Substitution[] = [];
    let text = '';
    while (this.#at < this.#end) {
      const character = this.#text.charAt(this.#at);
      if (ENDS_WORD.test(character)) break;
      if (character === "'") text += this.#readLiteral();
      else if (character === '"') {
        this.#at += 1;
        while (this.#at < this.#end && this.#text[this.#at] !== '"') {
          text += this.#readQuoted(start, substitutions);
        }
        this.#at += 1;
      } else if (character === this.#escape) {
        const lineBreak = this.#lineBreakAt(this.#at + 1);
        if (lineBreak === 0) text += this.#text.charAt(this.#at + 1);
        this.#at += lineBreak === 0 ? 2 : 1 + lineBreak;
      } else text += this.#readQuoted(start, substitutions);
    }
    this.#at = Math.min(this.#at, this.#end);
    // What is neither a word nor anything else that is known here is gone over.
    if (this.#at === start) this.#at += 1;
    return { start, end: this.#at, text, substitutions };
  }

  #readLiteral(): string {
    const close = this.#text.indexOf("'", this.#at + 1);
    const end = close < 0 || close >= this.#end ? this.#end : close;
    const literal = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return literal;
  }

  /** One character, variable or substitution, as they are in double quotes too. */
  #readQuoted(wordAt: number, substitutions: Substitution[]): string {
    const start = this.#at;
    const character = this.#text.charAt(start);
    if (character === this.#escape) {
      const next = this.#text.charAt(start + 1);
      this.#at += 2;
      return /["$`\\]/.test(next) ? next : `${character}${next}`;
    }
    if (character === '`') return this.#readBackticks(wordAt, substitutions);
    if (character !== '$') {
      this.#at += 1;
      return character;
    }
    let dollar = start;
    if (this.#dialect === 'make') {
      if (this.#text[start + 1] === '$') dollar += 1;
      else if (!this.#text.startsWith('(shell ', start + 1)) return this.#readVariableOfMake();
    }
    const next = this.#text[dollar + 1];
    if (next === '(' && this.#depth < DEEPEST) {
      this.#at = dollar + (dollar === start && this.#dialect === 'make' ? '$(shell '.length : 2);
      substitutions.push(this.#readSubstitution(start, wordAt));
    } else if (next === '{') this.#readBraces(dollar, wordAt, substitutions);
    else this.#at = dollar + 1;
    return this.#text.slice(dollar, this.#at);
  }

  #readSubstitution(start: number, wordAt: number): Substitution {
    const place = { start, end: this.#at };
    this.#depth += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    const pipelines = this.readScript(')', { substitution: place, wordAt });
    this.#waiting = waiting;
    this.#depth -= 1;
    this.#at = Math.min(this.#at + 1, this.#end);
    place.end = this.#at;
    return { ...place, pipelines };
  }

  #readBackticks(wordAt: number, substitutions: Substitution[]): string {
    const start = this.#at;
    let close = start + 1;
    while (close < this.#end && this.#text[close] !== '`') close += this.#text[close] === '\\' ? 2 : 1;
    const end = this.#end;
    if (close < end && this.#depth < DEEPEST) {
      const place = { start, end: close + 1 };
      this.#end = close;
      this.#at = start + 1;
      this.#depth += 1;
      const pipelines = this.readScript('', { substitution: place, wordAt });
      this.#depth -= 1;
      this.#end = end;
      substitutions.push({ ...place, pipelines });
    }
    this.#at = Math.min(close + 1, end);
    return this.#text.slice(start, this.#at);
  }

  /** `${…}`, with what is in it. */
  #readBraces(dollar: number, wordAt: number, substitutions: Substitution[]): void {
    this.#at = dollar + 2;
    while (this.#at < this.#end && this.#text[this.#at] !== '}' && this.#text[this.#at] !== '\n') {
      if (this.#text[this.#at] === '$' && this.#depth < DEEPEST) {
        this.#depth += 1;
        this.#readQuoted(wordAt, substitutions);
        this.#depth -= 1;
      } else this.#at += 1;
    }
    if (this.#text[this.#at] === '}') this.#at += 1;
  }

  /** `$(NAME)`, `${NAME}`, `$@`. */
  #readVariableOfMake(): string {
    const start = this.#at;
    const close = { '(': ')', '{': '}' }[this.#text.charAt(start + 1)];
    const limit = Math.min(this.#end, start + 200);
    let end = start + 2;
    if (close !== undefined) {
      while (end < limit && this.#text[end] !== close && this.#text[end] !== '\n') end += 1;
      if (this.#text[end] === close) end += 1;
    }
    this.#at = Math.min(end, this.#end);
    return this.#text.slice(start, this.#at);
  }

  #readHeredocs(): void {
    for (const { word, isFilledIn, into } of this.#waiting.splice(0)) {
      const start = this.#at;
      let end = this.#end;
      for (let line = start; line < this.#end;) {
        const found = this.#text.indexOf('\n', line);
        const lineEnd = found < 0 || found > this.#end ? this.#end : found;
        // Within YAML or a function its end may be indented too.
        if (this.#text.slice(line, lineEnd).trim() === word) {
          end = line;
          this.#at = Math.min(lineEnd + 1, this.#end);
          break;
        }
        line = lineEnd + 1;
        this.#at = Math.min(line, this.#end);
      }
      into.push({ start, end, isFilledIn });
      if (isFilledIn) this.#readFilledIn(start, end);
    }
  }

  /** Reads the substitutions of a text on lines of its own. */
  #readFilledIn(start: number, end: number): void {
    const after = { at: this.#at, end: this.#end };
    this.#end = end;
    this.#at = start;
    while (this.#at < end) {
      if (/[\\$`]/.test(this.#text.charAt(this.#at))) this.#readQuoted(start, []);
      else this.#at += 1;
    }
    this.#end = after.end;
    this.#at = after.at;
  }

  #lineBreakAt(offset: number): number {
    if (this.#text[offset] === '\n') return 1;
    return this.#text.startsWith('\r\n', offset) ? 2 : 0;
  }

  #skipTo(offset: number): void {
    this.#at = offset < 0 ? this.#end : Math.min(offset, this.#end);
  }
}
