import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ObjectRef, TokenSecretInfo } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { words } from '../../harmless.ts';
import { TOKEN_SECRET_TYPE } from '../../kubernetes.ts';
import { nameProblem } from '../../manifest/names.ts';
import { nextName } from '../../manifest/nextName.ts';
import { readTokenSecrets } from '../../manifest/tokenSecret.ts';
import { accountOf, askAccount } from './account.ts';
import { applyFrom } from './createInCluster.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import { createAndFollow, secretsOf, tellFilled } from './create.ts';
import { runOn } from '../subject/door.ts';
import { documentAt, type DocumentAt } from '../subject/documentAt.ts';
import type { SubjectOf } from '../subject/subject.ts';
import type { TreeNode } from '../subject/row.ts';
import type { Choice } from '../workbench/say.ts';
import type { WizardServices } from '../workbench/services.ts';

/**
 * Creates token Secrets in the selected context's cluster and follows the token controller: of the manifest that is
 * given or open, else for a ServiceAccount of the tree or asked for.
 */
export async function createTokenSecret(
  services: WizardServices,
  about: SubjectOf<'row' | 'place' | 'file'> | undefined,
): Promise<void> {
  const account = accountOf(about);
  const place = about?.is === 'row' ? undefined : await manifestPlace(about);
  if (place) {
    await applyFrom(services, place, readTokenSecrets(place.document.getText()));
    return;
  }
  const cluster = await services.contexts.cluster();
  await ofAccount(services, cluster, account);
}

/** The document of a file's menu or of a place, or the open one if it holds a token Secret. */
async function manifestPlace(
  about: SubjectOf<'place' | 'file'> | undefined,
): Promise<DocumentAt | undefined> {
  const open = vscode.window.activeTextEditor?.document;
  if (!about && !open?.getText().includes(TOKEN_SECRET_TYPE)) return undefined;
  if (!about && !/^(?:yaml|json|helm)/.test(open?.languageId ?? '')) return undefined;
  return await documentAt(about, 'a token Secret');
}

/** Creates one for a ServiceAccount; or goes on with one that is there and shall do, where the person chooses it. */
async function ofAccount(
  services: WizardServices,
  cluster: Cluster,
  given: ObjectRef | undefined,
): Promise<void> {
  const { made, instead } = await Wizard.titled(`Create Token Secret in ${cluster.context.name}`)
    .step(async (ask) => ({ account: given ?? (await askAccount(services, ask)) }))
    .step(async (ask, { account }) => {
      const there = await secretsOf(cluster, account);
      return { there, instead: await askWhetherOneDoes(ask, account, there) };
    })
    .step(async (ask, { account, there, instead }) => ({
      name: instead ? instead.name : await askName(ask, account, there),
    }))
    .run({
      services,
      act: async ({ account, instead, name }) => {
        if (instead) return { made: undefined, instead };
        const manifest = { namespace: account.namespace, name, serviceAccount: account.name };
        const uid = await createAndFollow(cluster, manifest);
        return { made: uid === undefined ? undefined : { manifest, uid }, instead };
      },
    });
  if (made) await tellFilled(made.manifest, made.uid);
  if (!instead) return;
  const row: TreeNode = { kind: 'tokenSecret', info: instead };
  await runOn(commands.generateKubeconfig, { is: 'row', row });
}

async function askName(ask: Asker, account: ObjectRef, there: readonly TokenSecretInfo[]): Promise<string> {
  const taken = there.map((one) => one.name);
  const wished = `${account.name}-token`;
  return await ask.input({
    prompt: `Name of the Secret. Its token for ${account.namespace}/${account.name} will never expire.`,
    value: taken.includes(wished) ? nextName(wished, taken) : wished,
    check: (value) => (taken.includes(value) ? 'There is a token Secret of that name.' : nameProblem(value)),
  });
}

/** Says what is there already, before there are two tokens that never end. Undefined: another shall be created. */
async function askWhetherOneDoes(
  ask: Asker,
  { namespace, name }: ObjectRef,
  there: readonly TokenSecretInfo[],
): Promise<TokenSecretInfo | undefined> {
  const [first] = there;
  if (!first) return undefined;
  const has = there.length === 1 ? 'a token Secret' : `${there.length} token Secrets`;
  const chosen = await ask.pick<Choice & { readonly secret?: TokenSecretInfo }>({
    placeholder: `${namespace}/${name} has ${has} already, with a token that never expires`,
    items: [
      ...there.map((secret) => ({
        label: words`Use ${secret.name}`,
        detail: 'Nothing is created: its token goes into a kubeconfig.',
        iconPath: new vscode.ThemeIcon('key'),
        secret,
      })),
      {
        label: 'Create Another',
        detail: `Then ${there.length + 1} tokens live until their Secrets are deleted.`,
        iconPath: new vscode.ThemeIcon('add'),
      },
    ],
  });
  return chosen.secret;
}
