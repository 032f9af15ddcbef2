/** The tools that rows 4 and 5 are measured beside. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cached } from '../../sandbox/cache.ts';
import { programNamed } from '../../scripts/system.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
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

/** The ripgrep that the editor brings. Throws where it has none for this machine. */
export function ripgrep(): string {
  const folder = join(root, 'node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep-universal/bin');
  const path = join(folder, `${process.platform}-${process.arch}`, programNamed('rg'));
  if (!existsSync(path)) throw new Error(`The editor has no ripgrep at ${path}.`);
  return path;
}
