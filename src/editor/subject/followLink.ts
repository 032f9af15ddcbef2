import type * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import type { Services } from '../workbench/services.ts';
import { ask } from '../workbench/say.ts';
import { runOn } from './door.ts';
import { questionOf, readLink, useOf } from './link.ts';

/** Follows a link to "Why Unauthorized?": reads it, finds its context among the person's own, and asks before anything is sent. */
export async function followLink({ contexts }: Pick<Services, 'contexts'>, uri: vscode.Uri): Promise<void> {
  const asked = readLink(uri);
  const access = await contexts.access();
  for (const source of contexts.sources) {
    const info = contextsIn(() => access.contexts(source).contexts).find(
      ({ name }) => name === asked.context,
    );
    if (!info) continue;
    if ((await ask(questionOf(asked, info.server))) !== 'Look') return;
    await runOn(commands.explainToken, useOf(asked, access.filesOf(source)));
    return;
  }
  throw new Problem(
    'not-found',
    `The link names the context "${asked.context}", which none of your kubeconfigs has.`,
  );
}

/** None of a kubeconfig that is not there or cannot be read. */
function contextsIn<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (Problem.is(error)) return [];
    throw error;
  }
}
