import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_MOUNT } from '../../src/kubernetes.ts';
import { manifestYaml, serviceAccountPart, tokenSecretPart } from '../../src/manifest/buildManifest.ts';
import { findOutdated } from '../../src/since124/find.ts';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { inOneGo } from '../../src/slices.ts';
import { adminOf } from '../support/cluster/kubectl.ts';
import { acceptedBy, fixed, lastLineOf, mountToken } from '../support/cluster/outdatedRuns.ts';

const { kubeconfig, kubectl, server, caFile } = inject('controlPlane');
const run = promisify(execFile);
const namespace = 'since124';
const who = `system:serviceaccount:${namespace}:robot`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'since124-'));
  await admin('create', 'namespace', namespace);
  await admin('create', 'serviceaccount', 'robot', '-n', namespace);
});
afterAll(async () => {
  await admin('delete', 'namespace', namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

const admin = adminOf(inject('controlPlane'));

/** What a real shell or make prints of a file, also where it fails. */
async function outputOf(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await writeFile(file, path.endsWith('.yml') ? scriptOf(text) : text);
  const { hostname, port } = new URL(server);
  const env = {
    ...process.env,
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    KUBECONFIG: kubeconfig,
    PATH: [dirname(kubectl), folder, process.env['PATH']].join(delimiter),
  };
  const [program, ...args] = path === 'Makefile' ? ['make', '-s', '-f', file, 'token'] : ['bash', file];
  try {
    const { stdout } = await run(program ?? '', args, { cwd: folder, env });
    return stdout.trim();
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : '';
  }
}

/** What GitHub Actions or GitLab hands a shell of the one job in a file. */
function scriptOf(text: string): string {
  const { jobs, token } = parse(text) as {
    readonly jobs?: { readonly token: { readonly steps: readonly { readonly run: string }[] } };
    readonly token?: { readonly script: readonly string[] };
  };
  return (jobs?.token.steps.map(({ run: lines }) => lines) ?? token?.script ?? []).join('\n');
}

const SECRET = `$(kubectl get sa robot -n ${namespace} -o jsonpath='{.secrets[0].name}')`;
const TOKEN = "-o jsonpath='{.data.token}' | base64 -d";

const scripts: readonly (readonly [what: string, path: string, text: string])[] = [
  [
    'by a variable',
    'variable.sh',
    `ACCOUNT=robot
SECRET=$(kubectl get sa "$ACCOUNT" -n ${namespace} -o jsonpath='{.secrets[0].name}')
TOKEN=$(kubectl get secret "$SECRET" -n ${namespace} ${TOKEN})
echo "$TOKEN"
`,
  ],
  ['in one line', 'inline.sh', `echo "$(kubectl get secret ${SECRET} -n ${namespace} ${TOKEN})"\n`],
  [
    'in a function',
    'function.sh',
    `token() {
  local secret
  secret=$(kubectl -n "$2" get sa "$1" -o go-template='{{(index .secrets 0).name}}')
  kubectl -n "$2" get secret "$secret" ${TOKEN}
}
token robot ${namespace}
`,
  ],
  [
    'of what is described',
    'described.sh',
    `kubectl describe -n ${namespace} secret ${SECRET} | grep -E '^token:' | awk '{print $2}'\n`,
  ],
  [
    'in what another shell is given',
    'remote.sh',
    `bash <<'EOF'
SECRET=$(kubectl get sa robot -n ${namespace} -o jsonpath='{.secrets[0].name}')
kubectl get secret "$SECRET" -n ${namespace} ${TOKEN}
EOF
`,
  ],
  [
    'in a step of a workflow',
    'workflow.yml',
    `jobs:
  token:
    runs-on: ubuntu-latest
    steps:
      - name: Token
        run: |
          SECRET=$(kubectl get sa robot -n ${namespace} -o jsonpath='{.secrets[0].name}')
          kubectl get secret "$SECRET" -n ${namespace} ${TOKEN}
`,
  ],
  [
    'in a line of a pipeline',
    'gitlab.yml',
    `token:
  script:
    - set -e
    - kubectl get secret ${SECRET} -n ${namespace} ${TOKEN}
`,
  ],
  [
    'in a recipe of make',
    'Makefile',
    `ACCOUNT := robot
token:
	@kubectl get secret -n ${namespace} $$(kubectl get sa $(ACCOUNT) -n ${namespace} -o jsonpath='{.secrets[0].name}') ${TOKEN}
`,
  ],
];

const HOST = '/host/etc/cni/net.d/mycontroller.kubeconfig';

const copies: readonly (readonly [how: string, text: string])[] = [
  [
    'by kubectl',
    `kubectl config --kubeconfig ${HOST} set-cluster local --server ${server} --certificate-authority ${caFile}
kubectl config --kubeconfig ${HOST} set-credentials cni --token="$(cat ${MOUNTED})"
kubectl config --kubeconfig ${HOST} set-context cni --cluster local --user cni
kubectl config --kubeconfig ${HOST} use-context cni
`,
  ],
  [
    'as the script of the example does',
    readFileSync(new URL('../../sandbox/example/image/install-cni.sh', import.meta.url), 'utf8'),
  ],
];

describe('a line that was right before 1.24', () => {
  it.each(scripts)(
    '%s gives nothing, and with either fix a token that the server accepts',
    async (_what, path, text) => {
      // Of no name kubectl describes every Secret that there is.
      await admin('delete', 'secrets', '--all', '-n', namespace);
      expect(await acceptedBy(admin, folder, await tokenIn(path, text))).toBe('');
      for (const title of ['Request a token', 'Make a token Secret']) {
        expect(await acceptedBy(admin, folder, await tokenIn(path, fixed(path, text, title)))).toBe(who);
      }
    },
  );

  it('asks for a life that the server refuses, and with the fix for one that it gives', async () => {
    const text = `kubectl create token robot -n ${namespace} --duration=5m\n`;
    expect(await outputOf('short.sh', text)).toBe('');
    expect(
      await acceptedBy(
        admin,
        folder,
        await outputOf('short.sh', fixed('short.sh', text, 'Ask for 10 minutes')),
      ),
    ).toBe(who);
  });

  it('asks for a life in days, which kubectl does not read, and with the fix for the same in hours', async () => {
    for (const [life, hours] of [
      ['30d', '720h'],
      ['1w', '168h'],
      ['3600', '3600s'],
    ]) {
      const text = `kubectl create token robot -n ${namespace} --duration=${life}\n`;
      expect(await outputOf('days.sh', text)).toBe('');
      const token = await outputOf('days.sh', fixed('days.sh', text, `Ask for ${hours}`));
      expect(await acceptedBy(admin, folder, token)).toBe(who);
    }
  });

  it('asks for no life, and gets an hour, or for a year, and gets what the server grants', async () => {
    const lifeOf = async (life: string, rule: string): Promise<number> => {
      const text = `kubectl create token robot -n ${namespace} --duration=${life}\n`;
      expect(inOneGo(findOutdated('life.sh', text)).map((one) => one.rule)).toEqual([rule]);
      const [, claims = ''] = (await outputOf('life.sh', text)).split('.');
      const { exp, iat } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
      return (exp ?? 0) - (iat ?? 0);
    };
    expect(await lifeOf('0', 'token-life-not-granted')).toBe(3600);
    // This one has no --service-account-max-token-expiration.
    expect(await lifeOf('8760h', 'token-life-not-granted')).toBe(8760 * 3600);
  });

  it('sends a token in base64, or decodes one that is none, and with the fix is who it is', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: { name: 'sent-token', annotations: { 'kubernetes.io/service-account.name': 'robot' } },
    };
    await writeFile(join(folder, 'secret.json'), JSON.stringify(secret));
    await admin('apply', '-n', namespace, '-f', join(folder, 'secret.json'));
    await admin('wait', '-n', namespace, 'secret/sent-token', '--for=jsonpath={.data.token}');
    const read = `kubectl get secret sent-token -n ${namespace}`;
    const asks = `KUBECONFIG=/dev/null kubectl --server ${server} --certificate-authority ${caFile}`;
    const is = "auth whoami -o jsonpath='{.status.userInfo.username}'";
    const sends = [
      `${asks} --token=$(${read} -o jsonpath='{.data.token}') ${is}\n`,
      `TOKEN=$(${read} -o go-template='{{.data.token}}')\n${asks} --token "$TOKEN" ${is}\n`,
    ];
    for (const text of sends) {
      expect(await outputOf('sent.sh', text)).toBe('');
      expect(await outputOf('sent.sh', fixed('sent.sh', text, 'Decode it'))).toBe(who);
    }
    const twice = [
      `kubectl create token robot -n ${namespace} | base64 -d\n`,
      `${read} -o jsonpath='{.data.token}' | base64 -d | base64 -d\n`,
    ];
    for (const text of twice) {
      expect(await acceptedBy(admin, folder, await tokenIn('twice.sh', text))).toBe('');
      const once = fixed('twice.sh', text, 'Leave it as it is');
      expect(await acceptedBy(admin, folder, await tokenIn('twice.sh', once))).toBe(who);
    }
  });

  it('asks oc for a token Secret that is no more, and with the fix for a token', async () => {
    // oc's own `sa get-token` looks among these. Its `create token` is kubectl's (openshift/oc pkg/cli/kubectlwrappers), so
    // that kubectl under the name oc stands in for it.
    expect(await admin('get', 'sa', 'robot', '-n', namespace, '-o', 'jsonpath={.secrets}')).toBe('');
    await symlink(kubectl, join(folder, 'oc'));
    const texts = [
      `oc -n ${namespace} sa get-token robot\n`,
      `TOKEN="$(oc serviceaccounts get-token 'robot' -n ${namespace})"\necho "$TOKEN"\n`,
    ];
    for (const text of texts) {
      const token = await tokenIn('oc.sh', fixed('oc.sh', text, 'Request a token'));
      expect(await acceptedBy(admin, folder, token)).toBe(who);
    }
  });

  it('renames a ServiceAccount by Kustomize, whose token Secret is then deleted, and with the fix is filled', async () => {
    const path = join(folder, 'renamed', 'kustomization.yaml');
    const text = `namespace: ${namespace}\nnamePrefix: prod-\nresources:\n- robot.yaml\n`;
    const robot = manifestYaml([
      serviceAccountPart({ namespace, name: 'robot' }),
      tokenSecretPart({ namespace, name: 'robot-token', serviceAccount: 'robot' }),
    ]);
    await mkdir(dirname(path));
    await writeFile(join(dirname(path), 'robot.yaml'), robot);
    // Nobody else is called as it was.
    await admin('delete', 'serviceaccount', 'robot', '-n', namespace);
    await writeFile(path, text);
    await admin('apply', '-k', dirname(path));
    const secret = ['-n', namespace, 'secret/prod-robot-token'];
    await admin('wait', ...secret, '--for=delete', '--timeout=60s');
    await writeFile(path, fixed(path, text, 'Carry the new name', new Map([['robot.yaml', robot]])));
    await admin('apply', '-k', dirname(path));
    await admin('wait', ...secret, '--for=jsonpath={.data.token}', '--timeout=60s');
    const data = await admin('get', ...secret, '-o', 'jsonpath={.data.token}');
    const token = Buffer.from(data, 'base64').toString();
    expect(await acceptedBy(admin, folder, token)).toBe(`system:serviceaccount:${namespace}:prod-robot`);
    await admin('create', 'serviceaccount', 'robot', '-n', namespace);
  });

  it.each(copies)(
    'copies a token onto a host %s, where it ends, and with the fix goes by the file',
    async (_how, text) => {
      const mount = join(folder, 'mounted');
      await mkdir(mount, { recursive: true });
      await copyFile(caFile, join(mount, 'ca.crt'));
      const renew = await mountToken(admin, { namespace, file: join(mount, 'token'), folder });
      const written = async (name: string, script: string): Promise<string> => {
        const config = join(folder, name);
        await outputOf('copy.sh', script.replaceAll(DEFAULT_MOUNT, mount).replaceAll(HOST, config));
        return config;
      };
      const copied = await written('copied.kubeconfig', text);
      const named = await written('named.kubeconfig', fixed('copy.sh', text, 'Name the mounted file'));
      expect([await whoHas(copied), await whoHas(named)]).toEqual([who, who]);
      await renew();
      expect([await whoHas(copied), await whoHas(named)]).toEqual(['', who]);
    },
  );
});

/** The last line that a script prints, where it is a token. */
async function tokenIn(path: string, text: string): Promise<string> {
  const last = (await outputOf(path, text)).split('\n').at(-1) ?? '';
  return last.startsWith('eyJ') ? last : '';
}

/** Whom the server takes for the bearer of a kubeconfig; empty: nobody. */
async function whoHas(file: string): Promise<string> {
  const args = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
  return await lastLineOf([kubectl, '--kubeconfig', file, ...args], { cwd: folder, env: process.env });
}
