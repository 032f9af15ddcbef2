import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programNamed } from '../scripts/system.mjs';
import { cached } from './cache.ts';

/**
 * A program of somebody's Go module, e.g. `github.com/rhysd/actionlint/cmd/actionlint` at `v1.7.12`: built once, then kept
 * in this user's cache. Throws where it cannot be built.
 */
export async function goProgram(from: string, version: string): Promise<string> {
  const name =
    from
      .replace(/\/v\d+$/, '')
      .split('/')
      .at(-1) ?? from;
  const folder = await cached(`${name}-${version}`, async (target) => {
    process.stdout.write(`Building ${name} ${version} from its Go module; this happens once.\n`);
    const env = { ...process.env, GOBIN: target, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
    await promisify(execFile)('go', ['install', '-trimpath', `${from}@${version}`], { env });
  });
  return join(folder, programNamed(name));
}
