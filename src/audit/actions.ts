import { accountOf, type ActedAs, type AuditEvent } from './event.ts';
import { byCount, none, seen, type Counted } from './span.ts';
import type { ActionUse } from './summary.ts';

/** More names than so many are no list that somebody would write into a role. */
const MOST_NAMES = 8;
/** No more actions are known of one ServiceAccount, and of all of them. */
const MOST_ACTIONS = 2000;
const MOST_REASONS = 4;

const AUTHENTICATION = 'authentication.k8s.io';
const REASON = 'authorization.k8s.io/reason';

/** One question that the server put to its authorizer. */
type Asked = Pick<ActionUse, 'verb' | 'group' | 'resource' | 'namespace' | 'path'> & {
  readonly name: string;
};

interface Known extends Counted, Omit<ActionUse, 'count' | 'first' | 'last' | 'names' | 'allowedBy'> {
  names: Set<string> | undefined;
  readonly allowedBy: Set<string>;
}

/** What was done, each thing once. */
export class Actions {
  readonly #known = new Map<string, Known>();
  #last: Known | undefined;
  hasMore = false;

  /** Notes what the server had to allow for a request. */
  add(event: AuditEvent): void {
    const { at, annotations } = event;
    if (event.as) for (const asked of askedToActAs(event, event.as)) this.#note(asked, at, '');
    else for (const asked of askedFor(event)) this.#note(asked, at, annotations[REASON] ?? '');
  }

  #note(asked: Asked, at: number, reason: string): void {
    const { verb, group, resource, namespace, path, name } = asked;
    const last = this.#last;
    // A program mostly does again what it did before.
    let action =
      last?.verb === verb &&
      last.resource === resource &&
      last.namespace === namespace &&
      last.group === group &&
      last.path === path
        ? last
        : this.#known.get(`${verb} ${group} ${resource} ${namespace} ${path}`);
    if (!action) {
      if (this.#known.size === MOST_ACTIONS) {
        this.hasMore = true;
        return;
      }
      const names = new Set<string>();
      action = { verb, group, resource, namespace, path, names, allowedBy: new Set(), ...none() };
      this.#known.set(`${verb} ${group} ${resource} ${namespace} ${path}`, action);
    }
    this.#last = action;
    seen(action, at);
    if (name === '' || (action.names?.size === MOST_NAMES && !action.names.has(name)))
      action.names = undefined;
    else action.names?.add(name);
    if (reason !== '' && action.allowedBy.size < MOST_REASONS) action.allowedBy.add(reason);
  }

  /** The most used first. */
  get all(): ActionUse[] {
    return [...this.#known.values()].map(useOf).sort(byCount);
  }
}

function useOf({ names, allowedBy, ...action }: Known): ActionUse {
  return { ...action, names: names && [...names].sort(), allowedBy: [...allowedBy] };
}

/** What the server asked for a request of one's own (apiserver pkg/endpoints/filters/authorization.go, request/requestinfo.go). */
function askedFor({ verb, object, path, code }: AuditEvent): Asked[] {
  if (!object) return [{ verb, group: '', resource: '', namespace: '', path, name: '' }];
  const { group, resource, name } = object;
  // A Namespace is told, and asked about, as in itself: a Role for it could only be in it, if it is there at all.
  const isNamespace = group === '' && resource.split('/')[0] === 'namespaces';
  const namespace = isNamespace ? '' : object.namespace;
  const isPosted = verb === 'create' && !resource.includes('/');
  // The name that is told of what is posted or deleted as a collection is none that the authorizer saw.
  const asked = {
    verb,
    group,
    resource,
    namespace,
    path: '',
    name: isPosted || verb === 'deletecollection' ? '' : name,
  };
  // What an update or patch makes anew is asked about as created too, under its name (pkg/endpoints/handlers/update.go, patch.go).
  const isMade = code === 201 && (verb === 'update' || verb === 'patch');
  return isMade ? [asked, { verb: 'create', group, resource, namespace, path: '', name }] : [asked];
}

const AUTOMATIC: ReadonlySet<string> = new Set(['system:authenticated', 'system:unauthenticated']);

/** What the server asked for acting as somebody else (apiserver pkg/endpoints/filters/impersonation/mode.go). */
function* askedToActAs({ constraint, verb, object, path }: AuditEvent, other: ActedAs): Generator<Asked> {
  const mode = constraint?.slice(constraint.indexOf(':') + 1);
  const asked = (resource: string, name: string, namespace = '', isNewer = true): Asked => ({
    verb: constraint ?? 'impersonate',
    group: constraint === undefined && !isNewer ? '' : AUTHENTICATION,
    resource,
    namespace,
    path: '',
    name,
  });
  const account = accountOf(other.username);
  const [namespace = '', name = ''] = account?.split('/') ?? [];
  if (mode === 'associated-node') yield asked('nodes', '*');
  else if (mode === 'arbitrary-node') yield asked('nodes', other.username.replace(/^system:node:/, ''));
  else if (account !== undefined) yield asked('serviceaccounts', name, namespace, false);
  else yield asked('users', other.username, '', false);
  if (mode === undefined || mode === 'user-info') {
    const given = new Set(
      account === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    );
    const groups = other.groups.filter((group) => !AUTOMATIC.has(group));
    const isGiven = groups.length === given.size && groups.every((group) => given.has(group));
    for (const group of isGiven ? [] : groups) yield asked('groups', group, '', false);
    if (other.uid !== '') yield asked('uids', other.uid);
    for (const [key, values] of Object.entries(other.extra)) {
      for (const value of values) yield asked(`userextras/${key}`, value);
    }
  }
  if (mode === undefined) return;
  const on = `impersonate-on:${mode}:${verb}`;
  yield object
    ? {
        verb: on,
        group: object.group,
        resource: object.resource,
        namespace: object.namespace,
        path: '',
        name: '',
      }
    : { verb: on, group: '', resource: '', namespace: '', path, name: '' };
}
