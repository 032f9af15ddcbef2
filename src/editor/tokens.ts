import * as vscode from 'vscode';
import { registerCopy } from './hover/copy.ts';
import { registerHover } from './hover/hover.ts';
import { TokenDocuments } from './problems/documents.ts';
import { registerFixes } from './problems/fixes.ts';
import { registerHints } from './problems/hints.ts';
import { registerProblems } from './problems/problems.ts';
import type { Services } from './services.ts';

/** All that needs no cluster: it works in every window, untrusted, virtual or in a browser. */
export function registerTokens(
  services: Pick<Services, 'log'> & Partial<Pick<Services, 'contexts'>>,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  const documents = new TokenDocuments();
  return vscode.Disposable.from(
    documents,
    registerHover({ canRevoke: services.contexts !== undefined }),
    registerCopy(services),
    registerProblems(documents, extensionUri),
    registerFixes(documents),
    registerHints(documents),
  );
}
