/** What changes seldom: views, the file names of kubeconfigs, the walkthrough and the tools for language models. */
export const viewsContainers = {
  activitybar: [{ id: 'serviceAccountTokens', title: 'ServiceAccounts', icon: 'media/activity-bar.svg' }],
};

export const views = {
  serviceAccountTokens: [
    {
      id: 'serviceAccountTokens.tree',
      name: 'ServiceAccounts',
      icon: 'media/activity-bar.svg',
      contextualTitle: 'ServiceAccount Tokens',
      initialSize: 3,
    },
    {
      id: 'serviceAccountTokens.workspace',
      name: 'Tokens in This Workspace',
      icon: 'media/activity-bar.svg',
      contextualTitle: 'ServiceAccount Tokens',
      visibility: 'collapsed',
      initialSize: 2,
    },
  ],
};

export const languages = [
  {
    id: 'yaml',
    extensions: ['.kubeconfig'],
    filenames: ['kubeconfig'],
    filenamePatterns: ['**/.kube/config'],
  },
];

export const walkthroughs = [
  {
    id: 'unauthorized',
    title: 'From Unauthorized to a Kubeconfig That Works',
    description:
      'What changed about ServiceAccount tokens in Kubernetes 1.24, in five steps on your own cluster.',
    steps: [
      {
        id: 'changed',
        title: 'No token Secrets since Kubernetes 1.24',
        description:
          'Up to Kubernetes 1.23, every ServiceAccount got a token that never expired, and scripts copied it. Since 1.24, a ServiceAccount gets no token Secret.\n[Show ServiceAccounts](command:serviceAccountTokens.tree.focus)\nThe tree shows which token Secrets each ServiceAccount has, and which Pods run as it.',
        media: {
          svg: 'media/walkthrough/1-changed.svg',
          altText: 'Up to Kubernetes 1.23, every ServiceAccount had a token Secret. Since 1.24, it has none.',
        },
        completionEvents: ['onView:serviceAccountTokens.tree'],
      },
      {
        id: 'podToken',
        title: "What a Pod's token contains",
        description:
          'Copy a token from a Pod, a file or a kubeconfig, and look inside. Nothing leaves this machine.\n[Inspect Token](command:serviceAccountTokens.inspectToken)\nThe token names the Pod that it is bound to, and becomes invalid when that Pod is deleted. The kubelet renews the token file in the Pod, but not a copy of it.',
        media: {
          svg: 'media/walkthrough/2-pod-token.svg',
          altText: 'A bound token names its ServiceAccount, its Pod and when it expires, and is signed.',
        },
        completionEvents: ['onContext:serviceAccountTokens.hasInspected'],
      },
      {
        id: 'unauthorized',
        title: 'Why it stopped working',
        description:
          "When the Pod is replaced, anything that copied its token gets a single word: Unauthorized. Ctrl+click (Cmd+click on macOS) that message in the terminal, or start here. The API server's checks are replayed, and you see which one fails.\n[Why Unauthorized?](command:serviceAccountTokens.explainToken)\n[Why Does This Kubeconfig Fail?](command:serviceAccountTokens.explainKubeconfig)",
        media: {
          svg: 'media/walkthrough/3-unauthorized.svg',
          altText:
            'When the Pod is deleted, its token becomes invalid. The copy on the host gets 401 Unauthorized.',
        },
        completionEvents: ['onContext:serviceAccountTokens.hasExplained'],
      },
      {
        id: 'tokenSecret',
        title: 'Create a token Secret on purpose',
        description:
          'The ServiceAccount must exist first: the token controller fills a token Secret in only if its ServiceAccount exists, and deletes it otherwise.\n[Create Token Secret](command:serviceAccountTokens.createTokenSecret)\nTo rotate the token, create a Secret under a new name: the old name can bring the old token back.',
        media: {
          svg: 'media/walkthrough/4-token-secret.svg',
          altText:
            'You create a token Secret that names a ServiceAccount, and the token controller fills it in.',
        },
        completionEvents: ['onContext:serviceAccountTokens.hasMadeTokenSecret'],
      },
      {
        id: 'kubeconfig',
        title: 'Generate a kubeconfig that works',
        description:
          "The file is private, git is told to ignore it, and the API server is asked to confirm who it is.\n[Generate Kubeconfig](command:serviceAccountTokens.generateKubeconfig)\nAnyone who has the file has the ServiceAccount's rights until its token ends. A token from a token Secret ends when the Secret is deleted.",
        media: {
          svg: 'media/walkthrough/5-kubeconfig.svg',
          altText:
            'A kubeconfig has a server, its certificate authority and a token, and the API server confirms who it is.',
        },
        completionEvents: ['onContext:serviceAccountTokens.hasMadeKubeconfig'],
      },
    ],
  },
];

export const languageModelTools = [
  {
    name: 'inspect_token',
    toolReferenceName: 'inspect_token',
    displayName: 'Inspect ServiceAccount Token',
    icon: '$(key)',
    canBeReferencedInPrompt: true,
    userDescription:
      'Explains what a token in a file contains, and why a server would refuse it. The model never gets the token.',
    modelDescription:
      "Decodes JWTs and Kubernetes ServiceAccount tokens at a place in a file (raw or base64) on the user's machine and tells whose each is, what it is bound to, when it expires, and which of the API server's checks would refuse it. Use it when a Kubernetes request fails with 401 Unauthorized, or when a user asks what a token is. Name the file and line: never read a token yourself and never ask the user to paste one. The token itself is never returned.",
    tags: ['kubernetes', 'token'],
    inputSchema: {
      type: 'object',
      properties: {
        file: {
          type: 'string',
          description:
            'Path of the file that the token is in: absolute, or relative to a workspace folder. Left out: the file in the active editor, at the cursor.',
        },
        line: {
          type: 'integer',
          minimum: 1,
          description:
            'The line, counted from 1, on which the token begins. Left out: every token of the file.',
        },
        lookInCluster: {
          type: 'boolean',
          description:
            "Also look up, in the cluster of the user's selected context and by metadata alone, whether what the token depends on still exists. The token is not sent.",
        },
      },
    },
  },
  {
    name: 'list_service_accounts',
    toolReferenceName: 'list_service_accounts',
    displayName: 'List ServiceAccounts',
    icon: '$(account)',
    canBeReferencedInPrompt: true,
    userDescription: 'Lists the ServiceAccounts of the selected context, with their token Secrets and Pods.',
    modelDescription:
      "Lists the Kubernetes ServiceAccounts of the user's selected context with the names of their token Secrets (last use, whether marked invalid) and Pods. Reads metadata alone; no token is read or returned.",
    tags: ['kubernetes'],
    inputSchema: {
      type: 'object',
      properties: {
        namespace: { type: 'string', description: 'Only this namespace.' },
        name: { type: 'string', description: 'Only ServiceAccounts whose name has this text in it.' },
      },
    },
  },
];
