import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import { offlineEvidence } from '../../src/authentication/evidence.ts';
import { contextItself } from '../../src/cluster/evidence/sending.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import {
  after,
  differencesOfKind,
  document,
  evidenceOf,
  exec,
  explain,
  HOUR,
  KINDS,
  kubectlAs,
  openKinds,
  pair,
  serviceAccountToken,
  type KindStage,
} from '../support/cluster/credentialKinds.ts';

let stage: KindStage;

beforeAll(async () => {
  stage = await openKinds();
});
afterAll(async () => {
  await stage.stop();
});

describe('why a kubeconfig fails, kubectl as judge', () => {
  it.each(KINDS.map((kind) => [kind[0], kind] as const))(
    'is told of %s, and never wrong to somebody without a login there',
    async (_what, kind) => {
      expect(await differencesOfKind(stage, kind)).toEqual([]);
    },
  );

  it('says of a program that was not run that it cannot tell', async () => {
    const text = document(stage, exec({ token: await serviceAccountToken(stage) }));
    const { credential, ...known } = await clusterAccess.sending({ text, folder: '/', origin: 'x' });
    const told = await explainAuthentication(offlineEvidence(credential, known), Date.now() / 1000);
    expect([told.outcome, told.headline]).toEqual([
      'cannot-tell',
      'What its program gives is not known: it was not run',
    ]);
  });

  it('says of an expired certificate-authority that no request is made, as kubectl makes none', async () => {
    const life = { notBefore: after(-48 * HOUR), notAfter: after(-HOUR) };
    const old = btoa((await createAuthority('sandbox', life)).certificate);
    const text = document(stage, pair(await stage.plane.clientCertificate('jane')), {
      'certificate-authority-data': old,
    });
    expect(await kubectlAs(stage, text)).toBe('');
    const { outcome, steps } = await explain(stage, text, false);
    expect(outcome).toBe('refused');
    expect(steps[0]).toMatchObject({
      id: 'entry',
      state: 'failed',
      finding: expect.stringMatching(/expired 1 h ago.*no 401/) as string,
    });
    const both = btoa(atob(old) + atob(stage.ca));
    const mixed = document(stage, pair(await stage.plane.clientCertificate('jane')), {
      'certificate-authority-data': both,
    });
    expect([await kubectlAs(stage, mixed), (await explain(stage, mixed, true, 'nobody')).outcome]).toEqual([
      'jane',
      'accepted',
    ]);
  });

  it('sends nothing that came into the kubeconfig since, and nothing where nothing is sent', async () => {
    const file = join(stage.plane.folder, 'changing.kubeconfig');
    const kubeconfig = { files: [file], context: 'x' };
    const certified = pair(await stage.plane.clientCertificate('jane'));
    const token = await serviceAccountToken(stage);
    const opened = async (before: object, after: object): Promise<object | undefined> => {
      await writeFile(file, document(stage, before), { mode: 0o600 });
      const { sent } = await clusterAccess.sending(kubeconfig);
      if (!sent.known) throw new Error(sent.why);
      await writeFile(file, document(stage, after), { mode: 0o600 });
      const cluster = clusterAccess.openAnonymously(kubeconfig);
      try {
        return contextItself(kubeconfig, sent.value, cluster.endpoint, undefined).user;
      } finally {
        cluster.dispose();
      }
    };
    expect(await opened(certified, certified)).toBeDefined();
    await expect(opened(certified, { ...certified, token })).rejects.toThrow('something else');
    const another = pair(await stage.plane.clientCertificate('joe'));
    await expect(opened(certified, another)).rejects.toThrow('something else');
    const blank = { token: ` ${token}` };
    expect(await opened(blank, blank)).toBeUndefined();
  });

  it('tells whose a certificate is, its groups, its issuer and its time', async () => {
    const text = document(stage, pair(await stage.plane.clientCertificate('jane', ['team', 'ops'])));
    const { steps, user } = await explain(stage, text, false);
    const { exhibits = [] } = steps.find(({ id }) => id === 'sent') ?? {};
    const told = Object.fromEntries(exhibits.map(({ what, value }) => [what, value]));
    expect(told).toMatchObject({ 'user (CN)': 'jane', 'groups (O)': 'team, ops', issuer: 'sandbox' });
    expect(told['until']).toMatch(/^\d+ \(\d{4}-/);
    expect(user).toMatchObject({ name: 'jane', groups: ['team', 'ops', 'system:authenticated'] });
  });

  it('knows by which release and version of a server a certificate is judged', async () => {
    const text = document(stage, pair(await stage.plane.clientCertificate('jane')));
    const { release, minorVersion } = await evidenceOf(stage, text, false);
    const { gitVersion, minor } = (await stage.plane.request('GET', '/version')) as Record<string, string>;
    expect([release, minorVersion]).toMatchObject([{ value: gitVersion }, { value: Number(minor) }]);
  });

  it('takes what kubectl proxy makes of a request without a credential for the server’s word', async () => {
    const args = ['--kubeconfig', stage.plane.kubeconfig, 'proxy', '--port=0'];
    const proxy = execFile(stage.plane.kubectl, args);
    try {
      const port = await new Promise<string>((resolve, reject) => {
        proxy.once('exit', reject);
        proxy.stdout?.on('data', (chunk: string) => {
          const found = /:(\d+)\s*$/.exec(chunk)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const text = document(
        stage,
        {},
        { server: `http://127.0.0.1:${port}`, 'certificate-authority-data': undefined },
      );
      expect(await kubectlAs(stage, text)).toBe('sandbox-admin');
      expect((await explain(stage, text, false, 'nobody')).outcome).toBe('accepted');
    } finally {
      proxy.kill();
    }
  });
});
