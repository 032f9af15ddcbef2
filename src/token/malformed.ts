import { decodeBase64Url, isBase64Url } from './base64.ts';
import { isRecord } from './decode.ts';
import { duplicateKeys } from './keys.ts';
import { signatureLengths } from './signatureLengths.ts';

/** What is wrong with a text that should be a JWT, in words, and at which UTF-16 offset of it. */
export interface Flaw {
  readonly part: 'whole' | 'header' | 'claims' | 'signature';
  readonly offset: number;
  readonly message: string;
}

/**
 * Says what keeps a text from being a whole signed JWT, or undefined where nothing does. It repeats nothing of the
 * text. What it finds first is what the API server stumbles over first.
 */
export function explainMalformed(text: string): Flaw | undefined {
  return flawsOf(text)[0];
}

/** Everything that keeps a text from being a whole signed JWT: of its whole, and one of each part, in their order. */
export function flawsOf(text: string): Flaw[] {
  const whole = flawOfWhole(text);
  const parts = text.split('.');
  const isInParts = !whole || (text.startsWith('eyJ') && parts.length < 3);
  return [whole, ...(isInParts ? flawsOfParts(parts) : [])].filter((flaw) => flaw !== undefined);
}

function flawsOfParts([header = '', claims, signature]: readonly string[]): (Flaw | undefined)[] {
  const flaws = [flawOfPart(header, 'header', 0)];
  if (claims === undefined) return flaws;
  flaws.push(flawOfPart(claims, 'claims', header.length + 1));
  if (signature === undefined) return flaws;
  const offset = header.length + claims.length + 2;
  flaws.push(flawOfPart(signature, 'signature', offset) ?? flawOfSignature(header, signature, offset));
  return flaws;
}

function flawOfWhole(text: string): Flaw | undefined {
  const whole = (message: string, offset = 0): Flaw => ({ part: 'whole', offset, message });
  if (text.trim() === '') return whole('There is no token: the text is empty.');
  const bearer = /^\s*bearer\s/i.exec(text);
  if (bearer) return whole('It begins with "Bearer", which belongs to the HTTP header and not to the token.');
  if (/^\s*["'`]/.test(text)) return whole('It is in quotes, which are no part of a token.');
  const space = text.search(/\s/);
  if (space >= 0)
    return whole(`A ${text[space] === ' ' ? 'space' : 'line break or tab'} is caught in it.`, space);
  if (/^(?:ZXlK|WlhsS)/.test(text))
    return whole('It is still base64-encoded, as in a Secret: decode it first.');
  const parts = text.split('.');
  if (parts.length === 5) return whole('It is an encrypted JWT (JWE), which no API server accepts.');
  if (parts.length !== 3) {
    const missing = parts.length < 3 ? 'It was probably cut short.' : '';
    return whole(
      `It has ${parts.length} parts between dots, and a JWT has 3. ${missing}`.trim(),
      text.length,
    );
  }
  return undefined;
}

function flawOfPart(part: string, name: Flaw['part'], offset: number): Flaw | undefined {
  const flaw = (message: string, at = 0): Flaw => ({ part: name, offset: offset + at, message });
  const Name = `The ${name === 'claims' ? 'second part (claims)' : name}`;
  for (let at = 0; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    if (isBase64Url(unit)) continue;
    const character = part[at] ?? '';
    return '+/='.includes(character)
      ? flaw(
          `${Name} has a "${character}" at character ${at + 1}: it was encoded as standard base64, and a JWT needs base64url.`,
          at,
        )
      : flaw(`${Name} has a character that is no base64url, at character ${at + 1}.`, at);
  }
  const bytes = decodeBase64Url(part);
  if (!bytes)
    return flaw(`${Name} has ${part.length} characters, which no base64url text has: one is missing.`);
  if (name === 'signature') return undefined;
  if (part === '') return flaw(`${Name} is empty.`);
  const json = utf8(bytes);
  if (json === undefined) return flaw(`${Name} is no UTF-8 text.`);
  const value = parse(json);
  if (value === undefined)
    return flaw(`${Name} is no JSON${json.endsWith('}') ? '' : ': it seems cut short'}.`);
  if (!isRecord(value)) return flaw(`${Name} is JSON, but no object.`);
  const twice = [...new Set(duplicateKeys(json))];
  if (twice.length > 0) {
    const keys = twice.slice(0, 5).map((key) => `"${key.slice(0, 60)}"`);
    return flaw(`${Name} has the key${keys.length > 1 ? 's' : ''} ${keys.join(', ')} twice.`);
  }
  if (name === 'header' && typeof value['alg'] !== 'string')
    return flaw('The header names no algorithm (alg).');
  return undefined;
}

function flawOfSignature(header: string, signature: string, offset: number): Flaw | undefined {
  const bytes = decodeBase64Url(header);
  const value = bytes && parse(utf8(bytes) ?? '');
  const algorithm = isRecord(value) ? value['alg'] : undefined;
  const lengths = signatureLengths(algorithm);
  if (!lengths || lengths.includes(signature.length) || typeof algorithm !== 'string') return undefined;
  const fitting = lengths.length > 2 ? `${lengths[1]} with the usual key` : lengths.join(' or ');
  const cut = signature.length < Math.max(...lengths) ? ' It was probably cut short.' : '';
  const message = `The signature has ${signature.length} characters, and one of ${algorithm} has ${fitting}.${cut}`;
  return { part: 'signature', offset: offset + signature.length, message };
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined; // Not UTF-8, which is the answer.
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // Not JSON, which is the answer: no JSON text stands for undefined.
  }
}
