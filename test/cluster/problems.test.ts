import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { ruleFixtures } from '../support/texts/ruleFixtures.ts';
import { filledIn } from '../support/texts/snippets.ts';
import { whoKubectlIs } from '../support/cluster/kubectl.ts';

const { kubeconfig, kubectl } = inject('controlPlane');
const run = promisify(execFile);
const namespace = 'problems';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'problems-'));
  await admin('create', 'namespace', namespace);
  await admin('create', 'serviceaccount', 'mycontroller', '-n', namespace);
});
afterAll(async () => {
  await admin('delete', 'namespace', namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

/** What kubectl says, also where it fails. */
async function kubectlSays(...args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(kubectl, [...args]);
    return stdout + stderr;
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}
const admin = async (...args: readonly string[]): Promise<string> =>
  await kubectlSays('--kubeconfig', kubeconfig, ...args);

async function apply(text: string, ...args: readonly string[]): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.yaml`);
  await writeFile(file, text.replaceAll('kube-system', namespace));
  return await admin('apply', '-f', file, ...args);
}
const lengthOfToken = async (secret: string, inNamespace = namespace): Promise<string> =>
  await admin('get', 'secret', secret, '-n', inNamespace, '-o', 'jsonpath={.data.token}');
const filled = async (secret: string): Promise<void> => {
  await expect
    .poll(async () => (await lengthOfToken(secret)).length, { timeout: 60_000 })
    .toBeGreaterThan(500);
};

function fixture(rule: string): { before: string; after: string } {
  const found = ruleFixtures.find((one) => one.rule === rule);
  if (found?.after === undefined) throw new Error(`no fixture of ${rule}`);
  return { before: found.before, after: found.after };
}
/** A fixture with a Secret of its own name. */
function named(rule: string, name: string): { before: string; after: string } {
  const { before, after } = fixture(rule);
  return {
    before: before.replaceAll('mycontroller-token', name),
    after: after.replaceAll('mycontroller-token', name),
  };
}

describe('what the problems of token Secrets say is what the control plane does', () => {
  it('account-annotation-missing: refused, and taken with the fix', async () => {
    const { before, after } = named('account-annotation-missing', 'annotated');
    expect(await apply(before)).toContain(
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    );
    await apply(after);
    await filled('annotated');
  });

  it('secret-type-wrong and immutable-without-token: taken, and never filled; filled with the fix', async () => {
    const type = named('secret-type-wrong', 'typed');
    const immutable = named('immutable-without-token', 'immutable');
    expect(await apply(type.before)).toContain('secret/typed created');
    expect(await apply(immutable.before)).toContain('secret/immutable created');
    // What is created later is filled, so the controller has seen the earlier ones.
    await apply(named('immutable-without-token', 'later').after);
    await filled('later');
    expect([await lengthOfToken('typed'), await lengthOfToken('immutable')]).toEqual(['', '']);
    expect(await apply(type.after)).toContain('field is immutable');
    await admin('delete', 'secret', 'typed', 'immutable', '-n', namespace);
    await apply(type.after);
    await apply(immutable.after);
    await Promise.all([filled('typed'), filled('immutable')]);
  });

  it('account-uid-copied and account-not-in-file: taken, then deleted', async () => {
    expect(await apply(named('account-uid-copied', 'copied').before)).toContain('secret/copied created');
    const alone = named('account-not-in-file', 'alone').before.replace(
      'name: mycontroller #',
      'name: nobody #',
    );
    expect(await apply(alone)).toContain('secret/alone created');
    for (const name of ['copied', 'alone']) {
      await expect.poll(async () => await lengthOfToken(name), { timeout: 60_000 }).toContain('not found');
    }
    await apply(named('account-uid-copied', 'copied').after);
    await filled('copied');
  });

  it('account-in-other-namespace: taken, then deleted', async () => {
    const { before } = named('account-in-other-namespace', 'moved');
    await admin('create', 'namespace', 'ci-problems');
    // Here the ServiceAccount is in another namespace than the Secret, which has none of that name.
    const text = before.replaceAll(/\bci\b/g, namespace).replaceAll('kube-system', 'ci-problems');
    expect(await apply(text)).toContain('secret/moved created');
    await expect
      .poll(async () => await lengthOfToken('moved', 'ci-problems'), { timeout: 60_000 })
      .toContain('not found');
    await admin('delete', 'namespace', 'ci-problems', '--wait=false');
  });
});

describe('what the problems of projected tokens say is what the API server does', () => {
  const pod = (fields: string): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace },
      spec: {
        serviceAccountName: 'mycontroller',
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: parse(fields) as object }] } }],
      },
    });

  it('projection-life-out-of-range: refused below 600 and above 2³² seconds', async () => {
    const dry = '--dry-run=server';
    expect(await apply(pod('{path: t, expirationSeconds: 599}'), dry)).toContain(
      'may not specify a duration less than 10 minutes',
    );
    expect(await apply(pod('{path: t, expirationSeconds: 4294967297}'), dry)).toContain(
      'may not specify a duration larger than 2^32 seconds',
    );
    for (const seconds of [600, 3600, 4_294_967_296]) {
      expect(await apply(pod(`{path: t, expirationSeconds: ${seconds}}`), dry)).toContain('pod/p created');
    }
  });

  it('snippets are taken as they are', async () => {
    const volumes = ['Projected Token Volume', 'Projected Token for Another Service'] as const;
    const base = `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ${namespace}}\nspec:\n  serviceAccountName: mycontroller\n  containers: [{name: c, image: i}]\n  volumes:\n`;
    for (const name of volumes) {
      const text = base + filledIn(name).replaceAll(/^(?=.)/gm, '    ');
      expect(await apply(text, '--dry-run=server')).toContain('pod/p created');
    }
    expect(await apply(filledIn('Token Secret'), '--dry-run=server')).toContain(
      'secret/mycontroller-token created',
    );
    expect(await apply(filledIn('ServiceAccount and Its Token Secret'), '--dry-run=server')).toContain(
      'secret/mycontroller-token',
    );
  });
});

describe('what the problems of kubeconfigs say is what kubectl does', () => {
  let good: string;
  let text: string;
  beforeAll(async () => {
    good = (await admin('create', 'token', 'mycontroller', '-n', namespace)).trim();
    text = await readFile(kubeconfig, 'utf8');
  });

  /** Who kubectl is with these fields of the user, in place of the administrator's own. */
  async function whoIs(user: object, context?: string): Promise<string> {
    const config = parse(text) as { users: { user: object }[]; 'current-context': string };
    for (const one of config.users) one.user = user;
    if (context !== undefined) config['current-context'] = context;
    const file = join(folder, 'user.kubeconfig');
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return await whoKubectlIs(
      async (...args) => (await run(kubectl, ['--kubeconfig', file, ...args])).stdout,
    ).catch(String);
  }
  const me = `system:serviceaccount:${namespace}:mycontroller`;

  it('token-file-wins: the file counts, and the token only while the file cannot be read', async () => {
    const [withGood, withBad] = [join(folder, 'good'), join(folder, 'bad')];
    await writeFile(withGood, good, { mode: 0o600 });
    await writeFile(withBad, 'bad', { mode: 0o600 });
    expect(await whoIs({ token: 'bad', tokenFile: withGood })).toBe(me);
    expect(await whoIs({ token: good, tokenFile: withBad })).toMatch(/Unauthorized|logged in/);
    expect(await whoIs({ token: good, tokenFile: join(folder, 'none') })).toBe(me);
  });

  it('certificate-wins: a bad token beside a valid certificate is never judged', async () => {
    const { users } = parse(text) as { users: { user: Record<string, string> }[] };
    const certificate = users
      .map(({ user }) => user)
      .find((user) => 'client-certificate-data' in user || 'client-certificate' in user);
    expect(certificate).toBeDefined();
    const admins = await whoIs({ ...certificate });
    expect(admins).not.toBe(me);
    expect(await whoIs({ ...certificate, token: 'bad' })).toBe(admins);
    expect(await whoIs({ ...certificate, token: good })).toBe(admins);
  });

  it('exec-never-runs: with a token beside it the program is not started', async () => {
    const mark = join(folder, 'ran');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', `touch ${mark}; exit 1`],
      interactiveMode: 'Never',
    };
    expect(await whoIs({ exec, token: good })).toBe(me);
    expect(await whoIs({ exec, token: 'bad' })).toMatch(/Unauthorized|logged in/);
    expect(existsSync(mark)).toBe(false);
    await whoIs({ exec });
    expect(existsSync(mark)).toBe(true);
  });

  it('line-break-caught: one after the token cannot be sent, and with a blank before it there is no token', async () => {
    expect(await whoIs({ token: `${good}\n` })).toContain('invalid header field value');
    expect(await whoIs({ token: ` ${good}` })).not.toContain(me);
    expect(await whoIs({ token: good })).toBe(me);
  });

  it('current-context-missing: there is no such context', async () => {
    expect(await whoIs({ token: good }, 'xtc')).toMatch(/context was not found|does not exist/);
  });
});
