import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import { readSmallFile } from '../workbench/smallFile.ts';
import { isBinary, wideEncoding } from '../../files/git/binary.ts';
import { redact } from '../../redact.ts';
import { classifyToken, type Token } from '../../token/classify.ts';
import type { Encoding, Finding } from '../../token/find.ts';
import { firstBeginning, unitAt } from '../../token/beginnings.ts';
import type { FoundLine, LineSeverity } from '../../since124/foundLines.ts';
import { canMatter, longestInBytes, longestOf } from '../../since124/needles.ts';
import { TokenTrack } from '../../token/track.ts';
import { textsBeside } from '../documents/besides.ts';
import { textOf } from '../documents/lines.ts';
import { runInSlices } from '../../slices.ts';
import { MOST_BYTES, walk, type OnDisk } from './walk.ts';

/** A token in a file, without the token: what it says, and where it stands. */
export interface WorkspaceToken {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
  readonly token: Token;
  readonly encoding: Encoding;
  /** By git; undefined where that cannot be told. */
  readonly isTracked: boolean | undefined;
}

/** A line of a file that breaks since Kubernetes 1.24. */
export interface WorkspaceLine {
  readonly uri: vscode.Uri;
  /** Its severity is by the settings. */
  readonly found: FoundLine;
}

/** A file that was not read, and why, in words. */
export interface Unread {
  readonly uri: vscode.Uri;
  readonly reason: string;
}

/** What a look through the workspace came to; it grows while it goes on. */
export interface Scan {
  readonly tokens: WorkspaceToken[];
  readonly lines: WorkspaceLine[];
  readonly unread: Unread[];
  /** Tokens, lines and files that are in no list, as there are too many. */
  unlisted: number;
  files: number;
  binaries: number;
  ignored: number;
  isStopped: boolean;
}

export interface ScanOptions {
  readonly folders: readonly vscode.Uri[];
  readonly includesIgnored: boolean;
  readonly isTracked: (uri: vscode.Uri) => Promise<boolean | undefined>;
  readonly gradesOf: (uri: vscode.Uri) => (rule: FoundLine['rule']) => LineSeverity | 'off';
  readonly cancelled: vscode.CancellationToken;
  /** For what is on this machine, where the extension runs on it. */
  readonly onDisk?: OnDisk | undefined;
  /** Is told whenever there is more than before. */
  readonly onProgress: (scan: Scan) => void;
}

/** No more tokens of one file are looked at, nor tokens and files of all listed: nobody reads a longer list. */
const MOST_IN_FILE = 1000;
const MOST_LISTED = 10_000;
/** How many files are read at the same time. */
const AT_ONCE = 16;

/** Looks for tokens, and for lines that break since Kubernetes 1.24, in all files of some folders, each of which is read once. What is open in an editor is read as it stands there. */
export async function scanWorkspace(options: ScanOptions): Promise<Scan> {
  const { folders, includesIgnored, cancelled, onDisk, onProgress } = options;
  const scan: Scan = {
    tokens: [],
    lines: [],
    unread: [],
    unlisted: 0,
    files: 0,
    binaries: 0,
    ignored: 0,
    isStopped: false,
  };
  for (const folder of folders) {
    const walkOne = folder.scheme === 'file' ? (onDisk?.walk ?? walk) : walk;
    const files = walkOne(folder, {
      includesIgnored,
      cancelled,
      others: folders,
      onIgnored: (count) => {
        scan.ignored += count;
      },
      onPassed: (texts, binaries) => {
        scan.files += texts;
        scan.binaries += binaries;
        onProgress(scan);
      },
      onUnreadable: (uri, error) => {
        list(scan, scan.unread, { uri, reason: redact(messageOf(error)) });
      },
    });
    for await (const some of files) {
      for (let at = 0; at < some.length && !cancelled.isCancellationRequested; at += AT_ONCE) {
        await Promise.all(
          some.slice(at, at + AT_ONCE).map(async (uri) => await scanFile(uri, scan, options)),
        );
        onProgress(scan);
      }
    }
  }
  scan.isStopped = cancelled.isCancellationRequested;
  return scan;
}

async function scanFile(uri: vscode.Uri, scan: Scan, options: ScanOptions): Promise<void> {
  try {
    const read = (await openText(uri)) ?? (await readText(uri, scan, options));
    if (!read) return;
    scan.files++;
    const { text, from } = read;
    if (text === '') return;
    await scanLines(uri, text, scan, options);
    const track = new TokenTrack(text.length, MOST_IN_FILE, from);
    const found = await runInSlices(track.scan((from, to) => text.slice(from, to)));
    if (!found || found.length === 0) return;
    const isTracked = await options.isTracked(uri);
    const tokens = await runInSlices(placed(uri, text, found, isTracked));
    for (const token of tokens ?? []) list(scan, scan.tokens, token);
    if (track.leftOutFrom !== undefined) {
      const reason = `${MOST_IN_FILE.toLocaleString('en')} tokens, and more that were not looked at`;
      list(scan, scan.unread, { uri, reason });
    }
  } catch (error) {
    list(scan, scan.unread, { uri, reason: redact(messageOf(error)) });
  }
}

