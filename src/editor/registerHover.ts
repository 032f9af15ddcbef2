import * as vscode from 'vscode';
import { commands } from '../contributions.ts';
import { registerCommand } from './subject/door.ts';
import type { Services } from './workbench/services.ts';
import { findingAt } from './documents/at.ts';
import { ClaimsDocuments } from './hover/claimsDocuments.ts';
import type { HoverOptions } from './hover/hover.ts';

/** Decodes the token under the pointer in every file, whatever its language or scheme. Sends nothing anywhere. */
export function registerHover(options: HoverOptions): vscode.Disposable {
  const provideHover = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> => {
    const at = findingAt(document, position);
    if (!at) return undefined;
    const { hoverOf } = await import('./found.ts');
    return hoverOf(document, at, options);
  };
  return vscode.languages.registerHoverProvider({ pattern: '**' }, { provideHover });
}

/** Copies or shows what a token says, of the token that a link names or that is at the cursor. */
export function registerCopy(
  services: Pick<Services, 'log'>,
  { live }: Pick<HoverOptions, 'live'>,
): vscode.Disposable {
  const documents = new ClaimsDocuments();
  return vscode.Disposable.from(
    documents,
    registerCommand(services, commands.showClaims, ['place'], async (place) => {
      const { showClaims } = await import('./found.ts');
      await showClaims(documents, place);
    }),
    registerCommand(services, commands.copyClaims, ['place'], async (place) => {
      const { copyClaims } = await import('./found.ts');
      await copyClaims(place);
    }),
    registerCommand(services, commands.copyClaimsAsYaml, ['place'], async (place) => {
      const { copyClaimsAsYaml } = await import('./found.ts');
      await copyClaimsAsYaml(place);
    }),
    registerCommand(services, commands.copySummary, ['place'], async (place) => {
      const { copySummary } = await import('./found.ts');
      await copySummary(place, live);
    }),
  );
}
