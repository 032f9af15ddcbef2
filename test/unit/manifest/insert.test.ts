import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendParts, appendToTemplate } from '../../../src/manifest/append.ts';
import { manifestYaml, serviceAccountPart, tokenSecretPart } from '../../../src/manifest/buildManifest.ts';
import { applyEdits } from '../../../src/yaml/edit.ts';
import { projectedVolume } from '../../../src/manifest/projected.ts';
import { addVolume, findWorkloads } from '../../../src/manifest/workload.ts';
import { layout, messageOf, undone, valuesOf, workload } from '../../support/texts/anyManifest.ts';

const account = { namespace: 'ci', name: 'deployer' };
const parts = [
  serviceAccountPart(account),
  tokenSecretPart({ namespace: 'ci', name: 'deployer-token', serviceAccount: 'deployer' }),
];
const objects = parts.map(({ object }) => object);
const projected = projectedVolume({
  name: 'vault-token',
  mountPath: '/var/run/secrets/tokens',
  path: 'vault',
  audience: 'vault',
  expirationSeconds: 3600,
  withCluster: false,
});

describe('a projected volume', () => {
  it('is put into a workload of any layout with all else byte for byte, and mounted where asked', () => {
    fc.assert(
      fc.property(
        workload.chain((value) => layout(value)),
        fc.boolean(),
        (text, both) => {
          const [found] = findWorkloads(text);
          if (!found) throw new Error('The workload was not found.');
          const names = both ? found.containers.map(({ name }) => name) : ['one'];
          const edits = addVolume(text, found, projected, names);
          const [after] = findWorkloads(applyEdits(text, edits));
          expect(after?.volumeNames).toEqual([...found.volumeNames, 'vault-token']);
          for (const { name, mountPaths } of after?.containers ?? []) {
            expect(mountPaths.includes('/var/run/secrets/tokens')).toBe(names.includes(name));
          }
          for (const { start, end } of edits) expect(text.slice(start, end)).toMatch(/^\s*(?:null|~)?$/);
          expect(undone(text, edits)).toBe(text);
          const mixed = text.includes('\r\n') && /[^\r]\n/.test(applyEdits(text, edits));
          expect(mixed).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  }, 30_000);
});

describe('a projected volume in a manifest that people wrote', () => {
  const pod = (spec: string): string => `kind: Pod\nmetadata: { name: app }\nspec:\n${spec}`;
  const added = (text: string, containers = ['app']): string => {
    const [found] = findWorkloads(text);
    if (!found) throw new Error('The workload was not found.');
    return applyEdits(text, addVolume(text, found, projected, containers));
  };

  it('stands where the other volumes and mounts stand, before the comments that follow', () => {
    const text = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: app
spec:
  template:
    spec:
      containers:
      - name: app # the one
        volumeMounts:
        - name: data
          mountPath: /data   # kept as it is
        # about the image
        image: app:1
      volumes:
      - name: data
        emptyDir: {}
      # the end of the Pod
---
kind: ConfigMap
`;
    expect(added(text)).toBe(`apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: app
spec:
  template:
    spec:
      containers:
      - name: app # the one
        volumeMounts:
        - name: data
          mountPath: /data   # kept as it is
        - name: vault-token
          mountPath: /var/run/secrets/tokens
          readOnly: true
        # about the image
        image: app:1
      volumes:
      - name: data
        emptyDir: {}
      - name: vault-token
        projected:
          sources:
          - serviceAccountToken:
              path: vault
              expirationSeconds: 3600
              audience: vault
      # the end of the Pod
---
kind: ConfigMap
`);
  });

  it.each(['\n', '\r\n'])(
    'ends as the text ended where that has no line end, of lines that end with %j',
    (eol) => {
      const text = pod(
        '  containers:\n  - name: app\n  volumes:\n  - name: data\n    emptyDir: {}',
      ).replaceAll('\n', eol);
      expect(added(text).endsWith(`${eol}${' '.repeat(10)}audience: vault`)).toBe(true);
      expect(added(text).replaceAll(eol, '')).not.toMatch(/[\r\n]/);
    },
  );

  it.each([
    [
      'an anchor used twice',
      pod('  containers: &c\n  - name: app\n  initContainers: *c\n'),
      'used in other places',
    ],
    [
      'mounts that are shared',
      pod(
        '  containers:\n  - name: app\n    volumeMounts: &m\n    - {name: a, mountPath: /a}\n  - name: two\n    volumeMounts: *m\n',
      ),
      '"&m" at line 7',
    ],
    [
      'mounts by an alias',
      pod('  x: &m []\n  containers:\n  - name: app\n    volumeMounts: *m\n'),
      'is no list',
    ],
    [
      'volumes by a merge',
      `x: &base\n  volumes: []\n${pod('  <<: *base\n  containers:\n  - name: app\n')}`,
      'comes from a merge',
    ],
    [
      'a text for a list',
      pod('  volumes: none\n  containers:\n  - name: app\n'),
      'volumes at line 4, column 3 is no list',
    ],
    [
      'a text for a list in braces',
      '{"kind": "Pod", "spec": {"containers": [{"name": "app"}],\n"volumes": "none"}}',
      'volumes at line 2, column 1 is no list',
    ],
    [
      'a map for a list in braces',
      '{"kind": "Pod", "spec": {"containers": [{"name": "app"}], "volumes": {}}}',
      'is no list',
    ],
    [
      'a null that other places use, in braces',
      '{kind: Pod, spec: {containers: [{name: app}], volumes: &v null}}',
      'is no list',
    ],
  ])('is refused, with the place, for %s', (_what, text, why) => {
    expect(messageOf(() => added(text))).toContain(why);
  });

  it('is written with the quotes and the list indentation that the file has', () => {
    const text = `kind: "Pod"
metadata: {name: "app"}
spec:
  containers:
    - name: "app"
      image: "app:1"
`;
    expect(added(text)).toBe(`${text}      volumeMounts:
        - name: "vault-token"
          mountPath: "/var/run/secrets/tokens"
          readOnly: true
  volumes:
    - name: "vault-token"
      projected:
        sources:
          - serviceAccountToken:
              path: "vault"
              expirationSeconds: 3600
              audience: "vault"
`);
    const flow = "{kind: Pod, metadata: {name: 'app'}, spec: {containers: [{name: 'app', image: 'app'}]}}\n";
    expect(added(flow)).toBe(
      "{kind: Pod, metadata: {name: 'app'}, spec: {containers: [{name: 'app', image: 'app', " +
        "volumeMounts: [{name: 'vault-token', mountPath: '/var/run/secrets/tokens', readOnly: true}]}], " +
        "volumes: [{name: 'vault-token', projected: {sources: [{serviceAccountToken: " +
        "{path: 'vault', expirationSeconds: 3600, audience: 'vault'}}]}}]}}\n",
    );
  });

  it('finds the workloads of several documents and of a List, with the ServiceAccount of their Pods', () => {
    const text = `${pod('  serviceAccountName: robot\n  containers: [{name: app}]\n')}---\nkind: List\nitems:\n- kind: Deployment\n  metadata: {name: two, namespace: ci}\n  spec: {template: {spec: {containers: []}}}\n- kind: ConfigMap\n`;
    expect(findWorkloads(text)).toMatchObject([
      { kind: 'Pod', name: 'app', namespace: undefined, serviceAccount: 'robot' },
      { kind: 'Deployment', name: 'two', namespace: 'ci', serviceAccount: undefined },
    ]);
  });
});

describe('objects at the end of a manifest', () => {
  it('leave what is there byte for byte and read back, whatever the layout', () => {
    const documents = fc
      .array(workload, { maxLength: 2 })
      .chain((all) => fc.tuple(...all.map((one) => layout(one))));
    fc.assert(
      fc.property(documents, fc.constantFrom('', '---\n', '# only\n', '---', '...\n'), (texts, end) => {
        const isJson = texts.some((one) => /^\uFEFF?\s*[{[]/.test(one));
        fc.pre(!isJson && !texts.slice(1).some((one) => one.startsWith('\uFEFF')));
        const text = [...texts.map((one) => (one.endsWith('\n') ? one : `${one}\n`)), end]
          .join('---\n')
          .replace(/---\n$/, '');
        fc.pre(messageOf(() => findWorkloads(text)) === 'none');
        const edits = appendParts(text, parts);
        const result = applyEdits(text, edits);
        expect(result.startsWith(text)).toBe(true);
        const isSomething = (value: unknown): boolean => value !== null;
        expect(valuesOf(result).filter(isSomething)).toEqual([
          ...valuesOf(text).filter(isSomething),
          ...objects,
        ]);
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it.each([
    ['an empty file', '', manifestYaml(parts)],
    ['a file without a last line break', 'kind: A', `kind: A\n---\n${manifestYaml(parts)}`],
    ['a file that ends in ---', 'kind: A\n---\n', `kind: A\n---\n${manifestYaml(parts)}`],
    ['a file of comments', '# mine\n', `# mine\n${manifestYaml(parts)}`],
    [
      'lines that end in CRLF',
      'kind: A\r\n',
      `kind: A\r\n---\r\n${manifestYaml(parts).replaceAll('\n', '\r\n')}`,
    ],
  ])('are appended to %s', (_what, text, expected) => {
    expect(applyEdits(text, appendParts(text, parts))).toBe(expected);
  });

  it('go into a List of JSON, in its own layout', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'A' }] }, undefined, 2);
    const expected = { apiVersion: 'v1', kind: 'List', items: [{ kind: 'A' }, ...objects] };
    expect(applyEdits(text, appendParts(text, parts))).toBe(JSON.stringify(expected, undefined, 2));
    expect(JSON.parse(applyEdits('{"kind":"List"}', appendParts('{"kind":"List"}', parts)))).toEqual({
      kind: 'List',
      items: objects,
    });
  });

  it('do not fit into other JSON, which is said with the way out', () => {
    const why = messageOf(() => appendParts('{"kind": "Secret"}', parts));
    expect(why).toContain('has Secret');
    expect(why).toContain('Choose a new file');
  });

  it('are not put behind YAML that cannot be read', () => {
    expect(messageOf(() => appendParts('a: [', parts))).toContain('line 1');
  });

  it('are appended to a Helm template, which is no YAML yet', () => {
    const text = '{{- if .Values.on }}\na: {{ .Values.a }}\n{{- end }}';
    expect(applyEdits(text, appendToTemplate(text, parts))).toBe(`${text}\n---\n${manifestYaml(parts)}`);
  });
});
