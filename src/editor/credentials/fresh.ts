import * as vscode from 'vscode';
import {
  hostPathProblem,
  imageFor,
  mountedKubeconfigParts,
  refreshedParts,
  requestedParts,
} from '../../manifest/freshKubeconfig.ts';
import { nameProblem } from '../../manifest/names.ts';
import { accountOf, askAccount } from './account.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import type { WizardServices } from '../workbench/services.ts';
import { folderOf } from './scaffold.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { withDestination } from './destination.ts';

type Way = 'rewritten' | 'requested' | 'mounted';

const DURATION = '24h';

/** Writes into the workspace what keeps a kubeconfig on a host fresh, or needs no keeping. */
export async function keepKubeconfigFresh(
  services: WizardServices,
  about: SubjectOf<'row' | 'file'> | undefined,
): Promise<void> {
  const given = accountOf(about);
  const asked = Wizard.titled('Keep a Host Kubeconfig Fresh')
    .step(async (ask) => ({ account: given ?? (await askAccount(services, ask)) }))
    .step(async (ask) => ({ way: await askWay(ask) }))
    .step(async (ask, { account, way }) => ({
      path:
        way === 'mounted'
          ? ''
          : await ask.input({
              prompt: 'Path of the kubeconfig on the host',
              value: `/etc/cni/net.d/${account.name}.kubeconfig`,
              check: hostPathProblem,
            }),
    }))
    .step(async (ask, { way }) => ({
      node:
        way === 'requested'
          ? await ask.input({
              prompt: 'Which node’s host? Its label kubernetes.io/hostname',
              value: '',
              check: nameProblem,
            })
          : '',
    }))
    .step(async (ask, { way }) => ({ image: way === 'mounted' ? '' : await askImage(ask, way) }));
  await withDestination(
    asked,
    ({ account, way, path, node, image }) => ({
      namespace: account.namespace,
      files: (naming) => {
        const named = { namespace: naming.namespace(account.namespace), name: naming.account(account.name) };
        const parts = PARTS[way]({ path, node, image, account: named, duration: DURATION });
        return [{ stem: `${account.name}-kubeconfig`, parts }];
      },
    }),
    folderOf(about),
  ).run({ services, act: async ({ write }) => await write() });
}

const PARTS = {
  rewritten: refreshedParts,
  requested: requestedParts,
  mounted: mountedKubeconfigParts,
} as const;

async function askImage(ask: Asker, way: 'rewritten' | 'requested'): Promise<string> {
  return await ask.input({
    prompt: way === 'requested' ? 'An image that has sh and kubectl' : 'An image that has sh',
    value: imageFor(way === 'requested' ? 'kubectl' : 'sh'),
    check: (typed) => (/^\S+$/.test(typed.trim()) ? undefined : 'An image, without blanks.'),
  });
}

async function askWay(ask: Asker): Promise<Way> {
  const { way } = await ask.pick<vscode.QuickPickItem & { readonly way: Way }>({
    placeholder: 'Who keeps it fresh?',
    items: [
      {
        label: 'A Pod on Each Node Rewrites It',
        iconPath: new vscode.ThemeIcon('sync'),
        detail:
          'A DaemonSet, from its own token, whenever the kubelet renews it. The token ends with its Pod.',
        way: 'rewritten',
      },
      {
        label: 'A CronJob Requests a Token',
        iconPath: new vscode.ThemeIcon('watch'),
        detail: `Each is valid for ${DURATION}, if that is granted. The CronJob may request such tokens, and nothing else.`,
        way: 'requested',
      },
      {
        label: 'Nobody: It Names the Mounted File',
        iconPath: new vscode.ThemeIcon('file-symlink-file'),
        detail: 'tokenFile, for programs that run in the Pod. Nothing is copied, and nothing ends.',
        way: 'mounted',
      },
    ],
  });
  return way;
}
