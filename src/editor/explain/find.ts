import { LEGACY_ISSUER } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import { readCarrier } from '../../authentication/carrier.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import { findTokens } from '../../token/find.ts';
import { findingAt } from '../documents/at.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import type { Origin, Explained } from './explained.ts';
import { ofCommand, ofKubeconfig, sendingAt } from './kubeconfig.ts';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { pickInFile, pickSource, type Purpose } from './pick.ts';
import { upToDate } from './upToDate.ts';
import { clusterOf, mustHaveContexts, type InspectorServices } from '../subject/cluster.ts';
import { words } from '../../harmless.ts';
import { withCancel } from '../workbench/say.ts';
import { placeAt, placeOf } from '../subject/door.ts';
import { readSubject, type NamedObject, type SubjectOf, type TokenPlace } from '../subject/subject.ts';

/** What "Why Unauthorized?" and "Inspect Token" accept. Without one of these (the palette) the person is asked. */
export type Explainable = SubjectOf<'row' | 'object' | 'place' | 'file' | 'context' | 'command' | 'claims'>;

/** Finds what is explained of a subject, or asks; undefined where the person left it. */
export async function explainedOf(
  services: InspectorServices,
  subject: Explainable | undefined,
  purpose: Purpose,
): Promise<Explained | undefined> {
  switch (subject?.is) {
    case 'object':
      return await ofObject(services, subject);
    case 'command':
      return await ofCommand(mustHaveContexts(services), subject);
    case 'claims':
      return ofClaims(subject.claims, 'Token that is not kept');
    case 'file':
      return await inFile(services, subject.uri, undefined);
    case 'context':
      return await inFile(services, vscode.Uri.parse(subject.uri, true), subject.context);
    case 'place':
      return await atPlace(services, subject);
    case 'row': {
      const { row } = subject;
      if (row.kind === 'issuedToken') return await ofIssued(services, row.entry);
      if (row.kind === 'tokenSecret' || row.kind === 'pod') return await ofObject(services, row);
      return await askedFor(services, purpose);
    }
    case undefined:
      return await askedFor(services, purpose);
  }
}

async function ofObject(
  services: InspectorServices,
  { kind, info }: { readonly kind: 'tokenSecret' | 'pod'; readonly info: NamedObject },
): Promise<Explained> {
  return kind === 'pod' ? ofPod(services, info) : await ofSecret(services, info);
}

/** What an origin that was stored leads to now. Nobody asked for it, so no program is run for it. Throws not-found where the token is no longer there. */
export async function explainedAgain(
  services: InspectorServices,
  origin: Origin,
): Promise<Explained | undefined> {
  return origin.kind === 'place'
    ? await atPlace(services, origin)
    : await inFile(services, vscode.Uri.parse(origin.uri, true), origin.context, false);
}

/** A subject as it is now, at the person's wish: file, kubeconfig, Secret and Pod are read again. Throws not-found where it is no longer there. */
export async function explainedNow(
  services: InspectorServices,
  { again, from }: Explained,
): Promise<Explained | undefined> {
  if (again) return await again();
  if (!from) return undefined;
  const uri = vscode.Uri.parse(from.uri, true);
  const { document, text } = await upToDate(uri);
  return from.kind === 'kubeconfig' && services.contexts && vscode.workspace.isTrusted
    ? await ofKubeconfig(services.contexts, document, from.context, true, text)
    : await explainedAgain(services, from);
}

export function readOrigin(value: unknown): Origin | undefined {
  const found = readSubject(value, (one) => one instanceof vscode.Uri);
  if (found?.is === 'place') {
    const { uri, line, character } = found;
    return { kind: 'place', uri, line, character };
  }
  return found?.is === 'context' ? { kind: 'kubeconfig', uri: found.uri, context: found.context } : undefined;
}

export async function explainClipboard(): Promise<Explained> {
  const text = await vscode.env.clipboard.readText();
  const [found] = findTokens(text);
  // A token amid other text is meant itself; what stands around one by mistake is what is wrong with it.
  const isMeantItself = found !== undefined && readCarrier(text).token !== found.token;
  return token(isMeantItself ? found.token : text, 'Clipboard');
}

function token(credential: string, name: string, from?: Origin): Explained {
  return { credential, name, known: {}, kubeconfig: undefined, from };
}

function ofClaims(claims: Readonly<Record<string, unknown>>, name: string): Explained {
  return {
    credential: '',
    name,
    known: { claims: { header: {}, claims } },
    kubeconfig: undefined,
    from: undefined,
  };
}

async function atPlace(services: InspectorServices, place: TokenPlace): Promise<Explained> {
  const uri = vscode.Uri.parse(place.uri, true);
  const document = await vscode.workspace.openTextDocument(uri);
  const at = findingAt(document, document.validatePosition(new vscode.Position(place.line, place.character)));
  if (!at) throw new Problem('not-found', 'The token is no longer where it was: the file has changed.');
  const { uri: _, line, character } = place;
  const from = { kind: 'place', uri: place.uri, line, character } as const;
  const name = `${nameOf(uri)}:${line + 1}`;
  const sending = await sendingAt(services, document, at.found.token);
  const whyEnded = (): string | undefined => services.live?.whyFoundEnded(document, at.found);
  return { ...token(at.found.token, name, from), ...sending, whyEnded };
}

async function inFile(
  services: InspectorServices,
  uri: vscode.Uri,
  context: string | undefined,
  mayRunPrograms = true,
): Promise<Explained | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (services.contexts && vscode.workspace.isTrusted && looksLikeKubeconfig(document.getText())) {
    return await ofKubeconfig(services.contexts, document, context, mayRunPrograms);
  }
  const found = await pickInFile(document);
  return found && (await atPlace(services, found));
}

