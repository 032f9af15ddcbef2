import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { Certified } from './certificates.ts';

/** An answer of an API server that is no success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a server answered. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request; a connection that the server upgrades is closed. Throws where it does not answer in 10 s. */
export async function exchange(url: URL, options: RequestOptions, payload?: Buffer): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = httpsRequest(url, { ...options, timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.once('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, text: '' });
    });
    sent.once('error', reject);
    sent.once('timeout', () => {
      sent.destroy(new Error(`${options.method ?? 'GET'} ${url.pathname}: no answer in 10 s`));
    });
    sent.end(payload);
  });
}

/** Sends one request as the cluster's administrator and returns the decoded answer. Throws ApiError. */
export type Request = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => Promise<unknown>;

/** A client of the throw-away API server for seeding and for tests; it is not the extension's. */
export function apiClient(server: string, ca: string, { certificate, key }: Certified): Request {
  const agent = new Agent({ ca, cert: certificate, key, keepAlive: true, maxSockets: 24 });
  return async (method, path, body) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      accept: 'application/json',
      // Without it, Node sends the body of a DELETE as if it were the next request.
      ...(payload && { 'content-type': type, 'content-length': payload.length }),
    };
    const { status, text } = await exchange(new URL(path, server), { method, agent, headers }, payload);
    const answer: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    if (status >= 200 && status < 300) return answer;
    const message = (answer as { message?: string }).message ?? text;
    throw new ApiError(status, `${method} ${path}: ${status} ${message}`);
  };
}
