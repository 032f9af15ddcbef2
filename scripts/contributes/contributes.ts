import { commands, type Command } from './commands.ts';
import { EDITOR, EXPLORER, submenus, type Place } from './menus.ts';
import { languageModelTools, languages, views, viewsContainers, walkthroughs } from './rest.ts';
import { settings } from './settings.ts';
import { settings as settingNames, VIEW } from '../../src/contributions.ts';
import { viewsWelcome } from './welcome.ts';

const TRUSTED = 'isWorkspaceTrusted';
const all: readonly (readonly [string, Command])[] = Object.entries(commands);
const idOf = (name: string): string => `serviceAccountTokens.${name}`;

/** All of `contributes` in package.json. */
export function contributes(): object {
  return {
    viewsContainers,
    views,
    viewsWelcome,
    commands: all.map(([name, { title, shortTitle, icon, decodes, enablement }]) => ({
      command: idOf(name),
      title,
      ...(shortTitle !== undefined && { shortTitle }),
      category: 'ServiceAccount',
      ...(icon !== undefined && { icon: `$(${icon})` }),
      ...conditionOf([decodes ? undefined : TRUSTED, enablement], 'enablement'),
    })),
    submenus: [EXPLORER, EDITOR].map((id) => ({ id, label: 'ServiceAccount' })),
    menus: {
      ...Object.fromEntries(
        (['view/title', 'view/item/context', EXPLORER, EDITOR] as const).map((menu) => [menu, menuOf(menu)]),
      ),
      ...Object.fromEntries(
        Object.entries(submenus).map(([menu, { submenu, when }]) => [
          menu,
          [{ submenu, when: when.join(' || '), group: '7_serviceAccount' }],
        ]),
      ),
      commandPalette: all.flatMap(([name, { palette, decodes }]) => {
        const shown =
          palette === 'never'
            ? { when: 'false' }
            : conditionOf([decodes ? undefined : TRUSTED, palette], 'when');
        return shown ? [{ command: idOf(name), ...shown }] : [];
      }),
    },
    languages,
    walkthroughs,
    configuration: {
      title: 'ServiceAccount Tokens',
      properties: Object.fromEntries(
        Object.entries(settings).map(([name, setting]) => [
          settingNames[name as keyof typeof settingNames],
          setting,
        ]),
      ),
    },
    languageModelTools,
    keybindings: all.flatMap(([name, { key }]) =>
      key ? [{ command: idOf(name), key: key.other, mac: key.mac, when: `focusedView == '${VIEW}'` }] : [],
    ),
  };
}

/** The module with the ids of the commands, which is all that the extension itself knows of the table. */
export function commandIds(): string {
  const decoding = all.filter(([, { decodes }]) => decodes).map(([name]) => name);
  return `/** Written by \`npm run contribute\` from scripts/contributes/commands.ts, as the commands of package.json are. */

/** Commands by the verb and noun that end their id. */
export const commands = {
${all.map(([name]) => `  ${name}: '${idOf(name)}',\n`).join('')}} as const;

/** The commands that decode and show, and change, send and start nothing. */
export const decoding: readonly string[] = [
${decoding.map((name) => `  commands.${name},\n`).join('')}];
`;
}

/** In the order in which the editor shows them. */
function menuOf(menu: Place['menu']): object[] {
  return all
    .flatMap(([name, { menus = [], decodes }]) =>
      menus
        .filter((place) => place.menu === menu)
        .map(({ group, when, isTrustedAnyway }) => ({
          command: idOf(name),
          when: when.map((one) => (decodes || isTrustedAnyway ? one : `${TRUSTED} && ${one}`)).join(' || '),
          group,
        })),
    )
    .toSorted((one, other) => one.group.localeCompare(other.group, 'en'));
}

function conditionOf<K extends string>(
  conditions: readonly (string | undefined)[],
  name: K,
): { readonly [name in K]?: string } | undefined {
  const all = conditions.filter((one) => one !== undefined).join(' && ');
  return all === '' ? undefined : ({ [name]: all } as { readonly [name in K]?: string });
}
