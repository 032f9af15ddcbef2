import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import {
  roleParts,
  serviceAccountPart,
  tokenSecretPart,
  type ManifestPart,
} from '../../manifest/buildManifest.ts';
import { nameProblem } from '../../manifest/names.ts';
import type { Rule } from '../../manifest/rights.ts';
import { accountOf, askAccount, askAccounts, typeAccount } from './account.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import type { WizardServices } from '../workbench/services.ts';
import { askCommonRights, askTypedRights } from './askRights.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { withDestination, type ManifestFile, type Naming } from './destination.ts';

/** The ServiceAccount of a row, or the folder of the Explorer's menu. */
type Scaffolded = SubjectOf<'row' | 'file'>;

/** Writes the manifests of token Secrets into the workspace, for one ServiceAccount or for several. */
export async function scaffoldTokenSecret(
  services: WizardServices,
  about: Scaffolded | undefined,
  all: readonly Scaffolded[],
): Promise<void> {
  const given = accountsOf(all);
  const asked = Wizard.titled('Scaffold Token Secret')
    .step(async (ask) => ({ accounts: given.length > 0 ? given : await askAccounts(services, ask) }))
    .step(async (ask, { accounts: [account, another] }) => ({
      name: account && !another ? await askSecretName(ask, account) : undefined,
    }))
    .step(async (ask, { accounts }) => ({
      inOneFile: accounts.length > 1 && (await askOneFile(ask, accounts.length)),
    }));
  await withDestination(
    asked,
    ({ accounts, name, inOneFile }) => ({
      namespace: accounts[0]?.namespace ?? '',
      files: (naming) => {
        const each = accounts.map((account) => secretFile(account, name, accounts, naming));
        return inOneFile ? [{ stem: 'token-secrets', parts: each.flatMap(({ parts }) => parts) }] : each;
      },
    }),
    folderOf(about),
  ).run({ services, act: async ({ write }) => await write() });
}

/** A token Secret of one of several ServiceAccounts. `name` is undefined where it goes by its ServiceAccount's. */
function secretFile(
  account: ObjectRef,
  name: string | undefined,
  accounts: readonly ObjectRef[],
  naming: Naming,
): ManifestFile {
  const secret = name ?? `${account.name}-token`;
  const part = tokenSecretPart({
    namespace: naming.namespace(account.namespace),
    name: secret,
    serviceAccount: naming.account(account.name),
  });
  // Two namespaces may have a ServiceAccount of the same name.
  const isTwin = accounts.some((one) => one !== account && one.name === account.name);
  return { stem: isTwin ? `${account.namespace}-${secret}` : secret, parts: [part] };
}

/** Writes a ServiceAccount into the workspace, with a token Secret and rights if asked for, in the order that works. */
export async function scaffoldServiceAccount(
  services: WizardServices,
  about: SubjectOf<'file'> | undefined,
): Promise<void> {
  const asked = Wizard.titled('Scaffold ServiceAccount')
    .step(async (ask) => ({
      account: await typeAccount(services.contexts.selected?.namespace ?? 'default', ask),
    }))
    .step(async (ask) => ({ wanted: await askWhatComesWithIt(ask) }))
    .step(async (ask, { account, wanted }) => ({
      secret: wanted.secret ? await askSecretName(ask, account) : undefined,
    }));
  await withDestination(
    withRights(asked, ({ wanted }) => wanted.rights),
    ({ account, secret, role }) => ({
      namespace: account.namespace,
      files: (naming) => {
        const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
        const parts: readonly ManifestPart[] = [
          serviceAccountPart(named),
          ...(secret === undefined
            ? []
            : [tokenSecretPart({ ...named, name: secret, serviceAccount: named.name })]),
          ...(role ? roleParts(role.name, named, role.rules) : []),
        ];
        return [{ stem: account.name, parts }];
      },
    }),
    folderOf(about),
  ).run({ services, act: async ({ write }) => await write() });
}

