import { variableIn, type Command, type Pipeline, type Word } from './shell.ts';

/** A command line of kubectl, or of a program that takes the same. */
export interface Kubectl {
  readonly command: Command;
  readonly pipeline: Pipeline;
  readonly program: Word;
  readonly verb: string;
  /** What follows the verb, without flags. */
  readonly args: readonly Word[];
  /** The value of each flag, by its long name; what is switched on alone is empty. */
  readonly flags: ReadonlyMap<string, string>;
  /** The words that say which cluster and namespace, and as whom. */
  readonly where: readonly Word[];
}

/** kubectl's flags that take a value (its `kubectl options` and the help of each command). */
const WITH_VALUE: Readonly<Record<string, string>> = {
  n: 'namespace',
  o: 'output',
  l: 'selector',
  c: 'container',
  s: 'server',
  f: 'filename',
  v: 'v',
};
const LONG_WITH_VALUE: ReadonlySet<string> = new Set([
  ...Object.values(WITH_VALUE),
  'context',
  'kubeconfig',
  'cluster',
  'user',
  'username',
  'password',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'template',
  'field-selector',
  'as',
  'as-group',
  'as-uid',
  'token',
  'request-timeout',
  'cache-dir',
  'duration',
  'audience',
  'bound-object-kind',
  'bound-object-name',
  'for',
  'timeout',
  'certificate-authority',
  'sort-by',
  'type',
  'from-literal',
  'from-file',
]);
const WHERE: ReadonlySet<string> = new Set([
  'namespace',
  'context',
  'kubeconfig',
  'cluster',
  'user',
  'username',
  'password',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'server',
  'as',
  'as-group',
  'as-uid',
  'token',
  'certificate-authority',
  'insecure-skip-tls-verify',
]);

/** Whether a word is kubectl, or a program that takes the same, by its path or by a variable's name. */
function isProgram(text: string): boolean {
  const name = text.slice(text.lastIndexOf('/') + 1).replace(/^[@-]{1,3}/, '');
  if (/^(?:kubectl|oc|microk8s\.kubectl)(?:\.exe)?$/.test(name)) return true;
  const variable = variableIn(name);
  return variable !== undefined && (/kubectl/i.test(variable) || variable === 'OC');
}

/** What prints a command line and runs none. */
const PRINTS = /^[@-]{0,3}(?:echo|printf|info|log\w{0,20}|warn\w{0,20}|die|complete|alias|#)$/;

/** The command line of kubectl that a command is, wherever in it that begins, as behind sudo or `docker exec`. */
export function kubectlOf(command: Command, pipeline: Pipeline): Kubectl | undefined {
  const at = command.words.findIndex(({ text }) => isProgram(text));
  const program = command.words[at];
  if (!program || command.words.slice(0, at).some(({ text }) => PRINTS.test(text))) return undefined;
  const args: Word[] = [];
  const where: Word[] = [];
  const flags = new Map<string, string>();
  const words = command.words.slice(at + 1);
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word) break;
    if (word.text === '--') {
      args.push(...words.slice(index + 1));
      break;
    }
    const flag = flagOf(word.text);
    if (!flag) {
      args.push(word);
      continue;
    }
    const next = words[index + 1];
    const takesNext = flag.value === undefined && LONG_WITH_VALUE.has(flag.name) && next !== undefined;
    if (takesNext) index += 1;
    const value = flag.value ?? (takesNext ? next.text : '');
    flags.set(flag.name, value);
    if (WHERE.has(flag.name)) where.push(word, ...(takesNext ? [next] : []));
  }
  const [verb, ...rest] = args;
  if (!verb) return undefined;
  return { command, pipeline, program, verb: verb.text, args: rest, flags, where };
}

function flagOf(text: string): { readonly name: string; readonly value: string | undefined } | undefined {
  const long = /^--([a-z][a-z-]*)(=?)/.exec(text);
  if (long?.[1] !== undefined) {
    return { name: long[1], value: long[2] === '=' ? text.slice(long[0].length) : undefined };
  }
  const short = /^-([a-zA-Z])(=?)/.exec(text);
  if (short?.[1] === undefined) return undefined;
  const name = WITH_VALUE[short[1]] ?? short[1];
  const rest = text.slice(short[0].length);
  return { name, value: rest === '' && short[2] === '' ? undefined : rest };
}

const KINDS = { account: /^(?:sa|serviceaccounts?)$/i, secret: /^secrets?$/i } as const;

/** What of a kind a command line is about: the words that name it, without the kind; undefined: it is about another kind. */
export function namedBy(
  { args }: Kubectl,
  kind: keyof typeof KINDS,
): readonly { readonly word: Word; readonly name: string }[] | undefined {
  const [first, ...rest] = args;
  if (!first) return undefined;
  const slash = first.text.indexOf('/');
  if (slash > 0) {
    if (!KINDS[kind].test(first.text.slice(0, slash))) return undefined;
    return args.flatMap((word) => {
      const at = word.text.indexOf('/');
      return at > 0 ? [{ word, name: word.text.slice(at + 1) }] : [];
    });
  }
  if (!first.text.split(',').some((one) => KINDS[kind].test(one))) return undefined;
  return rest.map((word) => ({ word, name: word.text }));
}

/** What a `get` prints: the expression of its output, with that of `--template`. */
export function outputOf({ flags }: Kubectl): string {
  return `${flags.get('output') ?? ''} ${flags.get('template') ?? ''}`.trim();
}
