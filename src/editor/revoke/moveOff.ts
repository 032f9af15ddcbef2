import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Listed, SecretMention, TokenSecretInfo, Uses } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { secretIn, seenInWords } from '../../audit/seen.ts';
import { projectInstead } from '../../manifest/projectInstead.ts';
import { joined, said, words, type Text } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { askInTurn } from '../workbench/ask.ts';
import { changeOf, confirmChanges, makeChanges, showChange, type Change } from '../credentials/changes.ts';
import { holdersBySecret } from '../credentials/holders.ts';
import { labelOf } from '../credentials/label.ts';
import { showText } from '../credentials/showText.ts';
import { runOn } from '../subject/door.ts';
import { namingOneOf, saysPods } from '../workbench/lookedThrough.ts';
import type { Services } from '../workbench/services.ts';
import type { TreeNode } from '../subject/row.ts';
import { notedBy } from '../../inventory/onDemand.ts';
import { useInWords, type Noted } from '../../inventory/tokenUse.ts';
import { manifestsWith } from './manifests.ts';
import { rankSecrets, type RankedSecret } from '../../inventory/rank.ts';
import { notify, pick, withCancel, type Choice } from '../workbench/say.ts';

/** Where there is no token Secret, no Pod is asked for. */
const NOBODY: Uses = {
  pods: { items: [], problem: undefined },
  serviceAccounts: { items: [], problem: undefined },
};

interface Found {
  readonly cluster: Cluster;
  readonly noted: Noted;
  readonly ranked: readonly RankedSecret[];
  /** What could not be seen. */
  readonly problems: readonly string[];
  /** The audit log that is open. */
  readonly log: string | undefined;
}

/** Shows the token Secrets of the cluster by their use, with who names each, and leads to what replaces one. Reads metadata. */
export async function moveOffLegacyTokens(services: Services): Promise<void> {
  const found = await look(services);
  if (found.ranked.length === 0) {
    const unseen = found.problems.length === 0 ? '' : ` ${found.problems.join(' ')}`;
    const place = found.cluster.context.name;
    await notify.information(
      unseen === ''
        ? words`There is no token Secret in ${place}: nothing to move off.`
        : joined([words`No token Secret could be seen in ${place}.`, said(unseen)]),
    );
    return;
  }
  const chosen = await choose(found);
  if (chosen === 'report') await showText(`Token Secrets of ${found.cluster.context.name}.md`, report(found));
  else await act(found.cluster, chosen);
}

async function look({ contexts, logs }: Services): Promise<Found> {
  const cluster = await contexts.cluster();
  return await withCancel('Token Secrets by their use', async (signal, report) => {
    const usesOf = async (): Promise<readonly [Listed<TokenSecretInfo>, Uses]> => {
      const { tokenSecrets } = await cluster.snapshot(signal);
      const keeps = namingOneOf(tokenSecrets.items);
      if (tokenSecrets.items.length === 0) return [tokenSecrets, NOBODY];
      return [tokenSecrets, await cluster.uses(undefined, signal, { keeps, onPods: saysPods(report) })];
    };
    const [[tokenSecrets, uses], noted, holders] = await Promise.all([
      usesOf(),
      notedBy(cluster, signal),
      holdersBySecret(signal),
    ]);
    const files = new Map([...holders].map(([id, all]) => [id, all.map(({ uri }) => labelOf(uri))]));
    const problems = [tokenSecrets.problem, uses.pods.problem, uses.serviceAccounts.problem];
    return {
      cluster,
      noted,
      ranked: rankSecrets(tokenSecrets.items, uses, files, noted, Date.now() / 1000, (secret) => {
        const { namespace, name, serviceAccount, serviceAccountUid: uid } = secret;
        const seen = logs.account({ namespace, name: serviceAccount, uid });
        return seen && secretIn(seen, name);
      }),
      log: logs.latest?.name,
      problems: problems.filter((problem) => problem !== undefined),
    };
  });
}

