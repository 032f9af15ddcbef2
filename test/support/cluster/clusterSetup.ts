/** One real control plane for all tests of a project; they reach it by `inject('controlPlane')`. */
import type { TestProject } from 'vitest/node';
import { startControlPlane, type ControlPlane } from '../../../sandbox/controlPlane.ts';

/** What tests get of the control plane: paths and addresses, as workers share no objects. */
export type SharedControlPlane = Pick<
  ControlPlane,
  'server' | 'kubeconfig' | 'caFile' | 'kubectl' | 'folder'
> & {
  /** The minor version of its server, e.g. 37: `KUBERNETES_VERSION` names another than the sandbox's own. */
  readonly minor: number;
};

declare module 'vitest' {
  export interface ProvidedContext {
    controlPlane: SharedControlPlane;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startControlPlane({
    report: (line) => {
      process.stdout.write(`${line}\n`);
    },
  });
  const { server, kubeconfig, caFile, kubectl, folder } = cluster;
  const version = (await cluster.request('GET', '/version')) as { readonly minor: string };
  const minor = Number.parseInt(version.minor, 10);
  project.provide('controlPlane', { server, kubeconfig, caFile, kubectl, folder, minor });
  return cluster.stop;
}