async function scanLines(
  uri: vscode.Uri,
  text: string,
  scan: Scan,
  { gradesOf }: ScanOptions,
): Promise<void> {
  if (text.length > longestOf(uri.path) || !canMatter(uri.path, text)) return;
  const { besideOf, linesIn } = await import('../../since124/door.ts');
  const beside = await textsBeside(uri, besideOf(uri.path, text));
  const found = await runInSlices(linesIn(vscode.workspace.asRelativePath(uri), text, beside));
  if (!found || found.length === 0) return;
  const gradeOf = gradesOf(uri);
  for (const one of found) {
    const severity = gradeOf(one.rule);
    if (severity !== 'off') list(scan, scan.lines, { uri, found: { ...one, severity } });
  }
}

/** Puts one more into a list of a scan, or counts it where there are too many. */
function list<T>(scan: Scan, into: T[], one: T): void {
  if (into.length < MOST_LISTED) into.push(one);
  else scan.unlisted += 1;
}

/** How much is read at a time, in UTF-16 units or bytes. */
const PORTION = 256 * 1024;

/** A file's text, and before which UTF-16 offset no token begins in it. */
interface FileText {
  readonly text: string;
  readonly from: number;
}

async function openText(uri: vscode.Uri): Promise<FileText | undefined> {
  const name = uri.toString();
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === name);
  if (!document) return undefined;
  const { version } = document;
  const whole = await runInSlices(wholeText(document), () => document.version === version);
  return { text: whole ?? document.getText(), from: 0 };
}

function* wholeText(document: vscode.TextDocument): Generator<undefined, string> {
  const text = textOf(document);
  let whole = '';
  for (let at = 0; at < text.length; at += PORTION) {
    whole += text.read(at, Math.min(text.length, at + PORTION));
    yield;
  }
  return whole;
}

/**
 * The text of a file, empty where there can be nothing that is looked for, or undefined where it is none, which is counted. Throws where it
 * is too large or cannot be read.
 */
async function readText(uri: vscode.Uri, scan: Scan, { onDisk }: ScanOptions): Promise<FileText | undefined> {
  const bytes =
    onDisk && uri.scheme === 'file' ? await onDisk.read(uri) : await readSmallFile(uri, MOST_BYTES);
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { text: (await runInSlices(decoded(bytes, wide))) ?? '', from: 0 };
  if (isBinary(bytes)) {
    scan.binaries++;
    return undefined;
  }
  // Few files hold what a token begins with: the others are not read any further, nor does a small one wait for its turn.
  const first = bytes.length <= PORTION ? firstBeginning(bytes) : await runInSlices(lookedThrough(bytes));
  if (first !== undefined && first >= 0) {
    const text = (await runInSlices(decoded(bytes, 'utf-8'))) ?? '';
    return { text, from: unitAt(first, bytes, text) };
  }
  const text = bytes.length > longestInBytes(uri.path) ? '' : new TextDecoder().decode(bytes);
  return canMatter(uri.path, text) ? { text, from: text.length } : { text: '', from: 0 };
}

function* lookedThrough(bytes: Uint8Array): Generator<undefined, number> {
  for (let at = 0; at < bytes.length; at += PORTION) {
    const first = firstBeginning(bytes, at, at + PORTION);
    if (first >= 0) return first;
    yield;
  }
  return -1;
}

function* decoded(bytes: Uint8Array, encoding: string): Generator<undefined, string> {
  const decoder = new TextDecoder(encoding);
  let text = '';
  for (let at = 0; at < bytes.length; at += PORTION) {
    text += decoder.decode(bytes.subarray(at, at + PORTION), { stream: true });
    yield;
  }
  return text + decoder.decode();
}

/** The tokens among what was found in a text, without the tokens, with their places as an editor counts lines. */
function* placed(
  uri: vscode.Uri,
  text: string,
  findings: readonly Finding[],
  isTracked: boolean | undefined,
): Generator<undefined, WorkspaceToken[]> {
  const tokens: WorkspaceToken[] = [];
  let line = 0;
  let lineStart = 0;
  let at = 0;
  const positionAt = function* (offset: number): Generator<undefined, vscode.Position> {
    for (; at < offset; at++) {
      if (at % PORTION === 0) yield;
      const unit = text.charCodeAt(at);
      const isBreak = unit === 0x0a || (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a);
      if (!isBreak) continue;
      line++;
      lineStart = at + 1;
    }
    return new vscode.Position(line, offset - lineStart);
  };
  for (const one of findings) {
    if (one.kind !== 'jws') continue;
    yield;
    const range = new vscode.Range(yield* positionAt(one.start), yield* positionAt(one.end));
    tokens.push({ uri, range, token: classifyToken(one.decoded), encoding: one.encoding, isTracked });
  }
  return tokens;
}
