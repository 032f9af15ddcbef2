import type * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { commonRights, mergeRules, parseRights, RIGHTS_EXAMPLE, type Rule } from '../../manifest/rights.ts';
import type { Asker } from '../workbench/ask.ts';

interface Item extends vscode.QuickPickItem {
  readonly rules: readonly Rule[] | 'typed';
}

/** Asks for rights out of a short list; `typed` where the person wants to type them. */
export async function askCommonRights(ask: Asker, account: ObjectRef): Promise<readonly Rule[] | 'typed'> {
  const typed: Item = {
    rules: 'typed',
    label: 'Type Rights…',
    detail: `Verbs and resources, such as: ${RIGHTS_EXAMPLE}`,
    alwaysShow: true,
  };
  const chosen = await ask.pickMany<Item>({
    placeholder: `Check what ${account.namespace}/${account.name} needs, and no more`,
    items: [
      ...commonRights.map(({ label, rights }) => ({ label, detail: rights, rules: rulesOf(rights) })),
      typed,
    ],
  });
  if (chosen.includes(typed)) return 'typed';
  return mergeRules(chosen.flatMap(({ rules }) => (rules === 'typed' ? [] : rules)));
}

/** Asks for rights as `parseRights` reads them. */
export async function askTypedRights(ask: Asker): Promise<readonly Rule[]> {
  const typed = await ask.input({
    prompt: `Verbs and resources, separated by ";". For example: ${RIGHTS_EXAMPLE}`,
    value: 'get,list pods',
    check: (value) => {
      const rules = parseRights(value);
      return typeof rules === 'string' ? rules : undefined;
    },
  });
  return rulesOf(typed);
}

function rulesOf(rights: string): readonly Rule[] {
  const rules = parseRights(rights);
  return typeof rules === 'string' ? [] : rules;
}
