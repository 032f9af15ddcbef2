import * as vscode from 'vscode';
import { commands, type CommandId } from '../../contributions.ts';
import { registerCommand } from '../commands.ts';
import type { Services } from '../services.ts';
import type * as Wizards from './wizards.ts';

/** What the wizards are given: the services, and where this workspace's choices are remembered. */
export interface WizardServices extends Services {
  readonly memory: vscode.Memento;
}

/** The commands that make, write, prove and end credentials. Their code is loaded when one is first used. */
export function registerCredentials(services: Services, memory: vscode.Memento): vscode.Disposable {
  const register = (id: CommandId, wizard: keyof typeof Wizards): vscode.Disposable =>
    registerCommand(services, id, async (argument, selection) => {
      const wizards = await import('./wizards.ts');
      await wizards[wizard]({ ...services, memory }, argument, selection);
    });
  return vscode.Disposable.from(
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
