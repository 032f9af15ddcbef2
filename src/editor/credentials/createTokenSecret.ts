import * as vscode from 'vscode';
import type { Cluster, ObjectRef, TokenSecretManifest } from '../../cluster/api.ts';
import { TOKEN_SECRET_TYPE } from '../../manifest/build.ts';
import { nameProblem } from '../../manifest/names.ts';
import { nextName } from '../../manifest/nextName.ts';
import { readTokenSecrets } from '../../manifest/tokenSecret.ts';
import { accountOf, askAccount } from './account.ts';
import { applyFrom } from './apply.ts';
import { askInTurn } from './ask.ts';
import { createAndFollow, secretsOf, tellFilled } from './create.ts';
import { documentAt, type DocumentAt } from './documentAt.ts';
import type { WizardServices } from './register.ts';

/**
 * Creates token Secrets in the selected context's cluster and follows the token controller: of the manifest that is
 * given or open, else for a ServiceAccount of the tree or asked for.
 */
export async function createTokenSecret(services: WizardServices, argument: unknown): Promise<void> {
  const account = accountOf(argument);
  const place = account ? undefined : await manifestPlace(argument);
  if (place) {
    await applyFrom(services, place, readTokenSecrets(place.document.getText()));
    return;
  }
  const cluster = await services.contexts.cluster();
  const manifest = await ofAccount(services, cluster, account);
  const uid = await createAndFollow(cluster, manifest);
  if (uid !== undefined) await tellFilled(manifest, uid);
}

/** The document of a file's menu or of a place, or the open one if it holds a token Secret. */
async function manifestPlace(argument: unknown): Promise<DocumentAt | undefined> {
  const open = vscode.window.activeTextEditor?.document;
  const isGiven =
    argument instanceof vscode.Uri ||
    (typeof argument === 'object' && argument !== null && 'uri' in argument);
  if (!isGiven && !open?.getText().includes(TOKEN_SECRET_TYPE)) return undefined;
  if (!isGiven && !/^(?:yaml|json|helm)/.test(open?.languageId ?? '')) return undefined;
  return await documentAt(argument, 'a token Secret');
}

async function ofAccount(
  services: WizardServices,
  cluster: Cluster,
  given: ObjectRef | undefined,
): Promise<TokenSecretManifest> {
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  let name = '';
  await askInTurn(`Create Token Secret in ${cluster.context.name}`, [
    async (ask) => {
      if (!given) account = await askAccount(services, ask);
    },
    async (ask) => {
      const taken = (await secretsOf(cluster, account)).map((one) => one.name);
      const wished = `${account.name}-token`;
      name = await ask.input({
        prompt: `Name of the Secret. Its token for ${account.namespace}/${account.name} will never expire.`,
        value: taken.includes(wished) ? nextName(wished, taken) : wished,
        check: (value) =>
          taken.includes(value) ? 'There is a token Secret of that name.' : nameProblem(value),
      });
    },
  ]);
  return { namespace: account.namespace, name, serviceAccount: account.name };
}
