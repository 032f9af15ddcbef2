import type { Cluster } from '../../cluster/api/cluster.ts';
import type { FillState } from '../../cluster/api/credentials.ts';
import type { ObjectRef, TokenSecretInfo, TokenSecretManifest } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { joined, said, words } from '../../harmless.ts';
import { runOn } from '../subject/door.ts';
import { tokenSecretRow } from '../subject/row.ts';
import { noteDone } from '../workbench/walkthrough.ts';
import { withCancelIfSlow } from '../workbench/progress.ts';
import { ask, decide, notify, withCancel } from '../workbench/say.ts';

/** Says that a token Secret is filled, and offers what comes next. */
export async function tellFilled(
  { namespace, name, serviceAccount }: TokenSecretManifest,
  uid: string,
): Promise<void> {
  noteDone('hasMadeTokenSecret');
  const generate = 'Generate Kubeconfig';
  const chosen = await notify.information(
    words`Filled by the token controller: Secret ${namespace}/${name}. Its token never expires; deleting the Secret ends it.`,
    generate,
  );
  if (chosen !== generate) return;
  await runOn(commands.generateKubeconfig, {
    is: 'row',
    row: tokenSecretRow(namespace, name, serviceAccount, uid),
  });
}

/**
 * Creates the Secret and follows it with progress. Returns its uid; undefined where the person stopped waiting, in
 * which case they were asked whether the Secret shall stay. Throws a Problem that says why it is not created, or why it
 * will never be filled.
 */
export async function createAndFollow(
  cluster: Cluster,
  manifest: TokenSecretManifest,
): Promise<string | undefined> {
  const title = `Token Secret ${manifest.namespace}/${manifest.name}`;
  const cautions = await withCancelIfSlow(
    `${title}: checking what it needs`,
    async (signal) => await cluster.checkTokenSecret(manifest, signal),
  );
  if (cautions.length > 0) await confirmCautions(manifest, cautions);
  return await follow(cluster, manifest, async (signal) => await cluster.createTokenSecret(manifest, signal));
}

/** Creates a Secret by `create` and follows it, with progress; see `createAndFollow`. */
export async function follow(
  cluster: Cluster,
  manifest: TokenSecretManifest,
  create: (signal: AbortSignal) => Promise<string>,
): Promise<string | undefined> {
  const { namespace, name } = manifest;
  let uid: string | undefined;
  try {
    await withCancel(`Token Secret ${namespace}/${name}`, async (signal, report) => {
      report('creating it');
      uid = await create(signal);
      await cluster.followTokenSecret(
        manifest,
        (state) => {
          report(inWords(state));
        },
        signal,
      );
    });
    return uid;
  } catch (error) {
    if (uid === undefined || Problem.is(error, 'not-found') || !Problem.is(error)) throw error;
    await offerToDelete(cluster, { namespace, name, uid }, error);
    return undefined;
  }
}

async function confirmCautions(
  { namespace, name }: TokenSecretManifest,
  cautions: readonly string[],
): Promise<void> {
  const create = 'Create';
  const answer = await ask({
    question: words`Create Secret ${namespace}/${name}, though not all can be seen?`,
    detail: joined(cautions.map(said), '\n\n'),
    first: 'Don’t Create',
    acts: [create],
  });
  if (answer !== create) throw new Problem('cancelled', 'Nothing was created.');
}

/** What the token controller has done, and has still to do. */
function inWords({ filled, missing, hint }: FillState): string {
  const done = filled.length === 0 ? '' : `${filled.join(', ')} filled; `;
  if (missing.length === 0) return 'all of it filled';
  return `${done}waiting for the token controller to fill ${missing.join(', ')}${hint === undefined ? '' : `. ${hint}`}`;
}

/** Asks whether a Secret that is not followed any more shall stay, in a list that stays: a notification would fade. */
async function offerToDelete(
  cluster: Cluster,
  secret: ObjectRef & { readonly uid: string },
  why: Problem,
): Promise<void> {
  const { namespace, name } = secret;
  const isStopped = why.reason === 'cancelled';
  const isDeleted = await decide({
    question: isStopped
      ? words`Created, and not followed any more: Secret ${namespace}/${name}`
      : words`Created, and cannot be followed: Secret ${namespace}/${name}`,
    hint: isStopped ? 'The token controller may still fill it.' : said(why.message),
    leave: 'Keep It',
    act: 'Delete It',
  });
  if (!isDeleted) return;
  await withCancel(`Deleting Secret ${namespace}/${name}`, async (signal) => {
    await cluster.deleteSecret(secret, signal);
  });
}

/** The ServiceAccount's token Secrets; none where they may not be listed, as the new name is checked when it is created. */
export async function secretsOf(cluster: Cluster, account: ObjectRef): Promise<readonly TokenSecretInfo[]> {
  try {
    return await withCancelIfSlow(
      'Looking for token Secrets',
      async (signal) => await cluster.tokenSecretsOf(account, signal),
    );
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return [];
    throw error;
  }
}
