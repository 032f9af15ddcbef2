/** As many characters of a token in a row are a leak. */
const WINDOW = 24;
/** What can hold such a run: base64, base64url, a JWT, and both percent-encoded. */
const RUNS = /[\w+/=%.-]{24,}/g;

/** Finds any part of secrets in a text, as they are, in base64 (at each alignment), base64url, or percent-encoded. */
export class TokenBytes {
  readonly #windows = new Set<string>();
  readonly #tokens = new Set<string>();

  get count(): number {
    return this.#tokens.size;
  }

  add(token: string): void {
    if (this.#tokens.has(token)) return;
    this.#tokens.add(token);
    for (const spelling of spellings(token)) {
      for (let at = 0; at + WINDOW <= spelling.length; at++)
        this.#windows.add(spelling.slice(at, at + WINDOW));
    }
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** How many characters before the first part of a token that the text holds; -1: none. */
  indexIn(text: string): number {
    for (const { 0: run, index } of text.matchAll(RUNS)) {
      for (let at = 0; at + WINDOW <= run.length; at++) {
        if (this.#windows.has(run.slice(at, at + WINDOW))) return index + at;
      }
    }
    return -1;
  }
}

function spellings(token: string): readonly string[] {
  const encoded = [0, 1, 2].flatMap((shift) => {
    const bytes = Buffer.from('\0'.repeat(shift) + token);
    // The first and last four characters depend on what stands beside the token.
    return [bytes.toString('base64'), bytes.toString('base64url')].map((text) => text.slice(4, -4));
  });
  const raw = [token, ...encoded];
  return [...raw, ...raw.map((text) => encodeURIComponent(text))];
}
