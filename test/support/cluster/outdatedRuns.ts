import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findOutdated } from '../../../src/since124/find.ts';
import type { Beside } from '../../../src/since124/kustomize.ts';
import { applied } from '../texts/checks.ts';
import { inOneGo } from '../../../src/slices.ts';

/** kubectl as somebody who may do everything. */
type Admin = (...args: readonly string[]) => Promise<string>;

/** Whom the server's TokenReview takes for the bearer; empty: nobody. */
export async function acceptedBy(admin: Admin, folder: string, token: string): Promise<string> {
  if (token === '') return '';
  const file = join(folder, 'review.json');
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } };
  await writeFile(file, JSON.stringify(review));
  return await admin('create', '-f', file, '-o', 'jsonpath={.status.user.username}');
}

/** A file after the one fix in it whose title begins so. Throws where there is none, or another. */
export function fixed(path: string, text: string, title: string, beside?: Beside): string {
  const [fix, ...others] = inOneGo(findOutdated(path, text, beside && { beside }))
    .flatMap((one) => one.fixes())
    .filter((one) => one.title.startsWith(title));
  if (!fix || others.length > 0) throw new Error(`${path}: no one fix "${title}"`);
  return applied(text, fix);
}

/** A program and what it is called with. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** What a program prints last; empty where it ends otherwise than well. */
export async function lastLineOf(
  [program, ...args]: CommandLine,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout.trim().split('\n').at(-1) ?? '';
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return '';
    throw error;
  }
}

interface Mounted {
  readonly namespace: string;
  /** Where the token is. */
  readonly file: string;
  readonly folder: string;
}

/**
 * Puts a token into a file, as a kubelet does. What it gives puts another one there, and settles once the server refuses
 * the first.
 */
export async function mountToken(
  admin: Admin,
  { namespace, file, folder }: Mounted,
): Promise<() => Promise<void>> {
  const request = ['create', 'token', 'robot', '-n', namespace];
  await admin('create', 'secret', 'generic', 'binding', '-n', namespace);
  const first = await admin(...request, '--bound-object-kind=Secret', '--bound-object-name=binding');
  await writeFile(file, first);
  return async () => {
    await writeFile(file, await admin(...request));
    await admin('delete', 'secret', 'binding', '-n', namespace);
    while ((await acceptedBy(admin, folder, first)) !== '') await sleep(500);
  };
}

/**
 * The last line of a program that has read a token from a file as it started, once that token has ended and the file holds
 * another: it is to say `ready`, and to go on with the next line that it is given.
 */
export async function afterRotation(
  admin: Admin,
  mounted: Mounted,
  [program, ...args]: CommandLine,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const renew = await mountToken(admin, mounted);
  const running = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.value !== 'ready') throw new Error(`not ready: ${String(ready.value)}`);
  await renew();
  running.stdin.end('\n');
  const answer = await lines.next();
  return answer.done === true ? '' : answer.value;
}
