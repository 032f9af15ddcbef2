import { looksLikeKubeconfig } from './looksLikeKubeconfig.ts';

/** One document of a text, by itself: what comes between two `---` lines. */
export interface Piece {
  /** Where it begins in the whole text, in UTF-16 units. */
  readonly start: number;
  readonly text: string;
  readonly kind: 'kubeconfig' | 'manifest';
}

/** The documents of a text that can matter. */
export interface Pieces {
  readonly pieces: readonly Piece[];
  /** Where the first one begins that is left out for its size, or for that of those before it; undefined: there is none. */
  readonly leftOutFrom: number | undefined;
}

/** A text of any length, of which no more is in hand than is asked for. Offsets in UTF-16 units. */
export interface Text {
  readonly length: number;
  read(from: number, to: number): string;
}

/** All documents of a text that are looked at are no longer together, in UTF-16 units. */
export const MAX_PIECES = 1024 * 1024;
/** How much is read at a time, in UTF-16 units. */
const PORTION = 64 * 1024;
/** A line end, three marks, and what tells that there is no fourth, in UTF-16 units. */
const LONGEST_MARK = 5;

/**
 * The documents of a text that can hold a kubeconfig, a token Secret, a ServiceAccount or a projected token, found
 * without parsing and in linear time. A template is none: what it will say is not known. Yields now and then.
 */
export function* piecesOf(text: Text): Generator<undefined, Pieces> {
  const documents = new Documents();
  /** What may be the beginning of a mark. */
  let rest = '';
  for (let at = 0; at < text.length; at += PORTION) {
    if (at > 0) yield;
    const isLast = at + PORTION >= text.length;
    const portion = rest + text.read(at, Math.min(text.length, at + PORTION));
    const lineEnd = portion.lastIndexOf('\n');
    const end = isLast || lineEnd < portion.length - LONGEST_MARK ? portion.length : lineEnd;
    rest = portion.slice(end);
    documents.take(portion.slice(0, end));
  }
  return documents.end();
}

/** Puts documents together from portions of a text. */
class Documents {
  readonly #pieces: Piece[] = [];
  #leftOutFrom: number | undefined;
  #length = 0;
  #offset = 0;
  #start = 0;
  #text = '';
  /** Whether the document is too large already, whether there was anything in it that matters, and whether it is a schema. */
  #isLarge = false;
  #canMatter = false;
  #isSchema = false;

  take(portion: string): void {
    let from = 0;
    // At a line's very beginning these mark a document also inside a quoted or a block scalar (YAML 1.1, 9.1).
    for (const marker of portion.matchAll(/(?:^|\n)(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
      const isAtLineStart = marker[0].startsWith('\n');
      if (!isAtLineStart && this.#offset > 0) continue;
      const at = isAtLineStart ? marker.index + 1 : marker.index;
      this.#add(portion.slice(from, at));
      this.#close();
      from = at + 3;
      this.#start = this.#offset + from;
    }
    this.#add(portion.slice(from));
    this.#offset += portion.length;
  }

  end(): Pieces {
    this.#close();
    return { pieces: this.#pieces, leftOutFrom: this.#leftOutFrom };
  }

  #add(text: string): void {
    if (!this.#isLarge) {
      this.#text += text;
      if (this.#text.length <= MAX_PIECES) return;
      this.#isLarge = true;
      this.#canMatter = hasAny(this.#text, MATTERS);
      this.#isSchema = hasAny(this.#text, SCHEMAS);
      this.#text = '';
    } else {
      this.#canMatter ||= hasAny(text, MATTERS);
      this.#isSchema ||= hasAny(text, SCHEMAS);
    }
  }

  #close(): void {
    const text = this.#text;
    const kind = this.#isLarge ? undefined : kindOf(text);
    const fits = this.#length + text.length <= MAX_PIECES;
    if (kind && fits) {
      this.#pieces.push({ start: this.#start, text, kind });
      this.#length += text.length;
    } else if (kind || (this.#isLarge && this.#canMatter && !this.#isSchema))
      this.#leftOutFrom ??= this.#start;
    this.#text = '';
    this.#isLarge = false;
  }
}

/** A projection is an item of a list. Where `serviceAccountToken` is a property beside others, a schema describes one. */
const PROJECTION = /(?:-\s+(?:&\w+\s+)?|[[{]\s*)["']?serviceAccountToken["']?\s*:/;

/** What else asks for a token, with a life. */
const REQUEST = /\bkind["']?\s*:\s*["']?(?:TokenRequest|CSIDriver)\b/;

/** What a document that is too large to look at is told by. */
const MATTERS = [
  PROJECTION,
  /\bkubernetes\.io\/service-account\.name["']?\s*:/,
  /\btype["']?\s*:\s*["']?kubernetes\.io\/service-account/,
  /\bkind["']?\s*:\s*["']?ServiceAccount\b/,
  /\bcurrent-context["']?\s*:/,
];

/** What describes objects and is none: a CustomResourceDefinition, OpenAPI, JSON Schema. */
const SCHEMAS = [
  /^kind\s*:\s*["']?CustomResourceDefinition\b/m,
  /"kind"\s*:\s*"CustomResourceDefinition"/,
  /^(?:swagger|openapi)\s*:/m,
  /"(?:swagger|openapi)"\s*:\s*"\d/,
  /"\$schema"\s*:\s*"https?:\/\/json-schema\.org\b/,
];

/** What is filled in before it is YAML at all: Helm, Jinja, ERB, and ytt's comments. */
const TEMPLATE = /\{\{|\{%|<%|[\s:]#@/;
/**
 * What is filled into the values of a kubeconfig: by envsubst, Flux or a shell, by Azure Pipelines (`$(Name)`, `#{Name}#`), by
 * SOPS (`ENC[…]`), by sed or autoconf (`__NAME__`, `@NAME@`), by cmd (`%NAME%`), or by the reader (`<name>`). What a program is
 * given may be for its own shell.
 */
const FILLED_IN = [
  /:[ \t]*["']?(?:https?:\/\/)?[\w.-]*\$\{[A-Za-z_]/,
  /:[ \t]+["']?\$[A-Za-z_]\w*["']?[ \t]*$/m,
  /:[ \t]+["']?(?:https?:\/\/)?(?:\$\([A-Za-z_]|#\{[A-Za-z_]|ENC\[|__[A-Z]|<[A-Za-z][\w. -]{0,80}>)/,
  /:[ \t]+["']?(?:https?:\/\/)?(?:@[A-Za-z_]\w{0,80}@|%[A-Za-z_]\w{0,80}%)/,
];

function hasAny(text: string, expressions: readonly RegExp[]): boolean {
  return expressions.some((expression) => expression.test(text));
}

function kindOf(text: string): Piece['kind'] | undefined {
  if (TEMPLATE.test(text) || hasAny(text, SCHEMAS)) return undefined;
  if (looksLikeKubeconfig(text)) {
    return hasAny(text, FILLED_IN) ? undefined : 'kubeconfig';
  }
  if (PROJECTION.test(text) || REQUEST.test(text)) return 'manifest';
  const kind = /\bkind["']?\s*:\s*["']?(?:Secret|ServiceAccount)\b/;
  return kind.test(text) && (text.includes('kubernetes.io/') || /["' ]ServiceAccount\b/.test(text))
    ? 'manifest'
    : undefined;
}

/** A text that is in hand. */
export function textOf(text: string): Text {
  return { length: text.length, read: (from, to) => text.slice(from, to) };
}
