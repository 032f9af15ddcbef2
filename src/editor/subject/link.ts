import type * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { address, joined, words } from '../../harmless.ts';
import { nameProblem, namespaceProblem } from '../../manifest/names.ts';
import type { SubjectOf } from './subject.ts';

/** What a link of a runbook or a dashboard asks for: names alone. */
export interface Asked {
  readonly context: string;
  readonly account: { readonly namespace: string; readonly name: string } | undefined;
}

const KEYS: ReadonlySet<string> = new Set(['context', 'namespace', 'serviceAccount']);

/**
 * Reads `…/why?context=…&namespace=…&serviceAccount=…`, the last two together or not at all. Throws bad-input for whatever
 * else is in it: a token has no place in a link.
 */
export function readLink({ path, query }: Pick<vscode.Uri, 'path' | 'query'>): Asked {
  if (path !== '/why') throw new Problem('bad-input', `The link asks for ${path}; only /why is known.`);
  const given = new URLSearchParams(query);
  const other = [...given.keys()].find((key) => !KEYS.has(key));
  if (other !== undefined) {
    throw new Problem(
      'bad-input',
      `The link has "${other}". It may have a context, a namespace and a serviceAccount, and never a token.`,
    );
  }
  const context = given.get('context') ?? '';
  if (context === '') throw new Problem('bad-input', 'The link names no context of your kubeconfig.');
  const [namespace, name] = [given.get('namespace'), given.get('serviceAccount')];
  if (namespace === null && name === null) return { context, account: undefined };
  if (namespace === null || name === null) {
    throw new Problem('bad-input', 'The link has to name namespace and serviceAccount, or neither.');
  }
  const problem = namespaceProblem(namespace) ?? nameProblem(name);
  if (problem !== undefined) throw new Problem('bad-input', `The link names no ServiceAccount. ${problem}`);
  return { context, account: { namespace, name } };
}

/** What is explained of it, by the files that have the context. */
export function useOf(
  { context, account }: Asked,
  files: readonly string[] | undefined,
): SubjectOf<'command'> {
  const use = { is: 'command', files, context } as const;
  if (!account) return use;
  const own = { namespace: account.namespace, serviceaccount: { name: account.name } };
  return { ...use, claims: { 'kubernetes.io': own } };
}

/** The question before anything is looked at. */
export function questionOf({ context, account }: Asked, server: string) {
  const what = account
    ? words`why a token of ServiceAccount ${account.namespace}/${account.name} is refused`
    : words`why context ${context} is refused`;
  return {
    question: words`A link asks to look into ${what}. Look?`,
    detail: joined([
      words`The cluster of context ${context} is asked, at ${address(server)}, with your own login: metadata only.`,
      words`Nothing was sent so far. Whoever made the link learns nothing.`,
    ]),
    first: 'Don’t Look',
    acts: ['Look'],
  } as const;
}
