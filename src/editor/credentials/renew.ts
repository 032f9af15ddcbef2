import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Bindable } from '../../cluster/api/credentials.ts';
import { Problem } from '../../errors.ts';
import { said, words } from '../../harmless.ts';
import { getToken, standingSentinel, takeAway } from './getToken.ts';
import { keepFromGit } from './keepFromGit.ts';
import { issuedOf } from '../subject/issued.ts';
import type { SubjectOf } from '../subject/subject.ts';
import type { TokenSource } from './kind.ts';
import { renewInPlace } from './regenerate.ts';
import type { WizardServices } from '../workbench/services.ts';
import { stampOf, writeSecretFile } from '../../files/secretFile.ts';
import type { Token } from '../../token/classify.ts';
import { isSame, type IssuedToken } from '../../issued/entry.ts';
import { lookInFile } from '../../issued/file.ts';
import { notify, withCancel } from '../workbench/say.ts';

/** What is asked for where it is not remembered what was, in seconds. */
const HOUR = 3600;

/**
 * Renews an issued token in its file, asked for as it was before: nothing is asked, and everything else in the file stays. Throws
 * a Problem where the file no longer holds it, or where there is nothing to renew.
 */
export async function renewIssuedToken(
  services: WizardServices,
  about: SubjectOf<'row'> | undefined,
): Promise<void> {
  const entry = issuedOf(about);
  const { file, context, server } = entry;
  const source = sourceOf(entry);
  const cluster = await services.contexts.cluster();
  if (cluster.context.server !== server) {
    throw new Problem(
      'bad-input',
      `This token was issued by ${server} (context ${context}), and context ${cluster.context.name} is selected. Select the other first.`,
    );
  }
  const { is, missing } = await lookInFile(entry);
  if (file === undefined || is !== 'there') {
    throw new Problem(
      'not-found',
      `There is nothing to renew in place: ${missing}. Generate another kubeconfig.`,
    );
  }
  if (entry.form === 'otherForm') {
    throw new Problem(
      'bad-input',
      'This file is for something else than kubectl, which has taken its token over: generate it again, and give it that.',
    );
  }
  if (entry.form === 'kubeconfig') {
    const isOld = (token: Token): boolean => isSame(entry, token);
    await renewInPlace(services, vscode.Uri.file(file), isOld, source, true);
    return;
  }
  await renewTokenFile(services, entry, file, source);
}

/** Where the token came from, as far as that can give another. Throws bad-input where it never expires. */
function sourceOf({ endsWith: ends, expires, requestedSeconds, issued }: IssuedToken): TokenSource {
  if (expires === undefined || ends?.kind === 'tokenSecret') {
    throw new Problem(
      'bad-input',
      'This token never expires. To rotate it, regenerate the kubeconfig from another token Secret, and revoke this one.',
    );
  }
  const seconds = requestedSeconds ?? (expires > issued ? expires - issued : HOUR);
  if (ends?.kind === 'sentinel') return { kind: 'revocable', seconds };
  if (!ends) return { kind: 'request', seconds };
  const { kind, name, uid = '' } = ends;
  if (kind === 'other') throw new Problem('bad-input', `Nothing here can bind a token to ${name}.`);
  const boundTo: Bindable = { kind, name, uid, note: '' };
  return { kind: 'request', seconds, boundTo };
}

/** A file that holds a token and nothing else. */
async function renewTokenFile(
  services: WizardServices,
  entry: IssuedToken,
  file: string,
  source: TokenSource,
): Promise<void> {
  const cluster = await services.contexts.cluster();
  const account = { namespace: entry.namespace, name: entry.serviceAccount };
  const replaces = await stampOf(file);
  await keepFromGit([file], services.memory);
  const life = await withCancel(`Renewing ${basename(file)}`, async (signal, report) => {
    report('getting the token');
    const { endsWith: ends } = entry;
    const sentinel =
      source.kind === 'revocable' && ends
        ? await standingSentinel(cluster, account.namespace, ends)
        : undefined;
    const again = source.kind === 'revocable' && sentinel ? { ...source, sentinel } : source;
    const got = await getToken(cluster, account, { ...again, audiences: entry.requestedAudiences }, signal);
    report('writing it');
    const text = `${got.token}\n`;
    try {
      await writeSecretFile({ folder: dirname(file), path: basename(file), text, replaces });
    } catch (error) {
      if (got.madeSentinel) await takeAway(cluster, account, got.madeSentinel);
      throw error;
    }
    const { context } = cluster;
    await services.ledger.record({ token: got.token, context, form: 'tokenFile', file, ...got.record });
    return [got.life, ...got.warnings.map((warning) => `The server warns: ${warning}.`)].join(' ');
  });
  const path = vscode.workspace.asRelativePath(file);
  await notify.information(words`Renewed: the token in ${path}. ${said(life)}`);
}
