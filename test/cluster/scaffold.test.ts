import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { FillState } from '../../src/cluster/api/credentials.ts';
import type { ManifestObject, TokenSecretManifest } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { buildKubeconfig } from '../../src/kubeconfig/buildKubeconfig.ts';
import {
  manifestYaml,
  roleParts,
  serviceAccountPart,
  tokenSecretPart,
} from '../../src/manifest/buildManifest.ts';
import { applyEdits } from '../../src/yaml/edit.ts';
import { projectedVolume } from '../../src/manifest/projected.ts';
import { EXTENDED_SECONDS, DEFAULT_MOUNT } from '../../src/kubernetes.ts';
import { commonRights, parseRights } from '../../src/manifest/rights.ts';
import { addVolume, findWorkloads } from '../../src/manifest/workload.ts';
import { adminOf } from '../support/cluster/kubectl.ts';

const { kubeconfig, minor } = inject('controlPlane');
const signal = AbortSignal.timeout(100_000);
const namespace = 'scaffold';

let folder: string;
let cluster: Cluster;

const admin = adminOf(inject('controlPlane'));

/** Gives kubectl a manifest to apply, or to do something else with. */
async function feed(text: string, ...args: string[]): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.yaml`);
  await writeFile(file, text);
  return await admin(...(args.length > 0 ? args : ['apply']), '-f', file);
}

/** The cluster as a ServiceAccount sees it that has these rights and no others. */
async function as(name: string, rights: string): Promise<Cluster> {
  const account = { namespace, name };
  const rules = parseRights(rights);
  if (typeof rules === 'string') throw new Error(rules);
  await feed(manifestYaml([serviceAccountPart(account), ...roleParts(name, account, rules)]));
  const owner = await cluster.serviceAccount(account, signal);
  const { token } = await cluster.requestToken(owner, { expirationSeconds: 600 }, signal);
  const file = join(folder, `${name}.kubeconfig`);
  const { endpoint } = cluster;
  await writeFile(
    file,
    buildKubeconfig({ endpoint, cluster: 'c', serviceAccount: account, credential: { token } }),
  );
  const [context] = clusterAccess.contexts({ files: [file] }).contexts;
  return clusterAccess.open({ files: [file], context: context?.name ?? '' });
}

/** What a call was refused with. */
async function refusal(call: Promise<unknown>): Promise<{ reason: unknown; message: string }> {
  const error: unknown = await call.then(
    () => new Error('It was not refused.'),
    (thrown: unknown) => thrown,
  );
  const { reason, message } = error as { reason?: unknown; message: string };
  return { reason, message };
}

const secret = (name: string, more: object = {}): ManifestObject => {
  const { object } = tokenSecretPart({ namespace, name, serviceAccount: 'robot' });
  return { kind: 'Secret', namespace, name, object: { ...object, ...more } };
};
const withMetadata = (name: string, more: object): ManifestObject => {
  const { object, ...rest } = secret(name);
  return { ...rest, object: { ...object, metadata: { ...(object['metadata'] as object), ...more } } };
};
const manifest = (name: string, more: Partial<TokenSecretManifest> = {}): TokenSecretManifest => ({
  namespace,
  name,
  serviceAccount: 'robot',
  ...more,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scaffold-'));
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await admin('create', 'namespace', namespace);
  await admin('create', 'serviceaccount', 'robot', '-n', namespace);
});
afterAll(async () => {
  cluster.dispose();
  await admin('delete', 'namespace', namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

describe('what is scaffolded', () => {
  it('is taken by the API server: ServiceAccount, token Secret, Role and RoleBinding in one file', async () => {
    const account = { namespace, name: 'whole' };
    const rules = commonRights.flatMap(({ rights }) => {
      const parsed = parseRights(rights);
      return typeof parsed === 'string' ? [] : parsed;
    });
    const text = manifestYaml([
      serviceAccountPart(account),
      tokenSecretPart({ namespace, name: 'whole-token', serviceAccount: 'whole' }),
      ...roleParts('whole', account, rules),
    ]);
    expect((await feed(text)).match(/created/g)).toHaveLength(4);
    await cluster.followTokenSecret(manifest('whole-token', { serviceAccount: 'whole' }), () => {}, signal);
    const can = ['auth', 'can-i', `--as=system:serviceaccount:${namespace}:whole`, '-n', namespace];
    expect(await admin(...can, 'patch', 'deployments.apps')).toBe('yes\n');
  });

  it('keeps the three-source volume as it is: admission adds no other for a container that mounts it', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata: { name: mounted, namespace: ${namespace} }
spec:
  serviceAccountName: robot
  containers:
  - name: app
    image: none
`;
    const [pod] = findWorkloads(text);
    if (!pod) throw new Error('There is no Pod.');
    const volume = projectedVolume({
      name: 'api-access',
      mountPath: DEFAULT_MOUNT,
      path: 'token',
      audience: undefined,
      expirationSeconds: EXTENDED_SECONDS,
      withCluster: true,
    });
    await feed(applyEdits(text, addVolume(text, pod, volume, ['app'])));
    await feed(text.replace('mounted', 'plain'));
    const spec = async (name: string): Promise<{ volumes: { name: string; projected: unknown }[] }> =>
      (
        JSON.parse(await admin('get', 'pod', name, '-n', namespace, '-o', 'json')) as {
          spec: { volumes: { name: string; projected: unknown }[] };
        }
      ).spec;
    const [own, ...more] = (await spec('mounted')).volumes;
    const [admission] = (await spec('plain')).volumes;
    expect(more).toEqual([]);
    expect(own?.name).toBe('api-access');
    expect(own?.projected).toEqual(admission?.projected);
  });
});

