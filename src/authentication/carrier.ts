import type { CauseId } from './causes.ts';
import { decodeToken } from '../token/decode.ts';
import { opaqueOf, type Opaque } from './others.ts';

/** What is wrong with a credential before its claims are even read. `finding` repeats no part of it. */
export interface CarrierProblem {
  readonly cause: CauseId;
  readonly finding: string;
}

/** The token in a credential as the server would take it, and what is wrong around it. */
export interface Carried {
  /** The token after every repair; empty where none could be found. */
  readonly token: string;
  readonly problem: CarrierProblem | undefined;
  /** What it is where it is no JWT and could yet be meant for the server as it is. */
  readonly opaque: Opaque | undefined;
}

/** Takes a credential as it stands in a file apart: encoding, quotes, prefix, line breaks, JSON, cut ends. */
export function readCarrier(credential: string): Carried {
  const trimmed = credential.trim();
  if (trimmed === '')
    return broken(
      '',
      'no-token',
      'There is no token, and the request is anonymous: forbidden (403) as a rule, or refused (401) where no anonymous requests are allowed, or to only some paths.',
    );
  if (trimmed.startsWith('-----BEGIN ')) {
    return broken('', 'not-a-serviceaccount-token', 'This is a PEM block, a key or a certificate.');
  }
  const unwrapped = unwrap(trimmed);
  if (unwrapped) {
    const inner = readCarrier(unwrapped.inner);
    const problem = { cause: 'wrapped', finding: unwrapped.finding } as const;
    return { token: inner.token, problem, opaque: undefined };
  }
  const encoded = trimmed.includes('.') ? undefined : decodeLayers(trimmed);
  if (encoded) {
    const { token, layers } = encoded;
    const finding =
      layers === 1
        ? 'The text is base64 of a token, as in a Secret’s data.'
        : 'The text is base64 of base64 of a token: it was encoded twice, as when a Secret’s data is encoded again.';
    return broken(token, 'still-base64', finding);
  }
  if (/\s/.test(trimmed)) {
    const joined = trimmed.replaceAll(/\s/g, '');
    if (!joined.startsWith('eyJ')) {
      const finding = 'There is white space in it, and it does not begin like a JWT (eyJ).';
      return broken('', 'not-a-serviceaccount-token', finding);
    }
    return broken(
      joined,
      'wrapped',
      'There is white space or a line break inside the token; what follows it is not sent.',
    );
  }
  const problem = shapeProblem(trimmed);
  const opaque = problem?.cause === 'not-a-serviceaccount-token' ? opaqueOf(trimmed) : undefined;
  return { token: trimmed, problem, opaque };
}

function broken(token: string, cause: CauseId, finding: string): Carried {
  return { token, problem: { cause, finding }, opaque: undefined };
}

function unwrap(text: string): { inner: string; finding: string } | undefined {
  const header = /^(?:authorization\s*:\s*)?bearer\s+(?=\S)/i.exec(text);
  if (header)
    return { inner: text.slice(header[0].length), finding: '"Bearer " stands in front of the token.' };
  const quote = text[0] ?? '';
  if (`"'\``.includes(quote) && text.length > 2) {
    const inner = text.slice(1, text.endsWith(quote) ? -1 : undefined);
    return { inner, finding: 'There are quotes around the token.' };
  }
  if (text.startsWith('{')) {
    const token = /"(?:token|access_token|id_token)"\s*:\s*"([^"]+)"/.exec(text)?.[1];
    return token === undefined
      ? undefined
      : { inner: token, finding: 'The token stands inside JSON; only its value is the token.' };
  }
  return undefined;
}

function shapeProblem(token: string): CarrierProblem | undefined {
  const parts = token.split('.');
  if (parts.length === 5) {
    return {
      cause: 'not-a-serviceaccount-token',
      finding: 'It has five parts: an encrypted JWE, which Kubernetes never issues.',
    };
  }
  if (/^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(token)) {
    return { cause: 'not-a-serviceaccount-token', finding: 'It has the shape of a bootstrap token.' };
  }
  if (!token.startsWith('eyJ')) {
    return {
      cause: 'not-a-serviceaccount-token',
      finding: 'It does not begin like a JWT (eyJ), which every ServiceAccount token is.',
    };
  }
  if (parts.length !== 3) {
    const count = parts.length === 1 ? 'one part' : `${parts.length} parts`;
    return { cause: 'truncated', finding: `It has ${count}; a token has three, with dots between them.` };
  }
  if (!/^[A-Za-z0-9_.-]+$/.test(token)) {
    return { cause: 'wrapped', finding: 'There are characters in it that no token has.' };
  }
  if (!decodeToken(token)) {
    return {
      cause: 'truncated',
      finding: 'Its header or claims cannot be decoded: part of it is missing or damaged.',
    };
  }
  return parts[2] === '' ? { cause: 'truncated', finding: 'Its signature is missing.' } : undefined;
}

/** A text without the base64 around a token, and how often that was put around it; undefined where there is none. */
function decodeLayers(text: string): { token: string; layers: 1 | 2 } | undefined {
  if (!text.startsWith('ZXlK') && !text.startsWith('WlhsS')) return undefined;
  const once = decodeBase64(text.replaceAll(/\s/g, '')) ?? '';
  if (!text.startsWith('WlhsS')) return { token: once, layers: 1 };
  return { token: decodeBase64(once.replaceAll(/\s/g, '')) ?? '', layers: 2 };
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text).trim();
  } catch {
    return undefined; // Cut in the middle: it is still seen for what it was.
  }
}
