/** A webhook that knows opaque tokens, as EKS, GKE, OpenShift and Rancher have one: a real HTTPS server on loopback. */
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../../../sandbox/certificates.ts';

export interface Webhook {
  /** A kubeconfig that leads to it, for --authentication-token-webhook-config-file. */
  readonly kubeconfig: string;
  readonly close: () => void;
}

/** `known`: the tokens that it accepts, and whose they are. It says `unknown` of any other, as Amazon's does. */
export async function startWebhook(known: ReadonlyMap<string, string>): Promise<Webhook> {
  const authority = await createAuthority('webhook');
  const { certificate, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
  const answerTo = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { apiVersion, kind, spec } = JSON.parse(await bodyOf(asked)) as Review;
    const username = known.get(spec.token);
    const status =
      username === undefined
        ? { authenticated: false, error: 'unknown' }
        : { authenticated: true, user: { username } };
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ apiVersion, kind, status }));
  };
  const server = createServer({ cert: certificate, key }, (asked, answer) => {
    void answerTo(asked, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kubeconfig: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'webhook',
      clusters: [
        {
          name: 'webhook',
          cluster: { server: url, 'certificate-authority-data': btoa(authority.certificate) },
        },
      ],
      users: [{ name: 'api-server', user: {} }],
      contexts: [{ name: 'webhook', context: { cluster: 'webhook', user: 'api-server' } }],
    }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: { readonly token: string };
}

async function bodyOf(asked: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of asked) text += String(chunk);
  return text;
}
