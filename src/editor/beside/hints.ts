import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import type { Finding } from '../../token/find.ts';
import { harmless } from '../hover/markdown.ts';
import { soonSetting } from '../problems/soon.ts';

/** No name is longer beside the line, in UTF-16 units: the verdict after it must be in sight. */
const MAX_KIND = 80;

/** The hints of the tokens in a range: whose each is, and how long it lives. */
export function provideHints(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  range: vscode.Range,
): vscode.InlayHint[] {
  const from = document.offsetAt(range.start);
  const to = document.offsetAt(range.end);
  const now = Math.floor(Date.now() / 1000);
  const soon = soonSetting();
  return findings.flatMap((found) => {
    if (found.end < from || found.start > to) return [];
    const label = labelOf(found, now, soon);
    if (label === undefined) return [];
    // Before the token: beyond its end it would be off the screen.
    const hint = new vscode.InlayHint(document.positionAt(found.start), label);
    hint.paddingRight = true;
    return [hint];
  });
}

function labelOf(found: Finding, now: number, soon: number): string | undefined {
  if (found.kind === 'jwe') return 'Encrypted JWT';
  if (found.kind === 'fragment') return undefined;
  const token = classifyToken(found.decoded);
  return `${harmless(kindInWords(token), MAX_KIND)}, ${verdict(token, now, soon)}`;
}
