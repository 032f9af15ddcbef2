/** The tools that rows 4 and 5 are measured beside. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from '../../sandbox/cache.ts';
import { programNamed } from '../../scripts/system.mjs';

const run = promisify(execFile);
const GITLEAKS = 'v8.30.1';

/** gitleaks, built once from its Go module. Throws where it cannot be built. */
export async function gitleaks(say: (line: string) => void): Promise<string> {
  const folder = await cached(`gitleaks-${GITLEAKS}`, async (target) => {
    say(`Building gitleaks ${GITLEAKS} from its Go module; this happens once.`);
    const env = { ...process.env, GOBIN: target, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
    await run('go', ['install', '-trimpath', `github.com/zricethezav/gitleaks/v8@${GITLEAKS}`], { env });
  });
  return join(folder, programNamed('gitleaks'));
}
