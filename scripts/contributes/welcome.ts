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
    'No kubeconfig was found in your settings, in $KUBECONFIG or at ~/.kube/config. ServiceAccounts appear here as soon as there is one.',
    `[Add a Kubeconfig…](${to('addKubeconfig')})`,
    `Or [try again](${to('refresh')}).`,
  ],
  'no-context': [
    "No context is selected, or the kubeconfig no longer has the one that was. Select a context; your kubeconfig's current-context stays as it is.",
    `[Select a Context](${to('selectContext')})`,
  ],
  untrusted: [
    'This workspace is in Restricted Mode, so no cluster is contacted. Everything that needs no cluster works: hovers, hints and marks next to tokens, problems, lenses, and the list below.',
    '[Manage Workspace Trust](command:workbench.trust.manage)',
  ],
  loading: [
    'Loading ServiceAccounts from the API server…',
    `[Select Another Context](${to('selectContext')})`,
  ],
  unreachable: [
    'The API server does not answer: the connection failed or timed out. Do you need a VPN or a proxy?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'nobody-listens': [
    'The API server does not answer: the connection was refused, as nothing listens at its address. Is it running, and is the port right?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'no-such-host': [
    'The name of the API server cannot be resolved. Do you need a VPN, or is the name misspelled?',
    `[Try Again](${to('refresh')})`,
    `[Why does this kubeconfig fail?](${explainSelected}) [Show the reason](${to('showReason')}) in full, or [select another context](${to('selectContext')}).`,
  ],
  'wrong-certificate': [
    'A server answers, but its certificate does not fit: it is not signed by the certificate authority in this kubeconfig, so your credential was not sent. The cluster may have been created again, or something may be intercepting the connection.',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'old-certificate': [
    'A server answers, but its certificate has expired or is not valid yet, so your credential was not sent. Renew the server’s certificate, or correct this machine’s clock.',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'other-name': [
    'A server answers, but its certificate is for other names than the one in this kubeconfig, so your credential was not sent. Is tls-server-name missing or wrong?',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  'no-tls': [
    'A server answers, but not with TLS as expected. Is the address http:// instead of https://, or is it a proxy?',
    `[Why Does This Kubeconfig Fail?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  unauthorized: [
    'The API server refused your credential (401 Unauthorized) and does not say why. The credential may be expired, revoked, or for another cluster.',
    `[Why Unauthorized?](${explainSelected})`,
    `[Show the reason](${to('showReason')}) in full, [try again](${to('refresh')}) or [select another context](${to('selectContext')}).`,
  ],
  forbidden: [
    'You may not list ServiceAccounts in this cluster (403 Forbidden). This needs the verbs "list" and "watch" on "serviceaccounts". If you may list them only in some namespaces, name those.',
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
    'The API server answered, but there are no ServiceAccounts that you can see.',
    `[Try Again](${to('refresh')})`,
    `Or [select another context](${to('selectContext')}).`,
  ],
};

const ofWorkspace: readonly { readonly when: string; readonly lines: readonly string[] }[] = [
  {
    when: 'workspaceFolderCount == 0',
    lines: ['Open a folder to search its files for tokens.', '[Open Folder](command:vscode.openFolder)'],
  },
  {
    when: 'workspaceFolderCount > 0 && !serviceAccountTokens.scan',
    lines: [
      'Which tokens are in these files, whose are they, and how long do they live? And which lines of scripts, CI files, Terraform and programs stopped working in Kubernetes 1.24? The files are read on this machine, and nothing is sent.',
      `[Find Tokens in This Workspace](${to('findTokens')})`,
      `Or [see what breaks since 1.24](${to('findOutdatedLines')}).`,
    ],
  },
  {
    when: "serviceAccountTokens.scan == 'none'",
    lines: [
      "No tokens were found in this workspace's files, and no lines that stopped working in Kubernetes 1.24.",
      `[Look Again](${to('findTokens')})`,
      `Or [search ignored files too](${to('findTokensEverywhere')}).`,
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
