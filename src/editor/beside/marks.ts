import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import type { Finding } from '../../token/find.ts';
import { standingOf, worse, type Standing } from '../../token/standing.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { soonSetting } from '../workbench/soon.ts';
import { gutterSvg, looks } from './looks.ts';

/** No more tokens of a document are marked or have hints: a ruler full of marks says nothing, and a screen holds less. */
export const MAX_MARKS = 1000;

/** Marks tokens by how they stand: in the gutter and on the overview ruler. */
export class Marks implements vscode.Disposable {
  readonly #types = new Map<Standing, vscode.TextEditorDecorationType>();

  readonly #live: LiveAccounts;

  constructor(live: LiveAccounts) {
    this.#live = live;
  }

  /** Marks what was found in an editor, in place of what was marked there before. */
  show(editor: vscode.TextEditor, findings: readonly Finding[]): void {
    const { document } = editor;
    const now = Math.floor(Date.now() / 1000);
    const soon = soonSetting();
    // A gutter shows one mark a line: the worst.
    const lines = new Map<number, { readonly standing: Standing; readonly at: vscode.Position }>();
    for (const found of findings.slice(0, MAX_MARKS)) {
      if (found.kind !== 'jws') continue;
      const ended = this.#live.whyFoundEnded(document, found);
      const standing = standingOf(classifyToken(found.decoded), ended, now, soon);
      // On the first of its lines only: a gutter shows a mark on each line of a range.
      const at = document.positionAt(found.start);
      const there = lines.get(at.line)?.standing;
      if (there === undefined || (standing !== there && worse(standing, there) === standing)) {
        lines.set(at.line, { standing, at });
      }
    }
    const ranges = new Map<Standing, vscode.Range[]>();
    for (const { standing, at } of lines.values()) {
      const of = ranges.get(standing) ?? [];
      of.push(new vscode.Range(at, at));
      ranges.set(standing, of);
    }
    for (const standing of ranges.keys()) this.#typeOf(standing);
    for (const [standing, type] of this.#types) editor.setDecorations(type, ranges.get(standing) ?? []);
  }

  #typeOf(standing: Standing): vscode.TextEditorDecorationType {
    const known = this.#types.get(standing);
    if (known) return known;
    const look = looks[standing];
    const picture = (color: string): vscode.Uri =>
      vscode.Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(gutterSvg(look, color))}`);
    const type = vscode.window.createTextEditorDecorationType({
      overviewRulerColor: new vscode.ThemeColor(look.color),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
      gutterIconSize: 'contain',
      dark: { gutterIconPath: picture(look.onDark) },
      light: { gutterIconPath: picture(look.onLight) },
    });
    this.#types.set(standing, type);
    return type;
  }

  dispose(): void {
    for (const type of this.#types.values()) type.dispose();
  }
}
