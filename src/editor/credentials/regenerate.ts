import { basename, dirname, relative } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Bindable } from '../../cluster/api/credentials.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { MOST_CREDENTIAL, readNamedFile } from '../../files/named.ts';
import { parseKubeconfig, type Kubeconfig, type UserEntry } from '../../kubeconfig/read.ts';
import type { UserCredential } from '../../kubeconfig/buildKubeconfig.ts';
import { renewToken, replaceCredential } from '../../kubeconfig/renew.ts';
import { mintedFor } from '../../kubeconfig/tokenless.ts';
import { classifyToken, type Token } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { findTokens } from '../../token/find.ts';
import { askAccount } from './account.ts';
import { ask } from '../workbench/say.ts';
import { words, type Words } from '../../harmless.ts';
import { Wizard } from '../workbench/wizard.ts';
import { clusterFor, type KubeconfigText } from '../subject/lend.ts';
import { chooseContext, openOrChosenKubeconfig } from '../subject/pick.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { standingSentinel } from './getToken.ts';
import { lookAt, PLACEHOLDER, tokenlessCredential, type Draft, type FileDraft } from './draft.ts';
import { labelOf } from './label.ts';
import { askKind, askSource, type KindChoice, type TokenSource } from './kind.ts';
import type { WizardServices } from '../workbench/services.ts';
import { readersOf, writeDraft } from './write.ts';
import { pathInKubeconfig } from '../../files/system.ts';

/** The entry of a kubeconfig that is to be renewed. */
interface Old {
  readonly file: vscode.Uri;
  readonly before: NonNullable<FileDraft['before']>;
  /** A context that uses the entry. */
  readonly context: string;
  readonly user: UserEntry;
  /** What the entry's token says; undefined where there is none, or none that can be read. */
  readonly token: Token | undefined;
}

/**
 * Puts a new token where a kubeconfig has an old one; everything else in the file stays as it is. The file is given by a tree, a
 * menu, a problem (the place of its token) or the inspector (its context), else it is the open one.
 */
export async function regenerateKubeconfig(
  services: WizardServices,
  about: KubeconfigSubject | undefined,
): Promise<void> {
  const old = await findOld(about);
  if (!old) return;
  using lent = await clusterFor(services, inText(old));
  if (!lent) return;
  const { cluster } = lent;
  const known = accountIn(old);
  await Wizard.titled(`Regenerate ${labelOf(old.file)} with context ${cluster.context.name}`)
    .step(async (ask) => ({ account: known ?? (await askAccount(services, ask)) }))
    .step(async (ask, { account }) => ({
      choice: await askKind(cluster, account, ask, { without: 'tokenless', isActive: usual(old) }),
    }))
    .step(async (ask, { account, choice }) => ({
      source: await askSource(services, cluster, account, ask, choice),
    }))
    .run({
      services,
      act: async ({ account, source }) => {
        await renew(services, { old, cluster, account, source });
      },
      // Its Secret is there already.
      isFinal: ({ source }) => source?.kind === 'newSecret',
    });
}

interface Renewal {
  readonly old: Old;
  readonly cluster: Cluster;
  readonly account: ObjectRef;
  /** Undefined: no token, but what mints one each time. */
  readonly source: TokenSource | undefined;
}

async function renew(
  services: WizardServices,
  { old, cluster, account, source }: Renewal,
  isAgreed = false,
): Promise<void> {
  if (!source) {
    const credential = tokenlessCredential(cluster.context, account);
    const draft = { ...draftReplacement(old, () => credential), isAgreed };
    await writeDraft(services, { cluster, account, kind: { kind: 'tokenless' }, draft });
    return;
  }
  const sentinel = source.kind === 'revocable' ? await sentinelOf(cluster, old) : undefined;
  const again = source.kind === 'revocable' && sentinel ? { ...source, sentinel } : source;
  const { draft, kind } = await draftRenewal(old);
  await writeDraft(services, {
    cluster,
    account,
    kind: { kind, source: again },
    draft: { ...draft, isAgreed },
  });
}

/**
 * Where a kubeconfig has an entry of the ServiceAccount already, under the name that a new one would get: offers to
 * renew that. Returns whether that is done, and throws cancelled where the person wants neither.
 */
export async function renewedInstead(
  services: WizardServices,
  file: vscode.Uri,
  context: string,
  renewal: Omit<Renewal, 'old'>,
): Promise<boolean> {
  const before = await lookAt(file);
  if (!before) return false;
  const config = parseKubeconfig(before.text, labelOf(file), (one) =>
    pathInKubeconfig(dirname(file.fsPath), one),
  );
  const user = config.users.get(config.contexts.get(context)?.user ?? '');
  if (!user || (user.token === undefined && user.tokenFile === undefined && !user.exec)) return false;
  const [again, beside] = ['Renew It', 'Add Another'];
  const answer = await ask({
    question: words`${labelOf(file)} has the context "${context}" already. Renew its credential?`,
    detail: words`Everything else in the file stays as it is. Another is added under a name with a number.`,
    first: 'Leave It',
    acts: [again, beside],
  });
  if (answer === beside) return false;
  if (answer !== again) throw new Problem('cancelled', `${labelOf(file)} was left as it is.`);
  const old = { file, before, context, user, token: await tokenOf(user) };
  using lent = await clusterFor(services, inText(old));
  if (lent) await renew(services, { ...renewal, cluster: lent.cluster, old }, true);
  return true;
}

