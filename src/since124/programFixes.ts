import type { Fix, TextEdit } from '../manifest/problem.ts';
import type { Code, Literal } from './code.ts';
import { topLevel } from './python.ts';

/** Where a program got a ServiceAccount: by which client, and what stands behind the call's opening bracket. */
export interface Call {
  readonly client: string;
  readonly isAwaited: boolean;
  readonly argument: string;
}

/** Tells a call that is assigned, by what stands on its line before and behind its opening bracket. */
export function callOf(before: string, behind: string): Call | undefined {
  if (!before.endsWith('.')) return undefined;
  let start = before.length - 1;
  while (start > 0 && /[\w$.]/.test(before.charAt(start - 1))) start -= 1;
  const client = before.slice(start, -1);
  if (client === '' || client.startsWith('.')) return undefined;
  const isAwaited = /\bawait\s/.test(before.slice(before.lastIndexOf('='), start));
  return { client, isAwaited, argument: behind.trimStart().slice(0, 1) };
}

const WHAT =
  'The name of a token Secret of a ServiceAccount, which is made where there is none, once the token controller has filled it.';

const IN_PYTHON = `def token_secret_of(api, account):
    """${WHAT}"""
    import time
    from kubernetes.client.rest import ApiException

    name, namespace = account.metadata.name, account.metadata.namespace
    secret = f"{name}-token"
    annotations = {"kubernetes.io/service-account.name": name}
    body = {
        "metadata": {"name": secret, "annotations": annotations},
        "type": "kubernetes.io/service-account-token",
    }
    try:
        api.create_namespaced_secret(namespace, body)
    except ApiException as error:
        if error.status != 409:
            raise
    while "token" not in (api.read_namespaced_secret(secret, namespace).data or {}):
        time.sleep(1)
    return secret


`;

const inJavaScript = (isTyped: boolean): string => {
  const [client, account, caught] = isTyped
    ? [
        ": import('@kubernetes/client-node').CoreV1Api",
        ": import('@kubernetes/client-node').V1ServiceAccount",
        ': { code?: number }',
      ]
    : ['', '', ''];
  return `
/** ${WHAT} */
async function tokenSecretOf(api${client}, account${account}) {
  const name = account.metadata?.name ?? '';
  const namespace = account.metadata?.namespace ?? '';
  const secret = { name: \`\${name}-token\`, namespace };
  const annotations = { 'kubernetes.io/service-account.name': name };
  const body = { metadata: { ...secret, annotations }, type: 'kubernetes.io/service-account-token' };
  await api.createNamespacedSecret({ namespace, body }).catch((error${caught}) => {
    if (error.code !== 409) throw error;
  });
  while (!(await api.readNamespacedSecret(secret)).data?.['token']) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return secret.name;
}
`;
};

