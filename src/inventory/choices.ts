import type { ObjectRef } from '../cluster/api/objects.ts';

/** Which ServiceAccounts are shown, and in which order. */
export interface Choices {
  /** Words that `namespace/name` must hold, all of them; any case. */
  readonly text: string;
  readonly only: readonly Only[];
  readonly hideSystem: boolean;
  readonly sort: Sort;
  /** Namespaces that stand first. */
  readonly starred: readonly string[];
}

/** What a ServiceAccount must be to be shown; where several are asked for, all of them. */
export type Only = 'with-token-secret' | 'without-token-secret' | 'never-used' | 'cluster-admin' | 'expiring';
export type Sort = 'name' | 'newest' | 'last-used';

export const SHOW_ALL: Choices = { text: '', only: [], hideSystem: false, sort: 'name', starred: [] };

/** Whether every ServiceAccount is shown. */
export function showsAll({ text, only, hideSystem }: Choices): boolean {
  return text === '' && only.length === 0 && !hideSystem;
}

/** Whether it is searched for something, which is then to be seen without opening more. */
export function isSearch({ text, only }: Choices): boolean {
  return text !== '' || only.length > 0;
}

/** The same choices with everything shown again. */
export function withoutFilter(choices: Choices): Choices {
  return { ...SHOW_ALL, sort: choices.sort, starred: choices.starred };
}

/** What Kubernetes keeps for itself begins with this (its own documentation of namespaces). */
export function isSystem(namespace: string): boolean {
  return namespace.startsWith('kube-');
}

export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The words that a namespace's name does not hold already: its ServiceAccounts have to. */
export function wordsLeft(namespace: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => !namespace.includes(word));
}

/** Whether `namespace/name` holds all words. Names of Kubernetes are in lower case. */
export function hasAll({ namespace, name }: ObjectRef, words: readonly string[]): boolean {
  return words.every(
    (word) => name.includes(word) || (word.includes('/') && `${namespace}/${name}`.includes(word)),
  );
}

const ONLY: Readonly<Record<Only, string>> = {
  'with-token-secret': 'a token Secret',
  'without-token-secret': 'no token Secret',
  'never-used': 'no use of a token Secret recorded',
  'cluster-admin': 'may do everything',
  expiring: 'about to end',
};

/** What is filtered in words; empty where everything is shown. */
export function filterInWords({ text, only, hideSystem }: Choices): string {
  return [
    ...(text === '' ? [] : [`name has "${text}"`]),
    ...only.map((one) => ONLY[one]),
    ...(hideSystem ? ['without kube- namespaces'] : []),
  ].join(', ');
}
