import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Bindable } from '../../cluster/api/credentials.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { joined, said, words, type Words } from '../../harmless.ts';
import { EXTENDED_SECONDS } from '../../kubernetes.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { accountOf, askAccount } from './account.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import { clipboardSeconds, putOnClipboard } from './clipboard.ts';
import { getToken, type GotToken } from './getToken.ts';
import { draftKubeconfig, lookAt, PLACEHOLDER } from './draft.ts';
import { labelOf } from './label.ts';
import { askDuration, rememberDuration } from './askDuration.ts';
import { keepFromGit } from './keepFromGit.ts';
import type { TokenSource } from './kind.ts';
import { askPath } from './place.ts';
import { confirmChange } from './preview.ts';
import type { WizardServices } from '../workbench/services.ts';
import { revealToken } from './showText.ts';
import { WHO_READS, writeSecretFile } from '../../files/secretFile.ts';
import { askAudiences, askBindable, askBindingKind } from './spec.ts';
import { askLocalFolder, withTarget } from './target.ts';
import { replacing, writeDraft } from './write.ts';
import { notify, withCancel } from '../workbench/say.ts';

type Destination = 'clipboard' | 'file' | 'kubeconfig';

/** What is asked of the server, and for whom. */
interface Wanted {
  readonly cluster: Cluster;
  readonly account: ObjectRef;
  readonly source: Extract<TokenSource, { readonly kind: 'request' }>;
  readonly audiences: readonly string[];
}

/**
 * TokenRequest with all that it can be told, to where it is needed: the clipboard, a file, a kubeconfig. What was granted
 * is held against what was asked for. The token is shown to nobody who does not ask for it.
 */
export async function requestToken(
  services: WizardServices,
  about: SubjectOf<'row'> | undefined,
): Promise<void> {
  const { contexts, memory } = services;
  const cluster = await contexts.cluster();
  const given = accountOf(about);
  const pod = about?.row.kind === 'pod' ? about.row.info : undefined;
  const givenPod: Bindable | undefined = pod && { kind: 'Pod', name: pod.name, uid: pod.uid, note: '' };
  const asked = Wizard.titled('Request Token')
    .step(async (ask) => ({ account: given ?? (await askAccount(services, ask)) }))
    .step(async (ask, { account }) => ({ audiences: await askAudiences(cluster, account, memory, ask) }))
    .step(async (ask) => ({ bindingKind: givenPod ? givenPod.kind : await askBindingKind(ask) }))
    .step(async (ask, { account, bindingKind }) => ({
      boundTo: givenPod ?? (bindingKind && (await askBindable(cluster, account, bindingKind, ask))),
    }))
    .step(async (ask, { boundTo, audiences }) => {
      const note =
        boundTo?.kind === 'Pod' && audiences.length === 0
          ? ` Exactly ${EXTENDED_SECONDS}s, bound to a Pod, is extended to one year by most servers.`
          : '';
      return { seconds: await askDuration(memory, ask, 'How long should the token be valid?', note) };
    })
    .step(async (ask, { audiences }) => ({ destination: await askDestination(ask, audiences) }))
    .step(async (ask, { destination }) => ({
      folder: destination === 'file' ? await askLocalFolder(ask) : undefined,
    }))
    .step(async (ask, { account, folder }) => ({
      path: folder ? await askPath(ask, folder, `${account.name}.token`, { isSecret: true }) : '',
    }));
  await withTarget(asked, {
    isSecret: () => true,
    isWanted: ({ destination }) => destination === 'kubeconfig',
  }).run({
    services,
    act: async ({ account, audiences, boundTo, seconds, folder, path, target }) => {
      const source = { kind: 'request', seconds, ...(boundTo && { boundTo }) } as const;
      const wanted = { cluster, account, source, audiences };
      if (folder) await toFile(services, wanted, folder, path);
      else if (target) {
        const kind = { kind: 'token', source } as const;
        const draft = await draftKubeconfig(cluster, account, kind, target);
        await writeDraft(services, { cluster, account, kind, draft });
      } else await toClipboard(services, wanted);
    },
  });
}

