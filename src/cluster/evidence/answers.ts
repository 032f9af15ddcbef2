import {
  known,
  type Evidence,
  type LiveObject,
  type OtherAuthenticator,
  type Review,
  type ServerSettings,
} from '../../authentication/evidence.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken, isRecord } from '../../token/decode.ts';
import type { ClusterAnswer } from '../api/cluster.ts';

type Body = Readonly<Record<string, unknown>>;

/** The server's clock by an answer that has come now; undefined where it does not tell it. */
export function serverTimeIn({ serverTime }: ClusterAnswer): Evidence['serverTime'] | undefined {
  const measuredAt = Math.floor(Date.now() / 1000);
  return serverTime === undefined
    ? undefined
    : known({ time: serverTime, measuredAt }, 'the server’s header Date');
}

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

/**
 * A server's flags (k8s.io/apiserver pkg/server/flagz), as far as they say how it judges who asks. The audiences are its
 * issuers where no others are given (kubernetes pkg/kubeapiserver/options/authentication.go).
 */
export function readSettings({ flags }: Body): ServerSettings | undefined {
  if (!isRecord(flags)) return undefined;
  const issuers = listOf(flags['service-account-issuer']);
  const audiences = listOf(flags['api-audiences']);
  if (!issuers || !audiences) return undefined;
  const isSet = (name: string): boolean => text(flags[name]) !== undefined;
  const asked: readonly (readonly [OtherAuthenticator, boolean])[] = [
    ['token file', isSet('token-auth-file')],
    ['bootstrap tokens', flags['enable-bootstrap-token-auth'] !== 'false'],
    ['OpenID provider', isSet('oidc-issuer-url')],
    ['structured authentication', isSet('authentication-config')],
    ['webhook', isSet('authentication-token-webhook-config-file')],
  ];
  return {
    issuers,
    audiences: audiences.length > 0 ? audiences : issuers,
    looksUpLegacy: flags['service-account-lookup'] !== 'false',
    others: asked.flatMap(([one, is]) => (is ? [one] : [])),
    openIdIssuer: text(flags['oidc-issuer-url']),
  };
}

/** A flag that is a list: its values as one line of CSV in brackets (github.com/spf13/pflag). */
function listOf(value: unknown): readonly string[] | undefined {
  const inside = typeof value === 'string' ? /^\[(.*)\]$/s.exec(value)?.[1] : undefined;
  if (inside === undefined) return undefined;
  if (inside === '') return [];
  return [...inside.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

/** The audiences of the API server, as it says them when it refuses a token for others: strings as Go's %q prints them. */
export function readTargetAudiences(error: string | undefined): readonly string[] | undefined {
  const marker = ' is invalid for the target audiences [';
  const from = error?.lastIndexOf(marker) ?? -1;
  if (error === undefined || from < 0) return undefined;
  const rest = error.slice(from + marker.length);
  const list = rest.slice(0, rest.indexOf('"]') + 1).replaceAll('" "', '","');
  try {
    const values: unknown = JSON.parse(`[${list}]`);
    const isList =
      Array.isArray(values) && values.length > 0 && values.every((one) => typeof one === 'string');
    return isList ? values : undefined;
  } catch {
    return undefined; // With escapes that only Go knows.
  }
}

/** The audiences of a token that was requested without naming any: those of the API server. The token is dropped. */
export function readApiAudiences({ status }: Body): readonly string[] | undefined {
  const decoded = isRecord(status) ? decodeToken(text(status['token']) ?? '') : undefined;
  return decoded && classifyToken(decoded).audiences;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
