import { rules, type Rule } from '../../src/problems/catalog.ts';
import type { settings as names } from '../../src/contributions.ts';

/** Each rule of the Problems view in a sentence; its severity is in the catalog. */
const sentences: Readonly<Record<Rule, string>> = {
  'pod-bound-in-kubeconfig':
    'A kubeconfig contains a token that is bound to a Pod. It stops working when the Pod is deleted.',
  'audience-in-kubeconfig':
    'A token in a kubeconfig is for an audience that an API server usually does not have.',
  expired: 'A token has expired, or the object that it depends on is gone.',
  'expires-soon': 'A token expires within the time set in "Expires Soon Minutes".',
  'never-expires-in-git': 'Git tracks a file that contains a token that never expires.',
  'encoded-in-kubeconfig': 'A token in a kubeconfig is still base64-encoded.',
  'encoded-in-string-data':
    'A token in stringData of a Secret, or in a literal of Kustomize, is already base64-encoded.',
  'raw-in-data': 'A token in data of a Secret is not base64-encoded.',
  'bearer-caught': 'The word Bearer was copied together with a token.',
  'quotes-caught': 'Quotes were copied together with a token and became part of it.',
  'line-break-caught':
    'A token is broken across several lines, or a line break or a space was copied with it.',
  'line-break-in-secret': 'A Secret has a line break after the token.',
  'encoded-twice': 'A token in data of a Secret is base64-encoded twice.',
  'encoded-in-configuration':
    'A token in a configuration, as in bearerToken or token_reviewer_jwt, is still base64-encoded.',
  'pod-bound-in-configuration':
    'A token in a configuration, as in bearerToken or token_reviewer_jwt, is bound to a Pod. It stops working when the Pod is deleted.',
  'contradictory-claims': 'The claims of a token contradict each other, or cannot be true.',
  malformed: 'A token is cut short or damaged.',
  'token-file-wins':
    'A kubeconfig user has both token and tokenFile, and clients differ in which one they use.',
  'certificate-wins': 'A kubeconfig user has both a token and a client certificate, which takes precedence.',
  'exec-never-runs': 'A kubeconfig user has exec and another credential, which takes precedence.',
  'no-token': 'The token of a kubeconfig user is not a token: it is empty, hidden or cut off.',
  'current-context-missing': 'current-context names a context that is not in the kubeconfig.',
  'context-incomplete':
    'A context names a cluster or a user that is not in the kubeconfig, or names no user.',
  'kubectl-refuses': 'kubectl rejects the whole kubeconfig, whichever context is used.',
  'refused-where-used':
    'kubectl sends no request with a cluster or a user of the kubeconfig: two of its fields exclude each other, one is missing, or one is no longer supported.',
  'credential-not-sent':
    'A kubeconfig has a credential for a server over plain http, where no credential is sent.',
  'document-ignored': 'A second kubeconfig follows in the same file. kubectl reads only the first.',
  'certificate-expired':
    'A client certificate or certificate authority in a kubeconfig has expired, or is not valid yet.',
  'certificate-expires-soon':
    'A client certificate or certificate authority in a kubeconfig expires within a week, or within the time set in "Expires Soon Minutes" if that is longer.',
  'readable-by-others': 'Other users of this machine can read a kubeconfig that contains a credential.',
  'secret-type-wrong': 'A Secret that is meant to be a token Secret has a different type.',
  'account-annotation-missing': 'A token Secret does not name its ServiceAccount.',
  'account-name-wrong': 'A token Secret names its ServiceAccount with more than its name.',
  'account-in-other-namespace':
    'A token Secret and its ServiceAccount in the same file are in different namespaces.',
  'account-not-in-file': 'The ServiceAccount that a token Secret names is not in the same file.',
  'account-after-secret':
    'A token Secret comes before its ServiceAccount in a file, and kubectl creates objects in that order.',
  'account-uid-copied':
    'A token Secret contains the UID of a ServiceAccount, which is different in every cluster.',
  'secret-listed-at-account':
    'A ServiceAccount lists a manually created token Secret, so that Kubernetes may clean it up.',
  'immutable-without-token': 'A token Secret is immutable before it has a token.',
  'token-data-in-git': 'Git tracks the manifest of a token Secret that contains the token.',
  'projection-life-out-of-range': 'A token has a lifetime that the API server does not allow.',
  'projection-life-3607':
    'A projected token has a lifetime of exactly 3607 seconds, which the API server extends to a year.',
  'own-volume-incomplete':
    "A volume replaces the one with the Pod's own token, and lacks token, ca.crt or namespace.",
  'projection-audience-refused':
    'A projected token is mounted where clients look for the token for the API server, but is for another audience.',
  'projection-audience-open':
    'A projected token that seems to be for another service names no audience, so the API server accepts it.',
  'projection-by-sub-path': 'A container mounts a projected token with subPath, so it never sees a new one.',
  'too-large': 'Kubeconfigs and manifests are not checked from here on, because the file is too large.',
  'account-secrets-read':
    "A line reads a ServiceAccount's .secrets, which Kubernetes has not filled since 1.24.",
  'account-tokens-printed': "A line reads what kubectl used to print about a ServiceAccount's tokens.",
  'token-secret-by-name':
    'A line looks for a token Secret by a generated name that Kubernetes no longer uses.',
  'oc-get-token': 'A line uses an oc command that looks for a token Secret that is no longer created.',
  'token-life-too-short': 'A line requests a token for less than 10 minutes, which the API server rejects.',
  'token-life-unreadable': 'A line requests a token with a lifetime that kubectl cannot read.',
  'token-life-not-granted':
    'A line requests a longer token lifetime than many API servers grant, or a lifetime of 0, which gives an hour.',
  'mounted-token-copied': "A line copies a Pod's mounted token to a place where nothing renews it.",
  'mounted-token-read-once': "A program reads a Pod's mounted token when it starts, and never again.",
  'bearer-token-copied':
    'A client-go configuration copies BearerToken without BearerTokenFile, so the token is never read again.',
  'terraform-token-not-awaited': 'Terraform does not wait until a token Secret is filled.',
  'client-too-old': "A client library reads a Pod's mounted token only once.",
  'provider-too-old':
    'A Terraform or Pulumi provider waits for a token Secret for each ServiceAccount that it creates, but none appears.',
  'token-request-kept': 'Terraform requests a token once, and keeps it.',
  'token-encoding': "A script sends a Secret's token in base64, or decodes a token twice.",
  'token-in-arguments': 'A script passes a token to kubectl or Helm as an argument, which others can see.',
  'token-secret-remade': 'Each upgrade of a Helm chart deletes a token Secret and creates it again.',
  'hook-before-account': 'Helm creates a token Secret before its ServiceAccount.',
  'kustomize-renames-account':
    "A kustomization renames a ServiceAccount, but not its name in the token Secret's annotation.",
};

