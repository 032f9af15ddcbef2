import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api.ts';
import {
  hostPathProblem,
  imageFor,
  mountedKubeconfigParts,
  refreshedParts,
  requestedParts,
} from '../../manifest/freshKubeconfig.ts';
import { nameProblem } from '../../manifest/names.ts';
import { accountOf, askAccount } from './account.ts';
import { askInTurn, type Asker } from '../workbench/ask.ts';
import type { WizardServices } from '../workbench/services.ts';
import { folderOf } from './scaffold.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { TargetQuestions } from './destination.ts';

type Way = 'rewritten' | 'requested' | 'mounted';

const DURATION = '24h';

/** Writes into the workspace what keeps a kubeconfig on a host fresh, or needs no keeping. */
export async function keepKubeconfigFresh(
  services: WizardServices,
  about: SubjectOf<'row' | 'file'> | undefined,
): Promise<void> {
  const given = accountOf(about);
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  let way: Way = 'rewritten';
  const answers = { path: '', node: '', image: '' };
  const target = new TargetQuestions({
    namespace: () => account.namespace,
    folder: folderOf(about),
    files: (naming) => {
      const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
      const wanted = { ...answers, account: named, duration: DURATION };
      const parts = {
        rewritten: refreshedParts,
        requested: requestedParts,
        mounted: mountedKubeconfigParts,
      }[way](wanted);
      return [{ stem: `${account.name}-kubeconfig`, parts }];
    },
  });
  await askInTurn(
    'Keep a Host Kubeconfig Fresh',
    [
      async (ask) => {
        if (!given) account = await askAccount(services, ask);
      },
      async (ask) => {
        way = await askWay(ask);
      },
      async (ask) => {
        if (way === 'mounted') return;
        answers.path = await ask.input({
          prompt: 'Path of the kubeconfig on the host',
          value: `/etc/cni/net.d/${account.name}.kubeconfig`,
          check: hostPathProblem,
        });
      },
      async (ask) => {
        if (way !== 'requested') return;
        answers.node = await ask.input({
          prompt: 'Which node’s host? Its label kubernetes.io/hostname',
          value: '',
          check: nameProblem,
        });
      },
      async (ask) => {
        if (way === 'mounted') return;
        answers.image = await ask.input({
          prompt: way === 'requested' ? 'An image that has sh and kubectl' : 'An image that has sh',
          value: imageFor(way === 'requested' ? 'kubectl' : 'sh'),
          check: (typed) => (/^\S+$/.test(typed.trim()) ? undefined : 'An image, without blanks.'),
        });
      },
      ...target.steps,
    ],
    target.end(services),
  );
}

async function askWay(ask: Asker): Promise<Way> {
  const { way } = await ask.pick<vscode.QuickPickItem & { readonly way: Way }>({
    placeholder: 'Who keeps it fresh?',
    items: [
      {
        label: 'A Pod on Each Node Rewrites It',
        iconPath: new vscode.ThemeIcon('sync'),
        detail:
          'A DaemonSet, or a sidecar of one: from its own token, whenever the kubelet renews that. It ends with the Pod, and the next one writes another.',
        way: 'rewritten',
      },
      {
        label: 'A CronJob Requests a Token',
        iconPath: new vscode.ThemeIcon('watch'),
        detail: `Bound to no Pod: each lives for ${DURATION} where the cluster grants that. It may request this ServiceAccount’s token and nothing else.`,
        way: 'requested',
      },
      {
        label: 'Nobody: It Names the Mounted File',
        iconPath: new vscode.ThemeIcon('file-symlink-file'),
        detail: 'tokenFile, for who runs in the Pod. Nothing is copied, and nothing ends.',
        way: 'mounted',
      },
    ],
  });
  return way;
}
