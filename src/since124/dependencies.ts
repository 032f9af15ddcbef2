import { since } from '../versions.ts';
import type { Outdated } from './finding.ts';

/** A client library, and the first version that reads a mounted token again after the kubelet has renewed it. */
interface Library {
  readonly name: string;
  readonly since: readonly number[];
  /** How a file of dependencies names it, with its version in the first group. */
  readonly in: readonly (readonly [file: RegExp, line: RegExp])[];
  /** And how a file that a program writes does: the version stands within the next characters behind what begins an entry. */
  readonly locked?: readonly (readonly [file: RegExp, begin: string, within: number, version: RegExp])[];
}

/** So many are judged in one file. */
const MOST = 200;

const PYTHON_FILES =
  /^(?:requirements.*\.(?:txt|in)|constraints.*\.txt|pyproject\.toml|setup\.(?:py|cfg)|Pipfile)$/;

/**
 * Amazon EKS user guide, "Kubernetes service accounts", names the versions of the official clients; kubernetes-client and
 * kube-rs have theirs in their changelogs.
 */
const LIBRARIES: readonly Library[] = [
  {
    name: "Python's kubernetes",
    since: [12, 0, 0],
    locked: [[/^Pipfile\.lock$/, '"kubernetes": {', 3000, /"version": "==(\d{1,3}(?:\.\d{1,3}){1,2})"/]],
    in: [
      [
        PYTHON_FILES,
        /^[ \t]{0,20}["']?kubernetes[ \t]{0,4}(?:==|<=|~=)[ \t]{0,4}(\d{1,3}(?:\.\d{1,3}){0,2})/gm,
      ],
      [
        /^(?:pyproject\.toml|Pipfile)$/,
        /^kubernetes[ \t]{0,4}=[ \t]{0,4}"(?:==)?(\d{1,3}(?:\.\d{1,3}){1,2})"/gm,
      ],
      [/^(?:poetry|uv)\.lock$/, /^name = "kubernetes"\r?\nversion = "(\d{1,3}(?:\.\d{1,3}){1,2})"/gm],
    ],
  },
  {
    name: '@kubernetes/client-node',
    since: [0, 10, 3],
    locked: [
      [/^yarn\.lock$/, '@kubernetes/client-node@', 300, /\n {2}version:? "?(\d\.\d{1,3}\.\d{1,3})/],
      [/^pnpm-lock\.yaml$/, '@kubernetes/client-node@', 20, /^(\d\.\d{1,3}\.\d{1,3})/],
      [/^pnpm-lock\.yaml$/, '/@kubernetes/client-node/', 20, /^(\d\.\d{1,3}\.\d{1,3})/],
    ],
    in: [
      [/^package\.json$/, /"@kubernetes\/client-node"[ \t]{0,4}:[ \t]{0,4}"[\^~=]?(\d\.\d{1,3}\.\d{1,3})/g],
      [
        /^(?:package-lock|npm-shrinkwrap)\.json$/,
        /["/]@kubernetes\/client-node": \{\s{0,40}"version": "(\d\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: "Kubernetes' Java client",
    since: [9, 0, 0],
    in: [
      [/\.gradle(?:\.kts)?$/, /["']io\.kubernetes:client-java:(\d\.\d{1,3}\.\d{1,3})/g],
      [/^gradle\.lockfile$/, /^io\.kubernetes:client-java:(\d\.\d{1,3}\.\d{1,3})/gm],
      [
        /^pom\.xml$/,
        /<groupId>io\.kubernetes<\/groupId>\s{0,40}<artifactId>client-java<\/artifactId>\s{0,40}<version>(\d\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: "fabric8's kubernetes-client",
    since: [5, 8, 0],
    in: [
      [/\.gradle(?:\.kts)?$/, /["']io\.fabric8:(?:kubernetes|openshift)-client:(\d\.\d{1,3}\.\d{1,3})/g],
      [/^gradle\.lockfile$/, /^io\.fabric8:kubernetes-client:(\d\.\d{1,3}\.\d{1,3})/gm],
      [
        /^pom\.xml$/,
        /<groupId>io\.fabric8<\/groupId>\s{0,40}<artifactId>(?:kubernetes|openshift)-client<\/artifactId>\s{0,40}<version>(\d\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: 'KubernetesClient',
    since: [7, 0, 5],
    locked: [[/^packages\.lock\.json$/, '"KubernetesClient": {', 400, /"resolved": "(\d\.\d{1,3}\.\d{1,3})/]],
    in: [
      [
        /\.(?:cs|fs|vb)proj$|^Directory\.Packages\.props$/,
        /Include="KubernetesClient"[ \t]{1,4}Version="(\d\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: 'kube',
    since: [0, 69, 0],
    in: [
      [
        /^Cargo\.toml$/,
        /^kube(?:-client)?[ \t]{0,4}=[ \t]{0,4}(?:\{[ \t]{0,4}version[ \t]{0,4}=[ \t]{0,4})?"[\^~=]?(\d(?:\.\d{1,3}){1,2})/gm,
      ],
      [/^Cargo\.lock$/, /^name = "kube"\r?\nversion = "(\d\.\d{1,3}\.\d{1,3})"/gm],
    ],
  },
  {
    // client-go's own versions before the tags v0.x: v9.0.0 is of Kubernetes 1.12, whose transport reads the file again.
    name: 'k8s.io/client-go',
    since: [9, 0, 0],
    in: [
      [
        /^go\.mod$/,
        /^[ \t]{0,8}(?:require[ \t]{1,4})?k8s\.io\/client-go[ \t]{1,8}v(\d\.\d{1,3}\.\d{1,3})\+incompatible/gm,
      ],
    ],
  },
];

/** Pulumi's provider, which waited for the Secrets of each ServiceAccount up to 3.20.1 (its CHANGELOG, pull request 2099). */
const PULUMI: Library = {
  name: "Pulumi's kubernetes",
  since: [3, 20, 2],
  in: [
    [
      PYTHON_FILES,
      /^[ \t]{0,20}["']?pulumi[-_]kubernetes[ \t]{0,4}(?:==|<=)[ \t]{0,4}(\d\.\d{1,3}\.\d{1,3})/gm,
    ],
    [/^package\.json$/, /"@pulumi\/kubernetes"[ \t]{0,4}:[ \t]{0,4}"[~=]?(\d\.\d{1,3}\.\d{1,3})"/g],
    [
      /^(?:package-lock|npm-shrinkwrap)\.json$/,
      /["/]@pulumi\/kubernetes": \{\s{0,40}"version": "(\d\.\d{1,3}\.\d{1,3})/g,
    ],
    [/^poetry\.lock$/, /^name = "pulumi-kubernetes"\r?\nversion = "(\d\.\d{1,3}\.\d{1,3})"/gm],
    [
      /^go\.mod$/,
      /^[ \t]{0,8}(?:require[ \t]{1,4})?github\.com\/pulumi\/pulumi-kubernetes\/sdk\/v3[ \t]{1,8}v(\d\.\d{1,3}\.\d{1,3})/gm,
    ],
  ],
};

/** Client libraries of a file of dependencies that read a mounted token once, and providers that wait for a token Secret. */
export function oldClientsIn(path: string, text: string): readonly Outdated[] {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return [
    ...olderIn(
      name,
      text,
      LIBRARIES,
      'client-too-old',
      'reads the token that is mounted in a Pod once, and is refused when that ends: after an hour, or later where the cluster extends it.',
    ),
    ...olderIn(
      name,
      text,
      [PULUMI],
      'provider-too-old',
      `waits for a token Secret of each ServiceAccount that it makes, and none comes since Kubernetes ${since('no token Secrets by itself')}.`,
    ),
  ];
}

function olderIn(
  name: string,
  text: string,
  libraries: readonly Library[],
  rule: 'client-too-old' | 'provider-too-old',
  does: string,
): readonly Outdated[] {
  return libraries.flatMap((library) => {
    const told = new Set<string>();
    return [...versionsIn(name, text, library)]
      .filter(({ version }) => isOlder(version.split('.').map(Number), library.since))
      .filter(({ version }) => !told.has(version) && told.add(version))
      .map(({ version, start }) => ({
        rule,
        message: `${library.name} before ${library.since.join('.')} ${does}`,
        start,
        end: start + version.length,
        fixes: () => [],
      }));
  });
}

/** Each version of a library that a file of dependencies names. */
function* versionsIn(
  name: string,
  text: string,
  library: Library,
): Generator<{ readonly version: string; readonly start: number }> {
  for (const [file, line] of library.in) {
    if (!file.test(name)) continue;
    for (const match of [...text.matchAll(line)].slice(0, MOST)) {
      const version = match[1] ?? '';
      yield { version, start: match.index + match[0].lastIndexOf(version) };
    }
  }
  for (const [file, begin, within, line] of library.locked ?? []) {
    if (!file.test(name)) continue;
    let tried = 0;
    for (let at = text.indexOf(begin); at >= 0 && tried < MOST; at = text.indexOf(begin, at + 1)) {
      tried += 1;
      const from = at + begin.length;
      const match = line.exec(text.slice(from, from + within));
      if (match?.[1] === undefined) continue;
      yield { version: match[1], start: from + match.index + match[0].lastIndexOf(match[1]) };
    }
  }
}

/** Whether a version is older than another, part by part. */
export function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, part] of than.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
