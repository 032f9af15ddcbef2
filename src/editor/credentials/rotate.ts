import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ObjectRef, TokenSecretInfo } from '../../cluster/api/objects.ts';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { nameProblem, namespaceProblem } from '../../manifest/names.ts';
import { nextName } from '../../manifest/nextName.ts';
import { runOn } from '../subject/door.ts';
import { tokenSecretRow } from '../subject/row.ts';
import type { SubjectOf } from '../subject/subject.ts';
import type { Rotation } from '../workbench/rotations.ts';
import { accountOf, askAccount } from './account.ts';
import { showError } from '../workbench/commands.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import { labelOf } from './label.ts';
import { createAndFollow, secretsOf } from './create.ts';
import { filesWithToken, isOfSecret } from './holders.ts';
import { withCancelIfSlow } from '../workbench/progress.ts';
import { renewInPlace } from './regenerate.ts';
import type { WizardServices } from '../workbench/services.ts';
import { pick, type Choice } from '../workbench/say.ts';

/**
 * Replaces a token Secret: creates another under a new name, then asks where its token goes, then whether the old one is
 * revoked. What is left open is noted, and gone on with when the old one is rotated again. Under its own name the token
 * would come back byte for byte, as RSA signs the same claims alike
 * (kubernetes pkg/controller/serviceaccount/tokens_controller.go; docs/why-unauthorized.md).
 */
export async function rotateTokenSecret(
  services: WizardServices,
  about: SubjectOf<'row' | 'secret'> | undefined,
): Promise<void> {
  const cluster = await services.contexts.cluster();
  const given = secretIn(about);
  const rotation = await Wizard.titled('Rotate Token Secret')
    .step(async (ask) => ({
      account: given?.account ?? accountOf(about) ?? (await askAccount(services, ask)),
    }))
    .step(async (ask, { account }) => ({ old: given?.name ?? (await askSecret(ask, cluster, account)) }))
    .step(async (ask, { account, old }) => {
      const known = await secretsOf(cluster, account);
      const secret = known.find((one) => one.name === old);
      const last = secret && services.rotations.of(cluster.context.server, secret);
      const isThere = last && known.some((one) => one.name === last.name && one.uid === last.uid);
      return { known, begun: last && isThere === true ? await askToGoOn(ask, last) : undefined };
    })
    .step(async (ask, { old, known, begun }) => ({ name: begun?.name ?? (await askName(ask, old, known)) }))
    .run({
      services,
      act: async ({ begun, ...wanted }) => begun ?? (await replace(services, cluster, wanted)),
    });
  if (!rotation) return;
  await handOut(services, rotation);
  await offerToRevoke(rotation);
}

/** A rotation that was begun: undefined where it is rotated anew instead. */
async function askToGoOn(ask: Asker, begun: Rotation): Promise<Rotation | undefined> {
  const goOn = {
    label: 'Continue with That',
    iconPath: new vscode.ThemeIcon('debug-continue'),
    detail: words`Hand out the token of ${begun.name}, then revoke ${begun.old.name}.`,
  };
  const anew = {
    label: 'Rotate It Again',
    iconPath: new vscode.ThemeIcon('sync'),
    detail: words`Another Secret is created; ${begun.name} stays.`,
  };
  const chosen = await ask.pick({
    placeholder: words`${begun.old.name} was replaced by ${begun.name}, and is still valid.`,
    items: [goOn, anew],
  });
  return chosen === goOn ? begun : undefined;
}

async function askName(ask: Asker, old: string, known: readonly TokenSecretInfo[]): Promise<string> {
  const taken = [old, ...known.map((one) => one.name)];
  return await ask.input({
    prompt: `Name of the new Secret in place of ${old}. It must be a different name: under the same name, with the usual RSA key, Kubernetes signs the identical token again, and a leaked one is valid again.`,
    value: nextName(old, taken),
    check: (value) => {
      if (value === old)
        return 'The same name brings the same token back, byte for byte, where the key is RSA. Choose another.';
      return taken.includes(value) ? 'There is a token Secret of that name.' : nameProblem(value);
    },
  });
}

/** Creates the new Secret, and notes what it is for; undefined where it was not waited for. */
async function replace(
  { rotations }: WizardServices,
  cluster: Cluster,
  {
    account,
    name,
    old,
    known,
  }: {
    readonly account: ObjectRef;
    readonly name: string;
    readonly old: string;
    readonly known: readonly TokenSecretInfo[];
  },
): Promise<Rotation | undefined> {
  const { namespace, name: serviceAccount } = account;
  const uid = await createAndFollow(cluster, { namespace, name, serviceAccount });
  if (uid === undefined) return undefined;
  const oldUid = known.find((one) => one.name === old)?.uid ?? '';
  const { server } = cluster.context;
  const rotation = { server, namespace, serviceAccount, old: { name: old, uid: oldUid }, name, uid };
  await rotations.note(rotation);
  return rotation;
}

