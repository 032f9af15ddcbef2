import * as vscode from 'vscode';
import type { Place } from '../../../authorization/grants.ts';
import type { Action } from '../../../authorization/rules.ts';
import { resourceInWords } from '../../../authorization/words.ts';
import { Problem, messageOf } from '../../../errors.ts';
import { askInTurn, type Asker } from '../../credentials/ask.ts';
import type { TreeParts } from '../commands.ts';
import { servedResources, type Resource } from './resources.ts';

/** Verbs of RBAC that the API server serves no request for, and what they are about. */
const SPECIAL: readonly (readonly [verb: string, resource: RegExp])[] = [
  ['impersonate', /^(?:users|groups|serviceaccounts)$/],
  ['escalate', /^(?:cluster)?roles$/],
  ['bind', /^(?:cluster)?roles$/],
];
const USUAL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** What people look for first. */
const FIRST: ReadonlySet<string> = new Set([
  'secrets',
  'serviceaccounts/token',
  'pods/exec',
  'serviceaccounts',
]);

type Asked = { readonly path: string } | Pick<Resource, 'group' | 'resource' | 'namespaced' | 'verbs'>;

interface ResourceItem extends vscode.QuickPickItem {
  readonly asked?: Asked;
}

/** Asks for a resource, a verb and a place. Throws `cancelled`. */
export async function askAction(parts: TreeParts): Promise<{ action: Action; place: Place }> {
  const answers: { asked: Asked; verb: string; place: Place } = {
    asked: { path: '/' },
    verb: '',
    place: 'everywhere',
  };
  await askInTurn('Who May Use a Verb on a Resource?', [
    async (ask) => {
      answers.asked = await askResource(parts, ask);
    },
    async (ask) => {
      answers.verb = await askVerb(ask, answers.asked);
    },
    async (ask) => {
      const hasPlace = !('path' in answers.asked) && answers.asked.namespaced;
      answers.place = hasPlace ? await askPlace(parts, ask) : 'everywhere';
    },
  ]);
  const { asked, verb, place } = answers;
  const what = 'path' in asked ? { path: asked.path } : { group: asked.group, resource: asked.resource };
  return { place, action: { verb, ...what } };
}

async function askResource({ services }: TreeParts, ask: Asker): Promise<Asked> {
  const typed: ResourceItem = {
    label: 'Type a Resource…',
    description: 'as RBAC spells it',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
  };
  const { asked } = await ask.pick<ResourceItem>({
    placeholder: 'Which resource?',
    items: async (signal) => {
      try {
        const served = await servedResources(await services.contexts.cluster(), signal);
        const items = served
          .map((resource) => ({ label: resourceInWords(resource.group, resource.resource), asked: resource }))
          .sort((one, other) => rank(one.label) - rank(other.label) || (one.label < other.label ? -1 : 1));
        return [...items, typed];
      } catch (error) {
        if (Problem.is(error, 'cancelled') || !Problem.is(error)) throw error;
        return [{ ...typed, detail: `They cannot be listed. ${messageOf(error)}` }];
      }
    },
  });
  return asked ?? parseResource(await ask.input({ ...TYPED, check: resourceProblem }));
}

const TYPED = {
  prompt: 'A resource as secrets, deployments.apps, serviceaccounts/token; or a path as /healthz',
  value: '',
};

function rank(label: string): number {
  return FIRST.has(label) ? 0 : 1;
}

async function askVerb(ask: Asker, asked: Asked): Promise<string> {
  const served = 'path' in asked ? ['get', 'post', 'put', 'delete'] : asked.verbs;
  const special =
    'path' in asked ? [] : SPECIAL.filter(([, of]) => of.test(asked.resource)).map(([verb]) => verb);
  const verbs = [...new Set([...(served.length === 0 ? USUAL : served), ...special])];
  const typed: vscode.QuickPickItem = {
    label: 'Type a Verb…',
    iconPath: new vscode.ThemeIcon('edit'),
    alwaysShow: true,
  };
  const picked = await ask.pick({
    placeholder: 'Which verb?',
    items: [...verbs.sort((one, other) => place(one) - place(other)).map((label) => ({ label })), typed],
  });
  if (picked !== typed) return picked.label;
  const check = (value: string): string | undefined =>
    /^[a-z*]+$/.test(value.trim()) ? undefined : 'A verb is a word in lower case.';
  return (await ask.input({ prompt: 'The verb', value: '', check })).trim();
}

function place(verb: string): number {
  const at = USUAL.indexOf(verb);
  return at < 0 ? USUAL.length : at;
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

function resourceProblem(value: string): string | undefined {
  const isOne = /^(?:\/\S*|[a-z0-9-]+(?:\.[a-z0-9.-]+)?(?:\/[a-z0-9-]+)?)$/.test(value.trim());
  return isOne ? undefined : 'Type it as secrets, deployments.apps, serviceaccounts/token, or /healthz.';
}

function parseResource(value: string): Asked {
  const text = value.trim();
  if (text.startsWith('/')) return { path: text };
  const [full = '', subresource] = text.split('/');
  const dot = full.indexOf('.');
  const name = dot < 0 ? full : full.slice(0, dot);
  const resource = subresource === undefined ? name : `${name}/${subresource}`;
  return { group: dot < 0 ? '' : full.slice(dot + 1), resource, namespaced: true, verbs: [] };
}
