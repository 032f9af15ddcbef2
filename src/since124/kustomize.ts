import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import type { Fix } from '../manifest/problem.ts';
import type { Outdated } from './finding.ts';
import { isKustomization, renameIn } from './needles.ts';
import { outlinesOf } from './outline.ts';

/** The texts of files beside another, by the paths that it names them by. */
export type Beside = ReadonlyMap<string, string>;

/** No more files are looked into beside a kustomization. */
const MOST = 100;
/** No more of a line is read, in UTF-16 units. */
const LONGEST = 4000;
/** The key of the files that it lists. */
const LIST = 'resources:';
/** Keys by which a kustomization may carry a name on, so that nothing is said. */
const CARRIES =
  /^(?:replacements|configurations|transformers|patches|patchesStrategicMerge|patchesJson6902|components|vars):/m;

/** The files whose texts are needed to judge one: those in its folder that a kustomization which renames lists. */
export function besideOf(path: string, text: string): readonly string[] {
  if (!isKustomization(path) || !renameIn(text) || CARRIES.test(text)) return [];
  return resourcesOf(text)
    .filter((one) => /^[\w.-][\w./ -]{0,200}\.ya?ml$/.test(one) && !one.split('/').includes('..'))
    .slice(0, MOST);
}

/** The items of `resources`, each on a line of its own or all in brackets. */
function resourcesOf(text: string): string[] {
  const items: string[] = [];
  let isListed = false;
  for (const whole of text.split('\n')) {
    const line = withoutComment(whole.slice(0, LONGEST)).trim();
    if (/^\w/.test(whole)) {
      isListed = line.startsWith(LIST);
      const value = line.slice(LIST.length).trim();
      if (isListed && value.startsWith('[') && value.endsWith(']'))
        items.push(...value.slice(1, -1).split(','));
    } else if (isListed && line.startsWith('- ')) items.push(line.slice(2));
  }
  return items
    .map((item) => unquoted(item.trim()))
    .map((item) => (item.startsWith('./') ? item.slice(2) : item));
}

function withoutComment(line: string): string {
  const at = line.search(/\s#/);
  return at < 0 ? line : line.slice(0, at);
}

function unquoted(text: string): string {
  const [first] = text;
  return (first === '"' || first === "'") && text.endsWith(first) ? text.slice(1, -1) : text;
}

/**
 * Kustomize follows a ServiceAccount's new name into the subjects of bindings and into Pods, and not into the annotation of
 * its token Secret (kustomize api/internal/konfig/builtinpluginconsts/namereference.go).
 */
export function renamedAccounts(path: string, text: string, beside: Beside): Outdated[] {
  if (besideOf(path, text).length === 0) return [];
  const objects = [...beside].flatMap(([file, own]) => outlinesOf(own).map((outline) => ({ outline, file })));
  const accounts = new Set(
    objects.flatMap(({ outline: { kind, name } }) => (kind === 'ServiceAccount' && name ? [name.text] : [])),
  );
  const secrets = objects.flatMap(({ outline: { kind, type, name, annotations }, file }) => {
    const owner = annotations.get(OWNER_ANNOTATION)?.text;
    const isIt = kind === 'Secret' && type === TOKEN_SECRET_TYPE && name !== undefined;
    return isIt && owner !== undefined && accounts.has(owner) ? [{ name: name.text, owner, file }] : [];
  });
  const renames = renameIn(text);
  const [first, ...others] = secrets;
  if (!first || !renames) return [];
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return [
    {
      rule: 'kustomize-renames-account',
      message: `Kustomize gives the ServiceAccount "${first.owner}" another name by this, and leaves the old one in the annotation of its token Secret "${first.name}" in ${first.file}${more}: the token controller deletes that Secret.`,
      ...renames,
      fixes: () => carryOn(text, secrets),
    },
  ];
}

/** Replacements are made after names are changed (kustomize api/internal/target/kusttarget_configplugin.go). */
function carryOn(text: string, secrets: readonly { readonly name: string; readonly owner: string }[]): Fix[] {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  // Items are indented as the first of the file is.
  const item = /^( {0,8})- /m.exec(text)?.[1] ?? '  ';
  const lines = secrets.flatMap(({ name, owner }) => [
    `${item}- source:`,
    `${item}    kind: ServiceAccount`,
    `${item}    name: ${owner}`,
    `${item}  targets:`,
    `${item}  ${item}- select:`,
    `${item}  ${item}    kind: Secret`,
    `${item}  ${item}    name: ${name}`,
    `${item}  ${item}  fieldPaths:`,
    `${item}  ${item}  ${item}- metadata.annotations.[${OWNER_ANNOTATION}]`,
  ]);
  const at = text.length;
  const lead = text.endsWith('\n') ? '' : lineEnd;
  const added = ['replacements:', ...lines, ''].join(lineEnd);
  return [
    {
      title: 'Carry the new name into the annotation (replacements)',
      edits: [{ start: at, end: at, text: lead + added }],
      isPreferred: true,
    },
  ];
}
