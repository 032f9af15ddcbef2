/** Rows 14, 16 and 20, and how soon an explanation is there. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import { offlineEvidence } from '../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import { verifySignature } from '../../src/authentication/verifySignature.ts';
import { inspectorModel } from '../../src/inspection/inspectorModel.ts';
import { externalSigner, otherRules } from '../support/cluster/accountRules.ts';
import { differencesOn } from '../support/cluster/configured.ts';
import { differencesOfKind, KINDS, openKinds } from '../support/cluster/credentialKinds.ts';
import { providerAndWebhook, structuredAuthentication } from '../support/cluster/otherAuthenticators.ts';
import { openForge } from '../support/texts/forgeries.ts';
import { explainOn, judge, tableOf, type Judged } from '../support/cluster/judge.ts';
import { allThemes, openBrowserOnBuild, openPage, violationsOf } from '../support/page/page.ts';
import { boundTo, now, openStage, pod } from '../support/cluster/stage.ts';
import { cases, WAIT } from '../support/cluster/stagedCauses.ts';
import { elsewhere } from '../support/cluster/stagedElsewhere.ts';
import type { Row } from './row.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';

const FORGERIES = 10_000;
const state = {
  name: '',
  server: 'https://cluster.example',
  isBusy: false,
  problem: undefined,
  searched: undefined,
  compared: undefined,
};

/** Judges tokens on servers of every configuration, asked about by people with all rights, some and hardly any. */
export async function configurationRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-configurations-'));
  let count = 0;
  const differences: string[] = [];
  try {
    for (const stage of [structuredAuthentication, providerAndWebhook, otherRules, externalSigner]) {
      const staged = await stage(folder);
      try {
        count += staged.cases.length;
        differences.push(...(await differencesOn(staged)));
      } finally {
        await staged.stop();
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return [
    {
      row: 14,
      what: `The same, or “cannot tell” with what is missing, of ${count} tokens on servers of four configurations, unsent and sent, for three people each`,
      figure: differences.length === 0 ? 'no difference' : differences.join('; '),
      peer: 'nobody explains',
      ratio: '—',
      target: 'no difference',
      held: differences.length === 0,
    },
  ];
}

/** Judges kubeconfigs of every kind of credential, kubectl beside it. */
export async function credentialRows(): Promise<Row[]> {
  const stage = await openKinds();
  try {
    const differences: string[] = [];
    for (const kind of KINDS) differences.push(...(await differencesOfKind(stage, kind)));
    return [
      {
        row: 14,
        what: `“Why Does This Kubeconfig Fail?” of ${KINDS.length} kinds of credentials, unasked and asked, with a login there and without, kubectl as judge`,
        figure: differences.length === 0 ? 'no difference' : differences.join('; '),
        peer: 'nobody explains',
        ratio: '—',
        target: 'no difference',
        held: differences.length === 0,
      },
    ];
  } finally {
    await stage.stop();
  }
}

/** Stages every cause on real control planes, and compares what is explained with what the server says. */
export async function verdictRows(report: (line: string) => void): Promise<Row[]> {
  const cluster = await startControlPlane({ report });
  const people = await openStage(cluster.kubeconfig, cluster.folder);
  try {
    const staged: string[] = [];
    for (const [, stage] of cases) staged.push(await stage());
    const waited = sleep(WAIT);
    const judged: Judged[] = [...(await elsewhere())];
    await waited;
    for (const [index, one] of cases.entries()) judged.push(await judge(people, one, staged[index] ?? ''));
    report(tableOf(judged));
    const same = judged.filter(({ differences }) => differences.length === 0).length;
    const times = await timesOf(people.admin);
    return [
      {
        row: 14,
        what: `“Why Unauthorized?” against TokenReview and SelfSubjectReview, ${judged.length} staged causes`,
        figure: `${same} of ${judged.length} the same`,
        peer: 'nobody explains',
        ratio: '—',
        target: '100 %',
        held: same === judged.length,
      },
      {
        row: 14,
        what: 'Explanation worked out, before it is shown: first steps; all of them, median and worst of 20, on the local control plane',
        figure: times.words,
        peer: '—',
        ratio: '—',
        target: '≤ 100 ms; ≤ 1000 ms',
        held: times.first <= 100 && times.whole <= 1000,
      },
    ];
  } finally {
    people.admin.dispose();
    people.nobody.dispose();
    await cluster.stop();
  }
}

async function timesOf(
  cluster: Awaited<ReturnType<typeof openStage>>['admin'],
): Promise<{ first: number; whole: number; words: string }> {
  await pod('timed');
  const token = await boundTo('Pod', 'timed');
  const firsts: number[] = [];
  const wholes: number[] = [];
  for (let run = 0; run < 20; run++) {
    const started = performance.now();
    const evidence = offlineEvidence(token);
    inspectorModel(await explainAuthentication(evidence, now()), evidence, { ...state, now: now() });
    firsts.push(performance.now() - started);
    await explainOn(cluster, token, { requestToken: false, ...sendingTo(cluster, token) });
    wholes.push(performance.now() - started);
  }
  const first = Math.max(...firsts);
  const whole = Math.max(...wholes);
  const middle = (all: number[]): string => (all.toSorted((a, b) => a - b)[10] ?? 0).toFixed(1);
  const words = `${middle(firsts)} and ${first.toFixed(1)} ms; ${middle(wholes)} and ${whole.toFixed(1)} ms`;
  return { first, whole, words };
}

/** Tries to have forged tokens verified. */
export async function forgeryRows(): Promise<Row[]> {
  const { keys, good, forgery } = await openForge();
  const verifies = async (token: string): Promise<boolean> =>
    (await verifySignature(token, keys)).state === 'verified';
  let isGoodVerified = true;
  for (const token of good) isGoodVerified &&= await verifies(token);
  let verified = 0;
  for (let number = 0; number < FORGERIES; number++) {
    const { token } = await forgery(number);
    if (await verifies(token)) verified++;
  }
  return [
    {
      row: 16,
      what: 'Forged, truncated, alg none, wrong key, wrong curve, RS/HS, jku and x5u tokens that verify',
      figure: `${verified} of ${FORGERIES}; good tokens ${isGoodVerified ? 'verify' : 'DO NOT VERIFY'}`,
      peer: 'JWT libraries had CVEs',
      ratio: '—',
      target: '0',
      held: verified === 0 && isGoodVerified,
    },
  ];
}

/** Looks at the inspector with axe, in each theme; its page suite does so in every state. */
export async function accessibilityRows(): Promise<Row[]> {
  const browser = await openBrowserOnBuild();
  try {
    const evidence = offlineEvidence((await openForge()).good[0] ?? '');
    const time = now();
    const explanation = await explainAuthentication(evidence, time);
    const model = inspectorModel(explanation, evidence, { ...state, now: time });
    let violations = 0;
    for (const theme of allThemes) {
      const { page } = await openPage(browser, { theme, width: 960, model });
      violations += (await violationsOf(page)).length;
      await page.context().close();
    }
    return [
      {
        row: 20,
        what: `Accessibility violations (axe, any impact) of the inspector in ${allThemes.length} themes`,
        figure: String(violations),
        peer: 'Headlamp fails on serious',
        ratio: '—',
        target: '0',
        held: violations === 0,
      },
    ];
  } finally {
    await browser.close();
  }
}
