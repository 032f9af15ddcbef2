import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { inLabel, words } from '../../harmless.ts';
import { placeAt } from '../subject/door.ts';
import { tokenSecretRow } from '../subject/row.ts';
import { argumentOf, type Subject } from '../subject/subject.ts';
import type { CheckedDocuments } from '../documents/checked.ts';
import type { CheckedText, SecretPlace } from '../../problems/documentChecks.ts';
import { runInSlices } from '../../slices.ts';
import type { UserInText } from '../../kubeconfig/check.ts';
import { commandLine, type CredentialProgram } from '../../kubeconfig/credentialProgram.ts';

/** No more Secrets and users of a file get lenses: VS Code keeps a place for each, on screen or not. */
const MOST_WITH_LENSES = 500;
/** What has a longer name gets none, in UTF-16 units: VS Code is sent the name with each, and an alias repeats it. */
const LONGEST_NAME = 500;
/** How many contexts of one user get a lens of their own. */
const MOST_CONTEXTS = 3;
/** Of a context's name above the line, in UTF-16 units. */
const MAX_TITLE = 60;
/** Of the program that would run, in UTF-16 units. */
const MAX_PROGRAM = 120;

/** Offers above each token Secret and each kubeconfig user what can be done with it. Nothing is sent before a click. */
export function registerLenses(checked: CheckedDocuments): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provideCodeLenses = async (
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> => {
    if (!vscode.workspace.getConfiguration(undefined, document.uri).get<boolean>(settings.codeLens, true)) {
      return [];
    }
    const found = await checked.whenChecked(document);
    if (!found) return [];
    const { version } = document;
    const isWanted = (): boolean => !token.isCancellationRequested && document.version === version;
    return (await runInSlices(lensesOf(document, found), isWanted)) ?? [];
  };
  return vscode.Disposable.from(
    changed,
    checked.onDidCheck(() => {
      changed.fire();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.codeLens)) changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(
      { pattern: '**' },
      { onDidChangeCodeLenses: changed.event, provideCodeLenses },
    ),
  );
}

function* lensesOf(
  document: vscode.TextDocument,
  found: CheckedText,
): Generator<undefined, vscode.CodeLens[]> {
  const isShort = (name: string): boolean => name.length <= LONGEST_NAME;
  const secrets = found.secrets.filter((secret) =>
    [secret.name, secret.serviceAccount, secret.namespace ?? ''].every(isShort),
  );
  const users = found.users.filter(({ name }) => isShort(name));
  const lenses: vscode.CodeLens[] = [];
  for (const secret of secrets.slice(0, MOST_WITH_LENSES)) {
    yield;
    if (vscode.workspace.isTrusted) lenses.push(...lensesOfSecret(document, secret));
    lenses.push(...lensesOfRefusal(document, secret));
  }
  for (const user of users.slice(0, MOST_WITH_LENSES)) {
    yield;
    lenses.push(...lensesOfUser(document, { ...user, contexts: user.contexts.filter(isShort) }));
  }
  for (const [first] of [secrets.slice(MOST_WITH_LENSES), users.slice(MOST_WITH_LENSES)]) {
    if (!first) continue;
    const title = `From here on nothing is offered: ${MOST_WITH_LENSES} stand before`;
    lenses.push(lensAt(document, first.start)({ title, command: '' }));
  }
  return lenses;
}

function lensesOfSecret(document: vscode.TextDocument, secret: SecretPlace): vscode.CodeLens[] {
  const { name, namespace, serviceAccount, start } = secret;
  const lens = lensAt(document, start);
  return [
    lens({
      title: 'Create in Cluster…',
      tooltip: words`Create the token Secret ${name}, and follow the token controller filling it`.text,
      command: commands.createTokenSecret,
      arguments: [argumentOf(placeAt(document, start))],
    }),
    lens({
      title: 'Compare',
      tooltip:
        words`Show what the token Secret ${name} is in the cluster, and what applying this would make of it`
          .text,
      command: commands.compareWithCluster,
      arguments: [argumentOf(placeAt(document, start))],
    }),
    // Without a namespace it is the context's, which is not known before its kubeconfig was read.
    ...(namespace === undefined
      ? []
      : [
          lens({
            title: 'Generate Kubeconfig…',
            tooltip: words`Write a kubeconfig with the token that ${namespace}/${name} has in the cluster`
              .text,
            command: commands.generateKubeconfig,
            arguments: [tokenSecretRow(namespace, name, serviceAccount, '')],
          }),
        ]),
  ];
}

