import { decodeWhileToken, readAsToken } from './base64.ts';
import { MAX_LENGTH, type Finding } from './finding.ts';
import { afterLineBreak, base64LineEnd, base64LinesEnd, offsetInLines, withoutLineBreaks } from './gap.ts';
import { signatureLengths } from './signatureLengths.ts';

/** How base64 of a JWT begins, and base64 of that: for `eyJ`, the only alignment at the beginning of a value. */
export const ENCODED = { base64: 'ZXlK', 'base64-twice': 'WlhsS' } as const;

/** Base64 of the shortest JWT, in UTF-16 units. */
export const MIN_RUN = 28;
/** The shortest line but the last that one is broken into. */
export const MIN_LINE = 8;
/**
 * A value begins with its run, or after what an escape leaves before it, as the five of `\\u003dZXlK`, in UTF-16 units.
 */
const MAX_ESCAPE = 5;
/** No more of a run is read at a time, in UTF-16 units. */
const MAX_RUN = 8 * MAX_LENGTH;

type Layers = keyof typeof ENCODED;

/** What reading a run of base64 came to: the findings in it, and where to go on. */
export interface RunReading {
  readonly findings: readonly Finding[];
  /** Nothing is left to be found before this offset. */
  readonly next: number;
  /** Lines from here to there were put together in vain: they need not be again. */
  readonly joinedUntil: number;
}

/**
 * Reads the run of base64 that begins at `start`, which is not within one, nor too short: by its line, or put together from several lines where that gives a
 * whole token. `inner` finds what is in the decoded text.
 */
export function readEncoded(
  text: string,
  start: number,
  layers: Layers,
  mayJoin: boolean,
  inner: (text: string) => Iterable<Finding>,
): RunReading {
  const limit = Math.min(text.length, start + MAX_RUN);
  const lineEnd = base64LineEnd(text, start, limit);
  const line = findingsOf(text.slice(start, lineEnd), layers, inner);
  const onLine = line.map((found) => placed(text, found, (offset) => start + offset));
  // What comes after a token, or after what only begins like one, may be another text, with another token in it.
  const next = onLine.at(-1)?.end ?? endOf(start, readAsToken(text, start, lineEnd).end);
  const alone: RunReading = { findings: onLine, next, joinedUntil: start };
  if (!mayJoin || onLine.some(isWhole)) return alone;
  const end = base64LinesEnd(text, lineEnd, limit);
  if (end === lineEnd) return alone;
  if (isOtherInLines(text, start, ENCODED[layers])) return { ...alone, joinedUntil: end };
  const joined = findingsOf(withoutLineBreaks(text.slice(start, end)), layers, inner);
  if (!joined.some(isWhole)) return { ...alone, joinedUntil: end };
  const findings = joined.map((found) => placed(text, found, (offset) => offsetInLines(text, start, offset)));
  return { findings, next: findings.at(-1)?.end ?? end, joinedUntil: start };
}

/** Whether the beginning of what is put together from the lines at `start` tells that no token is in it. */
function isOtherInLines(text: string, start: number, prefix: string): boolean {
  const first = withoutLineBreaks(text.slice(start, start + 2 * MIN_RUN)).slice(0, MAX_ESCAPE + MIN_RUN);
  const another = first.indexOf(prefix, 1);
  if (another >= 0 && another <= MAX_ESCAPE) return false;
  return first.length >= MIN_RUN && decodeWhileToken(first, 0).end < MIN_RUN;
}

/**
 * Where the run of base64 at `start` ends, if it is too short to hold a token: on a line that none is broken into, or where it
 * was put together with what comes behind in vain. -1: it is not.
 */
export function endOfShort(text: string, start: number, mayJoin: boolean): number {
  const least = mayJoin ? MIN_LINE : MIN_RUN;
  const end = base64LineEnd(text, start, Math.min(text.length, start + least));
  return end - start < least ? end : -1;
}

/** Whether more comes before `start` in its run than an escape leaves there. */
export function isWithinRun(text: string, start: number): boolean {
  const from = start - MAX_ESCAPE - 1;
  return from >= 0 && base64LineEnd(text, from, start) === start;
}

/** A run that was cut at its limit is gone on with before its end, so that a token across the cut is found whole. */
function endOf(start: number, end: number): number {
  return end - start < MAX_RUN ? end : end - MAX_LENGTH;
}

function findingsOf(run: string, layers: Layers, inner: (text: string) => Iterable<Finding>): Finding[] {
  if (run.length < MIN_RUN) return [];
  const prefix = ENCODED[layers];
  const findings: Finding[] = [];
  for (let at = 0; at >= 0 && at <= MAX_ESCAPE; at = run.indexOf(prefix, at + 1)) {
    if (at < (findings.at(-1)?.end ?? 0)) continue;
    const decoded = decodeWhileToken(run, at);
    if (decoded.end - at < MIN_RUN) continue;
    for (const found of inner(decoded.text)) {
      const rest = decoded.text.slice(found.end).trim();
      const start = at + Math.floor((found.start * 4) / 3);
      const end =
        rest === '' && decoded.end === run.length ? run.length : at + Math.ceil((found.end * 4) / 3);
      if (start >= (findings.at(-1)?.end ?? 0)) findings.push({ ...found, start, end, encoding: layers });
    }
  }
  return findings;
}

function placed(text: string, found: Finding, toText: (offset: number) => number): Finding {
  const start = toText(found.start);
  const last = toText(found.end - 1) + 1;
  const end = afterPadding(text, last, (4 - ((found.end - found.start) % 4)) % 4);
  // Base64 of a text with line breaks, as a program writes it, is on one line all the same.
  const wrapped = /[^\w=]/.test(text.slice(start, end));
  return { ...found, start, end, wrapped };
}

/** Where base64 ends with its padding, which may have come onto a line of its own. */
function afterPadding(text: string, index: number, most: number): number {
  let end = index;
  for (let padding = 0; padding < most; padding++) {
    const at = text[end] === '=' ? end : afterLineBreak(text, end);
    if (text[at] !== '=') break;
    end = at + 1;
  }
  return end;
}

function isWhole(found: Finding): boolean {
  if (found.kind === 'fragment') return false;
  if (found.kind === 'jwe') return true;
  const signature = found.token.length - found.token.lastIndexOf('.') - 1;
  return signatureLengths(found.decoded.header['alg'])?.includes(signature) ?? true;
}
