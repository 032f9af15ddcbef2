import { freeName } from '../../manifest/nextName.ts';
import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { nameProblem } from '../../manifest/names.ts';
import {
  mountPathProblem,
  projectedVolume,
  secondsProblem,
  tokenPathProblem,
} from '../../manifest/projected.ts';
import { EXTENDED_SECONDS, DEFAULT_MOUNT } from '../../kubernetes.ts';
import { addVolume, findWorkloads, type WorkloadInText } from '../../manifest/workload.ts';
import type { Asker } from '../workbench/ask.ts';
import { Wizard } from '../workbench/wizard.ts';
import { changeOf, confirmChanges, makeChanges, showChange } from './changes.ts';
import { documentAt } from '../subject/documentAt.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { labelOf } from './label.ts';
import type { WizardServices } from '../workbench/services.ts';

/** Adds a projected token volume to the workload at the cursor, in place, and mounts it in the containers chosen. */
export async function addProjectedToken(
  services: WizardServices,
  about: SubjectOf<'place' | 'file'> | undefined,
): Promise<void> {
  const { document, offset } = await documentAt(
    about,
    'a Pod, Deployment, DaemonSet, StatefulSet, Job or CronJob',
  );
  const found = workloadsOf(document);
  const here = found.filter(({ start, end }) => offset !== undefined && start <= offset && offset < end);
  const known = found.length === 1 ? found[0] : here.length === 1 ? here[0] : undefined;
  await Wizard.titled('Add Projected Token')
    .step(async (ask) => ({ workload: known ?? (await askWorkload(ask, found)) }))
    .step(async (ask, { workload }) => ({ withCluster: await askKind(ask, workload) }))
    .step(async (ask, { workload, withCluster }) => ({
      containers: await askContainers(ask, workload, withCluster),
    }))
    .step(async (ask, { withCluster }) => ({ audience: withCluster ? undefined : await askAudience(ask) }))
    .step(async (ask, { withCluster }) => ({ expirationSeconds: await askSeconds(ask, withCluster) }))
    // Client libraries look for that name.
    .step(async (ask, { withCluster }) => ({ path: withCluster ? 'token' : await askFileName(ask) }))
    .step(async (ask, { workload, containers, withCluster }) => {
      const chosen = workload.containers.filter(({ name }) => containers.includes(name));
      return { mountPath: await askMountPath(ask, chosen, withCluster) };
    })
    .step(async (ask, { workload, containers, ...wanted }) => {
      const wished = wanted.withCluster ? 'api-access' : `${slug(wanted.audience ?? '')}-token`;
      const volume = projectedVolume({ ...wanted, name: freeName(wished, new Set(workload.volumeNames)) });
      const change = await changeOf(document.uri, (text) => addVolume(text, workload, volume, containers));
      await confirmChanges(ask, [change], []);
      return { change };
    })
    .run({
      services,
      act: async ({ change }) => {
        await makeChanges([change]);
        await showChange(change);
      },
    });
}

function workloadsOf(document: vscode.TextDocument): readonly WorkloadInText[] {
  const path = labelOf(document.uri);
  let found: readonly WorkloadInText[];
  try {
    found = findWorkloads(document.getText());
  } catch (error) {
    if (!Problem.is(error, 'bad-input')) throw error;
    const isTemplate = document.getText().includes('{{');
    const why = isTemplate ? ' It looks like a Helm template, which is no YAML before Helm renders it.' : '';
    throw new Problem('bad-input', `${path} cannot be edited. ${error.message}${why}`, { cause: error });
  }
  const usable = found.filter(({ containers }) => containers.length > 0);
  if (usable.length > 0) return usable;
  throw new Problem(
    'bad-input',
    `${path} has no Pod, Deployment, DaemonSet, StatefulSet, Job or CronJob with containers to give a token to.`,
  );
}

async function askWorkload(ask: Asker, found: readonly WorkloadInText[]): Promise<WorkloadInText> {
  const { workload } = await ask.pick({
    placeholder: 'Which of this file’s workloads?',
    items: found.map((one) => ({
      label: one.name,
      description: one.kind,
      detail: `Runs as ServiceAccount ${one.serviceAccount ?? 'default'}`,
      workload: one,
    })),
  });
  return workload;
}

