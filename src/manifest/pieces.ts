/** One document of a text, by itself: what comes between two `---` lines. */
export interface Piece {
  /** Where it begins in the whole text, in UTF-16 units. */
  readonly start: number;
  readonly text: string;
  readonly kind: 'kubeconfig' | 'manifest';
}

/** Longer texts are not looked at, in UTF-16 units: nobody keeps such a kubeconfig or manifest by hand. */
export const MAX_TEXT = 1024 * 1024;

/**
 * The documents of a text that can hold a kubeconfig, a token Secret, a ServiceAccount or a projected token, found
 * without parsing and in linear time. A template (`{{ }}`) is none: what it will say is not known.
 */
export function piecesOf(text: string): Piece[] {
  if (text.length > MAX_TEXT) return [];
  const pieces: Piece[] = [];
  const add = (start: number, end: number): void => {
    const piece = text.slice(start, end);
    const kind = kindOf(piece);
    if (kind) pieces.push({ start, text: piece, kind });
  };
  let start = 0;
  // At a line's very beginning these mark a document also inside a quoted or a block scalar (YAML 1.1, 9.1).
  for (const marker of text.matchAll(/(?:^|\n)(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
    const at = marker[0].startsWith('\n') ? marker.index + 1 : marker.index;
    add(start, at);
    start = at + 3;
  }
  add(start, text.length);
  return pieces;
}

function kindOf(text: string): Piece['kind'] | undefined {
  if (text.includes('{{')) return undefined;
  if (
    /\b(?:contexts|current-context|users)["']?\s*:/.test(text) &&
    /\b(?:kind["']?\s*:\s*["']?Config\b|clusters["']?\s*:)/.test(text)
  ) {
    return 'kubeconfig';
  }
  if (/\bserviceAccountToken\b/.test(text)) return 'manifest';
  const kind = /\bkind["']?\s*:\s*["']?(?:Secret|ServiceAccount)\b/;
  return kind.test(text) && (text.includes('kubernetes.io/') || /["' ]ServiceAccount\b/.test(text))
    ? 'manifest'
    : undefined;
}
