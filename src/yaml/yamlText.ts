import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  visit,
  type CST,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { AS_KUBECTL, MOST_ALIASES, parsePlaces } from './documents.ts';

/** A document of more words is not read: composing one cannot be done a piece at a time. */
const MOST_WORDS = 20_000;
/** How much of a long text, within double quotes or not, and how many line ends and backslashes take as long as a word. */
const LENGTH_OF_WORD = 128;
const QUOTED_OF_WORD = 20;
const BREAKS_OF_WORD = 8;
/** What is deeper is no object of Kubernetes, and composing it runs out of stack. */
const MOST_DEPTH = 100;
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
  readonly document: Document;
  readonly #targets: ReadonlyMap<Node, Node | undefined>;

  constructor(text: string, document: Document, targets: ReadonlyMap<Node, Node | undefined>) {
    this.text = text;
    this.document = document;
    this.root = nodeOf(document.contents);
    this.#targets = targets;
  }

  /** What a node stands for. */
  resolve(value: unknown): Node | undefined {
    const node = nodeOf(value);
    return node && isAlias(node) ? this.#targets.get(node) : node;
  }

  /** A mapping's field by name; of two of the same name the last, as kubectl reads it: a `<<` counts where it stands. */
  field(of: Field | Node | undefined, name: string): Field | undefined {
    const map = this.resolve(of && 'pair' in of ? of.value : of);
    return map && isMap(map) ? this.#find(map, name, new Set()) : undefined;
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

  /** The fields that stand in a mapping itself, in their order. */
  fields(of: Field | Node | undefined): Field[] {
    const map = this.resolve(of && 'pair' in of ? of.value : of);
    if (!map || !isMap(map)) return [];
    return map.items.flatMap((pair) => {
      const { key } = pair;
      if (!isScalar(key) || typeof key.value !== 'string') return [];
      return [{ name: key.value, key, pair, map, value: this.resolve(pair.value), isOwn: true }];
    });
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

  /** `seen`: the mappings that were looked through, however many ways merges lead to one. */
  #find(map: YAMLMap, name: string, seen: Set<YAMLMap>): Field | undefined {
    const isOwn = seen.size === 0;
    seen.add(map);
    for (let index = map.items.length - 1; index >= 0; index--) {
      const pair = map.items[index];
      const key = pair?.key;
      if (!pair || !isScalar(key)) continue;
      if (key.value === name || (key.value === null && key.source === name)) {
        return { name, key, pair, map, value: this.resolve(pair.value), isOwn };
      }
      const merged = isMerge(key) ? this.#merged(pair.value, name, seen) : undefined;
      if (merged) return merged;
    }
    return undefined;
  }

  #merged(value: unknown, name: string, seen: Set<YAMLMap>): Field | undefined {
    const from = this.resolve(value);
    if (!from) return undefined;
    for (const map of isSeq(from) ? from.items : [from]) {
      const source = this.resolve(map);
      // What was looked through once in vain is so again.
      const found = source && isMap(source) && !seen.has(source) ? this.#find(source, name, seen) : undefined;
      if (found) return found;
    }
    return undefined;
  }
}

/** Whether a key merges another mapping, which one in quotes does not. */
function isMerge({ source, type, tag }: Scalar): boolean {
  return source === '<<' && (type === 'PLAIN' || tag === 'tag:yaml.org,2002:merge');
}

/**
 * The places of a text's first document, also of one that is flawed: see `parsePlaces`. Undefined where there are too many
 * aliases.
 */
export function placesIn(text: string): YamlText | undefined {
  const document = parsePlaces(text);
  const targets = targetsOf(document);
  return targets && new YamlText(text, document, targets);
}

/** A document that was read, how much work that was, in words, or why it was not read. */
export interface Reading {
  readonly yaml: YamlText | 'too-large' | undefined;
  readonly words: number;
}

/**
 * Reads one document, and yields each few milliseconds so that others may run; what cannot be read so is too large. Returns
 * no text for what is no valid YAML (a problem that its own tools show), and for several documents.
 */
export function* readYaml(text: string): Generator<undefined, Reading> {
  const parser = new Parser();
  const tokens = [];
  let count = 0;
  let words = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    words += wordsIn(lexeme);
    if (words > MOST_WORDS || parser.stack.length > MOST_DEPTH) return { yaml: 'too-large', words };
    if (count % PORTION === 0 || lexeme.length > LENGTH_OF_WORD * PORTION) yield;
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') return { yaml: undefined, words };
      tokens.push(token);
    }
  }
  tokens.push(...parser.end());
  yield;
  const document = compose(tokens);
  if (!document) return { yaml: undefined, words };
  yield;
  const targets = targetsOf(document);
  return { yaml: targets && new YamlText(text, document, targets), words };
}

/** How many words a lexeme takes as long as. */
function wordsIn(lexeme: string): number {
  if (lexeme.length < LENGTH_OF_WORD) return 1;
  let breaks = 0;
  for (let at = 0; at < lexeme.length; at++) {
    const unit = lexeme.charCodeAt(at);
    if (unit === 0x0a || unit === 0x5c) breaks += 1;
  }
  const ofWord = lexeme.startsWith('"') ? QUOTED_OF_WORD : LENGTH_OF_WORD;
  return 1 + Math.floor(lexeme.length / ofWord + breaks / BREAKS_OF_WORD);
}

/** The one document that some tokens are; undefined where they are several, or no valid YAML. */
function compose(tokens: readonly CST.Token[]): Document | undefined {
  const composer = new Composer({ ...AS_KUBECTL, uniqueKeys: false });
  const flawed = new Error('This is no valid YAML.');
  // Its own goes on, and makes an error for each of a million flaws. Where it is called otherwise, errors are seen at the end.
  const onError = (_source: unknown, _code: unknown, _message: unknown, isWarning?: boolean): void => {
    if (isWarning !== true) throw flawed;
  };
  Object.defineProperty(composer, 'onError', { value: onError });
  try {
    const [document, second] = [...composer.compose(tokens)];
    return second || document?.errors.length !== 0 ? undefined : document;
  } catch (error) {
    if (error === flawed) return undefined;
    throw error;
  }
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
