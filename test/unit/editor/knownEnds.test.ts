import { describe, expect, it } from 'vitest';
import type * as vscode from 'vscode';
import type { LiveState } from '../../../src/cluster/api/live.ts';
import { KnownEnds } from '../../../src/editor/tree/knownEnds.ts';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { base64, boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const UID = '11111111-2222-3333-4444-555555555555';
const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const endpoint = {
  server: 'https://10.0.0.1:6443',
  certificateAuthority: PEM,
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};

interface Rows {
  readonly phase?: LiveState['phase'];
  readonly uid?: string;
  readonly pods?: readonly string[];
  readonly secrets?: readonly string[];
}

/** What is known of a cluster whose one ServiceAccount is kube-system/mycontroller. */
function cluster({ phase = 'ready', uid = UID, pods = [], secrets = [] }: Rows): KnownEnds {
  const view = {
    state: () => ({ phase, problem: undefined }),
    serviceAccount: ({ namespace, name }: { namespace: string; name: string }) =>
      name === 'mycontroller' ? { namespace, name, uid } : undefined,
    tokenSecret: ({ name }: { name: string }) =>
      secrets.includes(name) ? { name, uid: `uid of ${name}` } : undefined,
    pod: () => ({ state: { phase }, pod: pods.map((one) => ({ uid: one }))[0] }),
    followPod: () => undefined,
  };
  // Only what is asked of them is there.
  return new KnownEnds(view as never, { context: { name: 'sandbox' }, endpoint } as never);
}

async function signing(ends: KnownEnds, issuer = ISSUER, kid = 'key-1'): Promise<KnownEnds> {
  const answers: Record<string, unknown> = {
    '/.well-known/openid-configuration': { issuer },
    '/openid/v1/jwks': { keys: [{ kid }] },
  };
  const ask = async ({ path }: { path: string }) =>
    await Promise.resolve({ status: 200, body: answers[path] });
  await ends.readSigners(ask as never, AbortSignal.timeout(1000));
  return ends;
}

function classify(claims: object): Token {
  const decoded = decodeToken(jwt(claims));
  if (!decoded) throw new Error('the test built no token');
  return classifyToken(decoded);
}

const pod = (uid: string): object => boundClaims({ pod: { name: 'p', uid } });
const ofPod = classify(pod('a'));
const GONE = 'its Pod is gone (seen in sandbox)';

describe('what a cluster is known to say of a token', () => {
  it('is that its Pod is gone, where its issuer and key are the cluster’s', async () => {
    expect((await signing(cluster({ pods: ['b'] }))).whyEnded(ofPod, undefined)).toBe(GONE);
    expect((await signing(cluster({ pods: ['a'] }))).whyEnded(ofPod, undefined)).toBeUndefined();
  });

  it.each(['loading', 'paused', 'stale', 'forbidden'] as const)(
    'is nothing where what is seen is %s',
    async (phase) => {
      const ends = await signing(cluster({ phase }));
      expect(ends.whyEnded(ofPod, undefined)).toBeUndefined();
      expect(ends.whyEnded(classify(legacyClaims()), undefined)).toBeUndefined();
    },
  );

  it('is nothing where issuer or key are another’s, or not known', async () => {
    expect((await signing(cluster({}), 'https://other')).whyEnded(ofPod, undefined)).toBeUndefined();
    expect((await signing(cluster({}), ISSUER, 'other')).whyEnded(ofPod, undefined)).toBeUndefined();
    expect(cluster({}).whyEnded(ofPod, undefined)).toBeUndefined();
  });

  it('stays once a Pod was seen to be gone: its uid is not given again', async () => {
    let phase: LiveState['phase'] = 'ready';
    const view = {
      state: () => ({ phase }),
      serviceAccount: () => ({ uid: UID }),
      tokenSecret: () => undefined,
      pod: () => ({ state: { phase }, pod: undefined }),
      followPod: () => undefined,
    };
    const ends = await signing(
      new KnownEnds(view as never, { context: { name: 'sandbox' }, endpoint } as never),
    );
    expect(ends.whyEnded(ofPod, undefined)).toBe(GONE);
    phase = 'paused';
    expect(ends.whyEnded(ofPod, undefined)).toBe(GONE);
    expect(ends.whyEnded(classify(pod('c')), undefined)).toBeUndefined();
  });

  it('is that the Secret that it is bound to is gone, where it was seen before or another has its name', async () => {
    const secrets = ['there'];
    const ends = await signing(cluster({ secrets }));
    const of = (name: string, uid: string): Token => classify(boundClaims({ secret: { name, uid } }));
    expect(ends.whyEnded(of('there', 'uid of there'), undefined)).toBeUndefined();
    expect(ends.whyEnded(of('there', 'another'), undefined)).toBe('its Secret is gone (seen in sandbox)');
    // It may be of another type, of which none is listed.
    expect(ends.whyEnded(of('opaque', 'x'), undefined)).toBeUndefined();
    secrets.pop();
    expect(ends.whyEnded(of('there', 'uid of there'), undefined)).toBe(
      'its Secret is gone (seen in sandbox)',
    );
  });

  it('is nothing of a Node, of which none is listed', async () => {
    const ends = await signing(cluster({}));
    expect(
      ends.whyEnded(classify(boundClaims({ node: { name: 'n', uid: 'x' } })), undefined),
    ).toBeUndefined();
  });

  it('is that a ServiceAccount or a Secret is gone, or that another has the name', async () => {
    const other = await signing(cluster({ uid: 'another' }));
    expect(other.whyEnded(classify(boundClaims()), undefined)).toContain('another has its name');
    const none = await signing(cluster({}));
    const legacy = classify(legacyClaims());
    expect(none.whyEnded(legacy, undefined)).toBe('its Secret is gone (seen in sandbox)');
    const there = await signing(cluster({ secrets: ['mycontroller-token'] }));
    expect(there.whyEnded(legacy, undefined)).toBeUndefined();
    expect(there.whyEnded(classify(boundClaims()), undefined)).toBeUndefined();
  });
});

describe('a kubeconfig that a token stands in', () => {
  const carrier = (server: string, ca = PEM): { document: vscode.TextDocument; jwt: string } => {
    const text = JSON.stringify({
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': base64(ca) } }],
      users: [{ name: 'u', user: { token: jwt(pod('a')) } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    });
    const document = { getText: () => text, version: 1, fileName: 'config' };
    return { document: document as never, jwt: jwt(pod('a')) };
  };

  it('vouches for it where it leads to the cluster', () => {
    expect(cluster({}).whyEnded(ofPod, carrier('https://10.0.0.1:6443/'))).toBe(GONE);
  });

  it('vouches for it by the same CA where the very ServiceAccount is here', () => {
    expect(cluster({}).whyEnded(ofPod, carrier('https://127.0.0.1:6443'))).toBe(GONE);
    const shared = cluster({ uid: 'another' });
    expect(shared.whyEnded(ofPod, carrier('https://10.0.0.1:6443/k8s/clusters/c-2'))).toBeUndefined();
  });

  it('does not where it leads elsewhere, or sends another token', () => {
    const ca = PEM.replace('AAAA', 'BBBB');
    expect(cluster({}).whyEnded(ofPod, carrier('https://10.0.0.1:6443', ca))).toBeUndefined();
    const other = { ...carrier('https://10.0.0.1:6443'), jwt: 'x' };
    expect(cluster({}).whyEnded(ofPod, other)).toBeUndefined();
  });

  it('counts for more than issuer and keys, which any cluster may say', async () => {
    const ends = await signing(cluster({}));
    const ca = PEM.replace('AAAA', 'BBBB');
    expect(ends.whyEnded(ofPod, carrier('https://10.0.0.2:6443', ca))).toBeUndefined();
    expect(ends.whyEnded(ofPod, undefined)).toBe(GONE);
    // At the same address, an authority that was replaced.
    expect(ends.whyEnded(ofPod, carrier('https://10.0.0.1:6443', ca))).toBe(GONE);
  });
});
