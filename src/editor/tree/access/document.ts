import { markInWords, markMeaning } from '../../../authorization/ruleParts.ts';
import { aggregationInWords, oneLine, rulesInWords, type Line } from '../../../authorization/words.ts';
import type { AccessInfo, ObjectRef } from '../../../cluster/api/objects.ts';
import { grouped } from '../../../es2024.ts';
import { GROUPS } from '../groups.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import { needOf } from '../needs.ts';

/** Characters that a line of names has at most, so that it fits beside a tree. */
const WIDTH = 80;

/**
 * What a ServiceAccount may do, as YAML that one can read and fold: where, then what, with the roles and bindings it
 * comes from as comments, and before all what could not be seen. `place` names the cluster.
 */
export function accessDocument(inventory: Inventory, account: ObjectRef, place: string): string {
  const { namespace, name } = account;
  const access = inventory.access(account);
  const unseen = GROUPS.access.kinds.flatMap((kind) => needOf(inventory, kind, namespace)?.text ?? []);
  const marks = inventory.accountMarks(account);
  const scopes = grouped(access, ({ binding }) => binding.namespace);
  const sections = [...scopes.keys()].sort().map((scope) => {
    const title = scope === '' ? 'everywhere' : `in namespace ${scope}`;
    const given = scopes.get(scope) ?? [];
    return `${title}:\n${given.map((one) => granted(inventory, account, one)).join('\n')}`;
  });
  return [
    ...comment(`What system:serviceaccount:${namespace}:${name} may do in ${place}, by its roles.`),
    ...comment('Other authorizers than RBAC, and admission, may allow more or less.'),
    ...(marks.length === 0 ? [] : ['#', ...comment(`Stands out: ${marks.map(markInWords).join(', ')}.`)]),
    ...marks.flatMap((mark) => comment(`- ${markMeaning(mark)}`)),
    ...(unseen.length === 0
      ? []
      : ['#', ...comment('Not all could be seen, so it may do more than is said here:')]),
    ...unseen.flatMap((need) => comment(`- ${need}`)),
    '',
    ...(sections.length === 0 ? comment('No role that can be seen.') : [sections.join('\n')]),
    '',
  ].join('\n');
}

function granted(inventory: Inventory, account: ObjectRef, given: AccessInfo): string {
  const { role, binding, group } = given;
  const kind = binding.namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const marks = inventory.marks(account, given).map(markInWords);
  const head = [
    `${role.kind} ${role.name}, by ${binding.name === role.name ? `the ${kind} of that name` : `${kind} ${binding.name}`}`,
    ...(group === undefined ? [] : [`as one of ${group}`]),
    ...(marks.length === 0 ? [] : [`stands out: ${marks.join(', ')}`]),
  ];
  const seen = inventory.role(given);
  const from = typeof seen === 'string' ? undefined : seen.aggregatedFrom;
  const lines =
    typeof seen === 'string'
      ? [`- [] # ${NOT_SEEN[seen]}`]
      : rulesInWords(seen.rules, binding.namespace === '').flatMap(ruleLines);
  const rules = lines.length === 0 ? ['- [] # the role has no rules'] : lines;
  const inOne = head.join('; ');
  const heads = [
    ...(inOne.length <= WIDTH ? [inOne] : head),
    ...(from ? [aggregationInWords(from)] : []),
  ].flatMap(comment);
  return [...heads, ...rules].map((line) => `  ${line}\n`).join('');
}

/** In one line where it is short, else a paragraph for each API group. */
function ruleLines({ verbs, on }: Line): string[] {
  const all = on.flatMap(({ names }) => names.map(({ full }) => full)).join(', ');
  if (all.length <= WIDTH) return [`- ${scalar(verbs)}: ${scalar(all)}`];
  return [
    `- ${scalar(verbs)}:`,
    ...on.flatMap(({ group, names }) => [
      `    ${scalar(group)}:`,
      ...paragraph(names.map(({ short }) => short)).map((line) => `      ${line}`),
    ]),
  ];
}

/** A list in lines that a YAML parser reads as one string. */
function paragraph(items: readonly string[]): string[] {
  if (!isPlain(items.join(', '))) return [JSON.stringify(items.join(', '))];
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const word = index === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const NOT_SEEN = {
  missing: 'the role is missing, and gives nothing',
  forbidden: 'its rules could not be seen',
  'not yet': 'its rules are still being read',
};

function comment(text: string): string[] {
  return [`# ${oneLine(text)}`];
}

function scalar(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text);
}

/** Whether a YAML parser reads it as the same string without quotes. */
function isPlain(text: string): boolean {
  return /^[A-Za-z/][\w ./,*-]*$/.test(text) && !/\s$/.test(text) && !WORDS.test(text);
}

/** What YAML 1.1 reads as something else than a string. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
