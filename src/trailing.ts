/**
 * A text without the characters at its end that are among `characters`. An expression as `/x+$/` would be tried anew at
 * each x of a text, which takes hours where a stranger wrote a million of them.
 */
export function withoutTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
