/** A control plane that writes an audit log, and clients of it whose address and user agent are chosen. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from '../../../sandbox/api.ts';
import { startControlPlane, type ControlPlane } from '../../../sandbox/controlPlane.ts';
import { AuditLog } from '../../../src/audit/auditLog.ts';
import type { AuditSummary } from '../../../src/audit/summary.ts';

export interface Audited {
  readonly plane: ControlPlane;
  /** Path of its audit log. */
  readonly log: string;
  /** Sends a request with a token; returns its status. */
  readonly send: (token: string, path: string, sent?: Sent) => Promise<number>;
  /** The token of a token Secret, once the controller has filled it. */
  readonly tokenOf: (namespace: string, secret: string) => Promise<string>;
  /** What the log tells once it is so, or after ten seconds. */
  readonly told: (isDone: (summary: AuditSummary) => boolean) => Promise<AuditSummary>;
}

export interface Sent {
  readonly agent?: string;
  readonly from?: string;
  readonly method?: string;
  readonly as?: string;
  readonly body?: object;
}

/** Another address of this machine than 127.0.0.1, where there is one: on Linux alone it takes no set-up. */
export const elsewhere = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';

/** Starts it with the log and the policy in a folder. */
export async function startAudited(folder: string, rules: readonly object[]): Promise<Audited> {
  const policy = join(folder, 'policy.json');
  const log = join(folder, 'audit.log');
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  const plane = await startControlPlane({
    extraApiServerArgs: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
  });
  const ca = readFileSync(plane.caFile, 'utf8');
  return {
    plane,
    log,
    async send(token, path, { agent = 'cart/1', from, method = 'GET', as, body } = {}) {
      const payload = body && Buffer.from(JSON.stringify(body));
      const headers = {
        authorization: `Bearer ${token}`,
        'user-agent': agent,
        accept: 'application/json',
        ...(as !== undefined && { 'impersonate-user': as }),
        ...(payload && {
          'content-type': method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json',
          'content-length': payload.length,
        }),
      };
      const options = {
        method,
        ca,
        headers,
        agent: false as const,
        ...(from !== undefined && { localAddress: from }),
      };
      return (await exchange(new URL(path, plane.server), options, payload)).status;
    },
    async tokenOf(namespace, secret) {
      for (;;) {
        const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
        const { data } = (await plane.request('GET', path)) as { data?: { token?: string } };
        if (data?.token !== undefined && data.token !== '')
          return Buffer.from(data.token, 'base64').toString();
        await sleep(50);
      }
    },
    async told(isDone) {
      for (let left = 100; ; left--) {
        const bytes = readFileSync(log);
        const read = new AuditLog();
        read.begin('audit.log');
        read.push(bytes, bytes.length);
        read.end();
        const summary = read.summary(true);
        if (isDone(summary) || left === 0) return summary;
        await sleep(100);
      }
    },
  };
}
