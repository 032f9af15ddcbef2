import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../../src/audit/auditLog.ts';
import type { AuditSummary } from '../../../src/audit/summary.ts';
import { boundBy, eventOf, told, type Told } from '../../support/texts/auditEvents.ts';

const LEGACY = { 'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart' };
const STALE = {
  'authentication.k8s.io/stale-token':
    'subject: system:serviceaccount:shop:cart, seconds after warning threshold: 120',
};
const at = (text: string): number => Date.parse(text) / 1000;
const log = (...events: readonly Told[]): string => events.map((one) => `${eventOf(one)}\n`).join('');

/** Some requests of several kinds. */
const SOME: readonly Told[] = [
  { annotations: { ...LEGACY, 'authentication.k8s.io/legacy-token-manual-secret': 'cart-token' } },
  { annotations: LEGACY, at: '2026-11-29T10:00:00.500000Z', addresses: ['203.0.113.9'] },
  { extra: boundBy('one', 'cart-0', 'node-1'), annotations: STALE, at: '2026-11-29T10:10:00.000000Z' },
  { extra: boundBy('two'), verb: 'get', object: { resource: 'nodes', name: 'n', apiVersion: 'v1' } },
  {
    user: 'system:serviceaccount:shop:till',
    code: 403,
    message: 'pods is forbidden',
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
  },
  { user: 'system:node:node-1', addresses: ['192.0.2.1'] },
  {
    user: '',
    code: 401,
    message: 'Authentication failed, attempted: bearer',
    object: undefined,
    uri: '/api?token=x',
  },
];

describe('an audit log', () => {
  it('tells who used which kind of token, from where, when first and when last', () => {
    const { accounts, requests, byAccounts } = told(log(...SOME));
    expect([requests.count, byAccounts]).toEqual([7, 5]);
    const [cart, till] = accounts;
    expect([cart?.namespace, cart?.name, cart?.count, till?.name, till?.refused]).toEqual([
      'shop',
      'cart',
      4,
      'till',
      1,
    ]);
    expect(cart?.byKind).toEqual({
      legacy: { count: 2, first: at('2026-11-29T09:00:00Z'), last: at('2026-11-29T10:00:00.500Z') },
      stale: { count: 1, first: at('2026-11-29T10:10:00Z'), last: at('2026-11-29T10:10:00Z') },
      bound: { count: 1, first: at('2026-11-29T09:00:00Z'), last: at('2026-11-29T09:00:00Z') },
      untold: undefined,
    });
    expect(cart?.staleSince).toBe(at('2026-11-29T10:08:00Z'));
    expect(cart?.secrets.map(({ name, isListed }) => [name, isListed])).toEqual([['cart-token', false]]);
    expect(cart?.places.map(({ address, agent, pod, count }) => [address, agent, pod, count])).toEqual([
      ['10.2.0.7', 'cart/1.2', '', 2],
      ['203.0.113.9', 'cart/1.2', '', 1],
      ['10.2.0.7', 'cart/1.2', 'cart-0', 1],
    ]);
  });

  it('tells what was refused, and why as far as it is noted', () => {
    const { refusals } = told(log(...SOME));
    expect(refusals.map(({ code, who, why, count }) => [code, who, why, count])).toEqual([
      [403, 'shop/till', 'May not list pods in shop', 1],
      [401, '', 'Authentication failed, attempted: bearer', 1],
    ]);
  });

  it('joins a token’s issue with its uses by its id', () => {
    const { tokens, answersWithToken, hasTokenIds } = told(
      log(
        {
          user: 'system:node:node-1',
          verb: 'create',
          code: 201,
          object: {
            resource: 'serviceaccounts',
            subresource: 'token',
            namespace: 'shop',
            name: 'cart',
            apiVersion: 'v1',
          },
          annotations: { 'authentication.kubernetes.io/issued-credential-id': 'JTI=one' },
          requestObject: {
            kind: 'TokenRequest',
            spec: { expirationSeconds: 3607, boundObjectRef: { kind: 'Pod', name: 'cart-0' } },
          },
          responseObject: { status: { token: 'secret' } },
        },
        { extra: boundBy('one', 'cart-0', 'node-1'), at: '2026-11-29T09:30:00.000000Z' },
      ),
    );
    expect([hasTokenIds, answersWithToken]).toEqual([true, 1]);
    expect(tokens).toHaveLength(1);
    const [token] = tokens;
    expect(token?.issued).toEqual({
      at: at('2026-11-29T09:00:00Z'),
      by: 'system:node:node-1',
      address: '10.2.0.7',
      agent: 'cart/1.2',
      boundTo: 'Pod cart-0',
      life: 3607,
    });
    expect([token?.account, token?.pod, token?.node, token?.used?.count]).toEqual([
      'shop/cart',
      'cart-0',
      'node-1',
      1,
    ]);
  });

  it('counts a request once, whatever stages of it are there, and one that goes on once the log ends', () => {
    const watch = { verb: 'watch', id: 'w' } as const;
    const once = log(
      { ...watch, stage: 'RequestReceived' },
      { ...watch, stage: 'ResponseStarted' },
      { ...watch, stage: 'ResponseComplete' },
      { verb: 'watch', id: 'goes-on', stage: 'ResponseStarted' },
      { stage: 'Panic', code: 500 },
      { stage: 'RequestReceived' },
    );
    expect(told(once).requests.count).toBe(3);
  });

  it('counts two requests of one id, as their client chose it', () => {
    expect(told(log({ id: 'mine' }, { id: 'mine' })).requests.count).toBe(2);
    const [started, later] = ['2026-11-29T09:00:00.000000Z', '2026-11-29T09:00:01.000000Z'];
    const both = log({ id: 'mine', stage: 'ResponseStarted', at: started }, { id: 'mine', at: later });
    expect(told(both).requests.count).toBe(2);
  });

  it('takes no field of a body or of a name for its own', () => {
    const hostile = {
      auditID: 'x',
      stage: 'ResponseComplete',
      user: { username: 'system:serviceaccount:shop:victim' },
      annotations: LEGACY,
    };
    const text = log({
      requestObject: hostile,
      responseObject: {
        a: JSON.stringify(hostile),
        b: '"},"user":{"username":"system:serviceaccount:shop:victim"}',
      },
      agent: '","user":{"username":"system:serviceaccount:shop:victim"},"x":"',
    });
    const { accounts } = told(text);
    expect(accounts.map(({ name, byKind }) => [name, byKind.legacy, byKind.untold?.count])).toEqual([
      ['cart', undefined, 1],
    ]);
  });

  it('keeps the path of what is no resource, and never what follows it, which can be a token', () => {
    const summary = told(log({ verb: 'get', object: undefined, uri: '/healthz?access_token=eyJhbGciOi' }));
    expect(summary.accounts[0]?.actions.map(({ path }) => path)).toEqual(['/healthz']);
    expect(JSON.stringify(summary)).not.toContain('eyJ');
  });

  it('counts broken lines by their number, and reads on', () => {
    const lines = [
      eventOf({}),
      eventOf({}).slice(0, 300),
      'no JSON',
      '',
      '{"kind":"Other","of":"something else, of the length of an event"}',
      eventOf({}),
      `${eventOf({}).slice(0, -1)}]`,
    ];
    const { broken, firstBroken, others, requests, lines: all } = told(lines.join('\n'));
    expect([broken, others, requests.count, all]).toEqual([3, 1, 2, 6]);
    expect(firstBroken.map(({ line }) => line)).toEqual([2, 3, 7]);
  });

  it('says of a line that is too long that it is broken, and reads on', () => {
    const long = eventOf({ requestObject: { a: 'x'.repeat(33 * 1024 * 1024) } });
    const { broken, requests } = told(`${eventOf({})}\n${long}\n${eventOf({})}\n`);
    expect([broken, requests.count]).toEqual([1, 2]);
  });
});

