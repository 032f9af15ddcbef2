import * as vscode from 'vscode';
import { commands, type CommandId } from '../contributions.ts';
import { registerCommand } from './workbench/commands.ts';
import type { Services, WizardServices } from './workbench/services.ts';
import { registerFromOutside } from './fromOutside.ts';
import type * as Wizards from './wizards.ts';

/** The commands that make, write, prove and end credentials. Their code is loaded when one is first used. */
export function registerCredentials(
  services: Services,
  { workspaceState, globalStorageUri }: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalStorageUri'>,
): vscode.Disposable {
  const given: WizardServices = { ...services, memory: workspaceState, storage: globalStorageUri };
  const register = (id: CommandId, wizard: keyof typeof Wizards): vscode.Disposable =>
    registerCommand(services, id, async (argument, selection) => {
      const wizards = await import('./wizards.ts');
      await wizards[wizard](given, argument, selection);
    });
  return vscode.Disposable.from(
    registerFromOutside(given),
    register(commands.openTerminalAs, 'openTerminalAs'),
    register(commands.explainExplorerRow, 'explainExplorerRow'),
    register(commands.scaffoldTokenSecret, 'scaffoldTokenSecret'),
    register(commands.scaffoldServiceAccount, 'scaffoldServiceAccount'),
    register(commands.scaffoldRole, 'scaffoldRole'),
    register(commands.addProjectedToken, 'addProjectedToken'),
    register(commands.createTokenSecret, 'createTokenSecret'),
    register(commands.createInCluster, 'createInCluster'),
    register(commands.compareWithCluster, 'compareWithCluster'),
    register(commands.rotateTokenSecret, 'rotateTokenSecret'),
    register(commands.generateKubeconfig, 'generateKubeconfig'),
    register(commands.requestToken, 'requestToken'),
    register(commands.regenerateKubeconfig, 'regenerateKubeconfig'),
    register(commands.verifyKubeconfig, 'verifyKubeconfig'),
    register(commands.revokeToken, 'revokeToken'),
    register(commands.moveOffLegacyTokens, 'moveOffLegacyTokens'),
    register(commands.renewIssuedToken, 'renewIssuedToken'),
    register(commands.forgetIssuedToken, 'forgetIssuedToken'),
    register(commands.openIssuedFile, 'openIssuedFile'),
  );
}
