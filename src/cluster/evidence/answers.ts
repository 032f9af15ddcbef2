import type { LiveObject, Review } from '../../authentication/evidence.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken, isRecord } from '../../token/decode.ts';

type Body = Readonly<Record<string, unknown>>;

/** The issuer of a discovery document. Each reader here returns undefined for an answer it does not know. */
export function readIssuer({ issuer }: Body): string | undefined {
  return text(issuer);
}

/** The keys of a JWKS. */
export function readKeys({ keys }: Body): readonly Body[] | undefined {
  return Array.isArray(keys) ? keys.filter((key) => isRecord(key)) : undefined;
}

/** The minor number of /version; providers write it as "37+". */
export function readMinorVersion({ minor }: Body): number | undefined {
  const number = Number.parseInt(text(minor) ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}

/** What the server calls its release, by /version. */
export function readRelease({ gitVersion }: Body): string | undefined {
  return text(gitVersion);
}

export function readLiveObject({ metadata }: Body): LiveObject | undefined {
  if (!isRecord(metadata)) return undefined;
  const uid = text(metadata['uid']);
  if (uid === undefined) return undefined;
  const time = (name: string): number | undefined => {
    const seconds = Date.parse(text(metadata[name]) ?? '') / 1000;
    return Number.isNaN(seconds) ? undefined : seconds;
  };
  const labels = isRecord(metadata['labels']) ? metadata['labels'] : {};
  return {
    uid,
    creationTimestamp: time('creationTimestamp'),
    deletionTimestamp: time('deletionTimestamp'),
    invalidSince: text(labels['kubernetes.io/legacy-token-invalid-since']),
  };
}

export function readReview({ status }: Body): Review | undefined {
  if (!isRecord(status)) return undefined;
  const user = isRecord(status['user']) ? status['user'] : {};
  return {
    authenticated: status['authenticated'] === true,
    username: text(user['username']),
    error: text(status['error']),
  };
}

/** The audiences of a token that was requested without naming any: those of the API server. The token is dropped. */
export function readApiAudiences({ status }: Body): readonly string[] | undefined {
  const decoded = isRecord(status) ? decodeToken(text(status['token']) ?? '') : undefined;
  return decoded && classifyToken(decoded).audiences;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
