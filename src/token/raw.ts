import { isBase64Url } from './base64.ts';
import { decodePart } from './decode.ts';
import { MAX_LENGTH, type Finding, type Place } from './finding.ts';
import { afterSoftBreak, isLineDone, withoutSoftBreaks } from './gap.ts';
import { signatureLengths } from './signatureLengths.ts';
import { withoutTrailing } from '../trailing.ts';

/** A JWT's header is a JSON object that begins with `{"`: in base64 that is eyJ (RFC 7519, RFC 4648). */
export const RAW = 'eyJ';

const DOT = 0x2e;
/** No header is longer, in UTF-16 units; certificate chains in it (x5c) take some thousands. */
const MAX_HEADER = 16 * 1024;
/** `{"alg":"x"}` is the shortest that names an algorithm, in base64url characters. */
export const MIN_HEADER = 15;
/** A header's first line is no shorter, in UTF-16 units: nothing breaks lines so soon. */
const MIN_LINE = 8;
/** How many places of one run are tried as a header's beginning. */
const MAX_TRIES = 4;
/** No more marks of Markdown follow a token. */
const MAX_MARKS = 3;
/** A signature broken over more lines than this is not put together. */
const MAX_SIGNATURE_LINES = 64;

/** What reading at an offset came to: a finding, or none that begins before `next`. */
export interface Reading {
  readonly finding: Finding | undefined;
  readonly next: number;
}

/** Reads the JWT that begins at `start`, with `eyJ` or another beginning, or with a later `eyJ` in the same run of characters. */
export function readRaw(text: string, start: number): Reading {
  for (let at = start + RAW.length; at < start + MIN_LINE; at++) {
    if (!isBase64Url(text.charCodeAt(at))) return { finding: undefined, next: at };
  }
  const header = walkPart(text, start);
  if (text.charCodeAt(header.end) !== DOT) return { finding: undefined, next: header.end };
  const next = header.end + 1;
  if (header.end - start < MIN_HEADER) return { finding: undefined, next };
  // Looked for among what can be its header alone: what comes before was read, and may be the rest of a large file.
  const first = Math.max(start, header.end - MAX_HEADER);
  const run = text.slice(first, header.end);
  let from = run.length;
  for (let tries = 0; tries < MAX_TRIES && from > 0; tries++) {
    from = run.lastIndexOf(RAW, from - 1);
    if (from < 0) break;
    const decoded = headerOf(partOf(text, first + from, header.end, header.lineEnd));
    if (decoded) return { finding: readFrom(text, first + from, header.end, decoded), next };
  }
  if (run.startsWith(RAW) || first > start) return { finding: undefined, next };
  const decoded = headerOf(partOf(text, start, header.end, header.lineEnd));
  return { finding: decoded && readFrom(text, start, header.end, decoded), next };
}

/** The header read last: the tokens of a file are of one cluster as a rule, and it signs all with one key. */
let lastHeader: { readonly part: string; readonly header: Record<string, unknown> | undefined } | undefined;

function headerOf(part: string): Record<string, unknown> | undefined {
  if (part.length < MIN_HEADER || part.length % 4 === 1) return undefined;
  if (lastHeader?.part === part) return lastHeader.header;
  const header = decodePart(part);
  lastHeader = { part, header: typeof header?.['alg'] === 'string' ? header : undefined };
  return lastHeader.header;
}

function readFrom(text: string, start: number, headerEnd: number, header: Record<string, unknown>): Finding {
  if (typeof header['enc'] === 'string') return readEncrypted(text, start, headerEnd);
  const payload = walkPart(text, headerEnd + 1);
  if (payload.end - start > MAX_LENGTH) return { ...place(text, start, headerEnd), kind: 'fragment' };
  const claims =
    text.charCodeAt(payload.end) === DOT
      ? decodePart(partOf(text, headerEnd + 1, payload.end, payload.lineEnd))
      : undefined;
  if (!claims) {
    const end = payload.lineEnd === headerEnd + 1 ? headerEnd : payload.lineEnd;
    return { ...place(text, start, end), kind: 'fragment' };
  }
  const isBroken = payload.lineEnd < payload.end || /[^\w-]/.test(text.slice(start, headerEnd));
  const end = signatureEnd(text, payload.end + 1, header['alg'], isBroken);
  if (end - start > MAX_LENGTH) return { ...place(text, start, payload.end), kind: 'fragment' };
  return { ...place(text, start, end), kind: 'jws', decoded: { header, claims } };
}

/** header.key.iv.ciphertext.tag (RFC 7516 section 7.1) */
function readEncrypted(text: string, start: number, headerEnd: number): Finding {
  let end = headerEnd;
  for (let part = 1; part < 5; part++) {
    if (text.charCodeAt(end) !== DOT) return { ...place(text, start, end), kind: 'fragment' };
    end = walkPart(text, end + 1)[part === 4 ? 'lineEnd' : 'end'];
    if (end - start > MAX_LENGTH) return { ...place(text, start, headerEnd), kind: 'fragment' };
  }
  return { ...place(text, start, end), kind: 'jwe' };
}

function place(text: string, start: number, end: number): Place {
  const standing = text.slice(start, end);
  const wrapped = /[^\w.-]/.test(standing);
  return {
    start,
    end,
    token: wrapped ? withoutSoftBreaks(standing) : standing,
    wrapped,
    encoding: 'raw',
  };
}

/** Where a part ends that begins at `start`: at a character that is none of it, line breaks passed over. */
function walkPart(text: string, start: number): { end: number; lineEnd: number } {
  let at = start;
  let lineEnd = -1;
  for (;;) {
    while (isBase64Url(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) === DOT) break;
    const next = afterSoftBreak(text, at);
    const goesOn = next > at && (isBase64Url(text.charCodeAt(next)) || text.charCodeAt(next) === DOT);
    if (lineEnd < 0) lineEnd = at;
    if (!goesOn) break;
    at = next;
  }
  return { end: at, lineEnd: lineEnd < 0 ? at : lineEnd };
}

function partOf(text: string, start: number, end: number, lineEnd: number): string {
  const part = text.slice(start, end);
  return lineEnd < end ? withoutSoftBreaks(part) : part;
}

/**
 * Where a signature ends: with its line, unless the lines after it, which hold nothing else, make it as long as its
 * algorithm has it. Of several such lengths, as RSA keys of several sizes give, the longest counts in a token that was
 * broken before (`isBroken`), and the first line's in one that was not.
 */
function signatureEnd(text: string, start: number, algorithm: unknown, isBroken: boolean): number {
  const lengths = signatureLengths(algorithm);
  const lineEnd = endOfLine(text, start);
  if (!lengths) return lineEnd;
  const tail = text.slice(Math.max(start, lineEnd - MAX_MARKS), lineEnd);
  const marks = tail.length - withoutTrailing(tail, '-_').length;
  // What marks the token up, as Markdown does, is not the signature's.
  const fitting = lengths.findLast((one) => start + one <= lineEnd && start + one >= lineEnd - marks);
  if (!isBroken && fitting !== undefined) return start + fitting;
  const longest = Math.max(...lengths);
  let whole = lineEnd;
  let end = lineEnd;
  let length = end - start;
  for (let line = 0; line < MAX_SIGNATURE_LINES && length < longest; line++) {
    const next = afterSoftBreak(text, end);
    const nextEnd = endOfLine(text, next);
    if (next === end || nextEnd === next || !isLineDone(text, nextEnd)) break;
    length += nextEnd - next;
    end = nextEnd;
    if (lengths.includes(length)) whole = end;
  }
  return whole;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (isBase64Url(text.charCodeAt(at))) at++;
  return at;
}