const RULES = (Object.keys(sentences) as Rule[]).map((rule): [string, object] => [
  rule,
  {
    type: 'string',
    enum: ['error', 'warning', 'information', 'hint', 'off'],
    default: rules[rule],
    description: sentences[rule],
  },
]);

/** Each setting as VS Code's settings editor shows it, by its name in src/contributions.ts. */
export const settings: Readonly<Record<keyof typeof names, object>> = {
  kubeconfig: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'machine',
    markdownDescription:
      'Kubeconfig files to use, merged as kubectl merges them: the first file that has an entry wins. `~` is your home folder. If empty, `$KUBECONFIG` is used, or else `~/.kube/config`. A workspace cannot set this.',
  },
  addedKubeconfigs: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'machine',
    markdownDescription:
      'More kubeconfig files, each used separately from your own. _ServiceAccount: Add Kubeconfig…_ adds to this list. A workspace cannot set this.',
  },
  namespaces: {
    type: 'array',
    items: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' },
    uniqueItems: true,
    default: [],
    scope: 'window',
    markdownDescription:
      "Namespaces to show if you are not allowed to list ServiceAccounts, Secrets or Pods in all namespaces. The context's own namespace is always included.",
  },
  problems: {
    type: 'object',
    scope: 'application',
    default: {},
    additionalProperties: false,
    markdownDescription:
      'The severity of each kind of problem with a token, a kubeconfig or a manifest; `off` turns it off. To ignore a single problem, put a comment on its line or on the line above: `# serviceaccount-tokens: ignore expired`. A workspace cannot set this.',
    properties: Object.fromEntries(RULES),
  },
  expiresSoon: {
    type: 'number',
    minimum: 0,
    default: 10,
    scope: 'application',
    markdownDescription:
      'How many minutes before it expires a token counts as expiring soon. A workspace cannot set this.',
  },
  offerInTerminal: {
    type: 'boolean',
    default: true,
    scope: 'application',
    markdownDescription:
      'Offer _Why Unauthorized?_ in the status bar after a command in the terminal was refused. The link on its message is there either way. A workspace cannot set this.',
  },
  clipboardSeconds: {
    type: 'number',
    minimum: 0,
    maximum: 86400,
    default: 60,
    scope: 'application',
    markdownDescription:
      'After how many seconds a token that was copied to the clipboard is removed from it, unless the clipboard has other content by then. `0`: never. A workspace cannot set this.',
  },
  besideTheLine: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Show next to each token whose it is and how long it lives, with a status mark in the gutter and on the overview ruler.',
  },
  codeLens: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Show actions above token Secrets in manifests, users in kubeconfigs, audit logs, and messages that say why a request was unauthorized.',
  },
  fileMarks: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Mark files in the Explorer in which _Tokens in This Workspace_ found usable ServiceAccount tokens.',
  },
  remindMinutes: {
    type: 'number',
    minimum: 0,
    default: 10,
    scope: 'application',
    markdownDescription:
      'How many minutes before it expires you are reminded, once, of a token that you issued here and that is still in its file. For a token with a short lifetime, the reminder comes no earlier than halfway through it. `0`: never. A workspace cannot set this.',
  },
};
