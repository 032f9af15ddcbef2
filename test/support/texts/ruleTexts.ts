import type { Rule } from '../../../src/problems/catalog.ts';

/** Texts that the fixtures of rules are made of, with comments that a fix has to leave. */

/** A file with one problem, and what a quick fix makes of it. */
export interface RuleFixture {
  readonly rule: Rule;
  readonly file: string;
  readonly before: string;
  /** What the problem marks. */
  readonly marked: string;
  /** How the fix's title begins; undefined: the rule has no fix that edits. */
  readonly fix?: string;
  readonly after?: string;
  readonly isTracked?: true;
  /** What stands in the same folder, by its path. */
  readonly beside?: Readonly<Record<string, string>>;
  /** Commands that are offered. */
  readonly offers?: readonly string[];
}

export const kubeconfig = (...user: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Config # a note that stays',
    'clusters:',
    '- {name: c, cluster: {server: "https://10.0.0.1"}}',
    'users:',
    '- name: u',
    '  user:',
    '    # about the credential',
    ...user.map((line) => `    ${line}`),
    'contexts:',
    '- name: ctx',
    '  context: {cluster: c, user: u}',
    'current-context: ctx',
    '',
  ].join('\n');

export const account = [
  '# who it is',
  'apiVersion: v1',
  'kind: ServiceAccount',
  'metadata:',
  '  name: mycontroller',
  '  namespace: kube-system',
  '---',
  '',
].join('\n');
export const secret = (...lines: readonly string[]): string =>
  [
    'apiVersion: v1',
    'kind: Secret # for the host',
    'metadata:',
    '  name: mycontroller-token',
    '  namespace: kube-system',
    '  annotations:',
    '    kubernetes.io/service-account.name: mycontroller # its owner',
    ...lines,
    '',
  ].join('\n');
export const TYPE = 'type: kubernetes.io/service-account-token';
export const whole = account + secret(TYPE);

export const daemonSet = (mountPath: string, ...lines: readonly string[]): string =>
  [
    'apiVersion: apps/v1',
    'kind: DaemonSet',
    'metadata: {name: d}',
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    `      - {name: main, image: i, volumeMounts: [{name: t, mountPath: ${mountPath}}]}`,
    '      volumes:',
    '      - name: t',
    '        projected:',
    '          sources:',
    '          # the token',
    '          - serviceAccountToken:',
    ...lines.map((line) => `              ${line}`),
    '',
  ].join('\n');
export const besideToken = [
  '          - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}',
  '          - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}',
  '',
].join('\n');
export const elsewhere = '/var/run/secrets/tokens';
export const own = '/var/run/secrets/kubernetes.io/serviceaccount';
