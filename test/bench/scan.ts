/** Row 26: the Go modules of this machine, about a gigabyte of them, looked through in the real extension host. */
import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ripgrep } from '../../sandbox/ripgrep.ts';
import { buildExtension } from '../../scripts/build.ts';
import { reportsOf } from './host.ts';
import { onReference } from './machine.ts';
import type { Row } from './row.ts';
import type { Scanned } from './scanHost.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const MOST = 1e9;
/** Seconds that it may take. */
const patience = 300;

/** Links the modules into a folder of its own, and looks through it with ripgrep and as the view does. */
export async function scanRows(): Promise<Row[]> {
  const cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
  const out = join(cache, '..', `bench-scan-${process.pid}`);
  try {
    const bytes = linkFiles(cache, join(out, 'workspace'));
    await buildExtension();
    const args = ['-uu', '--files-with-matches', 'eyJ', join(out, 'workspace')];
    const times = Array.from({ length: 3 }, () => {
      const started = performance.now();
      spawnSync(ripgrep(), args, { stdio: 'ignore' });
      return performance.now() - started;
    });
    const peer = Math.min(...times);
    const reports = await reportsOf<Scanned>('scanHost', {
      out,
      workspace: join(out, 'workspace'),
      extension: root,
      starts: 1,
      patience,
    });
    const [found] = reports;
    if (!found) throw new Error('The extension host gave no report.');
    const { took, longest, most, files, binaries, tokens, unread, factor } = found;
    const speed = (milliseconds: number): string => `${(bytes / 1000 / milliseconds).toFixed(0)} MB/s`;
    return [
      {
        row: 26,
        what: `${(bytes / 1e9).toFixed(2)} GB of repositories looked through in the extension host; its longest block`,
        figure: `${speed(took)} (${files} files, ${binaries} binary, ${unread} unread, ${tokens} tokens); ${onReference(longest, factor)}, 99.9 %: ${most.toFixed(1)} ms`,
        peer: `ripgrep --files-with-matches eyJ: ${speed(peer)}`,
        ratio: `${(peer / took).toFixed(2)} ×`,
        target: '≥ 0.5 ×; ≤ 16 ms',
        held: peer / took >= 0.5 && longest / factor <= 16,
      },
    ];
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** Links files of one folder into another, on the same disk, until there are enough; returns their bytes. */
function linkFiles(from: string, to: string): number {
  let bytes = 0;
  const visit = (source: string, target: string): void => {
    mkdirSync(target, { recursive: true });
    for (const entry of readdirSync(source, { withFileTypes: true })) {
      if (bytes >= MOST) return;
      const path = join(source, entry.name);
      if (entry.isDirectory() && path !== join(from, 'cache')) visit(path, join(target, entry.name));
      if (!entry.isFile()) continue;
      linkSync(path, join(target, entry.name));
      bytes += statSync(path).size;
    }
  };
  visit(from, to);
  return bytes;
}