/** The token Secret of a row of the tree, or that a token names: then its names are a stranger's. */
function secretIn(
  about: SubjectOf<'row' | 'secret'> | undefined,
): { readonly account: ObjectRef; readonly name: string } | undefined {
  if (about?.is !== 'secret') {
    if (about?.row.kind !== 'tokenSecret') return undefined;
    const { namespace, name, serviceAccount } = about.row.info;
    return { account: { namespace, name: serviceAccount }, name };
  }
  const { namespace, serviceAccount, secret } = about;
  const bad = namespaceProblem(namespace) ?? nameProblem(serviceAccount) ?? nameProblem(secret);
  if (bad !== undefined) {
    throw new Problem(
      'bad-input',
      `This token names what no cluster can have: there is nothing to rotate. ${bad}`,
    );
  }
  return { account: { namespace, name: serviceAccount }, name: secret };
}

interface Way extends Choice {
  readonly take?: () => Promise<void>;
}

/** Whoever holds the old token needs the new one first. Asks until nothing more is to be handed out. */
async function handOut(services: WizardServices, rotation: Rotation): Promise<void> {
  const { namespace, serviceAccount, old, name, uid } = rotation;
  const source = { kind: 'secret', name, uid } as const;
  const ofOld = { namespace, name: old.name };
  const put = async (uris: readonly vscode.Uri[]): Promise<void> => {
    for (const uri of uris) {
      try {
        await renewInPlace(services, uri, (token) => isOfSecret(token, ofOld), source, false);
      } catch (error) {
        await showError(services, error); // The other files can still have it.
      }
    }
  };
  const files = await withCancelIfSlow(
    `Looking for files with the token of ${old.name}`,
    async (signal) => await filesWithToken(ofOld, signal),
  );
  const kubeconfigs = files.filter((file) => file.isKubeconfig).map(({ uri }) => uri);
  const others = files.filter((file) => !file.isKubeconfig).map(({ uri }) => labelOf(uri));
  const ways: readonly Way[] = [
    ...kubeconfigs.map((uri) => ({
      label: words`Put It into ${labelOf(uri)}`,
      iconPath: new vscode.ThemeIcon('key'),
      detail: 'It has the old token. Everything else in the file stays as it is.',
      take: async () => {
        await put([uri]);
      },
    })),
    ...(kubeconfigs.length > 1
      ? [
          {
            label: 'Put It into All of These, One by One',
            iconPath: new vscode.ThemeIcon('checklist'),
            take: async () => {
              await put(kubeconfigs);
            },
          },
        ]
      : []),
    {
      label: 'Generate Kubeconfig…',
      iconPath: new vscode.ThemeIcon('new-file'),
      detail: 'Another one, with the new token.',
      take: async () => {
        const row = tokenSecretRow(namespace, name, serviceAccount, uid);
        await runOn(commands.generateKubeconfig, { is: 'row', row });
      },
    },
    {
      label: 'Nowhere from Here',
      iconPath: new vscode.ThemeIcon('arrow-right'),
      detail:
        others.length === 0
          ? 'Go on to the old Secret.'
          : words`Change these yourself, which have the old token: ${others.join(', ')}.`,
    },
  ];
  const chosen = await pick(ways, {
    title: words`Rotate Token Secret: ${namespace}/${name} is filled. Where does its token go?`,
    placeHolder:
      files.length === 0
        ? 'No file of this workspace has the old token; others may.'
        : words`The old token is in ${files.map(({ uri }) => labelOf(uri)).join(', ')}.`,
    stays: true,
  });
  if (!chosen) throw new Problem('cancelled', 'The rotation is left open.');
  await chosen.take?.();
}

async function offerToRevoke({ namespace, serviceAccount, old }: Rotation): Promise<void> {
  const keep: Choice = {
    label: 'Keep It for Now',
    iconPath: new vscode.ThemeIcon('watch'),
    detail: 'Its row in the ServiceAccounts view says so, and you can continue from there.',
  };
  const revoke: Choice = {
    label: 'Revoke the Old Token…',
    iconPath: new vscode.ThemeIcon('circle-slash'),
    detail: 'Once nothing uses it any more. You see first what stops working.',
  };
  const chosen = await pick([keep, revoke], {
    title: words`Rotate Token Secret: ${namespace}/${old.name} is still there, and its token is valid`,
    placeHolder: 'What should happen to the old one?',
    stays: true,
  });
  if (chosen !== revoke) return;
  const row = tokenSecretRow(namespace, old.name, serviceAccount, old.uid);
  await runOn(commands.revokeToken, { is: 'row', row });
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
