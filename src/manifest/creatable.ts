import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { readDocuments } from '../yaml/documents.ts';
import { placedObjects } from './placedObjects.ts';
import { API_VERSIONS } from './kinds.ts';
import { nameProblem, namespaceProblem } from './names.ts';

/** An object of a manifest that can be created in a cluster and compared with it. */
export interface Creatable {
  readonly kind: keyof typeof API_VERSIONS;
  readonly name: string;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
  readonly object: Readonly<Record<string, unknown>>;
  /** Where it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** Whether an object is a token Secret. */
export function isTokenSecret({ kind, type }: Readonly<Record<string, unknown>>): boolean {
  return kind === 'Secret' && type === TOKEN_SECRET_TYPE;
}

/**
 * Finds the Secrets, ServiceAccounts, Roles and RoleBindings of a manifest; Lists are looked into. Throws bad-input,
 * with what was found instead, where there is none, or where one has a name that no cluster accepts.
 */
export function findObjects(text: string): readonly Creatable[] {
  const others = new Set<string>();
  const found = readDocuments(text)
    .flatMap((document) => placedObjects(document))
    .flatMap(({ object, start, end }) => {
      const { kind, apiVersion } = object;
      if (!isKind(kind)) {
        others.add(typeof kind === 'string' ? kind : 'a document without a kind');
        return [];
      }
      if (apiVersion !== API_VERSIONS[kind]) {
        throw new Problem('bad-input', `This ${kind} needs "apiVersion: ${API_VERSIONS[kind]}".`);
      }
      return [{ kind, ...names(kind, object), object, start, end }];
    });
  if (found.length > 0) return found;
  const instead = others.size === 0 ? 'nothing' : [...others].join(', ');
  throw new Problem(
    'bad-input',
    `There is no Secret, ServiceAccount, Role or RoleBinding here; found ${instead}.`,
  );
}

function isKind(kind: unknown): kind is Creatable['kind'] {
  return typeof kind === 'string' && Object.hasOwn(API_VERSIONS, kind);
}

function names(
  kind: string,
  object: Readonly<Record<string, unknown>>,
): Pick<Creatable, 'name' | 'namespace'> {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const { name, namespace } = metadata;
  if (typeof name !== 'string')
    throw new Problem(
      'bad-input',
      `This ${kind} has no metadata.name, or one that is no text: put it in quotes.`,
    );
  // RBAC allows more in names than others do (kubernetes pkg/apis/rbac/validation, path segment names).
  const isRbac = kind === 'Role' || kind === 'RoleBinding';
  const badName = isRbac ? (/^\.{0,2}$|[/%]/.test(name) ? 'No "/" or "%".' : undefined) : nameProblem(name);
  if (badName !== undefined)
    throw new Problem('bad-input', `The ${kind} ${JSON.stringify(name)} cannot have that name. ${badName}`);
  if (namespace === undefined || namespace === null) return { name, namespace: undefined };
  const badNamespace =
    typeof namespace === 'string' ? namespaceProblem(namespace) : 'It is no text: put it in quotes.';
  if (badNamespace !== undefined || typeof namespace !== 'string') {
    throw new Problem('bad-input', `The ${kind} ${name} has a bad metadata.namespace. ${badNamespace ?? ''}`);
  }
  return { name, namespace };
}
