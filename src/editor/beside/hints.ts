import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, ownerInWords, relativeTime, verdict } from '../../token/describe.ts';
import type { Finding } from '../../token/find.ts';
import { findingsBetween } from '../../token/finding.ts';
import { lifeOf } from '../../token/life.ts';
import { harmless, words } from '../../harmless.ts';
import { soonSetting } from '../problems/soon.ts';
import { MAX_MARKS } from './marks.ts';

/** No text is longer in a hint's tooltip, in UTF-16 units: names are a stranger's text. */
const MAX_TEXT = 200;

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
  // A document of one line is asked for as a whole.
  return findingsBetween(findings, from, to)
    .slice(0, MAX_MARKS)
    .flatMap((found) => {
      const label = labelOf(found, now, soon);
      if (label === undefined) return [];
      // Before the token: beyond its end it would be off the screen.
      const hint = new vscode.InlayHint(document.positionAt(found.start), label);
      if (found.kind === 'jws') {
        const token = classifyToken(found.decoded);
        hint.tooltip = harmless(`${kindInWords(token)}, ${verdict(token, now, soon)}`, MAX_TEXT);
      }
      hint.paddingRight = true;
      return [hint];
    });
}

function labelOf(found: Finding, now: number, soon: number): string | undefined {
  if (found.kind === 'jwe') return 'Encrypted JWT';
  if (found.kind === 'fragment') return undefined;
  const token = classifyToken(found.decoded);
  // Its life comes first: the editor shows 43 characters of a hint (editor.inlayHints.maximumLength).
  const life =
    lifeOf(token, now, soon).phase === 'extended'
      ? `extended, expires ${relativeTime(token.expires ?? now, now)}`
      : verdict(token, now, soon);
  return words`${life} · ${harmless(ownerInWords(token), MAX_TEXT)}`.text;
}
