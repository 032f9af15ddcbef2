import { DEFAULT_MOUNT } from '../kubernetes.ts';
import type { Fix } from '../manifest/problem.ts';
import type { Outdated } from './finding.ts';
import { namedBy } from './kubectlCommand.ts';
import { programOf, type Script } from './script.ts';
import { uses, variableIn, type Command, type Heredoc, type Pipeline, type Word } from './shell.ts';

const FOLDER = /\/run\/secrets\/kubernetes\.io\/serviceaccount\/?$/;
const FILE = /\/run\/secrets\/kubernetes\.io\/serviceaccount\/token$/;
export const MOUNTED = `${DEFAULT_MOUNT}/token`;

/** So many copies are judged in one script. */
const MOST = 200;

/** Why a copy of a Pod's token ends. */
export const WHY =
  'The token in a Pod is bound to that Pod: it ends with it, and the kubelet writes another one into the file before it expires.';

/** Lines that carry the token of a Pod to where it is not renewed: a kubeconfig, another file, a Secret, a CI variable. */
export function mountedTokensIn(script: Script): Outdated[] {
  const files = new Files(script);
  const isRenewed = refreshing(script);
  return [
    ...script.kubectls.flatMap((kubectl) => {
      const { verb, args, command, program } = kubectl;
      if (verb === 'config' && args[0]?.text === 'set-credentials')
        return setCredentials(script, files, command, args[1]);
      if (verb === 'exec' && command.words.some(({ text }) => /serviceaccount\/token\b/.test(text))) {
        const last = command.words.at(-1);
        return last ? [found(program.start, last.end, `${WHY} Copied out of it, nothing renews it.`)] : [];
      }
      if (verb === 'create' && namedBy(kubectl, 'secret')) {
        return command.words
          .filter((word) => files.carries(word))
          .map(({ start, end }) => found(start, end, `${WHY} What a Secret has of it is not renewed.`));
      }
      return [];
    }),
    ...script.pipelines.flatMap((pipeline) => copies(script, files, pipeline)),
  ]
    .slice(0, MOST)
    .filter(({ start }) => !isRenewed(start));
}

function found(
  start: number,
  end: number,
  message: string,
  fixes: () => readonly Fix[] = () => [],
): Outdated {
  return { rule: 'mounted-token-copied', message, start, end, fixes };
}

/** The words of a script that stand for the mounted file, and for what is in it. */
class Files {
  readonly #folders = new Set<string>();
  readonly #files = new Set<string>();
  readonly #tokens = new Set<string>();

  constructor({ assignments }: Script) {
    for (const { name, value, word } of assignments) {
      if (FOLDER.test(value)) this.#folders.add(name);
      else if (this.isFile(value)) this.#files.add(name);
      else if (
        this.#tokens.size < 50 &&
        word.substitutions.some(({ pipelines }) => pipelines.some((one) => this.prints(one)))
      )
        this.#tokens.add(name);
    }
  }

