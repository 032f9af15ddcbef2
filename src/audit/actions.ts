import { accountOf, type ActedAs, type AuditEvent } from './event.ts';
import { byCount, seen } from './span.ts';
import type { ActionUse } from './summary.ts';

/** More names than so many are no list that somebody would write into a role. */
const MOST_NAMES = 8;
/** No more actions are known of one ServiceAccount. */
const MOST_ACTIONS = 2000;
const MOST_REASONS = 4;

const AUTHENTICATION = 'authentication.k8s.io';
const REASON = 'authorization.k8s.io/reason';

type Action = Pick<ActionUse, 'verb' | 'group' | 'resource' | 'namespace' | 'path'>;

/** One question that the server put to its authorizer. */
type Asked = Action & { readonly name: string };

/** One action. It has all its fields from the beginning, as that takes the least memory. */
class Known implements ActionUse {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly path: string;
  names: readonly string[] | undefined = [];
  allowedBy: readonly string[] = [];
  count = 0;
  first = 0;
  last = 0;

  constructor({ verb, group, resource, namespace, path }: Action) {
    this.verb = verb;
    this.group = group;
    this.resource = resource;
    this.namespace = namespace;
    this.path = path;
  }

  is({ verb, group, resource, namespace, path }: Action): boolean {
    return (
      this.verb === verb &&
      this.resource === resource &&
      this.namespace === namespace &&
      this.group === group &&
      this.path === path
    );
  }

  note({ name }: Asked, at: number, reason: string): void {
    seen(this, at);
    if (name === '') this.names = undefined;
    else if (this.names && !this.names.includes(name)) {
      this.names = this.names.length === MOST_NAMES ? undefined : [...this.names, name];
    }
    if (reason !== '' && this.allowedBy.length < MOST_REASONS && !this.allowedBy.includes(reason)) {
      this.allowedBy = [...this.allowedBy, reason];
    }
  }
}

const keyOf = ({ verb, group, resource, namespace, path }: Action): string =>
  `${verb} ${group} ${resource} ${namespace} ${path}`;

/** So many are looked through one by one: most programs do no more. */
const FEW = 8;

/** What was done, each thing once. */
export class Actions {
  /** How many more there may be of all ServiceAccounts. */
  readonly #room: { left: number };
  #all: readonly Known[] = [];
  #byKey: Map<string, Known> | undefined = undefined;
  #last: Known | undefined = undefined;
  hasMore = false;

  constructor(room: { left: number }) {
    this.#room = room;
  }

  /** Notes what the server had to allow for a request. */
  add(event: AuditEvent): void {
    const { at, annotations } = event;
    if (event.as) for (const asked of askedToActAs(event, event.as)) this.#note(asked, at, '');
    else for (const asked of askedFor(event)) this.#note(asked, at, annotations[REASON] ?? '');
  }

  #note(asked: Asked, at: number, reason: string): void {
    // A program mostly does again what it did before.
    const known = this.#last?.is(asked) === true ? this.#last : (this.#find(asked) ?? this.#put(asked));
    if (!known) return;
    this.#last = known;
    known.note(asked, at, reason);
  }

  #find(asked: Asked): Known | undefined {
    return this.#byKey ? this.#byKey.get(keyOf(asked)) : this.#all.find((one) => one.is(asked));
  }

  #put(asked: Asked): Known | undefined {
    const known = new Known(asked);
    if (this.#byKey) {
      if (this.#byKey.size === MOST_ACTIONS || this.#room.left === 0) {
        this.hasMore = true;
        return undefined;
      }
      this.#room.left--;
      this.#byKey.set(keyOf(asked), known);
      return known;
    }
    this.#all = [...this.#all, known];
    if (this.#all.length === FEW) this.#byKey = new Map(this.#all.map((one) => [keyOf(one), one]));
    return known;
  }

  /** The most used first. */
  get all(): ActionUse[] {
    return [...(this.#byKey?.values() ?? this.#all)].map(useOf).sort(byCount);
  }
}

function useOf({
  verb,
  group,
  resource,
  namespace,
  path,
  names,
  allowedBy,
  count,
  first,
  last,
}: Known): ActionUse {
  const sorted = names && [...names].sort();
  return { verb, group, resource, namespace, path, names: sorted, allowedBy, count, first, last };
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
