import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import type { Fix, TextEdit } from '../manifest/problem.ts';

/** Helm's `lookup` of a ServiceAccount. Offsets in UTF-16 units: from the call's name to what its arguments end before. */
interface Lookup {
  readonly start: number;
  readonly end: number;
  /** As the template writes them; undefined where they are more or fewer than a namespace and a name. */
  readonly account: { readonly namespace: string; readonly name: string } | undefined;
}

/** A read of the secrets of a ServiceAccount that was looked up. */
interface Read {
  readonly lookup: Lookup;
  /** What is marked. */
  readonly start: number;
  readonly end: number;
  /** The whole of what gives the first Secret's name, its brackets included; undefined where it gives something else. */
  readonly name: { readonly start: number; readonly end: number } | undefined;
  /** Whether the secrets are gone through, so that nothing fails where there are none. */
  readonly isWhole: boolean;
}

const MOST = 200;
const LOOKUP = /\blookup[ \t]{1,4}"v1"[ \t]{1,4}"ServiceAccount"/g;
const SET = /(\$\w{1,60})[ \t]{0,4}:?=[ \t]{0,4}\(?$/;
/** How the name of the first of a ServiceAccount's secrets is taken: what stands before the account, and behind it. */
const FIRST_NAMES = [
  ['(index ', '.secrets 0).name'],
  ['(first ', '.secrets).name'],
  ['(', '.secrets | first).name'],
] as const;

/** What a template reads of the secrets of ServiceAccounts, on the lookup's own line or by a variable. */
export function readsOfLookups(text: string): Read[] {
  const lookups = [...text.matchAll(LOOKUP)]
    .slice(0, MOST)
    .map((match) => lookupAt(text, match.index, match.index + match[0].length));
  // What a chart writes down again as a ServiceAccount's own list takes nothing out of it.
  const isList = /^[ \t]{0,40}secrets:/m.test(text);
  return lookups
    .flatMap((lookup) => inPlace(text, lookup).concat(byVariable(text, lookup)))
    .filter(({ isWhole }) => !isWhole || !isList);
}

function lookupAt(text: string, start: number, from: number): Lookup {
  const { operands, end } = operandsAt(text.slice(from, from + 400).split('\n', 1)[0] ?? '');
  const [namespace, name, ...others] = operands;
  const isAccount = namespace !== undefined && name !== undefined && others.length === 0;
  return { start, end: from + end, account: isAccount ? { namespace, name } : undefined };
}

/** The arguments of a call, and the offset of what ends them. */
function operandsAt(line: string): { readonly operands: readonly string[]; readonly end: number } {
  const operands: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at <= line.length; at++) {
    const one = line[at] ?? '}';
    if (one === '"') isQuoted = !isQuoted;
    const isOver = !isQuoted && depth === 0 && (one === ')' || one === '}');
    if (isOver || (!isQuoted && depth === 0 && /\s/.test(one))) {
      // A dash takes the blanks away that follow an action, and is no argument.
      if (at > start && line.slice(start, at + 1) !== '-}') operands.push(line.slice(start, at));
      start = at + 1;
    }
    if (isOver) return { operands, end: at };
    if (!isQuoted && one === '(') depth += 1;
    if (!isQuoted && one === ')') depth -= 1;
  }
  return { operands: [], end: line.length };
}

function inPlace(text: string, lookup: Lookup): Read[] {
  const { start, end } = lookup;
  const behind = text.slice(end, end + 100).split('\n', 1)[0] ?? '';
  const read = /^\)(?:\.secrets\b|[ \t]{1,4}"secrets")/.exec(behind)?.[0];
  if (read === undefined) return [];
  const name = firstNameAt(text, start - 1, end + 1);
  const before = text.slice(Math.max(0, start - 21), start - 1);
  return [
    { lookup, start, end: end + read.length, name, isWhole: !isIndexed(before, behind.slice(read.length)) },
  ];
}

