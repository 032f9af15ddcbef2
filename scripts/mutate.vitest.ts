import { defineConfig } from 'vitest/config';

/** The unit tests, but for those of the texts of sources and of this repository's own tools. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    exclude: [
      'test/unit/scripts/**',
      'test/unit/{rooms,contributions,listing,expressions,servers,versions}.test.ts',
    ],
    testTimeout: 60_000,
  },
});
