/** A value in a line of YAML, without its quotes. Offsets in UTF-16 units: the value's with its quotes, and its line's with its end. */
export interface OutlineValue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly line: { readonly start: number; readonly end: number };
}

/** What a document of YAML says of its object as far as that can be told from lines alone, so that a template says it too. */
export interface Outline {
  readonly kind: string | undefined;
  readonly type: string | undefined;
  readonly name: OutlineValue | undefined;
  readonly annotations: ReadonlyMap<string, OutlineValue>;
}

/** No more documents of a text are read, nor more of a line, in UTF-16 units. */
const MOST = 500;
const LONGEST = 1000;

const KEY = /^(?:"([^"]{1,200})"|'([^']{1,200})'|([\w./-]{1,200}))[ \t]{0,4}:(?=[ \t]|$)/;

/** The objects of a text's documents. What is in braces or in a List is not told. */
export function outlinesOf(text: string): Outline[] {
  const outlines: Outline[] = [];
  let reading = new Reading();
  for (let start = 0; start < text.length && outlines.length < MOST;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found + 1;
    const line = text.slice(start, Math.min(end, start + LONGEST)).trimEnd();
    if (/^---(?:\s|$)/.test(line)) {
      outlines.push(reading);
      reading = new Reading();
    } else reading.take(line, start, end);
    start = end;
  }
  return [...outlines, reading];
}

class Reading implements Outline {
  kind: string | undefined;
  type: string | undefined;
  name: OutlineValue | undefined;
  readonly annotations = new Map<string, OutlineValue>();
  /** The keys that a line is under, and how far those in each are indented. */
  #section = '';
  #part = '';
  #inSection = 0;
  #inPart = 0;

  take(line: string, start: number, end: number): void {
    const content = line.trimStart();
    const key = KEY.exec(content);
    if (!key) return;
    const indentation = line.length - content.length;
    const name = key[1] ?? key[2] ?? key[3] ?? '';
    const from = indentation + key[0].length;
    const value = (): OutlineValue => valueOf(line, from, start, end);
    if (indentation === 0) {
      this.#section = name;
      this.#inSection = 0;
      if (name === 'kind') this.kind ??= value().text;
      if (name === 'type') this.type ??= value().text;
    } else if (this.#section === 'metadata') {
      if (this.#inSection === 0) this.#inSection = indentation;
      if (indentation === this.#inSection) {
        this.#part = name;
        this.#inPart = 0;
        if (name === 'name') this.name ??= value();
      } else if (this.#part === 'annotations' && indentation > this.#inSection) {
        if (this.#inPart === 0) this.#inPart = indentation;
        if (indentation === this.#inPart) this.annotations.set(name, value());
      }
    }
  }
}

/** What stands in a line from an offset on, without a comment and quotes. */
function valueOf(line: string, from: number, start: number, end: number): OutlineValue {
  const rest = line.slice(from);
  const value = rest.trimStart();
  const at = from + rest.length - value.length;
  const quote = /^["']/.exec(value)?.[0];
  const closed = quote === undefined ? -1 : value.indexOf(quote, 1);
  const comment = value.search(/\s#/);
  const length =
    closed > 0 ? closed + 1 : comment < 0 ? value.length : value.slice(0, comment).trimEnd().length;
  return {
    text: closed > 0 ? value.slice(1, closed) : value.slice(0, length),
    start: start + at,
    end: start + at + length,
    line: { start, end },
  };
}
