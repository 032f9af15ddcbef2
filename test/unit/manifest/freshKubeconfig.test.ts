import { describe, expect, it } from 'vitest';
import {
  hostPathProblem,
  imageFor,
  mountedKubeconfigParts,
  refreshedParts,
  REFRESH,
  REQUEST,
  requestedParts,
} from '../../../src/manifest/freshKubeconfig.ts';

const account = { namespace: 'kube-system', name: 'cni' };
const wanted = { account, path: '/etc/cni/net.d/cni.kubeconfig', image: 'sh:1' };
const name = 'cni-kubeconfig';
const labels = { 'app.kubernetes.io/name': name };
const rbac = 'rbac.authorization.k8s.io';

const podSpec = (script: string, serviceAccountName: string, more: readonly object[] = []): object => ({
  serviceAccountName,
  containers: [
    {
      name: 'kubeconfig',
      image: 'sh:1',
      command: ['sh', `/scripts/${script}`],
      env: [
        { name: 'ACCOUNT', value: 'cni' },
        { name: 'NAMESPACE', value: 'kube-system' },
        { name: 'MOUNT', value: '/var/run/secrets/kubernetes.io/serviceaccount' },
        { name: 'KUBECONFIG_FOLDER', value: '/host' },
        { name: 'KUBECONFIG_NAME', value: 'cni.kubeconfig' },
        ...more,
      ],
      securityContext: {
        runAsUser: 0,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'], add: ['DAC_OVERRIDE'] },
      },
      resources: { requests: { cpu: '1m', memory: '8Mi' } },
      volumeMounts: [
        { name: 'host', mountPath: '/host' },
        { name: 'scripts', mountPath: '/scripts', readOnly: true },
      ],
    },
  ],
  volumes: [
    { name: 'host', hostPath: { path: '/etc/cni/net.d', type: 'DirectoryOrCreate' } },
    { name: 'scripts', configMap: { name } },
  ],
  tolerations: [{ operator: 'Exists' }],
});
const script = (file: string, text: string): object => ({
  comments: [],
  object: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'kube-system' },
    data: { [file]: text },
  },
});