function byVariable(text: string, lookup: Lookup): Read[] {
  const { start, end } = lookup;
  const name = SET.exec(text.slice(Math.max(0, start - 100), start))?.[1];
  if (name === undefined) return [];
  const reads: Read[] = [];
  const read = `${name}.secrets`;
  for (let at = text.indexOf(read, end); at >= 0; at = text.indexOf(read, at + 1)) {
    if (reads.length === MOST) break;
    const behind = text.slice(at + read.length, at + read.length + 20);
    if (!isIndexed(text.slice(Math.max(0, at - 20), at), behind)) continue;
    const whole = firstNameAt(text, at, at + name.length);
    reads.push({ lookup, start: at, end: at + read.length, name: whole, isWhole: false });
  }
  return reads;
}

/** Whether one of them is taken, by what stands before what gives the account, and behind its secrets. */
function isIndexed(before: string, behind: string): boolean {
  return /\b(?:index|first)[ \t]{1,4}$/.test(before) || /^[ \t]{0,4}\|[ \t]{0,4}first\b/.test(behind);
}

/** The whole of what takes the first Secret's name, around what gives the account. */
function firstNameAt(text: string, start: number, end: number): Read['name'] {
  const way = FIRST_NAMES.find(
    ([before, behind]) => text.endsWith(before, start) && text.startsWith(behind, end),
  );
  return way && { start: start - way[0].length, end: end + way[1].length };
}

/** A token Secret beside what names it, in a template of its own that Helm renders: ServiceAccounts come before Secrets. */
export function ownSecretInstead(path: string, text: string, { lookup: { account }, name }: Read): Fix[] {
  if (!account || !name || !isRendered(path)) return [];
  // What looks a Secret up gets none before it is made: by then the template is rendered.
  if (text.includes(TOKEN_SECRET_TYPE) || /\blookup[ \t]{1,4}"v1"[ \t]{1,4}"Secret"/.test(text)) return [];
  if (depthOf(text.slice(0, name.start)) !== 0 || depthOf(text) !== 0) return [];
  if (!isPlain(account.namespace) || !isPlain(account.name)) return [];
  const own = isText(account.name)
    ? `"${account.name.slice(1, -1)}-token"`
    : `(printf "%s-token" ${account.name})`;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const secret = [
    '---',
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${valueOf(own)}`,
    `  namespace: ${valueOf(account.namespace)}`,
    '  annotations:',
    `    ${OWNER_ANNOTATION}: ${valueOf(account.name)}`,
    `type: ${TOKEN_SECRET_TYPE}`,
    '',
  ];
  const edits: readonly TextEdit[] = [
    { ...name, text: own },
    {
      start: text.length,
      end: text.length,
      text: (text.endsWith('\n') ? '' : lineEnd) + secret.join(lineEnd),
    },
  ];
  return [
    { title: 'Make a token Secret that lasts, in this template, and name that', edits, isPreferred: false },
  ];
}

/** Whether Helm makes objects of what a file is rendered to. */
function isRendered(path: string): boolean {
  const names = path.split(/[\\/]/);
  return names.includes('templates') && /^[^_].*\.ya?ml$/.test(names.at(-1) ?? '');
}

/** What says the same at the end of a template as where it stands, outside of every block. */
function isPlain(operand: string): boolean {
  return (
    isText(operand) ||
    /^\$?\.[\w.]+$|^\$\w+(?:\.\w+)*$|^\((?:include|default|printf)\s[^(){}]+\)$/.test(operand)
  );
}

function isText(operand: string): boolean {
  return /^"[\w.-]+"$/.test(operand);
}

/** A template's operand as a value of YAML. */
function valueOf(operand: string): string {
  if (isText(operand)) return operand;
  return `{{ ${/^\(.*\)$/.test(operand) ? operand.slice(1, -1) : operand} }}`;
}

/** How many blocks of a template are open where a text ends. */
function depthOf(text: string): number {
  let depth = 0;
  for (const [, word] of text.matchAll(/\{\{-?[ \t]{0,20}(if|with|range|define|block|end)\b/g)) {
    depth += word === 'end' ? -1 : 1;
  }
  return depth;
}
