/** Servers that ask others than the ServiceAccount authenticators: what each is told, and tokens to judge there. */
import { SignJWT } from 'jose';
import {
  claimsOf,
  keyIdOf,
  ofAnotherCluster,
  ofPodThatIsGone,
  requested,
  signed,
  signingKeyOf,
  startConfigured,
  written,
  type Case,
  type Configured,
  type Staged,
} from './configured.ts';
import { eventually } from '../../../sandbox/eventually.ts';
import { startIssuer } from './issuer.ts';
import { reviewOn } from './judge.ts';
import { now, stranger } from './stage.ts';
import { startWebhook } from './webhook.ts';

/** An id token of a provider that nobody trusts. */
const ofStranger = async (): Promise<string> =>
  await new SignJWT({ iss: 'https://accounts.example.com', sub: 'alice', aud: 'x', exp: now() + 600 })
    .setProtectedHeader({ alg: 'RS256', kid: 'x' })
    .sign(stranger.privateKey);

/** A provider's keys are fetched a moment after the server is ready. */
async function untilAccepted(cluster: Configured, token: string): Promise<void> {
  await eventually(
    'the server to take the issuer’s tokens',
    async () => (await reviewOn(cluster.people.administrator, token)).accepted,
  );
}

/** Another issuer by structured authentication, bootstrap tokens, and anonymous requests to some paths alone. */
export async function structuredAuthentication(folder: string): Promise<Staged> {
  const issuer = await startIssuer();
  const configuration = {
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthenticationConfiguration',
    jwt: [
      {
        issuer: { url: issuer.url, certificateAuthority: issuer.ca, audiences: ['kubernetes'] },
        claimMappings: { username: { claim: 'sub', prefix: 'second:' } },
      },
    ],
    anonymous: {
      enabled: true,
      conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }],
    },
  };
  const file = await written(folder, 'authentication.json', JSON.stringify(configuration));
  const cluster = await startConfigured({
    extraApiServerArgs: [`--authentication-config=${file}`, '--enable-bootstrap-token-auth'],
  });
  await cluster.request('POST', '/api/v1/namespaces/kube-system/secrets', {
    metadata: { name: 'bootstrap-token-abcdef' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
    },
  });
  await untilAccepted(cluster, await issuer.sign({ sub: 'alice', aud: 'kubernetes' }));
  const own = await requested(cluster);
  const key = await signingKeyOf(cluster);
  const legacyIssuer = { ...claimsOf(own), iss: 'kubernetes/serviceaccount' };
  const other = 'not-a-serviceaccount-token';
  const cases: Case[] = [
    { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
    {
      name: 'of a Pod that is gone',
      token: await ofPodThatIsGone(cluster),
      accepted: false,
      cause: 'pod-gone',
      toldTo: 'reader',
    },
    {
      name: 'id token of the second issuer',
      token: await issuer.sign({ sub: 'alice', aud: 'kubernetes' }),
      accepted: true,
      toldTo: 'no one',
    },
    {
      name: 'id token of the second issuer for others',
      token: await issuer.sign({ sub: 'alice', aud: 'vault' }),
      accepted: false,
      cause: other,
      toldTo: 'no one',
    },
    {
      name: 'ServiceAccount token of another cluster that is trusted',
      token: await issuer.sign({ ...claimsOf(own), iss: issuer.url, aud: 'kubernetes' }),
      accepted: true,
      toldTo: 'no one',
    },
    {
      name: 'ServiceAccount token of another cluster',
      token: await ofAnotherCluster(own),
      accepted: false,
      cause: 'other-cluster',
      toldTo: 'no one',
    },
    {
      name: 'id token of a stranger',
      token: await ofStranger(),
      accepted: false,
      cause: other,
      toldTo: 'no one',
    },
    {
      name: 'opaque, where nobody looks at such',
      token: 'sha256~bm9ib2R5LWtub3dzLXdoYXQtdGhpcy1pcw',
      accepted: false,
      cause: other,
      toldTo: 'administrator',
    },
    { name: 'bootstrap token', token: 'abcdef.0123456789abcdef', accepted: true, toldTo: 'no one' },
    {
      name: 'bootstrap token that is none',
      token: 'abcdeg.0123456789abcdef',
      accepted: false,
      cause: other,
      toldTo: 'no one',
    },
    {
      name: 'bound token of the legacy issuer, which is not among its own',
      token: await signed(legacyIssuer, key, keyIdOf(own)),
      accepted: false,
      cause: 'issuer-dropped',
      toldTo: 'administrator',
    },
  ];
  return {
    cluster,
    cases,
    stop: async () => {
      await cluster.stop();
      issuer.close();
    },
  };
}

