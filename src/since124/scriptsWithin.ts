import { programOf, type Region, type Script } from './script.ts';
import type { Command } from './shell.ts';

/** What runs a script that it is given, here or on another machine. */
const RUNS = /^(?:.*\/)?(?:ssh|autossh|bash|sh|zsh|ksh|ash|dash|eval|su)$/;
/** What prints a text, or writes it, and runs none. */
const SHOWS = /^[@-]{0,3}(?:echo|printf|cat|tee|grep|log|info|warn)$/;
const MOST = 50;

/** The scripts that a script hands to another shell, as `ssh HOST <<EOF`, `bash -c '…'` and `docker exec NAME sh -c '…'` do. */
export function scriptsWithin(script: Script): Region[] {
  const found: Region[] = [];
  for (const { commands } of script.pipelines) {
    for (const command of commands) {
      if (found.length >= MOST) return found;
      if (!command.words.some(({ text }) => RUNS.test(text)) || SHOWS.test(programOf(command))) continue;
      found.push(...texts(script, command), ...heredocs(command));
    }
  }
  return found;
}

function heredocs({ heredocs }: Command): Region[] {
  return heredocs.map(({ start, end, isFilledIn }) => ({ start, end, dialect: 'sh', isQuoted: isFilledIn }));
}

function texts({ text, region }: Script, { words }: Command): Region[] {
  return words.flatMap(({ start, end }): Region[] => {
    const quote = text[start];
    if ((quote !== "'" && quote !== '"') || text[end - 1] !== quote) return [];
    if (!/\b(?:kubectl|oc)\s/.test(text.slice(start, end))) return [];
    return [{ start: start + 1, end: end - 1, dialect: region.dialect, isQuoted: true }];
  });
}
