import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api.ts';
import { roleParts, serviceAccountPart, tokenSecretPart, type ManifestPart } from '../../manifest/build.ts';
import { nameProblem } from '../../manifest/names.ts';
import type { Rule } from '../../manifest/rights.ts';
import { accountOf, askAccount, askAccounts, typeAccount } from './account.ts';
import { askInTurn, type Asker } from '../workbench/ask.ts';
import type { WizardServices } from '../workbench/services.ts';
import { askCommonRights, askTypedRights } from './askRights.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { TargetQuestions, type ManifestFile, type Naming } from './destination.ts';

/** The ServiceAccount of a row, or the folder of the Explorer's menu. */
type Scaffolded = SubjectOf<'row' | 'file'>;

/** Writes the manifests of token Secrets into the workspace, for one ServiceAccount or for several. */
export async function scaffoldTokenSecret(
  services: WizardServices,
  about: Scaffolded | undefined,
  all: readonly Scaffolded[],
): Promise<void> {
  const given = accountsOf(all);
  let accounts = given;
  let name = '';
  let inOneFile = true;
  const files = (naming: Naming): readonly ManifestFile[] => {
    const each = accounts.map((account) => {
      const secret = accounts.length === 1 ? name : `${account.name}-token`;
      const part = tokenSecretPart({
        namespace: naming.namespace(account.namespace),
        name: secret,
        serviceAccount: naming.account(account.name),
      });
      // Two namespaces may have a ServiceAccount of the same name.
      const isTwin = accounts.some((one) => one !== account && one.name === account.name);
      return { stem: isTwin ? `${account.namespace}-${secret}` : secret, parts: [part] };
    });
    return inOneFile && each.length > 1
      ? [{ stem: 'token-secrets', parts: each.flatMap(({ parts }) => parts) }]
      : each;
  };
  const target = new TargetQuestions({
    files,
    namespace: () => accounts[0]?.namespace ?? '',
    folder: folderOf(about),
  });
  await askInTurn(
    'Scaffold Token Secret',
    [
      async (ask) => {
        if (given.length === 0) accounts = await askAccounts(services, ask);
      },
      async (ask) => {
        const [account, another] = accounts;
        if (account && !another) name = await askSecretName(ask, account);
      },
      async (ask) => {
        if (accounts.length > 1) inOneFile = await askOneFile(ask, accounts.length);
      },
      ...target.steps,
    ],
    target.end(services),
  );
}

/** Writes a ServiceAccount into the workspace, with a token Secret and rights if asked for, in the order that works. */
export async function scaffoldServiceAccount(
  services: WizardServices,
  about: SubjectOf<'file'> | undefined,
): Promise<void> {
  let account: ObjectRef = { namespace: '', name: '' };
  const wanted = { secret: true, rights: false };
  let secret = '';
  const rights = new RightsQuestions(() => account);
  const target = new TargetQuestions({
    namespace: () => account.namespace,
    folder: folderOf(about),
    files: (naming) => {
      const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
      const parts: ManifestPart[] = [serviceAccountPart(named)];
      if (wanted.secret) parts.push(tokenSecretPart({ ...named, name: secret, serviceAccount: named.name }));
      if (wanted.rights) parts.push(...roleParts(rights.name, named, rights.rules));
      return [{ stem: account.name, parts }];
    },
  });
  await askInTurn(
    'Scaffold ServiceAccount',
    [
      async (ask) => {
        account = await typeAccount(services.contexts.selected?.namespace ?? 'default', ask);
      },
      async (ask) => {
        const { is } = await ask.pick({
          placeholder: 'What comes with it? A ServiceAccount has no token and no rights by itself.',
          items: [
            {
              label: 'A token Secret',
              detail: 'A token that never ends, until the Secret is deleted.',
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
        Object.assign(wanted, is);
      },
      async (ask) => {
        if (wanted.secret) secret = await askSecretName(ask, account);
      },
      ...rights.steps.map((step) => async (ask: Asker) => {
        if (wanted.rights) await step(ask);
      }),
      ...target.steps,
    ],
    target.end(services),
  );
}

/** Writes a Role and the RoleBinding that gives it to a ServiceAccount into the workspace. */
export async function scaffoldRole(services: WizardServices, about: Scaffolded | undefined): Promise<void> {
  const given = accountOf(about);
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  const rights = new RightsQuestions(() => account);
  const target = new TargetQuestions({
    namespace: () => account.namespace,
    folder: folderOf(about),
    files: (naming) => {
      const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
      return [{ stem: `${rights.name}-role`, parts: roleParts(rights.name, named, rights.rules) }];
    },
  });
  await askInTurn(
    'Scaffold Role and RoleBinding',
    [
      async (ask) => {
        if (!given) account = await askAccount(services, ask);
      },
      ...rights.steps,
      ...target.steps,
    ],
    target.end(services),
  );
}

/** Which rights a Role gives, and its name. */
class RightsQuestions {
  readonly #account: () => ObjectRef;
  #picked: readonly Rule[] | 'typed' = 'typed';
  rules: readonly Rule[] = [];
  name = '';

  constructor(account: () => ObjectRef) {
    this.#account = account;
  }

  readonly steps: readonly ((ask: Asker) => Promise<void>)[] = [
    async (ask) => {
      this.#picked = await askCommonRights(ask, this.#account());
    },
    async (ask) => {
      this.rules = this.#picked === 'typed' ? await askTypedRights(ask) : this.#picked;
    },
    async (ask) => {
      this.name = await ask.input({
        prompt: 'Name of the Role and of its RoleBinding',
        value: this.#account().name,
        check: nameProblem,
      });
    },
  ];
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
      { label: 'One File', detail: 'Parted by ---.', iconPath: new vscode.ThemeIcon('file'), one: true },
      { label: 'One File Each', iconPath: new vscode.ThemeIcon('files'), one: false },
    ],
  });
  return one;
}
