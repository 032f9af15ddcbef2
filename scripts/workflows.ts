/** Checks `.github/workflows` by actionlint. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { goProgram } from '../sandbox/goProgram.ts';

const actionlint = await goProgram('github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.12');
// What else of its checks a machine can do depends on what is installed there.
spawn(actionlint, ['-shellcheck=', '-pyflakes='], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
}).once('close', (code) => {
  process.exitCode = code ?? 1;
});
