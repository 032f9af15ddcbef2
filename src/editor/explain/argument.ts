import type * as vscode from 'vscode';
import { isRecord } from '../../token/decode.ts';

/**
 * What `serviceAccountTokens.explainToken` and `serviceAccountTokens.inspectToken` may be given, by hover links, code
 * lenses, quick fixes, rows of the tree and other commands. None of these holds a token: an argument can end up in a
 * link or a log. Without an argument (the palette) the person is asked.
 */
export type ExplainArgument =
  /** A token in a document. In a kubeconfig, what that kubeconfig sends is explained too. */
  | TokenPlace
  /** A file: a kubeconfig is explained as what it sends and to whom; of any other file its token, or one chosen. */
  | vscode.Uri
  /** The same with the context to explain, where a kubeconfig has several. */
  | { readonly uri: string; readonly context: string }
  /** What a command used that was refused: the files of its kubeconfig, kubectl's own where it names none, and its context. */
  | CommandUse
  /** A row of the tree: a token Secret (its token is read), or a Pod (what its tokens hang on). */
  | { readonly kind: 'tokenSecret' | 'pod'; readonly info: NamedObject }
  /** A row of any other kind, or no row at all, of a token that is not kept. */
  | { readonly info: KnownClaims }
  | KnownClaims;

/** A place in a document, in lines and UTF-16 units from 0. */
export interface TokenPlace {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

export interface CommandUse {
  readonly kind: 'command';
  /** Absolute paths, in order of precedence; undefined: what kubectl reads where nothing is named. */
  readonly files: readonly string[] | undefined;
  /** The kubeconfig's current one where absent. */
  readonly context?: string;
  /** What its own token says, where it has one in its command line. */
  readonly claims?: KnownClaims['claims'];
}

export function isCommandUse(value: unknown): value is CommandUse {
  return (
    isRecord(value) &&
    value['kind'] === 'command' &&
    (value['files'] === undefined ||
      (Array.isArray(value['files']) && value['files'].every((file) => typeof file === 'string'))) &&
    (value['context'] === undefined || typeof value['context'] === 'string') &&
    (value['claims'] === undefined || isRecord(value['claims']))
  );
}

export interface NamedObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  /** Of a Pod. */
  readonly serviceAccount?: string;
}

/** What is known of a token that is not kept: its claims, in the shape that they have in a JWT. */
export interface KnownClaims {
  readonly claims: Readonly<Record<string, unknown>>;
}

export function isTokenPlace(value: unknown): value is TokenPlace & Record<string, unknown> {
  return (
    isRecord(value) &&
    typeof value['uri'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['character'] === 'number'
  );
}

export function isContextOfFile(value: unknown): value is { uri: string; context: string } {
  return isRecord(value) && typeof value['uri'] === 'string' && typeof value['context'] === 'string';
}

/** The object of a tree's row of this kind. */
export function rowOf(value: unknown, kind: 'tokenSecret' | 'pod'): NamedObject | undefined {
  if (!isRecord(value) || value['kind'] !== kind || !isRecord(value['info'])) return undefined;
  const { namespace, name, uid, serviceAccount } = value['info'];
  if (typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return {
    namespace,
    name,
    ...(typeof uid === 'string' && { uid }),
    ...(typeof serviceAccount === 'string' && { serviceAccount }),
  };
}

export function knownClaimsOf(value: unknown): KnownClaims['claims'] | undefined {
  if (!isRecord(value)) return undefined;
  if (isRecord(value['claims'])) return value['claims'];
  return isRecord(value['info']) && isRecord(value['info']['claims']) ? value['info']['claims'] : undefined;
}
