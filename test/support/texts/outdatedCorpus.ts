import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOutdated } from '../../../src/since124/find.ts';
import type { Outdated } from '../../../src/since124/finding.ts';
import { besideOf } from '../../../src/since124/kustomize.ts';
import { inOneGo } from '../../../src/slices.ts';
import { applied } from './checks.ts';

const folder = fileURLToPath(new URL('../../fixtures/since124', import.meta.url));

/** A text of the corpus, and the rules that it breaks in the order of the text. */
export interface Snippet {
  readonly path: string;
  readonly text: string;
  readonly rules: readonly string[];
  /** What is marked in it, in the order in which that begins. */
  readonly marked: readonly string[];
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

/** What is found in a text, of whose neighbours it is given those that it asks for. */
export function foundIn({
  path,
  text,
  beside,
}: Pick<Snippet, 'path' | 'text' | 'beside'>): readonly Outdated[] {
  const wanted = besideOf(path, text).map((name): [string, string] => [name, beside.get(name) ?? '']);
  return inOneGo(findOutdated(path, text, { beside: new Map(wanted) }));
}

/** A text after each of its fixes whose title begins so. */
export function repaired(path: string, text: string, title = ''): string[] {
  return foundIn({ path, text, beside: new Map() })
    .flatMap(({ fixes }) => fixes())
    .filter((fix) => fix.title.startsWith(title))
    .map((fix) => applied(text, fix));
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
    return texts.map((source) => ({
      path,
      text: source.replaceAll(/[⟦⟧]/g, ''),
      rules: rules === '' ? [] : rules.split(', '),
      marked: [...source.matchAll(/⟦([^⟧]*)⟧/g)].map(([, one = '']) => one),
      beside,
    }));
  });
}
