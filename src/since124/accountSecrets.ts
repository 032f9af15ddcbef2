import type { Fix, TextEdit } from '../manifest/problem.ts';
import { since } from '../versions.ts';
import type { Outdated } from './finding.ts';
import { isGuarded } from './guards.ts';
import { namedBy, outputOf, type Kubectl } from './kubectlCommand.ts';
import { ensureSecret, createToken, type Account } from './repair.ts';
import { programOf, type Assignment, type Script } from './script.ts';
import { uses, variableIn, type Command, type Pipeline } from './shell.ts';
import { areDecoded } from './tokenEncoding.ts';

const SINCE = since('no token Secrets by itself');

/** `.secrets` of an object, as jsonpath, jq, yq and a program of another language write it, and not `.imagePullSecrets`. */
const READS_SECRETS = /\Wsecrets\b(?![(/:=-])|\.secrets\b/;
/** The same in a Go template. */
const INDEXES_SECRETS = /\.secrets\b/;
/** What reads a line's second field, or the fields of JSON. */
const JSON_READER = /(?:^|\/)(?:jq|yq|gojq|jp|python[23]?|perl|ruby|node|grep|egrep|sed|awk)$/;

/** A command that gives the name of a ServiceAccount's token Secret, or gave it once. */
interface Read {
  readonly kubectl: Kubectl;
  /** Behind which of the pipeline's commands the name comes out. */
  readonly last: Command;
  readonly account: Account | undefined;
  readonly message: string;
  readonly rule: 'account-secrets-read' | 'account-tokens-printed';
}

/** Lines of a script that read a ServiceAccount's `.secrets`, or what kubectl printed of it. */
export function accountSecretsIn(script: Script): Outdated[] {
  return script.kubectls.flatMap((kubectl) => {
    const read = readOf(script, kubectl);
    if (!read) return [];
    const { pipeline } = kubectl;
    const variable = script.variableOf(pipeline);
    if (isGuarded(script.guards, variable?.name)) return [];
    return [
      {
        rule: read.rule,
        message: isWaitedFor(script, kubectl)
          ? `${read.message} What waits for it here waits for ever.`
          : read.message,
        start: kubectl.program.start,
        end: endOfWords(read.last),
        fixes: () => fixesOf(script, read),
      },
    ];
  });
}

function readOf(script: Script, kubectl: Kubectl): Read | undefined {
  const { verb, pipeline, command } = kubectl;
  const accounts = namedBy(kubectl, 'account');
  if (!accounts) return undefined;
  const account = accountOf(script, kubectl, accounts);
  const behind = pipeline.commands.slice(pipeline.commands.indexOf(command) + 1);
  if (verb === 'wait' && READS_SECRETS.test(kubectl.flags.get('for') ?? '')) {
    return { kubectl, last: command, account, rule: 'account-secrets-read', message: NEVER_LISTED };
  }
  if (verb === 'get') {
    const output = outputOf(kubectl);
    const own = /template/.test(output) ? INDEXES_SECRETS : READS_SECRETS;
    if (own.test(output.slice(0, 2000))) {
      return { kubectl, last: command, account, rule: 'account-secrets-read', message: EMPTY };
    }
    return readBehind(script, kubectl, behind, account, output);
  }
  if (verb === 'describe') {
    const printed = behind.find((one) => /\b(?:mountable|tokens?)\b/i.test(wordsOf(one)));
    if (printed) {
      const message = `kubectl describe says <none> for the tokens of a ServiceAccount since Kubernetes ${SINCE}, which makes no token Secret by itself, and kubectl 1.35 and later print no such line.`;
      return { kubectl, last: behind.at(-1) ?? printed, account, rule: 'account-tokens-printed', message };
    }
  }
  return undefined;
}

/** `kubectl get sa … -o json`, read by what follows in the pipeline, or by another that gets it from a variable. */
function readBehind(
  script: Script,
  kubectl: Kubectl,
  behind: readonly Command[],
  account: Account | undefined,
  output: string,
): Read | undefined {
  if (output === 'json' || output === 'yaml') {
    const reader = behind.find((one) => isReader(one) && (READS_SECRETS.test(wordsOf(one)) || greps(one)));
    if (reader) return { kubectl, last: reader, account, rule: 'account-secrets-read', message: EMPTY };
    const byName = behind.find((one) => isReader(one) && /-token\b/.test(wordsOf(one)));
    if (byName) return { kubectl, last: byName, account, rule: 'account-secrets-read', message: EMPTY };
    const variable = script.variableOf(kubectl.pipeline);
    const isReadLater = variable !== undefined && readerOfVariable(script, variable.name) !== undefined;
    if (!isReadLater && !isConverted(script, kubectl, behind[0])) return undefined;
    return {
      kubectl,
      last: kubectl.command,
      account: undefined,
      rule: 'account-secrets-read',
      message: EMPTY,
    };
  }
  if (output !== '') return undefined;
  const column = behind.find((one) => /(?:^|\/)[gm]?awk$/.test(programOf(one)) && /\$2\b/.test(wordsOf(one)));
  if (!column || kubectl.flags.has('A') || kubectl.flags.has('all-namespaces')) return undefined;
  const message = `The second column of kubectl get sa is 0 since Kubernetes ${SINCE}, and with kubectl 1.35 and later it is the age: there is no column SECRETS any more.`;
  return { kubectl, last: column, account, rule: 'account-tokens-printed', message };
}

/** PowerShell's `(kubectl get sa … -o json | ConvertFrom-Json).secrets[0]`, and the same by a variable. */
function isConverted({ text, region }: Script, { program }: Kubectl, next: Command | undefined): boolean {
  if (region.dialect !== 'powershell' || !next || !/^ConvertFrom-Json$/i.test(programOf(next))) return false;
  const end = endOfWords(next);
  if (/^\s{0,4}\)\.secrets\b/i.test(text.slice(end, end + 20))) return true;
  const before = text.slice(text.lastIndexOf('\n', program.start) + 1, program.start);
  const [, ...names] = /(\$\w{1,60})\s{0,4}=\s{0,4}\(?$/.exec(before) ?? [];
  return names.some((name) => text.slice(end, region.end).includes(`${name}.secrets`));
}

function readerOfVariable(script: Script, name: string): Pipeline | undefined {
  return script
    .readersBy((one) => isReader(one) && READS_SECRETS.test(wordsOf(one)))
    .find(({ commands }) => commands.some(({ words }) => words.some(({ text }) => uses(text, name))));
}

const EMPTY = `This gives nothing since Kubernetes ${SINCE}: no token Secret is made for a ServiceAccount by itself, and .secrets stays empty. On OpenShift 4.11 to 4.15 it gives the Secret of a pull credential instead.`;
const NEVER_LISTED = `Since Kubernetes ${SINCE} a ServiceAccount's .secrets stays empty, so that this never comes.`;

/** Whether lines are picked by the field's name, as YAML has it. */
function greps(command: Command): boolean {
  return /(?:^|\/)(?:e?grep|awk|sed)$/.test(programOf(command)) && /\bsecrets:/.test(wordsOf(command));
}

function isReader({ words }: Command): boolean {
  return words.some(({ text }) => JSON_READER.test(text));
}

function wordsOf({ words }: Command): string {
  return words
    .map(({ text }) => text)
    .join(' ')
    .slice(0, 4000);
}

/** Whether a loop goes on until it comes. */
function isWaitedFor(script: Script, { pipeline, verb }: Kubectl): boolean {
  const statement = script.statementOf(pipeline);
  const first = statement.commands[0].words[0]?.text;
  return verb === 'get' && (first === 'until' || first === 'while');
}

function accountOf(
  script: Script,
  kubectl: Kubectl,
  accounts: NonNullable<ReturnType<typeof namedBy>>,
): Account | undefined {
  const [one, ...others] = accounts;
  if (!one || others.length > 0 || one.word.substitutions.length > 0) return undefined;
  const { text } = one.word;
  const raw = script.raw(one.word).replace(text.slice(0, text.length - one.name.length), '');
  const where = kubectl.where.map((word) => ` ${script.raw(word)}`).join('');
  return { raw, where, program: script.raw(kubectl.program) };
}

/** Where the words of a command end, without what is written to a file. */
function endOfWords({ words, end }: Command): number {
  return words.at(-1)?.end ?? end;
}

/** A statement that reads a token out of the Secret. */
interface TokenRead {
  readonly start: number;
  readonly end: number;
}

const EXTRACTS = /(?:^|\/)(?:base64|awk|gawk|grep|egrep|cut|tr|sed|head|tail|jq|yq|openssl|xargs|base64url)$/;

/** What a pipeline is that begins with a read of a Secret's token: up to what decodes it. What is decoded elsewhere must not be a token. */
function tokenReadAt(pipeline: Pipeline, kubectl: Kubectl): TokenRead | undefined {
  const behind = pipeline.commands.slice(pipeline.commands.indexOf(kubectl.command) + 1);
  const output = outputOf(kubectl);
  const taken = behind.slice(0, behind.findIndex((one) => !EXTRACTS.test(programOf(one))) >>> 0);
  const says = `${output} ${taken.map(wordsOf).join(' ')}`;
  const isToken =
    !/ca\\*\.crt/.test(says) &&
    (kubectl.verb === 'describe' || (/\btoken\b/.test(says) && areDecoded(output, taken)));
  const isOne = secretsOf(kubectl).length === 1 && pipeline.commands[0] === kubectl.command;
  if (!isToken || !isOne) return undefined;
  // What make is told by a sign stays.
  const signs = kubectl.program.text.search(/[^@-]/);
  return { start: kubectl.program.start + signs, end: endOfWords(taken.at(-1) ?? kubectl.command) };
}

function fixesOf(script: Script, read: Read): Fix[] {
  const { account, kubectl } = read;
  if (!account || script.region.isQuoted || kubectl.verb === 'wait') return [];
  const request = tokenInstead(script, read, account);
  // What makes a Secret and waits for it is written for another shell.
  if (script.region.dialect === 'powershell') return request;
  return [...request, ...secretInstead(script, read, account)];
}

/** Every read of a token through this name is one `kubectl create token`; only where nothing else hangs on the name. */
function tokenInstead(script: Script, { kubectl, last }: Read, account: Account): Fix[] {
  const title = 'Request a token here: kubectl create token (it ends after an hour)';
  const holder = script.holderOf(kubectl.pipeline);
  const variable = script.variableOf(kubectl.pipeline);
  if (!holder || last !== kubectl.pipeline.commands.at(-1)) return [];
  if (!variable) {
    const reader = script.kubectls.find(({ command }) => command === holder.command);
    const place = reader && tokenReadAt(holder.pipeline, reader);
    return place ? [{ title, edits: [{ ...place, text: createToken(account) }], isPreferred: true }] : [];
  }
  const readers = script.kubectls.filter((one) =>
    secretsOf(one).some(({ name }) => variableIn(name) === variable.name),
  );
  const places = readers.map((one) => tokenReadAt(one.pipeline, one));
  const usedElsewhere = script.pipelines.some(({ commands }) =>
    commands.some(
      (command) =>
        !readers.some((one) => one.command === command) &&
        command.words.some(
          ({ text, substitutions }) => substitutions.length === 0 && uses(text, variable.name),
        ),
    ),
  );
  const line = isSetAlone(script, variable) ? wholeLineOf(script, variable.pipeline) : undefined;
  if (places.length === 0 || usedElsewhere || !line) return [];
  const edits: TextEdit[] = [{ ...line, text: '' }];
  for (const place of places) {
    if (!place) return [];
    edits.push({ ...place, text: createToken(account) });
  }
  return [{ title, edits: edits.toSorted((one, other) => one.start - other.start), isPreferred: true }];
}

/** The Secrets that a command line reads, by their names. */
function secretsOf(kubectl: Kubectl): NonNullable<ReturnType<typeof namedBy>> {
  return kubectl.verb === 'get' || kubectl.verb === 'describe' ? (namedBy(kubectl, 'secret') ?? []) : [];
}

/** Whether a statement does nothing but set one variable. */
function isSetAlone({ assignments }: Script, { name, pipeline }: Assignment): boolean {
  const program = programOf(pipeline.commands[0]);
  return (
    assignments.filter((one) => one.pipeline === pipeline).length === 1 &&
    (program === name || /^(?:|export|local|readonly|declare|typeset)$/.test(program))
  );
}

/** The lines of a statement, with their end; undefined where something else is on them. */
function wholeLineOf({ text }: Script, { start, commands: [{ end }] }: Pipeline): TokenRead | undefined {
  const from = text.lastIndexOf('\n', start) + 1;
  const found = text.indexOf('\n', end);
  const to = found < 0 ? text.length : found + 1;
  const isAlone = /^[ \t]*$/.test(text.slice(from, start)) && /^;?$/.test(text.slice(end, to).trim());
  return isAlone ? { start: from, end: to } : undefined;
}

/** The name of a token Secret of its own, which is made and filled before it is read. */
function secretInstead(script: Script, { kubectl, last }: Read, account: Account): Fix[] {
  const { within } = kubectl.pipeline;
  if (!within || last !== kubectl.pipeline.commands.at(-1)) return [];
  const statement = script.statementOf(kubectl.pipeline);
  const [first, second] = statement.commands[0].words;
  if (!first || /^(?:if|elif|while|until|for|case)$/.test(first.text) || script.guards.makesTokenSecret)
    return [];
  const { text } = script;
  const at = (/^(?:then|do|else|\{)$/.test(first.text) ? second : undefined)?.start ?? statement.start;
  const lineStart = text.lastIndexOf('\n', at) + 1;
  const before = text.slice(lineStart, at);
  if (/\|\|\s*$/.test(before)) return [];
  // What runs kubectl as somebody else or elsewhere would have to run more of it.
  const ran = script.raw({ start: kubectl.command.start, end: kubectl.program.start });
  if (!/^(?:sudo\s.*)?$/s.test(ran)) return [];
  const program = ran + account.program;
  const { name, makes, waits } = ensureSecret({ ...account, program }, script.region.dialect);
  const isAlone = lineStart >= script.region.start && /^[ \t]*$/.test(before);
  // In make each line is a shell of its own, but one that goes on from another.
  const isMake = script.region.dialect === 'make';
  if ((isMake && !isAlone) || /\\\r?\n$/.test(text.slice(0, lineStart))) return [];
  const lead = isAlone ? `${makes}\n${before}${waits}\n${before}` : `${makes} && ${waits}; `;
  return [
    {
      title: `Make a token Secret that lasts, wait until it is filled, and read that`,
      edits: [
        { start: at, end: at, text: lead },
        { start: within.substitution.start, end: within.substitution.end, text: name },
      ],
      isPreferred: false,
    },
  ];
}
