import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readCarrier } from '../../src/authentication/carrier.ts';
import type { Evidence } from '../../src/authentication/evidence.ts';
import { explainAuthentication, type Explanation } from '../../src/authentication/explain.ts';
import type { Cluster, EvidenceOptions } from '../../src/cluster/api.ts';
import { changed, NAMESPACE, now, openStage, send } from '../support/stage.ts';
import { cases } from '../support/stagedCauses.ts';

const { kubeconfig, folder } = inject('controlPlane');
let admin: Cluster;
const rows: string[][] = [];

const explain = async (
  token: string,
  more: Partial<EvidenceOptions> = {},
): Promise<[Explanation, Evidence]> => {
  const options = { sendToken: false, compareSecret: true, requestToken: true, ...more };
  const evidence = await admin.gatherEvidence(token, options, AbortSignal.timeout(20_000));
  return [await explainAuthentication(evidence, now()), evidence];
};

async function asToken(token: string): Promise<boolean> {
  const evidence = await witnessOnly.gatherEvidence(
    token,
    { sendToken: true, compareSecret: false, requestToken: false },
    AbortSignal.timeout(20_000),
  );
  if (!evidence.whoAmI.known) throw new Error(evidence.whoAmI.why);
  return evidence.whoAmI.value !== undefined;
}
/** A person without any right: TokenReview is forbidden, and the token itself has to be asked. */
let witnessOnly: Cluster;

/** What the server says by TokenReview, of exactly this text. */
async function review(token: string): Promise<{ accepted: boolean; error: string }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const { status } = (await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', body)) as unknown as {
    status: { authenticated?: boolean; error?: string };
  };
  return { accepted: status.authenticated === true, error: status.error ?? '' };
}

beforeAll(async () => {
  ({ admin, nobody: witnessOnly } = await openStage(kubeconfig, folder));
});

afterAll(() => {
  admin.dispose();
  witnessOnly.dispose();
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const table = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  process.stdout.write(`\ncase, server, explained, cause\n${table.join('\n')}\n${rows.length} cases\n`);
});

/** How TokenReview words a failure: the loopback authenticator always complains first. */
function errorOf(message: string | undefined): string {
  if (message === undefined) return '';
  const mine = 'invalid bearer token';
  return message === mine ? mine : `[${mine}, ${message}]`;
}

describe('the explanation agrees with the server itself', () => {
  const staged = new Map<string, string>();
  beforeAll(async () => {
    for (const [name, stage] of cases) staged.set(name, await stage());
    await sleep(64_000); // What is being deleted is dead after 60 s, and a cached success after 10.
  });

  it.each(cases)('%s', async (name, _stage, { late, asksReview = false } = {}) => {
    const token = (await late?.()) ?? staged.get(name) ?? '';
    const server = await review(token);
    const [own] = await explain(token, { sendToken: asksReview });
    const failing = own.steps.find(({ state }) => state === 'failed');
    rows.push([
      name,
      server.accepted ? 'accepted' : server.error.slice(0, 100),
      own.outcome,
      own.causes[0]?.id ?? '',
    ]);
    expect(own.outcome).toBe(server.accepted ? 'accepted' : 'refused');
    expect(errorOf(failing?.serverMessage)).toBe(server.accepted ? '' : server.error);
    // A text that is no token is sent nowhere.
    if (readCarrier(token).problem) return;
    const [heard] = await explain(token, { sendToken: true });
    expect([heard.outcome, heard.causes[0]?.id]).toEqual([own.outcome, own.causes[0]?.id]);
    expect(await asToken(token)).toBe(server.accepted);
  });

  it('says what right is missing, and passes nothing unseen, for a person without rights', async () => {
    const token = staged.get('Pod gone') ?? '';
    const evidence = await witnessOnly.gatherEvidence(
      token,
      { sendToken: false, compareSecret: true, requestToken: true },
      AbortSignal.timeout(20_000),
    );
    const { outcome, steps } = await explainAuthentication(evidence, now());
    expect(outcome).toBe('cannot-tell');
    expect(steps.find(({ id }) => id === 'boundObject')).toMatchObject({
      state: 'cannot-tell',
      needs: `get pods in ${NAMESPACE}`,
    });
    expect(steps.find(({ id }) => id === 'signature')?.state).toBe('passed'); // ServiceAccounts may read the keys.
  });

  it('asks nothing with names that are no names', async () => {
    const own = { namespace: '..', serviceaccount: { name: '../secrets', uid: 'u' } };
    const [{ steps }] = await explain(await changed({ 'kubernetes.io': own }));
    expect(steps.find(({ id }) => id === 'serviceAccount')?.state).toBe('cannot-tell');
  });
});