describe('before a token Secret is created', () => {
  it('nothing stands in the way of a good one', async () => {
    expect(await cluster.checkTokenSecret(manifest('good'), signal)).toEqual([]);
  });

  it('its ServiceAccount has to exist', async () => {
    const { reason, message } = await refusal(
      cluster.checkTokenSecret(manifest('orphan', { serviceAccount: 'nobody' }), signal),
    );
    expect(reason).toBe('not-found');
    expect(message).toContain(`There is no ServiceAccount ${namespace}/nobody`);
    expect(message).toContain('Create the ServiceAccount first');
  });

  it('its ServiceAccount must not be on its way out', async () => {
    await feed(
      `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"leaving","namespace":"${namespace}","finalizers":["example.com/wait"]}}`,
    );
    await admin('delete', 'serviceaccount', 'leaving', '-n', namespace, '--wait=false');
    const answer = await refusal(
      cluster.checkTokenSecret(manifest('late', { serviceAccount: 'leaving' }), signal),
    );
    await admin(
      'patch',
      'serviceaccount',
      'leaving',
      '-n',
      namespace,
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    expect(answer.reason).toBe('conflict');
    expect(answer.message).toContain('is being deleted');
  });

  it('its name has to be free, and all that stands in the way is told at once', async () => {
    await admin('create', 'secret', 'generic', 'taken', '-n', namespace);
    const { reason, message } = await refusal(
      cluster.checkTokenSecret(manifest('taken', { serviceAccount: 'nobody' }), signal),
    );
    expect(reason).toBe('not-found');
    expect(message).toContain('The name is taken');
    expect((await refusal(cluster.checkTokenSecret(manifest('taken'), signal))).reason).toBe('conflict');
  });

  it('the uid that it names has to be the ServiceAccount’s own', async () => {
    const named = (uid: string): TokenSecretManifest =>
      manifest('named', {
        object: { metadata: { annotations: { 'kubernetes.io/service-account.uid': uid } } },
      });
    const { message } = await refusal(cluster.checkTokenSecret(named('another'), signal));
    expect(message).toContain('(another) is not the uid of ServiceAccount');
    const { uid } = await cluster.serviceAccount({ namespace, name: 'robot' }, signal);
    expect(await cluster.checkTokenSecret(named(uid), signal)).toEqual([]);
  });

  it('the person has to have the right, and is told what they will not see', async () => {
    const maker = await as('maker', 'create secrets');
    expect(await maker.checkTokenSecret(manifest('blind'), signal)).toEqual([
      expect.stringContaining('Cannot tell whether ServiceAccount'),
      expect.stringContaining('You may not read it back'),
    ]);
    const reader = await as('reader', 'get secrets,serviceaccounts');
    const { reason, message } = await refusal(reader.checkTokenSecret(manifest('blind'), signal));
    maker.dispose();
    reader.dispose();
    expect(reason).toBe('forbidden');
    expect(message).toContain(`may not create secrets in namespace ${namespace}`);
  });
});

describe('an object of a manifest', () => {
  it('is planned by dry runs alone, then applied, and planned again changes nothing', async () => {
    const plan = await cluster.planApply(secret('planned'), signal);
    expect(plan).toMatchObject({ live: undefined, create: false, conflicts: [], isSame: false });
    expect(plan.applied).toMatchObject({ type: 'kubernetes.io/service-account-token' });
    expect(await admin('get', 'secrets', '-n', namespace, '-o', 'name')).not.toContain('planned');
    const { uid } = await cluster.apply(secret('planned'), { force: false, create: false }, signal);
    expect(uid).not.toBe('');
    await cluster.followTokenSecret(manifest('planned'), () => {}, signal);
    expect(await cluster.planApply(secret('planned'), signal)).toMatchObject({ isSame: true });
  });

  it('is compared without a byte of its token, or what kubectl last applied', async () => {
    await feed(manifestYaml([secret('compared')].map(({ object }) => ({ comments: [], object }))));
    await cluster.followTokenSecret(manifest('compared'), () => {}, signal);
    const token = await cluster.readSecretToken({ namespace, name: 'compared' }, signal);
    const plan = await cluster.planApply(withMetadata('compared', { labels: { team: 'ci' } }), signal);
    const all = JSON.stringify(plan);
    expect(plan.isSame).toBe(false);
    expect(plan.applied).toMatchObject({ metadata: { labels: { team: 'ci' } } });
    expect(JSON.stringify(plan.live)).toMatch(/"token":"\(\d+ bytes, not shown\)"/);
    for (const secretText of [
      token.slice(0, 20),
      btoa(token).slice(0, 20),
      'last-applied',
      'managedFields',
    ]) {
      expect(all).not.toContain(secretText);
    }
  });

  it('says that a value would be another, without the value', async () => {
    await admin(
      'create',
      'secret',
      'generic',
      'values',
      '-n',
      namespace,
      '--from-literal=a=one',
      '--from-literal=b=two',
    );
    const object = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {},
      data: { a: btoa('one'), b: btoa('three') },
    };
    const plan = await cluster.planApply({ kind: 'Secret', namespace, name: 'values', object }, signal);
    expect(plan.conflicts).toEqual([{ path: '.data.b', manager: 'kubectl-create' }]);
    expect(plan.live).toMatchObject({
      data: { a: '(3 bytes, not shown)', b: '(3 bytes, not shown, another value)' },
    });
    expect(plan.applied).toMatchObject({ data: { b: '(5 bytes, not shown, another value)' } });
  });

  it('says who owns a field that it would change, and takes it over only when told to', async () => {
    const labelled = (team: string): string =>
      manifestYaml([{ comments: [], object: withMetadata('owned', { labels: { team } }).object }]);
    await feed(labelled('web'), 'apply', '--server-side', '--field-manager=helm');
    const mine = withMetadata('owned', { labels: { team: 'ci' } });
    expect((await cluster.planApply(mine, signal)).conflicts).toEqual([
      { path: '.metadata.labels.team', manager: 'helm' },
    ]);
    const { reason, message } = await refusal(cluster.apply(mine, { force: false, create: false }, signal));
    expect(reason).toBe('conflict');
    expect(message).toContain('.metadata.labels.team (helm)');
    const label = ['get', 'secret', 'owned', '-n', namespace, '-o', 'jsonpath={.metadata.labels.team}'];
    expect(await admin(...label)).toBe('web');
    await cluster.apply(mine, { force: true, create: false }, signal);
    expect(await admin(...label)).toBe('ci');
  });

  it('is said to be nobody’s where a field is older than the record of owners', async () => {
    const labelled = (team: string) => withMetadata('older', { labels: { team } });
    await feed(manifestYaml([{ comments: [], object: labelled('web').object }]));
    const forget = [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }];
    await admin('patch', 'secret', 'older', '-n', namespace, '--type=json', '-p', JSON.stringify(forget));
    expect((await cluster.planApply(labelled('ci'), signal)).conflicts).toEqual([
      { path: '.metadata.labels.team', manager: undefined },
    ]);
  });

  it('is created where there is no right to patch', async () => {
    const maker = await as('poster', 'create secrets');
    const plan = await maker.planApply(secret('posted'), signal);
    expect(plan).toMatchObject({ create: true, problem: undefined });
    await maker.apply(secret('posted'), { force: false, create: true }, signal);
    maker.dispose();
    expect(await admin('get', 'secrets', '-n', namespace, '-o', 'name')).toContain('posted');
    const nobody = await as('nothing', 'get pods');
    const refused = await nobody.planApply(secret('never'), signal);
    nobody.dispose();
    expect(refused).toMatchObject({ live: undefined, applied: undefined, problem: { reason: 'forbidden' } });
  });

  it.each([
    ['ServiceAccount', serviceAccountPart({ namespace, name: 'applied' })],
    ...roleParts('applied', { namespace, name: 'applied' }, [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
    ]).map((part) => [part.object['kind'] as string, part] as const),
  ] as const)('of kind %s is applied too', async (kind, { object }) => {
    const one: ManifestObject = { kind: kind as ManifestObject['kind'], namespace, name: 'applied', object };
    await cluster.apply(one, { force: false, create: false }, signal);
    expect(await cluster.planApply(one, signal)).toMatchObject({ isSame: true, problem: undefined });
  });
});

