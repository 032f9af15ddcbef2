import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { go } from '../../sandbox/go.ts';
import { acceptedBy, fixed } from '../support/cluster/outdatedRuns.ts';

interface Charts {
  readonly cluster: Pick<ControlPlane, 'kubeconfig' | 'restartControllers'>;
  readonly folder: string;
  /** Has a ServiceAccount `robot`. */
  readonly namespace: string;
  readonly admin: (...args: readonly string[]) => Promise<string>;
  readonly hold: (what: string, actual: string, wanted: string) => void;
}

const ACCOUNT = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {{ .Release.Name }}\n';

/** The token Secret of the release's ServiceAccount, as a hook. */
const asHook = (events: string): string => `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-token
  annotations:
    "helm.sh/hook": ${events}
    "helm.sh/hook-weight": "-5"
    kubernetes.io/service-account.name: {{ .Release.Name }}
type: kubernetes.io/service-account-token
`;

/** A Pod that mounts the first of a ServiceAccount's secrets, by lines of a template that give its name. */
const mounts = (first: string, name: string): string => `${first}apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
spec:
  serviceAccountName: robot
  automountServiceAccountToken: false
  containers:
  - name: main
    image: none
  volumes:
  - name: token
    secret:
      secretName: ${name}
`;

/** What fixes make of charts, installed and upgraded by Helm itself: its templates look into the cluster, its hooks run. */
export async function helmCharts(charts: Charts): Promise<void> {
  const { folder } = charts;
  const module = join(import.meta.dirname, 'helm');
  await go(module, ['build', '-o', join(folder, 'helm'), 'helm.sh/helm/v4/cmd/helm'], undefined, () => {});
  await lookedUp(charts);
  await beforeItsAccount(charts);
  await remade(charts);
}

const templateOf = ({ folder }: Charts, chart: string): string =>
  join(folder, 'charts', chart, 'templates', 'robot.yaml');

async function write(charts: Charts, chart: string, text: string): Promise<void> {
  const template = templateOf(charts, chart);
  await mkdir(dirname(template), { recursive: true });
  await writeFile(
    join(dirname(template), '..', 'Chart.yaml'),
    `apiVersion: v2\nname: ${chart}\nversion: 1.0.0\n`,
  );
  await writeFile(template, text);
}

/** `done`, or what Helm says where it fails. */
async function helm({ cluster, folder, namespace }: Charts, ...args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    HELM_CONFIG_HOME: folder,
    HELM_CACHE_HOME: folder,
  };
  try {
    await promisify(execFile)(join(folder, 'helm'), [...args, '-n', namespace], { cwd: folder, env });
    return 'done';
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return String(error.stderr);
    throw error;
  }
}

/** Installs or upgrades a release that is called as its chart. */
const release = async (
  charts: Charts,
  verb: 'install' | 'upgrade',
  chart: string,
  ...args: readonly string[]
): Promise<string> => await helm(charts, verb, chart, join('charts', chart), ...args);

async function tokenIn({ admin, namespace }: Charts, secret: string): Promise<string> {
  const path = 'jsonpath={.data.token}';
  await admin('wait', '-n', namespace, `secret/${secret}`, `--for=${path}`, '--timeout=60s');
  const data = await admin('get', '-n', namespace, 'secret', secret, '-o', path);
  return Buffer.from(data, 'base64').toString();
}

async function whoHas(charts: Charts, secret: string): Promise<string> {
  return await acceptedBy(charts.admin, charts.folder, await tokenIn(charts, secret));
}

async function lookedUp(charts: Charts): Promise<void> {
  const { admin, hold, namespace } = charts;
  const lookup = 'lookup "v1" "ServiceAccount" .Release.Namespace "robot"';
  const reads = [
    ['index', `{{- $secret := (index (${lookup}).secrets 0).name }}\n`, '{{ $secret }}'],
    ['first', '', `{{ (first (${lookup}).secrets).name | quote }}`],
    ['variable', `{{- $sa := ${lookup} -}}\n`, '{{ ($sa.secrets | first).name }}'],
  ] as const;
  for (const [chart, first, name] of reads) {
    const text = mounts(first, name);
    await write(charts, chart, text);
    const said = await release(charts, 'install', chart);
    const failed = /templates\/robot\.yaml:.*(?:index|first)/s.test(said) ? 'it fails' : said;
    hold(`Helm, what lookup gives, by ${chart}`, failed, 'it fails');
    await write(charts, chart, fixed(templateOf(charts, chart), text, 'Make a token Secret that lasts'));
    hold('… with the fix', await release(charts, 'install', chart), 'done');
    const named = 'jsonpath={.spec.volumes[0].secret.secretName}';
    const secret = await admin('get', 'pod', chart, '-n', namespace, '-o', named);
    hold('… what its Pod mounts', await whoHas(charts, secret), `system:serviceaccount:${namespace}:robot`);
    // The next has a Secret of that name, too.
    await helm(charts, 'uninstall', chart);
  }
}

async function beforeItsAccount(charts: Charts): Promise<void> {
  const { admin, hold, namespace } = charts;
  const early = `${ACCOUNT}---\n${asHook('pre-install')}`;
  await write(charts, 'early', early);
  // Helm goes on, or looks for the hook until its time is over, where that is deleted before it looks.
  await release(charts, 'install', 'early', '--timeout', '10s');
  await admin('wait', '-n', namespace, 'secret/early-token', '--for=delete', '--timeout=60s');
  const secrets = await admin('get', 'secrets', '-n', namespace, '-o', 'name');
  hold(
    'Helm, a token Secret before its ServiceAccount stays',
    String(secrets.includes('early-token')),
    'false',
  );
  await write(charts, 'later', fixed(templateOf(charts, 'later'), early, 'Let it be no hook'));
  hold('… with the fix', await release(charts, 'install', 'later'), 'done');
  hold('… is filled', await whoHas(charts, 'later-token'), `system:serviceaccount:${namespace}:later`);
}

async function remade(charts: Charts): Promise<void> {
  const { admin, cluster, folder, hold, namespace } = charts;
  /** Whose the token is that is in use as Helm upgrades a release, before the token controller does anything. */
  const afterUpgrade = async (chart: string): Promise<string> => {
    const token = await tokenIn(charts, `${chart}-token`);
    const stopped = await cluster.restartControllers(['--help']);
    await stopped.exited;
    const said = await release(charts, 'upgrade', chart);
    const whose = await acceptedBy(admin, folder, token);
    await cluster.restartControllers([]);
    return said === 'done' ? whose : said;
  };
  const hook = `${ACCOUNT}---\n${asHook('post-install,post-upgrade')}`;
  const plain = fixed(templateOf(charts, 'hook'), hook, 'Let it be no hook');
  await write(charts, 'hook', hook);
  hold('Helm, a token Secret that is a hook', await release(charts, 'install', 'hook'), 'done');
  hold('… its token after an upgrade', await afterUpgrade('hook'), '');
  await write(charts, 'plain', plain);
  hold('… with the fix', await release(charts, 'install', 'plain'), 'done');
  hold(
    '… its token after an upgrade',
    await afterUpgrade('plain'),
    `system:serviceaccount:${namespace}:plain`,
  );
  await write(charts, 'hook', plain);
  const refused = await release(charts, 'upgrade', 'hook');
  hold('… with the fix in a release that is there', String(refused.includes('ownership')), 'true');
  hold('… told to take it over', await release(charts, 'upgrade', 'hook', '--take-ownership'), 'done');
  hold('… its token after an upgrade', await afterUpgrade('hook'), `system:serviceaccount:${namespace}:hook`);
}