/** An OpenID provider by flags, a webhook, and no anonymous requests; `known` are the tokens of the webhook. */
export async function providerAndWebhook(
  folder: string,
): Promise<Staged & { readonly known: Map<string, string> }> {
  const known = new Map([
    ['k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8', 'arn:aws:iam::111122223333:user/alice'],
    ['ya29.a0AfB_byExampleOfAnAccessToken', 'alice@example.com'],
    ['sha256~ZXhhbXBsZS1vZi1hbi1PcGVuU2hpZnQtdG9rZW4', 'kube:admin'],
    ['kubeconfig-u-abcde:8xq5example', 'u-abcde'],
  ]);
  const [issuer, webhook] = await Promise.all([startIssuer(), startWebhook(known)]);
  const cluster = await startConfigured({
    extraApiServerArgs: [
      '--anonymous-auth=false',
      `--oidc-issuer-url=${issuer.url}`,
      '--oidc-client-id=kubernetes',
      '--oidc-username-prefix=oidc:',
      `--oidc-ca-file=${await written(folder, 'issuer.crt', issuer.ca)}`,
      `--authentication-token-webhook-config-file=${await written(folder, 'webhook.kubeconfig', webhook.kubeconfig)}`,
      '--authentication-token-webhook-version=v1',
    ],
  });
  await untilAccepted(cluster, await issuer.sign({ sub: 'alice', aud: 'kubernetes' }));
  const own = await requested(cluster);
  const key = await signingKeyOf(cluster);
  const cases: Case[] = [
    ...[...known.keys()].map((token) => ({
      name: token,
      token,
      accepted: true,
      toldTo: 'no one' as const,
    })),
    {
      name: 'opaque, and of nobody',
      token: 'k8s-aws-v1.bm9ib2R5',
      accepted: false,
      cause: 'not-a-serviceaccount-token',
      toldTo: 'no one',
    },
    {
      name: 'id token',
      token: await issuer.sign({ sub: 'alice', aud: 'kubernetes' }),
      accepted: true,
      toldTo: 'no one',
    },
    {
      name: 'id token, expired',
      token: await issuer.sign({ sub: 'alice', aud: 'kubernetes', exp: now() - 100 }),
      accepted: false,
      cause: 'not-a-serviceaccount-token',
      toldTo: 'no one',
    },
    { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
    {
      name: 'of a Pod that is gone',
      token: await ofPodThatIsGone(cluster),
      accepted: false,
      cause: 'pod-gone',
      toldTo: 'reader',
    },
    {
      name: 'expired',
      token: await signed({ ...claimsOf(own), exp: now() - 100 }, key, keyIdOf(own)),
      accepted: false,
      cause: 'expired',
      toldTo: 'nobody',
    },
    {
      name: 'of another cluster',
      token: await ofAnotherCluster(own),
      accepted: false,
      cause: 'other-cluster',
      toldTo: 'no one',
    },
  ];
  return {
    cluster,
    cases,
    known,
    stop: async () => {
      await cluster.stop();
      issuer.close();
      webhook.close();
    },
  };
}
