import { describe, expect, it } from 'vitest';
import { unwrapped } from '../../../src/audit/forms.ts';
import { Records } from '../../../src/audit/records.ts';

const encoder = new TextEncoder();

describe('a record of an export', () => {
  const held = (value: unknown): unknown[] => [...unwrapped(value)].map((one) => JSON.parse(one) as unknown);
  const cloud = (resourceName: string, more: object = {}, entry: object = {}): unknown =>
    held({
      insertId: 'i',
      timestamp: 't',
      labels: { a: 'b' },
      protoPayload: { methodName: 'io.k8s.core.v1.pods.create', resourceName, ...more },
      ...entry,
    })[0];

  it.each([
    [
      'core/v1/namespaces/a/pods/p/exec',
      { apiGroup: '', resource: 'pods', namespace: 'a', name: 'p', subresource: 'exec' },
    ],
    ['apps/v1/namespaces/a/deployments', { apiGroup: 'apps', resource: 'deployments', namespace: 'a' }],
    ['core/v1/nodes/n/proxy', { apiGroup: '', resource: 'nodes', name: 'n', subresource: 'proxy' }],
    ['core/v1/namespaces/a', { apiGroup: '', resource: 'namespaces', namespace: 'a', name: 'a' }],
    ['core/v1/namespaces', { apiGroup: '', resource: 'namespaces' }],
  ])('of Cloud Logging tells the resource %s', (name, objectRef) => {
    expect(cloud(name)).toMatchObject({ objectRef: { ...objectRef, apiVersion: 'v1' } });
    const { objectRef: found } = cloud(name) as { objectRef: object };
    expect(Object.keys(found).toSorted()).toEqual([...Object.keys(objectRef), 'apiVersion'].toSorted());
  });

  it('of Cloud Logging tells a path that is no resource', () => {
    expect(cloud('healthz')).toMatchObject({ requestURI: 'healthz' });
    expect(cloud('core/v1')).toMatchObject({ requestURI: 'core/v1' });
    expect(cloud('core/v1')).not.toHaveProperty('objectRef');
  });

  it.each([
    [3, 400],
    [5, 404],
    [6, 409],
    [7, 403],
    [8, 429],
    [10, 409],
    [13, 500],
    [14, 503],
    [16, 401],
    [1, 500],
    [0, 201],
    ['7', 201],
  ])('of Cloud Logging tells the status %s as %d of HTTP', (code, status) => {
    expect(cloud('core/v1/pods', { status: { code, message: 'm' } })).toMatchObject({
      responseStatus: { code: status, message: 'm' },
    });
  });

  it('of Cloud Logging tells the rest as an event does', () => {
    expect(
      cloud(
        'core/v1/pods',
        {
          methodName: 'io.k8s.core.v1.pods.list',
          authenticationInfo: { principalEmail: 'jane' },
          requestMetadata: { callerIp: '1', callerSuppliedUserAgent: 'a/1' },
          request: { x: 1 },
        },
        { operation: { id: 'o', first: true, last: true } },
      ),
    ).toEqual({
      auditID: 'o',
      stage: 'ResponseComplete',
      verb: 'list',
      user: { username: 'jane' },
      sourceIPs: ['1'],
      userAgent: 'a/1',
      objectRef: { apiGroup: '', apiVersion: 'v1', resource: 'pods' },
      responseStatus: { code: 200 },
      requestObject: { x: 1 },
      requestReceivedTimestamp: 't',
      annotations: { a: 'b' },
    });
    expect(cloud('core/v1/pods')).toMatchObject({ auditID: 'i', stage: 'ResponseComplete' });
    expect(cloud('core/v1/pods', {}, { operation: { id: 'o', last: true } })).toMatchObject({
      stage: 'RequestReceived',
    });
    expect(cloud('core/v1/pods', {}, { operation: { id: 'o', first: true } })).toMatchObject({
      stage: 'ResponseComplete',
    });
    expect(cloud('core/v1/pods', { methodName: 'google.container.v1' })).toBeUndefined();
    expect(cloud('core/v1/pods', { methodName: 5 })).toBeUndefined();
  });

  it('of Log Analytics tells its columns, those that were cut left out', () => {
    expect(
      held({
        AuditId: 'i',
        Level: 'l',
        RequestUri: '/u',
        Verb: 'v',
        User: ' {"username":"u"}',
        ImpersonatedUser: { username: 'w' },
        SourceIps: '["1"]',
        UserAgent: 'a',
        ObjectRef: '{"resource":',
        ResponseStatus: '{"code":1}',
        RequestObject: '{"a":1}',
        TimeGenerated: 't',
        Annotations: 'x',
      }),
    ).toEqual([
      {
        auditID: 'i',
        stage: 'ResponseComplete',
        level: 'l',
        requestURI: '/u',
        verb: 'v',
        user: { username: 'u' },
        impersonatedUser: { username: 'w' },
        sourceIPs: ['1'],
        userAgent: 'a',
        responseStatus: { code: 1 },
        requestObject: { a: 1 },
        requestReceivedTimestamp: 't',
        annotations: 'x',
      },
    ]);
    expect(held({ AuditId: 'i', Stage: 'Panic', RequestReceivedTime: 'r', TimeGenerated: 't' })).toEqual([
      { auditID: 'i', stage: 'Panic', requestReceivedTimestamp: 'r' },
    ]);
    expect(held({ AuditId: 5 })).toEqual([]);
  });

  it.each(['message', '@message', 'log', 'log_s', 'Log', 'textPayload', 'jsonPayload', 'properties'])(
    'holds an event in its %s, as an object or as a text',
    (name) => {
      expect(held({ [name]: { a: 1 } })).toEqual([{ a: 1 }]);
      expect(held({ [name]: 'at nine {"a":1}' })).toEqual([{ a: 1 }]);
      expect(held({ [name]: 'nothing' })).toEqual([]);
      expect(held({ [name]: 5, properties: { b: 1 } })).toEqual(
        name === 'properties' ? [{ b: 1 }] : [{ b: 1 }],
      );
    },
  );

  it.each(['items', 'events', 'logEvents', 'records', 'entries', 'results'])(
    'is a list of others as its %s',
    (name) => {
      expect(
        held({ [name]: [{ a: 1 }, 5, 'x', [1], { field: '@message', value: 'v' }, { field: 5 }] }),
      ).toEqual([{ a: 1 }, [1], { '@message': 'v' }, { field: 5 }]);
      expect(held({ [name]: { a: 1 } })).toEqual([]);
    },
  );

  it.each([5, 'x', null, {}])('holds nothing where it is %j', (value) => {
    expect(held(value)).toEqual([]);
  });
});

