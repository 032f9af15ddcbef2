import { isAbsolute, normalize } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import type { Asker } from './ask.ts';
import { isInGit, isOddOnWindows } from '../../files/inside.ts';

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

/** Asks for a file's path inside a folder; returned with `/` and without `.` or `..`. */
export async function askPath(
  ask: Asker,
  folder: vscode.WorkspaceFolder,
  value: string,
  prompt = `The file to write, inside ${folder.name}`,
): Promise<string> {
  const stem = value.lastIndexOf('.');
  const typed = await ask.input({
    prompt,
    value,
    ...(stem > 0 && { selected: stem }),
    check: pathProblem,
  });
  return clean(typed);
}

const clean = (path: string): string => normalize(path.trim()).replaceAll('\\', '/');

function pathProblem(path: string): string | undefined {
  const cleaned = clean(path);
  if (path.trim() === '' || cleaned === '.' || cleaned.endsWith('/')) return 'A file name is needed.';
  if (isAbsolute(path.trim()) || cleaned === '..' || cleaned.startsWith('../')) {
    return 'The path must stay inside the folder.';
  }
  if (isInGit(cleaned)) return 'Not inside .git.';
  if (process.platform === 'win32' && isOddOnWindows(cleaned)) return 'Windows keeps no such name as it is.';
  return undefined;
}
