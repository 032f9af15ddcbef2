import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { Bindable } from '../../cluster/api/credentials.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { messageOf, Problem } from '../../errors.ts';
import { nameProblem } from '../../manifest/names.ts';
import { EXTENDED_SECONDS } from '../../kubernetes.ts';
import type { Asker } from '../workbench/ask.ts';
import { since } from '../../versions.ts';

const RECENT = 'recentAudiences';
const MOST_RECENT = 5;

interface AudienceItem extends vscode.QuickPickItem {
  /** Undefined: to be typed; empty: the API server's own. */
  readonly audiences: readonly string[] | undefined;
}

/** Asks for whom a token is to be; empty: for the API server itself. What Pods of the ServiceAccount ask for is offered. */
export async function askAudiences(
  cluster: Cluster,
  account: ObjectRef,
  memory: vscode.Memento,
  ask: Asker,
): Promise<readonly string[]> {
  const recent = memory.get<readonly string[]>(RECENT, []);
  const { audiences } = await ask.pick<AudienceItem>({
    placeholder: `Which audience is the token of ${account.namespace}/${account.name} for?`,
    items: async (signal) => {
      const seen = await audiencesOfPods(cluster, account, signal);
      const offer = (audience: string, description: string): AudienceItem => ({
        label: audience,
        description,
        audiences: audience.split(', '),
        iconPath: new vscode.ThemeIcon('organization'),
      });
      return [
        {
          label: 'The API Server',
          description: 'default',
          detail: 'kubectl and every client of this cluster’s API need this one.',
          audiences: [],
          iconPath: new vscode.ThemeIcon('server'),
        },
        ...[...seen].map(([audience, pod]) => offer(audience, `as Pod ${pod} has it`)),
        ...recent.filter((one) => !seen.has(one)).map((one) => offer(one, 'used here before')),
        {
          label: 'Another Audience…',
          detail: 'For a service that checks tokens itself, such as vault. The API server refuses it.',
          audiences: undefined,
          iconPath: new vscode.ThemeIcon('edit'),
          alwaysShow: true,
        },
      ];
    },
  });
  const chosen = audiences ?? splitAudiences(await typeAudiences(ask));
  if (chosen.length > 0) {
    const now = chosen.join(', ');
    await memory.update(RECENT, [now, ...recent.filter((one) => one !== now)].slice(0, MOST_RECENT));
  }
  return chosen;
}

async function typeAudiences(ask: Asker): Promise<string> {
  return await ask.input({
    prompt: 'One audience, or several separated by commas',
    value: '',
    check: (typed) =>
      splitAudiences(typed).length === 0 ? 'An audience is needed, such as vault.' : undefined,
  });
}

function splitAudiences(typed: string): readonly string[] {
  return [...new Set(typed.split(/[\s,]+/).filter((one) => one !== ''))];
}

/** The audiences that the ServiceAccount's Pods mount tokens for, each with a Pod; none where they may not be listed. */
async function audiencesOfPods(
  cluster: Cluster,
  account: ObjectRef,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  try {
    const pods = await cluster.bindable('Pod', account, signal);
    return new Map(pods.flatMap(({ name, audiences = [] }) => audiences.map((one) => [one, name] as const)));
  } catch (error) {
    if (!Problem.is(error) || error.reason === 'cancelled') throw error;
    return new Map();
  }
}

interface BindingItem extends vscode.QuickPickItem {
  readonly binds: Bindable['kind'] | undefined;
}

/** Asks what a token is to end with; undefined: with its time alone. */
export async function askBindingKind(ask: Asker): Promise<Bindable['kind'] | undefined> {
  const { binds } = await ask.pick<BindingItem>({
    placeholder: 'What should the token be bound to?',
    items: [
      {
        label: 'Nothing',
        description: 'default',
        detail: 'It ends when it expires, or with the ServiceAccount.',
        binds: undefined,
        iconPath: new vscode.ThemeIcon('circle-outline'),
      },
      {
        label: 'A Pod',
        detail: `One that runs as the ServiceAccount. A token of exactly ${EXTENDED_SECONDS} s is extended to one year.`,
        binds: 'Pod',
        iconPath: new vscode.ThemeIcon('package'),
      },
      {
        label: 'A Secret',
        detail: 'Of any type, in its namespace. Deleting the Secret ends the token within about 10 s.',
        binds: 'Secret',
        iconPath: new vscode.ThemeIcon('key'),
      },
      {
        label: 'A Node',
        detail: `Needs Kubernetes ${since('binds tokens to Nodes')} or later.`,
        binds: 'Node',
        iconPath: new vscode.ThemeIcon('server'),
      },
    ],
  });
  return binds;
}

interface ObjectItem extends vscode.QuickPickItem {
  readonly object: Bindable | undefined;
}

/** Asks for the object: one of the cluster's, or one typed, as where none may be listed. */
export async function askBindable(
  cluster: Cluster,
  account: ObjectRef,
  kind: Bindable['kind'],
  ask: Asker,
): Promise<Bindable> {
  const typed: ObjectItem = {
    label: 'Type a Name…',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
    object: undefined,
  };
  const { object } = await ask.pick<ObjectItem>({
    placeholder: `Which ${kind}?`,
    items: async (signal) => {
      try {
        const found = await cluster.bindable(kind, account, signal);
        const items = found.map((one) => ({ label: one.name, description: one.note, object: one }));
        const place = kind === 'Node' ? 'this cluster' : `namespace ${account.namespace}`;
        const none = kind === 'Pod' ? `No Pod runs as it in ${place}.` : `There is none in ${place}.`;
        return [...items, items.length === 0 ? { ...typed, detail: none } : typed];
      } catch (error) {
        if (!Problem.is(error) || error.reason === 'cancelled') throw error;
        return [{ ...typed, detail: `They cannot be listed. ${messageOf(error)}` }];
      }
    },
  });
  if (object) return object;
  const name = await ask.input({ prompt: `Name of the ${kind}`, value: '', check: nameProblem });
  return await named(cluster, kind, { namespace: account.namespace, name });
}

/** Its uid guards against one that was re-created; where it may not be read, the name is enough. */
async function named(cluster: Cluster, kind: Bindable['kind'], ref: ObjectRef): Promise<Bindable> {
  try {
    return await cluster.bindableNamed(kind, ref, AbortSignal.timeout(10_000));
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return { kind, name: ref.name, uid: '', note: '' };
    throw error;
  }
}
