import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { blockYaml } from '../yaml/blockYaml.ts';
import type { Rule } from './rights.ts';

/** An object of a manifest, with what its reader should know of it. */
export interface ManifestPart {
  /** Lines above it, without `#`. */
  readonly comments: readonly string[];
  readonly object: Readonly<Record<string, unknown>>;
}

export interface AccountNames {
  readonly namespace: string;
  readonly name: string;
}

export interface TokenSecretNames {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
}

/** Documents of YAML, one for each part, in their order. */
export function manifestYaml(parts: readonly ManifestPart[]): string {
  return parts
    .map(({ comments, object }) => comments.map((line) => `# ${line}\n`).join('') + blockYaml(object))
    .join('---\n');
}

/** A token Secret without data: the token controller fills that in. */
export function tokenSecretPart({ namespace, name, serviceAccount }: TokenSecretNames): ManifestPart {
  return {
    comments: [
      'The token controller fills in token, ca.crt and namespace; nothing here is secret.',
      'The token never expires: it ends when this Secret or its ServiceAccount is deleted.',
    ],
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace, annotations: { [OWNER_ANNOTATION]: serviceAccount } },
      type: TOKEN_SECRET_TYPE,
    },
  };
}

export function serviceAccountPart({ namespace, name }: AccountNames): ManifestPart {
  return {
    comments: [
      'Comes first: the token controller deletes a token Secret whose ServiceAccount does not exist.',
    ],
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
  };
}

/** A Role with these rights, and the RoleBinding of the same name that gives it to a ServiceAccount. */
export function roleParts(
  name: string,
  account: AccountNames,
  rules: readonly Rule[],
): readonly [ManifestPart, ManifestPart] {
  const { namespace } = account;
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { comments: [], object: { apiVersion, kind: 'Role', metadata: { name, namespace }, rules } },
    {
      comments: [],
      object: {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name, namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name: account.name, namespace }],
      },
    },
  ];
}
