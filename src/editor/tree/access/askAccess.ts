import * as vscode from 'vscode';
import { hasNamespace, type Place } from '../../../authorization/grants.ts';
import type { Action } from '../../../authorization/rules.ts';
import { resourceInWords } from '../../../authorization/words.ts';
import { Problem, messageOf } from '../../../errors.ts';
import type { Asker } from '../../workbench/ask.ts';
import { Wizard } from '../../workbench/wizard.ts';
import type { TreeParts } from '../parts.ts';
import {
  UNSERVED,
  parseAsked,
  resourceProblem,
  verbProblem,
  verbsFor,
  type Asked,
} from '../../../inventory/asked.ts';
import { servedResources } from '../../../inventory/resources.ts';

/** What people look for first. */
const FIRST: ReadonlySet<string> = new Set([
  'secrets',
  'serviceaccounts/token',
  'pods/exec',
  'serviceaccounts',
]);

interface ResourceItem extends vscode.QuickPickItem {
  readonly asked?: Asked;
}

/** Asks for a resource, a verb and a place. Throws `cancelled`. */
export async function askAction(parts: TreeParts): Promise<{ action: Action; place: Place }> {
  const answers = await Wizard.titled('Who May Use a Verb on a Resource?')
    .step(async (ask) => ({ asked: await askResource(parts, ask) }))
    .step(async (ask, { asked }) => ({ verb: await askVerb(ask, asked) }))
    .step(async (ask, said): Promise<{ readonly place: Place }> => {
      const isNamespaced = !('path' in said.asked) && said.asked.namespaced;
      const hasPlace = hasNamespace(actionOf(said), isNamespaced);
      return { place: hasPlace ? await askPlace(parts, ask) : 'everywhere' };
    })
    .answers();
  return { place: answers.place, action: actionOf(answers) };
}

function actionOf({ asked, verb }: { readonly asked: Asked; readonly verb: string }): Action {
  if ('path' in asked) return { verb, path: asked.path };
  return { verb, group: asked.group, resource: asked.resource };
}

async function askResource({ services }: TreeParts, ask: Asker): Promise<Asked> {
  const typed: ResourceItem = {
    label: 'Type a Resource…',
    description: 'as RBAC spells it',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
  };
  let known = UNSERVED;
  const { asked } = await ask.pick<ResourceItem>({
    placeholder: 'Which resource?',
    items: async (signal) => {
      try {
        known = [...(await servedResources(await services.contexts.cluster(), signal)), ...UNSERVED];
        const items = known
          .map((resource) => ({ label: resourceInWords(resource.group, resource.resource), asked: resource }))
          .sort((one, other) => rank(one.label) - rank(other.label) || (one.label < other.label ? -1 : 1));
        return [...items, typed];
      } catch (error) {
        if (Problem.is(error, 'cancelled') || !Problem.is(error)) throw error;
        return [{ ...typed, detail: `They cannot be listed. ${messageOf(error)}` }];
      }
    },
  });
  return asked ?? parseAsked(await ask.input({ ...TYPED, check: resourceProblem }), known);
}

const TYPED = {
  prompt: 'A resource such as secrets, deployments.apps or serviceaccounts/token, or a path such as /healthz',
  value: '',
};

function rank(label: string): number {
  return FIRST.has(label) ? 0 : 1;
}

async function askVerb(ask: Asker, asked: Asked): Promise<string> {
  const typed: vscode.QuickPickItem = {
    label: 'Type a Verb…',
    description: 'such as impersonate-on:serviceaccount:list',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
  };
  const picked = await ask.pick({
    placeholder: 'Which verb?',
    items: [...verbsFor(asked).map((label) => ({ label })), typed],
  });
  if (picked !== typed) return picked.label;
  return (await ask.input({ prompt: 'The verb', value: '', check: verbProblem })).trim();
}

interface PlaceItem extends vscode.QuickPickItem {
  readonly place: Place;
}

async function askPlace({ loaded, tree }: TreeParts, ask: Asker): Promise<Place> {
  const { place } = await ask.pick<PlaceItem>({
    placeholder: 'Where?',
    items: async () => {
      const inventory = await loaded();
      return [
        { label: 'In some namespace', description: 'wherever it may be', place: 'anywhere' },
        { label: 'In every namespace', description: 'by ClusterRoleBindings only', place: 'everywhere' },
        ...inventory
          .namespaces({ ...tree.choices, text: '', only: [], hideSystem: false })
          .map((namespace) => ({ label: namespace, description: 'namespace', place: { namespace } })),
      ];
    },
  });
  return place;
}
