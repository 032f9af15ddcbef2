import { simpleCommands, type Shell, type Value } from './shellWords.ts';

/** What a command line says of the kubeconfig that a client of Kubernetes uses. Nothing of it is run. */
export interface ClientCommand {
  /** The program, without its folder: `kubectl`. */
  readonly program: string;
  /** Whether it is known to read a kubeconfig, and by which flags. */
  readonly isClient: boolean;
  /** Whom sudo runs it as, which keeps no variable: that person's home folder counts. Undefined without sudo. */
  readonly user: string | undefined;
  /** Where the line went by `cd` before it, in that order. */
  readonly folders: readonly Value[];
  readonly kubeconfig: Value | undefined;
  /** KUBECONFIG, where it is set in front of the command: a list of files; null where it is unset there. */
  readonly variable: Value | null | undefined;
  readonly context: Value | undefined;
  readonly namespace: Value | undefined;
  /** A credential in the command line. It is here only as long as somebody judges it. */
  readonly token: Value | undefined;
  /** Flags that change what is sent or where to, as they are named: `--user`, `--server`. */
  readonly overrides: readonly string[];
}

export interface CommandLine {
  readonly commands: readonly ClientCommand[];
  /** KUBECONFIG, where the line sets it for the commands that follow; null where it is unset. */
  readonly exported: Value | null | undefined;
  /** Whether the shell may be in another folder after it. */
  readonly moves: boolean;
}

/** No more of a command line is read, in UTF-16 units. */
const LONGEST = 20_000;

/** Programs that read a kubeconfig, and how they name what they take of it (their own --help). */
const CLIENT =
  /^(?:kubectl|oc|helm|helmfile|k9s|kubectl-[\w-]+|k|kubecolor|stern|istioctl|linkerd|cilium|calicoctl|velero|flux|argocd|kustomize|skaffold|tilt|terraform|tofu|pulumi|ansible-playbook|kapp|ytt|k3s|microk8s|minikube|kubeadm)$/;

const FLAGS: Readonly<Record<string, 'kubeconfig' | 'context' | 'namespace' | 'token' | 'override'>> = {
  '--kubeconfig': 'kubeconfig',
  '--context': 'context',
  '--kube-context': 'context',
  '--namespace': 'namespace',
  '-n': 'namespace',
  '--token': 'token',
  '--kube-token': 'token',
  '--server': 'override',
  '-s': 'override',
  '--kube-apiserver': 'override',
  '--user': 'override',
  '--cluster': 'override',
  '--client-certificate': 'override',
  '--certificate-authority': 'override',
  '--kube-ca-file': 'override',
};

/** What runs another command, and its own flags that take a value. */
const WRAPPERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['sudo', new Set(['-u', '-g', '-h', '-p', '-C', '-D', '-R', '-T', '-U', '--user', '--group'])],
  ['doas', new Set(['-u', '-C'])],
  ['env', new Set(['-u', '-C', '-S'])],
  ['time', new Set(['-f', '-o'])],
  ['nohup', new Set<string>()],
  ['watch', new Set(['-n', '--interval'])],
  ['timeout', new Set(['-s', '-k'])],
  ['command', new Set<string>()],
  ['exec', new Set<string>()],
]);

/**
 * Reads a command line, of several lines too, as a shell would, as far as that can be told from it alone. Pure, and linear
 * in its length. Of programs that are no known client of Kubernetes only what is set in front counts.
 */
export function readCommandLine(line: string, shell: Shell = 'posix'): CommandLine {
  const commands: ClientCommand[] = [];
  let exported: Value | null | undefined;
  const folders: Value[] = [];
  for (const words of simpleCommands(line.slice(0, LONGEST), shell)) {
    const set = exportedBy(words, shell);
    if (set !== undefined) exported = set;
    const command = set === undefined ? commandOf(words, exported) : undefined;
    if (command) commands.push({ ...command, folders: [...folders] });
    const folder = folderOf(words);
    if (folder) folders.push(folder);
  }
  return { commands, exported, moves: folders.length > 0 };
}

/** What a command goes to; the home folder where it names none, and `-` for where the shell was before. */
function folderOf([first, ...more]: readonly Value[]): Value | undefined {
  if (first?.text === 'popd') return { text: '-', isOpen: false };
  if (first?.text !== 'cd' && first?.text !== 'pushd') return undefined;
  return more.find(({ text }) => text === '-' || !text.startsWith('-')) ?? { text: '~', isOpen: false };
}

const ASSIGNED = 'KUBECONFIG=';

