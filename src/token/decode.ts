/** A JWT taken apart. Nothing in it has been verified: every value is a stranger's text. */
export interface DecodedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decodes a compact JWT (three base64url parts) without verifying it.
 * Returns undefined where the text is not one: wrong shape, broken base64url or UTF-8, or no JSON objects inside.
 */
export function decodeToken(jwt: string): DecodedToken | undefined {
  const parts = jwt.split('.');
  if (parts.length !== 3) return undefined;
  const header = decodeObject(parts[0] ?? '');
  const claims = decodeObject(parts[1] ?? '');
  return header && claims && { header, claims };
}

/** Decodes unpadded base64url to bytes; undefined where a character does not belong or the length is impossible. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function decodeObject(part: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64Url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // Not UTF-8 or not JSON: then it is no JWT, which is this function's answer.
  }
}

/** Whether a parsed JSON or YAML value is an object with named members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
