import type { ObjectRef } from '../../cluster/api.ts';
import { contextName } from '../../kubeconfig/build.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { accountOf, askAccount } from './account.ts';
import { askInTurn } from '../workbench/ask.ts';
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
import { targetSteps, type TargetChoice } from './target.ts';
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
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  let choice: KindChoice = { is: 'request' };
  let inner: KindChoice = choice;
  let kind = (secret && { kind: 'token', source: secret }) as CredentialKind | undefined;
  const chosen: TargetChoice = { kind: 'new' };
  const act = async (): Promise<void> => {
    if (!kind || !chosen.target) return;
    const { target } = chosen;
    if (target.kind === 'merge' && (kind.kind === 'token' || kind.kind === 'tokenless')) {
      const name = contextName(account, cluster.context.cluster);
      const renewal = { cluster, account, source: kind.kind === 'token' ? kind.source : undefined };
      if (await renewedInstead(services, target.file, name, renewal)) return;
    }
    const draft = await draftKubeconfig(cluster, account, kind, target);
    await writeDraft(services, { cluster, account, kind, draft });
  };
  await askInTurn(
    'Generate Kubeconfig',
    [
      async (ask) => {
        if (!given) account = await askAccount(services, ask);
      },
      async (ask) => {
        if (!secret) choice = await askKind(cluster, account, ask, { without: 'all' });
        inner = choice;
      },
      async (ask) => {
        if (choice.is === 'tokenFile') inner = await askKind(cluster, account, ask, { without: 'none' });
      },
      async (ask) => {
        if (secret) return;
        if (choice.is === 'namedFile') kind = { kind: 'namedFile', path: await askNamedFile(ask) };
        if (choice.is === 'tokenless') kind = { kind: 'tokenless' };
        const source = await askSource(services, cluster, account, ask, inner);
        if (source) kind = { kind: choice.is === 'tokenFile' ? 'tokenFile' : 'token', source };
      },
      ...targetSteps(
        chosen,
        () => `${account.name}.kubeconfig`,
        () => kind?.kind === 'token',
      ),
    ],
    {
      services,
      act,
      // Its Secret is there already.
      isFinal: () => kind !== undefined && 'source' in kind && kind.source.kind === 'newSecret',
    },
  );
}
