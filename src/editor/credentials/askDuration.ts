import * as vscode from 'vscode';
import { durationInWords, durationProblem, parseDuration } from '../../token/duration.ts';
import type { Asker } from '../workbench/ask.ts';

const HOUR = 3600;
const REMEMBERED = 'requestedSeconds';

/** Lives that people ask for, in seconds. */
const LIVES: readonly (readonly [label: string, seconds: number])[] = [
  ['10 minutes', 600],
  ['1 hour', HOUR],
  ['8 hours', 8 * HOUR],
  ['24 hours', 24 * HOUR],
  ['30 days', 720 * HOUR],
  ['1 year', 365 * 24 * HOUR],
];

interface Item extends vscode.QuickPickItem {
  readonly seconds: number | undefined;
}

/** Asks how long a token shall live, in seconds. `note` says what is special about this one. */
export async function askDuration(
  memory: vscode.Memento,
  ask: Asker,
  placeholder: string,
  note = '',
): Promise<number> {
  const remembered = memory.get<number>(REMEMBERED);
  const isListed = remembered === undefined || LIVES.some(([, seconds]) => seconds === remembered);
  const lives = isListed ? LIVES : [...LIVES, [durationInWords(remembered), remembered] as const];
  const { seconds } = await ask.pick<Item>({
    placeholder,
    items: [
      ...lives.map(([label, life]) => ({
        label,
        seconds: life,
        iconPath: new vscode.ThemeIcon('watch'),
        description: life === remembered ? 'last used here' : '',
      })),
      {
        label: 'Another Time…',
        detail: `Typed, such as 90m. The server may grant less, and what it granted is shown.${note}`,
        seconds: undefined,
        iconPath: new vscode.ThemeIcon('edit'),
      },
    ],
    isActive: (item) => item.seconds === (remembered ?? HOUR),
  });
  return seconds ?? (await typeSeconds(ask, note));
}

/** Remembers for the next question for how many seconds a token was got: not what was only thought of. */
export async function rememberDuration(memory: vscode.Memento, seconds: number): Promise<void> {
  await memory.update(REMEMBERED, seconds);
}

async function typeSeconds(ask: Asker, note: string): Promise<number> {
  const typed = await ask.input({
    prompt: `How long? At least 10 minutes; the server may grant less.${note}`,
    value: '12h',
    check: durationProblem,
  });
  return parseDuration(typed) ?? HOUR;
}
