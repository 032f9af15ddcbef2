import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { acceptedBy, fixed } from '../support/outdatedRuns.ts';

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

async function admin(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(kubectl, ['--kubeconfig', kubeconfig, ...args]);
  return stdout;
}

/** What a real shell or make prints of a file, also where it fails. */
async function outputOf(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await writeFile(file, text);
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const [program, ...args] = path === 'Makefile' ? ['make', '-s', '-f', file, 'token'] : ['bash', file];
  try {
    const { stdout } = await run(program ?? '', args, { cwd: folder, env });
    return stdout.trim();
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout).trim() : '';
  }
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
    'in a recipe of make',
    'Makefile',
    `ACCOUNT := robot
token:
	@kubectl get secret -n ${namespace} $$(kubectl get sa $(ACCOUNT) -n ${namespace} -o jsonpath='{.secrets[0].name}') ${TOKEN}
`,
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

  it('copies a token that another one replaces, and with the fix goes by the file', async () => {
    const file = join(folder, 'mounted');
    const config = join(folder, 'host.kubeconfig');
    const text = `kubectl config --kubeconfig ${config} set-credentials cni --token="$(cat ${MOUNTED})"\n`;
    const here = (script: string): string => script.replaceAll(MOUNTED, file);
    const shown = async (field: string): Promise<string> =>
      await admin(
        'config',
        'view',
        '--raw',
        '--kubeconfig',
        config,
        '-o',
        `jsonpath={.users[0].user.${field}}`,
      );
    await writeFile(file, 'first');
    await outputOf('copy.sh', here(text));
    await writeFile(file, 'second');
    expect(await shown('token')).toBe('first');
    await rm(config);
    await outputOf('copy.sh', here(fixed('copy.sh', text, 'Name the mounted file')));
    expect([await shown('token'), await shown('tokenFile')]).toEqual(['', file]);
  });
});

/** The last line that a script prints, where it is a token. */
async function tokenIn(path: string, text: string): Promise<string> {
  const last = (await outputOf(path, text)).split('\n').at(-1) ?? '';
  return last.startsWith('eyJ') ? last : '';
}