async function askedFor(services: InspectorServices, purpose: Purpose): Promise<Explained | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor) {
    const { document, selection } = editor;
    // What is selected inside a token is part of it by chance: a double click stops at its dots.
    if (findingAt(document, selection.start)?.range.contains(selection)) {
      return await atPlace(services, placeOf(document, selection.start));
    }
    if (!selection.isEmpty) return token(document.getText(selection), 'Selection');
  }
  const chosen = await pickSource(editor?.document, services.contexts !== undefined, purpose);
  if (chosen === 'clipboard') return await explainClipboard();
  if (chosen instanceof vscode.Uri) return await inFile(services, chosen, undefined);
  return chosen && (await atPlace(services, chosen));
}

/** The token of a token Secret. Of one that is not filled, or gone, what it would hang on is explained. */
async function ofSecret(services: InspectorServices, secret: NamedObject): Promise<Explained> {
  const { namespace, name, serviceAccount } = secret;
  const title = `${namespace}/${name}`;
  const again = async (): Promise<Explained> => await ofSecret(services, secret);
  try {
    return { ...token(await readSecret(services, secret), title), again };
  } catch (error) {
    if (!Problem.is(error, 'not-found') || serviceAccount === undefined) throw error;
    const claims = legacyClaims({ namespace, serviceAccount, secret: name, uid: undefined });
    return { ...ofClaims(claims, title), again };
  }
}

/** A Pod's own token is in the Pod alone; what it hangs on can be looked at. A copy in an open file is looked at itself. */
function ofPod(services: InspectorServices, pod: NamedObject): Explained {
  const { namespace, name, uid, serviceAccount } = pod;
  const more = {
    facts: services.live?.aboutPod({ namespace, name }) ?? [],
    again: async () => await Promise.resolve(ofPod(services, pod)),
  };
  const isOfPod = ({ claims }: { claims: Readonly<Record<string, unknown>> }): boolean => {
    const own = claims['kubernetes.io'];
    return (
      isRecord(own) && own['namespace'] === namespace && isRecord(own['pod']) && own['pod']['name'] === name
    );
  };
  for (const document of vscode.workspace.textDocuments) {
    const found = findTokens(document.getText()).find(({ decoded }) => isOfPod(decoded));
    if (!found) continue;
    const { uri, line, character } = placeAt(document, found.start);
    const place = { kind: 'place', uri, line, character } as const;
    return { ...token(found.token, `${nameOf(document.uri)}:${line + 1}`, place), ...more };
  }
  const own = { namespace, serviceaccount: { name: serviceAccount }, pod: { name, uid } };
  return { ...ofClaims({ 'kubernetes.io': own }, `Pod ${namespace}/${name}`), ...more };
}

async function ofIssued(services: InspectorServices, issued: IssuedToken): Promise<Explained> {
  const name = `${issued.namespace}/${issued.serviceAccount}`;
  const again = async (): Promise<Explained> => await ofIssued(services, issued);
  return (await inItsFile(services, issued)) ?? { ...ofClaims(claimsOf(issued), name), again };
}

/** The token itself, where the file that it was written to still holds it. */
async function inItsFile(
  services: InspectorServices,
  { file, jti, endsWith }: IssuedToken,
): Promise<Explained | undefined> {
  if (file === undefined) return undefined;
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const found = findTokens(document.getText()).find(({ decoded: { claims } }) =>
      jti === undefined
        ? endsWith?.kind === 'tokenSecret' &&
          claims['kubernetes.io/serviceaccount/secret.name'] === endsWith.name
        : claims['jti'] === jti,
    );
    if (!found) return undefined;
    return await atPlace(services, placeAt(document, found.start));
  } catch {
    return undefined; // The file is gone or cannot be read: what the ledger knows is explained.
  }
}

/** What a legacy token says. */
function legacyClaims({
  namespace,
  serviceAccount,
  secret,
  uid,
}: {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly secret: string;
  readonly uid: string | undefined;
}): Readonly<Record<string, unknown>> {
  const own = 'kubernetes.io/serviceaccount/';
  return {
    iss: LEGACY_ISSUER,
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    [`${own}namespace`]: namespace,
    [`${own}secret.name`]: secret,
    [`${own}service-account.name`]: serviceAccount,
    [`${own}service-account.uid`]: uid,
  };
}

/** What a record says, as a token says it; what the record does not keep is absent. */
function claimsOf(issued: IssuedToken): Readonly<Record<string, unknown>> {
  const { namespace, serviceAccount, serviceAccountUid: uid, endsWith } = issued;
  if (endsWith?.kind === 'tokenSecret') {
    return legacyClaims({ namespace, serviceAccount, secret: endsWith.name, uid });
  }
  const bound = { Pod: 'pod', Node: 'node', Secret: 'secret', sentinel: 'secret', other: undefined } as const;
  const kind = endsWith && bound[endsWith.kind];
  return {
    jti: issued.jti,
    ...(issued.audiences.length > 0 && { aud: issued.audiences }),
    exp: issued.expires,
    iat: issued.issued,
    nbf: issued.issued,
    'kubernetes.io': {
      namespace,
      serviceaccount: { name: serviceAccount, uid },
      ...(endsWith && kind && { [kind]: { name: endsWith.name, uid: endsWith.uid } }),
    },
  };
}

async function readSecret(services: InspectorServices, ref: NamedObject): Promise<string> {
  const cluster = await clusterOf(services);
  return await withCancel(
    words`Reading the token of Secret ${ref.namespace}/${ref.name}`,
    async (signal) => await cluster.readSecretToken(ref, signal),
  );
}

function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
