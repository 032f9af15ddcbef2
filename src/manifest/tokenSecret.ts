import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { manifestYaml, tokenSecretPart, type TokenSecretNames } from './buildManifest.ts';
import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import { readDocuments } from '../yaml/documents.ts';
import { placedObjects } from './placedObjects.ts';
import { nameProblem, namespaceProblem } from './names.ts';

/** A token Secret in a manifest. */
export interface TokenSecretInText {
  readonly name: string;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
  readonly serviceAccount: string;
  /** The whole object. */
  readonly object: Readonly<Record<string, unknown>>;
  /** Where it begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The manifest of a token Secret as YAML, without data: the token controller fills that in. */
export function tokenSecretYaml(names: TokenSecretNames): string {
  return manifestYaml([tokenSecretPart(names)]);
}

/**
 * Finds the token Secrets in a manifest: YAML of one or more documents or JSON, Lists looked into.
 * Throws bad-input, which says what was found instead, where there is none or where one cannot be created.
 */
export function readTokenSecrets(text: string): readonly TokenSecretInText[] {
  const found: TokenSecretInText[] = [];
  const others = new Set<string>();
  for (const document of readDocuments(text)) {
    for (const { object, start, end } of placedObjects(document)) {
      if (object['kind'] === 'Secret' && object['type'] === TOKEN_SECRET_TYPE) {
        found.push({ ...check(object), object, start, end });
      } else {
        others.add(nameOfKind(object));
      }
    }
  }
  if (found.length > 0) return found;
  const instead = others.size === 0 ? 'nothing' : [...others].join(', ');
  throw new Problem('bad-input', `There is no Secret of type ${TOKEN_SECRET_TYPE} here; found ${instead}.`);
}

function nameOfKind({ kind, type }: Record<string, unknown>): string {
  if (typeof kind !== 'string') return 'a document without a kind';
  return kind === 'Secret' ? `a Secret of type ${typeof type === 'string' ? type : 'Opaque'}` : kind;
}

function check(object: Record<string, unknown>): Omit<TokenSecretInText, 'object' | 'start' | 'end'> {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const { name, namespace } = metadata;
  const serviceAccount = annotations[OWNER_ANNOTATION];
  const wrong = (what: string): Problem =>
    new Problem('bad-input', `The token Secret ${JSON.stringify(name ?? '')} ${what}`);
  if (typeof name !== 'string') throw wrong('has no metadata.name.');
  const badName = nameProblem(name);
  if (badName !== undefined) throw wrong(`cannot have that name. ${badName}`);
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string') {
    throw wrong('has a metadata.namespace that is no text: put it in quotes.');
  }
  const badNamespace = typeof namespace === 'string' ? namespaceProblem(namespace) : undefined;
  if (badNamespace !== undefined) throw wrong(`has a bad metadata.namespace. ${badNamespace}`);
  if (typeof serviceAccount !== 'string' || serviceAccount === '') {
    throw wrong(`needs the annotation ${OWNER_ANNOTATION}: the API server refuses it without.`);
  }
  if (object['immutable'] === true) {
    throw wrong('has "immutable: true", so the token controller could never fill it. Take that out.');
  }
  return { name, namespace: namespace ?? undefined, serviceAccount };
}
