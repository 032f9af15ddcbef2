import { readCode, SYNTAXES } from './code.ts';
import type { Program } from './programs.ts';
import type { Region } from './script.ts';

/** What a file is, as far as the rules tell apart. */
export type Language =
  | 'shell'
  | 'powershell'
  | 'make'
  | 'dockerfile'
  | 'yaml'
  | 'markdown'
  | 'notes'
  | 'terraform'
  | Program
  | 'other';

/** By the end of a file's name, and by what an editor calls the language. */
const LANGUAGES: readonly (readonly [language: Language, name: RegExp, id: RegExp])[] = [
  ['shell', /\.(?:sh|bash|zsh|ksh|bats|envrc)$/, /^shellscript$/],
  ['powershell', /\.psm?1$/, /^powershell$/],
  ['make', /^(?:gnu)?makefile(?:\.|$)|\.(?:mk|mak|make)$/, /^makefile$/],
  ['dockerfile', /(?:^|\.)(?:dockerfile|containerfile)(?:\.|$)/, /^dockerfile$/],
  ['yaml', /\.(?:ya?ml|tpl)$/, /yaml|helm/],
  ['markdown', /\.(?:md|markdown|mdx)$/, /^markdown$/],
  // What Helm prints after an installation.
  ['notes', /^notes\.txt$/, /(?!)/],
  ['terraform', /\.(?:tf|tofu)$|^\.terraform\.lock\.hcl$/, /^(?:terraform|hcl|opentofu)$/],
  ['go', /\.go$/, /^go$/],
  ['python', /\.py$/, /^python$/],
  ['javascript', /\.[cm]?[jt]sx?$/, /^(?:java|type)script(?:react)?$/],
  ['java', /\.(?:java|kt|scala)$/, /^(?:java|kotlin|scala)$/],
  ['groovy', /\.(?:groovy|jenkinsfile)$|^jenkinsfile(?:\.|$)/, /^(?:groovy|jenkinsfile)$/],
  ['csharp', /\.cs$/, /^csharp$/],
  ['rust', /\.rs$/, /^rust$/],
];

/** What a file is, by an editor's own word for its language, its name, or its first line. */
export function languageOf(path: string, text: string, id = ''): Language {
  const name = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
  const known =
    LANGUAGES.find(([, , ids]) => ids.test(id)) ?? LANGUAGES.find(([, names]) => names.test(name));
  if (known) return known[0];
  return /^#![^\n]{0,100}\b(?:ba|da|z|k)?sh\b/.test(text.slice(0, 120)) ? 'shell' : 'other';
}

/** The parts of a text that a shell reads. */
export function shellRegions(language: Language, text: string): Region[] {
  const whole = { start: 0, end: text.length, isQuoted: false };
  switch (language) {
    case 'shell':
    case 'dockerfile':
      return [{ ...whole, dialect: 'sh' }];
    case 'powershell':
      return powershellOf(text, 0, text.length);
    case 'make':
      return [{ ...whole, dialect: 'make' }];
    case 'yaml':
      return scalarsOf(text, 0, text.length);
    case 'markdown':
      return blocksOf(text);
    case 'notes':
      return [...linesOf(text, 0, text.length)].map(({ start, end }) => ({
        start,
        end,
        dialect: 'sh',
        isQuoted: true,
      }));
    case 'other':
      return [];
    case 'terraform':
      return textsOf(text, 'hcl');
    case 'go':
    case 'java':
    case 'csharp':
    case 'groovy':
    case 'rust':
    case 'javascript':
    case 'python':
      return textsOf(text, language);
  }
}

const IS_COMMAND = /\b(?:kubectl|oc)\s/;

/** The texts of a program that may be command lines. */
function textsOf(text: string, syntax: keyof typeof SYNTAXES): Region[] {
  if (!IS_COMMAND.test(text)) return [];
  return readCode(text, SYNTAXES[syntax])
    .literals.filter((literal) => IS_COMMAND.test(literal.text))
    .map(({ start, end }) => ({ start, end, dialect: 'sh', isQuoted: true }));
}