async function askWhatComesWithIt(
  ask: Asker,
): Promise<{ readonly secret: boolean; readonly rights: boolean }> {
  const { is } = await ask.pick({
    placeholder: 'What comes with it? A ServiceAccount alone has no token and no rights.',
    items: [
      {
        label: 'A token Secret',
        detail: 'A token that never expires, until the Secret is deleted.',
        is: { secret: true, rights: false },
      },
      {
        label: 'A token Secret, a Role and its RoleBinding',
        detail: 'The rights are the next question.',
        is: { secret: true, rights: true },
      },
      {
        label: 'A Role and its RoleBinding',
        detail: 'For Pods, and for tokens that are requested.',
        is: { secret: false, rights: true },
      },
      { label: 'Nothing', detail: 'The ServiceAccount alone.', is: { secret: false, rights: false } },
    ],
  });
  return is;
}

/** Writes a Role and the RoleBinding that gives it to a ServiceAccount into the workspace. */
export async function scaffoldRole(services: WizardServices, about: Scaffolded | undefined): Promise<void> {
  const given = accountOf(about);
  const asked = Wizard.titled('Scaffold Role and RoleBinding').step(async (ask) => ({
    account: given ?? (await askAccount(services, ask)),
  }));
  await withDestination(
    withRights(asked, () => true),
    ({ account, role }) => ({
      namespace: account.namespace,
      files: (naming) => {
        const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
        return role ? [{ stem: `${role.name}-role`, parts: roleParts(role.name, named, role.rules) }] : [];
      },
    }),
    folderOf(about),
  ).run({ services, act: async ({ write }) => await write() });
}

/** What a Role gives, and its name. */
interface RoleAsked {
  readonly rules: readonly Rule[];
  readonly name: string;
}

/** Asks which rights a Role gives, and its name, where that is wanted. */
function withRights<A extends { readonly account: ObjectRef }>(
  wizard: Wizard<A>,
  isWanted: (answers: Readonly<A>) => boolean,
): Wizard<A & { readonly role: RoleAsked | undefined }> {
  return wizard
    .step(async (ask, answers) => ({
      picked: isWanted(answers) ? await askCommonRights(ask, answers.account) : undefined,
    }))
    .step(async (ask, answers) => {
      const picked: readonly Rule[] | 'typed' | undefined = answers.picked;
      return { rules: picked === 'typed' ? await askTypedRights(ask) : picked };
    })
    .step(async (ask, { account, rules }): Promise<{ readonly role: RoleAsked | undefined }> => {
      if (!rules) return { role: undefined };
      const prompt = 'Name of the Role and of its RoleBinding';
      return { role: { rules, name: await ask.input({ prompt, value: account.name, check: nameProblem }) } };
    });
}

/** The folder of the Explorer's menu. */
export function folderOf(about: Scaffolded | undefined): vscode.Uri | undefined {
  return about?.is === 'file' ? about.uri : undefined;
}

/** The ServiceAccounts of the rows that are selected, or of the one whose menu it is. */
function accountsOf(all: readonly Scaffolded[]): readonly ObjectRef[] {
  const found = new Map<string, ObjectRef>();
  for (const one of all) {
    const account = accountOf(one);
    if (account) found.set(`${account.namespace}/${account.name}`, account);
  }
  return [...found.values()];
}

async function askSecretName(ask: Asker, account: ObjectRef): Promise<string> {
  return await ask.input({
    prompt: `Name of the token Secret for ${account.namespace}/${account.name}`,
    value: `${account.name}-token`,
    check: nameProblem,
  });
}

async function askOneFile(ask: Asker, count: number): Promise<boolean> {
  const { one } = await ask.pick({
    placeholder: `${count} token Secrets: in one file, or in one each?`,
    items: [
      { label: 'One File', detail: 'Separated by ---.', iconPath: new vscode.ThemeIcon('file'), one: true },
      { label: 'One File Each', iconPath: new vscode.ThemeIcon('files'), one: false },
    ],
  });
  return one;
}