async function askDestination(ask: Asker, audiences: readonly string[]): Promise<Destination> {
  const seconds = clipboardSeconds();
  const item = (to: Destination, label: string, icon: string, detail: string) => ({
    to,
    label,
    detail,
    iconPath: new vscode.ThemeIcon(icon),
  });
  const { to } = await ask.pick({
    placeholder: 'Where should the token go? It is not shown.',
    items: [
      item(
        'clipboard',
        'To the Clipboard',
        'clippy',
        seconds === 0
          ? 'It stays there.'
          : `Taken off again after ${seconds} s, unless something else is there by then.`,
      ),
      item('file', 'Into a File…', 'file', `${WHO_READS}, and kept out of Git.`),
      ...(audiences.length === 0
        ? [item('kubeconfig', 'Into a Kubeconfig…', 'key', 'A new one, or one that is there; proved after.')]
        : []),
    ],
  });
  return to;
}

async function request(
  memory: vscode.Memento,
  { cluster, account, source, audiences }: Wanted,
): Promise<GotToken> {
  const got = await withCancel(
    `Token of ${account.namespace}/${account.name}`,
    async (signal) => await getToken(cluster, account, { ...source, audiences }, signal),
  );
  await rememberDuration(memory, source.seconds);
  return got;
}

async function toClipboard(services: WizardServices, wanted: Wanted): Promise<void> {
  const { account, cluster } = wanted;
  const got = await request(services.memory, wanted);
  const seconds = clipboardSeconds();
  const whose = `${account.namespace}/${account.name}`;
  await putOnClipboard(got.token, whose, seconds);
  await services.ledger.record({
    token: got.token,
    context: cluster.context,
    form: 'clipboard',
    ...got.record,
  });
  await tell(
    services,
    wanted,
    got,
    words`On the clipboard${seconds === 0 ? '' : ` for ${seconds} s`}: the token of ${whose}.`,
  );
}

async function toFile(
  services: WizardServices,
  wanted: Wanted,
  folder: vscode.WorkspaceFolder,
  path: string,
): Promise<void> {
  const uri = vscode.Uri.joinPath(folder.uri, path);
  const before = await lookAt(uri);
  if (before) {
    await confirmChange(uri, before.text, `${PLACEHOLDER}\n`, replacing(labelOf(uri), before.stamp));
  }
  await keepFromGit([uri.fsPath], services.memory);
  const got = await request(services.memory, wanted);
  const text = `${got.token}\n`;
  await writeSecretFile({ folder: folder.uri.fsPath, path, text, replaces: before?.stamp });
  await services.ledger.record({
    token: got.token,
    context: wanted.cluster.context,
    form: 'tokenFile',
    file: uri.fsPath,
    ...got.record,
  });
  await tell(
    services,
    wanted,
    got,
    words`Written to ${labelOf(uri)}: the token of ${wanted.account.namespace}/${wanted.account.name}.`,
  );
}

/** Says what was asked for and what was granted; the token itself only on request, in a text that is nowhere on disk. */
async function tell(
  { log }: WizardServices,
  { account, audiences }: Wanted,
  { token, grant, life, warnings }: GotToken,
  where: Words,
): Promise<void> {
  if (!grant) throw new Problem('refused', 'A TokenRequest was answered without a grant.');
  const text = joined([
    where,
    said(grant.text),
    said(life),
    ...(audiences.length === 0
      ? []
      : [words`It is for ${audiences.join(', ')}: the API server itself refuses it.`]),
    ...warnings.map((warning) => words`The server warns: ${said(warning)}.`),
  ]);
  log.info(text.text);
  const reveal = 'Show the Token';
  const show = grant.is === 'as-asked' && warnings.length === 0 ? notify.information : notify.warning;
  if ((await show(text, reveal)) !== reveal) return;
  await revealToken(`${account.namespace}/${account.name}`, token);
}
