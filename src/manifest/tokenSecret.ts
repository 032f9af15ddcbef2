import { LineCounter, parseAllDocuments, stringify, type Document } from 'yaml';
import { messageOf, Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { nameProblem, namespaceProblem } from './names.ts';

const TYPE = 'kubernetes.io/service-account-token';
const OWNER = 'kubernetes.io/service-account.name';
/** Aliases of a document that are followed; more is a YAML bomb. */
const MOST_ALIASES = 100;

export interface TokenSecretNames {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
}

/** A token Secret in a manifest. */
export interface TokenSecretInText {
  readonly name: string;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
  readonly serviceAccount: string;
  /** The whole object. */
  readonly object: Readonly<Record<string, unknown>>;
  /** Where its document begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** The manifest of a token Secret as YAML, without data: the token controller fills that in. */
export function tokenSecretYaml({ namespace, name, serviceAccount }: TokenSecretNames): string {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, annotations: { [OWNER]: serviceAccount } },
    type: TYPE,
  };
  return [
    '# The token controller fills in token, ca.crt and namespace; nothing here is secret.',
    '# The token never expires: it ends when this Secret or its ServiceAccount is deleted.',
    stringify(secret, { version: '1.1', lineWidth: 0 }),
  ].join('\n');
}

/**
 * Finds the token Secrets in a manifest: YAML of one or more documents or JSON, Lists looked into.
 * Throws bad-input, which says what was found instead, where there is none or where one cannot be created.
 */
export function readTokenSecrets(text: string): readonly TokenSecretInText[] {
  const lines = new LineCounter();
  // YAML 1.1 is what kubectl reads; without code frames, as those repeat lines that may hold a token.
  const documents = parseAllDocuments(text, { version: '1.1', prettyErrors: false, lineCounter: lines });
  const found: TokenSecretInText[] = [];
  const others = new Set<string>();
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new Problem('bad-input', `This is not valid YAML at line ${line}, column ${col}.`);
    }
    const [start, , end] = document.range ?? [0, 0, text.length];
    for (const object of objectsOf(valueOf(document))) {
      if (object['kind'] === 'Secret' && object['type'] === TYPE) {
        found.push({ ...check(object), object, start, end });
      } else {
        others.add(nameOfKind(object));
      }
    }
  }
  if (found.length > 0) return found;
  const instead = others.size === 0 ? 'nothing' : [...others].join(', ');
  throw new Problem('bad-input', `There is no Secret of type ${TYPE} here; found ${instead}.`);
}

function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw new Problem('bad-input', `The aliases of this YAML cannot be followed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function objectsOf(value: unknown): Record<string, unknown>[] {
  if (!isRecord(value)) return [];
  const { kind, items } = value;
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
    ? items.filter(isRecord)
    : [value];
}

function nameOfKind({ kind, type }: Record<string, unknown>): string {
  if (typeof kind !== 'string') return 'a document without a kind';
  return kind === 'Secret' ? `a Secret of type ${typeof type === 'string' ? type : 'Opaque'}` : kind;
}

function check(object: Record<string, unknown>): Omit<TokenSecretInText, 'object' | 'start' | 'end'> {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  const { name, namespace } = metadata;
  const serviceAccount = annotations[OWNER];
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
    throw wrong(`needs the annotation ${OWNER}: the API server refuses it without.`);
  }
  if (object['immutable'] === true) {
    throw wrong('has "immutable: true", so the token controller could never fill it. Take that out.');
  }
  return { name, namespace: namespace ?? undefined, serviceAccount };
}