  /** Whether a text is the path of the mounted file. */
  isFile(text: string): boolean {
    if (FILE.test(text)) return true;
    const folder = /^(.{2,100}?)\/{1,2}token$/s.exec(text)?.[1];
    const base = folder ?? text;
    const name = variableIn(base) ?? /^\$\{(\w{1,80}):-.*\}$/s.exec(base)?.[1] ?? '';
    return (folder === undefined ? this.#files : this.#folders).has(name);
  }

  /** Whether a pipeline prints what is in it. */
  prints({ commands }: Pipeline): boolean {
    const [{ words }, ...others] = commands;
    const program = words[0]?.text ?? '';
    return /(?:^|\/)cat$/.test(program)
      ? words.some(({ text }) => this.isFile(text))
      : others.length === 0 && words.length === 1 && this.isFile(program);
  }

  /** Whether a word holds the token, or names its file after `=`. */
  carries({ text, substitutions }: Word): boolean {
    if (substitutions.some(({ pipelines }) => pipelines.some((one) => this.prints(one)))) return true;
    if (substitutions.length > 0) return false;
    const equals = text.indexOf('=');
    if (equals > 0 && this.isFile(text.slice(text.lastIndexOf('=') + 1))) return true;
    return this.holds(text);
  }

  holds(text: string): boolean {
    return [...this.#tokens].some((name) => uses(text, name));
  }
}

function setCredentials(script: Script, files: Files, command: Command, user: Word | undefined): Outdated[] {
  const { words } = command;
  const at = words.findIndex(({ text }) => text === '--token' || text.startsWith('--token='));
  const flag = words[at];
  const value = flag?.text === '--token' ? words[at + 1] : flag;
  if (!flag || !value || !files.carries(value)) return [];
  const message = `${WHY} A kubeconfig that has a copy of it gets Unauthorized from then on.`;
  const name = user && script.raw(user);
  const isPlain = name !== undefined && /^["']?[\w${}-]+["']?$/.test(name);
  const others = words.filter(({ text }) => /^--(?:username|password|client|auth|exec|embed)/.test(text));
  const first = words.find(({ text }) => text === 'set-credentials');
  const fixes = (): Fix[] => {
    if (!user || !isPlain || others.length > 0 || !first || script.region.isQuoted) return [];
    const quote = name.startsWith('"') ? '"' : '';
    const field = `${quote}users.${name.replaceAll(/["']/g, '')}.tokenFile${quote}`;
    const edits = [
      { start: first.start, end: first.end, text: 'set' },
      { start: user.start, end: user.end, text: field },
      { start: flag.start, end: value.end, text: MOUNTED },
    ];
    return [
      {
        title: 'Name the mounted file in the kubeconfig (for who has it at that path)',
        edits: edits.toSorted((one, other) => one.start - other.start),
        isPreferred: false,
      },
    ];
  };
  return [found(flag.start, value.end, message, fixes)];
}

function copies(script: Script, files: Files, pipeline: Pipeline): Outdated[] {
  return pipeline.commands.flatMap((command) => {
    const { words, targets, heredocs } = command;
    const program = programOf(command);
    const target = targets.find(({ text }) => !text.startsWith('/dev/'));
    const last = words.at(-1);
    if (!last || !words[0]) return [];
    if (
      /(?:^|\/)(?:cp|install|scp|mv|ln)$/.test(program) &&
      words.slice(0, -1).some(({ text }) => files.isFile(text))
    ) {
      if (/(?:^|\/)ln$/.test(program)) return [];
      return [found(words[0].start, last.end, `${WHY} Nothing renews the copy.`)];
    }
    if (/(?:^|\/)cat$/.test(program) && target && words.some(({ text }) => files.isFile(text))) {
      return [found(words[0].start, target.end, `${WHY} Nothing renews the copy.`)];
    }
    if (/(?:^|\/)(?:vault|bao)$/.test(program)) {
      return words
        .filter((word) => word.text.startsWith('token_reviewer_jwt=') && files.carries(word))
        .map(({ start, end }) =>
          found(
            start,
            end,
            `${WHY} Vault keeps this copy, and its logins then fail. Without token_reviewer_jwt Vault reads its own mounted token again and again.`,
          ),
        );
    }
    if (target && /(?:^|[@-])(?:echo|printf)$/.test(program)) {
      const word = words.slice(1).find((one) => files.carries(one));
      const isKept = /GITHUB_(?:ENV|OUTPUT)|BASH_ENV|\.env\b|dotenv/.test(target.text);
      const isField = word && /\btoken["']?\s*:/i.test(word.text);
      if (word && (isKept || isField))
        return [found(word.start, word.end, `${WHY} Nothing renews the copy.`)];
    }
    return heredocs.flatMap((heredoc) => (heredoc.isFilledIn ? inHeredoc(script, files, heredoc) : []));
  });
}

/** The token of a kubeconfig that is written on the lines that follow. */
function inHeredoc(script: Script, files: Files, { start, end }: Heredoc): Outdated[] {
  const results: Outdated[] = [];
  for (const match of script.text.slice(start, end).matchAll(/\btoken["']?[ \t]*:[ \t]*([^\n]{1,400})/g)) {
    const value = match[1] ?? '';
    const isToken = files.holds(value) || (/\bcat\b/.test(value) && /serviceaccount\/token\b/.test(value));
    if (!isToken) continue;
    const from = start + match.index;
    const trimmed = match[0].trimEnd();
    const message = `${WHY} A kubeconfig that has a copy of it gets Unauthorized from then on.`;
    results.push(
      found(from, from + trimmed.length, message, () =>
        script.region.isQuoted || match[0].startsWith('token"')
          ? []
          : [
              {
                title: 'Name the mounted file in the kubeconfig (for who has it at that path)',
                edits: [{ start: from, end: from + trimmed.length, text: `tokenFile: ${MOUNTED}` }],
                isPreferred: false,
              },
            ],
      ),
    );
  }
  return results;
}

/** Tells whether a place is in a loop, or in a function that a loop calls: then the copy is made anew. */
function refreshing({ text, region, pipelines }: Script): (at: number) => boolean {
  const loops: { start: number; end: number }[] = [];
  const open: number[] = [];
  for (const { commands, start } of pipelines) {
    const first = commands[0].words[0]?.text ?? '';
    if (/^(?:while|until|for)$/.test(first)) open.push(first === 'for' ? -1 : start);
    if (first === 'done') {
      const from = open.pop() ?? -1;
      if (from >= 0 && loops.length < MOST) loops.push({ start: from, end: start });
    }
  }
  const functions = [
    ...text.slice(region.start, region.end).matchAll(/^[ \t]*(?:function[ \t]+)?([\w-]{1,80})[ \t]*\(\)/gm),
  ].map((match) => ({ name: match[1] ?? '', start: region.start + match.index }));
  const called = loops.map(({ start, end }) => text.slice(start, end)).join('\n');
  return (at) => {
    if (loops.some(({ start, end }) => at > start && at < end)) return true;
    const own = functions.findLast(({ start }) => start < at);
    return own !== undefined && called.includes(own.name);
  };
}
