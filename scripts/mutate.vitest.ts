import { defineConfig } from 'vitest/config';

/**
 * The unit tests, but for those of the texts of sources and of this repository's own tools; and of the hostile ones those that
 * need git and a disk alone.
 */
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
    include: ['test/unit/**/*.test.ts', 'test/hostile/git.test.ts'],
    exclude: [
      'test/unit/scripts/**',
      'test/unit/{rooms,contributions,listing,expressions,servers,versions}.test.ts',
    ],
    setupFiles: ['scripts/mutate.setup.ts'],
    testTimeout: 60_000,
  },
});
