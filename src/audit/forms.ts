/**
 * The forms in which services export the events of the API server. Each is told by its own fields, as somebody may have
 * exported the same by another way.
 */
import { isRecord } from '../token/decode.ts';

/** Lists of records or events: EventList, CloudWatch's answers and subscriptions, Azure's Event Hubs. */
const LISTS = ['items', 'events', 'logEvents', 'records', 'entries', 'results'] as const;
/** What holds the event itself, as an object or as its JSON: CloudWatch, Azure, Log Analytics, Cloud Logging, Fluent Bit. */
const HOLDERS = [
  'message',
  '@message',
  'log',
  'log_s',
  'Log',
  'textPayload',
  'jsonPayload',
  'properties',
] as const;

/** The JSON of what a record of an export holds, which may be another such record; none where it is of something else. */
export function* unwrapped(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    for (const one of value)
      if (isRecord(one) || Array.isArray(one)) yield JSON.stringify(fieldOf(one) ?? one);
    return;
  }
  if (!isRecord(value)) return;
  const list = LISTS.map((name) => value[name]).find((one) => Array.isArray(one));
  if (list) {
    yield* unwrapped(list);
    return;
  }
  const { protoPayload } = value;
  if (isRecord(protoPayload)) {
    const event = ofCloudLogging(value, protoPayload);
    if (event) yield JSON.stringify(event);
    return;
  }
  if (typeof value['AuditId'] === 'string') {
    yield JSON.stringify(ofLogAnalytics(value));
    return;
  }
  for (const name of HOLDERS) {
    const held = value[name];
    if (isRecord(held)) yield JSON.stringify(held);
    else if (typeof held === 'string') {
      const brace = held.indexOf('{');
      if (brace >= 0) yield held.slice(brace);
    } else continue;
    return;
  }
}

/** A field of a row of CloudWatch Logs Insights, `{"field": "@message", "value": "…"}`: as a record of that name. */
function fieldOf(one: object): object | undefined {
  if (!isRecord(one) || typeof one['field'] !== 'string') return undefined;
  return { [one['field']]: one['value'] };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A column of a table, which holds an object or its JSON. */
function columnOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s{0,20}[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined; // Cut by the service, as Log Analytics does with what is too long.
  }
}

/** A row of the tables AKSAudit and AKSAuditAdmin (learn.microsoft.com, azure-monitor/reference/tables/aksaudit). */
function ofLogAnalytics(row: Readonly<Record<string, unknown>>): object {
  return {
    auditID: row['AuditId'],
    stage: row['Stage'] ?? 'ResponseComplete',
    level: row['Level'],
    requestURI: row['RequestUri'],
    verb: row['Verb'],
    user: columnOf(row['User']),
    impersonatedUser: columnOf(row['ImpersonatedUser']),
    sourceIPs: columnOf(row['SourceIps']),
    userAgent: row['UserAgent'],
    objectRef: columnOf(row['ObjectRef']),
    responseStatus: columnOf(row['ResponseStatus']),
    requestObject: columnOf(row['RequestObject']),
    requestReceivedTimestamp: row['RequestReceivedTime'] ?? row['TimeGenerated'],
    annotations: columnOf(row['Annotations']),
  };
}

/** HTTP statuses of google.rpc.Code (googleapis google/rpc/code.proto). */
const STATUSES: Readonly<Record<number, number>> = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  10: 409,
  13: 500,
  14: 503,
  16: 401,
};

/** An AuditLog of Cloud Logging (cloud.google.com/kubernetes-engine/docs/how-to/audit-logging). */
function ofCloudLogging(
  entry: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
): object | undefined {
  const method = textOf(payload['methodName']);
  if (!method.startsWith('io.k8s.')) return undefined;
  const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
  const [who, from, operation] = [
    payload['authenticationInfo'],
    payload['requestMetadata'],
    entry['operation'],
  ].map(record);
  const { code, message } = record(payload['status']);
  const verb = method.slice(method.lastIndexOf('.') + 1);
  const objectRef = resourceOf(textOf(payload['resourceName']));
  const ok = verb === 'create' ? 201 : 200;
  return {
    auditID: textOf(operation?.['id'] ?? entry['insertId']),
    // What lasts is told as it begins and as it ends: the first counts.
    stage:
      operation?.['last'] === true && operation['first'] !== true ? 'RequestReceived' : 'ResponseComplete',
    verb,
    user: { username: who?.['principalEmail'] },
    sourceIPs: [from?.['callerIp']],
    userAgent: from?.['callerSuppliedUserAgent'],
    ...(objectRef ? { objectRef } : { requestURI: payload['resourceName'] }),
    responseStatus: { code: typeof code === 'number' && code > 0 ? (STATUSES[code] ?? 500) : ok, message },
    requestObject: payload['request'],
    requestReceivedTimestamp: entry['timestamp'],
    annotations: entry['labels'],
  };
}

/** The resource of `core/v1/namespaces/NS/pods/NAME/SUBRESOURCE`. */
function resourceOf(name: string): object | undefined {
  const [group = '', version, ...rest] = name.split('/');
  if (rest.length === 0) return undefined;
  const isInNamespace = rest[0] === 'namespaces' && rest.length > 2;
  const [resource, object, subresource] = isInNamespace ? rest.slice(2) : rest;
  const namespace = isInNamespace || resource === 'namespaces' ? rest[1] : undefined;
  return {
    apiGroup: group === 'core' ? '' : group,
    apiVersion: version,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(object === undefined ? {} : { name: object }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