/**
 * Puts a token from a source in place of the one that a file holds; asks before, unless that is agreed. Throws not-found
 * where no context of the file uses such a token.
 */
export async function renewInPlace(
  services: WizardServices,
  file: vscode.Uri,
  isOld: (token: Token) => boolean,
  source: TokenSource,
  isAgreed: boolean,
): Promise<void> {
  const path = labelOf(file);
  const before = await lookAt(file);
  if (!before) throw new Problem('not-found', `${path} is not there any more.`);
  const { contexts, users } = parseKubeconfig(before.text, path, (one) =>
    pathInKubeconfig(dirname(file.fsPath), one),
  );
  for (const { name: context, user: userName } of contexts.values()) {
    const user = users.get(userName);
    const token = user && (await tokenOf(user));
    if (!user || !token || token.kind === 'other' || !isOld(token)) continue;
    const old = { file, before, context, user, token };
    using lent = await clusterFor(services, inText(old));
    if (!lent) return;
    const account = { namespace: token.namespace, name: token.serviceAccount };
    await renew(services, { old, cluster: lent.cluster, account, source }, isAgreed);
    return;
  }
  throw new Problem('not-found', `No context of ${path} uses the token that was to be renewed.`);
}

/** What a person who had this most likely wants again: one that lasts in place of a Pod's. */
function usual({ token, user }: Old): KindChoice['is'] {
  if (user.token === undefined && user.tokenFile === undefined && user.exec) return 'tokenless';
  if (token?.kind === 'legacy') return 'newSecret';
  return token?.kind === 'bound' && token.binding?.kind === 'Secret' ? 'revocable' : 'request';
}

type KubeconfigSubject = SubjectOf<'file' | 'context' | 'place'>;

async function findOld(about: KubeconfigSubject | undefined): Promise<Old | undefined> {
  const file = about
    ? fileOf(about)
    : await openOrChosenKubeconfig('Regenerate', words`Which kubeconfig should be renewed?`);
  if (!file) return undefined;
  const path = labelOf(file);
  if (file.scheme !== 'file') {
    throw new Problem('bad-input', `${path} is not on this machine’s disk (${file.scheme}).`);
  }
  const before = await lookAt(file);
  if (!before) throw new Problem('not-found', `${path} is not there any more.`);
  const config = parseKubeconfig(before.text, path, (one) => pathInKubeconfig(dirname(file.fsPath), one));
  const context =
    about?.is === 'place'
      ? contextAt(before.text, config, about)
      : about?.is === 'context'
        ? about.context
        : await pickContext(config, path);
  if (context === undefined) return undefined;
  const user = config.users.get(config.contexts.get(context)?.user ?? '');
  if (!user) throw new Problem('bad-kubeconfig', `Context "${context}" of ${path} leads to no user.`);
  return { file, before, context, user, token: await tokenOf(user) };
}

function fileOf(about: KubeconfigSubject): vscode.Uri {
  return about.is === 'file' ? about.uri : vscode.Uri.parse(about.uri, true);
}

function inText({ file, before, context }: Pick<Old, 'file' | 'before' | 'context'>): KubeconfigText {
  return { text: before.text, folder: dirname(file.fsPath), origin: labelOf(file), context };
}

/** The context whose user holds the token of a line. Throws not-found where none does. */
function contextAt(text: string, config: Kubeconfig, { line }: { readonly line: number }): string {
  const lines = text.split('\n');
  const found = new Set(findTokens(lines[line] ?? '').map(({ token }) => token));
  const user = [...config.users.values()].find(({ token }) => token !== undefined && found.has(token));
  const using = [...config.contexts.values()].filter((context) => context.user === user?.name);
  const best = using.find(({ name }) => name === config.current) ?? using[0];
  if (user && best) return best.name;
  throw new Problem(
    'not-found',
    'The token at this place belongs to no context of the kubeconfig. Run "ServiceAccount: Regenerate Kubeconfig…" on the file to choose one.',
  );
}

async function pickContext({ contexts, current }: Kubeconfig, path: string): Promise<string | undefined> {
  const choices = [...contexts.values()].map(({ name, user }) => ({
    name,
    isCurrent: name === current,
    about: user,
  }));
  return await chooseContext(path, choices, {
    title: words`Regenerate ${path}`,
    placeHolder: 'The credential of which context?',
  });
}

