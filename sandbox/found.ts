import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { envtestFolder, programNamed } from '../scripts/system.mjs';

/** The oldest Kubernetes of which the example tells the truth: since then no ServiceAccount has a token Secret by itself. */
const LEAST_MINOR = 24;

/**
 * The path of a program of the control plane that this machine has: in envtest's newest folder, in kubebuilder's, or on
 * PATH. etcd and kube-apiserver come together, and kube-controller-manager with its kube-apiserver.
 */
export async function foundHere(
  name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubectl',
  environment: Readonly<Record<string, string | undefined>> = process.env,
  kubebuilder = '/usr/local/kubebuilder/bin',
): Promise<string | undefined> {
  const folders = [
    ...envtestVersions(environment),
    kubebuilder,
    ...(environment['PATH'] ?? '').split(delimiter),
  ];
  const first = (one: string, among = folders): string | undefined =>
    among.map((folder) => join(folder, programNamed(one))).find((path) => existsSync(path));
  if (name === 'kubectl') return first(name);
  const [etcd, apiServer] = [first('etcd'), first('kube-apiserver')];
  if (etcd === undefined || apiServer === undefined || !(await isNewEnough(apiServer))) return undefined;
  if (name === 'etcd') return etcd;
  return name === 'kube-apiserver' ? apiServer : first(name, [dirname(apiServer)]);
}

/** The folders of envtest's store, of the newest version first: `1.35.0-linux-amd64`. */
function envtestVersions(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const store = envtestFolder(environment, homedir());
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }))
    .map((version) => join(store, version));
}

async function isNewEnough(apiServer: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(apiServer, ['--version']);
    return Number(/^Kubernetes v1\.(\d+)\./.exec(stdout)?.[1]) >= LEAST_MINOR;
  } catch {
    return false; // It is of another machine.
  }
}
