/** What a part of a text that is missing leaves behind: blanks without a word between, marks without one before, and empty pairs. */
const GAP = / {2}|\s(?:[,;:?]|\.(?!\w))|[,;:][.,;:]|\(\)|""|“”|\bundefined\b|^\s|\s$/;

/** That a text is a sentence of which no part is missing. Throws with the text where it is not. */
export function assertSentence(text: string): void {
  assertPhrase(text);
  if (!/[.?]$/.test(text)) throw new Error(`This is no sentence: ${JSON.stringify(text)}`);
}

/** That a text, as a title, says something, and no part of it is missing. Throws with the text where one is. */
export function assertPhrase(text: string): void {
  if (!/^["“`$@/\p{L}\d]/u.test(text) || GAP.test(text))
    throw new Error(`Something is missing in ${JSON.stringify(text)}`);
}
