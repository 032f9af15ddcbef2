import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/texts/outdatedCorpus.ts';

const found = (path: string, text: string): (readonly [string, string])[] =>
  foundIn({ path, text, beside: new Map() }).map(({ message, start, end }) => [
    message.slice(0, message.indexOf(' before ')),
    text.slice(start, end),
  ]);

const PYTHON = "Python's kubernetes";
const NODE = '@kubernetes/client-node';
const JAVA = "Kubernetes' Java client";
const FABRIC = "fabric8's kubernetes-client";
const PULUMI = "Pulumi's kubernetes";
const pom = (group: string, artifact: string, version: string): string =>
  `<groupId>${group}</groupId>\n  <artifactId>${artifact}</artifactId>\n  <version>${version}</version>\n`;
const lock = (name: string, version: string): string =>
  `[[package]]\nname = "${name}"\nversion = "${version}"\n`;

/** A file that names a library, with a version that is too old, and what is named. */
const files: readonly (readonly [path: string, text: string, library: string, version: string])[] = [
  ...[
    'requirements.txt',
    'requirements-dev.in',
    'constraints.txt',
    'setup.py',
    'setup.cfg',
    'pyproject.toml',
    'Pipfile',
  ].map((path) => [path, 'kubernetes==11.0.0\n', PYTHON, '11.0.0'] as const),
  ['pyproject.toml', 'kubernetes = "11.0.0"\n', PYTHON, '11.0.0'],
  ['Pipfile', 'kubernetes = "==11.0"\n', PYTHON, '11.0'],
  ['poetry.lock', lock('kubernetes', '11.0.10'), PYTHON, '11.0.10'],
  ['uv.lock', lock('kubernetes', '11.10'), PYTHON, '11.10'],
  ['Pipfile.lock', '"kubernetes": { "version": "==11.0.0" }', PYTHON, '11.0.0'],
  ['package.json', '"@kubernetes/client-node": "^0.10.2"', NODE, '0.10.2'],
  ['package-lock.json', '"node_modules/@kubernetes/client-node": { "version": "0.10.2"', NODE, '0.10.2'],
  ['npm-shrinkwrap.json', '"@kubernetes/client-node": {"version": "0.10.2"', NODE, '0.10.2'],
  ['yarn.lock', '"@kubernetes/client-node@^0.10.0":\n  version "0.10.2"\n', NODE, '0.10.2'],
  ['pnpm-lock.yaml', "'@kubernetes/client-node@0.10.2':\n", NODE, '0.10.2'],
  ['pnpm-lock.yaml', '/@kubernetes/client-node/0.10.2:\n', NODE, '0.10.2'],
  ['a.gradle', "'io.kubernetes:client-java:8.10.12'", JAVA, '8.10.12'],
  ['a.gradle.kts', '"io.kubernetes:client-java:8.0.0"', JAVA, '8.0.0'],
  ['gradle.lockfile', 'io.kubernetes:client-java:8.0.0=x\n', JAVA, '8.0.0'],
  ['pom.xml', pom('io.kubernetes', 'client-java', '8.10.12'), JAVA, '8.10.12'],
  ['a.gradle', "'io.fabric8:openshift-client:5.7.14'", FABRIC, '5.7.14'],
  ['a.gradle.kts', "'io.fabric8:kubernetes-client:5.7.4'", FABRIC, '5.7.4'],
  ['gradle.lockfile', 'io.fabric8:kubernetes-client:5.7.4=x\n', FABRIC, '5.7.4'],
  ['pom.xml', pom('io.fabric8', 'kubernetes-client', '5.7.4'), FABRIC, '5.7.4'],
  ...['a.csproj', 'a.fsproj', 'a.vbproj', 'Directory.Packages.props'].map(
    (path) =>
      [path, '<X Include="KubernetesClient" Version="7.0.4" />', 'KubernetesClient', '7.0.4'] as const,
  ),
  ['packages.lock.json', '"KubernetesClient": { "resolved": "4.10.26"', 'KubernetesClient', '4.10.26'],
  ['Cargo.toml', 'kube = "0.68.10"\n', 'kube', '0.68.10'],
  ['Cargo.lock', lock('kube', '0.68.10'), 'kube', '0.68.10'],
  ['go.mod', 'require k8s.io/client-go v8.10.12+incompatible\n', 'k8s.io/client-go', '8.10.12'],
  ...['requirements.txt', 'setup.py'].map(
    (path) => [path, 'pulumi-kubernetes==3.18.12\n', PULUMI, '3.18.12'] as const,
  ),
  ['package.json', '"@pulumi/kubernetes": "3.19.10"', PULUMI, '3.19.10'],
  ['package-lock.json', '"node_modules/@pulumi/kubernetes": { "version": "3.19.10"', PULUMI, '3.19.10'],
  ['npm-shrinkwrap.json', '"@pulumi/kubernetes": {\n  "version": "3.19.10"', PULUMI, '3.19.10'],
  ['poetry.lock', lock('pulumi-kubernetes', '3.18.12'), PULUMI, '3.18.12'],
  ['go.mod', '\tgithub.com/pulumi/pulumi-kubernetes/sdk/v3 v3.18.12\n', PULUMI, '3.18.12'],
];

