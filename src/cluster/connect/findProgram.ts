import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { programEndings, programFolders } from '../../files/system.ts';

/**
 * The file that a command names, absolute: itself where it is a path, else the first of PATH that can be run (Go
 * os/exec LookPath, as kubectl finds it, with this process's own PATH and never with one that the kubeconfig sets). A
 * folder of PATH that is relative is passed over, as it would be a folder of wherever this runs. Undefined where there is
 * none.
 */
export function findProgram(
  command: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  if (isAbsolute(command)) return command;
  if (command === '' || /[\\/]/.test(command)) return undefined; // The reader makes paths absolute.
  const endings = programEndings(command, environment);
  for (const folder of programFolders(environment)) {
    for (const ending of endings) {
      const file = join(folder, `${command}${ending}`);
      if (canRun(file)) return file;
    }
  }
  return undefined;
}

function canRun(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // It is not there, or not for us.
  }
}
