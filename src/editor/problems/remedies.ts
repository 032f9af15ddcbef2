import * as vscode from 'vscode';
import { commands, type CommandId } from '../../contributions.ts';
import { classifyToken } from '../../token/classify.ts';
import type { FoundToken } from '../../token/find.ts';
import { findingsBetween } from '../../token/finding.ts';
import type { TokenRule } from '../../problems/catalog.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import { linesOf } from '../documents/lines.ts';
import { placeOf } from '../subject/door.ts';
import type { Subject } from '../subject/subject.ts';
import { caughtBlank, caughtQuote, placeIn, type Place } from '../../manifest/tokenPlace.ts';

/** What puts one problem right: a change of the text, or a command. */
export interface Remedy {
  readonly title: string;
  readonly does:
    | { readonly edits: readonly (vscode.TextEdit | vscode.SnippetTextEdit)[] }
    | { readonly command: CommandId; readonly on?: Subject };
  /** Whether there is no doubt that this is what the author wants. */
  readonly isPreferred: boolean;
}

/** What can be done about a token. */
export function tokenRemedies(
  rule: TokenRule,
  document: vscode.TextDocument,
  { range }: vscode.Diagnostic,
  documents: TokenDocuments,
): Remedy[] {
  const start = document.offsetAt(range.start);
  const [found] = findingsBetween(documents.findings(document), start + 1, start + 1);
  if (found?.kind !== 'jws' || found.start !== start) return [];
  const place = placeIn(linesOf(document), range.start, range.end);
  const change = isChange(rule) ? CHANGES[rule] : undefined;
  // Within base64 of a longer text nothing can be put right in place.
  if (change) return found.isWithin ? [] : change({ document, range, found, place });
  if (rule === 'never-expires-in-git') return [rotate(found)];
  if (rule === 'contradictory-claims' || rule === 'malformed') return [explain(document, range.start)];
  return [
    ...(place.field === 'kubeconfig' ? [renew(document, range.start)] : []),
    generateRemedy(),
    run('Scaffold a token Secret…', commands.scaffoldTokenSecret),
    explain(document, range.start),
  ];
}

/** What can be done in the place of a copy of a Pod's token that nothing renews. */
export function copyRemedies({ uri }: vscode.TextDocument): Remedy[] {
  const does = { command: commands.keepKubeconfigFresh, on: { is: 'file', uri } } as const;
  return [{ title: 'Keep a host kubeconfig fresh…', does, isPreferred: false }, generateRemedy()];
}

/** What can be done in the place of a kubeconfig that does not work, or not for long. */
export function generateRemedy(): Remedy {
  return run('Generate a kubeconfig that lasts…', commands.generateKubeconfig);
}

interface Changed {
  readonly document: vscode.TextDocument;
  readonly range: vscode.Range;
  readonly found: FoundToken;
  readonly place: Place;
}

const decode = ({ range, found }: Changed): Remedy[] => [replace('Decode the token', range, found.token)];

/** What changes the token itself, by the rule. */
const CHANGES = {
  'encoded-in-kubeconfig': decode,
  'encoded-in-string-data': decode,
  'encoded-in-configuration': decode,
  'encoded-twice': ({ range, found }) => [replace('Encode the token once', range, btoa(found.token))],
  'raw-in-data': ({ range, found }) => [replace('Encode the token as base64', range, btoa(found.token))],
  'line-break-caught': ({ range, found, place }) => [onOneLine(range, found, place)],
  'line-break-in-secret': ({ range, found, place }) => [
    found.encoding === 'raw'
      ? onOneLine(range, found, place)
      : replace('Encode the token without the line break', range, btoa(found.token)),
  ],
  'bearer-caught': ({ range, place }) => [withoutBearer(range, place)],
  'quotes-caught': ({ document, range, place }) => withoutQuotes(document, range, place),
} as const satisfies Partial<Record<TokenRule, (changed: Changed) => Remedy[]>>;

function isChange(rule: TokenRule): rule is keyof typeof CHANGES {
  return Object.hasOwn(CHANGES, rule);
}

function replace(title: string, range: vscode.Range, text: string): Remedy {
  return { title, does: { edits: [vscode.TextEdit.replace(range, text)] }, isPreferred: true };
}

function withoutBearer(range: vscode.Range, { before }: Place): Remedy {
  const length = /bearer\s+$/i.exec(before)?.[0].length ?? 0;
  return replace('Remove "Bearer"', range.with(range.start.translate(0, -length), range.start), '');
}

function withoutQuotes(
  document: vscode.TextDocument,
  range: vscode.Range,
  { before, after }: Place,
): Remedy[] {
  const quote = caughtQuote(before);
  if (quote === undefined || !after.startsWith(quote)) return [];
  const whole = range.with(range.start.translate(0, -quote.length), range.end.translate(0, quote.length));
  return [replace('Remove the inner quotes', whole, document.getText(range))];
}

/** Takes away the line breaks within a token, and the blanks beside it that its field's text has too. */
function onOneLine(range: vscode.Range, found: FoundToken, place: Place): Remedy {
  const edits = found.wrapped ? [vscode.TextEdit.replace(range, found.token)] : [];
  const caught = caughtBlank(place);
  if (caught === 'before') {
    const length = /(?:\\[nrt]|\s)+$/.exec(place.before)?.[0].length ?? 0;
    edits.push(vscode.TextEdit.delete(range.with(range.start.translate(0, -length), range.start)));
  } else if (caught === 'after' && place.block) {
    const { line, character, style } = place.block;
    const at = new vscode.Range(line, character, line, character + style.length);
    edits.push(vscode.TextEdit.replace(at, `${style.replace('+', '')}-`));
  } else if (caught === 'after') {
    const length = /^(?:\\[nrt]|\s)+/.exec(place.after)?.[0].length ?? 0;
    edits.push(vscode.TextEdit.delete(range.with(range.end, range.end.translate(0, length))));
  }
  const title = found.wrapped ? 'Put the token on one line' : 'Remove what is caught beside the token';
  return { title, does: { edits }, isPreferred: true };
}

function renew(document: vscode.TextDocument, at: vscode.Position): Remedy {
  const does = { command: commands.regenerateKubeconfig, on: placeOf(document, at) };
  return { title: 'Renew the token in this kubeconfig…', does, isPreferred: true };
}

function explain(document: vscode.TextDocument, at: vscode.Position): Remedy {
  const does = { command: commands.explainToken, on: placeOf(document, at) };
  return { title: 'Why Unauthorized? Explain this token', does, isPreferred: false };
}

/** Under the same name the token would come back. */
function rotate({ decoded }: FoundToken): Remedy {
  const token = classifyToken(decoded);
  const { kind } = token;
  const on: Subject | undefined =
    kind === 'legacy' && token.secret !== undefined
      ? {
          is: 'secret',
          namespace: token.namespace,
          serviceAccount: token.serviceAccount,
          secret: token.secret,
        }
      : undefined;
  return {
    title: 'Rotate the token Secret, under a new name…',
    does: { command: commands.rotateTokenSecret, ...(on && { on }) },
    isPreferred: false,
  };
}

function run(title: string, command: CommandId): Remedy {
  return { title, does: { command }, isPreferred: false };
}
