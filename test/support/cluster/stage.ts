import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { eventually } from '../../../sandbox/eventually.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { decodeToken } from '../../../src/token/decode.ts';

export const NAMESPACE = 'why-unauthorized';
export const now = (): number => Math.floor(Date.now() / 1000);

let admin: Cluster;
let folder = '';
let key: KeyObject;
let kid = '';
export const stranger = await generateKeyPair('RS256');

export async function send(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<Body> {
  const answer = await admin.ask({ method, path, ...(body && { body }) }, AbortSignal.timeout(20_000));
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as Body;
}
interface Body {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly token: string };
}

export const base = `/api/v1/namespaces/${NAMESPACE}`;
export const create = async (
  resource: string,
  name: string,
  more: object = {},
  meta: object = {},
): Promise<string> =>
  (await send('POST', `${base}/${resource}`, { metadata: { name, ...meta }, ...more })).metadata.uid;
export const remove = async (resource: string, name: string): Promise<void> => {
  await send('DELETE', `${base}/${resource}/${name}`, { gracePeriodSeconds: 0 });
};
export const account = async (name: string, meta: object = {}): Promise<string> =>
  await create('serviceaccounts', name, {}, meta);
export const pod = async (name: string, meta: object = {}): Promise<string> =>
  await create(
    'pods',
    name,
    { spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'none' }] } },
    meta,
  );

export async function requested(name: string, spec: object = {}): Promise<string> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  return (await send('POST', `${base}/serviceaccounts/${name}/token`, body)).status.token;
}
export const boundTo = async (kind: string, name: string): Promise<string> =>
  await requested('default', { boundObjectRef: { apiVersion: 'v1', kind, name } });

/** A token that this cluster's own key signs (or another), for what no server would issue. */
export async function signed(
  claims: object,
  header: object = {},
  by: KeyObject | CryptoKeyLike = key,
): Promise<string> {
  return await new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', kid, ...header })
    .sign(by);
}
type CryptoKeyLike = typeof stranger.privateKey;

export const claimsOf = (token: string): Record<string, unknown> => ({ ...decodeToken(token)?.claims });
/** A good token of the default ServiceAccount with other claims. */
export const changed = async (claims: object, header: object = {}, by?: CryptoKeyLike): Promise<string> =>
  await signed({ ...claimsOf(await requested('default')), ...claims }, header, by ?? key);

/** A legacy token of a Secret that holds it: an Opaque one, so that no controller touches it. */
export async function legacyOf(
  secret: string,
  name: string,
  uid: string,
  more: { stored?: string; meta?: object } = {},
): Promise<string> {
  const own = 'kubernetes.io/serviceaccount/';
  const token = await signed({
    iss: 'kubernetes/serviceaccount',
    sub: `system:serviceaccount:${NAMESPACE}:${name}`,
    [`${own}namespace`]: NAMESPACE,
    [`${own}secret.name`]: secret,
    [`${own}service-account.name`]: name,
    [`${own}service-account.uid`]: uid,
  });
  await create('secrets', secret, { stringData: { token: more.stored ?? token } }, more.meta);
  return token;
}

/** Ends once a new namespace has its `default` ServiceAccount, which a controller creates in its own time. */
export async function hasDefault(cluster: Cluster, namespacePath: string): Promise<void> {
  const path = `${namespacePath}/serviceaccounts/default`;
  await eventually(path, async () => (await cluster.ask({ path }, AbortSignal.timeout(5000))).status === 200);
}

/** Prepares the namespace in which causes are staged. Opens the cluster as its administrator, and as a person without any right. */
export async function openStage(
  kubeconfig: string,
  inFolder: string,
): Promise<{ readonly admin: Cluster; readonly nobody: Cluster }> {
  folder = inFolder;

  admin = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  key = createPrivateKey(await readFile(join(folder, 'sa.key'), 'utf8'));
  await send('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await hasDefault(admin, base);
  kid = String(decodeToken(await requested('default'))?.header['kid']);
  await account('nobody');
  const config = JSON.parse(JSON.stringify(admin.endpoint)) as Cluster['endpoint'];
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'nobody',
    clusters: [
      {
        name: 'c',
        cluster: {
          server: config.server,
          'certificate-authority-data': btoa(config.certificateAuthority ?? ''),
        },
      },
    ],
    users: [{ name: 'u', user: { token: await requested('nobody') } }],
    contexts: [{ name: 'nobody', context: { cluster: 'c', user: 'u' } }],
  });
  const file = join(folder, 'nobody.kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return { admin, nobody: clusterAccess.open({ files: [file], context: 'nobody' }) };
}