/** The token that stands in the text, or that the Secret has in the cluster. */
function lensesOfRefusal(
  document: vscode.TextDocument,
  { name, namespace, serviceAccount, start, tokenAt }: SecretPlace,
): vscode.CodeLens[] {
  const inCluster =
    namespace === undefined || !vscode.workspace.isTrusted
      ? undefined
      : ({ is: 'row', row: tokenSecretRow(namespace, name, serviceAccount, '') } as const);
  const subject = tokenAt === undefined ? inCluster : tokenPlace(document, tokenAt);
  if (!subject) return [];
  return [
    lensAt(
      document,
      start,
    )({
      title: 'Why Unauthorized?',
      tooltip: words`Replay the checks of the API server on the token of ${name}, and see which one fails`
        .text,
      command: commands.explainToken,
      arguments: [argumentOf(subject)],
    }),
  ];
}

function lensesOfUser(
  document: vscode.TextDocument,
  { name, start, tokenAt, contexts, program }: UserInText,
): vscode.CodeLens[] {
  const lens = lensAt(document, start);
  const runs =
    program?.kind === 'exec' ? [lens({ title: `Would Run: ${beginningOf(program)}`, command: '' })] : [];
  const canVerify = vscode.workspace.isTrusted && document.uri.scheme === 'file';
  const verify = contexts.slice(0, canVerify ? MOST_CONTEXTS : 0).map((context) =>
    lens({
      title: contexts.length === 1 ? 'Verify' : `Verify ${inLabel(context, MAX_TITLE)}`,
      tooltip: words`Ask the server of the context "${context}" who ${name} is, with this file alone`.text,
      command: commands.verifyKubeconfig,
      arguments: [argumentOf({ is: 'context', uri: document.uri.toString(), context })],
    }),
  );
  const uri = document.uri.toString();
  const [context] = canVerify ? contexts : [];
  // What a file, a program or a certificate gives is known by its context only, and so is what is no token.
  const isByContext = context !== undefined && (tokenAt === undefined || contexts.length === 1);
  const subject = isByContext
    ? ({ is: 'context', uri, context } as const)
    : tokenAt === undefined
      ? undefined
      : tokenPlace(document, tokenAt);
  if (!subject) return [...verify, ...runs];
  return [
    ...verify,
    lens({
      title: 'Why Unauthorized?',
      tooltip: words`Replay the checks of the API server on what ${name} sends, and see which one fails`.text,
      command: commands.explainToken,
      arguments: [argumentOf(subject)],
    }),
    ...runs,
  ];
}

/** A command line as far as a lens shows it; without its variables, and no more of it is read: aliases can repeat it. */
function beginningOf({ kind, name, args }: CredentialProgram): string {
  const shown: string[] = [];
  let length = 0;
  for (const word of [name, ...args]) {
    if (length > MAX_PROGRAM) break;
    shown.push(word.slice(0, MAX_PROGRAM + 1));
    length += word.length + 1;
  }
  const [program = '', ...more] = shown;
  const line = commandLine({ kind, name: program, args: more, env: {} }).slice(`${kind}: `.length);
  return inLabel(line, MAX_PROGRAM);
}

/** Where a token begins whose value begins with a quote or as a block. */
function tokenPlace(document: vscode.TextDocument, offset: number): Subject {
  const at = document.positionAt(offset);
  const text = document.getText(new vscode.Range(at, document.positionAt(offset + 100)));
  return placeAt(document, offset + (/^(?:["']|[|>]\S*\s+)/.exec(text)?.[0].length ?? 0));
}

function lensAt(document: vscode.TextDocument, offset: number): (command: vscode.Command) => vscode.CodeLens {
  const at = document.positionAt(offset);
  return (command) => new vscode.CodeLens(new vscode.Range(at, at), command);
}
