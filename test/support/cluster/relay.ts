import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, request, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certified } from '../../../sandbox/certificates.ts';
import type { ControlPlane } from '../../../sandbox/controlPlane.ts';

/** Answers in place of the API server; returns whether it did. */
export type Fault = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** An HTTP server before a control plane, which passes requests on as administrator, until it is told to misbehave. */
export interface Relay {
  readonly url: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** Bytes that the API server sent through it. */
  readonly received: number;
  fault: Fault | undefined;
  /** Is waited for before a request is passed on. */
  hold: ((url: string) => Promise<void>) | undefined;
  /** Is given each chunk that the API server sends. */
  onChunk: ((chunk: Buffer) => void) | undefined;
  /** Cuts every connection in the middle of whatever it carries. */
  cut(): void;
  /** Takes another certificate from now on, where it speaks TLS. */
  swap(certified: Certified): void;
  openSockets(): number;
  close(): void;
}

/** Starts a relay on a free loopback port; it speaks TLS where it is given a certificate. */
export async function startRelay(
  controlPlane: ControlPlane,
  ca: string,
  certified?: Certified,
): Promise<Relay> {
  const { certificate, key } = await controlPlane.clientCertificate('relay', ['system:masters']);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let received = 0;
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { host: _host, ...headers } = incoming.headers;
    const target = new URL(incoming.url ?? '/', controlPlane.server);
    const outward = request(
      target,
      { method: incoming.method ?? 'GET', headers, cert: certificate, key, ca, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        outgoing.flushHeaders();
        answer.on('data', (chunk: Buffer) => {
          received += chunk.length;
          relay.onChunk?.(chunk);
        });
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    outward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => outward.destroy());
    incoming.pipe(outward);
  };
  const passLater = async (
    held: Promise<void>,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<void> => {
    await held;
    pass(incoming, outgoing);
  };
  const take = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    requests.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    if (relay.fault?.(incoming, outgoing)) return;
    if (relay.hold) void passLater(relay.hold(incoming.url ?? ''), incoming, outgoing);
    else pass(incoming, outgoing);
  };
  const secure: TlsServer | undefined = certified && createTlsServer(tlsOf(certified), take);
  const server = secure ?? createServer(take);
  server.on('connection', (socket: Socket) => {
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
    url: `http${secure ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get received() {
      return received;
    },
    fault: undefined,
    hold: undefined,
    onChunk: undefined,
    cut,
    swap(other) {
      secure?.setSecureContext(tlsOf(other));
    },
    openSockets: () => sockets.size,
    close() {
      cut();
      server.close();
    },
  };
  return relay;
}

const tlsOf = ({ certificate, key }: Certified): { cert: string; key: string } => ({
  cert: certificate,
  key,
});
