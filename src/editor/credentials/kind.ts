import * as vscode from 'vscode';
import type { Cluster, ObjectRef, TokenSecretInfo } from '../../cluster/api.ts';
import { messageOf, Problem } from '../../errors.ts';
import { nameProblem } from '../../manifest/names.ts';
import type { Asker } from './ask.ts';
import type { WizardServices } from './register.ts';

/** Where the token of a kubeconfig comes from. */
export type CredentialKind =
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'newSecret'; readonly name: string }
  | { readonly kind: 'request'; readonly seconds: number };

interface Item extends vscode.QuickPickItem {
  readonly is: CredentialKind | 'newSecret' | 'duration';
}

const REMEMBERED = 'requestedSeconds';
const HOUR = 3600;
/** What TokenRequest accepts (kubernetes pkg/apis/authentication/validation). */
const SHORTEST = 600;
const LONGEST = 2 ** 32;

const lives: readonly (readonly [label: string, seconds: number])[] = [
  ['1 hour', HOUR],
  ['8 hours', 8 * HOUR],
  ['24 hours', 24 * HOUR],
  ['30 days', 720 * HOUR],
];

/** Asks where the token is to come from, each kind with what ends it. */
export async function askKind(
  { memory }: WizardServices,
  cluster: Cluster,
  account: ObjectRef,
  ask: Asker,
): Promise<CredentialKind> {
  const remembered = memory.get<number>(REMEMBERED, HOUR);
  const { is } = await ask.pick<Item>({
    placeholder: `How long shall the kubeconfig of ${account.namespace}/${account.name} work?`,
    items: async (signal) => {
      const secrets = await secretsOf(cluster, account, signal);
      return [
        separator('Until a Secret is deleted'),
        ...secrets.items.map(secretItem),
        {
          is: 'newSecret',
          label: 'New Token Secret…',
          iconPath: new vscode.ThemeIcon('add'),
          detail: secrets.problem ?? 'Created in the cluster now; the token never expires.',
        },
        separator('For a time (TokenRequest)'),
        ...lives.map(([label, seconds]) => ({
          is: { kind: 'request', seconds } as const,
          label,
          iconPath: new vscode.ThemeIcon('watch'),
          description: seconds === remembered ? 'last used here' : '',
        })),
        { is: 'duration', label: 'Another Time…', iconPath: new vscode.ThemeIcon('watch') },
      ];
    },
    isActive: ({ is: one }) => typeof one === 'object' && one.kind === 'secret',
  });
  if (is === 'newSecret') {
    const check = nameProblem;
    const prompt = 'Name of the new token Secret';
    return { kind: 'newSecret', name: await ask.input({ prompt, value: `${account.name}-token`, check }) };
  }
  const chosen = is === 'duration' ? { kind: 'request' as const, seconds: await askSeconds(ask) } : is;
  if (chosen.kind === 'request') await memory.update(REMEMBERED, chosen.seconds);
  return chosen;
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator, is: 'duration' };
}

function secretItem({ name, lastUsed, invalidSince, missing = [] }: TokenSecretInfo): Item {
  const state = [
    ...(missing.length > 0 ? [`not filled yet: ${missing.join(', ')}`] : []),
    ...(invalidSince === undefined ? [] : [`marked invalid since ${invalidSince}`]),
    ...(lastUsed === undefined ? [] : [`last used ${lastUsed}`]),
  ];
  return {
    is: { kind: 'secret', name },
    label: name,
    iconPath: new vscode.ThemeIcon(missing.length > 0 || invalidSince !== undefined ? 'warning' : 'key'),
    description: state.join(' · '),
    detail: 'Token Secret; its token never expires.',
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

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: HOUR, d: 24 * HOUR };

async function askSeconds(ask: Asker): Promise<number> {
  const check = (value: string): string | undefined => {
    const seconds = parseSeconds(value);
    if (seconds === undefined) return 'A number with s, m, h or d, such as 90m.';
    if (seconds < SHORTEST) return 'The API server gives no less than 10 minutes (10m).';
    return seconds > LONGEST ? `The API server takes at most ${LONGEST} seconds.` : undefined;
  };
  const typed = await ask.input({
    prompt: 'How long? The server may grant less; what it granted is shown.',
    value: '12h',
    check,
  });
  return parseSeconds(typed) ?? HOUR;
}

function parseSeconds(value: string): number | undefined {
  const [, digits = '', unit = ''] = /^\s*(\d{1,10})\s*([smhd])\s*$/.exec(value) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}