const TITLES: Readonly<Record<RankedSecret['use'], string>> = {
  refused: 'The API server refuses them already',
  unused: 'No use is recorded for a year or more',
  early: 'No use is recorded, and not for long',
  unknown: 'This API server records no uses',
  here: 'Files of this workspace have their tokens',
  used: 'Used, the longest ago first',
  pulls: 'OpenShift pulls images with them',
};
/** The same in a list, where what stands beside a row takes the room of what it says. */
const SHORT_TITLES: typeof TITLES = {
  refused: 'refused already',
  unused: 'unused for long',
  early: 'unused, not for long',
  unknown: 'uses unknown',
  here: 'in files here',
  used: 'in use',
  pulls: 'pulls images',
};
const ORDER = ['refused', 'unused', 'early', 'unknown', 'here', 'used', 'pulls'] as const;

interface Item extends Choice {
  readonly chosen: RankedSecret | 'report';
}

async function choose({ ranked, problems, cluster, noted, log }: Found): Promise<RankedSecret | 'report'> {
  const items: Item[] = [];
  for (const use of ORDER) {
    const group = ranked.filter((one) => one.use === use);
    if (group.length === 0) continue;
    items.push({ label: SHORT_TITLES[use], kind: vscode.QuickPickItemKind.Separator, chosen: 'report' });
    items.push(...group.map((one) => itemOf(one, noted)));
  }
  const unseen = problems.length === 0 ? '' : `Not all could be seen: ${problems.join(' ')}`;
  const picked = await pick<Item>(
    [
      ...items,
      { label: '', kind: vscode.QuickPickItemKind.Separator, chosen: 'report' },
      { label: 'Show All as a Report', iconPath: new vscode.ThemeIcon('output'), chosen: 'report' },
    ],
    {
      title: words`Move Off Legacy Tokens · ${ranked.length} in ${cluster.context.name}`,
      placeHolder: joined([
        words`Which is to be replaced? The easiest are first.`,
        log === undefined ? undefined : words`What ${log} saw used counts.`,
        said(unseen),
      ]),
      matchesAll: true,
    },
  );
  if (!picked) throw new Problem('cancelled', 'Nothing was changed.');
  return picked.chosen;
}

function itemOf(ranked: RankedSecret, noted: Noted): Item {
  const { secret, use, advice } = ranked;
  return {
    label: `${secret.namespace}/${secret.name}`,
    description: [madeInWords(secret), useOf(ranked, noted), namedInWords(ranked)]
      .filter(Boolean)
      .join(' · '),
    detail: said(advice),
    iconPath: new vscode.ThemeIcon(
      use === 'refused' ? 'circle-slash' : isSilent(use) ? 'circle-outline' : 'key',
    ),
    chosen: ranked,
  };
}

/** Whether nothing is known of who uses it. */
function isSilent(use: RankedSecret['use']): boolean {
  return use === 'unused' || use === 'early' || use === 'unknown';
}

/** How old it is by its day: what was made lately had no time to be used. */
function madeInWords({ created }: RankedSecret['secret']): string {
  return created === undefined ? '' : `made ${new Date(created * 1000).toISOString().slice(0, 10)}`;
}

function useOf({ secret, use, seen }: RankedSecret, noted: Noted): string {
  if (seen) return seenInWords(seen.use, Math.floor(Date.now() / 1000));
  return use === 'refused' ? `invalid since ${secret.invalidSince ?? ''}` : useInWords(secret, noted);
}

function namedInWords({ pods, accounts, files }: RankedSecret): string {
  return [
    ...(files.length === 0 ? [] : [`in ${files.length} file${files.length === 1 ? '' : 's'} here`]),
    ...(pods.length === 0 ? [] : [`${pods.length} Pod${pods.length === 1 ? '' : 's'}`]),
    ...(accounts.length === 0 ? [] : ['listed by its ServiceAccount']),
  ].join(' · ');
}