/** A script of PowerShell without its comments over several lines. */
function powershellOf(text: string, from: number, to: number): Region[] {
  const regions: Region[] = [];
  for (let start = from; start < to;) {
    const opened = text.indexOf('<#', start);
    const end = opened < 0 || opened > to ? to : opened;
    if (end > start) regions.push({ start, end, dialect: 'powershell', isQuoted: false });
    const closed = text.indexOf('#>', end);
    start = closed < 0 ? to : closed + 2;
  }
  return regions;
}

/** Each line of a part of a text: where it begins and ends, without its line end. */
function* linesOf(text: string, from: number, to: number): Generator<{ start: number; end: number }> {
  for (let start = from; start < to;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 || found > to ? to : found;
    yield { start, end };
    start = end + 1;
  }
}

/** How far a line is indented, in characters; undefined: nothing is on it. */
function indentationOf(text: string, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at += 1;
  return at >= end || text[at] === '\r' ? undefined : at - start;
}

/** What may be a script in YAML: block scalars, and the values of fields and items. */
function scalarsOf(text: string, from: number, to: number): Region[] {
  const regions: Region[] = [];
  let block: { readonly indentation: number; readonly start: number; end: number } | undefined;
  const close = (): void => {
    if (block && block.end > block.start) {
      regions.push({ start: block.start, end: block.end, dialect: 'sh', isQuoted: false });
    }
    block = undefined;
  };
  for (const { start, end } of linesOf(text, from, to)) {
    const indentation = indentationOf(text, start, end);
    if (block) {
      if (indentation === undefined || indentation > block.indentation) {
        block.end = end;
        continue;
      }
      close();
    }
    if (indentation === undefined) continue;
    const line = text.slice(start + indentation, Math.min(end, start + indentation + 4000));
    const rest = line.replace(/^(?:-[ \t]+)*(?:["']?[\w./$-]{1,100}["']?[ \t]*:(?:[ \t]+|$))?/, '');
    const value = rest.trimEnd();
    if (/^[|>][-+\d]{0,2}(?:[ \t]+#.*)?$/.test(value)) {
      block = { indentation, start: Math.min(end + 1, to), end };
      continue;
    }
    const at = start + indentation + line.length - rest.length;
    if (/^(?:".*"|'.*')$/s.test(value)) {
      regions.push({ start: at + 1, end: at + value.length - 1, dialect: 'sh', isQuoted: true });
    } else if (value !== '' && !/^[[{&*!%]/.test(value)) {
      regions.push({ start: at, end: at + value.length, dialect: 'sh', isQuoted: false });
    }
  }
  close();
  return regions;
}

const SHELLS =
  /^(?:|sh|bash|zsh|shell|shellscript|shell-session|sh-session|console|terminal|ksh|bash-session)$/;

/** The code blocks of Markdown that are read by a shell, or hold scripts. */
function blocksOf(text: string): Region[] {
  return codeBlocks(text).flatMap(({ language, start, end }): Region[] => {
    if (SHELLS.test(language)) return [{ start, end, dialect: 'sh', isQuoted: false }];
    if (/^(?:powershell|pwsh|ps1)$/.test(language)) return powershellOf(text, start, end);
    if (/^ya?ml$/.test(language)) return scalarsOf(text, start, end);
    return /^make(?:file)?$/.test(language) ? [{ start, end, dialect: 'make', isQuoted: false }] : [];
  });
}

/** A code block of Markdown, without its fences. */
interface CodeBlock {
  readonly language: string;
  readonly start: number;
  readonly end: number;
}

export function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let fence: { readonly mark: string; readonly language: string; readonly start: number } | undefined;
  for (const { start, end } of linesOf(text, 0, text.length)) {
    const line = text.slice(start, Math.min(end, start + 300));
    const mark = /^[ \t>]*(`{3,}|~{3,})[ \t]*\{?\.?([\w+-]*)/.exec(line);
    if (!mark) continue;
    if (!fence) {
      fence = { mark: mark[1] ?? '', language: (mark[2] ?? '').toLowerCase(), start: end + 1 };
    } else if ((mark[1] ?? '').startsWith(fence.mark) && mark[2] === '') {
      blocks.push({ language: fence.language, start: fence.start, end: start });
      fence = undefined;
    }
  }
  return blocks;
}
