import { outdatedRules, type OutdatedRule } from '../since124/finding.ts';
import type { CheckRule } from './documentChecks.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint' | 'off';

/** Rules about a token itself, wherever it stands. */
const tokenRules = {
  'pod-bound-in-kubeconfig': 'warning',
  'audience-in-kubeconfig': 'warning',
  expired: 'warning',
  'expires-soon': 'information',
  'never-expires-in-git': 'warning',
  'encoded-in-kubeconfig': 'error',
  'encoded-in-string-data': 'error',
  'raw-in-data': 'error',
  'bearer-caught': 'error',
  'quotes-caught': 'error',
  'line-break-caught': 'error',
  'line-break-in-secret': 'warning',
  'encoded-twice': 'warning',
  'encoded-in-configuration': 'error',
  'pod-bound-in-configuration': 'warning',
  'contradictory-claims': 'warning',
  malformed: 'warning',
} as const satisfies Record<string, Severity>;

export type TokenRule = keyof typeof tokenRules;

/** Rules about kubeconfigs and manifests. */
const documentRules = {
  'token-file-wins': 'warning',
  'certificate-wins': 'warning',
  'exec-never-runs': 'information',
  'no-token': 'warning',
  'current-context-missing': 'warning',
  'context-incomplete': 'warning',
  'kubectl-refuses': 'error',
  'refused-where-used': 'error',
  'credential-not-sent': 'warning',
  'document-ignored': 'warning',
  'certificate-expired': 'error',
  'certificate-expires-soon': 'information',
  'readable-by-others': 'warning',
  'secret-type-wrong': 'warning',
  'account-annotation-missing': 'error',
  'account-name-wrong': 'warning',
  'account-in-other-namespace': 'warning',
  'account-not-in-file': 'hint',
  'account-after-secret': 'information',
  'account-uid-copied': 'warning',
  'secret-listed-at-account': 'warning',
  'immutable-without-token': 'error',
  'token-data-in-git': 'warning',
  'projection-life-out-of-range': 'error',
  'projection-life-3607': 'information',
  'own-volume-incomplete': 'warning',
  'projection-audience-refused': 'information',
  'projection-audience-open': 'hint',
  'projection-by-sub-path': 'warning',
  'too-large': 'information',
} as const satisfies Record<
  CheckRule | 'certificate-expired' | 'certificate-expires-soon' | 'readable-by-others' | 'too-large',
  Severity
>;

/** Each rule with its severity unless a setting says another; docs/problems.md explains each. */
export const rules = {
  ...tokenRules,
  ...documentRules,
  ...(outdatedRules satisfies Record<string, Severity>),
} as const;

export type Rule = keyof typeof rules;

/** Whether a text names a rule. */
export function isRule(text: unknown): text is Rule {
  return typeof text === 'string' && Object.hasOwn(rules, text);
}

/** Whether a rule is about a line that was right before Kubernetes 1.24. */
export function isOutdatedRule(rule: Rule): rule is OutdatedRule {
  return Object.hasOwn(outdatedRules, rule);
}

/** Whether a rule is about a token itself. */
export function isTokenRule(rule: Rule): rule is TokenRule {
  return Object.hasOwn(tokenRules, rule);
}
