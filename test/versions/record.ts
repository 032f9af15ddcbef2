import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { DecodedToken } from '../../src/token/decode.ts';
import { does } from '../../src/versions.ts';
import { judge, type Judged } from '../support/cluster/judge.ts';
import { now, openStage } from '../support/cluster/stage.ts';
import { cases, WAIT } from '../support/cluster/stagedCauses.ts';
import { tryStatements } from './statements.ts';

/** What a server of one version answered. It holds no token: what one says, without its signature. */
export interface ServerRecord {
  /** As /version has it, e.g. `v1.24.17`. */
  readonly version: string;
  readonly minor: number;
  /** What src/versions.ts states, as it was seen. */
  readonly statements: Readonly<Record<string, boolean>>;
  /** The reviews that it makes, by API group and version. */
  readonly served: Readonly<Record<string, readonly string[]>>;
  readonly reviews: readonly ReviewRecord[];
}

/** A staged cause: what TokenReview said of the token, and what was explained. */
export interface ReviewRecord {
  readonly name: string;
  readonly token: DecodedToken | undefined;
  /** `accepted`, or the error of TokenReview. */
  readonly server: string;
  /** The cause that was explained; empty for an accepted token. */
  readonly cause: string;
  /** Seconds since the epoch. */
  readonly time: number;
  readonly differences?: readonly string[];
}

const GROUPS = ['apis/authentication.k8s.io/v1', 'apis/authorization.k8s.io/v1'];

/** Starts a control plane of a version (undefined: the sandbox's own), and asks it everything. */
export async function askServer(
  version: string | undefined,
  report: (line: string) => void,
): Promise<ServerRecord> {
  const plane = await startControlPlane({ version, report });
  try {
    const stage = await openStage(plane.kubeconfig, plane.folder);
    const { gitVersion = '', minor: digits = '' } = (await plane.request('GET', '/version')) as Record<
      string,
      string
    >;
    const minor = Number.parseInt(digits, 10);
    const possible = cases.filter(([, , more]) => !more?.needs || does(minor, more.needs) === true);
    const staged = new Map<string, string>();
    for (const [name, stageIt] of possible) staged.set(name, await stageIt());
    await sleep(WAIT);
    const reviews: ReviewRecord[] = [];
    for (const one of possible) {
      reviews.push(recordOf(await judge(stage, one, staged.get(one[0]) ?? '')));
    }
    for (const { name, differences } of reviews) {
      if (differences) report(`   ${name}: ${differences.join('; ')}`);
    }
    const served = await servedBy(stage.admin);
    const statements = await tryStatements({ plane, admin: stage.admin });
    stage.admin.dispose();
    stage.nobody.dispose();
    return { version: gitVersion, minor, statements, served, reviews };
  } finally {
    await plane.stop();
  }
}

function recordOf({ name, token, server, cause, differences }: Judged): ReviewRecord {
  return { name, token, server, cause, time: now(), ...(differences.length > 0 && { differences }) };
}

async function servedBy(admin: Cluster): Promise<Record<string, readonly string[]>> {
  const served: Record<string, readonly string[]> = {};
  for (const group of GROUPS) {
    const { status, body } = await admin.ask({ path: `/${group}` }, AbortSignal.timeout(10_000));
    if (status !== 200) continue;
    served[group] = (body as { resources: { name: string }[] }).resources.map(({ name }) => name);
  }
  return served;
}
