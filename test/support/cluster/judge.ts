import { readCarrier } from '../../../src/authentication/carrier.ts';
import type { Evidence } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import type { EvidenceOptions } from '../../../src/cluster/api/credentials.ts';
import { decodeToken, type DecodedToken } from '../../../src/token/decode.ts';
import { now } from './stage.ts';
import type { StagedCase } from './stagedCauses.ts';
import { sendingTo } from './agreedSending.ts';

/** Explains a token on a cluster, with all that its person may read; the token is sent only where that is asked for. */
export async function explainOn(
  cluster: Cluster,
  token: string,
  more: Partial<EvidenceOptions> = {},
): Promise<[Explanation, Evidence]> {
  const options = { sendToken: undefined, compareSecret: true, requestToken: true, ...more };
  const evidence = await cluster.gatherEvidence(token, options, AbortSignal.timeout(20_000));
  return [await explainAuthentication(evidence, now()), evidence];
}

/** What the server says by TokenReview, of exactly this text. */
export async function reviewOn(
  cluster: Cluster,
  token: string,
): Promise<{ accepted: boolean; error: string }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const answer = await cluster.ask({ method: 'POST', path, body }, AbortSignal.timeout(20_000));
  const { status } = answer.body as { status?: { authenticated?: boolean; error?: string } };
  if (!status) throw new Error(`TokenReview: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { accepted: status.authenticated === true, error: status.error ?? '' };
}

/** Whether the server accepts the token itself, asked by SelfSubjectReview of somebody who may make no TokenReview. */
async function acceptsToken(nobody: Cluster, token: string): Promise<boolean> {
  const [, { whoAmI }] = await explainOn(nobody, token, { ...sendingTo(nobody, token), requestToken: false });
  if (!whoAmI.known) throw new Error(whoAmI.why);
  return whoAmI.value !== undefined;
}

/** A staged cause, as the server and as this extension judge it. */
export interface Judged {
  readonly name: string;
  /** What the token says, without its signature; undefined of a text that is none. */
  readonly token: DecodedToken | undefined;
  readonly server: string;
  readonly explained: string;
  readonly cause: string;
  /** In which ways the two differ; empty where they agree. */
  readonly differences: readonly string[];
}

/** Judges a staged token by TokenReview, by SelfSubjectReview, and by the explanation, and compares the three. */
export async function judge(on: People, staging: StagedCase, staged: string): Promise<Judged> {
  const { late } = staging[2] ?? {};
  const once = await judgeToken(on, staging, (await late?.()) ?? staged);
  // Where seconds count, one may pass between the server's judgement and ours.
  return late && once.differences.length > 0 ? await judgeToken(on, staging, await late()) : once;
}

interface People {
  readonly admin: Cluster;
  /** Somebody who may make no TokenReview. */
  readonly nobody: Cluster;
}

async function judgeToken(
  { admin, nobody }: People,
  [name, , { asksReview = false } = {}]: StagedCase,
  token: string,
): Promise<Judged> {
  const server = await reviewOn(admin, token);
  const sending = sendingTo(admin, token);
  const [first, { settings }] = await explainOn(admin, token, asksReview ? sending : {});
  // Which other authenticators there are, a server's flags tell; one that does not tell them has to be heard.
  const mustAsk = first.outcome === 'cannot-tell' && !settings.known;
  const own = mustAsk ? (await explainOn(admin, token, sending))[0] : first;
  const failing = own.steps.find(({ state }) => state === 'failed');
  const differences: string[] = [];
  const same = (what: string, ours: unknown, theirs: unknown): void => {
    if (ours !== theirs) differences.push(`${what}: ${String(ours)}, not ${String(theirs)}`);
  };
  same('outcome', own.outcome, server.accepted ? 'accepted' : 'refused');
  same('reason', errorOf(failing?.serverMessage), server.error);
  // A text that is no token is sent nowhere.
  if (!readCarrier(token).problem) {
    const [heard] = await explainOn(admin, token, sendingTo(admin, token));
    same('outcome after asking', heard.outcome, own.outcome);
    if (own.outcome === 'refused') same('cause after asking', heard.causes[0]?.id, own.causes[0]?.id);
    same('SelfSubjectReview accepts it', await acceptsToken(nobody, token), server.accepted);
  }
  return {
    name,
    token: decodeToken(token),
    server: server.accepted ? 'accepted' : server.error,
    explained: own.outcome,
    cause: own.outcome === 'refused' ? (own.causes[0]?.id ?? '') : '',
    differences,
  };
}

/** How TokenReview words a failure: the loopback authenticator always complains first. */
function errorOf(message: string | undefined): string {
  if (message === undefined) return '';
  const mine = 'invalid bearer token';
  return message === mine ? mine : `[${mine}, ${message}]`;
}

/** What was judged, in columns. */
export function tableOf(judged: readonly Judged[]): string {
  const rows = [
    ['Case', 'Server', 'Explained', 'Cause', 'Same'],
    ...judged.map(({ name, server, explained, cause, differences }) => [
      name,
      server.length > 90 ? `${server.slice(0, 89)}…` : server,
      explained,
      cause,
      differences.length === 0 ? 'yes' : differences.join('; '),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')).join('\n');
}