async function tokenOf({ token, tokenFile }: UserEntry): Promise<Token | undefined> {
  const text =
    tokenFile === undefined
      ? token
      : await readNamedFile(tokenFile, { most: MOST_CREDENTIAL }).catch(() => token);
  const decoded = text === undefined ? undefined : decodeToken(text.trim());
  return decoded && classifyToken(decoded);
}

/** Whose the entry is: by its token, else by a name as this extension gives it. */
function accountIn({ token, user }: Old): ObjectRef | undefined {
  if (token && token.kind !== 'other') return { namespace: token.namespace, name: token.serviceAccount };
  const minted = user.exec && mintedFor(user.exec);
  if (minted) return minted;
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+?)(?:-\d+)?$/.exec(user.name) ?? [];
  return namespace !== undefined && name !== undefined ? { namespace, name } : undefined;
}

/** The Secret that the old token was bound to, if it is still the same and was made for that. */
async function sentinelOf(cluster: Cluster, { token }: Old): Promise<Bindable | undefined> {
  if (token?.kind !== 'bound' || token.binding?.kind !== 'Secret') return undefined;
  return await standingSentinel(cluster, token.namespace, token.binding);
}

/** The renewal of a token in its kubeconfig, or of the tokenFile that this names. Throws where something else keeps that fresh. */
async function draftRenewal(old: Old): Promise<{
  readonly draft: Draft;
  readonly kind: 'token' | 'tokenFile';
}> {
  const { file, before, context, user } = old;
  if (user.tokenFile === undefined && user.token === undefined) {
    return { kind: 'token', draft: draftReplacement(old, (token) => ({ token })) };
  }
  if (user.tokenFile === undefined) {
    const text = (token: string): string => renewToken(before.text, labelOf(file), user.name, token);
    text(PLACEHOLDER); // Says at once where there is nothing to renew.
    const renewed: FileDraft = { uri: file, ...placeFor(file), before, text, isSecret: true };
    const what = words`Only the token of user "${user.name}" is replaced; everything else in the file stays as it is. ${NOT_ENDED}`;
    const draft = { kubeconfig: file, text, context, files: [renewed], isMerge: false };
    return { kind: 'token', draft: { ...draft, question: renewing(what, renewed) } };
  }
  const uri = vscode.Uri.file(user.tokenFile);
  const isOurs =
    dirname(uri.fsPath) === dirname(file.fsPath) || vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  if (!isOurs) {
    throw new Problem(
      'refused',
      `${labelOf(file)} gets its token from ${user.tokenFile}, which something else keeps fresh: renew it there, or generate another kubeconfig.`,
    );
  }
  const text = (token: string): string => `${token}\n`;
  const renewed: FileDraft = { uri, ...placeFor(uri), before: await lookAt(uri), text, isSecret: true };
  const what = words`It is the tokenFile of ${labelOf(file)}, which stays as it is. ${NOT_ENDED}`;
  const draft = { kubeconfig: file, text: () => old.before.text, context, files: [renewed], isMerge: false };
  return { kind: 'tokenFile', draft: { ...draft, question: renewing(what, renewed) } };
}

const NOT_ENDED = 'The old token is not ended by this.';

function renewing(what: Words, { uri, before }: FileDraft): Draft['question'] {
  return {
    question: words`Renew the token in ${labelOf(uri)}?`,
    detail: words`${what}${before ? readersOf(before.stamp) : ''}`,
    yes: 'Renew',
  };
}

/** A credential of another kind in the place of the one that the entry has. */
function draftReplacement(
  { file, before, context, user }: Old,
  credential: (token: string) => UserCredential,
): Draft {
  const text = (token: string): string =>
    replaceCredential(before.text, labelOf(file), user.name, credential(token));
  text(PLACEHOLDER); // Says at once where there is nothing to replace.
  const isSecret = 'token' in credential(PLACEHOLDER);
  const has =
    user.token === undefined ? (user.tokenFile === undefined ? 'exec entry' : 'tokenFile') : 'token';
  return {
    kubeconfig: file,
    text,
    context,
    files: [{ uri: file, ...placeFor(file), before, text, isSecret }],
    isMerge: false,
    question: {
      question: words`Put ${isSecret ? 'a token' : 'an exec entry'} in place of the ${has} in ${labelOf(file)}?`,
      detail: words`Only the credential of user "${user.name}" is replaced; everything else in the file stays as it is.${has === 'exec entry' ? '' : ` ${NOT_ENDED}`}${readersOf(before.stamp)}`,
      yes: 'Replace',
    },
  };
}

/** The folder that a file must stay in: its workspace folder, else the one that it is in. */
function placeFor(uri: vscode.Uri): { folder: string; path: string } {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  return folder
    ? { folder: folder.fsPath, path: relative(folder.fsPath, uri.fsPath) }
    : { folder: dirname(uri.fsPath), path: basename(uri.fsPath) };
}
