/** Events as kube-apiserver 1.37 writes them, field by field in its order. */
import { AuditLog } from '../../../src/audit/auditLog.ts';
import type { AuditSummary } from '../../../src/audit/summary.ts';

export interface Told {
  readonly user?: string;
  /** Of that user. */
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly as?: object;
  readonly addresses?: readonly string[];
  readonly agent?: string;
  readonly verb?: string;
  readonly uri?: string;
  readonly object?: object | undefined;
  readonly code?: number;
  readonly message?: string;
  readonly at?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly level?: string;
  readonly id?: string;
  readonly requestObject?: object;
  readonly responseObject?: object;
}

let ids = 0;

/** The JSON of one event. */
export function eventOf(told: Told): string {
  const { user = 'system:serviceaccount:shop:cart', stage = 'ResponseComplete', code = 200 } = told;
  const { at = '2026-11-29T09:00:00.000000Z', addresses = ['10.2.0.7'], verb = 'list', message } = told;
  const object = 'object' in told ? told.object : { resource: 'pods', namespace: 'shop', apiVersion: 'v1' };
  const status = { metadata: {}, ...(message === undefined ? {} : { status: 'Failure', message }), code };
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: told.level ?? 'Metadata',
    auditID: told.id ?? `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    stage,
    requestURI: told.uri ?? '/api/v1/namespaces/shop/pods?limit=500',
    verb,
    user: {
      username: user,
      ...(told.uid !== undefined && { uid: told.uid }),
      groups: ['system:authenticated'],
      ...(told.extra && { extra: told.extra }),
    },
    ...(told.as && { impersonatedUser: told.as }),
    sourceIPs: addresses,
    userAgent: told.agent ?? 'cart/1.2',
    ...(object && { objectRef: object }),
    ...(stage === 'RequestReceived' ? {} : { responseStatus: status }),
    ...(told.requestObject && { requestObject: told.requestObject }),
    ...(told.responseObject && { responseObject: told.responseObject }),
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': '',
      ...told.annotations,
    },
  });
}

/** The user's extra that comes with a bound token of Kubernetes 1.30 and later. */
export const boundBy = (jti: string, pod?: string, node?: string): Record<string, string[]> => ({
  'authentication.kubernetes.io/credential-id': [`JTI=${jti}`],
  ...(pod !== undefined && {
    'authentication.kubernetes.io/pod-name': [pod],
    'authentication.kubernetes.io/pod-uid': [`uid-of-${pod}`],
  }),
  ...(node !== undefined && { 'authentication.kubernetes.io/node-name': [node] }),
});

/** What is told of a text, read in pieces of so many bytes. */
export function told(text: string, piece = 1 << 20, wanted: readonly string[] = []): AuditSummary {
  const log = new AuditLog(wanted);
  const bytes = new TextEncoder().encode(text);
  log.begin('audit.log');
  // One buffer for all pieces, as who reads a file has.
  const buffer = new Uint8Array(piece);
  for (let at = 0; at < bytes.length; at += piece) {
    const some = bytes.subarray(at, at + piece);
    buffer.set(some);
    log.push(buffer.subarray(0, some.length), some.length);
  }
  log.end();
  return log.summary(true);
}