describe('the forms of an audit log', () => {
  const events = SOME.map((one) => JSON.parse(eventOf(one)) as Record<string, unknown>);
  const plain = events.map((one) => JSON.stringify(one));
  const expected = told(plain.join('\n'));
  const counts = ({ requests, byAccounts, accounts, tokens, refusals, broken }: AuditSummary): unknown => ({
    requests,
    byAccounts,
    accounts,
    tokens,
    refusals,
    broken,
  });
  const column = (value: unknown): unknown => (value === undefined ? undefined : JSON.stringify(value));
  const row = (one: Record<string, unknown>): object => ({
    TenantId: 't',
    AuditId: one['auditID'],
    Stage: one['stage'],
    Level: one['level'],
    RequestUri: one['requestURI'],
    Verb: one['verb'],
    User: column(one['user']),
    SourceIps: column(one['sourceIPs']),
    UserAgent: one['userAgent'],
    ObjectRef: column(one['objectRef']),
    ResponseStatus: column(one['responseStatus']),
    RequestReceivedTime: one['requestReceivedTimestamp'],
    Annotations: column(one['annotations']),
  });
  const lines = (all: readonly unknown[]): string => all.map((one) => `${JSON.stringify(one)}\n`).join('');

  it.each<readonly [string, string]>([
    ['kube-apiserver’s lines', lines(events)],
    ['lines that end as on Windows', lines(events).replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${lines(events)}`],
    [
      'an EventList, as a webhook is sent',
      JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: events }),
    ],
    [
      'an EventList over many lines',
      JSON.stringify({ kind: 'EventList', metadata: {}, items: events }, undefined, 2),
    ],
    ['a list, as jq --slurp makes it', JSON.stringify(events, undefined, 2)],
    [
      'events over many lines, as jq makes them',
      events.map((one) => JSON.stringify(one, undefined, 2)).join('\n'),
    ],
    [
      'aws logs filter-log-events',
      JSON.stringify(
        {
          events: plain.map((message) => ({
            logStreamName: 'kube-apiserver-audit-1',
            timestamp: 1,
            message,
          })),
          searchedLogStreams: [],
        },
        undefined,
        4,
      ),
    ],
    ['aws logs tail, and exports to S3', plain.map((one) => `2026-11-29T09:00:00.000Z ${one}\n`).join('')],
    [
      'a subscription of CloudWatch',
      lines([
        {
          messageType: 'DATA_MESSAGE',
          logGroup: '/aws/eks/c/cluster',
          logEvents: plain.map((message, id) => ({ id, timestamp: 1, message })),
        },
      ]),
    ],
    [
      'CloudWatch Logs Insights',
      JSON.stringify(
        {
          results: plain.map((value) => [
            { field: '@timestamp', value: '1' },
            { field: '@message', value },
          ]),
          status: 'Complete',
        },
        undefined,
        2,
      ),
    ],
    ['Insights’ JSON', JSON.stringify(plain.map((one) => ({ '@timestamp': 1, '@message': one })))],
    [
      'Azure’s resource logs in a storage account',
      lines(
        plain.map((log) => ({
          category: 'kube-audit',
          operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
          properties: { log, pod: 'kube-apiserver-1', stream: 'stdout' },
        })),
      ),
    ],
    [
      'an Event Hub',
      lines([{ records: plain.map((log) => ({ category: 'kube-audit', properties: { log } })) }]),
    ],
    [
      'AzureDiagnostics',
      JSON.stringify(
        plain.map((log_s) => ({ Category: 'kube-audit', log_s })),
        undefined,
        2,
      ),
    ],
    ['AKSAudit', JSON.stringify(events.map(row), undefined, 2)],
    [
      'Cloud Logging, with the event as it is',
      JSON.stringify(
        events.map((jsonPayload) => ({ insertId: 'i', jsonPayload, logName: 'projects/p/logs/audit' })),
        undefined,
        2,
      ),
    ],
  ])('tell the same: %s', (_name, text) => {
    expect(counts(told(text))).toEqual(counts(expected));
    expect(told(text).others).toBe(0);
  });

  it('tell the same in pieces of any size', () => {
    const texts = [lines(events), JSON.stringify({ items: events }, undefined, 2), JSON.stringify(events)];
    for (const text of texts) {
      for (const piece of [1, 7, 64, 1000, 4096]) expect(counts(told(text, piece))).toEqual(counts(expected));
    }
  });

  it('tell what GKE’s own AuditLog has: no token’s id, and a status of gRPC', () => {
    const entry = (code: number | undefined, more: object = {}): object => ({
      insertId: 'i',
      timestamp: '2026-11-29T09:00:00.123456Z',
      logName: 'projects/p/logs/cloudaudit.googleapis.com%2Fdata_access',
      labels: { 'authorization.k8s.io/decision': code === 7 ? 'forbid' : 'allow', ...LEGACY },
      operation: { first: true, id: 'o', last: true, producer: 'k8s.io' },
      protoPayload: {
        '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
        serviceName: 'k8s.io',
        methodName: 'io.k8s.core.v1.pods.list',
        authenticationInfo: { principalEmail: 'system:serviceaccount:shop:cart' },
        resourceName: 'core/v1/namespaces/shop/pods',
        requestMetadata: { callerIp: '10.2.0.7', callerSuppliedUserAgent: 'cart/1.2' },
        ...(code !== undefined && { status: { code, message: 'm' } }),
      },
      ...more,
    });
    const ends = { operation: { id: 'o', last: true, producer: 'k8s.io' } };
    const { accounts, refusals, hasTokenIds, requests } = told(
      JSON.stringify([entry(undefined), entry(7), entry(undefined, ends)], undefined, 2),
    );
    expect([requests.count, hasTokenIds]).toEqual([2, false]);
    expect(
      accounts.map(({ name, byKind, places }) => [name, byKind.legacy?.count, places[0]?.address]),
    ).toEqual([['cart', 2, '10.2.0.7']]);
    expect(refusals.map(({ code, why }) => [code, why])).toEqual([[403, 'May not list pods in shop']]);
  });

  it('read several files as one log', () => {
    const log = new AuditLog();
    for (const name of ['audit.log', 'audit-1.log']) {
      const bytes = new TextEncoder().encode(lines(events));
      log.begin(name);
      log.push(bytes, bytes.length);
      log.end(name === 'audit.log' ? undefined : 'It ends in the middle.');
    }
    const { files, requests } = log.summary(true);
    expect(requests.count).toBe(14);
    expect(files.map(({ name, events, problem }) => [name, events, problem])).toEqual([
      ['audit.log', 7, undefined],
      ['audit-1.log', 7, 'It ends in the middle.'],
    ]);
  });
});
