import type { Outdated } from './finding.ts';

/** A client library, and the first version that reads a mounted token again after the kubelet has renewed it. */
interface Library {
  readonly name: string;
  readonly since: readonly number[];
  /** How a file of dependencies names it, with its version in the first group. */
  readonly in: readonly (readonly [file: RegExp, line: RegExp])[];
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
    in: [
      [
        PYTHON_FILES,
        /^[ \t]{0,20}["']?kubernetes[ \t]{0,4}(?:==|<=|~=)[ \t]{0,4}(\d{1,3}(?:\.\d{1,3}){0,2})/gm,
      ],
    ],
  },
  {
    name: '@kubernetes/client-node',
    since: [0, 10, 3],
    in: [
      [
        /^package\.json$/,
        /"@kubernetes\/client-node"[ \t]{0,4}:[ \t]{0,4}"[\^~=]?(\d{1,3}\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: "Kubernetes' Java client",
    since: [9, 0, 0],
    in: [
      [/\.gradle(?:\.kts)?$/, /["']io\.kubernetes:client-java:(\d{1,3}\.\d{1,3}\.\d{1,3})/g],
      [
        /^pom\.xml$/,
        /<groupId>io\.kubernetes<\/groupId>\s{0,40}<artifactId>client-java<\/artifactId>\s{0,40}<version>(\d{1,3}\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: "fabric8's kubernetes-client",
    since: [5, 8, 0],
    in: [
      [/\.gradle(?:\.kts)?$/, /["']io\.fabric8:(?:kubernetes|openshift)-client:(\d{1,3}\.\d{1,3}\.\d{1,3})/g],
      [
        /^pom\.xml$/,
        /<groupId>io\.fabric8<\/groupId>\s{0,40}<artifactId>(?:kubernetes|openshift)-client<\/artifactId>\s{0,40}<version>(\d{1,3}\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: 'KubernetesClient',
    since: [7, 0, 5],
    in: [
      [
        /\.(?:cs|fs|vb)proj$|^Directory\.Packages\.props$/,
        /Include="KubernetesClient"[ \t]{1,4}Version="(\d{1,3}\.\d{1,3}\.\d{1,3})/g,
      ],
    ],
  },
  {
    name: 'kube',
    since: [0, 69, 0],
    in: [
      [
        /^Cargo\.toml$/,
        /^kube(?:-client)?[ \t]{0,4}=[ \t]{0,4}(?:\{[ \t]{0,4}version[ \t]{0,4}=[ \t]{0,4})?"[\^~=]?(\d{1,3}(?:\.\d{1,3}){1,2})/gm,
      ],
    ],
  },
  {
    // client-go's own versions before the tags v0.x: v9.0.0 is of Kubernetes 1.12, whose transport reads the file again.
    name: 'k8s.io/client-go',
    since: [9, 0, 0],
    in: [
      [
        /^go\.mod$/,
        /^[ \t]{0,8}(?:require[ \t]{1,4})?k8s\.io\/client-go[ \t]{1,8}v(\d{1,3}\.\d{1,3}\.\d{1,3})\+incompatible/gm,
      ],
    ],
  },
];

/** Client libraries of a file of dependencies that read a mounted token once. */
export function oldClientsIn(path: string, text: string): readonly Outdated[] {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return LIBRARIES.flatMap((library) =>
    library.in
      .flatMap(([file, line]) => (file.test(name) ? [...text.matchAll(line)].slice(0, MOST) : []))
      .flatMap((match) => {
        const version = match[1] ?? '';
        if (!isOlder(version.split('.').map(Number), library.since)) return [];
        const start = match.index + match[0].lastIndexOf(version);
        return [
          {
            rule: 'client-too-old' as const,
            message: `${library.name} before ${library.since.join('.')} reads the token that is mounted in a Pod once, and is refused when that ends: after an hour, or later where the cluster extends it.`,
            start,
            end: start + version.length,
            fixes: () => [],
          },
        ];
      }),
  );
}

function isOlder(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, part] of than.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
