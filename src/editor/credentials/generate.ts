import type { Cluster } from '../../cluster/api/cluster.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { contextName } from '../../kubeconfig/buildKubeconfig.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { accountOf, askAccount } from './account.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import { draftKubeconfig } from './draft.ts';
import {
  askKind,
  askNamedFile,
  askSource,
  type CredentialKind,
  type KindChoice,
  type TokenSource,
} from './kind.ts';
import { renewedInstead } from './regenerate.ts';
import type { WizardServices } from '../workbench/services.ts';
import { withTarget } from './target.ts';
import { writeDraft } from './write.ts';

/**
 * Writes a kubeconfig for a ServiceAccount, or adds it to one: of whatever kind of credential is chosen. It is kept away
 * from git before it is written, and proved after.
 */
export async function generateKubeconfig(
  services: WizardServices,
  about: SubjectOf<'row'> | undefined,
): Promise<void> {
  const cluster = await services.contexts.cluster();
  const given = accountOf(about);
  const secret: TokenSource | undefined =
    about?.row.kind === 'tokenSecret'
      ? {
          kind: 'secret',
          name: about.row.info.name,
          // A manifest knows none.
          ...(about.row.info.uid !== '' && { uid: about.row.info.uid }),
        }
      : undefined;
  const asked = Wizard.titled('Generate Kubeconfig')
    .step(async (ask) => ({ account: given ?? (await askAccount(services, ask)) }))
    .step(async (ask, { account }) => ({
      choice: secret ? REQUEST : await askKind(cluster, account, ask, { without: 'all' }),
    }))
    .step(async (ask, { account, choice }) => ({
      inner: choice.is === 'tokenFile' ? await askKind(cluster, account, ask, { without: 'none' }) : choice,
    }))
    .step(async (ask, answers) => ({
      kind: secret
        ? { kind: 'token' as const, source: secret }
        : await askCredential(services, cluster, ask, answers),
    }));
  await withTarget(asked, { isSecret: ({ kind }) => kind.kind === 'token' }).run({
    services,
    act: async ({ account, kind, target }) => {
      if (target?.kind === 'merge' && (kind.kind === 'token' || kind.kind === 'tokenless')) {
        const name = contextName(account, cluster.context.cluster);
        const renewal = { cluster, account, source: kind.kind === 'token' ? kind.source : undefined };
        if (await renewedInstead(services, target.file, name, renewal)) return;
      }
      if (!target) return;
      const draft = await draftKubeconfig(cluster, account, kind, target);
      await writeDraft(services, { cluster, account, kind, draft });
    },
    // Its Secret is there already.
    isFinal: ({ kind }) => 'source' in kind && kind.source.kind === 'newSecret',
  });
}

const REQUEST: KindChoice = { is: 'request' };

/** What the kubeconfig shall hold, by what was chosen; `inner` is the token in a tokenFile. */
async function askCredential(
  services: WizardServices,
  cluster: Cluster,
  ask: Asker,
  {
    account,
    choice,
    inner,
  }: { readonly account: ObjectRef; readonly choice: KindChoice; readonly inner: KindChoice },
): Promise<CredentialKind> {
  if (choice.is === 'namedFile') return { kind: 'namedFile', path: await askNamedFile(ask) };
  const source = await askSource(services, cluster, account, ask, inner);
  if (!source) return { kind: 'tokenless' };
  return { kind: choice.is === 'tokenFile' ? 'tokenFile' : 'token', source };
}
