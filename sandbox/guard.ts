import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Request =
  | {
      readonly kind: 'start';
      readonly id: number;
      readonly program: string;
      readonly args: readonly string[];
      readonly env: NodeJS.ProcessEnv;
      readonly cwd: string;
      readonly log: string;
    }
  | { readonly kind: 'signal'; readonly id: number; readonly signal: NodeJS.Signals };

export interface Answer {
  readonly id: number;
  readonly event: 'exited';
  /** An exit code, a signal, or why it could not be started, in words. */
  readonly how: string;
}

/** A program that runs until it ends, is killed, or this process ends. */
export interface Guarded {
  readonly name: string;
  /** Settles once the program has ended, with how it ended in words. Never rejects. */
  readonly exited: Promise<string>;
  readonly hasExited: boolean;
  /** The last lines that the program wrote. */
  lastWords(): Promise<string>;
  /** Ends the program; settles once it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface Guard {
  /** A temporary folder of its own, only for this user. */
  readonly folder: string;
  start(name: string, program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Guarded;
  /** Ends every program and removes the folder; settles once both are done. */
  readonly close: () => Promise<void>;
}

/**
 * Starts programs that do not outlive this process: a small process of their own keeps a channel to this one, and
 * when that closes (end, Ctrl-C, crash, SIGKILL), it kills them and removes the folder.
 */
export function openGuard(prefix: string): Guard {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
  const keeper = fork(fileURLToPath(new URL('guard-process.ts', import.meta.url)), [folder], {
    detached: true, // Ctrl-C in a terminal reaches this process only.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (how: string) => void>();
  const gone = new Promise<void>((resolve) => {
    keeper.once('exit', () => {
      for (const settle of waiting.values()) settle('its guard has ended');
      resolve();
    });
  });
  keeper.on('message', ({ id, how }: Answer) => waiting.get(id)?.(how));
  const send = (request: Request): void => {
    if (keeper.connected) keeper.send(request);
  };
  let started = 0;

  return {
    folder,
    start(name, program, args, env = process.env) {
      started += 1;
      const id = started;
      const log = join(folder, `${name}-${id}.log`);
      let hasExited = false;
      const exited = new Promise<string>((resolve) => {
        waiting.set(id, (how) => {
          hasExited = true;
          waiting.delete(id);
          resolve(how);
        });
      });
      send({ kind: 'start', id, program, args, env, cwd: folder, log });
      return {
        name,
        exited,
        get hasExited() {
          return hasExited;
        },
        lastWords: async () =>
          (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-20).join('\n'),
        kill: async (signal = 'SIGKILL') => {
          send({ kind: 'signal', id, signal });
          await exited;
        },
      };
    },
    async close() {
      if (keeper.connected) keeper.disconnect();
      await gone;
    },
  };
}
