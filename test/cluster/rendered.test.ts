import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { go } from '../../sandbox/go.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import {
  manifestYaml,
  roleParts,
  serviceAccountPart,
  tokenSecretPart,
} from '../../src/manifest/buildManifest.ts';
import { OWNER_ANNOTATION } from '../../src/kubernetes.ts';
import { applyEdits } from '../../src/yaml/edit.ts';
import { addResources, kustomizeRenames } from '../../src/manifest/kustomization.ts';

const { kubeconfig, kubectl } = inject('controlPlane');
const run = promisify(execFile);
const account = { namespace: 'rendered', name: 'robot' };
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const accountPart = serviceAccountPart(account);
const secret = tokenSecretPart({ ...account, name: 'robot-token', serviceAccount: 'robot' });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rendered-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

interface Rendered {
  readonly kind: string;
  readonly type?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly subjects?: readonly unknown[];
}
const objectsOf = (yaml: string): Map<string, Rendered> =>
  new Map(parseAllDocuments(yaml).map((one) => [(one.toJS() as Rendered).kind, one.toJS() as Rendered]));

describe('what is scaffolded into a Kustomize folder', () => {
  const kustomize = async (path: string): Promise<Map<string, Rendered>> =>
    objectsOf((await run(kubectl, ['kustomize', join(folder, path)])).stdout);

  it.each([
    ['a list', 'resources:\n- account.yaml # first\n'],
    ['no list yet', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'],
    ['an empty list', 'resources: []\n'],
    ['a list in one line', 'resources: [account.yaml]\n'],
    ['nothing but a comment', '# mine\n'],
  ])('is what kubectl kustomize gives, where the file has %s', async (name, before) => {
    const list = applyEdits(before, addResources(before, ['robot-token.yaml']));
    await write({
      [`${name}/kustomization.yaml`]: list,
      [`${name}/account.yaml`]: manifestYaml([accountPart]),
      [`${name}/robot-token.yaml`]: manifestYaml([secret]),
    });
    expect((await kustomize(name)).get('Secret')).toEqual(secret.object);
  });

  it('is filled by the token controller in the namespace that the kustomization gives', async () => {
    const before = 'namespace: rendered-prod\nresources: [namespace.yaml]\n';
    await write({
      'prod/kustomization.yaml': applyEdits(before, addResources(before, ['robot.yaml'])),
      'prod/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: rendered-prod}\n',
      'prod/robot.yaml': manifestYaml([accountPart, secret, ...roleParts('robot', account, rules)]),
    });
    expect((await kustomize('prod')).get('RoleBinding')?.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'robot', namespace: 'rendered-prod' },
    ]);
    const admin = async (...args: string[]): Promise<string> =>
      (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout;
    await admin('apply', '-k', join(folder, 'prod'));
    const cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
    const made = { namespace: 'rendered-prod', name: 'robot-token', serviceAccount: 'robot' };
    await cluster.followTokenSecret(made, () => undefined, AbortSignal.timeout(60_000));
    cluster.dispose();
    await admin('delete', 'namespace', 'rendered-prod', '--wait=false');
  });

  it.each(['namePrefix: prod-\n', 'nameSuffix: -prod\n'])(
    'keeps the ServiceAccount’s name in its annotation under %j, which one is told of before',
    async (before) => {
      await write({
        'named/kustomization.yaml': applyEdits(before, addResources(before, ['robot.yaml'])),
        'named/robot.yaml': manifestYaml([accountPart, secret, ...roleParts('robot', account, rules)]),
      });
      const objects = await kustomize('named');
      const renamed = objects.get('ServiceAccount')?.metadata.name;
      expect(renamed).toMatch(/prod/);
      expect(objects.get('RoleBinding')?.subjects).toEqual([
        { kind: 'ServiceAccount', name: renamed, namespace: 'rendered' },
      ]);
      expect(objects.get('Secret')?.metadata.annotations?.[OWNER_ANNOTATION]).toBe('robot');
      expect(kustomizeRenames(before)).toBe(before.split(':')[0]);
    },
  );
});

describe('what is scaffolded into a Helm chart', () => {
  const NAMING = {
    namespace: '{{ .Release.Namespace }}',
    account: '{{ include "app.serviceAccountName" . }}',
  };

  beforeAll(async () => {
    const engine = join(import.meta.dirname, '../support/cluster/helm-engine');
    await go(engine, ['build', '-o', join(folder, 'helm-engine'), '.'], undefined, () => {});
  }, 600_000); // The first time it is built.

  /** What Helm's own engine renders of a chart, for release `web` in namespace `prod`. */
  async function helm(
    chart: string,
    templates: Readonly<Record<string, string>>,
  ): Promise<Map<string, Rendered>> {
    const named = Object.entries(templates).map(([name, text]): [string, string] => [
      `${chart}/templates/${name}`,
      text,
    ]);
    await write({
      [`${chart}/Chart.yaml`]: 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
      [`${chart}/values.yaml`]: 'serviceAccount:\n  create: true\n  name: ""\n',
      ...Object.fromEntries(named),
    });
    return objectsOf((await run(join(folder, 'helm-engine'), [join(folder, chart)])).stdout);
  }
  const helpers = `{{- define "app.fullname" -}}
{{- printf "%s-%s" .Release.Name "app" | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "app.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "app.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}
`;

  it('is a template that renders to the Secret of the release’s own ServiceAccount and namespace', async () => {
    const named = { namespace: NAMING.namespace, name: NAMING.account };
    const parts = [
      serviceAccountPart(named),
      tokenSecretPart({ ...named, name: 'robot-token', serviceAccount: NAMING.account }),
      ...roleParts('robot', named, rules),
    ];
    const objects = await helm('app', { '_helpers.tpl': helpers, 'robot.yaml': manifestYaml(parts) });
    expect(objects.get('ServiceAccount')?.metadata).toEqual({ name: 'web-app', namespace: 'prod' });
    expect(objects.get('Secret')).toEqual(
      tokenSecretPart({ namespace: 'prod', name: 'robot-token', serviceAccount: 'web-app' }).object,
    );
    expect(objects.get('RoleBinding')?.subjects).toEqual([
      { kind: 'ServiceAccount', name: 'web-app', namespace: 'prod' },
    ]);
  });

  it('has no template action in it but the namespace, where the ServiceAccount is named as it is', async () => {
    const parts = [
      tokenSecretPart({ ...account, namespace: NAMING.namespace, name: 't', serviceAccount: 'robot' }),
    ];
    const text = manifestYaml(parts);
    expect(text.match(/\{\{.*?\}\}/g)).toEqual([NAMING.namespace]);
    expect((await helm('plain', { 't.yaml': text })).get('Secret')).toEqual(
      tokenSecretPart({ namespace: 'prod', name: 't', serviceAccount: 'robot' }).object,
    );
  });
});
