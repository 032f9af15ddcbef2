import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { refusalsIn } from '../../../src/refusal/find.ts';
import { meaningOf, type Meaning } from '../../../src/refusal/reason.ts';

function meaning(line: string): Meaning {
  const [first] = refusalsIn(line);
  if (!first) throw new Error(`Nothing was found in ${line}`);
  return meaningOf(line, first);
}
const klog = (err: string): string =>
  `E1129 05:34:56.108005    8262 authentication.go:76] "Unable to authenticate the request" err="${err}"`;

describe('what a line says of a refusal', () => {
  it.each([
    ['[invalid bearer token, service account token has expired]', ['expired']],
    ['[invalid bearer token, Token has expired.]', ['expired']],
    [
      '[invalid bearer token, service account token has been invalidated]',
      ['pod-gone', 'bound-secret-gone', 'node-gone', 'pod-terminating'],
    ],
    ['[invalid bearer token, Token has been invalidated, unknown]', ['pod-gone', 'token-secret-gone']],
    ['[invalid bearer token, serviceaccounts \\"web\\" not found]', ['serviceaccount-gone']],
    [
      '[invalid bearer token, token audiences [\\"vault\\"] is invalid for the target audiences [\\"https://a\\"]]',
      ['wrong-audience'],
    ],
    [
      '[invalid bearer token, namespace claim is missing, service account UID (a) does not match claim (b), unknown]',
      ['serviceaccount-recreated', 'not-a-serviceaccount-token'],
    ],
    [
      '[invalid bearer token, square/go-jose: error in cryptographic primitive]',
      ['bad-signature', 'other-cluster-same-issuer', 'signing-key-gone'],
    ],
    ['invalid bearer token', []],
  ])('is what the server’s own words mean: %s', (words, causes) => {
    const found = meaning(klog(words)).causes.map(({ id }) => id);
    expect(found.toSorted()).toEqual(causes.toSorted());
  });

  it('is that of the words alone where they are in JSON, in YAML and at the older server’s end of a line', () => {
    const words = '[invalid bearer token, service account token has expired]';
    for (const line of [
      `{"ts":1,"caller":"filters/authentication.go:76","msg":"Unable to authenticate the request","err":"${words}"}`,
      `  error: '${words}'`,
      `E0426 16:49:27.209682       7 authentication.go:53] Unable to authenticate the request due to an error: ${words}`,
    ]) {
      expect(meaning(line)).toMatchObject({ quoted: words, headline: '401: It has expired' });
    }
  });

  it('tells a client’s certificate from the server’s, and from that of a webhook', () => {
    const old = 'x509: certificate has expired or is not yet valid';
    expect(meaning(klog(`[${old}, verifying certificate SN=1 failed: ${old}]`)).headline).toMatch(
      /client’s certificate/,
    );
    expect(
      meaning(`Unable to connect to the server: tls: failed to verify certificate: ${old}`).headline,
    ).toMatch(/server’s own certificate/);
    expect(
      meaning(`failed calling webhook "a": failed to call webhook: Post "https://a": ${old}`).headline,
    ).toMatch(/certificate of a webhook/);
  });

  it('names the plugin on the Node and not the Pod in an event of the network', () => {
    const { whose } = meaning(
      'Warning FailedCreatePodSandBox kubelet Failed to create pod sandbox: plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized',
    );
    expect(whose).toMatch(/network plugin’s own/);
    expect(whose).toMatch(/bystander/);
  });

  it('names the kubeconfig, the token’s id and the ServiceAccount where the line does', () => {
    const line = (rest: string): string =>
      `E1129 05:34:56.108291 1 a.go:1] "failed" err="a: Unauthorized" ${rest}`;
    expect(meaning(line('path="/host/etc/cni/net.d/calico-kubeconfig"')).named).toEqual({
      kubeconfig: '/host/etc/cni/net.d/calico-kubeconfig',
    });
    expect(meaning(line('credential="JTI=0d7d2b4e-1"')).named).toEqual({ id: '0d7d2b4e-1' });
    expect(meaning(line('user=system:serviceaccount:ci:web')).named).toEqual({
      serviceAccount: { namespace: 'ci', name: 'web' },
    });
  });

  it('says what is done about it, of each line of the corpus', () => {
    const path = fileURLToPath(new URL('../../fixtures/refusals/linked.tsv', import.meta.url));
    for (const row of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const line = (row.split('\t')[2] ?? '').replaceAll(String.raw`\t`, '\t');
      const { headline, advice, whose } = meaning(line);
      expect([line, headline, advice, whose].every((text) => text.length > 10)).toBe(true);
      expect(`${headline} ${line}`).not.toContain('not known here');
    }
  });
});
