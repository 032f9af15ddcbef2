import { isAbsolute, resolve } from 'node:path';
import { pathList, usualKubeconfigs, withHome } from '../../files/system.ts';
import { words, type Words } from '../../harmless.ts';
import type { ClientCommand } from '../../refusal/commandLine.ts';
import type { Value } from '../../refusal/shellWords.ts';
import { decodeToken } from '../../token/decode.ts';
import type { CommandUse } from '../subject/subject.ts';

/** What a command used: never its token. */
export interface Use extends CommandUse {
  /** What was run, without arguments: `kubectl`. */
  readonly program: string;
  /** Why it cannot be told which kubeconfig it was; undefined where it can. */
  readonly unknown: Words | undefined;
  readonly overrides: readonly string[];
}

/** Where a line was run. */
export interface Place {
  /** Absolute path of the shell's folder on this machine, where it is known. */
  readonly folder: string | undefined;
  /** KUBECONFIG as the shell had it before; null where it had none, and undefined where nobody set it. */
  readonly variable: Value | null | undefined;
  /** Whether the person is root, whose kubeconfig sudo takes. */
  readonly isRoot: boolean;
}

/** These only pass on what a client of Kubernetes wrote. */
const PASSING = /^(?:cd|grep|echo|cat|jq|yq|tee|less|head|tail|sed|awk)$/;

/** What the commands of a line used; of clients of Kubernetes, where there are any. Pure, but for where the home folder is. */
export function usesOf(all: readonly ClientCommand[], place: Place): readonly Use[] {
  const clients = all.filter(({ program }) => !PASSING.test(program));
  const named = clients.filter(({ kubeconfig, context, token }) => kubeconfig ?? context ?? token);
  const chosen = named.length > 0 ? named : clients.slice(-1);
  return distinct((chosen.length > 0 ? chosen : [undefined]).map((one) => useOf(one, place)));
}

/** Each kubeconfig with its context once. */
export function distinct(uses: readonly Use[]): readonly Use[] {
  const seen = new Set<string>();
  return uses.filter(({ files, context, claims }) => {
    const key = JSON.stringify([files, context, claims]);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function useOf(command: ClientCommand | undefined, place: Place): Use {
  const { context, token, overrides = [], program = '' } = command ?? {};
  const claims = token && decodeToken(token.text)?.claims;
  const open = [context, token].find((one) => one?.isOpen === true);
  return {
    program,
    overrides,
    ...(claims && { claims }),
    ...(context?.isOpen === false && { context: context.text }),
    ...(open ? { files: undefined, unknown: onlyShell(open) } : filesOf(command, place)),
  };
}

const onlyShell = ({ text }: Value): Words => words`What ${text} stands for is known to the shell alone.`;

/** The files of the kubeconfig that a command used, or why they are not known. */
function filesOf(command: ClientCommand | undefined, place: Place): Pick<Use, 'files' | 'unknown'> {
  const ofShell = command?.user === undefined ? place.variable : undefined;
  const variable = command?.variable === undefined ? ofShell : command.variable;
  const named = command?.kubeconfig ?? variable;
  if (named?.isOpen === true) return { files: undefined, unknown: onlyShell(named) };
  const list = !named ? [] : named === command?.kubeconfig ? [named.text] : pathList(named.text);
  const paths = list.filter((path) => path !== '');
  return paths.length > 0 ? inFolder(paths, command, place) : ofNone(command, place);
}

/** What is used where neither the command nor its shell names a file. */
function ofNone(command: ClientCommand | undefined, { isRoot }: Place): Pick<Use, 'files' | 'unknown'> {
  const { user, isClient = false, program = '' } = command ?? {};
  if (user === 'root' && isRoot) {
    return { files: usualKubeconfigs({ HOME: process.env['HOME'] }), unknown: undefined };
  }
  if (user !== undefined) {
    return { files: undefined, unknown: words`By sudo it was ${user}’s kubeconfig.` };
  }
  const unknown = isClient ? undefined : words`Which kubeconfig ${program} used is not known.`;
  return { files: undefined, unknown };
}

/** Paths from the folder that the shell was in, after the `cd`s before the command. The shell puts the home folder for `~`. */
function inFolder(
  paths: readonly string[],
  command: ClientCommand | undefined,
  place: Place,
): Pick<Use, 'files' | 'unknown'> {
  const atHome = paths.map(withHome);
  if (atHome.every((path) => isAbsolute(path))) return { files: atHome, unknown: undefined };
  const moves = command?.folders ?? [];
  const open = moves.find(({ isOpen, text }) => isOpen || text === '-');
  if (open) return { files: undefined, unknown: onlyShell(open) };
  const last = moves.reduce<string | undefined>((folder, { text }) => {
    const path = withHome(text);
    return isAbsolute(path) || folder !== undefined ? resolve(folder ?? '', path) : undefined;
  }, place.folder);
  if (last === undefined) {
    return { files: undefined, unknown: words`The folder that ${paths.join(', ')} is in is not known.` };
  }
  return { files: atHome.map((path) => resolve(last, path)), unknown: undefined };
}
