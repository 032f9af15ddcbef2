import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy before a server, which passes bytes on until it is told to misbehave. */
export interface Wire {
  readonly port: number;
  /** Cuts every connection. */
  cut(): void;
  /** Lets the connections that are open now stand, and nothing pass through them any more, as a lost route does. */
  stall(): void;
  /** Changes a byte in all that the server sends from now on. */
  corrupts: boolean;
  openSockets(): number;
  /** How many connections were ever made to it. */
  accepted(): number;
  close(): void;
}

/** Starts a proxy to a port of 127.0.0.1, on a free port of `host`. */
export async function startWire(target: number, host = '127.0.0.1'): Promise<Wire> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const stalled = new WeakSet<Socket>();
  let accepted = 0;
  const server = createServer((inward) => {
    accepted += 1;
    const outward = connect(target, '127.0.0.1');
    const pair = [inward, outward] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      socket.once('error', end);
      socket.once('close', end);
    }
    inward.on('data', (chunk: Buffer) => {
      if (!stalled.has(inward)) outward.write(chunk);
    });
    outward.on('data', (chunk: Buffer) => {
      if (wire.corrupts) chunk[chunk.length >> 1] = (chunk[chunk.length >> 1] ?? 0) ^ 0x55;
      if (!stalled.has(inward)) inward.write(chunk);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const cut = (): void => {
    for (const [inward] of pairs) inward.destroy();
  };
  const wire: Wire = {
    port: (server.address() as AddressInfo).port,
    corrupts: false,
    cut,
    stall() {
      for (const [inward] of pairs) stalled.add(inward);
    },
    openSockets: () => pairs.size,
    accepted: () => accepted,
    close() {
      cut();
      server.close();
    },
  };
  return wire;
}
