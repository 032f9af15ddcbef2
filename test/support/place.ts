import { placeIn, placeWithin, type Place, type Within } from '../../src/manifest/tokenPlace.ts';
import type { Finding } from '../../src/token/find.ts';
import type { Lines } from '../../src/manifest/fieldAt.ts';

/** The lines of a text as an editor counts them, however many. */
export class TextLines implements Lines {
  readonly #text: string;
  readonly #starts: Uint32Array;

  constructor(text: string) {
    this.#text = text;
    let count = 1;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
    this.#starts = new Uint32Array(count);
    for (let line = 1; line < count; line++) {
      this.#starts[line] = text.indexOf('\n', this.#starts[line - 1]) + 1;
    }
  }

  get count(): number {
    return this.#starts.length;
  }

  line(index: number): string {
    const start = this.#starts[index];
    if (start === undefined) return '';
    const end = (this.#starts[index + 1] ?? this.#text.length + 1) - 1;
    return this.#text.slice(start, this.#text[end - 1] === '\r' ? end - 1 : end);
  }

  positionAt(offset: number): { readonly line: number; readonly character: number } {
    let line = 0;
    for (let high = this.#starts.length; high - line > 1;) {
      const middle = (line + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) line = middle;
      else high = middle;
    }
    return { line, character: offset - (this.#starts[line] ?? 0) };
  }
}

/** Where what was found in a text stands, as in an editor. */
export function placer(text: string): (found: Finding) => Place & { readonly within: Within | undefined } {
  const lines = new TextLines(text);
  return (found) => {
    const [start, end] = [lines.positionAt(found.start), lines.positionAt(found.end)];
    const isWithin = found.kind === 'jws' && found.isWithin;
    const within = isWithin ? placeWithin(lines, start, end, found.token) : undefined;
    return { ...placeIn(lines, start, end), within };
  };
}
