import { YamlFault } from './cursor.ts';
import { parseFirst, type Node } from './parser.ts';
import { MOST_SIGNED, resolveScalar, type Scalar } from './resolve.ts';

/** A value with the line (from 1) that it is written in. Of a mapping, the fields are in the order of their first mention. */
export type Value =
  | { readonly line: number; readonly is: Scalar }
  | { readonly line: number; readonly is: readonly Value[] }
  | { readonly line: number; readonly is: ReadonlyMap<string, Value> };

/** How many values may come of a text, aliases followed; beyond it is a YAML bomb. */
const MOST_VALUES = 200_000;
/** How deep values may lie within one another, aliases followed. */
const DEEPEST = 200;

/**
 * Reads the first document of a text as kubectl does before it looks at any field: sigs.k8s.io/yaml's YAMLToJSON over
 * go.yaml.in/yaml/v2 (decode.go). Of two fields of one name the later counts, and a `<<` counts where it stands, over
 * what is before it. Undefined where there is no document. Throws YamlFault.
 */
export function decodeFirst(text: string): Value | undefined {
  const root = parseFirst(text);
  return root && new Decoder().decode(root);
}

/** A value without its lines; `big` says what an integer becomes that a number cannot hold. */
export function withoutLines({ is, line }: Value, big: (value: bigint, line: number) => unknown): unknown {
  if (typeof is === 'bigint') return Number.isSafeInteger(Number(is)) ? Number(is) : big(is, line);
  if (isMapping(is)) {
    return Object.fromEntries(Array.from(is, ([name, value]) => [name, withoutLines(value, big)] as const));
  }
  return isList(is) ? is.map((item) => withoutLines(item, big)) : is;
}

/** Whether a value is a list. */
export function isList(is: Value['is']): is is readonly Value[] {
  return Array.isArray(is);
}

/** Whether a value is a mapping. */
export function isMapping(is: Value['is']): is is ReadonlyMap<string, Value> {
  return is instanceof Map;
}

/** A field of a mapping, with what its key was before it became a text. */
interface Entry {
  readonly type: string;
  readonly value: Value;
}

class Decoder {
  #count = 0;
  #aliased = 0;
  #depth = 0;
  /** Aliases that are being followed. */
  readonly #open = new Set<Node>();

  decode(node: Node): Value {
    this.#enter(node);
    const value = this.#value(node);
    this.#depth -= 1;
    return value;
  }

  #value(node: Node): Value {
    const { line } = node;
    switch (node.kind) {
      case 'alias':
        return this.#follow(node, () => this.decode(node.target));
      case 'sequence':
        return { line, is: node.items.map((item) => this.decode(item)) };
      case 'mapping': {
        const entries = new Map<string, Entry>();
        this.#fill(node, entries);
        return { line, is: new Map([...entries].map(([name, { value }]) => [name, value])) };
      }
      case 'scalar':
        return { line, is: valueOf(node) };
    }
  }

  #follow<T>(node: Node, read: () => T): T {
    if (this.#open.has(node)) throw new YamlFault('an anchor contains itself', node.line, true);
    this.#open.add(node);
    const found = read();
    this.#open.delete(node);
    return found;
  }

  #fill(node: Node & { kind: 'mapping' }, entries: Map<string, Entry>): void {
    for (const [key, value] of node.pairs) {
      if (isMerge(key)) {
        this.#merge(value, entries);
        continue;
      }
      const { name, type } = keyOf(this.decode(key));
      const known = entries.get(name);
      if (known && known.type !== type) {
        throw new YamlFault('two keys differ in their type alone, and either may win', key.line, false);
      }
      entries.set(name, { type, value: this.decode(value) });
    }
  }

  /** Of a list of mappings the first wins, so that they are merged from its end. */
  #merge(value: Node, entries: Map<string, Entry>): void {
    const sources = value.kind === 'sequence' ? value.items.toReversed() : [value];
    for (const source of sources) {
      const target = source.kind === 'alias' ? source.target : source;
      if (target.kind !== 'mapping') throw new YamlFault('"<<" merges mappings alone', source.line, true);
      this.#enter(source);
      if (source.kind === 'alias') {
        this.#follow(source, () => {
          this.#enter(target);
          this.#fill(target, entries);
          this.#depth -= 1;
        });
      } else {
        this.#fill(target, entries);
      }
      this.#depth -= 1;
    }
  }

  /** Counts as go-yaml does, which refuses a document that is almost all made of aliases. */
  #enter({ line }: Node): void {
    this.#count += 1;
    this.#depth += 1;
    if (this.#open.size > 0) this.#aliased += 1;
    if (this.#count > 1000 && this.#aliased / this.#count > 0.99) {
      throw new YamlFault('almost all of it comes from aliases', line, true);
    }
    if (this.#count > MOST_VALUES) throw new YamlFault('it has too many values', line, false);
    if (this.#depth > DEEPEST) throw new YamlFault('it is nested too deeply', line, false);
  }
}

function isMerge(key: Node): boolean {
  return key.kind === 'scalar' && key.text === '<<' && (key.isPlain || key.tag === 'tag:yaml.org,2002:merge');
}

/** Keys of all types become texts in JSON. */
function keyOf({ line, is }: Value): { readonly name: string; readonly type: string } {
  if (typeof is === 'number') throw new YamlFault('a key is a fraction', line, false);
  const isTooBig = typeof is === 'bigint' && is > MOST_SIGNED;
  if (is === null || isTooBig) throw new YamlFault('a key is no text', line, false);
  if (typeof is === 'object') throw new YamlFault('a key is no text', line, true);
  return { name: String(is), type: typeof is };
}

function valueOf({ line, text, tag, isPlain }: Node & { kind: 'scalar' }): Scalar {
  return tag === '' && !isPlain ? text : resolveScalar(tag, text, line);
}
