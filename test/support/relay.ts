import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';

/** Answers in place of the API server; returns whether it did. */
export type Fault = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** A plain HTTP server before a control plane, which passes requests on as administrator, until it is told to misbehave. */
export interface Relay {
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  fault: Fault | undefined;
  /** Cuts every connection in the middle of whatever it carries. */
  cut(): void;
  openSockets(): number;
  close(): void;
}

/** Starts a relay on a free loopback port. */
export async function startRelay(controlPlane: ControlPlane, ca: string): Promise<Relay> {
  const { certificate, key } = await controlPlane.clientCertificate('relay', ['system:masters']);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    requests.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    if (relay.fault?.(incoming, outgoing)) return;
    const { host: _host, ...headers } = incoming.headers;
    const target = new URL(incoming.url ?? '/', controlPlane.server);
    const outward = request(
      target,
      { method: incoming.method ?? 'GET', headers, cert: certificate, key, ca, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        outgoing.flushHeaders();
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    outward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => outward.destroy());
    incoming.pipe(outward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const relay: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fault: undefined,
    cut,
    openSockets: () => sockets.size,
    close() {
      cut();
      server.close();
    },
  };
  return relay;
}
