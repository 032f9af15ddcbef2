import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  visit,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';

/** A document of more words, keys, marks and line ends is not read: composing one cannot be done a piece at a time. */
const MOST_LEXEMES = 20_000;
/** Aliases of a document that are followed; more is a YAML bomb. */
const MOST_ALIASES = 100;
/** How many lexemes are read before others may run. */
const PORTION = 250;

/** A field of a mapping. */
export interface Field {
  readonly name: string;
  readonly key: Scalar;
  readonly pair: Pair;
  readonly map: YAMLMap;
  /** The value's node, aliases followed; undefined where there is none. */
  readonly value: Node | undefined;
  /** Whether it stands in this very mapping, and was not merged in by `<<`. */
  readonly isOwn: boolean;
}

/** One YAML or JSON document with the place of everything in it, aliases and merges followed. */
export class YamlText {
  readonly text: string;
  readonly root: Node | undefined;
  readonly #targets: ReadonlyMap<Node, Node | undefined>;

  constructor(text: string, document: Document, targets: ReadonlyMap<Node, Node | undefined>) {
    this.text = text;
    this.root = nodeOf(document.contents);
    this.#targets = targets;
  }

  /** What a node stands for. */
  resolve(value: unknown): Node | undefined {
    const node = nodeOf(value);
    return node && isAlias(node) ? this.#targets.get(node) : node;
  }

  /** A mapping's field by name; of two of the same name the last, and its own before merged ones. */
  field(of: Field | Node | undefined, name: string): Field | undefined {
    const map = this.resolve(of && 'pair' in of ? of.value : of);
    return map && isMap(map) ? this.#find(map, name, 0) : undefined;
  }

  /** The nested field at the end of a path. */
  at(of: Field | Node | undefined, ...path: readonly string[]): Field | undefined {
    let found: Field | undefined;
    let from = of;
    for (const name of path) {
      found = this.field(from, name);
      if (!found) return undefined;
      from = found;
    }
    return found;
  }

  /** The items of a list, aliases followed. */
  items(of: Field | undefined): Node[] {
    const { value } = of ?? {};
    if (!value || !isSeq(value)) return [];
    return value.items.map((item) => this.resolve(item)).filter((item) => item !== undefined);
  }

  /** A field's text; undefined where it is no text. */
  string(of: Field | undefined): string | undefined {
    const value = scalarOf(of);
    return typeof value === 'string' ? value : undefined;
  }

  /** A field's text; undefined where it is no text, or empty, which Go does not tell from absent. */
  filled(of: Field | undefined): string | undefined {
    const text = this.string(of);
    return text === '' ? undefined : text;
  }

  /** A field's value, where it is no list and no mapping. */
  scalar(of: Field | undefined): unknown {
    return scalarOf(of);
  }

  #find(map: YAMLMap, name: string, depth: number): Field | undefined {
    let merged: Field | undefined;
    for (let index = map.items.length - 1; index >= 0; index--) {
      const pair = map.items[index];
      const key = pair?.key;
      if (!pair || !isScalar(key)) continue;
      if (key.value === name || (key.value === null && key.source === name)) {
        return { name, key, pair, map, value: this.resolve(pair.value), isOwn: depth === 0 };
      }
      if (key.source === '<<' && depth < 5) merged ??= this.#merged(pair.value, name, depth + 1);
    }
    return merged;
  }

  #merged(value: unknown, name: string, depth: number): Field | undefined {
    const from = this.resolve(value);
    if (!from) return undefined;
    for (const map of isSeq(from) ? from.items.slice(0, MOST_ALIASES) : [from]) {
      const source = this.resolve(map);
      const found = source && isMap(source) ? this.#find(source, name, depth) : undefined;
      if (found) return found;
    }
    return undefined;
  }
}

/**
 * Reads one document, and yields each few milliseconds so that others may run. Returns undefined for what is no valid
 * YAML (a problem of the text that its own tools show), and for several documents.
 */
export function* readYaml(text: string): Generator<undefined, YamlText | 'too-large' | undefined> {
  const parser = new Parser();
  const tokens = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MOST_LEXEMES) return 'too-large';
    if (count % PORTION === 0) yield;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  yield;
  // YAML 1.1 is what kubectl reads.
  const composer = new Composer({
    version: '1.1',
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const [document, second] = [...composer.compose(tokens)];
  if (!document || second || document.errors.length > 0) return undefined;
  yield;
  const targets = targetsOf(document);
  return targets && new YamlText(text, document, targets);
}

/** What each alias stands for: the last node before it that has the anchor. Undefined where there are too many. */
function targetsOf(document: Document): ReadonlyMap<Node, Node | undefined> | undefined {
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node | undefined>();
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
      return targets.size > MOST_ALIASES ? visit.BREAK : undefined;
    },
  });
  return targets.size > MOST_ALIASES ? undefined : targets;
}

function nodeOf(value: unknown): Node | undefined {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined;
}

function scalarOf(of: Field | undefined): unknown {
  return of?.value && isScalar(of.value) ? of.value.value : undefined;
}
