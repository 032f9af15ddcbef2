import { dirname } from 'node:path';
import type * as vscode from 'vscode';
import type { Agreement } from '../../cluster/api/contexts.ts';
import type { Proof } from '../../cluster/api/credentials.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { words, type Words } from '../../harmless.ts';
import { since } from '../../versions.ts';
import { blockYaml } from '../../yaml/blockYaml.ts';
import { redact } from '../../redact.ts';
import { rightsInWords } from './rightsInWords.ts';
import { askKubectl, type Witness } from '../../files/askKubectl.ts';

/** What the server said of a kubeconfig file, and kubectl beside it. */
export interface ProvedFile extends Proof {
  readonly witness: Witness;
}

/** What is proved: one context of a kubeconfig, as it was read, and what of it was agreed to. */
export interface FileContext {
  readonly file: vscode.Uri;
  readonly text: string;
  readonly context: string;
  readonly agreed: Agreement | undefined;
}

/**
 * Asks the server of a context who that is and what it may do, with that kubeconfig alone; then kubectl, which is given
 * what was read and agreed to, and not the file. Throws a Problem.
 */
export async function proveFile(
  { file, text, context, agreed }: FileContext,
  signal: AbortSignal,
): Promise<ProvedFile> {
  const access = await loadClusterAccess();
  const document = { text, folder: dirname(file.fsPath), context, agreed };
  const alone = await access.alone(document);
  const [proof, witness] = await Promise.all([
    access.prove(document, signal),
    askKubectl(alone, signal).catch((error: unknown): Witness => {
      if (signal.aborted) return { is: 'absent' }; // Told as cancelled by the other.
      throw error;
    }),
  ]);
  return { ...proof, witness };
}

/** What kubectl says, where it adds something: undefined where there is none. */
export function witnessInWords({ witness, identity }: ProvedFile): string | undefined {
  switch (witness.is) {
    case 'absent':
      return undefined;
    case 'accepted':
      if (witness.username === undefined) return 'kubectl is accepted too.';
      return witness.username === identity.username
        ? 'kubectl says the same.'
        : `kubectl on this machine says that it is ${witness.username}.`;
    case 'refused':
      return `kubectl on this machine fails with it: ${witness.why}`;
  }
}

/** Whether kubectl contradicts the server. */
export function isContradicted({ witness, identity }: ProvedFile): boolean {
  if (witness.is === 'absent') return false;
  const names = [identity.username, witness.is === 'accepted' ? witness.username : undefined];
  return witness.is === 'refused' || (!names.includes(undefined) && names[0] !== names[1]);
}

/** That a server accepts a kubeconfig, and as whom. */
export function worksInWords(path: string, { identity: { username } }: Proof): Words {
  return username === undefined
    ? words`Works: ${path}. The API server accepts it; who it is, a server says from Kubernetes ${since('serves SelfSubjectReview')} on.`
    : words`Works: ${path}. The API server says it is ${username}.`;
}

/** All of it, to be read: YAML, as that folds and is coloured. `life`: how long it lives, in words. */
export function proofInFull(
  path: string,
  context: string,
  proof: ProvedFile,
  life: readonly string[],
): string {
  const { identity, rights, server } = proof;
  const said = blockYaml({
    user:
      identity.username ??
      `accepted; who it is, the server does not say before ${since('serves SelfSubjectReview')}`,
    ...(identity.uid !== undefined && { uid: identity.uid }),
    ...(identity.groups.length > 0 && { groups: identity.groups }),
    server,
    context,
    life: life.length === 0 ? 'It cannot be told.' : life.flatMap((one) => one.split(/(?<=\.) (?=\p{Lu})/u)),
    kubectl: witnessInWords(proof) ?? 'It is not on this machine.',
  });
  const head = `# What the API server says of ${path}, asked with that file alone.\n${said}\n`;
  if (!rights) return redact(`${head}# What it may do, the server does not tell.\n`);
  const more = rights.isComplete ? '' : ' (there may be more: an authorizer cannot list its rules)';
  return redact(
    [
      head,
      `# What it may do in namespace ${rights.namespace}${more}, without what every ServiceAccount may:\n`,
      blockYaml({ rights: rightsInWords(rights) }),
    ].join(''),
  );
}
