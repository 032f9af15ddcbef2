import { guardsOf, type Guards } from './guards.ts';
import { kubectlOf, type Kubectl } from './kubectlCommand.ts';
import { readShell, type Command, type Dialect, type Pipeline, type Word } from './shell.ts';

/** A part of a text that a shell reads. Offsets in UTF-16 units. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly dialect: Dialect;
  /** Whether it is within quotes of another language, where not every text can be put. */
  readonly isQuoted: boolean;
}

/** A variable that a script sets. */
export interface Assignment {
  readonly name: string;
  readonly word: Word;
  /** What it is set to, without its quotes, as it is written. */
  readonly value: string;
  readonly pipeline: Pipeline;
}

interface Holder {
  readonly command: Command;
  readonly pipeline: Pipeline;
}

/** So many command lines of kubectl are judged in one script: nobody writes more. */
const MOST = 500;

/** A script, read once, with what the rules ask of it. */
export class Script {
  readonly text: string;
  readonly region: Region;
  readonly pipelines: readonly Pipeline[];
  readonly kubectls: readonly Kubectl[];
  readonly assignments: readonly Assignment[];
  readonly guards: Guards;
  #readers: readonly Pipeline[] | undefined;
  readonly #holders = new Map<number, Holder>();
  /** The variables that are set to one command's output, by where that begins. */
  readonly #set = new Map<number, Assignment>();

  constructor(text: string, region: Region) {
    this.text = text;
    this.region = region;
    this.guards = guardsOf(text.slice(region.start, region.end));
    this.pipelines = readShell(text, region.start, region.end, region.dialect);
    const kubectls: Kubectl[] = [];
    const assignments: Assignment[] = [];
    for (const pipeline of this.pipelines) {
      for (const command of pipeline.commands) {
        const kubectl = kubectlOf(command, pipeline);
        if (kubectl && kubectls.length < MOST) kubectls.push(kubectl);
        assignments.push(...assignmentsOf(command, pipeline));
        for (const word of command.words) this.#holders.set(word.start, { command, pipeline });
      }
    }
    this.kubectls = kubectls;
    this.assignments = assignments;
    for (const assignment of assignments) {
      const [only, ...others] = assignment.word.substitutions;
      if (!only || others.length > 0) continue;
      const raw = this.raw(only);
      if (assignment.value === raw || `$${assignment.value}` === raw) this.#set.set(only.start, assignment);
    }
  }

  raw({ start, end }: { readonly start: number; readonly end: number }): string {
    return this.text.slice(start, end);
  }

  /** The command and pipeline that a pipeline is within. */
  holderOf({ within }: Pipeline): Holder | undefined {
    return within ? this.#holders.get(within.wordAt) : undefined;
  }

  /** The pipeline that it is within in the end: a statement. */
  statementOf(pipeline: Pipeline): Pipeline {
    let statement = pipeline;
    for (let holder = this.holderOf(statement); holder; holder = this.holderOf(statement)) {
      if (holder.pipeline === statement) break;
      statement = holder.pipeline;
    }
    return statement;
  }

  /** The first pipelines with a command that is so. It is asked of each once. */
  readersBy(isSo: (command: Command) => boolean): readonly Pipeline[] {
    this.#readers ??= this.pipelines.filter(({ commands }) => commands.some(isSo)).slice(0, MOST);
    return this.#readers;
  }

  /** The variable that is set to a pipeline's output and nothing else. */
  variableOf({ within }: Pipeline): Assignment | undefined {
    return within && this.#set.get(within.substitution.start);
  }
}

/** What stands before a program: a shell's and a Dockerfile's keywords, a prompt, and what runs another program. */
const BEFORE =
  /^(?:if|then|elif|else|while|until|do|!|\{|time|sudo|exec|command|env|RUN|CMD|ENTRYPOINT|\$|%|-[A-Za-z]{1,3}|[@-]{1,2}|\w{1,80}=.*)$/s;

/** The name of the program that a command runs, as it is written; empty where there is none. */
export function programOf({ words }: Command): string {
  return words.find(({ text }) => !BEFORE.test(text))?.text ?? '';
}

const SETS = /^(?:[@-]{0,3})(\w{1,80})\+?=/;

function assignmentsOf({ words }: Command, pipeline: Pipeline): Assignment[] {
  const found: Assignment[] = [];
  const [name, sign, value] = words;
  // NAME := value, as in make
  if (name && sign && value && /^[:?]{0,2}=$/.test(sign.text) && /^\w{1,80}$/.test(name.text)) {
    found.push({ name: name.text, word: value, value: value.text, pipeline });
  }
  for (const word of words) {
    const set = SETS.exec(word.text);
    if (set?.[1] !== undefined) {
      found.push({ name: set[1], word, value: word.text.slice(set[0].length), pipeline });
    }
  }
  return found;
}
