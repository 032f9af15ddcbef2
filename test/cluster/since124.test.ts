import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { findOutdated } from '../../src/since124/find.ts';
import { applied, inOneGo } from '../support/checks.ts';

const { kubeconfig, kubectl } = inject('controlPlane');
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

/** Whom the server's TokenReview takes for the bearer; empty: nobody. */
async function acceptedAs(token: string): Promise<string> {
  if (token === '') return '';
  const file = join(folder, 'review.json');
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  await writeFile(file, JSON.stringify(review));
  return await admin('create', '-f', file, '-o', 'jsonpath={.status.user.username}');
}

/** A file after the fix of its one finding whose title begins so. */
function fixed(path: string, text: string, title: string): string {
  const [finding, ...others] = inOneGo(findOutdated(path, text));
  const fix = finding?.fixes().find((one) => one.title.startsWith(title));
  if (!fix || others.length > 0) throw new Error(`${path}: no fix "${title}"`);
  return applied(text, fix);
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
      expect(await acceptedAs(await tokenIn(path, text))).toBe('');
      for (const title of ['Request a token', 'Make a token Secret']) {
        expect(await acceptedAs(await tokenIn(path, fixed(path, text, title)))).toBe(who);
      }
    },
  );

  it('asks for a life that the server refuses, and with the fix for one that it gives', async () => {
    const text = `kubectl create token robot -n ${namespace} --duration=5m\n`;
    expect(await outputOf('short.sh', text)).toBe('');
    expect(await acceptedAs(await outputOf('short.sh', fixed('short.sh', text, 'Ask for 10 minutes')))).toBe(
      who,
    );
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
