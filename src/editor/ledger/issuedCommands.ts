import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { ask } from '../workbench/say.ts';
import type { Services } from '../workbench/services.ts';
import { issuedOf } from '../subject/issued.ts';
import type { SubjectOf } from '../subject/subject.ts';
import { stateOf } from '../../issued/state.ts';

/** Removes the record of an issued token, after saying what that does not do; undone as long as the message stands. */
export async function forgetIssuedToken(
  { ledger }: Services,
  about: SubjectOf<'row'> | undefined,
): Promise<void> {
  const entry = issuedOf(about);
  const { is } = stateOf(entry, { ended: undefined }, { now: Math.floor(Date.now() / 1000), soon: 0 });
  if (is !== 'revoked' && is !== 'expired') {
    const yes = 'Forget';
    const answer = await ask({
      question: words`Forget this token of ${entry.namespace}/${entry.serviceAccount}?`,
      detail: words`Only the record is deleted. The token and its file stay as they are: revoke the token first if nobody needs it any more.`,
      first: 'Keep It',
      acts: [yes],
    });
    if (answer !== yes) throw new Problem('cancelled', 'It is still remembered.');
  }
  await ledger.forget([entry.id]);
}

/** Opens the file that an issued token was written to. Throws not-found where it is gone. */
export async function openIssuedFile(
  _services: Services,
  about: SubjectOf<'row'> | undefined,
): Promise<void> {
  const { file } = issuedOf(about);
  if (file === undefined) throw new Problem('not-found', 'This token was written to no file.');
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(file));
  } catch (error) {
    throw new Problem('not-found', `${file} cannot be opened: it is gone, or it cannot be read.`, {
      cause: error,
    });
  }
}
