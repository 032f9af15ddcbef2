import * as vscode from 'vscode';
import type { Place } from '../../../authorization/grants.ts';
import type { Action } from '../../../authorization/rules.ts';
import type { ObjectRef } from '../../../cluster/api/objects.ts';
import { inLabel } from '../../../harmless.ts';
import { isRecord } from '../../../token/decode.ts';
import { ACCESS_SCHEME } from '../ids.ts';

/** What is asked: what a ServiceAccount may do, or who may do something. */
export type Question =
  | { readonly kind: 'account'; readonly account: ObjectRef }
  | { readonly kind: 'action'; readonly action: Action; readonly place: Place };

/** Where what a ServiceAccount may do is told. */
export function accessUri({ namespace, name }: ObjectRef): vscode.Uri {
  return uriOf(`What ${name} may do`, { kind: 'account', account: { namespace, name } });
}

/** Where who may do something is told. */
export function whoMayUri(title: string, action: Action, place: Place): vscode.Uri {
  return uriOf(title.replaceAll(/[/\\]+/g, ' '), { kind: 'action', action, place });
}

function uriOf(title: string, question: Question): vscode.Uri {
  return vscode.Uri.from({
    scheme: ACCESS_SCHEME,
    path: `/${inLabel(title)}.yaml`,
    query: JSON.stringify(question),
  });
}

/** The question that a document answers; undefined where the uri is of somebody else's making. */
export function questionAt({ query }: vscode.Uri): Question | undefined {
  const parsed = parse(query);
  if (!isRecord(parsed)) return undefined;
  const { kind, account, action, place } = parsed;
  if (kind === 'account' && isRecord(account)) {
    const { namespace, name } = account;
    const isRef = typeof namespace === 'string' && typeof name === 'string';
    return isRef ? { kind, account: { namespace, name } } : undefined;
  }
  const asked = actionOf(action);
  const where = placeOf(place);
  return kind === 'action' && asked && where ? { kind, action: asked, place: where } : undefined;
}

function actionOf(value: unknown): Action | undefined {
  if (!isRecord(value) || typeof value['verb'] !== 'string') return undefined;
  const { verb, path, group, resource } = value;
  if (typeof path === 'string') return { verb, path };
  return typeof group === 'string' && typeof resource === 'string' ? { verb, group, resource } : undefined;
}

function placeOf(value: unknown): Place | undefined {
  if (value === 'everywhere' || value === 'anywhere') return value;
  const namespace = isRecord(value) ? value['namespace'] : undefined;
  return typeof namespace === 'string' ? { namespace } : undefined;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined; // The caller says that there is no such document.
  }
}
