import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ApplyPlan, ManifestObject, TokenSecretManifest } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { address, joined, said, words } from '../../harmless.ts';
import { blockYaml } from '../../yaml/blockYaml.ts';
import { findObjects, isTokenSecret, type Creatable } from '../../manifest/creatable.ts';
import { readTokenSecrets } from '../../manifest/tokenSecret.ts';
import { labelOf } from './label.ts';
import { follow, tellFilled } from './create.ts';
import { documentAt, type DocumentAt } from '../subject/documentAt.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { withCancelIfSlow } from '../workbench/progress.ts';
import type { WizardServices } from '../workbench/services.ts';
import { closeDifference, openBelow, virtualDocument } from './virtual.ts';
import { ask, decide, notify, pick } from '../workbench/say.ts';

const EXPECTED = 'a Secret, ServiceAccount, Role or RoleBinding';

type Placed = Omit<Creatable, 'kind'> & { readonly kind?: Creatable['kind'] };

/** Creates the object at the cursor in the selected context's cluster, or changes the one that is there. */
export async function createInCluster(
  services: WizardServices,
  about: SubjectOf<'place' | 'file'> | undefined,
): Promise<void> {
  const place = await documentAt(about, EXPECTED);
  await applyFrom(services, place, objectsOf(place.document));
}

/** Shows what applying the object at the cursor would change in the selected context's cluster. */
export async function compareWithCluster(
  services: WizardServices,
  about: SubjectOf<'place' | 'file'> | undefined,
): Promise<void> {
  const place = await documentAt(about, EXPECTED);
  const cluster = await services.contexts.cluster();
  const manifest = await choose(cluster, place, objectsOf(place.document));
  const plan = await planOf(cluster, manifest);
  const name = inWords(manifest);
  const where = words`context "${cluster.context.name}"`;
  if (plan.live === undefined) {
    if (plan.problem) throw plan.problem;
    const create = 'Create in Cluster…';
    const chosen = await notify.information(words`Not there: ${where} has no ${name}.`, create);
    if (chosen === create) await applyPlanned(cluster, manifest, plan);
    return;
  }
  if (plan.isSame) {
    await notify.information(words`No difference: ${name} is in ${where} as this file has it.`);
    return;
  }
  await showDifference(manifest, plan);
  if (plan.problem) {
    throw new Problem(
      plan.problem.reason,
      `Shown is the file itself, as the server would not say what applying it does. ${plan.problem.message}`,
      { cause: plan.problem },
    );
  }
}

/** Applies one of a document's objects: that at the cursor, the only one, or one chosen. */
export async function applyFrom(
  { contexts }: WizardServices,
  place: DocumentAt,
  found: readonly Placed[],
): Promise<void> {
  const cluster = await contexts.cluster();
  const manifest = await choose(cluster, place, found);
  await applyPlanned(cluster, manifest, await planOf(cluster, manifest));
}

async function applyPlanned(cluster: Cluster, manifest: ManifestObject, plan: ApplyPlan): Promise<void> {
  const { context } = cluster;
  const name = inWords(manifest);
  if (plan.problem) throw plan.problem;
  if (plan.isSame) {
    await notify.information(
      words`Nothing to change: ${name} is in context "${context.name}" as this file has it.`,
    );
    return;
  }
  const tokenSecret = plan.live === undefined ? tokenSecretOf(manifest) : undefined;
  const cautions = tokenSecret
    ? await withCancelIfSlow(name, async (signal) => await cluster.checkTokenSecret(tokenSecret, signal))
    : [];
  const warnings = plan.warnings.map((warning) => `The server warns: ${warning}`);
  const force = await confirm(cluster, manifest, plan, [...cautions, ...warnings]);
  const options = { force, create: plan.create };
  if (!tokenSecret) {
    await withCancelIfSlow(name, async (signal) => await cluster.apply(manifest, options, signal));
    await notify.information(
      words`${plan.live === undefined ? 'Created' : 'Changed'}: ${name} in context "${context.name}".`,
    );
    return;
  }
  const uid = await follow(
    cluster,
    tokenSecret,
    async (signal) => (await cluster.apply(manifest, options, signal)).uid,
  );
  if (uid !== undefined) await tellFilled(tokenSecret, uid);
}

