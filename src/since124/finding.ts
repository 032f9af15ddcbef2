import type { DocumentProblem } from '../manifest/problem.ts';

/** The kinds of line that were right once, each with its severity unless a setting says another; docs/problems.md explains each. */
export const outdatedRules = {
  'account-secrets-read': 'error',
  'account-tokens-printed': 'error',
  'token-secret-by-name': 'warning',
  'oc-get-token': 'warning',
  'token-life-too-short': 'error',
  'token-life-unreadable': 'error',
  'token-life-not-granted': 'hint',
  'mounted-token-copied': 'warning',
  'mounted-token-read-once': 'warning',
  'bearer-token-copied': 'warning',
  'terraform-token-not-awaited': 'warning',
  'client-too-old': 'warning',
  'provider-too-old': 'warning',
  'token-request-kept': 'warning',
  'token-encoding': 'error',
  'token-in-arguments': 'hint',
  'token-secret-remade': 'warning',
  'hook-before-account': 'warning',
  'kustomize-renames-account': 'warning',
} as const;

export type OutdatedRule = keyof typeof outdatedRules;

/** A line that breaks, or has broken, since Kubernetes changed how ServiceAccounts get tokens. */
export type Outdated = DocumentProblem<OutdatedRule>;
