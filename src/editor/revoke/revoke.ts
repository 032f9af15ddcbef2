import { SHORTEST_SECONDS } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { messageOf, Problem } from '../../errors.ts';
import { address, joined, said, words, type Words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { filesWithToken } from '../credentials/holders.ts';
import { saysPods } from '../workbench/lookedThrough.ts';
import type { Services } from '../workbench/services.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import { lookInFile } from '../../issued/file.ts';
import { withLogs } from './inLogs.ts';
import { manifestsOfSecret } from './manifests.ts';
import { destinationInWords } from '../../kubeconfig/sameDestination.ts';
import { stateOf } from '../../issued/state.ts';
import { endsTogether, planRevocation, type Deletable, type Plan } from './plan.ts';
import { Prover, type Proof } from './prove.ts';
import { targetOf, withToken, type Revocable, type Target } from './target.ts';
import { ask, askForText, notify, withCancel } from '../workbench/say.ts';

/**
 * Revokes a token: asks with all that it comes to, deletes what ends it and nothing else (by uid), and proves with the
 * token that the server refuses it now.
 */
export async function revokeToken(services: Services, about: Revocable | undefined): Promise<void> {
  const cluster = await services.contexts.cluster();
  const found = await targetOf(about, services.ledger);
  const issued = await withFiles(await services.ledger.read());
  const { target, plan } = await withCancel('Revoke Token', async (signal, report) => {
    report('finding out what ends it');
    const target = await withToken(found, cluster, signal);
    return {
      target,
      plan: withLogs(
        await withWorkspace(
          await planRevocation(target, cluster, issued, signal, saysPods(report)),
          target,
          cluster,
          signal,
        ),
        target,
        services.logs,
        Math.floor(Date.now() / 1000),
      ),
    };
  });
  switch (plan.is) {
    case 'over':
      await notify.information(words`Nothing is left to revoke. ${said(plan.why)}`);
      return;
    case 'left-to-you':
      await notify.information(said(plan.why));
      return;
    case 'delete':
      await confirm(target, plan, cluster);
      await revoke(services, { target, object: plan.object, patience: plan.patience, cluster, issued });
      return;
    case 'only-with-account': {
      const object = await confirmAccount(target, plan, cluster);
      await revoke(services, { target, object, patience: plan.patience, cluster, issued });
    }
  }
}

/** The records, with their files only where these still hold what was issued. */
async function withFiles(issued: readonly IssuedToken[]): Promise<readonly IssuedToken[]> {
  return await Promise.all(
    issued.map(async (entry) =>
      (await lookInFile(entry)).is === 'there' ? entry : { ...entry, file: undefined },
    ),
  );
}

/** Adds the files of the workspace that hold a token Secret's token, and those that would make it again. */
async function withWorkspace(
  plan: Plan,
  { ends }: Target,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Plan> {
  if (plan.is !== 'delete' || ends?.kind !== 'tokenSecret') return plan;
  const files = await manifestsOfSecret(plan.object, cluster.context.namespace, signal);
  const lines = files.map(
    (uri) => `${vscode.workspace.asRelativePath(uri)} makes it again when it is applied.`,
  );
  const holders = await filesWithToken(plan.object, signal);
  const breaks = holders
    .filter(({ uri }) => !plan.breaks.some((line) => line.includes(uri.fsPath)))
    .map(({ uri }) => `The file ${uri.fsPath}.`);
  return { ...plan, breaks: [...plan.breaks, ...breaks], notes: [...plan.notes, ...lines] };
}

async function confirm(target: Target, plan: Plan & { is: 'delete' }, cluster: Cluster): Promise<void> {
  const { object, breaks, notes } = plan;
  const yes = `Delete ${object.kind}`;
  const answer = await ask({
    question: words`Delete ${inWords(object)}, and revoke the token with it?`,
    detail: joined(
      [
        words`${place(cluster)} · uid ${object.uid}`,
        breaks.length === 0
          ? words`No Pod and no ServiceAccount names it, and no file that was written from here.`
          : listed(words`This stops working:`, breaks),
        ...notes.map(said),
        proofInWords(target, cluster),
      ],
      '\n\n',
    ),
    first: 'Keep It',
    acts: [yes],
  });
  if (answer !== yes) throw new Problem('cancelled', 'Nothing was revoked.');
}

/** An unbound token: says that only time ends it, and what it would break to delete its ServiceAccount instead. */
async function confirmAccount(
  target: Target,
  { account, breaks }: Plan & { is: 'only-with-account' },
  cluster: Cluster,
): Promise<Deletable> {
  const name = `${target.namespace}/${target.serviceAccount}`;
  const now = Math.floor(Date.now() / 1000);
  const { words: lives } = stateOf(
    { expires: target.expires, revoked: undefined },
    { ended: undefined },
    { now, soon: 0 },
  );
  const yes = 'Delete ServiceAccount…';
  const answer = await ask({
    question: words`This token of ${name} is bound to nothing: no server can revoke it alone.`,
    detail: joined(
      [
        words`It ${lives}, and until then only deleting its ServiceAccount ends it. ${place(cluster)}`,
        listed(words`Deleting ServiceAccount ${name} would end:`, breaks),
        account
          ? proofInWords(target, cluster)
          : words`You may not look at that ServiceAccount, so it is not offered here.`,
      ],
      '\n\n',
    ),
    first: 'Keep It',
    acts: account ? [yes] : [],
  });
  if (answer !== yes || !account) throw new Problem('cancelled', 'Nothing was revoked.');
  const typed = await askForText(
    words`Delete ServiceAccount ${name}`,
    words`Type ${name} to delete it, with every token of it. Role bindings stay and go by name.`,
    (value) => (value === name ? undefined : words`Type ${name}, or press Escape.`),
  );
  if (typed !== name) throw new Problem('cancelled', 'Nothing was revoked.');
  return { kind: 'ServiceAccount', ...account };
}

interface Revocation {
  readonly target: Target;
  readonly object: Deletable;
  readonly patience: number;
  readonly cluster: Cluster;
  readonly issued: readonly IssuedToken[];
}

async function revoke(services: Services, revocation: Revocation): Promise<void> {
  const { target, object, patience, cluster, issued } = revocation;
  const what = inWords(object);
  const how = { deleted: false };
  let proof: Proof | { readonly is: 'not-proved'; readonly why: string };
  let isWitness = false;
  try {
    proof = await withCancel(`Revoking by deleting ${what}`, async (signal, report) => {
      report('asking whether it is accepted now');
      const credential = await tokenToTry(target, cluster, signal);
      isWitness = 'witness' in credential;
      const prover = await readyProver(credential, cluster, signal);
      report(`deleting ${what}`);
      await remove(object, cluster, signal);
      how.deleted = true;
      services.log.info(
        redact(`Deleted ${what} (uid ${object.uid}) at ${cluster.endpoint.server}, to revoke a token.`),
      );
      if ('why' in prover) return { is: 'not-proved', why: prover.why };
      report(
        `waiting for the server to refuse it: it remembers for 10 s that it accepted it${object.kind === 'Pod' ? ', and a Pod is given time to end' : ''}`,
      );
      return await prover.after(patience, signal);
    });
  } catch (error) {
    if (!how.deleted) throw error;
    const why = Problem.is(error, 'cancelled') ? 'you stopped waiting' : messageOf(error);
    proof = { is: 'not-proved', why };
  }
  if (proof.is !== 'still-accepted') await markEnded(services, revocation);
  await tell(what, proof, isWitness, filesIn(issued, revocation));
}

/** The token itself; else one like it, bound to the same object, that is requested for this and ends with it too. */
async function tokenToTry(
  { hand, ends, namespace, serviceAccount, serviceAccountUid }: Target,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ readonly token: string } | { readonly witness: string } | { readonly why: string }> {
  if ('token' in hand) return hand;
  const missing = 'missing' in hand ? hand.missing : 'it is not in hand';
  if (
    !ends ||
    ends.uid === undefined ||
    (ends.kind !== 'Pod' && ends.kind !== 'sentinel' && ends.kind !== 'Secret')
  ) {
    return { why: missing };
  }
  const boundTo = { kind: ends.kind === 'Pod' ? 'Pod' : 'Secret', name: ends.name, uid: ends.uid } as const;
  const owner = { namespace, name: serviceAccount, uid: serviceAccountUid ?? '' };
  try {
    const { token } = await cluster.requestToken(
      owner,
      { expirationSeconds: SHORTEST_SECONDS, boundTo },
      signal,
    );
    return { witness: token };
  } catch (error) {
    if (!Problem.is(error) || error.reason === 'cancelled') throw error;
    return { why: `${missing}, and one like it cannot be requested (${error.message})` };
  }
}

async function readyProver(
  credential: { readonly token: string } | { readonly witness: string } | { readonly why: string },
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Prover | { readonly why: string }> {
  if ('why' in credential) return credential;
  const token = 'token' in credential ? credential.token : credential.witness;
  const prover = new Prover(await loadClusterAccess(), cluster, token);
  try {
    await prover.before(signal);
    return prover;
  } catch (error) {
    if (!Problem.is(error) || error.reason === 'cancelled') throw error;
    return { why: error.message };
  }
}

async function remove(object: Deletable, cluster: Cluster, signal: AbortSignal): Promise<void> {
  try {
    switch (object.kind) {
      case 'Secret':
        await cluster.deleteSecret(object, signal);
        return;
      case 'Pod':
        await cluster.deletePod(object, signal);
        return;
      case 'ServiceAccount':
        await cluster.deleteServiceAccount(object, signal);
    }
  } catch (error) {
    if (!Problem.is(error, 'not-found')) throw error; // Someone was faster.
  }
}

async function markEnded(
  { ledger }: Services,
  { target, object, cluster, issued }: Revocation,
): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  for (const entry of filesOrNot(issued, target, object, cluster)) await ledger.markRevoked(entry.id, now);
}

function filesOrNot(
  issued: readonly IssuedToken[],
  target: Target,
  object: Deletable,
  cluster: Cluster,
): readonly IssuedToken[] {
  const ended = object.kind === 'ServiceAccount' ? { ...target, ends: undefined } : target;
  return issued.filter((entry) => entry.revoked === undefined && endsTogether(entry, ended, cluster));
}

function filesIn(issued: readonly IssuedToken[], { target, object, cluster }: Revocation): readonly string[] {
  return filesOrNot(issued, target, object, cluster).flatMap(({ file }) => file ?? []);
}

async function tell(
  what: string,
  proof: Proof | { readonly is: 'not-proved'; readonly why: string },
  isWitness: boolean,
  files: readonly string[],
): Promise<void> {
  const [file] = files;
  const open = file === undefined ? [] : ['Open Its File'];
  const show = async (
    message: (text: Words, ...buttons: string[]) => Thenable<string | undefined>,
    text: Words,
  ): Promise<void> => {
    const chosen = await message(text, ...open);
    if (chosen !== undefined && file !== undefined)
      await vscode.window.showTextDocument(vscode.Uri.file(file));
  };
  const { information: inform, warning: warn, error: fail } = notify;
  switch (proof.is) {
    case 'refused': {
      const which = isWitness ? 'a token like it, requested for this,' : 'the token';
      const later = proof.after === 0 ? '' : ` after ${proof.after} s`;
      await show(
        inform,
        words`Revoked and proved: ${what} is deleted, and the API server refuses ${which}${later}.`,
      );
      return;
    }
    case 'still-accepted':
      await show(
        fail,
        words`Still accepted: after ${proof.after} s the API server accepts the token, though ${what} is deleted. Another API server of the cluster may be behind; try "Verify Kubeconfig" in a minute. If it is a token Secret’s, see whether something has made the Secret again.`,
      );
      return;
    case 'refused-before':
      await show(
        warn,
        words`Deleted, and not proved: ${what}. The API server refuses the token now, and did before too, as it has expired or is for another audience.`,
      );
      return;
    case 'not-proved':
      await show(
        warn,
        words`Deleted, and not proved: ${what}, which ends the token within about 10 s. Why not: ${said(proof.why.replace(/\.$/, ''))}.`,
      );
  }
}

function proofInWords({ hand, ends }: Target, { endpoint }: Cluster): Words {
  if ('token' in hand) {
    return words`Then the token is sent to ${destinationInWords(endpoint)}, and to nobody else, until it is refused there.`;
  }
  return ends && ends.kind !== 'tokenSecret'
    ? words`The token is not in hand: one like it is requested, and sent to ${destinationInWords(endpoint)} until it is refused there.`
    : words`The token is not in hand, so that it is refused afterwards cannot be proved.`;
}

function place({ context, endpoint }: Cluster): Words {
  return words`Context ${context.name} at ${address(endpoint.server)}`;
}

function listed(heading: Words, lines: readonly string[]): Words {
  return joined([heading, ...lines.map((line) => words`• ${said(line)}`)], '\n');
}

function inWords({ kind, namespace, name }: Deletable): string {
  return `${kind} ${namespace}/${name}`;
}
