import { describe, expect, it } from 'vitest';
import { Actions } from '../../../src/audit/actions.ts';
import { EventReader, type AuditEvent } from '../../../src/audit/event.ts';
import { eventOf, told, type Told } from '../../support/texts/auditEvents.ts';

/** What an event is read as. */
function read(line: string): AuditEvent {
  const bytes = new TextEncoder().encode(line);
  const reader = new EventReader();
  reader.read(bytes, 0, bytes.length);
  return reader.event;
}
const log = (...events: readonly Told[]): string => events.map((one) => `${eventOf(one)}\n`).join('');

describe('what was done', () => {
  const actionsOf = (...events: readonly Told[]): readonly object[] =>
    told(log(...events)).accounts[0]?.actions ?? [];
  const object = { resource: 'r', apiGroup: 'g', namespace: 'n', name: 'o' };
  const reason = (text: string): Told => ({
    verb: 'get',
    object,
    annotations: { 'authorization.k8s.io/reason': text },
  });

  it('is told with up to eight names, and up to four reasons', () => {
    const named = (count: number): object | undefined =>
      actionsOf(
        ...Array.from({ length: count }, (_, at) => ({
          verb: 'get',
          object: { ...object, name: `o${9 - at}` },
        })),
      )[0];
    expect(named(8)).toMatchObject({ names: ['o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8', 'o9'], count: 8 });
    expect(named(9)).toMatchObject({ names: undefined, count: 9 });
    expect(actionsOf(reason('a'), reason('a'), reason(''), reason('b'))[0]).toMatchObject({
      allowedBy: ['a', 'b'],
      names: ['o'],
    });
    expect(actionsOf(...['a', 'b', 'c', 'd', 'e'].map(reason))[0]).toMatchObject({
      allowedBy: ['a', 'b', 'c', 'd'],
    });
    expect(
      actionsOf({ verb: 'get', object }, { verb: 'get', object: { ...object, name: '' } })[0],
    ).toMatchObject({
      names: undefined,
    });
  });

  it('is told apart by all that a role could tell apart, however much it is', () => {
    const others = [
      { verb: 'list', object },
      { verb: 'get', object: { ...object, resource: 's' } },
      { verb: 'get', object: { ...object, apiGroup: 'h' } },
      { verb: 'get', object: { ...object, namespace: 'm' } },
      { verb: 'get', object: { ...object, subresource: 'x' } },
      { verb: 'get', object: undefined, uri: '/a' },
      { verb: 'get', object: undefined, uri: '/b' },
      { verb: 'put', object: undefined, uri: '/b' },
      { verb: 'get', object },
      { verb: 'delete', object },
    ];
    const get = { verb: 'get', object };
    for (const other of others.toSpliced(8, 1))
      expect(actionsOf(get, other, other)).toMatchObject([{ count: 2 }, { count: 1 }]);
    for (const count of [3, 8, 10])
      expect(actionsOf(...others.slice(0, count), ...others.slice(0, count))).toHaveLength(count);
  });

  it.each<[Told, readonly (readonly string[])[]]>([
    [{ verb: 'create', code: 201, object }, [['create', 'r', '']]],
    [{ verb: 'create', object: { ...object, subresource: 's' } }, [['create', 'r/s', 'o']]],
    [{ verb: 'deletecollection', object }, [['deletecollection', 'r', '']]],
    [
      { verb: 'update', code: 201, object },
      [
        ['update', 'r', 'o'],
        ['create', 'r', 'o'],
      ],
    ],
    [{ verb: 'update', code: 200, object }, [['update', 'r', 'o']]],
    [
      { verb: 'patch', code: 201, object },
      [
        ['patch', 'r', 'o'],
        ['create', 'r', 'o'],
      ],
    ],
    [{ verb: 'delete', code: 201, object }, [['delete', 'r', 'o']]],
  ])('is what the server had to allow for %j', (event, asked) => {
    const actions = actionsOf(event) as { verb: string; resource: string; names: string[] | undefined }[];
    expect(actions.map(({ verb, resource, names }) => [verb, resource, names?.join() ?? ''])).toEqual(asked);
  });

  it('is left out beyond what there is room for, and that is said', () => {
    const actions = new Actions({ left: 1 });
    const event = (name: string): AuditEvent => read(eventOf({ verb: 'get', object: { resource: name } }));
    for (let at = 0; at < 9; at++) actions.add(event(`r${at}`));
    expect([actions.all.length, actions.hasMore]).toEqual([9, false]);
    actions.add(event('r8'));
    expect(actions.hasMore).toBe(false);
    actions.add(event('r9'));
    expect([actions.all.length, actions.hasMore]).toEqual([9, true]);
    expect(actions.all[0]?.resource).toBe('r8');
  });

  const acts = (as: object, more: object = {}): unknown =>
    actionsOf({ user: 'system:serviceaccount:a:b', object, as, ...more }).map((one) => {
      const { verb, group, resource, namespace, path, names } = one as Record<string, unknown> & {
        names: string[] | undefined;
      };
      return [verb, group, resource, namespace, path, names?.join() ?? '*'].join(' ');
    });

  it('as somebody else is what the server was asked for that', () => {
    expect(
      acts({ username: 'jane', groups: ['system:authenticated', 'system:unauthenticated', 'dev'], uid: 'u' }),
    ).toEqual([
      'impersonate  users   jane',
      'impersonate  groups   dev',
      'impersonate authentication.k8s.io uids   u',
    ]);
    const own = ['system:serviceaccounts', 'system:serviceaccounts:x'];
    const groups = (...all: readonly string[]): unknown =>
      acts({ username: 'system:serviceaccount:x:y', groups: all });
    expect(groups(...own)).toEqual(['impersonate  serviceaccounts x  y']);
    expect(groups(own[0] ?? '', 'system:serviceaccounts:z')).toEqual([
      'impersonate  groups   system:serviceaccounts,system:serviceaccounts:z',
      'impersonate  serviceaccounts x  y',
    ]);
    expect(groups(...own, 'dev')).toEqual([
      'impersonate  groups   dev,system:serviceaccounts,system:serviceaccounts:x',
      'impersonate  serviceaccounts x  y',
    ]);
    expect(acts({ username: 'jane', extra: { a: ['1', '2'], b: [] } })).toEqual([
      'impersonate authentication.k8s.io userextras/a   1,2',
      'impersonate  users   jane',
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'user-info',
      { username: 'jane', groups: ['dev'], uid: 'u' },
      [
        'impersonate:user-info authentication.k8s.io users   jane',
        'impersonate:user-info authentication.k8s.io groups   dev',
        'impersonate:user-info authentication.k8s.io uids   u',
        'impersonate-on:user-info:list g r n  *',
      ],
    ],
    [
      'serviceaccount',
      { username: 'system:serviceaccount:x:y', groups: ['dev'], uid: 'u' },
      [
        'impersonate:serviceaccount authentication.k8s.io serviceaccounts x  y',
        'impersonate-on:serviceaccount:list g r n  *',
      ],
    ],
    [
      'arbitrary-node',
      { username: 'system:node:m' },
      [
        'impersonate:arbitrary-node authentication.k8s.io nodes   m',
        'impersonate-on:arbitrary-node:list g r n  *',
      ],
    ],
    [
      'associated-node',
      { username: 'system:node:m' },
      [
        'impersonate:associated-node authentication.k8s.io nodes   *',
        'impersonate-on:associated-node:list g r n  *',
      ],
    ],
  ])('within the limits of %s is both of its verbs', (mode, as, asked) => {
    const event = JSON.parse(eventOf({ user: 'system:serviceaccount:a:b', object, as })) as object;
    const line = JSON.stringify({
      ...event,
      authenticationMetadata: { impersonationConstraint: `impersonate:${mode}` },
    });
    const [account] = told(line).accounts;
    expect(
      (account?.actions ?? []).map(({ verb, group, resource, namespace, path, names }) =>
        [verb, group, resource, namespace, path, names?.join() ?? '*'].join(' '),
      ),
    ).toEqual(asked);
  });

  it('to a path as somebody else is asked about as a path', () => {
    const event = JSON.parse(eventOf({ object: undefined, uri: '/x', as: { username: 'jane' } })) as object;
    const line = JSON.stringify({
      ...event,
      authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
    });
    expect(told(line).accounts[0]?.actions.at(-1)).toMatchObject({
      verb: 'impersonate-on:user-info:list',
      path: '/x',
      resource: '',
    });
  });
});
