import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findOutdated } from '../../src/since124/find.ts';
import { applied } from './checks.ts';
import { inOneGo } from '../../src/slices.ts';

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

/** A file after the fix of its one finding whose title begins so. Throws where there is none, or another finding. */
export function fixed(path: string, text: string, title: string): string {
  const [finding, ...others] = inOneGo(findOutdated(path, text));
  const fix = finding?.fixes().find((one) => one.title.startsWith(title));
  if (!fix || others.length > 0) throw new Error(`${path}: no fix "${title}"`);
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

/**
 * The last line of a program that has read a token from a file as it started, once that token has ended and the file holds
 * another: it is to say `ready`, and to go on with the next line that it is given.
 */
export async function afterRotation(
  admin: Admin,
  { namespace, file, folder }: { readonly namespace: string; readonly file: string; readonly folder: string },
  [program, ...args]: CommandLine,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const request = ['create', 'token', 'robot', '-n', namespace];
  await admin('create', 'secret', 'generic', 'binding', '-n', namespace);
  const first = await admin(...request, '--bound-object-kind=Secret', '--bound-object-name=binding');
  await writeFile(file, first);
  const running = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(running.stdout)[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.value !== 'ready') throw new Error(`not ready: ${String(ready.value)}`);
  await writeFile(file, await admin(...request));
  await admin('delete', 'secret', 'binding', '-n', namespace);
  while ((await acceptedBy(admin, folder, first)) !== '') await sleep(500);
  running.stdin.end('\n');
  const answer = await lines.next();
  return answer.done === true ? '' : answer.value;
}
