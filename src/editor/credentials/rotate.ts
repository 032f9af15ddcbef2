import * as vscode from 'vscode';
import type { Cluster, ObjectRef, TokenSecretInfo } from '../../cluster/api.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { said, words } from '../../harmless.ts';
import { nameProblem, namespaceProblem } from '../../manifest/names.ts';
import { nextName } from '../../manifest/nextName.ts';
import { isRecord } from '../../token/decode.ts';
import { isTreeNode } from '../tree/nodes.ts';
import { accountOf, askAccount } from './account.ts';
import { showError } from '../commands.ts';
import { askInTurn, type Asker } from './ask.ts';
import { pathOf } from './changes.ts';
import { createAndFollow, rowOf, secretsOf } from './create.ts';
import { filesWithToken, isOfSecret } from './holders.ts';
import type { TokenSource } from './kind.ts';
import { withCancelIfSlow } from './progress.ts';
import { renewInPlace } from './regenerate.ts';
import type { WizardServices } from './register.ts';
import { notify } from '../say.ts';

/**
 * Replaces a token Secret: creates another under a new name, then offers a kubeconfig from it, then to revoke the old
 * one. Under its own name the token would come back byte for byte, as RSA signs the same claims alike
 * (kubernetes pkg/controller/serviceaccount/tokens_controller.go; docs/why-unauthorized.md).
 */
export async function rotateTokenSecret(services: WizardServices, argument: unknown): Promise<void> {
  const cluster = await services.contexts.cluster();
  const given = secretIn(argument);
  const row = given?.name;
  const ofArgument = given?.account ?? accountOf(argument);
  let account: ObjectRef = ofArgument ?? { namespace: '', name: '' };
  let old = row ?? '';
  let known: readonly TokenSecretInfo[] = [];
  let name = '';
  await askInTurn('Rotate Token Secret', [
    async (ask) => {
      if (!ofArgument) account = await askAccount(services, ask);
    },
    async (ask) => {
      if (row === undefined) old = await askSecret(ask, cluster, account);
    },
    async (ask) => {
      known = await secretsOf(cluster, account);
      const taken = [old, ...known.map((one) => one.name)];
      name = await ask.input({
        prompt: `Name of the new Secret in place of ${old}. It has to be another: under the same name Kubernetes signs the very same token again, with an RSA key as it has as a rule, and one that leaked is valid again.`,
        value: nextName(old, taken),
        check: (value) => {
          if (value === old)
            return 'The same name brings the same token back, byte for byte, where the key is RSA. Choose another.';
          return taken.includes(value) ? 'There is a token Secret of that name.' : nameProblem(value);
        },
      });
    },
  ]);
  const { namespace } = account;
  const manifest = { namespace, name, serviceAccount: account.name };
  const uid = await createAndFollow(cluster, manifest);
  if (uid === undefined) return;
  await offerKubeconfig(services, account, old, { kind: 'secret', name, uid });
  await offerToRevoke(account, known.find((one) => one.name === old) ?? { namespace, name: old, uid: '' });
}

/** The token Secret of a row of the tree, or that a token names: then its names are a stranger's. */
function secretIn(argument: unknown): { readonly account: ObjectRef; readonly name: string } | undefined {
  if (isTreeNode(argument)) {
    if (argument.kind !== 'tokenSecret') return undefined;
    const { namespace, name, serviceAccount } = argument.info;
    return { account: { namespace, name: serviceAccount }, name };
  }
  if (!isRecord(argument)) return undefined;
  const { namespace, serviceAccount, secret } = argument;
  if (typeof namespace !== 'string' || typeof serviceAccount !== 'string' || typeof secret !== 'string') {
    return undefined;
  }
  const bad = namespaceProblem(namespace) ?? nameProblem(serviceAccount) ?? nameProblem(secret);
  if (bad !== undefined) {
    throw new Problem(
      'bad-input',
      `This token names what no cluster can have: there is nothing to rotate. ${bad}`,
    );
  }
  return { account: { namespace, name: serviceAccount }, name: secret };
}

/** Whoever holds the old token needs the new one first. */
async function offerKubeconfig(
  services: WizardServices,
  account: ObjectRef,
  old: string,
  source: TokenSource & { readonly kind: 'secret'; readonly uid: string },
): Promise<void> {
  const { name, uid } = source;
  const files = await withCancelIfSlow(
    `Looking for files with the token of ${old}`,
    async (signal) => await filesWithToken({ namespace: account.namespace, name: old }, signal),
  );
  const kubeconfigs = files.filter(({ isKubeconfig }) => isKubeconfig);
  const generate = 'Generate Kubeconfig…';
  const renew = kubeconfigs.length === 1 ? 'Put It There…' : 'Put It There, One by One…';
  const holders =
    files.length === 0
      ? 'No file of this workspace holds the old token; others may.'
      : `The old token is in ${files.map(({ uri }) => pathOf(uri)).join(', ')}.`;
  const chosen = await notify.information(
    words`Secret ${account.namespace}/${name} is filled with a new token. ${said(holders)}`,
    ...(kubeconfigs.length > 0 ? [renew] : []),
    generate,
    'Not Now',
  );
  if (chosen === renew) {
    for (const { uri } of kubeconfigs) {
      try {
        await renewInPlace(
          services,
          uri,
          (token) => isOfSecret(token, { namespace: account.namespace, name: old }),
          source,
          false,
        );
      } catch (error) {
        await showError(services, error); // The other files can still have it.
      }
    }
  } else if (chosen === generate) {
    const row = rowOf(account.namespace, name, account.name, uid);
    await vscode.commands.executeCommand(commands.generateKubeconfig, row);
  }
}

async function offerToRevoke(account: ObjectRef, old: ObjectRef & { readonly uid: string }): Promise<void> {
  const revoke = 'Revoke the Old Token…';
  const chosen = await notify.information(
    words`Secret ${old.namespace}/${old.name} is still there, and its token still works. Revoke it once nothing uses it any more.`,
    revoke,
    'Keep It',
  );
  if (chosen !== revoke) return;
  await vscode.commands.executeCommand(
    commands.revokeToken,
    rowOf(old.namespace, old.name, account.name, old.uid),
  );
}

async function askSecret(ask: Asker, cluster: Cluster, account: ObjectRef): Promise<string> {
  const { label } = await ask.pick({
    placeholder: `Which token Secret of ${account.namespace}/${account.name}?`,
    items: async (signal) => {
      const secrets = await cluster.tokenSecretsOf(account, signal);
      if (secrets.length === 0) {
        throw new Problem(
          'not-found',
          `ServiceAccount ${account.namespace}/${account.name} has no token Secret.`,
        );
      }
      return secrets.map(({ name, lastUsed }) => ({
        label: name,
        description: lastUsed === undefined ? 'no use recorded' : `last used ${lastUsed}`,
      }));
    },
  });
  return label;
}
