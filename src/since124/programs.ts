import type { Fix } from '../manifest/problem.ts';
import { withoutTrailing } from '../trailing.ts';
import { since } from '../versions.ts';
import { readCode, SYNTAXES, type Code } from './code.ts';
import type { Outdated } from './finding.ts';
import { guardsOf } from './guards.ts';
import { kubectlOf, namedBy } from './kubectlCommand.ts';
import { WHY } from './mounted.ts';
import { callOf, ownSecret, readEachTime, type Call } from './programFixes.ts';
import type { Word } from './shell.ts';

const SINCE = since('no token Secrets by itself');
const TOKEN_FILE = '/run/secrets/kubernetes.io/serviceaccount/token';
/** No more lines of a rule are judged in one program. */
const MOST = 200;

export type Program = 'go' | 'java' | 'csharp' | 'groovy' | 'rust' | 'javascript' | 'python';

const EMPTY = `A ServiceAccount's secrets are empty since Kubernetes ${SINCE}, which makes no token Secret by itself, so this finds none. On OpenShift 4.11 to 4.15 the first is the Secret of a pull credential.`;

interface Reads {
  /** What a call gives a ServiceAccount by: on its line, what is assigned is one. */
  readonly calls: readonly string[];
  /** A variable that is declared as one, its name in the first group that is there. */
  readonly declared: RegExp;
  /** A read of its secrets, with the variable's name. */
  readonly reads: RegExp;
}

