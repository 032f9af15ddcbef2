import { LEGACY_ISSUER } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import { readCarrier } from '../../authentication/carrier.ts';
import { Problem } from '../../errors.ts';
import { isRecord } from '../../token/decode.ts';
import { findTokens } from '../../token/find.ts';
import { findingAt } from '../documents/at.ts';
import { readEntry, type IssuedToken } from '../../issued/entry.ts';
import {
  isCommandUse,
  isContextOfFile,
  isTokenPlace,
  knownClaimsOf,
  rowOf,
  type NamedObject,
  type TokenPlace,
} from './argument.ts';
import type { Origin, Subject } from './explained.ts';
import { commandSubject, kubeconfigSubject, sendingAt } from './kubeconfig.ts';
import { looksLikeKubeconfig } from '../../kubeconfig/looksLike.ts';
import { pickInFile, pickSource, type Purpose } from './pick.ts';
import { upToDate } from './upToDate.ts';
import { clusterOf, mustHaveContexts, type InspectorServices } from './witness.ts';
import { words } from '../../harmless.ts';
import { withCancel } from '../workbench/say.ts';

/** Finds what an argument of `explainToken` means (see argument.ts), or asks; undefined where the person left it. */
export async function subjectOf(
  services: InspectorServices,
  argument: unknown,
  purpose: Purpose,
): Promise<Subject | undefined> {
  const secret = rowOf(argument, 'tokenSecret');
  if (secret) return await secretSubject(services, secret);
  const pod = rowOf(argument, 'pod');
  if (pod) return podSubject(services, pod);
  const issued = issuedOf(argument);
  if (issued) return await issuedSubject(services, issued);
  if (isCommandUse(argument)) return await commandSubject(mustHaveContexts(services), argument);
  const claims = knownClaimsOf(argument);
  if (claims) return claimsSubject(claims, 'Token that is not kept');
  if (argument instanceof vscode.Uri) return await fileSubject(services, argument, undefined);
  if (isContextOfFile(argument)) {
    return await fileSubject(services, vscode.Uri.parse(argument.uri, true), argument.context);
  }
  if (isTokenPlace(argument)) return await placeSubject(services, argument);
  return await askedSubject(services, purpose);
}

/** What an origin that was stored leads to now. Nobody asked for it, so no program is run for it. Throws not-found where the token is no longer there. */
export async function subjectAgain(
  services: InspectorServices,
  origin: Origin,
): Promise<Subject | undefined> {
  return origin.kind === 'place'
    ? await placeSubject(services, origin)
    : await fileSubject(services, vscode.Uri.parse(origin.uri, true), origin.context, false);
}

/** A subject as it is now, at the person's wish: file, kubeconfig, Secret and Pod are read again. Throws not-found where it is no longer there. */
export async function freshSubject(
  services: InspectorServices,
  { again, from }: Subject,
): Promise<Subject | undefined> {
  if (again) return await again();
  if (!from) return undefined;
  const uri = vscode.Uri.parse(from.uri, true);
  const { document, text } = await upToDate(uri);
  return from.kind === 'kubeconfig' && services.contexts && vscode.workspace.isTrusted
    ? await kubeconfigSubject(services.contexts, document, from.context, true, text)
    : await subjectAgain(services, from);
}

export function readOrigin(value: unknown): Origin | undefined {
  if (!isRecord(value)) return undefined;
  if (value['kind'] === 'place' && isTokenPlace(value)) {
    const { uri, line, character } = value;
    return { kind: 'place', uri, line, character };
  }
  if (value['kind'] === 'kubeconfig' && isContextOfFile(value)) {
    return { kind: 'kubeconfig', uri: value.uri, context: value.context };
  }
  return undefined;
}

export async function clipboardSubject(): Promise<Subject> {
  const text = await vscode.env.clipboard.readText();
  const [found] = findTokens(text);
  // A token amid other text is meant itself; what stands around one by mistake is what is wrong with it.
  const isMeantItself = found !== undefined && readCarrier(text).token !== found.token;
  return token(isMeantItself ? found.token : text, 'Clipboard');
}

function token(credential: string, name: string, from?: Origin): Subject {
  return { credential, name, known: {}, kubeconfig: undefined, from };
}

