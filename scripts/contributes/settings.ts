import { rules, type Rule } from '../../src/problems/catalog.ts';
import type { settings as names } from '../../src/contributions.ts';

/** Each rule of the Problems view in a sentence; its severity is in the catalog. */
const sentences: Readonly<Record<Rule, string>> = {
  'pod-bound-in-kubeconfig':
    'A token that is bound to a Pod stands in a kubeconfig, and will fail when the Pod is gone.',
  'audience-in-kubeconfig': 'A token in a kubeconfig is for an audience that no API server usually has.',
  expired: 'A token has expired.',
  'expires-soon': 'A token ends within the minutes that the setting "Expires Soon Minutes" says.',
  'never-expires-in-git': 'git tracks a file with a token that never expires.',
  'encoded-in-kubeconfig': 'A kubeconfig has a token that is still base64-encoded.',
  'encoded-in-string-data':
    'stringData of a Secret, or a literal of Kustomize, has a token that is base64-encoded already.',
  'raw-in-data': 'data of a Secret has a token that is not base64-encoded.',
  'bearer-caught': 'The word Bearer was copied along with a token.',
  'quotes-caught': 'Quotes were copied along with a token, and became part of it.',
  'line-break-caught': 'A token is broken over several lines.',
  'line-break-in-secret': 'A Secret has a line break after the token.',
  'encoded-twice': 'data of a Secret has a token that is base64-encoded twice.',
  'encoded-in-configuration': 'bearerToken or token_reviewer_jwt has a token that is still base64-encoded.',
  'pod-bound-in-configuration':
    'bearerToken or token_reviewer_jwt has a token that is bound to a Pod, and will fail when the Pod is gone.',
  'contradictory-claims': 'The claims of a token contradict one another, or cannot be true.',
  malformed: 'A token is cut short or damaged.',
  'token-file-wins': 'A user of a kubeconfig has token beside tokenFile, and clients differ in which counts.',
  'certificate-wins': 'A user of a kubeconfig has a token beside a client certificate, which wins.',
  'exec-never-runs': 'A user of a kubeconfig has exec beside another credential, which comes first.',
  'no-token': 'What a user of a kubeconfig has for a token is none: it is empty, or withheld, or cut off.',
  'current-context-missing': 'current-context names a context that the kubeconfig does not have.',
  'context-incomplete': 'A context names a cluster or a user that the kubeconfig does not have.',
  'kubectl-refuses': 'kubectl refuses the whole kubeconfig, whichever of its contexts is used.',
  'refused-where-used':
    'kubectl makes no request with a cluster or a user of a kubeconfig, as two of its fields exclude one another, or one is missing.',
  'credential-not-sent': 'A kubeconfig has a credential for a server over plain http, where none is sent.',
  'document-ignored': 'A kubeconfig follows another one in the same file, and kubectl reads the first alone.',
  'certificate-expired':
    'A client certificate or a certificate-authority of a kubeconfig has expired, or is not valid yet.',
  'certificate-expires-soon':
    'One of them ends within a week, or within the time that #serviceAccountTokens.expiresSoonMinutes# says where that is longer.',
  'readable-by-others': 'Other users of this machine can read a kubeconfig with a credential.',
  'secret-type-wrong': 'A Secret that is meant to be a token Secret has another type.',
  'account-annotation-missing': 'A token Secret does not name its ServiceAccount.',
  'account-name-wrong': 'A token Secret names its ServiceAccount by more than its name.',
  'account-in-other-namespace':
    'A token Secret is in another namespace than its ServiceAccount in the same file.',
  'account-not-in-file': 'The ServiceAccount of a token Secret is not in the same file.',
  'account-after-secret':
    'A token Secret comes before its ServiceAccount in a file that kubectl goes through in order.',
  'account-uid-copied': 'A token Secret has the uid of a ServiceAccount, which is of one cluster only.',
  'secret-listed-at-account':
    'A ServiceAccount lists a token Secret that was made by hand, which the cleaner of legacy tokens takes then.',
  'immutable-without-token': 'A token Secret is immutable before it has a token.',
  'token-data-in-git': 'git tracks the manifest of a token Secret with the token in it.',
  'projection-life-out-of-range': 'A token is to live shorter or longer than the API server allows.',
  'projection-life-3607':
    'A projected token is to live exactly 3607 seconds, which the API server makes a year of.',
  'own-volume-incomplete':
    "A volume takes the place of the one with the Pod's own token, and has no token, ca.crt or namespace.",
  'projection-audience-refused':
    'A projected token stands where clients of the API server look for theirs, and is for another audience.',
  'projection-audience-open':
    'A projected token for another purpose names no audience, and so is good at the API server.',
  'too-large': 'From here on kubeconfigs and manifests are not checked, because they are too large.',
  'account-secrets-read':
    "A line reads a ServiceAccount's .secrets, which nobody fills since Kubernetes 1.24.",
  'account-tokens-printed': "A line reads what kubectl once printed of a ServiceAccount's tokens.",
  'token-secret-by-name': 'A line looks for a token Secret by a name that Kubernetes no longer gives.',
  'oc-get-token': 'A line calls a command of oc for a token Secret that is no longer made.',
  'token-life-too-short': 'A line asks for a token of less than 10 minutes, which the API server refuses.',
  'token-life-unreadable': 'A line asks for a life of a token in a unit that kubectl does not read.',
  'token-life-not-granted':
    'A line asks for a longer life of a token than many API servers grant, or for none, which gives an hour.',
  'mounted-token-copied': "A line copies a Pod's mounted token to where nobody renews it.",
  'mounted-token-read-once': "A program reads a Pod's mounted token as it starts, and never again.",
  'bearer-token-copied':
    'A configuration of client-go copies BearerToken without BearerTokenFile, so that it is never read again.',
  'terraform-token-not-awaited': 'Terraform does not wait until a token Secret is filled.',
  'client-too-old': "A client library reads a Pod's mounted token once.",
  'provider-too-old':
    'A provider of Terraform or Pulumi waits for a token Secret of each ServiceAccount that it makes.',
  'token-request-kept': 'Terraform keeps a token that it asks for once.',
  'token-encoding': "A script sends a Secret's token in base64, or decodes one twice.",
  'token-in-arguments': 'A script gives kubectl or Helm a token by its arguments, which others can list.',
  'token-secret-remade': 'Each upgrade of a Helm chart deletes a token Secret and makes it again.',
  'hook-before-account': 'Helm makes a token Secret before its ServiceAccount.',
  'kustomize-renames-account':
    "A kustomization renames a ServiceAccount, and not what its token Secret's annotation says.",
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
      'Kubeconfig files, the first of which wins where two say different things. `~` is your home folder. Empty: `$KUBECONFIG`, else `~/.kube/config`. A workspace cannot set this.',
  },
  addedKubeconfigs: {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'machine',
    markdownDescription:
      'More kubeconfig files, each on its own beside yours; _ServiceAccount: Add Kubeconfig…_ adds to them. A workspace cannot set this.',
  },
  namespaces: {
    type: 'array',
    items: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' },
    uniqueItems: true,
    default: [],
    scope: 'window',
    markdownDescription:
      "Namespaces to look into where you may not list ServiceAccounts, Secrets or Pods in all of them. The context's own namespace is always looked into.",
  },
  problems: {
    type: 'object',
    scope: 'application',
    default: {},
    additionalProperties: false,
    markdownDescription:
      'How severe each kind of problem with a token, a kubeconfig or a manifest is, or `off`. A comment silences one problem: `# serviceaccount-tokens: ignore expired` on its line or the line above. A workspace cannot set this.',
    properties: Object.fromEntries(RULES),
  },
  expiresSoon: {
    type: 'number',
    minimum: 0,
    default: 10,
    scope: 'application',
    markdownDescription:
      'How many minutes before its end a token is said to expire soon. A workspace cannot set this.',
  },
  offerInTerminal: {
    type: 'boolean',
    default: true,
    scope: 'application',
    markdownDescription:
      'Offer _Why Unauthorized?_ in the status bar after a command in the terminal that was refused. The link on its words is there either way.',
  },
  clipboardSeconds: {
    type: 'number',
    minimum: 0,
    maximum: 86400,
    default: 60,
    scope: 'application',
    markdownDescription:
      'After how many seconds a token that was put on the clipboard is taken off it again, unless something else is there by then. 0: never. A workspace cannot set this.',
  },
  besideTheLine: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Show beside each token whose it is and how long it lives, with a mark by status in the gutter and on the overview ruler.',
  },
  codeLens: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Offer above each token Secret of a manifest and each user of a kubeconfig what can be done with it.',
  },
  fileMarks: {
    type: 'boolean',
    scope: 'resource',
    default: true,
    markdownDescription:
      'Mark files in the Explorer in which _Tokens in This Workspace_ has found usable ServiceAccount tokens.',
  },
  remindMinutes: {
    type: 'number',
    minimum: 0,
    default: 10,
    scope: 'application',
    markdownDescription:
      'How many minutes before its end you are reminded, once, of a token that was issued from here and lies in a file; of one that lives hardly longer than that, at the latest halfway to its end. `0`: never. A workspace cannot set this.',
  },
};
