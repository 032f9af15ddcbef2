import { Problem } from '../errors.ts';
import { decodeFirst, isList, isMapping, withoutLines, type Value } from './yaml/decode.ts';
import { YamlFault } from './yaml/cursor.ts';
import { isBase64 } from './yaml/resolve.ts';

/** One mapping of a kubeconfig, read by type as Go's JSON decoder does (sigs.k8s.io/json, case-sensitive). */
export class Fields {
  readonly #fields: ReadonlyMap<string, Value>;
  readonly #origin: string;
  readonly #path: string;
  /** Where it is written, from 1. */
  readonly line: number;

  private constructor(fields: ReadonlyMap<string, Value>, line: number, origin: string, path: string) {
    this.#fields = fields;
    this.line = line;
    this.#origin = origin;
    this.#path = path;
  }

  /** The fields of a text's first document; none where it is empty. Throws bad-kubeconfig, with the line. */
  static ofText(text: string, origin: string): Fields {
    const root = decoded(text, origin);
    if (root === undefined || root.is === null) return new Fields(new Map(), 1, origin, '');
    if (isMapping(root.is)) return new Fields(root.is, root.line, origin, '');
    const why = 'it has no fields at its top';
    throw refusal(`${origin} is not a kubeconfig: ${why}.`, new YamlFault(why, root.line, true));
  }

  /** A text; undefined where it is absent. */
  given(key: string): string | undefined {
    const value = this.#get(key);
    return value && this.#textOf(value, this.#at(key));
  }

  /** A text; an empty one counts as absent, as in Go. */
  text(key: string): string | undefined {
    const found = this.given(key);
    return found === '' ? undefined : found;
  }

  flag(key: string): boolean {
    const value = this.#get(key);
    if (value === undefined) return false;
    if (typeof value.is !== 'boolean') throw this.#wrong(value, this.#at(key), 'true or false');
    return value.is;
  }

  /** Base64 without its line ends; kubectl refuses a whole file for any that is none. */
  base64(key: string): string | undefined {
    const value = this.#get(key);
    if (value && isList(value.is)) throw uncertain(this.#origin, value.line, `${this.#at(key)} is a list`);
    const data = value && this.#textOf(value, this.#at(key)).replaceAll(/[\r\n]/g, '');
    if (value && !isBase64(data ?? '')) throw this.#wrong(value, this.#at(key), 'base64');
    return data === '' ? undefined : data;
  }

  list(key: string): readonly Value[] {
    const value = this.#get(key);
    if (value === undefined) return [];
    if (!isList(value.is)) throw this.#wrong(value, this.#at(key), 'a list');
    return value.is;
  }

  /** A list of texts, of which null is an empty one, as in Go. */
  texts(key: string): string[] {
    return this.list(key).map((item, index) => this.#textOf(item, `${this.#at(key)}[${index}]`));
  }

  /** A mapping, undefined where it is absent. */
  fields(key: string): Fields | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : this.#fieldsOf(value, this.#at(key));
  }

  /** The mappings of a list; null is one without fields, as in Go. */
  items(key: string): Fields[] {
    return this.list(key).map((item, index) => this.#fieldsOf(item, `${this.#at(key)}[${index}]`));
  }

  keys(): string[] {
    return [...this.#fields.keys()];
  }

  /** A value of any type, as JSON has it. */
  json(key: string): unknown {
    const value = this.#get(key);
    const refuse = (line: number): never => {
      throw uncertain(this.#origin, line, `${this.#at(key)} has a number beyond 2^53`);
    };
    return value && withoutLines(value, (_number, line) => refuse(line));
  }

  /** Anyone's own data by name. Throws bad-kubeconfig where a name with data is there twice. */
  extensions(): ReadonlyMap<string, Fields> {
    return byName(this, 'extensions', this.#origin, (one) => one.#get('extension') !== undefined);
  }

  /** A list of `{name, <inner>}` by name. */
  named<T>(key: string, inner: string, read: (name: string, fields: Fields) => T): ReadonlyMap<string, T> {
    return new Map(
      [...byName(this, key, this.#origin)].map(([name, item]) => {
        const fields = item.fields(inner) ?? new Fields(new Map(), item.line, this.#origin, inner);
        fields.extensions();
        return [name, read(name, fields)];
      }),
    );
  }

  /** Says that a field is not as kubectl wants it. */
  wrong(key: string, expected: string): Problem {
    return this.#wrong(this.#fields.get(key), this.#at(key), expected);
  }

  #get(key: string): Value | undefined {
    const value = this.#fields.get(key);
    return value?.is === null ? undefined : value;
  }

  #textOf(value: Value, path: string): string {
    if (value.is === null) return '';
    if (typeof value.is !== 'string') throw this.#wrong(value, path, 'a string: put it in quotes');
    return value.is;
  }

  #fieldsOf(value: Value, path: string): Fields {
    if (value.is === null) return new Fields(new Map(), value.line, this.#origin, path);
    if (!isMapping(value.is)) throw this.#wrong(value, path, 'a mapping');
    return new Fields(value.is, value.line, this.#origin, path);
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #wrong(value: Value | undefined, path: string, expected: string): Problem {
    const why = `${path} must be ${expected}`;
    const message = `${this.#origin}${value ? `, line ${value.line}` : ''}: ${why}.`;
    return refusal(message, new YamlFault(why, value?.line ?? this.line, true));
  }
}

/**
 * All that kubectl reads in a text, as JSON, to be compared; what its fields mean is not looked at. Throws bad-kubeconfig,
 * with the line.
 */
export function comparable(text: string, origin: string): unknown {
  const root = decoded(text, origin);
  return root && withoutLines(root, String);
}

/** The mappings of a list by their name. Throws bad-kubeconfig where a name that counts is there twice. */
function byName(
  holder: Fields,
  key: string,
  origin: string,
  counts: (item: Fields) => boolean = () => true,
): ReadonlyMap<string, Fields> {
  const found = new Map<string, Fields>();
  for (const item of holder.items(key)) {
    const name = item.text('name') ?? '';
    const before = found.get(name);
    if (before && counts(before)) {
      const why = `two ${key} have the same name, "${name}"`;
      throw refusal(`${origin} has two ${key} with the name "${name}".`, new YamlFault(why, item.line, true));
    }
    found.set(name, item);
  }
  return found;
}

function decoded(text: string, origin: string): Value | undefined {
  try {
    return decodeFirst(text);
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const { line, message, isRefused } = error;
    throw isRefused
      ? refusal(`${origin} is not valid YAML at line ${line}: ${message}.`, error)
      : uncertain(origin, line, message);
  }
}

function uncertain(origin: string, line: number, what: string): Problem {
  return refusal(
    `${origin} cannot be read with certainty as kubectl reads it, for what is at line ${line}: ${what}.`,
    new YamlFault(what, line, false),
  );
}

/** A refusal that keeps what is wrong and where, for those who show the text. */
function refusal(message: string, fault: YamlFault): Problem {
  return new Problem('bad-kubeconfig', message, { cause: fault });
}