function claimsSubject(claims: Readonly<Record<string, unknown>>, name: string): Subject {
  return {
    credential: '',
    name,
    known: { claims: { header: {}, claims } },
    kubeconfig: undefined,
    from: undefined,
  };
}

async function placeSubject(services: InspectorServices, place: TokenPlace): Promise<Subject> {
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

async function fileSubject(
  services: InspectorServices,
  uri: vscode.Uri,
  context: string | undefined,
  mayRunPrograms = true,
): Promise<Subject | undefined> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (services.contexts && vscode.workspace.isTrusted && looksLikeKubeconfig(document.getText())) {
    return await kubeconfigSubject(services.contexts, document, context, mayRunPrograms);
  }
  const found = await pickInFile(document);
  return found && (await placeSubject(services, found));
}

async function askedSubject(services: InspectorServices, purpose: Purpose): Promise<Subject | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor) {
    const { document, selection } = editor;
    // What is selected inside a token is part of it by chance: a double click stops at its dots.
    if (findingAt(document, selection.start)?.range.contains(selection)) {
      const { line, character } = selection.start;
      return await placeSubject(services, { uri: document.uri.toString(), line, character });
    }
    if (!selection.isEmpty) return token(document.getText(selection), 'Selection');
  }
  const chosen = await pickSource(editor?.document, services.contexts !== undefined, purpose);
  if (chosen === 'clipboard') return await clipboardSubject();
  if (chosen instanceof vscode.Uri) return await fileSubject(services, chosen, undefined);
  return chosen && (await placeSubject(services, chosen));
}

/** The token of a token Secret. Of one that is not filled, or gone, what it would hang on is explained. */
async function secretSubject(services: InspectorServices, secret: NamedObject): Promise<Subject> {
  const { namespace, name, serviceAccount } = secret;
  const title = `${namespace}/${name}`;
  const again = async (): Promise<Subject> => await secretSubject(services, secret);
  try {
    return { ...token(await readSecret(services, secret), title), again };
  } catch (error) {
    if (!Problem.is(error, 'not-found') || serviceAccount === undefined) throw error;
    const claims = legacyClaims({ namespace, serviceAccount, secret: name, uid: undefined });
    return { ...claimsSubject(claims, title), again };
  }
}

/** A Pod's own token is in the Pod alone; what it hangs on can be looked at. A copy in an open file is looked at itself. */
function podSubject(services: InspectorServices, pod: NamedObject): Subject {
  const { namespace, name, uid, serviceAccount } = pod;
  const more = {
    facts: services.live?.aboutPod({ namespace, name }) ?? [],
    again: async () => await Promise.resolve(podSubject(services, pod)),
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
    const { line, character } = document.positionAt(found.start);
    const uri = document.uri.toString();
    const place = { kind: 'place', uri, line, character } as const;
    return { ...token(found.token, `${nameOf(document.uri)}:${line + 1}`, place), ...more };
  }
  const own = { namespace, serviceaccount: { name: serviceAccount }, pod: { name, uid } };
  return { ...claimsSubject({ 'kubernetes.io': own }, `Pod ${namespace}/${name}`), ...more };
}

/** A record of the ledger, whether a row gives it as it is or inside. */
function issuedOf(value: unknown): IssuedToken | undefined {
  if (!isRecord(value)) return undefined;
  return [value, value['info'], value['entry'], value['issued'], value['token']]
    .map((one) => readEntry(one))
    .find((one) => one !== undefined);
}

async function issuedSubject(services: InspectorServices, issued: IssuedToken): Promise<Subject> {
  const name = `${issued.namespace}/${issued.serviceAccount}`;
  const again = async (): Promise<Subject> => await issuedSubject(services, issued);
  return (await inItsFile(services, issued)) ?? { ...claimsSubject(claimsOf(issued), name), again };
}

/** The token itself, where the file that it was written to still holds it. */
async function inItsFile(
  services: InspectorServices,
  { file, jti, endsWith }: IssuedToken,
): Promise<Subject | undefined> {
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
    const { line, character } = document.positionAt(found.start);
    return await placeSubject(services, { uri: document.uri.toString(), line, character });
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
