import type { ClusterAccess } from './api/cluster.ts';

let access: Promise<ClusterAccess> | undefined;

/** Loads the Kubernetes client on first use (about 150 ms and 2 MB), and never before. */
export async function loadClusterAccess(): Promise<ClusterAccess> {
  access ??= import('./client.ts').then((client) => client.clusterAccess);
  return await access;
}