/** Asks what shall take its place, and does that. */
async function act(cluster: Cluster, ranked: RankedSecret): Promise<void> {
  const { secret } = ranked;
  const changes = await withCancel(
    `Manifests that mount ${secret.name}`,
    async (signal) => await changesFor(secret.name, signal),
  );
  const row: TreeNode = { kind: 'tokenSecret', info: secret };
  const account: TreeNode = {
    kind: 'serviceAccount',
    info: { namespace: secret.namespace, name: secret.serviceAccount, uid: '' },
  };
  const item = (label: Text, icon: string, detail: Text, run: () => Thenable<unknown>) => ({
    label,
    detail,
    iconPath: new vscode.ThemeIcon(icon),
    run,
  });
  const picked = await pick(
    [
      ...changes.map((change) =>
        item(
          words`Mount a Projected Token in ${labelOf(change.uri)}`,
          'diff',
          'The same files at the same paths, the token renewed by the kubelet. The difference is shown first.',
          async () => {
            await project(change, secret.serviceAccount);
          },
        ),
      ),
      item(
        'Generate a Kubeconfig in Its Place…',
        'key',
        words`For what uses it outside of the cluster: a token of ${secret.serviceAccount} that can be revoked.`,
        async () => await runOn(commands.generateKubeconfig, { is: 'row', row: account }),
      ),
      item(
        'Revoke It…',
        'circle-slash',
        'Deletes the Secret, after saying what breaks.',
        async () => await runOn(commands.revokeToken, { is: 'row', row }),
      ),
    ],
    {
      title: words`Move off ${secret.namespace}/${secret.name} · ${cluster.context.name}`,
      placeHolder: said(whoInWords(ranked) || 'Nothing in the cluster names it.'),
    },
  );
  if (!picked) throw new Problem('cancelled', 'Nothing was changed.');
  await picked.run();
}

/** The files of the workspace in which a volume holds the Secret, each with the edits that project a token instead. */
async function changesFor(secret: string, signal: AbortSignal): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const { uri } of await manifestsWith(secret, signal)) {
    try {
      const change = await changeOf(uri, (text) => projectInstead(text, secret));
      if (change.edits.length > 0) changes.push(change);
    } catch (error) {
      if (!Problem.is(error, 'bad-input')) throw error; // A template, or laid out so that it cannot be edited.
    }
  }
  return changes;
}

async function project(change: Change, serviceAccount: string): Promise<void> {
  await askInTurn('Mount a Projected Token', [
    async (ask) => {
      await confirmChanges(
        ask,
        [change],
        [
          `The token is that of the Pod’s own ServiceAccount: serviceAccountName has to be ${serviceAccount}. The program has to read the file again, as it changes.`,
        ],
      );
    },
  ]);
  await makeChanges([change]);
  await showChange(change);
}

function whoInWords({ secret, pods, accounts }: RankedSecret): string {
  const how = (mentions: readonly SecretMention[]): string =>
    mentions
      .filter(({ name }) => name === secret.name)
      .map((mention) => mention.how)
      .join(', ');
  return [
    ...pods.map(
      (pod) => `Pod ${pod.name}${pod.owner === undefined ? '' : ` of ${pod.owner}`} (${how(pod.secrets)})`,
    ),
    ...accounts.map((one) => `ServiceAccount ${one.name} (${how(one.secrets)})`),
  ].join(', ');
}

/** All of it as Markdown, to be read as text: names are strangers', and keep to their lines. */
function report({ ranked, problems, cluster, noted, log }: Found): string {
  const lines = [words`# Token Secrets of ${cluster.context.name}`.text, ''];
  lines.push('Their tokens never expire. By metadata alone; no token was read.', '');
  if (log !== undefined) lines.push(words`What the audit log ${log} saw used counts.`.text, '');
  for (const problem of problems) lines.push(words`> Not all could be seen. ${said(problem)}`.text, '');
  for (const use of ORDER) {
    const group = ranked.filter((one) => one.use === use);
    if (group.length === 0) continue;
    lines.push(`## ${TITLES[use]}`, '');
    for (const one of group) {
      const who = whoInWords(one);
      lines.push(
        words`- **${one.secret.namespace}/${one.secret.name}** of ${one.secret.serviceAccount}, ${said([madeInWords(one.secret), useOf(one, noted)].filter(Boolean).join(', '))}`
          .text,
      );
      if (who !== '') lines.push(words`  - Named by ${said(who)}`.text);
      if (one.files.length > 0) lines.push(words`  - Its token is in ${one.files.join(', ')}`.text);
      lines.push(words`  - ${said(one.advice)}`.text);
    }
    lines.push('');
  }
  return redact(lines.join('\n'));
}
