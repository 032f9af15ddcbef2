import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { classifyToken } from '../../token/classify.ts';
import { verdictChanges } from '../../token/describe.ts';
import { findingsBetween } from '../../token/finding.ts';
import { nextPhase } from '../../token/life.ts';
import { Alarm } from '../workbench/alarm.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import { soonSetting } from '../workbench/soon.ts';
import { provideHints } from './hints.ts';
import { keepHintsInSight } from './jump.ts';
import { Marks, MAX_MARKS } from './marks.ts';

/**
 * Shows beside each token whose it is and how long it lives, and marks it by where it stands in its life. What is on
 * screen changes when its time comes: one timer waits for the next of the changes in the editors that are visible.
 */
export function registerBeside(documents: TokenDocuments, live: LiveAccounts): vscode.Disposable {
  const hintsChanged = new vscode.EventEmitter<void>();
  const marks = new Marks(live);
  const alarm = new Alarm();
  /** When a mark next changes, in seconds since the epoch. */
  let markChange: number | undefined;

  const show = (): void => {
    for (const editor of vscode.window.visibleTextEditors) {
      marks.show(editor, isOn(editor.document) ? documents.findings(editor.document) : []);
    }
    markChange = nextMark(documents);
    wait();
  };
  const wait = (): void => {
    alarm.set(earliest([markChange, nextHint(documents)]), changed);
  };
  const changed = (): void => {
    hintsChanged.fire();
    show();
  };
  show();
  return vscode.Disposable.from(
    hintsChanged,
    marks,
    alarm,
    keepHintsInSight(documents, isOn),
    documents.onDidRead(changed),
    live.onDidChange(changed),
    vscode.window.onDidChangeVisibleTextEditors(show),
    vscode.window.onDidChangeTextEditorVisibleRanges(wait),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (
        event.affectsConfiguration(settings.besideTheLine) ||
        event.affectsConfiguration(settings.expiresSoon)
      )
        changed();
    }),
    vscode.languages.registerInlayHintsProvider(
      { pattern: '**' },
      {
        onDidChangeInlayHints: hintsChanged.event,
        provideInlayHints: (document, range) =>
          isOn(document) ? provideHints(document, documents.findings(document), range, live) : [],
      },
    ),
  );
}

function isOn({ uri }: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration(undefined, uri).get<boolean>(settings.besideTheLine, true);
}

/** When a mark next changes by time alone, in seconds since the epoch. */
function nextMark(documents: TokenDocuments): number | undefined {
  const now = Math.floor(Date.now() / 1000);
  const soon = soonSetting();
  return earliest(
    vscode.window.visibleTextEditors.flatMap(({ document }) =>
      isOn(document)
        ? documents
            .findings(document)
            .slice(0, MAX_MARKS)
            .map((found) =>
              found.kind === 'jws' ? nextPhase(classifyToken(found.decoded), now, soon) : undefined,
            )
        : [],
    ),
  );
}

/** When a hint that is on screen next reads differently, in seconds since the epoch. */
function nextHint(documents: TokenDocuments): number | undefined {
  const now = Math.floor(Date.now() / 1000);
  const soon = soonSetting();
  return earliest(
    vscode.window.visibleTextEditors.flatMap(({ document, visibleRanges }) =>
      isOn(document)
        ? findingsBetween(documents.findings(document), ...span(document, visibleRanges))
            .slice(0, MAX_MARKS)
            .map((found) =>
              found.kind === 'jws' ? verdictChanges(classifyToken(found.decoded), now, soon) : undefined,
            )
        : [],
    ),
  );
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce(
    (first, time) => (first === undefined || (time !== undefined && time < first) ? time : first),
    undefined,
  );
}

/** The UTF-16 offsets between which an editor shows text. */
function span(document: vscode.TextDocument, ranges: readonly vscode.Range[]): readonly [number, number] {
  const first = ranges[0];
  const last = ranges.at(-1);
  return first && last ? [document.offsetAt(first.start), document.offsetAt(last.end)] : [0, 0];
}