/** Asks for a yes, with all that is known of what it does. Returns whether fields of others are to be taken over. */
async function confirm(
  { context }: Cluster,
  manifest: ManifestObject,
  plan: ApplyPlan,
  notes: readonly string[],
): Promise<boolean> {
  const name = inWords(manifest);
  const isNew = plan.live === undefined;
  const others = plan.conflicts.map(({ path, manager }) =>
    manager === undefined
      ? words`• ${path}: nobody knows who set it, as the object is older than the record of that`
      : words`• ${path} belongs to ${manager}`,
  );
  const yes = others.length > 0 ? 'Take Them Over' : isNew ? 'Create' : 'Change';
  const show = 'Show Difference';
  const ends =
    tokenSecretOf(manifest) && isNew ? 'The token controller fills in a token that never expires.' : '';
  const detail = joined(
    [
      others.length > 0
        ? joined([words`It changes fields that others have set, who may set them back:`, ...others], '\n')
        : words`The server has tried it (dry run) and takes it. ${ends}`,
      words`${context.cluster} at ${address(context.server)}`,
      ...notes.map(said),
    ],
    '\n\n',
  );
  const question = words`${isNew ? 'Create' : 'Change'} ${name} in context "${context.name}"?`;
  const answer = await ask({ question, detail, first: isNew ? 'Don’t Create' : show, acts: [yes] });
  let isAgreed = answer === yes;
  if (answer === show) {
    const title = await showDifference(manifest, plan, openBelow);
    try {
      isAgreed = await decide({ question, leave: 'Leave It', act: yes });
    } finally {
      await closeDifference(title);
    }
  }
  if (!isAgreed) throw new Problem('cancelled', 'Nothing was changed.');
  return others.length > 0;
}

/** Shows the object as the cluster has it beside what it would be, read-only. Returns the title of the tab. */
async function showDifference(
  manifest: ManifestObject,
  plan: ApplyPlan,
  open: typeof openBelow = async (command, ...shown) =>
    await vscode.commands.executeCommand(command, ...shown),
): Promise<string> {
  const { kind, namespace, name } = manifest;
  const path = `${kind}/${namespace}/${name}.yaml`;
  const title = words`${kind} ${namespace}/${name}: cluster ↔ this file`.text;
  const left = virtualDocument(path, blockYaml(plan.live));
  const right = virtualDocument(path, blockYaml(plan.applied ?? withoutValues(manifest.object)));
  await open('vscode.diff', left, right, title, { preview: true });
  return title;
}

function withoutValues(object: Readonly<Record<string, unknown>>): unknown {
  const { data: _data, stringData: _stringData, ...rest } = object;
  return object['kind'] === 'Secret' ? rest : object;
}

async function planOf(cluster: Cluster, manifest: ManifestObject): Promise<ApplyPlan> {
  return await withCancelIfSlow(
    `${inWords(manifest)}: asking the server what it would do (dry run)`,
    async (signal) => await cluster.planApply(manifest, signal),
  );
}

/** The objects of a document that can be created and compared. */
function objectsOf(document: vscode.TextDocument): readonly Placed[] {
  const text = document.getText();
  try {
    return findObjects(text);
  } catch (error) {
    if (!Problem.is(error, 'bad-input')) throw error;
    const why = text.includes('{{') ? ' A Helm template has to be rendered first.' : '';
    throw new Problem('bad-input', `${labelOf(document.uri)}: ${error.message}${why}`, { cause: error });
  }
}

async function choose(
  { context }: Cluster,
  { document, offset }: DocumentAt,
  found: readonly Placed[],
): Promise<ManifestObject> {
  const manifests = found.map(({ kind = 'Secret', name, namespace = context.namespace, object, ...at }) => ({
    manifest: { kind, name, namespace, object } satisfies ManifestObject,
    ...at,
  }));
  const here = manifests.filter(({ start, end }) => offset !== undefined && start <= offset && offset < end);
  const [only] = manifests.length === 1 ? manifests : here.length === 1 ? here : [];
  if (only) return only.manifest;
  const items = manifests.map(({ manifest }) => ({
    label: manifest.name,
    description: `${manifest.kind} in ${manifest.namespace}`,
    manifest,
  }));
  const chosen = await pick(items, {
    title: labelOf(document.uri),
    placeHolder: 'Which of this file’s objects?',
    matchesAll: true,
  });
  if (!chosen) throw new Problem('cancelled', 'Nothing was chosen.');
  return chosen.manifest;
}

function tokenSecretOf({ namespace, name, object }: ManifestObject): TokenSecretManifest | undefined {
  if (!isTokenSecret(object)) return undefined;
  const [secret] = readTokenSecrets(JSON.stringify(object));
  return secret && { namespace, name, serviceAccount: secret.serviceAccount, object };
}

function inWords({ kind, namespace, name }: ManifestObject): string {
  return `${kind} ${namespace}/${name}`;
}
