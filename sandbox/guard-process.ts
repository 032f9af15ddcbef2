/**
 * The process behind guard.ts. Its parent's death, however it comes, closes the channel between them; then every
 * process started here is killed and the folder is removed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import type { Answer, Request } from './guard.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined || process.send === undefined)
  throw new Error('guard.ts starts this with a folder.');

const children = new Map<number, ChildProcess>();
let ending = false;

function answer(message: Answer): void {
  if (process.connected) process.send?.(message);
}

function start({ id, program, args, env, log, cwd }: Extract<Request, { kind: 'start' }>): void {
  const output = openSync(log, 'a', 0o600);
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output], windowsHide: true });
  closeSync(output);
  children.set(id, child);
  child.once('error', ({ message }) => {
    answer({ id, event: 'exited', how: message });
  });
  child.once('close', (code, signal) => {
    children.delete(id);
    answer({ id, event: 'exited', how: signal ?? `exit code ${code ?? 'unknown'}` });
    if (ending) endWhenAlone();
  });
}

function end(): void {
  ending = true;
  for (const child of children.values()) child.kill('SIGKILL');
  endWhenAlone();
}

function endWhenAlone(): void {
  if (children.size > 0) return;
  rmSync(folder ?? '', { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  process.exit();
}

process.on('message', (request: Request) => {
  if (request.kind === 'start') start(request);
  else children.get(request.id)?.kill(request.signal);
});
process.once('disconnect', end);
// It is in a group of its own, so only someone who means it sends these.
process.once('SIGTERM', end);
process.once('SIGINT', end);
