/** One real control plane for all tests of a project; they reach it by `inject('controlPlane')`. */
import type { TestProject } from 'vitest/node';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';

/** What tests get of the control plane: paths and addresses, as workers share no objects. */
export type SharedControlPlane = Pick<
  ControlPlane,
  'server' | 'kubeconfig' | 'caFile' | 'kubectl' | 'folder'
>;

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
  project.provide('controlPlane', { server, kubeconfig, caFile, kubectl, folder });
  return cluster.stop;
}