/** What a command sets KUBECONFIG to for those after it: `export`, fish's `set -gx`, PowerShell's `$env:`, cmd's `set`. */
function exportedBy(words: readonly Value[], shell: Shell): Value | null | undefined {
  const [first, second] = words;
  if (!first || words.length > 5) return undefined;
  if (/^(?:export|set|declare|typeset)$/.test(first.text)) {
    const at = words.findIndex(({ text }) => text === 'KUBECONFIG');
    const assigned = words.find(({ text }) => text.startsWith(ASSIGNED));
    if (assigned) return valueAfter(assigned, ASSIGNED);
    return first.text === 'set' && at > 0 ? words[at + 1] : undefined;
  }
  if (first.text === 'unset' && second?.text === 'KUBECONFIG') return null;
  if (shell === 'powershell' && first.text.toLowerCase().startsWith('$env:kubeconfig')) {
    const rest = first.text.slice('$env:kubeconfig'.length).replace(/^\s*=\s*/, '');
    return rest === ''
      ? words.find(({ text }, index) => index > 0 && text !== '=')
      : { ...first, text: rest, isOpen: false };
  }
  // An assignment with no command behind it.
  return first.text.startsWith(ASSIGNED) && words.length === 1 ? valueAfter(first, ASSIGNED) : undefined;
}

function commandOf(
  words: readonly Value[],
  exported: Value | null | undefined,
): Omit<ClientCommand, 'folders'> | undefined {
  let variable = exported;
  let user: string | undefined;
  let at = 0;
  for (; at < words.length; at++) {
    const { text = '' } = words[at] ?? {};
    if (text.startsWith(ASSIGNED)) variable = valueAfter(words[at], ASSIGNED);
    else if (!/^\w+=/.test(text)) {
      const wrapper = programOf(text);
      const own = WRAPPERS.get(wrapper);
      if (!own) break;
      const flags = words.slice(at + 1, endOfFlags(words, at + 1, own));
      at += flags.length;
      if (wrapper === 'env' && unsets(flags)) variable = null;
      if (/^(?:sudo|doas)$/.test(wrapper) && !flags.some((flag) => KEEPS.test(flag.text))) {
        user = userOf(flags);
        variable = undefined;
      }
    }
  }
  const program = programOf(words[at]?.text ?? '');
  if (program === '') return undefined;
  const isClient = CLIENT.test(program);
  return { program, isClient, user, variable, ...flagsOf(isClient ? words.slice(at + 1) : []) };
}

/** Flags by which sudo keeps the variables that there are. */
const KEEPS = /^-\w*E|^--preserve-env(?:=.*\bKUBECONFIG\b|$)/;

/** Whom flags of sudo name. */
function userOf(flags: readonly Value[]): string {
  const at = flags.findIndex(({ text }) => text === '-u' || text === '--user');
  const joined = flags.find(({ text }) => /^(?:-u.|--user=)/.test(text))?.text.replace(/^(?:-u|--user=)/, '');
  return flags[at + 1 || flags.length]?.text ?? joined ?? 'root';
}

/** Whether flags of env take KUBECONFIG away. */
function unsets(flags: readonly Value[]): boolean {
  return flags.some(
    ({ text }, at) =>
      text === '-i' || text === '-uKUBECONFIG' || (text === '-u' && flags[at + 1]?.text === 'KUBECONFIG'),
  );
}

/** Where the flags of a wrapper end, with their values, and the seconds of `timeout`. */
function endOfFlags(words: readonly Value[], from: number, withValue: ReadonlySet<string>): number {
  let at = from;
  for (; /^-|^\d+[smhd]?$/.test(words[at]?.text ?? ''); at++) if (withValue.has(words[at]?.text ?? '')) at++;
  return Math.min(at, words.length);
}

function programOf(text: string): string {
  return text.replace(/^.*[/\\]/s, '').replace(/\.(?:exe|cmd|bat)$/i, '');
}

type Flags = Pick<ClientCommand, 'kubeconfig' | 'context' | 'namespace' | 'token' | 'overrides'>;

function flagsOf(words: readonly Value[]): Flags {
  const found: Partial<Record<'kubeconfig' | 'context' | 'namespace' | 'token', Value>> = {};
  const overrides: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (!word || word.text === '--') break; // What follows is another program's, as in a container.
    const equals = word.text.indexOf('=');
    const name = equals < 0 ? word.text : word.text.slice(0, equals);
    const is = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    if (is === undefined) continue;
    const value = equals < 0 ? words[++at] : valueAfter(word, `${name}=`);
    if (is === 'override') overrides.push(name);
    else if (value) found[is] = value;
  }
  const { kubeconfig, context, namespace, token } = found;
  return { kubeconfig, context, namespace, token, overrides };
}

function valueAfter(word: Value | undefined, prefix: string): Value | undefined {
  if (!word) return undefined;
  const text = word.text.slice(prefix.length);
  // After `=` the shell puts the home folder for `~` in an assignment, and kubectl never does.
  return { ...word, text };
}
