import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { redact } from '../redact.ts';

const run = promisify(execFile);
const LONGEST_RUN = 20_000;
const MOST_OUTPUT = 1024 * 1024;

/** What kubectl on this machine says of a kubeconfig: `absent` where there is none. */
export type Witness =
  | { readonly is: 'absent' }
  /** `username` is undefined where it, or the server, is too old to tell. */
  | { readonly is: 'accepted'; readonly username: string | undefined }
  | { readonly is: 'refused'; readonly why: string };

/**
 * Asks kubectl, if this machine has one, who a kubeconfig is. It is given the text alone, in a file of its own that
 * nobody else can read and that goes again, so that it does what was agreed to whatever the person's file holds now.
 * `absent` where there is no text to give. Throws the signal's reason.
 */
export async function askKubectl(kubeconfig: string | undefined, signal: AbortSignal): Promise<Witness> {
  if (kubeconfig === undefined) return { is: 'absent' };
  const folder = await mkdtemp(join(tmpdir(), 'serviceaccount-tokens-')); // 0700 (mkdtemp(3)).
  try {
    const file = join(folder, 'kubeconfig');
    await writeFile(file, kubeconfig, { mode: 0o600, flag: 'wx' });
    return await ask(file, folder, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(file: string, folder: string, signal: AbortSignal): Promise<Witness> {
  const told = await kubectl(
    [...optionsOf(file, folder), 'auth', 'whoami', '--output=jsonpath={.status.userInfo.username}'],
    signal,
  );
  // kubectl cannot ask before 1.27, and a server does not tell before 1.28: any request is judged all the same.
  if (
    told.is !== 'refused' ||
    !/unknown command|unknown flag|selfsubjectreviews API is not enabled/.test(told.why)
  ) {
    return told;
  }
  const answered = await kubectl([...optionsOf(file, folder), 'get', '--raw=/version'], signal);
  return answered.is === 'accepted' ? { is: 'accepted', username: undefined } : answered;
}

function optionsOf(file: string, folder: string): readonly string[] {
  return [`--kubeconfig=${file}`, `--cache-dir=${join(folder, 'cache')}`, '--request-timeout=10s'];
}

async function kubectl(args: readonly string[], signal: AbortSignal): Promise<Witness> {
  try {
    const { stdout } = await run('kubectl', args, {
      // Windows looks for a program in the current folder first: not in the workspace.
      cwd: dirname(process.execPath),
      timeout: LONGEST_RUN,
      maxBuffer: MOST_OUTPUT,
      windowsHide: true,
      signal,
    });
    return { is: 'accepted', username: stdout.trim() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error) || !('code' in error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'EACCES') return { is: 'absent' };
    const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : error.message;
    return { is: 'refused', why: redact(said.trim().slice(0, 1000)) };
  }
}
