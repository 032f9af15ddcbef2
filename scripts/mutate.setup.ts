import fc from 'fast-check';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    readonly mode: 'mutant' | 'dry-run';
    readonly activeMutant: string | undefined;
  }
}

type Counts = Record<string, number>;

/** Where Stryker keeps which changes a test runs (its instrumenter's syntax-helpers). */
const { __stryker__: stryker } = globalThis as unknown as {
  readonly __stryker__: {
    readonly currentTestId?: string;
    readonly mutantCoverage?: { readonly perTest: Record<string, Counts> };
  };
};

// The same examples each time, so that what is noticed once always is; the smallest of them is looked for by people alone.
fc.configureGlobal({ seed: 1, endOnFailure: true });

// Code that is counted as it runs takes longer, of which nothing follows.
process.cpuUsage = () => ({ user: 0, system: 0 });

// What a test runs as a process of its own is changed, too, and tells what of the changes it has run.
const told = join(tmpdir(), `mutate-${crypto.randomUUID()}`);
const tell = `import { appendFileSync } from 'node:fs';
process.on('exit', () => {
  const run = globalThis.__stryker__?.mutantCoverage?.static;
  if (run) appendFileSync(${JSON.stringify(told)}, JSON.stringify(run) + '\\n');
});`;
const before = process.env['NODE_OPTIONS'] ?? '';

beforeEach(() => {
  const changed = inject('activeMutant');
  if (inject('mode') === 'mutant') process.env['__STRYKER_ACTIVE_MUTANT__'] = changed;
  else process.env['NODE_OPTIONS'] = `${before} --import=data:text/javascript,${encodeURIComponent(tell)}`;
});

afterEach(() => {
  process.env['NODE_OPTIONS'] = before;
  const { currentTestId: id, mutantCoverage: coverage } = stryker;
  if (!existsSync(told) || id === undefined || !coverage) return;
  const counts = (coverage.perTest[id] ??= {});
  for (const line of readFileSync(told, 'utf8').split('\n').filter(Boolean)) {
    for (const [change, times] of Object.entries(JSON.parse(line) as Counts)) {
      counts[change] = (counts[change] ?? 0) + times;
    }
  }
  rmSync(told);
});
