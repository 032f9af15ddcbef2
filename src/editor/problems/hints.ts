import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import type { FoundToken } from '../../token/find.ts';
import type { TokenDocuments } from './documents.ts';

/** No hint is longer, in UTF-16 units: names are a stranger's text. */
const MAX_LABEL = 90;

/** Shows beside each token whose it is and how long it lives. */
export function registerHints(documents: TokenDocuments): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provideInlayHints = (document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] => {
    if (
      !vscode.workspace.getConfiguration(undefined, document.uri).get<boolean>(settings.besideTheLine, true)
    ) {
      return [];
    }
    const start = document.offsetAt(range.start);
    const end = document.offsetAt(range.end);
    return documents
      .findings(document)
      .filter((found) => found.kind === 'jws' && found.end >= start && found.start <= end)
      .flatMap((found) => (found.kind === 'jws' ? [hintFor(document, found)] : []));
  };
  return vscode.Disposable.from(
    changed,
    documents.onDidRead(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.besideTheLine)) changed.fire();
    }),
    vscode.languages.registerInlayHintsProvider(
      { pattern: '**' },
      { onDidChangeInlayHints: changed.event, provideInlayHints },
    ),
  );
}

/** Before the token: beyond its end it would be off the screen. */
function hintFor(document: vscode.TextDocument, found: FoundToken): vscode.InlayHint {
  const token = classifyToken(found.decoded);
  const text = `${kindInWords(token)}, ${verdict(token, Math.floor(Date.now() / 1000))}`;
  const clean = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  const label = clean.length > MAX_LABEL ? `${clean.slice(0, MAX_LABEL)}…` : clean;
  const hint = new vscode.InlayHint(document.positionAt(found.start), label);
  hint.paddingRight = true;
  return hint;
}
