import * as vscode from 'vscode';
import { classifyToken, type Token } from '../../token/classify.ts';
import { forOthers } from '../../token/audience.ts';
import { endOf } from '../../token/end.ts';
import { kindInWords, ownerInWords, relativeTime, standingInWords } from '../../token/describe.ts';
import type { Finding } from '../../token/find.ts';
import { findingsBetween } from '../../token/finding.ts';
import { lifeOf } from '../../token/life.ts';
import { harmless } from '../../harmless.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { soonSetting } from '../workbench/soon.ts';
import { MAX_MARKS } from './marks.ts';

/** No text is longer in a hint's tooltip, in UTF-16 units: names are a stranger's text. */
const MAX_TEXT = 200;
/** No audience is longer in a hint, and no name of what a token is bound to: then its last characters stand there. */
const MAX_AUDIENCE = 24;
const MAX_NAME = 12;
const SHORT_NAME = 5;

/** The hints of the tokens in a range: whose each is, and how long it lives. */
export function provideHints(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  range: vscode.Range,
  live: LiveAccounts,
): vscode.InlayHint[] {
  const from = document.offsetAt(range.start);
  const to = document.offsetAt(range.end);
  const now = Math.floor(Date.now() / 1000);
  const soon = soonSetting();
  // A document of one line is asked for as a whole.
  return findingsBetween(findings, from, to)
    .slice(0, MAX_MARKS)
    .flatMap((found) => {
      const ended = live.whyFoundEnded(document, found);
      const label = labelOf(found, ended, now, soon);
      if (label === undefined) return [];
      // Before the token: beyond its end it would be off the screen.
      const hint = new vscode.InlayHint(document.positionAt(found.start), label);
      if (found.kind === 'jws') {
        const token = classifyToken(found.decoded);
        hint.tooltip = harmless(
          `${kindInWords(token)}, ${standingInWords(token, ended, now, soon)}${endsWith(token, ended)}`,
          MAX_TEXT,
        );
      }
      hint.paddingRight = true;
      return [hint];
    });
}

function labelOf(found: Finding, ended: string | undefined, now: number, soon: number): string | undefined {
  if (found.kind === 'jwe') return 'Encrypted JWT';
  if (found.kind === 'fragment') return undefined;
  const token = classifyToken(found.decoded);
  // Its life comes first: the editor shows 43 characters of a hint (editor.inlayHints.maximumLength).
  const life =
    ended === undefined && lifeOf(token, now, soon).phase === 'extended'
      ? `extended, expires ${relativeTime(endOf(token)?.at ?? now, now)}`
      : standingInWords(token, ended, now, soon);
  const { phase } = lifeOf(token, now, soon);
  const others = forOthers(token);
  const isLiving = ended === undefined && phase !== 'expired';
  const audience = isLiving && others !== undefined ? `, for ${harmless(others, MAX_AUDIENCE)}` : '';
  const encoding = found.encoding === 'base64-twice' ? ', encoded twice' : '';
  const ends = phase === 'valid' || phase === 'expiring' ? endsWith(token, ended) : '';
  return `${harmless(life, MAX_TEXT)}${audience}${ends}${encoding} · ${harmless(ownerInWords(token), MAX_TEXT)}`;
}

/** What else ends it: the end of a Pod's name is what tells it from others, and what there is room for. */
function endsWith(token: Token, ended: string | undefined): string {
  if (ended !== undefined || token.kind !== 'bound' || !token.binding) return '';
  const { kind, name } = token.binding;
  const shown = name.length > MAX_NAME ? `…${name.slice(-SHORT_NAME)}` : name;
  return `, ends with ${kind} ${harmless(shown, MAX_TEXT)}`;
}
