import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ContextInfo } from '../../cluster/api.ts';
import { redact } from '../../redact.ts';

const ALLOWED = 'allowedPrograms';

/**
 * Whether the credential program of a context may run: asked once for each context, server and command line, and
 * remembered as a hash, as arguments can hold a secret. Always true where the context runs nothing.
 */
export async function mayRunProgram(memory: vscode.Memento, context: ContextInfo): Promise<boolean> {
  if (context.runs === undefined) return true;
  const key = createHash('sha256')
    .update(JSON.stringify([context.name, context.server, context.runs]))
    .digest('hex');
  const allowed = memory.get<readonly string[]>(ALLOWED, []);
  if (allowed.includes(key)) return true;
  const run = 'Run It';
  const answer = await vscode.window.showWarningMessage(
    `Run a program to get the credential of the context "${context.name}"?`,
    {
      modal: true,
      detail: `${redact(context.runs)}\n\nYour kubeconfig names it for ${context.server}. You are asked once for this command line.`,
    },
    run,
  );
  if (answer !== run) return false;
  await memory.update(ALLOWED, [...allowed, key]);
  return true;
}
