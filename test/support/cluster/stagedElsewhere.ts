import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { createSigningKey } from '../../../sandbox/certificates.ts';
import { startControlPlane, type ControlPlane } from '../../../sandbox/controlPlane.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { judge, type Judged } from './judge.ts';
import { claimsOf, requested } from './stage.ts';

/** The second issuer that it accepts, which its discovery document does not name. */
const SECOND = 'https://second.example';

const WEBHOOKS = '--feature-gates=APIServerWebhookAuthenticationToken=true';

/**
 * Judges what needs another control plane than the shared one: a real other cluster with the same issuer, a second
 * accepted issuer, no anonymous requests, and a signing key that is really replaced. The stage has to be open.
 */
export async function elsewhere(): Promise<Judged[]> {
  const other = await startControlPlane({
    extraApiServerArgs: [`--service-account-issuer=${SECOND}`, '--anonymous-auth=false', WEBHOOKS],
  });
  const admin = clusterAccess.open({ files: [other.kubeconfig], context: 'sandbox' });
  let nobody: Cluster | undefined;
  try {
    const own = await token(other);
    nobody = await openNobody(other, own);
    const on = { admin, nobody };
    const judged = [
      await judge(on, ['elsewhere: its own, anonymous off', keep], own),
      await judge(
        on,
        ['elsewhere: from another cluster with the same issuer', keep],
        await requested('default'),
      ),
      await judge(
        on,
        ['elsewhere: of the second issuer', keep, { asksReview: true }],
        await signed(other, own, {}),
      ),
      await judge(
        on,
        ['elsewhere: of an issuer that is not accepted', keep, { asksReview: true }],
        await signed(other, own, { iss: 'https://dropped.example' }),
      ),
      await judge(
        on,
        ['elsewhere: for the second issuer as audience', keep],
        await signed(other, own, { aud: [SECOND] }),
      ),
      await judge(
        on,
        ['elsewhere: with an expiry that is no number', keep],
        await signed(other, own, { exp: 'soon' }),
      ),
      await judge(
        on,
        ['elsewhere: with an audience that is no text', keep],
        await signed(other, own, { aud: 7 }),
      ),
    ];
    const bound = claimsOf(own)['kubernetes.io'] as object;
    const webhook = { validatingwebhookconfiguration: { name: 'w', uid: 'u' } };
    judged.push(
      await judge(
        on,
        ['elsewhere: webhook-bound, gate on', keep, { asksReview: true }],
        await signed(other, own, { 'kubernetes.io': { ...bound, ...webhook } }),
      ),
    );
    await rotate(other);
    nobody.dispose();
    nobody = await openNobody(other, await token(other));
    await sleep(1000); // The server reads its ServiceAccounts again.
    judged.push(await judge({ admin, nobody }, ['elsewhere: the key was rotated', keep], own));
    judged.push(await judge({ admin, nobody }, ['elsewhere: of the new key', keep], await token(other)));
    return judged;
  } finally {
    nobody?.dispose();
    admin.dispose();
    await other.stop();
  }
}

const keep = async (): Promise<string> => await Promise.resolve('');

async function token({ request }: ControlPlane): Promise<string> {
  const path = '/api/v1/namespaces/kube-system/serviceaccounts/default/token';
  return ((await request('POST', path, { spec: {} })) as { status: { token: string } }).status.token;
}

/** Claims that this cluster's own key signs; of the second issuer where nothing else is said. */
async function signed({ folder }: ControlPlane, like: string, claims: object): Promise<string> {
  const key = createPrivateKey(await readFile(join(folder, 'sa.key'), 'utf8'));
  const kid = String(decodeToken(like)?.header['kid']);
  const issuer = Object.keys(claims).length === 0 ? { iss: SECOND } : {};
  return await new SignJWT({ ...claimsOf(like), ...issuer, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key);
}

async function openNobody({ folder, server, caFile }: ControlPlane, credential: string): Promise<Cluster> {
  const file = join(folder, 'nobody.kubeconfig');
  const ca = (await readFile(caFile)).toString('base64');
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user: { token: credential } }],
    contexts: [{ name: 'nobody', context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(file, text, { mode: 0o600 });
  return clusterAccess.open({ files: [file], context: 'nobody' });
}

/** Replaces the signing key, the old one gone, as a control plane that is rebuilt does. */
async function rotate({ folder, stopApiServer, startApiServer }: ControlPlane): Promise<void> {
  const { privateKey, publicKey } = await createSigningKey();
  await stopApiServer();
  await writeFile(join(folder, 'sa.key'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'sa.pub'), publicKey, { mode: 0o600 });
  await startApiServer();
}