describe('admission control', () => {
  // The policy is of admissionregistration.k8s.io/v1, which servers have from 1.30 on.
  beforeEach(({ skip }) => {
    skip(minor < 30, 'ValidatingAdmissionPolicy is served as v1 from Kubernetes 1.30 on');
  });

  const policy = (name: string, operation: string, pattern: string, words: string): string => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: ${name} }
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - { apiGroups: [''], apiVersions: ['v1'], operations: ['${operation}'], resources: ['secrets'] }
  validations:
  - expression: "object.metadata.namespace != '${namespace}' || !object.metadata.name.startsWith('${pattern}')"
    message: ${JSON.stringify(words)}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: ${name} }
spec: { policyName: ${name}, validationActions: [Deny] }
`;

  it('is quoted whole, whether a Secret is created or applied', async () => {
    const words = `Token Secrets are not for this namespace. ${'Ask the platform team for an exception. '.repeat(40)}End.`;
    await feed(policy('no-token-secrets', 'CREATE', 'denied', words));
    await expect
      .poll(async () => (await cluster.planApply(secret('denied'), signal)).problem?.message ?? '', {
        timeout: 30_000,
      })
      .toContain(words);
    const { reason, message } = await refusal(cluster.createTokenSecret(manifest('denied'), signal));
    expect(reason).toBe('refused');
    expect(message).toMatch(/^Admission control of https/);
    expect(message).toContain(words);
  });

  it('that keeps the token controller from filling a Secret leaves it empty, and the likely reason is told', async () => {
    await feed(policy('never-filled', 'UPDATE', 'unfilled', 'Not to be filled.'));
    const probe = { metadata: { labels: { a: 'b' } } };
    await admin('create', 'secret', 'generic', 'unfilled-probe', '-n', namespace);
    await expect
      .poll(
        async () =>
          (
            await refusal(
              admin('patch', 'secret', 'unfilled-probe', '-n', namespace, '-p', JSON.stringify(probe)),
            )
          ).message,
        { timeout: 30_000 },
      )
      .toContain('Not to be filled');
    const stop = new AbortController();
    await cluster.createTokenSecret(manifest('unfilled'), signal);
    const states: FillState[] = [];
    const followed = await refusal(
      cluster.followTokenSecret(
        manifest('unfilled'),
        (state) => {
          states.push(state);
          if (state.hint !== undefined) stop.abort();
        },
        stop.signal,
      ),
    );
    expect(followed.reason).toBe('cancelled');
    expect(states[0]).toMatchObject({ filled: [], missing: ['ca.crt', 'namespace', 'token'] });
    expect(states.at(-1)?.hint).toContain('service-account-private-key-file');
  });
});
