import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions.ts';
import { registerFromOutside } from './fromOutside.ts';
import { registerCommand } from './subject/door.ts';
import type { Subject, SubjectOf } from './subject/subject.ts';
import type * as Wizards from './wizards.ts';
import type { Services, WizardServices } from './workbench/services.ts';

type Wizard<K extends Subject['is']> = (
  services: WizardServices,
  about: SubjectOf<K> | undefined,
  all: readonly SubjectOf<K>[],
) => Promise<void>;

/** The commands that make, write, prove and end credentials. Their code is loaded when one is first used. */
export function registerCredentials(
  services: Services,
  { workspaceState, globalStorageUri }: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalStorageUri'>,
): vscode.Disposable {
  const given: WizardServices = { ...services, memory: workspaceState, storage: globalStorageUri };
  const register = <K extends Subject['is'] = never>(
    id: CommandId,
    accepts: readonly K[],
    wizardIn: (wizards: typeof Wizards) => Wizard<K>,
  ): vscode.Disposable =>
    registerCommand(services, id, accepts, async (about, all) => {
      await wizardIn(await import('./wizards.ts'))(given, about, all);
    });
  return vscode.Disposable.from(
    registerFromOutside(given),
    register(commands.openTerminalAs, ['file', 'row', 'foreign'], (all) => all.openTerminalAs),
    register(commands.explainExplorerRow, ['foreign'], (all) => all.explainExplorerRow),
    register(commands.scaffoldTokenSecret, ['row', 'file'], (all) => all.scaffoldTokenSecret),
    register(commands.scaffoldServiceAccount, ['file'], (all) => all.scaffoldServiceAccount),
    register(commands.scaffoldRole, ['row', 'file'], (all) => all.scaffoldRole),
    register(commands.keepKubeconfigFresh, ['row', 'file'], (all) => all.keepKubeconfigFresh),
    register(commands.addProjectedToken, ['place', 'file'], (all) => all.addProjectedToken),
    register(commands.createTokenSecret, ['row', 'place', 'file'], (all) => all.createTokenSecret),
    register(commands.createInCluster, ['place', 'file'], (all) => all.createInCluster),
    register(commands.compareWithCluster, ['place', 'file'], (all) => all.compareWithCluster),
    register(commands.rotateTokenSecret, ['row', 'secret'], (all) => all.rotateTokenSecret),
    register(commands.generateKubeconfig, ['row'], (all) => all.generateKubeconfig),
    register(commands.requestToken, ['row'], (all) => all.requestToken),
    register(commands.regenerateKubeconfig, ['file', 'context', 'place'], (all) => all.regenerateKubeconfig),
    register(commands.verifyKubeconfig, ['file', 'context'], (all) => all.verifyKubeconfig),
    register(commands.revokeToken, ['row', 'file', 'place'], (all) => all.revokeToken),
    register(commands.moveOffLegacyTokens, [], (all) => all.moveOffLegacyTokens),
    register(commands.renewIssuedToken, ['row'], (all) => all.renewIssuedToken),
    register(commands.forgetIssuedToken, ['row'], (all) => all.forgetIssuedToken),
    register(commands.openIssuedFile, ['row'], (all) => all.openIssuedFile),
  );
}