/** A token Secret of its own, made by the client that read the account, in the place of the first of its secrets. */
export function ownSecret(
  program: string,
  text: string,
  { bare }: Code,
  read: { readonly start: number; readonly name: string; readonly call: Call | undefined },
  isTyped: boolean,
): Fix[] {
  const { start, name, call } = read;
  if (!call) return [];
  const fix = (edits: readonly TextEdit[]): Fix[] => [
    {
      title: 'Make a token Secret that lasts, wait until it is filled, and name that',
      edits,
      isPreferred: false,
    },
  ];
  const behind = bare.slice(start, start + 200);
  if (program === 'python') {
    const whole = /^\w+\.secrets\[0\]\.name\b/.exec(behind)?.[0];
    const at = topLevel(bare, start);
    if (whole === undefined || at === undefined || call.isAwaited) return [];
    return fix([
      { start: at, end: at, text: IN_PYTHON },
      { start, end: start + whole.length, text: `token_secret_of(${call.client}, ${name})` },
    ]);
  }
  // Clients before 1.0 take what they are asked for one by one, and answer with more than the object.
  const whole = /^\w+\??\.secrets[!?]?(?:\.)?\[0\][!?]?\.name\b/.exec(behind)?.[0];
  if (whole === undefined || !call.isAwaited || call.argument !== '{') return [];
  const value = `await tokenSecretOf(${call.client}, ${name})`;
  const isPart = /^\??[.[]/.test(behind.slice(whole.length));
  return fix([
    { start, end: start + whole.length, text: isPart ? `(${value})` : value },
    { start: text.length, end: text.length, text: inJavaScript(isTyped) },
  ]);
}

/** What was read once as a program started is read for each use, where the program alone uses it and is simple enough. */
export function readEachTime(program: 'python' | 'javascript', text: string, code: Code, at: number): Fix[] {
  const { bare, literals } = code;
  const lineStart = bare.lastIndexOf('\n', at) + 1;
  const found = bare.indexOf('\n', at);
  const lineEnd = found < 0 ? bare.length : found;
  const line = bare.slice(lineStart, lineEnd).trimEnd();
  const set = /^((?:(?:const|let|var) )?(\w{1,60}))(\s?:\s?str(?:ing)?)?\s?=\s?/.exec(line);
  const [whole = '', head = '', name, type] = set ?? [];
  if (name === undefined || !/\);?$/.test(line) || /\bawait\b/.test(line)) return [];
  const calls = callsOf(program, name, bare, { start: lineStart, end: lineEnd });
  if (!calls) return [];
  const ends = [...calls, ...filledIn(program, name, text, literals)];
  if (ends.length === 0) return [];
  const value = lineStart + whole.length;
  const begins = program === 'python' ? 'lambda: ' : type === undefined ? '() => ' : '(): string => ';
  const edits = [
    type === undefined
      ? { start: value, end: value, text: begins }
      : { start: lineStart + head.length, end: value, text: ` = ${begins}` },
    ...ends.map((end) => ({ start: end, end, text: '()' })),
  ];
  return [
    {
      title: 'Read the file for each use',
      edits: edits.toSorted((one, other) => one.start - other.start),
      isPreferred: false,
    },
  ];
}

/** Where each use of a variable ends but on its own line; undefined where not each can be told from something else. */
function callsOf(
  program: 'python' | 'javascript',
  name: string,
  bare: string,
  own: { readonly start: number; readonly end: number },
): number[] | undefined {
  const ends: number[] = [];
  for (const index of placesOf(name, bare)) {
    if (index >= own.start && index < own.end) continue;
    const before = bare.slice(Math.max(0, index - 20), index);
    const end = index + name.length;
    const after = bare.slice(end, end + 20);
    // Another one of that name, or one that is handed on by its name.
    const isShort = program === 'javascript' && /[{,]\s*$/.test(before) && /^\s*[,}]/.test(after);
    if (isShort || /[.$]$/.test(before) || /^\s*(?:=(?!=)|:|\()/.test(after)) return undefined;
    if (/\b(?:import|global|export|const|let|var|def|as|for)\s+$/.test(before)) return undefined;
    ends.push(end);
  }
  return ends;
}

function* placesOf(name: string, bare: string): Generator<number> {
  for (let at = bare.indexOf(name); at >= 0; at = bare.indexOf(name, at + 1)) {
    if (!/\w/.test(bare.charAt(at - 1)) && !/\w/.test(bare.charAt(at + name.length))) yield at;
  }
}

/** Where each use of a variable ends within texts that it is filled into. */
function filledIn(
  program: 'python' | 'javascript',
  name: string,
  text: string,
  literals: readonly Literal[],
): number[] {
  const used = program === 'python' ? `{${name}}` : `\${${name}}`;
  return literals.flatMap(({ start, text: literal }) => {
    const before = text.slice(Math.max(0, start - 4), start);
    const isFilledIn = program === 'python' ? /\bf["']{1,3}$/i.test(before) : before.endsWith('`');
    const ends: number[] = [];
    if (!isFilledIn) return ends;
    for (let at = literal.indexOf(used); at >= 0; at = literal.indexOf(used, at + 1)) {
      ends.push(start + at + used.length - 1);
    }
    return ends;
  });
}
