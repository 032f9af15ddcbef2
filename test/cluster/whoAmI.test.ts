import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import type { Identity } from '../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { writeKubeconfig } from '../../sandbox/kubeconfig.ts';
import { isContradicted, proofInFull, witnessInWords } from '../../src/editor/credentials/prove.ts';
import { askKubectl } from '../../src/files/askKubectl.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';
import { bound } from '../support/texts/evidence.ts';

const run = promisify(execFile);
const signal = AbortSignal.timeout(100_000);
const account = 'system:serviceaccount:default:default';

let plane: ControlPlane;
let token: string;
let ca: string;

/** A server without SelfSubjectReview, as those before 1.28 are: the API group version that has it is off. */
beforeAll(async () => {
  plane = await startControlPlane({
    extraApiServerArgs: ['--runtime-config=authentication.k8s.io/v1=false'],
  });
  process.env['PATH'] = [dirname(plane.kubectl), process.env['PATH']].join(delimiter);
  ca = await readFile(plane.caFile, 'utf8');
  const args = ['--kubeconfig', plane.kubeconfig, '-n', 'default', 'create', 'token', 'default'];
  token = (await run(plane.kubectl, args)).stdout.trim();
});
afterAll(async () => {
  await plane.stop();
});

type Credential = Parameters<typeof writeKubeconfig>[1]['credential'];

async function kubeconfigOf(credential: Credential): Promise<string> {
  const file = `${plane.folder}/asked.kubeconfig`;
  await writeKubeconfig(file, { server: plane.server, ca, user: 'u', credential });
  return file;
}

/** Who the server says it is, and what kubectl gets with the same file, by any request. */
async function both(credential: Credential): Promise<{ ours: Identity | string; kubectl: string }> {
  const file = await kubeconfigOf(credential);
  const ours = clusterAccess.whoAmI({ text: await readFile(file, 'utf8'), folder: plane.folder }, signal);
  const args = ['--kubeconfig', file, 'get', 'namespaces'];
  return {
    ours: await ours.catch((error: Error & { reason: string }) => error.reason),
    kubectl: await run(plane.kubectl, args).then(
      () => 'accepted',
      (error: Error & { stderr: string }) => (/Forbidden/.test(error.stderr) ? 'forbidden' : 'refused'),
    ),
  };
}

const unnamed = { username: undefined, uid: undefined, groups: [] };

describe('a server that serves no SelfSubjectReview', () => {
  it('accepts what it answers, and does not say who that is', async () => {
    expect(await both(token)).toEqual({ ours: unnamed, kubectl: 'forbidden' });
    const admin = await plane.clientCertificate('somebody', ['system:masters']);
    expect(await both(admin)).toEqual({ ours: unnamed, kubectl: 'accepted' });
  });

  it('refuses what it answers 401', async () => {
    expect(await both(await bound())).toEqual({ ours: 'unauthorized', kubectl: 'refused' });
    const stranger = await (await createAuthority('another')).forClient('somebody');
    expect(await both(stranger)).toEqual({ ours: 'unauthorized', kubectl: 'refused' });
  });

  it('names whom it forbids to ask, as one before 1.26 does', async () => {
    await withoutReviews(async () => {
      await expect
        .poll(async () => await both(token))
        .toEqual({ ours: { ...unnamed, username: account }, kubectl: 'forbidden' });
      const text = JSON.stringify({
        clusters: [{ name: 'c', cluster: { server: plane.server, 'certificate-authority-data': btoa(ca) } }],
        users: [{ name: 'u', user: { username: 'somebody', password: 'p' } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      });
      await expect(clusterAccess.whoAmI({ text, folder: plane.folder }, signal)).rejects.toMatchObject({
        reason: 'forbidden',
        message: expect.stringContaining('no credential that the server saw') as string,
      });
    });
  });

  it('is told as one that accepts it, by us and by kubectl', async () => {
    const text = await readFile(await kubeconfigOf(token), 'utf8');
    const proof = await clusterAccess.prove({ text, folder: plane.folder }, signal);
    const witness = await askKubectl(text, signal);
    const proved = { ...proof, witness };
    expect([witnessInWords(proved), isContradicted(proved)]).toEqual(['kubectl is accepted too.', false]);
    expect(proofInFull('x', 'x', proved, [])).toContain('the server does not say');
  });

  it.each([
    ['accepted', async () => await Promise.resolve(token)],
    ['refused', async () => await bound()],
  ])('settles that a token is %s', async (outcome, made) => {
    const cluster = clusterAccess.open({ files: [await kubeconfigOf(token)], context: 'sandbox' });
    try {
      const credential = await made();
      const evidence = await cluster.gatherEvidence(
        credential,
        { ...sendingTo(cluster, credential), compareSecret: false, requestToken: false },
        signal,
      );
      const explained = await explainAuthentication(evidence, Math.floor(Date.now() / 1000));
      expect(explained.outcome).toBe(outcome);
      expect(explained.steps.find(({ id }) => id === 'server')?.state).toBe(
        outcome === 'accepted' ? 'passed' : 'failed',
      );
    } finally {
      cluster.dispose();
    }
  });
});

/** Takes the right to ask who one is from everybody, which servers before 1.26 do not give. */
async function withoutReviews(act: () => Promise<void>): Promise<void> {
  const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/system:basic-user';
  const role = (await plane.request('GET', path)) as { rules: { apiGroups: string[] }[] };
  const rules = role.rules.filter(({ apiGroups }) => !apiGroups.includes('authentication.k8s.io'));
  await plane.request('PUT', path, { ...role, rules });
  try {
    await act();
  } finally {
    const { rules: _, ...now } = (await plane.request('GET', path)) as { rules: unknown };
    await plane.request('PUT', path, { ...now, rules: role.rules });
  }
}
