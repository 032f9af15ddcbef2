import nodePath, { type PlatformPath } from 'node:path';

/** Whether a path is a folder's own, or below it. Both are absolute and real. */
export function isInside(
  folder: string,
  path: string,
  system: Pick<PlatformPath, 'relative' | 'isAbsolute' | 'sep'> = nodePath,
): boolean {
  const from = system.relative(folder, path);
  // On Windows, what is on another drive stays absolute.
  return !system.isAbsolute(from) && from !== '..' && !from.startsWith(`..${system.sep}`);
}

/** Whether a path has git's own folder in it: in whatever case, and by its short name on Windows. */
export function isInGit(path: string): boolean {
  return path.split(/[\\/]/).some((part) => /^(?:\.git|git~\d+)$/i.test(part));
}

/** `CON`, `NUL.txt` and the like (learn.microsoft.com, "Naming Files, Paths, and Namespaces"). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:[.:]|$)/i;

/** Whether a part of a path is a device on Windows, which has them in every folder. */
export function isDeviceOnWindows(path: string): boolean {
  return path.split(/[\\/]/).some((part) => DEVICE.test(part));
}

/**
 * Whether Windows would make another file of it than it says, which git would not know: it drops dots and spaces at the
 * end of a name, `:` leads into a stream of another file, and devices have names of their own.
 */
export function isOddOnWindows(path: string): boolean {
  return isDeviceOnWindows(path) || path.split(/[\\/]/).some((part) => /[<>:"|?*]|[. ]$/.test(part));
}

interface Numbers {
  readonly ino: number;
  readonly dev: number;
}

/**
 * Whether two looks found the same file. A look by path has no device on Windows since Node 22 (libuv's fast stat leaves
 * it 0), a look by handle has.
 */
export function isSameFile(one: Numbers, other: Numbers): boolean {
  return one.ino === other.ino && (one.dev === other.dev || one.dev === 0 || other.dev === 0);
}
