import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/**
 * Picks free ports of the loopback interface. Another program may take one before it is used: who starts a server on
 * it starts again with another.
 */
export async function freePorts(count: number): Promise<number[]> {
  // All are held until the last is known, so that no two are the same.
  const held: Server[] = [];
  try {
    for (let index = 0; index < count; index += 1) {
      const server = createServer().listen(0, '127.0.0.1');
      held.push(server);
      await once(server, 'listening');
    }
    return held.map((server) => (server.address() as AddressInfo).port);
  } finally {
    await Promise.all(held.map(async (server) => await new Promise((closed) => server.close(closed))));
  }
}
