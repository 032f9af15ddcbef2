import { Problem } from '../../errors.ts';
import type { ServerVersion } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { text } from './json.ts';

/** Asks a server for its version; undefined where it does not say. Rejects never. */
export async function readVersion(server: Server, signal: AbortSignal): Promise<ServerVersion | undefined> {
  try {
    const { body } = await server.ask({ path: '/version' }, signal);
    const major = numberOf(text(body, 'major'));
    const minor = numberOf(text(body, 'minor'));
    if (major === undefined || minor === undefined) return undefined;
    return { major, minor, name: text(body, 'gitVersion') ?? `v${major}.${minor}` };
  } catch (error) {
    if (Problem.is(error)) return undefined; // What is wrong is told by the lists, which meet it too.
    throw error;
  }
}

/** Some distributions write `27+`. */
function numberOf(digits: string | undefined): number | undefined {
  const found = /^\d+/.exec(digits ?? '');
  return found ? Number(found[0]) : undefined;
}
