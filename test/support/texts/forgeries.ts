import { createHmac, KeyObject, randomBytes } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { boundClaims } from '../tokens.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
type Jwk = Readonly<Record<string, unknown>>;

const ALGORITHMS = ['RS256', 'ES256', 'ES384', 'ES512'] as const;
type Algorithm = (typeof ALGORITHMS)[number];
const OTHERS = ['none', 'None', 'NONE', 'HS256', 'HS512', 'PS256', 'EdDSA', 'ES256K', '', 'RS1', 7, null];

/** A cluster's keys of every kind that Kubernetes issues with, and an attacker's own. */
export interface Forge {
  readonly keys: readonly Jwk[];
  /** Good tokens, one of each kind: they have to verify, or nothing is proved. */
  readonly good: readonly string[];
  /** The forgery of this number; the same number gives the same kind, with other bytes. */
  readonly forgery: (number: number) => Promise<{ readonly kind: string; readonly token: string }>;
}

/** Makes the keys of a cluster and of whoever forges its tokens. */
export async function openForge(): Promise<Forge> {
  const pairs = async (): Promise<Record<Algorithm, KeyPair>> => {
    const made = ALGORITHMS.map(
      async (alg) => [alg, await generateKeyPair(alg, { extractable: true })] as const,
    );
    return Object.fromEntries(await Promise.all(made)) as Record<Algorithm, KeyPair>;
  };
  const [own, foreign] = await Promise.all([pairs(), pairs()]);
  const jwk = async (alg: Algorithm, pair = own): Promise<Jwk> => ({
    ...(await exportJWK(pair[alg].publicKey)),
    kid: `kid-${alg}`,
    alg,
    use: 'sig',
  });
  const keys = await Promise.all(ALGORITHMS.map(async (alg) => await jwk(alg)));
  const claims = (): JWTPayload => ({ ...boundClaims({}, { jti: randomBytes(8).toString('hex') }) });
  const sign = async (alg: Algorithm, by: KeyPair, header: object = {}): Promise<string> =>
    await new SignJWT(claims()).setProtectedHeader({ alg, kid: `kid-${alg}`, ...header }).sign(by.privateKey);
  const good = await Promise.all(ALGORITHMS.map(async (alg) => await sign(alg, own[alg])));

  const kinds: Readonly<Record<string, (alg: Algorithm, number: number) => string | Promise<string>>> = {
    'another key under the same id': async (alg) => await sign(alg, foreign[alg]),
    'another key without an id': async (alg) => await sign(alg, foreign[alg], { kid: undefined }),
    'its own key in the header': async (alg) =>
      await sign(alg, foreign[alg], { jwk: await exportJWK(foreign[alg].publicKey) }),
    'a key set elsewhere': async (alg) =>
      await sign(alg, foreign[alg], { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' }),
    'no algorithm, or another': (alg, number) => {
      const [, body = '', signature = ''] = (good[number % good.length] ?? '').split('.');
      const header = { alg: OTHERS[number % OTHERS.length], kid: `kid-${alg}` };
      return [encode(header), body, number % 2 === 0 ? '' : signature].join('.');
    },
    'the public key as a shared secret': async (alg, number) => {
      const pem = await exportSPKI(own[alg].publicKey);
      const der = KeyObject.from(own[alg].publicKey).export({ type: 'spki', format: 'der' });
      const secret = number % 2 === 0 ? pem : der;
      const data = `${encode({ alg: 'HS256', kid: `kid-${alg}` })}.${encode(claims())}`;
      return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`;
    },
    'the key of another curve or kind': async (alg, number) => {
      const by = ALGORITHMS[(ALGORITHMS.indexOf(alg) + 1 + (number % 3)) % ALGORITHMS.length] ?? 'RS256';
      return await new SignJWT(claims())
        .setProtectedHeader({ alg: by, kid: `kid-${alg}` })
        .sign(own[by].privateKey);
    },
    'other claims under a good signature': (_alg, number) => {
      const [header = '', , signature = ''] = (good[number % good.length] ?? '').split('.');
      return [header, encode(claims()), signature].join('.');
    },
    'another header over a good signature': (_alg, number) => {
      const [header = '', body = '', signature = ''] = (good[number % good.length] ?? '').split('.');
      const own_ = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
      return [encode({ ...own_, typ: randomBytes(4).toString('hex') }), body, signature].join('.');
    },
    'a changed signature': (_alg, number) => {
      const [header = '', body = '', signature = ''] = (good[number % good.length] ?? '').split('.');
      const bytes = Buffer.from(signature, 'base64url');
      const at = number % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 + (number % 255));
      return [header, body, bytes.toString('base64url')].join('.');
    },
    'a signature of zeros, or of nothing': (_alg, number) => {
      const [header = '', body = '', signature = ''] = (good[number % good.length] ?? '').split('.');
      const bytes = Buffer.alloc(number % 2 === 0 ? 0 : Buffer.from(signature, 'base64url').length);
      return [header, body, bytes.toString('base64url')].join('.');
    },
    'cut short': (_alg, number) => {
      const token = good[number % good.length] ?? '';
      return token.slice(0, token.length - 2 - (number % (token.length - 2)));
    },
  };
  const names = Object.keys(kinds);
  return {
    keys,
    good,
    forgery: async (number) => {
      const kind = names[number % names.length] ?? '';
      const alg = ALGORITHMS[Math.floor(number / names.length) % ALGORITHMS.length] ?? 'RS256';
      return { kind, token: (await kinds[kind]?.(alg, number)) ?? '' };
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
