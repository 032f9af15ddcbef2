/**
 * `npm run clients`: runs what the fixes for lines from before Kubernetes 1.24 make of programs in Go and Python, of
 * Terraform and of Helm charts (helm.ts), against a real control plane, with the real client libraries from their
 * registries. (JavaScript's is in test/cluster/since124Programs.test.ts.) Then what is written for other systems, read by
 * their own code (consumers.ts), and the story of a CNI plugin's kubeconfig, with the kubelet's (cni.ts). With words it runs
 * those parts alone. It needs Go, and Python 3 with venv. Ends with 1 where anything differs.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from '../../sandbox/cache.ts';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import { go } from '../../sandbox/go.ts';
import { MOUNTED } from '../../src/since124/mounted.ts';
import { inPython } from '../support/cluster/outdatedPrograms.ts';
import {
  acceptedBy,
  afterRotation,
  fixed,
  lastLineOf,
  type CommandLine,
} from '../support/cluster/outdatedRuns.ts';
import { cniStory } from './cni.ts';
import { consumersOwnCode } from './consumers.ts';
import { helmCharts } from './helm.ts';

/** Of PyPI. */
const PYTHON_CLIENT = 'kubernetes==37.0.2';
const namespace = 'clients';
const who = `system:serviceaccount:${namespace}:robot`;

const run = promisify(execFile);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

await using ending = new AsyncDisposableStack();
const cluster = await startControlPlane({ report: say });
ending.defer(cluster.stop);
const folder = await mkdtemp(join(tmpdir(), 'clients-'));
ending.defer(async () => {
  await rm(folder, { recursive: true });
});
const { kubeconfig, kubectl, server, caFile } = cluster;
const env = { ...process.env, KUBECONFIG: kubeconfig, NODE_EXTRA_CA_CERTS: caFile };
const options = { cwd: folder, env };
const file = join(folder, 'mounted');

async function admin(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(kubectl, ['--kubeconfig', kubeconfig, ...args]);
  return stdout;
}

let different = 0;
function hold(what: string, actual: string, wanted: string): void {
  if (actual !== wanted) different += 1;
  say(
    `${actual === wanted ? '✓' : '✗'} ${what}: ${actual || 'nothing'}${actual === wanted ? '' : `, not ${wanted || 'nothing'}`}`,
  );
}

async function rotated(command: CommandLine): Promise<string> {
  return await afterRotation(admin, { namespace, file, folder }, command, options);
}

