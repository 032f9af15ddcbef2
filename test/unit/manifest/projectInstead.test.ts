import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { applyEdits } from '../../../src/yaml/edit.ts';
import { projectInstead } from '../../../src/manifest/projectInstead.ts';

const DAEMON_SET = `# What runs on each node
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  template:
    spec:
      serviceAccountName: agent   # the owner
      containers:
        - name: main
          volumeMounts:
            - { name: token, mountPath: /etc/agent }
      volumes:
        - name: token # old
          secret:
            # from before 1.24
            secretName: agent-token
            defaultMode: 256
        - name: other
          secret: { secretName: another }
---
kind: Service
`;
const after = (text: string, secret = 'agent-token'): string =>
  applyEdits(text, projectInstead(text, secret));
const volumes = (text: string): unknown => {
  const [first = ''] = text.split('---');
  return (parse(first) as { spec: { template: { spec: { volumes: unknown } } } }).spec.template.spec.volumes;
};
const SOURCES = [
  { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: {
      items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
    },
  },
];

describe('a projected token in the place of a token Secret', () => {
  it('gives the same files at the same paths, and leaves all else byte for byte', () => {
    const text = after(DAEMON_SET);
    expect(volumes(text)).toEqual([
      { name: 'token', projected: { defaultMode: 256, sources: SOURCES } },
      { name: 'other', secret: { secretName: 'another' } },
    ]);
    const [head] = DAEMON_SET.split('          secret:\n            # from');
    expect(text.startsWith(head ?? '?')).toBe(true);
    expect(text.endsWith(DAEMON_SET.slice(DAEMON_SET.indexOf('        - name: other')))).toBe(true);
  });

  it('keeps the names that the volume gives to its files', () => {
    const items = `secretName: agent-token
            items: [{ key: token, path: bearer }]`;
    const text = after(
      DAEMON_SET.replace('secretName: agent-token', items).replace('            defaultMode: 256\n', ''),
    );
    expect(volumes(text)).toMatchObject([
      { projected: { sources: [{ serviceAccountToken: { path: 'bearer', expirationSeconds: 3600 } }] } },
      {},
    ]);
  });

  it('is written in one line where the volume is, and as JSON in JSON', () => {
    const flow = after(DAEMON_SET, 'another');
    expect(volumes(flow)).toMatchObject([{}, { name: 'other', projected: { sources: SOURCES } }]);
    const pod = {
      kind: 'Pod',
      spec: { volumes: [{ name: 'v', secret: { secretName: 'agent-token' } }] },
    };
    for (const text of [JSON.stringify(pod), JSON.stringify(pod, undefined, 2)]) {
      const written = JSON.parse(after(text)) as typeof pod;
      expect(written.spec.volumes).toEqual([{ name: 'v', projected: { sources: SOURCES } }]);
    }
  });

  it('keeps Windows line ends', () => {
    const text = after(DAEMON_SET.replaceAll('\n', '\r\n'));
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('is nothing where nothing mounts the Secret, as in an environment variable', () => {
    const env = `kind: Pod
spec:
  containers:
    - env: [{ name: T, valueFrom: { secretKeyRef: { name: agent-token, key: token } } }]
`;
    expect(projectInstead(env, 'agent-token')).toEqual([]);
  });

  it('is refused where the volume takes what no projection has, or is shared by an alias', () => {
    const extra = DAEMON_SET.replace('defaultMode: 256', 'items: [{ key: extra, path: x }]');
    expect(() => projectInstead(extra, 'agent-token')).toThrow(/the key extra/);
    const shared = `kind: Pod
spec:
  volumes:
    - &v
      name: one
      secret:
        secretName: agent-token
    - *v
`;
    expect(() => projectInstead(shared, 'agent-token')).toThrow(/used in other places/);
  });
});
