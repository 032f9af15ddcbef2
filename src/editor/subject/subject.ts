import type * as vscode from 'vscode';
import { isRecord } from '../../token/decode.ts';
import { isTreeNode, type TreeNode } from './row.ts';

/**
 * What a command can be about. None of these holds a token: what a command is given can end up in a link or a log. Rows,
 * links, lenses, quick fixes and other commands give one as `argumentOf` writes it, and `readSubject` alone reads it.
 */
export type Subject =
  /** A row of the ServiceAccounts view. */
  | { readonly is: 'row'; readonly row: TreeNode }
  /** A Pod or a Secret of the cluster of which little is known. */
  | { readonly is: 'object'; readonly kind: 'pod' | 'tokenSecret'; readonly info: NamedObject }
  | ({ readonly is: 'place' } & TokenPlace)
  | { readonly is: 'file'; readonly uri: vscode.Uri }
  /** An entry of a kubeconfig. */
  | { readonly is: 'context'; readonly uri: string; readonly context: string }
  | ({ readonly is: 'command' } & CommandUse)
  /** A token that is not kept, by what it says. */
  | { readonly is: 'claims'; readonly claims: Claims }
  /** A token Secret as a token names it: a stranger's words. */
  | {
      readonly is: 'secret';
      readonly namespace: string;
      readonly serviceAccount: string;
      readonly secret: string;
    }
  /** The kubeconfig that the ServiceAccounts view goes by. */
  | { readonly is: 'selected' }
  /** What another extension gives to a command in a menu of its own. */
  | { readonly is: 'foreign'; readonly target: unknown };

export type SubjectOf<K extends Subject['is']> = Extract<Subject, { readonly is: K }>;

/** The claims of a token, in the shape that they have in a JWT. */
export type Claims = Readonly<Record<string, unknown>>;

/** A place in a document, in lines and UTF-16 units from 0. */
export interface TokenPlace {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

/** What a command line used that was refused. */
export interface CommandUse {
  /** Absolute paths, in order of precedence; undefined: what kubectl reads where nothing is named. */
  readonly files: readonly string[] | undefined;
  /** The kubeconfig's current one where absent. */
  readonly context?: string;
  /** What its own token says, where it has one in its command line. */
  readonly claims?: Claims;
}

export interface NamedObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string;
  readonly serviceAccount?: string;
}

/** Stands for the selected kubeconfig in links of welcome texts. */
const SELECTED = 'selected';

/** What a command gets that is about a subject, as VS Code can carry it: also as JSON, but for a file. */
export function argumentOf(subject: Subject): unknown {
  switch (subject.is) {
    case 'row':
      return subject.row;
    case 'file':
      return subject.uri;
    case 'selected':
      return SELECTED;
    case 'foreign':
      return subject.target;
    case 'command': {
      const { is, ...use } = subject;
      return { kind: is, ...use };
    }
    case 'object':
    case 'place':
    case 'context':
    case 'claims':
    case 'secret': {
      const { is: _, ...argument } = subject;
      return argument;
    }
  }
}

/** Reads what a command was given; undefined where that is nothing of ours. A file is a `vscode.Uri`, as `isUri` tells. */
export function readSubject(
  value: unknown,
  isUri: (value: unknown) => value is vscode.Uri,
): Subject | undefined {
  if (value === SELECTED) return { is: 'selected' };
  if (isUri(value)) return { is: 'file', uri: value };
  if (!isRecord(value)) return undefined;
  if (isTreeNode(value)) return { is: 'row', row: value };
  return (
    readObject(value) ?? readCommand(value) ?? readClaims(value) ?? readPlace(value) ?? readSecret(value)
  );
}

type Given = Readonly<Record<string, unknown>>;

function readObject({ kind, info }: Given): Subject | undefined {
  if ((kind !== 'pod' && kind !== 'tokenSecret') || !isRecord(info)) return undefined;
  const { namespace, name, uid, serviceAccount } = info;
  if (typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  return {
    is: 'object',
    kind,
    info: {
      namespace,
      name,
      ...(typeof uid === 'string' && { uid }),
      ...(typeof serviceAccount === 'string' && { serviceAccount }),
    },
  };
}

function readCommand({ kind, files, context, claims }: Given): Subject | undefined {
  if (kind !== 'command' || !isOptional(files, isTexts) || !isOptional(context, isText)) return undefined;
  if (!isOptional(claims, isRecord)) return undefined;
  return {
    is: 'command',
    files,
    ...(context !== undefined && { context }),
    ...(claims !== undefined && { claims }),
  };
}

function readClaims({ claims }: Given): Subject | undefined {
  return isRecord(claims) ? { is: 'claims', claims } : undefined;
}

function readPlace({ uri, line, character, context }: Given): Subject | undefined {
  if (!isText(uri)) return undefined;
  if (isText(context)) return { is: 'context', uri, context };
  if (typeof line !== 'number') return undefined;
  return { is: 'place', uri, line, character: typeof character === 'number' ? character : 0 };
}

function readSecret({ namespace, serviceAccount, secret }: Given): Subject | undefined {
  if (!isText(namespace) || !isText(serviceAccount) || !isText(secret)) return undefined;
  return { is: 'secret', namespace, serviceAccount, secret };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}
