/** No file that names a repository's folder is longer, in bytes. */
export const MAX_LINK = 4096;

/**
 * The folder that the `.git` file of a worktree or a submodule names, with slashes, absolute or from the file's own folder
 * (gitrepository-layout(5)). Undefined where it names none, or one on another machine: to look there would be a request.
 */
export function folderNamedIn(text: string, isWindows: boolean): string | undefined {
  // As git reads it (its setup.c): all of the line is the path.
  const path = /^gitdir: ([^\r\n\0]+)[\r\n]*$/.exec(text)?.[1];
  const named = isWindows ? path?.replaceAll('\\', '/') : path;
  return named?.startsWith('//') === true ? undefined : named;
}
