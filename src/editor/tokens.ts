import * as vscode from 'vscode';
import { registerBeside } from './beside/beside.ts';
import type { registerCertificates } from './certificates/register.ts';
import { KnownAccounts } from './completion/accounts.ts';
import { registerCompletion } from './completion/completion.ts';
import { registerCopy } from './hover/copy.ts';
import { registerHover } from './hover/hover.ts';
import { LiveAccounts } from './liveAccounts.ts';
import { FileMenus } from './menus.ts';
import { registerLenses } from './lenses/lenses.ts';
import { CheckedDocuments } from './problems/checked.ts';
import { registerDocumentProblems } from './problems/documentProblems.ts';
import { TokenDocuments } from './problems/documents.ts';
import { registerFixes } from './problems/fixes.ts';
import { GitTracking } from './git/tracking.ts';
import type { FileModes } from './problems/mode.ts';
import { registerProblems } from './problems/problems.ts';
import { registerRefusals } from './refusals/register.ts';
import type { Services } from './services.ts';
import { registerWorkspaceTokens } from './workspace/view.ts';

/** What there is on a machine, and not in a browser. */
export interface Disk {
  /** Undefined where files have none. */
  readonly modes: FileModes | undefined;
  readonly registerCertificates: typeof registerCertificates;
}

/** All that needs no cluster: it works in every window, untrusted, virtual or in a browser. */
export function registerTokens(
  services: Pick<Services, 'log'> & Partial<Pick<Services, 'contexts' | 'live'>>,
  extensionUri: vscode.Uri,
  disk?: Disk,
): vscode.Disposable {
  const documents = new TokenDocuments();
  const checked = new CheckedDocuments(documents);
  const git = new GitTracking();
  // In a browser there is no cluster to know anything of.
  const live = services.live ?? new LiveAccounts();
  const known = new KnownAccounts(checked, live);
  const menus = new FileMenus(documents);
  return vscode.Disposable.from(
    documents,
    checked,
    git,
    known,
    menus,
    registerHover({ canRevoke: services.contexts !== undefined, live }),
    registerCopy(services, live),
    registerRefusals(),
    registerProblems({ documents, git, live, extensionUri }),
    registerDocumentProblems(services, { documents, checked, git, known, modes: disk?.modes, extensionUri }),
    ...(disk ? [disk.registerCertificates(checked, extensionUri)] : []),
    registerFixes(documents, checked),
    registerBeside(documents, live),
    registerWorkspaceTokens(services, git, live, (uris) => {
      menus.noteTokens(uris);
    }),
    registerCompletion(known),
    ...(services.contexts ? [registerLenses(checked)] : []),
  );
}