const READS: Readonly<Record<Exclude<Program, 'groovy'>, Reads>> = {
  go: {
    calls: ['.ServiceAccounts('],
    declared:
      /\b(\w{1,60})(?:,[ \t]{0,4}\w{1,60})?[ \t]{0,4}:=[ \t]{0,4}&?(?:core|api|k8s)?v1\.ServiceAccount\{|\bvar[ \t]{1,4}(\w{1,60})[ \t]{1,4}\*?(?:core|api)?v1\.ServiceAccount\b|[(,][ \t]{0,4}(\w{1,60})[ \t]{1,4}\*?(?:core|api)?v1\.ServiceAccount\b/g,
    reads: /\b(\w{1,60})\.Secrets\[|\blen\((\w{1,60})\.Secrets\)[ \t]{0,4}(?:==|<|>|!=)/g,
  },
  java: {
    calls: ['readNamespacedServiceAccount(', '.serviceAccounts()'],
    declared: /\b(?:V1)?ServiceAccount[ \t]{1,4}(\w{1,60})[ \t]{0,4}[=;]/g,
    reads: /\b(\w{1,60})\.getSecrets\(\)\.(?:get\(|stream\(\)|iterator\(\)|isEmpty\(\))/g,
  },
  csharp: {
    calls: ['ReadNamespacedServiceAccount'],
    declared: /\bV1ServiceAccount[ \t]{1,4}(\w{1,60})[ \t]{0,4}[=;]/g,
    reads: /\b(\w{1,60})\.Secrets\??(?:\[|\.First|\.Single|\.ElementAt)/g,
  },
  rust: {
    calls: [],
    declared: /\blet[ \t]{1,4}(?:mut[ \t]{1,4})?(\w{1,60}):[ \t]{0,4}ServiceAccount\b/g,
    reads: /\b(\w{1,60})\.secrets\.(?:unwrap|as_ref|clone|expect|iter)\b/g,
  },
  javascript: {
    calls: ['readNamespacedServiceAccount('],
    // And Pulumi's own.
    declared:
      /\b(\w{1,60}):[ \t]{0,4}(?:k8s\.)?V1ServiceAccount\b|\b(\w{1,60})[ \t]{0,4}=[ \t]{0,4}new[ \t]{1,4}(?:\w{1,30}\.)?core\.v1\.ServiceAccount\(/g,
    reads: /\b(\w{1,60})(?:\.body)?\??\.secrets[!?]?(?:\.)?(?:\[|apply\()/g,
  },
  python: {
    calls: ['read_namespaced_service_account('],
    declared:
      /\b(\w{1,60}):[ \t]{0,4}(?:client\.)?V1ServiceAccount\b|\b(\w{1,60})[ \t]{0,4}=[ \t]{0,4}(?:\w{1,30}\.)?core\.v1\.ServiceAccount\(/g,
    reads: /\b(\w{1,60})\.secrets(?:\[|\.apply\()/g,
  },
};

/** What every line that is found has, told by plain search. */
const HAS: Readonly<Record<Program, readonly string[]>> = {
  go: ['.Secrets[', '.Secrets)', 'BearerToken:', '.secrets'],
  java: ['getSecrets()', '.secrets'],
  csharp: ['.Secrets', '.secrets'],
  groovy: ['.secrets'],
  rust: ['.secrets'],
  javascript: ['.secrets', TOKEN_FILE],
  python: ['.secrets', TOKEN_FILE],
};

/** Lines of a program that read a ServiceAccount's secrets, or keep what would have been reloaded. */
export function outdatedInProgram(program: Program, text: string, isTyped = false): readonly Outdated[] {
  if (!HAS[program].some((one) => text.includes(one))) return [];
  const code = readCode(text, SYNTAXES[program]);
  const found = [
    ...(program === 'groovy' || OTHER_WAYS.test(code.code) ? [] : secretsRead(program, text, code, isTyped)),
    ...argumentsOf(code),
    ...(program === 'go' ? bearerTokens(code) : []),
    ...readOnce(program, text, code),
  ];
  return found;
}

function secretsRead(
  program: Exclude<Program, 'groovy'>,
  text: string,
  code: Code,
  isTyped: boolean,
): Outdated[] {
  const { calls, declared, reads } = READS[program];
  const { bare } = code;
  const made = new Map<string, Call | undefined>();
  const names = new Set(
    [...bare.matchAll(declared)].flatMap((match) => match.slice(1).filter((one) => one !== undefined)),
  );
  const results: Outdated[] = [];
  let calledAt = 0;
  for (const call of calls) {
    for (let at = bare.indexOf(call); at >= 0; at = bare.indexOf(call, at + call.length)) {
      if ((calledAt += 1) > MOST) break;
      const before =
        bare
          .slice(Math.max(0, at - 200), at)
          .split('\n')
          .at(-1) ?? '';
      const line = bare.slice(at, at + 300).split('\n', 1)[0] ?? '';
      if (call === '.ServiceAccounts(' && !/\.(?:Get|Create|Update|Patch)\(/.test(line)) continue;
      const name = assignedTo(before);
      if (name !== undefined) {
        names.add(name);
        made.set(name, callOf(before, line.slice(call.length)));
      }
      // A whole chain on one line.
      const chained =
        /\)\.secrets\[|\)\.getSecrets\(\)\.get\(|\)\)?\.Secrets\[|\)\)?\.(?:body\.)?secrets[!?]?\.?\[/.exec(
          line,
        );
      if (chained)
        results.push(outdated(at + chained.index + 1, at + chained.index + chained[0].length - 1, EMPTY));
    }
  }
  for (const match of bare.matchAll(reads)) {
    const name = match.slice(1).find((one) => one !== undefined);
    if (name === undefined || !names.has(name) || results.length >= MOST) continue;
    if (hasFallback(bare, match.index, name)) continue;
    const read = { start: match.index, name, call: made.get(name) };
    results.push({
      ...outdated(match.index, match.index + match[0].length, EMPTY),
      fixes: () =>
        program === 'python' || program === 'javascript' ? ownSecret(program, text, code, read, isTyped) : [],
    });
  }
  return results;
}

/**
 * Whether a Go program takes the first Secret only where there is one, and returns something else at once where there is
 * none: `if len(sa.Secrets) > 0 {`, `return sa.Secrets[0].Name`, `}`, `return nameOf(sa)`.
 */
function hasFallback(bare: string, at: number, name: string): boolean {
  const lineStart = bare.lastIndexOf('\n', at) + 1;
  const from = bare.lastIndexOf('\n', lineStart - 2) + 1;
  const lines = bare
    .slice(Math.max(from, at - 1000), at + 1000)
    .split('\n')
    .map((line) => line.trim());
  const asks = new Set([`if len(${name}.Secrets) > 0 {`, `if len(${name}.Secrets) != 0 {`]);
  const first = lines.slice(0, 2).findIndex((line) => asks.has(line));
  const [taken = '', closed, other = ''] = lines.slice(first + 1);
  return (
    first >= 0 &&
    taken.startsWith(`return ${name}.Secrets[`) &&
    closed === '}' &&
    other.startsWith('return ') &&
    !/\berr|Err|\bnil\b|" *"/.test(other)
  );
}

/** The variable that a line sets, by what stands before the call: `sa, err :=`, `const { body: sa } =`, `V1ServiceAccount sa =`. */
function assignedTo(before: string): string | undefined {
  const equals = before.indexOf('=');
  if (equals < 0) return undefined;
  const [first = ''] = before.slice(0, equals).split(',', 1);
  return /^\w+$/.exec(withoutTrailing(first, ': }\t').split(/\W/).at(-1) ?? '')?.[0];
}

/** What a program has that asks for a token, makes a token Secret, or decides by the server's version, too. */
const OTHER_WAYS =
  /CreateToken\(|create_namespaced_service_account_token|createNamespacedServiceAccountToken|TokenRequest|SecretTypeServiceAccountToken|kubernetes\.io\/service-account-token|ServerVersion\(|\bMinor\b|minorVersion|server_version|\b1\.2[3-5]\b|\.Secrets[ \t]{0,4}=[ \t]{0,4}(?:append\(|\[\])/;

function outdated(start: number, end: number, message: string): Outdated {
  return { rule: 'account-secrets-read', start, end, message, fixes: () => [] };
}

/** `"kubectl", "get", "sa", name, "-o", "jsonpath={.secrets[0].name}"`: a command line as a list of texts. */
function argumentsOf({ code, bare, literals }: Code): Outdated[] {
  const results: Outdated[] = [];
  let tried = 0;
  for (let index = 0; index < literals.length && tried < MOST; index++) {
    const first = literals[index];
    if (!first || !/^(?:.{0,80}\/)?(?:kubectl|oc)$/.test(first.text)) continue;
    tried += 1;
    const words: Word[] = [{ ...first, substitutions: [] }];
    let last = first;
    for (const next of literals.slice(index + 1, index + 30)) {
      const between = bare.slice(last.end + 1, next.start - 1);
      if (between.length > 120 || !/^[\s,\w.()[\]$]*$/.test(between) || /\)\s*\w|;/.test(between)) break;
      for (const name of between.match(/\w+/g) ?? []) {
        words.push({ start: last.end, end: next.start, text: `$${name}`, substitutions: [] });
      }
      words.push({ ...next, substitutions: [] });
      last = next;
    }
    const command = { start: first.start, end: last.end, words, targets: [], heredocs: [] };
    const kubectl = kubectlOf(command, {
      start: first.start,
      commands: [command],
      within: undefined,
    });
    if (!kubectl || kubectl.verb !== 'get' || !namedBy(kubectl, 'account')) continue;
    const output = literals
      .slice(index, index + 30)
      .find(({ text, start }) => start < last.end && /\.secrets\b|index \.secrets/.test(text));
    if (!output || guardsOf(code.slice(Math.max(0, first.start - 2000), first.start + 2000)).isGuarded)
      continue;
    results.push(outdated(output.start, output.end, EMPTY));
  }
  return results;
}

/** client-go's rest.Config: its token is read again only where it is told the file (rest.Config.BearerTokenFile). */
function bearerTokens({ bare }: Code): Outdated[] {
  const results: Outdated[] = [];
  const literal = /\brest\.Config\{/g;
  for (const match of [...bare.matchAll(literal)].slice(0, MOST)) {
    const start = match.index + match[0].length;
    const end = closing(bare, start);
    const body = bare.slice(start, end);
    // Of a field of something else it is not known whether that has a file at all.
    const field = /\bBearerToken:[ \t]{0,10}(\w{1,100})\.BearerToken\b/.exec(body);
    const copied = field?.[1];
    if (!field || copied === undefined || body.includes('BearerTokenFile')) continue;
    const at = start + field.index;
    const fieldEnd = at + field[0].length;
    const message =
      'A token that was copied without BearerTokenFile is never read again: the client gets Unauthorized once the kubelet has renewed the mounted one, or its Pod is gone.';
    results.push({
      rule: 'bearer-token-copied',
      message,
      start: at,
      end: fieldEnd,
      fixes: () => {
        const margin = bare.slice(bare.lastIndexOf('\n', at) + 1, at);
        if (margin.trim() !== '' || !/^,[ \t]*\r?\n/.test(bare.slice(fieldEnd))) return [];
        const text = `\n${margin}BearerTokenFile: ${copied}.BearerTokenFile,`;
        return [
          {
            title: 'Copy BearerTokenFile too',
            edits: [{ start: fieldEnd + 1, end: fieldEnd + 1, text }],
            isPreferred: true,
          },
        ];
      },
    });
  }
  return results;
}

/** Where a bracket closes that was opened before an offset; no more than 4,000 UTF-16 units on. */
function closing(text: string, from: number): number {
  let depth = 1;
  const limit = Math.min(text.length, from + 4000);
  for (let at = from; at < limit; at++) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return limit;
}

/** The mounted token, read as the program starts and never again: outside of any function. */
function readOnce(program: Program, text: string, whole: Code): Outdated[] {
  const { code, literals } = whole;
  if (program !== 'python' && program !== 'javascript') return [];
  return literals
    .filter(({ text }) => text.endsWith(TOKEN_FILE))
    .slice(0, MOST)
    .flatMap(({ start, end }): Outdated[] => {
      const before =
        code
          .slice(Math.max(0, start - 200), start)
          .split('\n')
          .at(-1) ?? '';
      const line = before + (code.slice(start, end + 200).split('\n', 1)[0] ?? '');
      // As hvac and others hand Vault its reviewer.
      const reviewer = line.slice(0, 500).indexOf('token_reviewer_jwt');
      if (reviewer >= 0 && /(?:open|read\w{0,20})\(/.test(line.slice(reviewer, reviewer + 200))) {
        const message = `${WHY} Vault keeps this copy, and its logins then fail. Without token_reviewer_jwt Vault reads its own mounted token again and again.`;
        return [{ rule: 'mounted-token-copied', message, start, end, fixes: () => [] }];
      }
      const isRead =
        program === 'python'
          ? /^\w{1,60}(?:\s?:\s?str)?\s?=\s?(?:pathlib\.)?(?:open|Path)\(.*\.read(?:_text)?\(\)/.test(
              line.slice(0, 500),
            )
          : /^(?:export )?(?:const|let|var) \w{1,60}(?:\s?:\s?string)?\s?=\s?(?:await )?(?:fs\.|fs\.promises\.)?readFile(?:Sync)?\(/.test(
              line,
            );
      if (!isRead) return [];
      const message =
        'The token that is mounted in a Pod is renewed in its file and ends before the program does: what was read as it started is refused in the end. Read the file again for each use, or let a client library do so.';
      const fixes = (): Fix[] => readEachTime(program, text, whole, start);
      return [{ rule: 'mounted-token-read-once', message, start, end, fixes }];
    });
}
