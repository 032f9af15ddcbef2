import * as vscode from 'vscode';
import { commands, settings } from '../contributions.ts';
import type { CertificateInText } from '../kubeconfig/certificatePlaces.ts';
import type { CertificateProblem } from '../files/kubeconfigCertificates.ts';
import type { CheckedDocuments } from './documents/checked.ts';
import {
  diagnosticFor,
  docsOf,
  gradesFor,
  hasProblems,
  MOST_SHOWN,
  type Grades,
} from './problems/diagnostic.ts';
import { linkTo } from './subject/door.ts';
import { soonSetting } from './workbench/soon.ts';
import { Alarm } from './workbench/alarm.ts';
import { runInSlices } from '../slices.ts';

/** Tells what a kubeconfig's certificates say, as of a token: in a hover, and as a problem once one has ended or is about to. */
export function registerCertificates(checked: CheckedDocuments, extensionUri: vscode.Uri): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(
      { pattern: '**' },
      { provideHover: async (document, position) => await certificateHover(checked, document, position) },
    ),
    certificateProblems(checked, extensionUri),
  );
}

async function certificateHover(
  checked: CheckedDocuments,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const offset = document.offsetAt(position);
  const found = checked
    .checked(document)
    ?.certificates.find(({ start, end }) => start <= offset && offset <= end);
  if (!found) return undefined;
  const { describeAt } = await import('../files/kubeconfigCertificates.ts');
  // A file that a document names is read for somebody who trusts it.
  const file = vscode.workspace.isTrusted && document.uri.scheme === 'file' ? document.uri.fsPath : undefined;
  const description = await describeAt(found, file, Math.floor(Date.now() / 1000));
  if (!description) return undefined;
  const { render } = await import('./found.ts');
  const links = vscode.workspace.isTrusted
    ? linkTo(
        'Why Does This Kubeconfig Fail?',
        commands.explainKubeconfig,
        'What it sends, to whom, and what the server makes of it',
        { is: 'file', uri: document.uri },
      )
    : '';
  const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
  return new vscode.Hover(render(description, links), range);
}

function certificateProblems(checked: CheckedDocuments, extensionUri: vscode.Uri): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens.certificates');
  const alarms = new Map<string, Alarm>();
  const docs = docsOf(extensionUri);

  const forget = ({ uri }: vscode.TextDocument): void => {
    alarms.get(uri.toString())?.dispose();
    alarms.delete(uri.toString());
    collection.delete(uri);
  };
  const judge = async (document: vscode.TextDocument): Promise<void> => {
    const found = hasProblems(document) ? checked.checked(document) : undefined;
    if (!found || found.certificates.length === 0) {
      forget(document);
      return;
    }
    const { judgeCertificate } = await import('../files/kubeconfigCertificates.ts');
    const at = { now: Math.floor(Date.now() / 1000), soon: soonSetting() };
    const judging = { grades: gradesFor(document), docs };
    const judgeOne = (one: CertificateInText): ReturnType<typeof judgeCertificate> =>
      judgeCertificate(one, at);
    const judged = await runInSlices(
      judgeEach(document, found.certificates, judgeOne, judging),
      () => !document.isClosed && checked.checked(document) === found,
    );
    if (!judged) return;
    forget(document);
    collection.set(document.uri, judged.diagnostics);
    if (judged.changes === undefined) return;
    const alarm = new Alarm();
    alarms.set(document.uri.toString(), alarm);
    alarm.set(judged.changes, () => void judge(document));
  };

  return vscode.Disposable.from(
    collection,
    checked.onDidCheck((document) => void judge(document)),
    vscode.workspace.onDidCloseTextDocument(forget),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.problems) && !event.affectsConfiguration(settings.expiresSoon))
        return;
      for (const document of checked.documents) void judge(document);
    }),
    new vscode.Disposable(() => {
      for (const alarm of alarms.values()) alarm.dispose();
    }),
  );
}

/** Judges each, and yields so that others may run. */
function* judgeEach(
  document: vscode.TextDocument,
  certificates: readonly CertificateInText[],
  judgeOne: (one: CertificateInText) => CertificateProblem,
  judging: { readonly grades: Grades; readonly docs: vscode.Uri },
): Generator<undefined, { readonly diagnostics: vscode.Diagnostic[]; readonly changes: number | undefined }> {
  const diagnostics: vscode.Diagnostic[] = [];
  let next: number | undefined;
  for (const one of certificates.slice(0, MOST_SHOWN)) {
    yield;
    const { problem, changes } = judgeOne(one);
    if (changes !== undefined) next = Math.min(changes, next ?? changes);
    if (!problem) continue;
    const range = new vscode.Range(document.positionAt(one.start), document.positionAt(one.end));
    diagnostics.push(...[diagnosticFor(document, range, problem, judging) ?? []].flat());
  }
  return { diagnostics, changes: next };
}
