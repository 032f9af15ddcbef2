import { decodeBase64Url } from './base64.ts';

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
  const header = decodePart(parts[0] ?? '');
  const claims = decodePart(parts[1] ?? '');
  return header && claims && { header, claims };
}

/** Decodes one part of a JWT; undefined where it is no base64url, no UTF-8, no JSON or no object. */
export function decodePart(part: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64Url(part);
  if (!bytes) return undefined;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // Not UTF-8 or not JSON: then it is no part of a JWT, which is this function's answer.
  }
}

/** Whether a parsed JSON or YAML value is an object with named members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
