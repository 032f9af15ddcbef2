import { fieldAt, hasBeside, type BlockStart, type Lines } from '../../manifest/fieldAt.ts';

/** Where a token stands in its document. */
export interface Place {
  /** Whether it is the token of a kubeconfig's user, or a value of a Secret; undefined: neither. */
  readonly field: 'kubeconfig' | 'data' | 'stringData' | undefined;
  /** What stands before and after it on its lines; of more than that, the nearest. */
  readonly before: string;
  readonly after: string;
  /** What begins the block scalar that it is in. */
  readonly block: BlockStart | undefined;
  /** Whether kubectl gets another by itself when it has ended: an id-token with a refresh-token beside it. */
  readonly isRenewed: boolean;
  /** Whether its last line is the document's. */
  readonly isAtEnd: boolean;
}

/** A line of a document and a UTF-16 unit of it. */
interface Position {
  readonly line: number;
  readonly character: number;
}

/** How much of a token's lines is looked at beside it, in UTF-16 units. */
const BESIDE = 200;

/** Reads where what stands between two positions of a document stands. */
export function placeIn(lines: Lines, start: Position, end: Position): Place {
  const { path, kind, isWhole, block } = fieldAt(lines, start.line, start.character);
  const [own, holder, list] = path.toReversed();
  const isOfUser =
    own === 'token' && holder === 'user' && (list === 'users' || (!isWhole && list === undefined));
  const isOfSecret = kind === 'Secret' && (holder === 'data' || holder === 'stringData');
  return {
    field: isOfUser ? 'kubeconfig' : isOfSecret ? holder : undefined,
    before: lines.line(start.line).slice(Math.max(0, start.character - BESIDE), start.character),
    after: lines.line(end.line).slice(end.character, end.character + BESIDE),
    block,
    isRenewed:
      own === 'id-token' &&
      holder === 'config' &&
      hasBeside(lines, start.line, start.character, 'refresh-token'),
    isAtEnd: end.line === lines.count - 1,
  };
}

/** The quote before a token that is inside another one, as in `token: '"…"'`, as it is written; undefined: there is none. */
export function caughtQuote(before: string): string | undefined {
  return /[:\s[{,-](?:'(")|"(\\"|'))$/
    .exec(before)
    ?.slice(1)
    .find((quote) => quote !== undefined);
}

/**
 * Whether a blank or a line break beside a token is part of its field's text: after it where a block scalar keeps its
 * last line break (kubectl then fails with `invalid header field value`), before it within quotes.
 */
export function caughtBlank({ before, after, block, isAtEnd }: Place): 'before' | 'after' | undefined {
  if (block) return block.style.includes('-') || isAtEnd ? undefined : 'after';
  if (/["'](?:\\[nrt]|\s)+$/.test(before)) return 'before';
  return /"(?:\\["'])?$/.test(before) && /^\s*\\[nr]/.test(after) ? 'after' : undefined;
}
