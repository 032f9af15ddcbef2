import { decodeToken, type DecodedToken } from './decode.ts';

/** A token in a text: `start` and `end` are UTF-16 offsets of what stands there, `end` exclusive. */
export interface FoundToken {
  readonly start: number;
  readonly end: number;
  /** The JWT itself, decoded from base64 where that is how it stands in the text. */
  readonly token: string;
  /** `base64`: as in a Secret's `data.token`. */
  readonly encoding: 'raw' | 'base64';
  readonly decoded: DecodedToken;
}

/** A JWT's header is a JSON object, `{"`, so it begins with eyJ; base64 of that begins with ZXlK (RFC 7519, RFC 4648). */
const RAW = 'eyJ';
const BASE64 = 'ZXlK';

/** No token of the field is longer; what is longer is not taken for one. In UTF-16 units. */
const MAX_LENGTH = 64 * 1024;

/** Finds every JWT in a text, raw or base64-encoded, in the order of the text. Linear in the text's length. */
export function findTokens(text: string): FoundToken[] {
  return [...scan(text, 0)];
}

/** The token that covers a UTF-16 offset, if any. Reads at most 64 Ki units to either side of it. */
export function findTokenAt(text: string, offset: number): FoundToken | undefined {
  let start = Math.min(offset, text.length);
  while (start > 0 && offset - start < MAX_LENGTH && isTokenUnit(text.charCodeAt(start - 1))) start--;
  let end = start;
  while (end < text.length && end - offset < MAX_LENGTH && isTokenUnit(text.charCodeAt(end))) end++;
  for (const found of scan(text.slice(start, end), start)) {
    if (found.start <= offset && offset <= found.end) return found;
  }
  return undefined;
}

function* scan(text: string, base: number): Generator<FoundToken> {
  let position = 0;
  for (;;) {
    const raw = text.indexOf(RAW, position);
    const encoded = text.indexOf(BASE64, position);
    if (raw < 0 && encoded < 0) return;
    const isRaw = encoded < 0 || (raw >= 0 && raw < encoded);
    const start = isRaw ? raw : encoded;
    const found = isRaw ? rawAt(text, start) : base64At(text, start);
    if (found) yield { ...found, start: base + found.start, end: base + found.end };
    // A run of token characters holds at most one token that begins here; without one, the next could begin inside it.
    position = found ? found.end : start + 1;
  }
}

function rawAt(text: string, start: number): FoundToken | undefined {
  let end = start;
  let dots = 0;
  for (; end < text.length && end - start <= MAX_LENGTH; end++) {
    const unit = text.charCodeAt(end);
    if (unit === DOT) {
      if (++dots > 2) break;
    } else if (!isBase64UrlUnit(unit)) break;
  }
  if (dots < 2 || end - start > MAX_LENGTH) return undefined;
  const token = text.slice(start, end);
  const decoded = decodeToken(token);
  return decoded && { start, end, token, encoding: 'raw', decoded };
}

function base64At(text: string, start: number): FoundToken | undefined {
  let end = start;
  while (end < text.length && end - start <= MAX_LENGTH && isBase64Unit(text.charCodeAt(end))) end++;
  const body = end;
  while (end < text.length && end - body < 2 && text.charCodeAt(end) === EQUALS) end++;
  if ((body - start) % 4 === 1 || end - start > MAX_LENGTH) return undefined;
  const token = atob(text.slice(start, body)).trim();
  const decoded = decodeToken(token);
  return decoded && { start, end, token, encoding: 'base64', decoded };
}

const DOT = 0x2e;
const EQUALS = 0x3d;

function isAlphanumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
}
function isBase64UrlUnit(unit: number): boolean {
  return isAlphanumeric(unit) || unit === 0x2d || unit === 0x5f;
}
function isBase64Unit(unit: number): boolean {
  return isAlphanumeric(unit) || unit === 0x2b || unit === 0x2f;
}
function isTokenUnit(unit: number): boolean {
  return isBase64UrlUnit(unit) || isBase64Unit(unit) || unit === DOT || unit === EQUALS;
}
