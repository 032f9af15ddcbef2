/**
 * What differs between Windows, macOS and Linux: the one module of src that asks which of them this is. Each rule takes
 * the system as an argument, so that the tests try all of them on any.
 */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import nodePath, { posix, win32 } from 'node:path';

type System = NodeJS.Platform;
type Environment = Readonly<Record<string, string | undefined>>;

export const isWindows = (system: System = process.platform): boolean => system === 'win32';

/** Whether a file's mode says who may read it: Windows reports one, and has access lists instead. */
export const hasModes = (system: System = process.platform): boolean => !isWindows(system);

/** Whether a file system says of which kind it is, by Linux' own numbers (statfs(2)). */
export const tellsFileSystems = (system: System = process.platform): boolean => system === 'linux';

/** A path that leads to what is open, whatever is swapped where it was opened. Only Linux has one (proc_pid_fd(5)). */
export function pathOfOpen(fd: number, system: System = process.platform): string | undefined {
  return system === 'linux' ? `/proc/self/fd/${fd}` : undefined;
}

/** The rules of paths of a system; of this one, those that Node has here. */
const pathsOf = (system: System): typeof nodePath =>
  system === process.platform ? nodePath : isWindows(system) ? win32 : posix;

/** The home folder of a person: what `~` stands for. */
export const home = (): string => homedir();

/** A path with `~` at its begin made absolute. */
export const withHome = (path: string): string => path.replace(/^~(?=$|[/\\])/, () => home());

/** What stands at a path: undefined where nothing does, else whether it may be written. */
export type Look = (path: string) => { readonly isWritable: boolean } | undefined;

const look: Look = (path) => {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { isWritable: found.isDirectory() && (found.mode & 0o200) !== 0 };
};

/**
 * The folder in which kubectl looks for `.kube/config` (client-go util/homedir, HomeDir): on Windows one of three, of
 * which the one counts that has the file, then one that may be written, then one that exists, then one that is named.
 */
export function kubectlHome(
  environment: Environment = process.env,
  system: System = process.platform,
  found: Look = look,
): string {
  if (!isWindows(system)) return environment['HOME'] ?? home();
  const { HOME: unix = '', HOMEDRIVE = '', HOMEPATH = '', USERPROFILE: profile = '' } = environment;
  const drive = HOMEDRIVE !== '' && HOMEPATH !== '' ? HOMEDRIVE + HOMEPATH : '';
  const kept = [unix, drive, profile].find(
    (path) => path !== '' && found(win32.join(path, '.kube', 'config')) !== undefined,
  );
  const named = [unix, profile, drive].filter((path) => path !== '');
  return (
    kept ??
    named.find((path) => found(path)?.isWritable) ??
    named.find((path) => found(path) !== undefined) ??
    named[0] ??
    home()
  );
}

/** The paths of a list such as `$KUBECONFIG` or `$PATH`, as Go splits it: on Windows quotes keep a `;` (path/filepath, SplitList). */
export function pathList(text: string, system: System = process.platform): string[] {
  if (!isWindows(system)) return text.split(':').filter((path) => path !== '');
  return (text.match(/(?:"[^"]*(?:"|$)|[^";])+/g) ?? [])
    .map((path) => path.replaceAll('"', ''))
    .filter((path) => path !== '');
}

/** Several paths as one list. */
export const asPathList = (paths: readonly string[], system: System = process.platform): string =>
  paths.join(pathsOf(system).delimiter);

/** The files that kubectl reads where none is named to it, in order of precedence, whether they exist or not. */
export function usualKubeconfigs(
  environment: Environment = process.env,
  system: System = process.platform,
): string[] {
  const paths = pathsOf(system);
  const listed = pathList(environment['KUBECONFIG'] ?? '', system);
  return listed.length > 0
    ? [...new Set(listed.map((file) => paths.resolve(file)))]
    : [paths.join(kubectlHome(environment, system), '.kube', 'config')];
}

/**
 * Where a path leads that stands in a kubeconfig of a folder (client-go tools/clientcmd, ResolvePaths): on Windows `\a`
 * and `C:a` are below the folder too, as Go takes nothing for absolute without both a drive, or share, and a slash.
 */
export function pathInKubeconfig(folder: string, path: string, system: System = process.platform): string {
  const paths = pathsOf(system);
  const isAbsolute = isWindows(system)
    ? /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/])/i.test(path)
    : paths.isAbsolute(path);
  return isAbsolute ? path : paths.join(folder, path);
}

/** The folders in which programs are looked for; a relative one would be a folder of wherever this runs. */
export function programFolders(
  environment: Environment = process.env,
  system: System = process.platform,
): string[] {
  // Windows' names of variables have no case, and a copy of them has the case that they were set in.
  const name = isWindows(system)
    ? (Object.keys(environment).find((one) => one.toUpperCase() === 'PATH') ?? 'PATH')
    : 'PATH';
  return pathList(environment[name] ?? '', system).filter((path) => pathsOf(system).isAbsolute(path));
}

/** The endings with which a program of that name may be found, in their order (Go os/exec, lp_windows.go). */
export function programEndings(
  command: string,
  environment: Environment = process.env,
  system: System = process.platform,
): readonly string[] {
  if (!isWindows(system)) return [''];
  const known = (environment['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';').filter(Boolean);
  return known.includes(win32.extname(command).toLowerCase()) ? [''] : known;
}

/** The shell that a terminal has where nothing says which. */
export const usualShell = (system: System = process.platform): 'posix' | 'powershell' =>
  isWindows(system) ? 'powershell' : 'posix';

/** A text as one word for the shell that people have; the shells of Windows share no way to write a `"` within one. */
export function shellWord(text: string, system: System = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return isWindows(system) ? `"${text.replaceAll('"', '')}"` : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