async function python(): Promise<void> {
  const environment = await cached(`python-${PYTHON_CLIENT}`, async (place) => {
    say(`installing ${PYTHON_CLIENT}`);
    await run('python3', ['-m', 'venv', '--copies', place]);
    await run(join(place, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', PYTHON_CLIENT]);
  });
  const programs = inPython(namespace, server);
  const written = async (name: string, text: string): Promise<CommandLine> => {
    await writeFile(join(folder, name), text.replaceAll(MOUNTED, file));
    return [join(environment, 'bin', 'python'), join(folder, name)];
  };
  const { namesSecret, readsOnce } = programs;
  hold('Python, .secrets[0].name', await lastLineOf(await written('secret.py', namesSecret), options), '');
  const made = fixed('secret.py', namesSecret, 'Make a token Secret that lasts');
  const token = await lastLineOf(await written('made.py', made), options);
  hold('… with the fix', await acceptedBy(admin, folder, token), who);
  hold('Python, the mounted token read once', await rotated(await written('once.py', readsOnce)), '401');
  const each = fixed('once.py', readsOnce, 'Read the file for each use');
  hold('… with the fix', await rotated(await written('each.py', each)), '200');
}

async function goPrograms(): Promise<void> {
  const module = join(folder, 'go');
  await cp(join(import.meta.dirname, 'go'), module, { recursive: true });
  const client = join(module, 'client', 'main.go');
  const built = async (name: string): Promise<string> => {
    await go(module, ['build', '-o', join(folder, name), './client'], undefined, () => {});
    return join(folder, name);
  };
  const text = await readFile(client, 'utf8');
  hold('Go, BearerToken copied', await rotated([await built('copied'), server, caFile, file]), '401');
  await writeFile(client, fixed(client, text, 'Copy BearerTokenFile too'));
  hold('… with the fix', await rotated([await built('both'), server, caFile, file]), who);
}

async function terraform(): Promise<void> {
  const program = join(folder, 'terraform');
  const module = join(import.meta.dirname, 'go');
  await go(module, ['build', '-o', program, './terraform'], undefined, () => {});
  const before = 'output "secret" {\n  value = kubernetes_service_account.robot.default_secret_name\n}\n';
  const printed = async (source: string): Promise<string[]> => {
    const running = run(program, ['robot', namespace]);
    running.child.stdin?.end(source);
    const { stdout } = await running;
    return stdout.trimEnd().split('\n');
  };
  const tokenOf = async (secret: string): Promise<string> => {
    if (secret === '') return '';
    const path = 'jsonpath={.data.token}';
    await admin('wait', '-n', namespace, 'secret', secret, `--for=${path}`);
    const data = await admin('get', 'secret', secret, '-n', namespace, '-o', path);
    return Buffer.from(data, 'base64').toString();
  };
  const [nothing = ''] = await printed(before);
  hold('Terraform, default_secret_name', await acceptedBy(admin, folder, await tokenOf(nothing)), '');
  const [secret = '', name = ''] = await printed(fixed('main.tf', before, 'Make a token Secret that lasts'));
  await admin('delete', 'secrets', '--all', '-n', namespace);
  await writeFile(join(folder, 'secret.json'), secret);
  await admin('apply', '-f', join(folder, 'secret.json'));
  hold('… with the fix', await acceptedBy(admin, folder, await tokenOf(name)), who);
  await notAwaited(printed);
}

/** What the provider has of a Secret's token once it goes on, by its own order (its resourceKubernetesSecretV1Create). */
async function notAwaited(printed: (source: string) => Promise<string[]>): Promise<void> {
  const made = async (name: string, source: string): Promise<string> => {
    const [secret = '', waits] = await printed(source);
    const stopped = await cluster.restartControllers(['--help']);
    await stopped.exited;
    await writeFile(join(folder, 'secret.json'), secret);
    await admin('apply', '-f', join(folder, 'secret.json'));
    const path = 'jsonpath={.data.token}';
    if (waits === 'waits true') {
      await cluster.restartControllers([]);
      await admin('wait', '-n', namespace, 'secret', name, `--for=${path}`, '--timeout=60s');
    }
    const token = await admin('get', 'secret', name, '-n', namespace, '-o', path);
    await cluster.restartControllers([]);
    return Buffer.from(token, 'base64').toString();
  };
  const text = (name: string): string => `resource "kubernetes_secret_v1" "robot" {
  metadata {
    name        = "${name}"
    namespace   = "${namespace}"
    annotations = { "kubernetes.io/service-account.name" = "robot" }
  }
  type                           = "kubernetes.io/service-account-token"
  wait_for_service_account_token = false
}
`;
  hold('Terraform, a Secret that is not awaited', await made('not-awaited', text('not-awaited')), '');
  const token = await made('awaited', fixed('main.tf', text('awaited'), 'Wait for the token'));
  hold('… with the fix', await acceptedBy(admin, folder, token), who);
}

await admin('create', 'namespace', namespace);
await admin('create', 'serviceaccount', 'robot', '-n', namespace);
const parts: Readonly<Record<string, () => Promise<void>>> = {
  python,
  go: goPrograms,
  terraform,
  helm: async () => {
    await helmCharts({ cluster, folder, namespace, admin, hold });
  },
  consumers: async () => {
    await consumersOwnCode({ cluster, folder, namespace, admin, hold });
  },
  cni: async () => {
    await cniStory({ cluster, folder, namespace, admin, hold });
  },
};
const wanted = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) await part();
}
process.exitCode = different === 0 ? 0 : 1;
