import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certified } from '../../../sandbox/certificates.ts';

/** A request, and whether a client certificate came with it. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly hasCertificate: boolean;
}

/** A server of somebody who collects credentials: it remembers what it is sent, and refuses everything as an API server does. */
export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** Every Authorization header that it was sent. */
  readonly credentials: readonly string[];
}

/** Starts one on a free loopback port; it speaks TLS where it is given a certificate. */
export async function startListener(certified?: Certified): Promise<Listener> {
  const seen: Seen[] = [];
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    const { url = '', headers, socket } = request;
    const hasCertificate = socket instanceof TLSSocket && Object.keys(socket.getPeerCertificate()).length > 0;
    seen.push({ path: url, headers, hasCertificate });
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401}');
  };
  const server = certified
    ? createTlsServer(
        { cert: certified.certificate, key: certified.key, requestCert: true, rejectUnauthorized: false },
        answer,
      )
    : createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${certified ? 's' : ''}://127.0.0.1:${port}`,
    port,
    seen,
    get credentials() {
      return seen.flatMap(({ headers }) => headers.authorization ?? []);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
