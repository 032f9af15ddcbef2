import type { Outdated } from './finding.ts';
import { namedBy, outputOf, type Kubectl } from './kubectlCommand.ts';
import { programOf, type Script } from './script.ts';
import { variableIn, type Command, type Pipeline, type Word } from './shell.ts';

/** Tokens of ServiceAccounts that a script gives a client by its arguments, where whoever is on the machine reads them. */
export function tokensInArguments(script: Script): Outdated[] {
  const givers = new Set(script.kubectls.filter(givesToken).map(({ pipeline }) => pipeline));
  const holds = (word: Word, value: string): boolean => {
    if (word.substitutions.some(({ pipelines }) => pipelines.some((one) => givers.has(one)))) return true;
    const name = variableIn(value);
    const set =
      name === undefined
        ? []
        : script.assignments.filter((one) => one.name === name && !one.word.text.startsWith('--'));
    return set.length > 0 && set.every(({ word: of }) => isOutputOf(of, givers));
  };
  return script.pipelines.flatMap(({ commands }) =>
    commands.flatMap((command) =>
      valuesOf(command).flatMap(({ word, value, start }): Outdated[] =>
        holds(word, value) ? [{ ...MEANS, start, end: word.end, fixes: () => [] }] : [],
      ),
    ),
  );
}

const MEANS = {
  rule: 'token-in-arguments',
  message:
    'While this runs, every user of the machine can read the token in the list of processes, unless the system hides that. What is read from a kubeconfig, or from its tokenFile, is in no list.',
} as const;

function isOutputOf({ substitutions }: Word, givers: ReadonlySet<Pipeline>): boolean {
  return substitutions.some(({ pipelines }) => pipelines.some((one) => givers.has(one)));
}

/** Whether a command line prints a ServiceAccount's token. */
function givesToken(kubectl: Kubectl): boolean {
  const { verb, args } = kubectl;
  if (verb === 'create') return args[0]?.text === 'token' && !['json', 'yaml'].includes(outputOf(kubectl));
  const isRead = verb === 'get' && namedBy(kubectl, 'secret')?.length === 1;
  return isRead && /\.data\.token\b|\.data\s+"token"|\.data\[["']token["']\]/.test(outputOf(kubectl));
}

/** The values of kubectl's `--token` and Helm's `--kube-token`. */
function valuesOf(
  command: Command,
): { readonly word: Word; readonly value: string; readonly start: number }[] {
  const flag = FLAGS.find(([program]) => program.test(programOf(command)))?.[1];
  if (flag === undefined) return [];
  return command.words.flatMap((word, index) => {
    if (word.text.startsWith(`${flag}=`)) {
      return [{ word, value: word.text.slice(flag.length + 1), start: word.start }];
    }
    const next = command.words[index + 1];
    return word.text === flag && next ? [{ word: next, value: next.text, start: word.start }] : [];
  });
}

const FLAGS: readonly (readonly [program: RegExp, flag: string])[] = [
  [/(?:^|\/)(?:kubectl|oc)$/, '--token'],
  [/(?:^|\/)helm$/, '--kube-token'],
];
