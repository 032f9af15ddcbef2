import type { Fix, TextEdit } from '../manifest/problem.ts';
import type { Outdated } from './finding.ts';
import { namedBy, outputOf, type Kubectl } from './kubectlCommand.ts';
import { programOf, type Script } from './script.ts';
import { uses, type Command } from './shell.ts';

/** The token of a Secret, as a jsonpath or a Go template has it. */
const TOKEN = /\.data\.token\b|\.data\s+"token"|\.data\[["']token["']\]/;
const DECODES_IN_JQ = /@base64d|b64decode|base64decode/;
/** Where a token is sent as it is. */
const SENT = /^--token=|\bBearer\b/;

/** Lines of a script that send a Secret's token still in base64, or decode what is a token already. */
export function encodingsIn(script: Script): Outdated[] {
  if (script.region.dialect === 'powershell') return [];
  const found: Outdated[] = [];
  const sent = new Sent(script);
  for (const kubectl of script.kubectls) {
    const one = notDecoded(script, kubectl, sent) ?? decodedTwice(script, kubectl);
    if (one) found.push(one);
  }
  return found;
}

function found(
  start: number,
  end: number,
  message: string,
  title: string,
  edit: TextEdit,
  isFixed: boolean,
): Outdated {
  const fixes = (): Fix[] => (isFixed ? [{ title, edits: [edit], isPreferred: true }] : []);
  return { rule: 'token-encoding', message, start, end, fixes };
}

function behind({ pipeline, command }: Kubectl): readonly Command[] {
  return pipeline.commands.slice(pipeline.commands.indexOf(command) + 1);
}

function wordsOf({ words }: Command): string {
  return words
    .map(({ text }) => text)
    .join(' ')
    .slice(0, 2000);
}

/** Whether a token of a Secret comes out decoded: by an expression that is asked for, or by a command. */
export function areDecoded(output: string, commands: readonly Command[]): boolean {
  return DECODES_IN_JQ.test(`${output} ${commands.map(wordsOf).join(' ')}`) || commands.some(isDecoder);
}

function isDecoder(command: Command): boolean {
  const words = wordsOf(command);
  if (/(?:^|\/)base64$/.test(programOf(command))) return /\s(?:-i?[dD]i?|--d\w*)(?:\s|$)/.test(words);
  return /^openssl (?:base64|enc) .{0,40}-d\b/.test(words);
}

/** What a pipeline gives that reads a Secret's token: base64, the token, or something else. */
function givesOf(kubectl: Kubectl, others: readonly Command[]): 'encoded' | 'decoded' | undefined {
  const secrets = namedBy(kubectl, 'secret');
  if (kubectl.verb !== 'get' || secrets?.length !== 1) return undefined;
  const output = outputOf(kubectl);
  if (TOKEN.test(output)) return DECODES_IN_JQ.test(output) ? 'decoded' : 'encoded';
  const [reader] = others;
  if (output !== 'json' || !reader || !/(?:^|\/)jq$/.test(programOf(reader))) return undefined;
  const filter = wordsOf(reader);
  if (!TOKEN.test(filter)) return undefined;
  return DECODES_IN_JQ.test(filter) ? 'decoded' : 'encoded';
}

/** `--token=$(kubectl get secret … {.data.token})`, and the same by a variable. */
function notDecoded(script: Script, kubectl: Kubectl, sent: Sent): Outdated | undefined {
  const others = behind(kubectl);
  if (givesOf(kubectl, others) !== 'encoded') return undefined;
  const last = others.at(-1) ?? kubectl.command;
  const isRead = outputOf(kubectl) === 'json' ? others.length === 1 : others.length === 0;
  if (!isRead || kubectl.pipeline.commands[0] !== kubectl.command) return undefined;
  const holder = script.holderOf(kubectl.pipeline);
  const variable = script.variableOf(kubectl.pipeline);
  const isSent =
    (holder !== undefined &&
      sends(holder.command, ({ start }) => start === kubectl.pipeline.within?.wordAt)) ||
    (variable !== undefined && sent.has(variable.name));
  if (!isSent) return undefined;
  const end = last.words.at(-1)?.end ?? last.end;
  const message =
    'This gives the token in base64, as data of a Secret is, and the API server takes that for no token: Unauthorized.';
  const edit = { start: end, end, text: ' | base64 --decode' };
  return found(kubectl.program.start, end, message, 'Decode it', edit, !script.region.isQuoted);
}

function sends({ words }: Command, is: (word: Command['words'][number]) => boolean): boolean {
  return words.some(
    (word, index) => is(word) && (SENT.test(word.text) || words[index - 1]?.text === '--token'),
  );
}

/** No more variables of a script are followed: nobody sends so many tokens. */
const MOST = 20;
/** No more of a line is looked at, in UTF-16 units. */
const LONGEST_LINE = 2000;

/** The variables of a script that are sent as a token, and are nowhere decoded or set to anything else. */
class Sent {
  readonly #script: Script;
  #tried = 0;
  #lines: readonly string[] | undefined;

  constructor(script: Script) {
    this.#script = script;
  }

  has(name: string): boolean {
    const { text, region, pipelines, assignments } = this.#script;
    if ((this.#tried += 1) > MOST || assignments.filter((one) => one.name === name).length > 1) return false;
    this.#lines ??= text
      .slice(region.start, region.end)
      .split('\n')
      .map((line) => line.slice(0, LONGEST_LINE));
    const mentions = this.#lines.filter((line) => uses(line, name));
    if (mentions.some((line) => /base64|b64decode|openssl/.test(line))) return false;
    const isOfKubeconfig =
      mentions.some((line) => /^\s{2,}token:\s/.test(line)) &&
      this.#lines.some((line) => line.includes('users:'));
    return (
      isOfKubeconfig ||
      pipelines.some(({ commands }) =>
        commands.some((command) => sends(command, (word) => uses(word.text, name))),
      )
    );
  }
}

/** `kubectl create token … | base64 -d`, and a Secret's token that is decoded twice. */
function decodedTwice(script: Script, kubectl: Kubectl): Outdated | undefined {
  const others = behind(kubectl);
  const at = others.findIndex(isDecoder);
  const decoder = others[at];
  if (!decoder) return undefined;
  const isToken = isTokenAlready(kubectl, others, at);
  const second = others[at + 1];
  const isTwice = second !== undefined && isDecoder(second) && isOfToken(kubectl, others);
  const [extra, before] = isToken ? [decoder, others[at - 1] ?? kubectl.command] : [second, decoder];
  if (!extra || !(isToken || isTwice)) return undefined;
  const start = before.words.at(-1)?.end ?? before.end;
  const end = extra.words.at(-1)?.end ?? extra.end;
  const message =
    'What is decoded here is the token already, which has dots and is no base64: this gives an error, or nothing that a server takes.';
  const edit = { start, end, text: '' };
  const [first] = extra.words;
  return found(first?.start ?? start, end, message, 'Leave it as it is', edit, !script.region.isQuoted);
}

/** Whether the commands before a decoder give a whole token. */
function isTokenAlready(kubectl: Kubectl, others: readonly Command[], decoder: number): boolean {
  const { verb, args } = kubectl;
  const [first, second] = args;
  if (decoder === 0) {
    if (verb === 'create' && first?.text === 'token' && second) return true;
    if (/^(?:sa|serviceaccounts?)$/.test(verb) && first?.text === 'get-token') return true;
  }
  const before = others.slice(0, decoder);
  if (verb === 'describe') {
    const isWhole = before.every((one) => /(?:^|\/)(?:grep|egrep|awk|tr|head|tail)$/.test(programOf(one)));
    const words = before.map(wordsOf).join(' ');
    return (
      isWhole && /\btoken/.test(words) && !/-F|split/.test(words) && namedBy(kubectl, 'secret') !== undefined
    );
  }
  return givesOf(kubectl, others) === 'decoded' && decoder === (outputOf(kubectl) === 'json' ? 1 : 0);
}

/** Whether it is a token Secret that is read, by its name. */
function isOfToken(kubectl: Kubectl, others: readonly Command[]): boolean {
  return (
    givesOf(kubectl, others) === 'encoded' &&
    namedBy(kubectl, 'secret')?.every(({ name }) => /token|\bsa\b|serviceaccount/i.test(name)) === true
  );
}
