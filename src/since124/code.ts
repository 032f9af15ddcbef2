/** A text between quotes. Offsets in UTF-16 units, without the quotes. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A program's text, told apart. Both texts are as long as the whole, so that offsets are the same. */
export interface Code {
  /** Comments are blanks. */
  readonly code: string;
  /** Comments, and what is between quotes, are blanks. */
  readonly bare: string;
  readonly literals: readonly Literal[];
}

/** How a language writes comments and texts. */
export interface Syntax {
  /** Where two slashes begin one, there are also those of several lines that C has. */
  readonly lineComments: readonly string[];
  /** What begins a text, and ends it; a longer one stands before its beginning. */
  readonly quotes: readonly string[];
  /** Within this one a backslash takes nothing literally, as in Go's raw strings. */
  readonly raw?: string;
}

const SLASHES = { lineComments: ['//'] } as const;
const C_LIKE: Syntax = { ...SLASHES, quotes: ['"""', '"', "'"] };

export const SYNTAXES = {
  go: { ...SLASHES, quotes: ['`', '"', "'"], raw: '`' },
  java: C_LIKE,
  csharp: C_LIKE,
  groovy: { ...SLASHES, quotes: ["'''", '"""', '"', "'"] },
  rust: { ...SLASHES, quotes: ['"'] },
  javascript: { ...SLASHES, quotes: ['`', '"', "'"] },
  python: {
    lineComments: ['#'],
    quotes: ['"""', "'''", '"', "'"],
  },
  hcl: { lineComments: ['#', '//'], quotes: ['"'] },
} as const satisfies Record<string, Syntax>;

/** Tells comments and texts of a program apart, reading each character once. */
export function readCode(text: string, syntax: Syntax): Code {
  const { lineComments, quotes, raw } = syntax;
  const literals: Literal[] = [];
  const comments: { readonly start: number; readonly end: number }[] = [];
  const begins = new Uint8Array(128);
  for (const one of [...lineComments, ...quotes]) begins[one.charCodeAt(0)] = 1;
  for (let at = 0; at < text.length;) {
    if (begins[text.charCodeAt(at)] !== 1) {
      at += 1;
      continue;
    }
    const quote = quotes.find((one) => text.startsWith(one, at));
    if (text.startsWith('/*', at)) {
      const found = text.indexOf('*/', at + 2);
      const end = found < 0 ? text.length : found + 2;
      comments.push({ start: at, end });
      at = end;
    } else if (lineComments.some((one) => text.startsWith(one, at))) {
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      comments.push({ start: at, end });
      at = end;
    } else if (quote === undefined) at += 1;
    else {
      const start = at + quote.length;
      const end = endOfText(text, start, quote, quote === raw);
      literals.push({ start, end, text: text.slice(start, end) });
      at = end + quote.length;
    }
  }
  const code = blanked(text, comments);
  return { code, bare: blanked(code, literals), literals };
}

const BACKSLASH = 0x5c;
const LINE_BREAK = 0x0a;

function endOfText(text: string, start: number, quote: string, isRaw: boolean): number {
  const isOneLine = quote.length === 1 && quote !== '`';
  const first = quote.charCodeAt(0);
  for (let at = start; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH && !isRaw) at += 1;
    else if (unit === LINE_BREAK && isOneLine) return at;
    else if (unit === first && text.startsWith(quote, at)) return at;
  }
  return text.length;
}

const blanks = (text: string): string => ' '.repeat(text.length);

function blanked(text: string, places: readonly { readonly start: number; readonly end: number }[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of places) {
    parts.push(text.slice(from, start), text.slice(start, end).replaceAll(/[^\n]+/g, blanks));
    from = end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}
