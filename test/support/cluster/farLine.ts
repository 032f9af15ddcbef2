import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How far and how narrow: milliseconds there and back, and bits a second of all connections together, each way. */
export interface Distance {
  readonly roundTrip: number;
  readonly bitsPerSecond: number;
}

/** A TCP proxy that is as slow as a line to far away. */
export interface FarLine {
  readonly port: number;
  /** Bytes that came back over it, as they were on the line. */
  readonly received: number;
  /** How many connections were ever made over it. */
  readonly accepted: number;
  close(): void;
}

/** More than this is not taken from a sender at once, as a window of TCP would not. In bytes. */
const WINDOW = 256 * 1024;

/**
 * Starts a line of that distance to a port of 127.0.0.1; undefined: it only counts. What is sent waits for what is before
 * it on the line, then travels half a round trip; a connection is there after a whole one.
 */
export async function startFarLine(target: number, distance?: Distance): Promise<FarLine> {
  const sockets = new Set<Socket>();
  const line = { received: 0, accepted: 0 };
  const bytesPerMillisecond = distance ? distance.bitsPerSecond / 8000 : Number.POSITIVE_INFINITY;
  const oneWay = (distance?.roundTrip ?? 0) / 2;
  const free = { there: 0, back: 0 };
  /** Until when what is sent now is on its way; the line carries one thing after the other. */
  const arrival = (way: 'there' | 'back', bytes: number): number => {
    free[way] = Math.max(free[way], performance.now()) + bytes / bytesPerMillisecond;
    return free[way] + oneWay;
  };
  const carry = (from: Socket, to: Socket, way: 'there' | 'back', ready: Promise<void>): void => {
    let order: Promise<void> = ready;
    let travelling = 0;
    from.on('data', (chunk: Buffer) => {
      if (way === 'back') line.received += chunk.length;
      const due = arrival(way, chunk.length);
      travelling += chunk.length;
      if (travelling > WINDOW) from.pause();
      const before = order;
      order = (async () => {
        await before;
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        travelling -= chunk.length;
        if (travelling <= WINDOW) from.resume();
        if (!to.destroyed) to.write(chunk);
      })();
    });
  };
  const server = createServer((inward) => {
    line.accepted += 1;
    const outward = connect(target, '127.0.0.1');
    const end = (): void => {
      inward.destroy();
      outward.destroy();
    };
    for (const socket of [inward, outward]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('error', end);
      socket.once('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    const made = oneWay === 0 ? Promise.resolve() : sleep(oneWay * 2);
    carry(inward, outward, 'there', made);
    carry(outward, inward, 'back', Promise.resolve());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return line.received;
    },
    get accepted() {
      return line.accepted;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
