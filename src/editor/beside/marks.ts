import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import type { Finding } from '../../token/find.ts';
import { lifeOf, type Phase } from '../../token/life.ts';
import { soonSetting } from '../problems/soon.ts';
import { gutterSvg, looks } from './looks.ts';

/** No more tokens of a document are marked or have hints: a ruler full of marks says nothing, and a screen holds less. */
export const MAX_MARKS = 1000;

/** Marks tokens by where they stand in their life: in the gutter and on the overview ruler. */
export class Marks implements vscode.Disposable {
  readonly #types = new Map<Phase, vscode.TextEditorDecorationType>();

  /** Marks what was found in an editor, in place of what was marked there before. */
  show(editor: vscode.TextEditor, findings: readonly Finding[]): void {
    const { document } = editor;
    const now = Math.floor(Date.now() / 1000);
    const soon = soonSetting();
    const ranges = new Map<Phase, vscode.Range[]>();
    for (const found of findings.slice(0, MAX_MARKS)) {
      if (found.kind !== 'jws') continue;
      const { phase } = lifeOf(classifyToken(found.decoded), now, soon);
      const start = document.positionAt(found.start);
      // On the first of its lines only: a gutter shows a mark on each line of a range.
      const of = ranges.get(phase) ?? [];
      of.push(new vscode.Range(start, start));
      ranges.set(phase, of);
    }
    for (const phase of ranges.keys()) this.#typeOf(phase);
    for (const [phase, type] of this.#types) editor.setDecorations(type, ranges.get(phase) ?? []);
  }

  #typeOf(phase: Phase): vscode.TextEditorDecorationType {
    const known = this.#types.get(phase);
    if (known) return known;
    const look = looks[phase];
    const picture = (color: string): vscode.Uri =>
      vscode.Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(gutterSvg(look, color))}`);
    const type = vscode.window.createTextEditorDecorationType({
      overviewRulerColor: new vscode.ThemeColor(look.color),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
      gutterIconSize: 'contain',
      dark: { gutterIconPath: picture(look.onDark) },
      light: { gutterIconPath: picture(look.onLight) },
    });
    this.#types.set(phase, type);
    return type;
  }

  dispose(): void {
    for (const type of this.#types.values()) type.dispose();
  }
}
