import * as vscode from 'vscode';
import type { registerCertificates } from './registerCertificates.ts';
import { KnownAccounts } from './documents/knownAccounts.ts';
import { registerCompletion } from './completion/register.ts';
import { registerCopy, registerHover } from './registerHover.ts';
import { LiveAccounts } from './workbench/liveAccounts.ts';
import { FileMenus } from './menus.ts';
import { registerLenses } from './lenses/lenses.ts';
import { CheckedDocuments } from './documents/checked.ts';
import { rules } from '../problems/catalog.ts';
import { gradesFor } from './problems/diagnostic.ts';
import { registerDocumentProblems } from './problems/documentProblems.ts';
import { TokenDocuments } from './documents/tokens.ts';
import { OutdatedLines } from './problems/outdated.ts';
import { registerFixes } from './registerFixes.ts';
import { GitTracking } from './git/tracking.ts';
import type { FileModes } from '../files/mode.ts';
import { registerRefusals } from './refusals/register.ts';
import type { Services } from './workbench/services.ts';
import { registerWorkspaceTokens } from './workspace/view.ts';
import type { OnDisk } from './workspace/walk.ts';

/** What there is on a machine, and not in a browser. */
export interface Disk {
  readonly onDisk: OnDisk;
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
  const outdated = new OutdatedLines(documents, extensionUri);
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
    registerHover({ hasMachine: services.contexts !== undefined, live }),
    registerCopy(services, { live }),
    registerRefusals(),
    onceFound(documents, async () => {
      const { registerBeside, registerProblems } = await import('./found.ts');
      return vscode.Disposable.from(
        registerProblems({ documents, git, live, extensionUri }),
        registerBeside(documents, live),
      );
    }),
    registerDocumentProblems(services, { documents, checked, git, known, modes: disk?.modes, extensionUri }),
    ...(disk ? [disk.registerCertificates(checked, extensionUri)] : []),
    outdated,
    registerFixes({ documents, checked, outdated }),
    registerWorkspaceTokens(services, git, live, {
      onDidFind: (uris) => {
        menus.noteTokens(uris);
      },
      onDisk: disk?.onDisk,
      gradesOf: (uri) => {
        const grades = gradesFor({ uri });
        return (rule) => grades.get(rule) ?? rules[rule];
      },
    }),
    registerCompletion(known),
    ...(services.contexts ? [registerLenses(checked)] : []),
  );
}

/** Registers what is about tokens once the first was found among the open documents. */
function onceFound(documents: TokenDocuments, register: () => Promise<vscode.Disposable>): vscode.Disposable {
  const registered: vscode.Disposable[] = [];
  let isDisposed = false;
  const listening = documents.onDidRead((document) => {
    if (documents.findings(document).length === 0) return;
    listening.dispose();
    void load();
  });
  const load = async (): Promise<void> => {
    const one = await register();
    if (isDisposed) one.dispose();
    else registered.push(one);
  };
  return new vscode.Disposable(() => {
    isDisposed = true;
    vscode.Disposable.from(listening, ...registered).dispose();
  });
}
