/** An OpenID provider of the tests' own, on loopback and over TLS, as an API server can be told to trust one. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createAuthority } from '../../../sandbox/certificates.ts';

export interface Issuer {
  readonly url: string;
  /** The certificate of the authority that signed its own, as PEM. */
  readonly ca: string;
  /** A token of these claims; issuer and times are added where they are not among them. */
  readonly sign: (claims: object) => Promise<string>;
  readonly close: () => void;
}

export async function startIssuer(): Promise<Issuer> {
  const authority = await createAuthority('issuer');
  const { certificate, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = 'issuers-own';
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const server = createServer({ cert: certificate, key }, ({ url: path }, answer) => {
    answer.setHeader('content-type', 'application/json');
    if (path === '/.well-known/openid-configuration') {
      const document = { issuer: url, jwks_uri: `${url}/keys`, response_types_supported: ['id_token'] };
      answer.end(JSON.stringify(document));
    } else if (path === '/keys') answer.end(JSON.stringify({ keys: [jwk] }));
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ca: authority.certificate,
    sign: async (claims) => {
      const now = Math.floor(Date.now() / 1000);
      const all: JWTPayload = { iss: url, iat: now, exp: now + 600, ...claims };
      return await new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
