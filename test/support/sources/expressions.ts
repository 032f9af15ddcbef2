import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A regular expression as a source file has it. */
export interface Expression {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
  /** Whether it is searched for again behind each match. */
  readonly restarts: boolean;
}

/** What the sources of the extension and of its page hold. */
export interface Sources {
  readonly expressions: readonly Expression[];
  /** Where an expression is put together from texts, as it is written there. */
  readonly built: readonly { readonly file: string; readonly written: string }[];
  readonly texts: ReadonlyMap<string, string>;
}

export async function readSources(): Promise<Sources> {
  const expressions: Expression[] = [];
  const built: { file: string; written: string }[] = [];
  const texts = new Map<string, string>();
  for await (const path of glob('{src,media}/**/*.ts', { cwd: root })) {
    const file = path.replaceAll('\\', '/');
    const text = await readFile(join(root, path), 'utf8');
    texts.set(file, text);
    const { program, errors } = parseSync(file, text);
    if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]?.message}`);
    for (const { node, parent } of nodesOf({ ...program })) {
      if (isRegExpLiteral(node)) {
        const { pattern, flags } = node.regex;
        expressions.push({ file, pattern, flags, restarts: flags.includes('g') || isCallOf(parent, SPLITS) });
      } else if (isNamed(node['callee'], 'RegExp') || (isCallOf(node, MATCHES) && isText(node))) {
        built.push({ file, written: text.slice(Number(node['start']), Number(node['end'])) });
      }
    }
  }
  return { expressions, built, texts };
}

/** `split` looks for its separator again behind each; `match` and `search` make an expression of a text. */
const SPLITS: ReadonlySet<unknown> = new Set(['split']);
const MATCHES: ReadonlySet<unknown> = new Set(['match', 'matchAll', 'search']);

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function* nodesOf(node: Node, parent?: Node): Generator<{ node: Node; parent: Node | undefined }> {
  if (typeof node['type'] === 'string') yield { node, parent };
  const inner = typeof node['type'] === 'string' ? node : parent;
  for (const value of Object.values(node)) if (isNode(value)) yield* nodesOf(value, inner);
}

function isRegExpLiteral(node: Node): node is { regex: { pattern: string; flags: string } } {
  return node['type'] === 'Literal' && isNode(node['regex']);
}

const isNamed = (node: unknown, name: string): boolean => isNode(node) && node['name'] === name;

function isCallOf(node: Node | undefined, names: ReadonlySet<unknown>): boolean {
  const callee = node?.['type'] === 'CallExpression' ? node['callee'] : undefined;
  return isNode(callee) && isNode(callee['property']) && names.has(callee['property']['name']);
}

function isText({ arguments: given }: Node): boolean {
  const [first, ...more] = Array.isArray(given) ? (given as readonly unknown[]) : [];
  return (
    more.length === 0 &&
    isNode(first) &&
    (first['type'] === 'TemplateLiteral' || typeof first['value'] === 'string')
  );
}
