import { YamlFault } from './cursor.ts';

/** An integer is a bigint, so that none is rounded, and any other number a number. */
export type Scalar = null | boolean | number | bigint | string;

const NAMESPACE = 'tag:yaml.org,2002:';
const KNOWN: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (text) => [text, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (text) => [text, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((text) => [text, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((text) => [text, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((text) => [text, -Infinity] as const),
]);
/** What Go's ParseInt takes for base 0, underscores taken out. */
const INTEGER = /^([+-]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** What Go's ParseFloat takes, which allows an underscore between two digits. */
const FLOAT_FROM_POINT = /^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/;
/** Go's biggest int64. */
export const MOST_SIGNED = 2n ** 63n - 1n;
const MOST_UNSIGNED = 2n ** 64n - 1n;

/**
 * What a scalar stands for that is plain or has a tag, as go.yaml.in/yaml/v2 has it (resolve.go): YAML 1.1's booleans and
 * numbers, dates as text. Throws YamlFault where a tag does not fit, and for what JSON cannot hold.
 */
export function resolveScalar(tag: string, text: string, line: number): Scalar {
  const type = tag.startsWith(NAMESPACE) ? tag.slice(NAMESPACE.length) : undefined;
  if (type === 'binary') return fromBase64(text, line);
  if (
    tag !== '' &&
    (type === undefined || !['str', 'bool', 'int', 'float', 'null', 'timestamp'].includes(type))
  ) {
    return text;
  }
  if (type === 'str') return text;
  if (type === 'timestamp') throw new YamlFault('a tag says that it is a date', line, false);
  const value = resolvePlain(text);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new YamlFault('there is a number that JSON does not have', line, false);
  }
  if (type === undefined || typeOf(value) === type) return value;
  if (type === 'float' && typeof value === 'bigint' && value <= MOST_SIGNED) return Number(value);
  throw new YamlFault('a tag does not fit its value', line, true);
}

function typeOf(value: Scalar): string {
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : 'str';
}

function resolvePlain(text: string): Scalar {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const digits = text.replaceAll('_', '');
  if (text.startsWith('.')) return (FLOAT_FROM_POINT.test(text) ? finite(digits) : undefined) ?? text;
  if (!/^[-+0-9]/.test(text)) return text;
  return integer(digits) ?? (FLOAT.test(digits) ? finite(digits) : undefined) ?? text;
}

function integer(text: string): bigint | undefined {
  const [found, sign, prefixed, octal, decimal] = INTEGER.exec(text) ?? [];
  if (found === undefined) return undefined;
  const size = BigInt(octal === undefined ? (prefixed ?? decimal ?? '') : `0o${octal}`);
  const value = sign === '-' ? -size : size;
  const most = sign === '' ? MOST_UNSIGNED : MOST_SIGNED;
  return value >= -MOST_SIGNED - 1n && value <= most ? value : undefined;
}

/** A number too big for Go stays a text there. */
function finite(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** `!!binary`, which JSON can hold only where it is a text. */
function fromBase64(text: string, line: number): string {
  const data = text.replaceAll(/[\r\n]/g, '');
  if (!isBase64(data)) throw new YamlFault('!!binary is no base64', line, true);
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new YamlFault('!!binary is no text', line, false);
  }
}

/** Whether a text is padded standard base64 without line ends (Go's base64.StdEncoding). */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