describe('a kubeconfig that is kept fresh on hosts', () => {
  it('by the Pod’s own token is a script and a DaemonSet that runs as the ServiceAccount', () => {
    expect(refreshedParts(wanted)).toEqual([
      script('refresh.sh', REFRESH),
      {
        comments: [
          'One Pod a node. As a sidecar of another DaemonSet of this ServiceAccount: its container and its volumes.',
        ],
        object: {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name, namespace: 'kube-system', labels },
          spec: {
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: podSpec('refresh.sh', 'cni') },
          },
        },
      },
    ]);
  });

  it('by TokenRequest is a CronJob whose own ServiceAccount may do that one thing', () => {
    expect(requestedParts({ ...wanted, node: 'n-1', duration: '24h' })).toEqual([
      {
        comments: ['Whom the CronJob runs as.'],
        object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'kube-system' } },
      },
      {
        comments: ['It may request a token for cni, and nothing else. Who has it has all that cni may do.'],
        object: {
          apiVersion: `${rbac}/v1`,
          kind: 'Role',
          metadata: { name, namespace: 'kube-system' },
          rules: [
            {
              apiGroups: [''],
              resources: ['serviceaccounts/token'],
              resourceNames: ['cni'],
              verbs: ['create'],
            },
          ],
        },
      },
      {
        comments: [],
        object: {
          apiVersion: `${rbac}/v1`,
          kind: 'RoleBinding',
          metadata: { name, namespace: 'kube-system' },
          roleRef: { apiGroup: rbac, kind: 'Role', name },
          subjects: [{ kind: 'ServiceAccount', name, namespace: 'kube-system' }],
        },
      },
      script('request.sh', REQUEST),
      {
        comments: [
          'It writes onto one node’s host. Each token lives for 24h, and another comes every 6 hours, so that one that fails hurts nobody.',
        ],
        object: {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name, namespace: 'kube-system' },
          spec: {
            schedule: '0 */6 * * *',
            concurrencyPolicy: 'Forbid',
            jobTemplate: {
              spec: {
                template: {
                  spec: {
                    ...podSpec('request.sh', name, [{ name: 'DURATION', value: '24h' }]),
                    restartPolicy: 'OnFailure',
                    nodeSelector: { 'kubernetes.io/hostname': 'n-1' },
                  },
                },
              },
            },
          },
        },
      },
    ]);
  });

  it('for a Pod is a ConfigMap that names the file of the token', () => {
    expect(mountedKubeconfigParts({ account })).toEqual([
      {
        comments: [
          'For whoever has the Pod’s token mounted at its usual place; what reads the file again never has an old one.',
          'Nothing here is secret.',
        ],
        object: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name, namespace: 'kube-system' },
          data: {
            kubeconfig: [
              'apiVersion: v1',
              'kind: Config',
              'clusters:',
              '  - name: local',
              '    cluster:',
              '      server: https://kubernetes.default.svc',
              '      certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
              'users:',
              '  - name: cni',
              '    user:',
              '      tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token',
              'contexts:',
              '  - name: local',
              '    context:',
              '      cluster: local',
              '      user: cni',
              '      namespace: kube-system',
              'current-context: local',
              '',
            ].join('\n'),
          },
        },
      },
    ]);
  });

  it('is written whole or not at all, for its owner alone, by either script', () => {
    for (const text of [REFRESH, REQUEST]) {
      expect(text.startsWith('#!/bin/sh\n')).toBe(true);
      for (const line of [
        'set -eu',
        'umask 077',
        'rm -f "$KUBECONFIG_FOLDER/.$KUBECONFIG_NAME".??????',
        '  next=$(mktemp "$KUBECONFIG_FOLDER/.$KUBECONFIG_NAME.XXXXXX")',
        '      token: $1',
        '  chmod 600 "$next"',
        '  mv -f "$next" "$KUBECONFIG_FOLDER/$KUBECONFIG_NAME"',
      ])
        expect(text.split('\n')).toContain(line);
    }
    expect(REFRESH).toContain('token=$(cat "$MOUNT/token")\n');
    expect(REQUEST).toContain(
      'token=$(kubectl create token "$ACCOUNT" --namespace "$NAMESPACE" --duration "$DURATION")\nwrite "$token"\n',
    );
  });

  it('needs an image with a shell, or one with kubectl', () => {
    expect([imageFor('sh'), imageFor('kubectl')]).toEqual(['busybox:1.37', 'alpine/k8s:1.31.0']);
  });
});

describe('the path of a file on a host', () => {
  it.each(['/etc/cni/net.d/cni.kubeconfig', '/a/b', '/a/.b', '/a/..b/c', '/a b/c', '/a/b..'])(
    'can be %j',
    (path) => {
      expect(hostPathProblem(path)).toBeUndefined();
    },
  );

  it.each(['', 'a/b', 'x/a/b', '/a', '/a/', '/a/b/', '//a/b', '/a//b', '/', '/a/b\0'])(
    'is none of a file in a folder of its own: %j',
    (path) => {
      expect(hostPathProblem(path)).toBe(
        'An absolute path of a file in a folder of its own, such as /etc/cni/net.d/cni.kubeconfig.',
      );
    },
  );

  it.each([
    '/a/"b',
    "/a/'b",
    '/a/`b',
    '/a/$b',
    '/a/b\\',
    '/a/b\nc',
    '/a/../b',
    '/a/./b',
    '/../a',
    '/a/b/..',
    '/a/b/.',
  ])('has nothing in it that a shell or the host would take for more: %j', (path) => {
    expect(hostPathProblem(path)).toBe('Without quotes, $, backslashes and "..".');
  });
});