describe('a file is divided', () => {
  const divided = (text: string, piece = 1 << 20): unknown[] => {
    const found: unknown[] = [];
    const records = new Records({
      record: (bytes, from, to, line) =>
        found.push([line, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(from, to))]),
      broken: (line) => found.push([line, undefined]),
    });
    const bytes = encoder.encode(text);
    for (let at = 0; at < bytes.length; at += piece) records.push(bytes.slice(at, at + piece));
    records.end();
    return found;
  };
  const long = `{"a":"${'x'.repeat(60)}"}`;

  it.each<[string, unknown[]]>([
    ['', []],
    ['\n \n', []],
    [
      `${long}\n\n  ${long}\n`,
      [
        [1, long],
        [3, long],
      ],
    ],
    [
      `${long}\r\n${long}`,
      [
        [1, `${long}\r`],
        [2, long],
      ],
    ],
    [
      `\ufeff${long}\n{`,
      [
        [1, long],
        [2, '{'],
      ],
    ],
    [
      `x\n${long}`,
      [
        [1, 'x'],
        [2, long],
      ],
    ],
    [
      `${long}${long}`,
      [
        [1, long],
        [1, long],
      ],
    ],
    [
      `{\n"a":1}\n{"b":\n2}`,
      [
        [1, '{\n"a":1}'],
        [3, '{"b":\n2}'],
      ],
    ],
    [
      '[{"a":1},\n{"b":[{}]}]',
      [
        [1, '{"a":1}'],
        [2, '{"b":[{}]}'],
      ],
    ],
    [
      ' [[1],[2]]',
      [
        [1, '[1]'],
        [1, '[2]'],
      ],
    ],
    [
      '{"items":[{"a":1},\n{"b":2}],"x":{}}',
      [
        [1, '{"a":1}'],
        [2, '{"b":2}'],
      ],
    ],
    ['{"a":{"b":[{"c":1}]}}', [[1, '{"a":{"b":[{"c":1}]}}']]],
    ['{"a":[1,{"c":1}]}', [[1, '{"a":[1,{"c":1}]}']]],
    ['{"a":[["c"]]}', [[1, '["c"]']]],
    ['{"a":"}\\"{"}', [[1, '{"a":"}\\"{"}']]],
    [
      '{"a":"\\\\"}\n{"b":1}',
      [
        [1, '{"a":"\\\\"}'],
        [2, '{"b":1}'],
      ],
    ],
    ['}]{"a":1}', [[1, '}]{"a":1}']]],
    [
      '{"a":1}]}{"b":1}',
      [
        [1, '{"a":1}'],
        [1, '{"b":1}'],
      ],
    ],
    [
      '{"a":1}\n{"b":',
      [
        [1, '{"a":1}'],
        [2, undefined],
      ],
    ],
    [
      '[{"a":1}',
      [
        [1, '{"a":1}'],
        [1, undefined],
      ],
    ],
    ['{"a":{\n"b', [[1, undefined]]],
  ])('into its records, wherever its pieces end: %j', (text, records) => {
    for (const piece of [1 << 20, 1, 3, 64]) expect(divided(text, piece)).toEqual(records);
  });

  it('by what its beginning tells, as far as a line ends there', () => {
    const space = ' '.repeat(70_000);
    expect(divided(`${space}${long}\n${long}`, 1000)).toEqual([
      [1, long],
      [2, long],
    ]);
    const many = `${long}\n`.repeat(1500);
    expect(divided(many, 1000)).toHaveLength(1500);
    expect(divided(`[${many.replaceAll('\n', ',')}1]`, 1000)).toHaveLength(1500);
  });
});
