import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { classifyToken } from '../../token/classify.ts';
import { describeToken, type Advice, type Description } from '../../token/describe.ts';
import type { Finding, FoundToken } from '../../token/find.ts';
import { lifeOf } from '../../token/life.ts';
import { localTime } from '../../token/localTime.ts';
import { explainMalformed, flawsOf, type Flaw } from '../../token/malformed.ts';
import { oddities } from '../../token/oddities.ts';
import { linkTo, placeOf } from '../subject/door.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { ruleOf } from '../problems/diagnostic.ts';
import { linesOf } from '../documents/lines.ts';
import { placeIn } from '../../manifest/tokenPlace.ts';
import { soonSetting } from '../workbench/soon.ts';
import { rangeOf, type FoundAt } from '../documents/at.ts';
import { render } from './render.ts';

/** The hover of what was found at a place. */
export function hoverOf(
  document: vscode.TextDocument,
  { found, range }: FoundAt,
  options: HoverOptions,
): vscode.Hover {
  const links = linksTo(document, found, range.start, options);
  const { headline, rows, advice } = describe(document, found, options.live);
  // VS Code shows a problem above the hover: what it says, and what to do, is not said twice.
  const told = vscode.languages
    .getDiagnostics(document.uri)
    .filter((one) => ruleOf(one) !== undefined && one.range.intersection(range));
  const lines = told.reduce((sum, { message }) => sum + Math.ceil((message.length + SOURCE) / WIDTH), 0);
  const rules = told.map((one) => ruleOf(one) ?? '');
  const isSaid = ({ told: by }: Advice): boolean =>
    by !== undefined && rules.some((rule) => rule === by || rule.startsWith(`${by}-`));
  const untold = advice.filter((one) => !isSaid(one)).slice(0, lines > 0 ? 1 : MOST_ADVICE);
  // A problem has a line of its own below the hover, which takes the room of the first advice.
  const taken = lines > 0 ? lines + untold.length : Math.max(0, untold.length - 1);
  const shown = { headline, rows: mostNeeded(rows, MOST_LINES - taken), advice: untold };
  return new vscode.Hover(render(shown, links), range);
}

/** How many lines beside the first and the last the editor shows without scrolling: 250 pixels (its contentHoverWidget.ts). */
const MOST_LINES = 6;
/** So many lines of advice at most. */
const MOST_ADVICE = 2;
/** About how many characters fit into a line of a problem, and how many of them its source and code take. */
const WIDTH = 110;
const SOURCE = 42;
/**
 * What is left out first where there is no room; it is among the claims. What a hover is for stays: when the token ends,
 * from when it is valid, and what it is bound to.
 */
const LESS_NEEDED: readonly string[] = [
  'Issued',
  'Issuer',
  'Attests',
  'Token',
  'Audience',
  'Warn\u00A0after',
];

function mostNeeded(rows: Description['rows'], room: number): Description['rows'] {
  let left = rows;
  for (const label of LESS_NEEDED) {
    if (left.length > Math.max(1, room)) left = left.filter((row) => row[0] !== label);
  }
  return left;
}

export interface HoverOptions {
  readonly live: LiveAccounts;
  /** Whether there are clusters to revoke a token in, and files to look for it: not in a browser. */
  readonly hasMachine: boolean;
}

/** Describes what was found at this moment, in the reader's own time zone. */
export function describe(document: vscode.TextDocument, found: Finding, live?: LiveAccounts): Description {
  if (found.kind === 'jwe') {
    const advice = [
      { text: 'Only the holder of its key can read it. ServiceAccount tokens are never encrypted.' },
    ];
    return { headline: 'Encrypted JWT (JWE)', rows: [], advice };
  }
  if (found.kind === 'fragment') return describeFragment(found);
  return describeFound(document, found, live?.whyFoundEnded(document, found));
}

const PARTS: Readonly<Record<Flaw['part'], string>> = {
  whole: 'Shape',
  header: 'Header',
  claims: 'Claims',
  signature: 'Signature',
};

/** Names each part that is not as it should be. */
function describeFragment({ token }: Finding): Description {
  const rows = flawsOf(token).map(({ part, message }) => [PARTS[part], message] as const);
  const advice = [{ text: 'Copy the token again, whole: three parts between two dots.' }];
  return { headline: `Not a whole JWT (${token.length} characters)`, rows, advice };
}

function describeFound(
  document: vscode.TextDocument,
  found: FoundToken,
  ended: string | undefined,
): Description {
  const token = classifyToken(found.decoded);
  const { start, end } = rangeOf(document, found);
  const description = describeToken(token, {
    now: Math.floor(Date.now() / 1000),
    soon: soonSetting(),
    encoding: found.encoding,
    isWithin: found.isWithin,
    ended,
    length: found.token.length,
    inKubeconfig: placeIn(linesOf(document), start, end).field === 'kubeconfig',
    localTime,
  });
  const flaw = explainMalformed(found.token);
  const wrong: Advice[] = [
    ...(flaw ? [{ text: flaw.message, told: 'malformed' }] : []),
    ...oddities(token, found.decoded).map((text) => ({ text, told: 'contradictory-claims' })),
  ];
  return { ...description, advice: [...wrong, ...description.advice] };
}

/** Links that name a place in the document, never the token. */
function linksTo(
  document: vscode.TextDocument,
  found: Finding,
  at: vscode.Position,
  { hasMachine, live }: HoverOptions,
): string {
  if (found.kind !== 'jws') return '';
  const place = placeOf(document, at);
  const { inspectToken, explainToken, whereUsed, revokeToken, showClaims, copyClaims, copySummary } =
    commands;
  return [
    linkTo('Inspect', inspectToken, 'See its claims, its lifetime and what it depends on', place),
    linkTo('Why Unauthorized?', explainToken, 'Replay the server’s checks, and look in the cluster', place),
    ...(hasMachine && classifyToken(found.decoded).kind !== 'other'
      ? [linkTo('Where Was It Used?', whereUsed, 'Look for it in an audit log, on this machine', place)]
      : []),
    ...(hasMachine && vscode.workspace.isTrusted && canEnd(found, live.whyFoundEnded(document, found))
      ? [linkTo('Revoke…', revokeToken, 'Delete what ends it, after saying what breaks', place)]
      : []),
    linkTo('Show claims', showClaims, 'Show the header and the claims in an editor, read-only', place),
    linkTo('Copy claims', copyClaims, 'Copy the decoded claims as JSON', place),
    linkTo('Copy summary', copySummary, 'Copy what this says, without the token', place),
  ].join(' · ');
}

/** Whether there is something to revoke: a ServiceAccount's token that is not known to be over. */
function canEnd({ decoded }: FoundToken, ended: string | undefined): boolean {
  const token = classifyToken(decoded);
  if (token.kind === 'other' || ended !== undefined) return false;
  return lifeOf(token, Math.floor(Date.now() / 1000)).phase !== 'expired';
}
