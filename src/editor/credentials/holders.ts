import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { classifyToken, type Token } from '../../token/classify.ts';
import { findTokens } from '../../token/find.ts';
import { textIfSmall } from '../workbench/smallFile.ts';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';

/** Where credentials are kept; other files are not looked into. */
const PATTERN = '**/{*.kubeconfig,*kubeconfig*,*.conf,config,*.yaml,*.yml,*.json,*.env,.env}';
const MOST_FILES = 2000;
/** A file that holds a credential is smaller. In bytes. */
const MOST_BYTES = 1024 * 1024;

/** A file that holds a token. */
export interface Holder {
  readonly uri: vscode.Uri;
  readonly isKubeconfig: boolean;
}

/** The files of the workspace that hold the token of a token Secret, as it says of itself. */
export async function filesWithToken(
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly Holder[]> {
  return (await holdersBySecret(signal)).get(`${namespace}/${name}`) ?? [];
}

/** The files of the workspace that hold tokens of token Secrets, by `namespace/name` of these, as they say of themselves. */
export async function holdersBySecret(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Holder[]>> {
  const uris = await vscode.workspace.findFiles(PATTERN, '**/{node_modules,.git}/**', MOST_FILES);
  const found = new Map<string, Holder[]>();
  for (const uri of uris) {
    if (signal.aborted) throw new Problem('cancelled', 'Cancelled.');
    const text = (await textIfSmall(uri, MOST_BYTES)) ?? '';
    const secrets = new Set(
      findTokens(text).flatMap(({ decoded }) => secretOf(classifyToken(decoded)) ?? []),
    );
    for (const id of secrets) {
      const holder = { uri, isKubeconfig: looksLikeKubeconfig(text) };
      found.set(id, [...(found.get(id) ?? []), holder]);
    }
  }
  return found;
}

function secretOf(token: Token): string | undefined {
  return token.kind === 'legacy' ? `${token.namespace}/${token.secret}` : undefined;
}

/** Whether a token is the one of a token Secret, as it says of itself. */
export function isOfSecret(token: Token, { namespace, name }: ObjectRef): boolean {
  return secretOf(token) === `${namespace}/${name}`;
}
