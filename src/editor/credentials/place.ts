import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, Problem } from '../../errors.ts';
import { isInGit, isOddOnWindows } from '../../files/inside.ts';
import { checkLinks } from '../../files/links.ts';
import type { Asker, Seen } from '../workbench/ask.ts';
import { trackedAs } from '../../files/git/outOfReach.ts';
import { isMissing } from '../../files/git/repositories.ts';
import { stampOf } from '../../files/secretFile.ts';
import { isWindows } from '../../files/system.ts';

/** Asks for the workspace folder to write into where there are several. Throws bad-input where none is open. */
export async function askFolder(ask: Asker): Promise<vscode.WorkspaceFolder> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [only] = folders;
  if (!only) {
    throw new Problem(
      'bad-input',
      'No folder is open to write the file into. Open one first (File > Open Folder…).',
    );
  }
  if (folders.length === 1) return only;
  const here = vscode.window.activeTextEditor?.document.uri;
  const active = here && vscode.workspace.getWorkspaceFolder(here);
  const { folder } = await ask.pick({
    placeholder: 'Into which folder of the workspace?',
    items: folders.map((one) => ({ label: one.name, description: one.uri.fsPath, folder: one })),
    isActive: ({ folder: one }) => one === active,
  });
  return folder;
}

interface PathOptions {
  readonly prompt?: string;
  /** Whether a token will be in it. */
  readonly isSecret?: boolean;
}

/** Asks for a file's path inside a folder; returned with `/` and without `.` or `..`. */
export async function askPath(
  ask: Asker,
  folder: vscode.WorkspaceFolder,
  value: string,
  { prompt = `The file to write, inside ${folder.name}`, isSecret = false }: PathOptions = {},
): Promise<string> {
  const stem = value.lastIndexOf('.');
  const typed = await ask.input({
    prompt,
    value,
    ...(stem > 0 && { selected: stem }),
    check: pathProblem,
    ...(folder.uri.scheme === 'file' && {
      look: async (path) => await lookAtPath(folder.uri.fsPath, clean(path), isSecret),
    }),
  });
  return clean(typed);
}

/** What stands in the way of a file, or is lost by it: told where its path is typed, and not after the last step. */
async function lookAtPath(folder: string, path: string, isSecret: boolean): Promise<Seen | undefined> {
  const file = join(folder, path);
  try {
    await checkLinks(folder, file);
    const isThere = isSecret ? (await stampOf(file, path)) !== undefined : await isFile(file, path);
    const as = isSecret ? await trackedAs(file) : undefined;
    if (as !== undefined) {
      return {
        problem: `git tracks ${as}, so the next commit would publish the token. Choose another name.`,
      };
    }
    if (!(await canWrite(dirname(file)))) return { problem: `The folder of ${path} is read-only.` };
    return isThere ? { note: `${path} exists already: you are asked before it is replaced.` } : undefined;
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function isFile(file: string, path: string): Promise<boolean> {
  try {
    if ((await stat(file)).isDirectory()) throw new Problem('bad-input', `${path} is a folder.`);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether a file can be made in a folder, which may have to be made itself. */
async function canWrite(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (!isMissing(error) || dirname(folder) === folder) return false;
    return await canWrite(dirname(folder));
  }
}

const clean = (path: string): string => normalize(path.trim()).replaceAll('\\', '/');

function pathProblem(path: string): string | undefined {
  const cleaned = clean(path);
  if (path.trim() === '' || cleaned === '.' || cleaned.endsWith('/')) return 'A file name is needed.';
  if (isAbsolute(path.trim()) || cleaned === '..' || cleaned.startsWith('../')) {
    return 'The path must stay inside the folder.';
  }
  if (isInGit(cleaned)) return 'Not inside .git.';
  if (isWindows() && isOddOnWindows(cleaned)) return 'Windows keeps no such name as it is.';
  return undefined;
}
