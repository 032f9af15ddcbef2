import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { walkFolder, type Disk, type Exclusion, type Walked } from '../../files/git/walk.ts';
import { runInSlices } from '../../slices.ts';
import { readSmallFile } from '../workbench/smallFile.ts';

/** Larger files are not read, in bytes; they are named instead. */
export const MOST_BYTES = 32 * 1024 * 1024;

export interface WalkOptions {
  /** Whether what .gitignore names is walked too. */
  readonly includesIgnored: boolean;
  /** Other folders that are walked too, and left out where one lies within this. */
  readonly others: readonly vscode.Uri[];
  readonly cancelled: vscode.CancellationToken;
  /** Is told of each file and folder that .gitignore leaves out. */
  readonly onIgnored: (count: number) => void;
  /** Is told of files that need not be looked into: in so many texts nothing can be found, and so many are no text. */
  readonly onPassed: (texts: number, binaries: number) => void;
  /** Is told of a file or folder that cannot be read, and of a .gitignore that is not followed. */
  readonly onUnreadable: (uri: vscode.Uri, error: unknown) => void;
}

/** Walks a workspace folder: gives files that are to be looked into, some at a time. */
export type Walk = (root: vscode.Uri, options: WalkOptions) => AsyncGenerator<readonly vscode.Uri[]>;

/** What reads this machine's files itself, past the editor's file systems, which ask another process for each. */
export interface OnDisk {
  readonly walk: Walk;
  /** A regular file of `MOST_BYTES` at most. Throws where it is none, or cannot be read. */
  readonly read: (uri: vscode.Uri) => Promise<Uint8Array>;
}

/** Walks through the editor's file systems only, so that it runs wherever the editor does: gives all files. */
export async function* walk(root: vscode.Uri, options: WalkOptions): AsyncGenerator<readonly vscode.Uri[]> {
  const { cancelled, onIgnored, onUnreadable } = options;
  const isWanted = (): boolean => !cancelled.isCancellationRequested;
  const batches = walkFolder(diskOf(root), walkedOf(root, options), {
    onIgnored: () => {
      onIgnored(1);
    },
    onUnreadable: (path, error) => {
      onUnreadable(vscode.Uri.joinPath(root, path), error);
    },
    run: async (steps) => await runInSlices(steps, isWanted),
    isWanted,
  });
  for await (const batch of batches) yield batch.map((path) => vscode.Uri.joinPath(root, path));
}

/** What is walked of a workspace folder, by its settings. */
export function walkedOf(
  root: vscode.Uri,
  { includesIgnored, others }: Pick<WalkOptions, 'includesIgnored' | 'others'>,
): Walked {
  return {
    names: root.path.split('/').filter(Boolean),
    exclusions: exclusionsOf(root),
    includesIgnored,
    apart: pathsWithin(root, others),
  };
}

/** The paths of those that lie within a folder, relative to it, with slashes. */
export function pathsWithin(root: vscode.Uri, uris: readonly vscode.Uri[]): string[] {
  const before = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return uris
    .filter(
      ({ scheme, authority, path }) =>
        scheme === root.scheme && authority === root.authority && path.startsWith(before),
    )
    .map(({ path }) => path.slice(before.length));
}

function diskOf(root: vscode.Uri): Disk {
  const at = (path: string): vscode.Uri => vscode.Uri.joinPath(root, path);
  return {
    list: async (folder) =>
      (await vscode.workspace.fs.readDirectory(at(folder))).map(([name, type]) => ({
        name,
        kind:
          type === vscode.FileType.Directory ? 'folder' : type === vscode.FileType.File ? 'file' : 'other',
      })),
    exists: async (path) => {
      try {
        await vscode.workspace.fs.stat(at(path));
        return true;
      } catch {
        return false; // Which is the answer.
      }
    },
    readIgnore: async (file, most) => {
      try {
        return new TextDecoder().decode(await readSmallFile(at(file), most));
      } catch (error) {
        if (Problem.is(error)) throw error;
        return ''; // There is no such file, or none that rules could be read from.
      }
    },
  };
}

function exclusionsOf(root: vscode.Uri): Exclusion[] {
  return ['files.exclude', 'search.exclude'].flatMap((name) => {
    const set = vscode.workspace.getConfiguration(undefined, root).get<unknown>(name);
    if (typeof set !== 'object' || set === null) return [];
    return Object.entries(set).flatMap(([pattern, value]: [string, unknown]): Exclusion[] => {
      const named = typeof value === 'object' && value !== null && 'when' in value ? value.when : undefined;
      const when = typeof named === 'string' ? named : undefined;
      return value !== true && when === undefined ? [] : [{ pattern, when }];
    });
  });
}
