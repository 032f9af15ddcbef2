import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../fixtures/since124', import.meta.url));

/** A text of the corpus, and the rules that it breaks in the order of the text. */
export interface Snippet {
  readonly path: string;
  readonly text: string;
  readonly rules: readonly string[];
  /** The files beside it, by their paths. */
  readonly beside: ReadonlyMap<string, string>;
}

/** Reads the snippets of test/fixtures/since124 that must be found, or those that must not. */
export function snippets(kind: 'found' | 'none'): Snippet[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}.`))
    .toSorted()
    .flatMap((name) => snippetsOf(readFileSync(join(folder, name), 'utf8')));
}

function snippetsOf(source: string): Snippet[] {
  return source.split(/^(?===(?:==|each) )/m).flatMap((part) => {
    const [, kind, path, rules = ''] = /^==(==|each) ([^:\n]+)(?:: (.*))?\n/.exec(part) ?? [];
    if (path === undefined) return [];
    const [body = '', ...others] = part.slice(part.indexOf('\n') + 1).split(/^(?===\+ )/m);
    const beside = new Map(
      others.map((one) => [one.slice('==+ '.length, one.indexOf('\n')), one.slice(one.indexOf('\n') + 1)]),
    );
    const texts = kind === 'each' ? body.split('\n').filter((line) => line !== '') : [`${body.trimEnd()}\n`];
    return texts.map((text) => ({ path, text, rules: rules === '' ? [] : rules.split(', '), beside }));
  });
}
