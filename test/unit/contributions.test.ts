import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandIds, contributes as made } from '../../scripts/contributes/contributes.ts';
import {
  commands,
  decodingCommands,
  contextKeys,
  settings,
  VIEW,
  viewStates,
  WORKSPACE_VIEW,
} from '../../src/contributions.ts';

const { contributes } = manifest;
const ids: string[] = Object.values(commands);
const entries = Object.values(contributes.menus).flat();
const menus = entries.flatMap((entry) => ('command' in entry ? [entry] : []));
const submenus = entries.flatMap((entry) => ('submenu' in entry ? [entry] : []));

/** Every `when` and `enablement` of package.json. */
const conditions = [
  ...entries.map((entry) => entry.when),
  ...contributes.viewsWelcome.map((welcome) => welcome.when),
  ...contributes.commands.flatMap((command) => ('enablement' in command ? [command.enablement] : [])),
  ...contributes.walkthroughs.flatMap(({ steps }) => steps.flatMap((step) => step.completionEvents)),
];

describe('package.json and contributions.ts', () => {
  it('are what the table of contributions makes: npm run contribute', () => {
    expect(contributes).toEqual(JSON.parse(JSON.stringify(made())));
    expect(readFileSync(new URL('../../src/commandIds.ts', import.meta.url), 'utf8')).toBe(commandIds());
  });

  it('name the same commands', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual(ids.toSorted());
  });

  it('give every command a category and a title, and each title once', () => {
    expect(contributes.commands.filter(({ category }) => category !== 'ServiceAccount')).toEqual([]);
    const titles = contributes.commands.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('name the same settings', () => {
    expect(Object.keys(contributes.configuration.properties).sort()).toEqual(
      Object.values<string>(settings).toSorted(),
    );
  });

  it('name the same views', () => {
    expect(
      Object.values(contributes.views)
        .flat()
        .map(({ id }) => id),
    ).toEqual([VIEW, WORKSPACE_VIEW]);
  });

  it('offer only commands that exist, in menus and in welcome texts', () => {
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:(serviceAccountTokens\.\w+)/g)].map((match) => match[1] ?? ''),
    );
    const offered = [...menus.map(({ command }) => command), ...linked];
    expect(offered.filter((command) => !ids.includes(command))).toEqual([]);
  });

  it('have one button at most in each welcome text, as a line that is a link alone is one', () => {
    for (const { contents } of contributes.viewsWelcome) {
      expect(contents.split('\n').filter((line) => /^\[[^\]]*\]\([^)]*\)$/.test(line)).length).toBeLessThan(
        2,
      );
    }
  });

  it('have each menu of a file in one submenu, of what is known to be in it', () => {
    const ids = contributes.submenus.map(({ id }) => id);
    expect(submenus.map(({ submenu }) => submenu).sort()).toEqual(ids.toSorted());
    expect(contributes.menus['explorer/context']).toHaveLength(1);
    expect(contributes.menus['editor/context']).toHaveLength(1);
    for (const { when } of [
      ...contributes.menus['serviceAccountTokens.explorer'],
      ...contributes.menus['serviceAccountTokens.editor'],
    ]) {
      for (const alternative of when.split(' || ')) {
        expect(alternative).toMatch(
          /resource in |== \.?kubeconfig$|explorerResourceIsFolder|resourceFilename =~ /,
        );
      }
    }
  });

  it('ask only for context keys that code sets', () => {
    const known = new Set([...Object.values<string>(contextKeys), VIEW, WORKSPACE_VIEW]);
    const asked = conditions.flatMap((when) => when.match(/serviceAccountTokens\.\w+/g) ?? []);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
    expect(Object.values<string>(contextKeys).filter((key) => !asked.includes(key))).toEqual([]);
  });

  it('welcome in every state that has no rows, each with a button', () => {
    const ofTree = contributes.viewsWelcome.filter(({ view }) => view === VIEW);
    expect(ofTree.map(({ when }) => /'(.+)'/.exec(when)?.[1] ?? '').sort()).toEqual(
      viewStates.filter((state) => state !== 'ready').toSorted(),
    );
    for (const { contents } of contributes.viewsWelcome) expect(contents).toMatch(/\n\[.+\]\(command:.+\)/);
  });

  it('name entries that either extension host loads: the browser’s adds .js to any other name', () => {
    expect(manifest.main).toMatch(/\.cjs$/);
    expect(manifest.browser).toMatch(/\.js$/);
  });

  it('have every picture that is named', () => {
    const pictures = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...Object.values(contributes.views).flatMap((views) => views.map(({ icon }) => icon)),
    ];
    expect(pictures.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  });
});

describe('a folder', () => {
  /** What a hostile folder could do with each setting that it may make, and why that is nothing. */
  const settable: Readonly<Record<string, string>> = {
    [settings.namespaces]:
      'Which namespaces are listed at the server of your own context; by their names alone, and only once you trust it.',
    [settings.besideTheLine]: 'Whether a hint is drawn; the hover and the problem say the same.',
    [settings.fileMarks]:
      'Whether a badge is drawn after a look that the person asked for; its view says the same.',
    [settings.codeLens]: 'Whether a button is drawn; the palette has the same.',
  };

  it('can set only what is listed here with a reason', () => {
    const byFolder = Object.entries(contributes.configuration.properties).filter(
      ([, { scope }]) => scope !== 'machine' && scope !== 'application',
    );
    expect(byFolder.map(([name]) => name).sort()).toEqual(Object.keys(settable).toSorted());
  });

  it('can set nothing that reaches a server before it is trusted', () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(settings.namespaces);
  });
});

describe('an untrusted workspace', () => {
  it('cannot name the kubeconfig', () => {
    expect(contributes.configuration.properties['serviceAccountTokens.kubeconfig'].scope).toBe('machine');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain(settings.kubeconfig);
  });

  it('has no command that reaches a cluster or writes a credential', () => {
    const allowed: string[] = [
      commands.refresh,
      commands.filterServiceAccounts,
      commands.explainClipboard,
      commands.explainToken,
      commands.inspectToken,
      commands.openAuditLog,
      commands.whereUsed,
      commands.copyClaims,
      commands.copyClaimsAsYaml,
      commands.showClaims,
      commands.findTokens,
      commands.findTokensEverywhere,
      commands.findOutdatedLines,
      commands.exportOutdatedLines,
      commands.showFixes,
      commands.copyName,
      commands.copySummary,
      commands.showMore,
      commands.showReason,
    ];
    const unguarded = contributes.commands.filter((command) => !('enablement' in command));
    expect(unguarded.map(({ command }) => command).sort()).toEqual(allowed.toSorted());
  });

  it('is offered exactly the commands that do not refuse there', () => {
    const offered = contributes.commands.filter(
      (command) => !('enablement' in command && command.enablement === 'isWorkspaceTrusted'),
    );
    expect(offered.map(({ command }) => command).sort()).toEqual([...decodingCommands].toSorted());
  });
});