async function askKind(ask: Asker, { kind, name, serviceAccount }: WorkloadInText): Promise<boolean> {
  const { withCluster } = await ask.pick({
    placeholder: `Which token for ${kind} ${name}? It is that of its ServiceAccount ${serviceAccount ?? 'default'}.`,
    items: [
      {
        label: 'A token of its own',
        detail: 'One file, for an audience such as vault or sts.amazonaws.com.',
        iconPath: new vscode.ThemeIcon('key'),
        withCluster: false,
      },
      {
        label: 'The volume that the API server adds, written out',
        detail:
          'Token, ca.crt and namespace, as the admission plugin writes them: to change its life, or with automount off.',
        iconPath: new vscode.ThemeIcon('server'),
        withCluster: true,
      },
    ],
  });
  return withCluster;
}

/** Asks which containers get it. A token of its own is for one of them; the API server's volume is in all. */
async function askContainers(
  ask: Asker,
  { containers }: WorkloadInText,
  withCluster: boolean,
): Promise<readonly string[]> {
  const [only, ...more] = containers;
  if (only && more.length === 0) return [only.name];
  const first = containers.find(({ isInit }) => !isInit) ?? only;
  const chosen = await ask.pickMany({
    placeholder: 'Which containers should see it?',
    items: containers.map(({ name, isInit }) => ({
      label: name,
      description: isInit ? 'init container' : '',
      picked: withCluster ? !isInit : name === first?.name,
    })),
  });
  return chosen.map(({ label }) => label);
}

/** Undefined: for the API server. */
async function askAudience(ask: Asker): Promise<string | undefined> {
  const typed = await ask.input({
    prompt:
      'Audience: who the token is for. Nobody else accepts it, the API server neither. Empty: for the API server.',
    value: 'vault',
    check: (value) => (/\s/.test(value.trim()) ? 'An audience has no white space.' : undefined),
  });
  return typed.trim() === '' ? undefined : typed.trim();
}

async function askSeconds(ask: Asker, withCluster: boolean): Promise<number> {
  const typed = await ask.input({
    prompt: withCluster
      ? 'Life in seconds. Of 3607 the API server makes a year, for programs that never read the file again; of any other it does not.'
      : 'Life in seconds, 600 at least. The kubelet renews the file when 80 % of it has passed.',
    value: String(withCluster ? EXTENDED_SECONDS : 3600),
    check: secondsProblem,
  });
  return Number(typed);
}

async function askFileName(ask: Asker): Promise<string> {
  return await ask.input({
    prompt:
      'The token’s file in the volume. The program must read it again, because the kubelet replaces it.',
    value: 'token',
    check: tokenPathProblem,
  });
}

async function askMountPath(
  ask: Asker,
  chosen: WorkloadInText['containers'],
  withCluster: boolean,
): Promise<string> {
  const taken = chosen.flatMap(({ mountPaths }) => mountPaths);
  const free = freePath(taken);
  return await ask.input({
    prompt: withCluster
      ? 'Where containers see it. Client libraries look at this path, and admission then adds no volume of its own.'
      : 'Where containers see the volume',
    value: withCluster ? DEFAULT_MOUNT : free,
    check: (value) => {
      const holder = chosen.find(({ mountPaths }) => mountPaths.includes(value));
      if (!holder) return mountPathProblem(value, taken);
      return words`Container ${holder.name} has another volume there. Free is ${free}.`;
    },
  });
}

const TOKENS = '/var/run/secrets/tokens';

/** A usual place where none of some containers has a volume. */
function freePath(taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? TOKENS : `${TOKENS}-${number}`;
    if (!taken.includes(path)) return path;
  }
}

/** An audience as a part of a volume's name. */
function slug(audience: string): string {
  const host = audience.replace(/^https?:\/\//, '').split(/[/:]/)[0] ?? '';
  const name = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return nameProblem(name) === undefined ? name : 'serviceaccount';
}