/** What has a file looked into whatever it is called. */
const NEEDLES = '\n# kubectl get secret -token';

describe('a file of dependencies', () => {
  it.each(files)(
    '%s is told by its name that it names an old library: %j',
    (path, text, library, version) => {
      for (const place of [path, `a/b/${path}`, `a\\${path}`])
        expect([place, found(place, text)]).toEqual([place, [[library, version]]]);
      expect(found(`${path}x`, text + NEEDLES)).toEqual([]);
      const ending = /^a(\..*)$/.exec(path)?.[1];
      expect(
        found(ending === undefined ? `x${path}` : `a${ending.replace('.', '_')}`, text + NEEDLES),
      ).toEqual([]);
    },
  );

  it.each([
    ['Pipfile.lock', '{"_meta": {}, "default": {"requests": {"version": "==2.0.0"}}}'],
    ['yarn.lock', '"undici@^0.1.0":\n  resolved "x"\n  version "0.1.0"\n'],
    ['pnpm-lock.yaml', '/ is not in the path:/0.10.2:\n'],
    ['packages.lock.json', '{"version": 1, "NuGet": { "resolved": "4.0.0" }}'],
  ])('%s is told nothing where it locks others alone: %j', (path, text) => {
    expect(found(path, text + NEEDLES)).toEqual([]);
  });

  it('is told each version of a library once, and each library', () => {
    const text = ['0.60.1', '0.60.1', '0.60.2'].map((version) => lock('kube', version)).join('\n');
    expect(found('Cargo.lock', text)).toEqual([
      ['kube', '0.60.1'],
      ['kube', '0.60.2'],
    ]);
    const both = `${lock('kubernetes', '11.0.0')}\n${lock('pulumi-kubernetes', '3.18.12')}`;
    expect(found('poetry.lock', both)).toEqual([
      [PYTHON, '11.0.0'],
      [PULUMI, '3.18.12'],
    ]);
  });

  it('is told since which version it would be right, and what is not', () => {
    const said = (path: string, text: string): string | undefined =>
      foundIn({ path, text, beside: new Map() })[0]?.message;
    expect(said('requirements.txt', 'kubernetes==11.0.0')).toBe(
      "Python's kubernetes before 12.0.0 reads the token that is mounted in a Pod once, and is refused when that ends: after an hour, or later where the cluster extends it.",
    );
    expect(said('requirements.txt', 'pulumi-kubernetes==3.20.1')).toBe(
      "Pulumi's kubernetes before 3.20.2 waits for a token Secret of each ServiceAccount that it makes, and none comes since Kubernetes 1.24.",
    );
  });

  it('is looked into so far behind a name, and no further', () => {
    const yarn = (width: number): string =>
      `@kubernetes/client-node@${' '.repeat(width)}\n  version "0.10.2"\n`;
    expect([found('yarn.lock', yarn(260)).length, found('yarn.lock', yarn(290)).length]).toEqual([1, 0]);
    const pipenv = (width: number): string => `"kubernetes": {${' '.repeat(width)}"version": "==11.0.0"`;
    expect([found('Pipfile.lock', pipenv(2900)).length, found('Pipfile.lock', pipenv(3000)).length]).toEqual([
      1, 0,
    ]);
    const nuget = (width: number): string => `"KubernetesClient": {${' '.repeat(width)}"resolved": "4.0.0"`;
    expect([
      found('packages.lock.json', nuget(370)).length,
      found('packages.lock.json', nuget(400)).length,
    ]).toEqual([1, 0]);
  });
});
