import { freeName } from '../../manifest/nextName.ts';
import { DEFAULT_MOUNT } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Bindable } from '../../cluster/api/credentials.ts';
import type { ObjectRef, TokenSecretInfo } from '../../cluster/api/objects.ts';
import { messageOf, Problem } from '../../errors.ts';
import { nameProblem } from '../../manifest/names.ts';
import type { Asker } from '../workbench/ask.ts';
import { askDuration } from './askDuration.ts';
import type { WizardServices } from '../workbench/services.ts';

/** Where a token comes from, and so what ends it. Lives are in seconds. */
export type TokenSource =
  | { readonly kind: 'secret'; readonly name: string; readonly uid?: string }
  | { readonly kind: 'newSecret'; readonly name: string }
  | { readonly kind: 'request'; readonly seconds: number; readonly boundTo?: Bindable }
  /** Bound to a sentinel: the one given, else one that is made for it. */
  | { readonly kind: 'revocable'; readonly seconds: number; readonly sentinel?: Bindable };

/** What a kubeconfig holds: a token, the name of a file with one, or what mints one each time. */
export type CredentialKind =
  | { readonly kind: 'token'; readonly source: TokenSource }
  | { readonly kind: 'tokenFile'; readonly source: TokenSource }
  /** A file that something else keeps fresh. */
  | { readonly kind: 'namedFile'; readonly path: string }
  | { readonly kind: 'tokenless' };

/** What the pick leads to; some of it needs another question. */
export type KindChoice =
  | { readonly is: 'secret'; readonly name: string; readonly uid: string }
  | { readonly is: 'newSecret' | 'request' | 'revocable' | 'tokenFile' | 'namedFile' | 'tokenless' };

interface Item extends vscode.QuickPickItem {
  readonly choice: KindChoice;
}

/**
 * Asks what a kubeconfig shall hold, each kind with what ends it. `without`: the kinds that hold no token, all of them,
 * one that stays in the same file, or none.
 */
export async function askKind(
  cluster: Cluster,
  account: ObjectRef,
  ask: Asker,
  {
    without,
    isActive,
  }: { readonly without: 'all' | 'tokenless' | 'none'; readonly isActive?: KindChoice['is'] },
): Promise<KindChoice> {
  const { choice } = await ask.pick<Item>({
    placeholder: `Which kind of credential for ${account.namespace}/${account.name}?`,
    items: async (signal) => {
      const secrets = await secretsOf(cluster, account, signal);
      return [
        separator('For a time'),
        item(
          'request',
          'For a Time…',
          'watch',
          'A token from TokenRequest. Before it expires, only deleting the ServiceAccount ends it.',
        ),
        item(
          'revocable',
          'For a Time, Revocable…',
          'circle-slash',
          'Bound to an empty Secret that is created for it. Deleting the Secret ends it in about 10 s.',
        ),
        separator('Forever, until a token Secret is deleted'),
        ...secrets.items.map(secretItem),
        item(
          'newSecret',
          'New Token Secret…',
          'add',
          secrets.problem ?? 'It is created in the cluster now. Its token never expires.',
        ),
        ...(without === 'none' ? [] : [separator('No token in it'), TOKENLESS]),
        ...(without === 'all' ? elsewhere() : []),
      ];
    },
    ...(isActive && { isActive: (one: Item) => one.choice.is === isActive }),
  });
  return choice;
}

function elsewhere(): Item[] {
  return [
    item(
      'tokenFile',
      'Token in a File of Its Own…',
      'file-symlink-file',
      'The kubeconfig names a file next to it (tokenFile), which can be renewed separately.',
    ),
    item(
      'namedFile',
      'A File That Something Else Keeps Fresh…',
      'sync',
      'For example, a mounted or rotated token (tokenFile). It works while that file is renewed.',
    ),
  ];
}

function item(is: Exclude<KindChoice['is'], 'secret'>, label: string, icon: string, detail: string): Item {
  return { choice: { is }, label, iconPath: new vscode.ThemeIcon(icon), detail };
}

const TOKENLESS = item(
  'tokenless',
  'Nothing Secret in It (exec)',
  'shield',
  'kubectl creates 10-minute tokens with your own access. Of no use without that.',
);

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator, choice: { is: 'request' } };
}

function secretItem({ name, uid, lastUsed, invalidSince, missing = [] }: TokenSecretInfo): Item {
  const state = [
    ...(missing.length > 0 ? [`not filled yet: ${missing.join(', ')}`] : []),
    ...(invalidSince === undefined ? [] : [`marked invalid since ${invalidSince}`]),
    ...(lastUsed === undefined ? [] : [`last used ${lastUsed}`]),
  ];
  return {
    choice: { is: 'secret', name, uid },
    label: name,
    iconPath: new vscode.ThemeIcon(missing.length > 0 || invalidSince !== undefined ? 'warning' : 'key'),
    description: state.join(' · '),
    detail: 'An existing token Secret. Its token never expires.',
  };
}

/** The ServiceAccount's token Secrets; none, and why, where they may not be listed. */
async function secretsOf(
  cluster: Cluster,
  account: ObjectRef,
  signal: AbortSignal,
): Promise<{ readonly items: readonly TokenSecretInfo[]; readonly problem?: string }> {
  try {
    return { items: await cluster.tokenSecretsOf(account, signal) };
  } catch (error) {
    if (!Problem.is(error, 'forbidden')) throw error;
    return { items: [], problem: messageOf(error) };
  }
}

/** Asks what a choice still needs: a name, or a life. */
export async function askSource(
  { memory }: WizardServices,
  cluster: Cluster,
  account: ObjectRef,
  ask: Asker,
  choice: KindChoice,
): Promise<TokenSource | undefined> {
  switch (choice.is) {
    case 'secret':
      return { kind: 'secret', name: choice.name, uid: choice.uid };
    case 'newSecret': {
      const prompt = 'Name of the new token Secret';
      const value = await freeSecretName(cluster, account);
      return { kind: 'newSecret', name: await ask.input({ prompt, value, check: nameProblem }) };
    }
    case 'request':
    case 'revocable': {
      const seconds = await askDuration(memory, ask, 'How long should it be valid?');
      return { kind: choice.is, seconds };
    }
    case 'tokenFile':
    case 'namedFile':
    case 'tokenless':
      return undefined;
  }
}

/** A name that none of its token Secrets has: under one that is there, the same token would come back. */
async function freeSecretName(cluster: Cluster, account: ObjectRef): Promise<string> {
  const { items } = await secretsOf(cluster, account, AbortSignal.timeout(5000));
  return freeName(`${account.name}-token`, new Set(items.map(({ name }) => name)));
}

/** Asks for the path of a token file, as the kubeconfig shall name it. */
export async function askNamedFile(ask: Asker): Promise<string> {
  return (
    await ask.input({
      prompt:
        'The path of the token file where the kubeconfig is used; a relative one begins at the kubeconfig',
      value: `${DEFAULT_MOUNT}/token`,
      check: (path) => (path.trim() === '' ? 'A path is needed.' : undefined),
    })
  ).trim();
}
