import {
  contextKeys,
  VIEW,
  WORKSPACE_VIEW,
  type CommandName,
  type ViewState,
} from '../../src/contributions.ts';

const to = (name: CommandName): string => `command:serviceAccountTokens.${name}`;
const explainSelected = `${to('explainKubeconfig')}?${encodeURIComponent(JSON.stringify(['selected']))}`;

/** What the ServiceAccounts view says in place of rows; a line that is a link alone is a button. */
const ofTree: Readonly<Record<Exclude<ViewState, 'ready'>, readonly string[]>> = {
  'no-kubeconfig': [
    'No kubeconfig was found. Looked in the setting, in $KUBECONFIG and at ~/.kube/config. It shows up here as soon as there is one.',
    `[Add a Kubeconfig…](${to('addKubeconfig')})`,
    `Or [try again](${to('refresh')}).`,
  ],
  'no-context': [
    "The kubeconfig has no context in use, or no longer the one that was chosen here. Choose one: your kubeconfig's current-context stays as it is.",
    `[Select a Context](${to('selectContext')})`,
  ],
  untrusted: [
    'This workspace is in Restricted Mode, so no cluster is contacted. All that needs none works: what a token says when you point at it, hints and marks beside it, problems, lenses, and the list below.',
    '[Manage Workspace Trust](command:workbench.trust.manage)',
  ],
  loading: [
    'Asking the API server for its ServiceAccounts…',
    `[Select Another Context](${to('selectContext')})`,
  ],
  unreachable: [
    'The API server does not answer: no connection, or no answer in time. Is a VPN or a proxy needed?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'nobody-listens': [
    'The API server does not answer: the connection was refused, as nothing listens at its address. Does it run, and is the port right?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'no-such-host': [
    'The name of the API server cannot be resolved. Is a VPN needed, or is the name misspelt?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'wrong-certificate': [
    'A server answers, but its certificate does not fit: it is not signed by the certificate-authority of this kubeconfig, so your credential was not sent. The cluster may have been made anew, or something stands in between.',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'old-certificate': [
    'A server answers, but its certificate has expired or is not valid yet, so your credential was not sent. Renew the server’s certificate, or set this machine’s clock.',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'other-name': [
    'A server answers, but its certificate is for other names than the one in this kubeconfig, so your credential was not sent. Is tls-server-name missing or wrong?',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'no-tls': [
    'A server answers, but not in TLS as expected. Is it http:// rather than https://, or a proxy?',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  unauthorized: [
    'The API server refused your credential (401 Unauthorized) and does not say why. It may have expired, been revoked, or be for another cluster.',
    `[Why Unauthorized?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  forbidden: [
    'You may not list ServiceAccounts in this cluster (403 Forbidden). It needs the verbs "list" and "watch" on "serviceaccounts". If you may list them in some namespaces only, name these.',
    '[Name Namespaces](command:workbench.action.openSettings?%5B%22serviceAccountTokens.namespaces%22%5D)',
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'not-agreed': [
    'ServiceAccounts cannot be shown: the credential of this context comes from a program or a file, and you did not agree to that.',
    `[Ask Me Again](${to('refresh')})`,
    `[Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'bad-kubeconfig': [
    'ServiceAccounts cannot be shown: the kubeconfig cannot be used as it is.',
    `[Show the Reason](${to('showReason')})`,
    `[Try again](${to('refresh')}), or [select another context](${to('selectContext')}).`,
  ],
  busy: [
    'ServiceAccounts cannot be shown: the API server is busy or not ready.',
    `[Try Again](${to('refresh')})`,
    `[Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  failed: [
    'ServiceAccounts cannot be shown.',
    `[Show the Reason](${to('showReason')})`,
    `[Try again](${to('refresh')}), or [select another context](${to('selectContext')}).`,
  ],
  empty: [
    'The API server answered, and it has no ServiceAccount that you can see.',
    `[Try Again](${to('refresh')})`,
    `Or [select another context](${to('selectContext')}).`,
  ],
};

const ofWorkspace: readonly { readonly when: string; readonly lines: readonly string[] }[] = [
  {
    when: 'workspaceFolderCount == 0',
    lines: ['Open a folder to look for tokens in its files.', '[Open Folder](command:vscode.openFolder)'],
  },
  {
    when: 'workspaceFolderCount > 0 && !serviceAccountTokens.scan',
    lines: [
      'Which tokens lie in these files, who do they belong to, and until when? And which lines of scripts, CI, Terraform and programs break since Kubernetes 1.24? The files are read on this machine, and nothing is sent.',
      `[Find Tokens in This Workspace](${to('findTokens')})`,
      `Or [see what breaks since 1.24](${to('findOutdatedLines')}).`,
    ],
  },
  {
    when: "serviceAccountTokens.scan == 'none'",
    lines: [
      "No token was found in this workspace's files, and no line that breaks since Kubernetes 1.24.",
      `[Look Again](${to('findTokens')})`,
      `Or [look into ignored files too](${to('findTokensEverywhere')}).`,
    ],
  },
];

export const viewsWelcome = [
  ...ofWorkspace.map(({ when, lines }) => ({ view: WORKSPACE_VIEW, when, contents: lines.join('\n') })),
  ...Object.entries(ofTree).map(([state, lines]) => ({
    view: VIEW,
    when: `${contextKeys.state} == '${state}'`,
    contents: lines.join('\n'),
  })),
];
