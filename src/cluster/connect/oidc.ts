import { readFile } from 'node:fs/promises';
import {
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  None,
  refreshTokenGrant,
  type ClientAuth,
  type CustomFetchOptions,
} from 'openid-client';
import { Agent } from 'undici';
import { decodeToken } from '../../token/decode.ts';

/**
 * The id token that kubectl's own auth-provider, `oidc`, sends: the one that it keeps, or a new one where that has ended.
 * Undefined where it has none, and nothing to get another with. Throws what the network and the provider say.
 */
export async function idTokenOf(config: Readonly<Record<string, string>>): Promise<string | undefined> {
  const {
    'id-token': kept,
    'refresh-token': refresh,
    'client-id': client,
    'idp-issuer-url': issuer,
  } = config;
  if (!kept) return undefined;
  const end = decodeToken(kept)?.claims['exp'];
  if (typeof end === 'number' && Date.now() / 1000 <= end) return kept;
  if (!client || !refresh || !issuer) return undefined;
  const ca = await authorityIn(config);
  const agent = new Agent(ca === undefined ? {} : { connect: { ca } });
  const ask = async (url: string, { method, headers, body }: CustomFetchOptions): Promise<Response> => {
    const { origin, pathname, search } = new URL(url);
    const answer = await agent.request({
      origin,
      path: `${pathname}${search}`,
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      body: body instanceof URLSearchParams ? body.toString() : null,
    });
    const type = { 'content-type': String(answer.headers['content-type'] ?? '') };
    return new Response(await answer.body.text(), { status: answer.statusCode, headers: type });
  };
  try {
    const login = loginOf(config['client-secret']);
    const provider = await discovery(new URL(issuer), client, undefined, login, { [customFetch]: ask });
    return (await refreshTokenGrant(provider, refresh)).id_token;
  } finally {
    await agent.close();
  }
}

/** How the client says who it is: as a provider takes it, in the header where it does not say (OpenID Connect Discovery, 3). */
function loginOf(secret: string | undefined): ClientAuth {
  if (!secret) return None();
  return (provider, ...more) => {
    const isInHeader =
      provider.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    (isInHeader ? ClientSecretBasic : ClientSecretPost)(secret)(provider, ...more);
  };
}

/** The provider's own certificate authority, in PEM; undefined: those that this machine trusts. */
async function authorityIn(config: Readonly<Record<string, string>>): Promise<Buffer | undefined> {
  const file = config['idp-certificate-authority'];
  if (file) return await readFile(file);
  const data = config['idp-certificate-authority-data'];
  return data ? Buffer.from(data, 'base64') : undefined;
}
