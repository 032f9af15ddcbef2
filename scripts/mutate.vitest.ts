import { defineConfig } from 'vitest/config';

/** The tests of the rooms that are changed. */
const tests = JSON.parse(process.env['MUTATE_TESTS'] ?? '[]') as string[];

export default defineConfig({
  plugins: [
    {
      // Stryker puts a blank between a suite's name and a test's; vitest looks for ` > ` since its version 5, and would run
      // none of those tests (stryker-mutator/stryker-js#6210).
      name: 'names-of-tests',
      configureVitest({ project }) {
        let pattern: RegExp | undefined;
        Object.defineProperty(project.config, 'testNamePattern', {
          enumerable: true,
          get: () => pattern,
          set: (asked: RegExp | undefined) => {
            pattern = asked && new RegExp(`^\\s*(?:${asked.source.replaceAll(' ', '(?: > | )')})\\s*$`);
          },
        });
      },
    },
  ],
  test: {
    include: tests,
    setupFiles: ['scripts/mutate.setup.ts'],
    testTimeout: 60_000,
  },
});
