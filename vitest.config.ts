import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      // A busy machine takes longer; how long things take is for the bench.
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'page', include: ['test/page/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          globalSetup: 'test/support/cluster/clusterSetup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // What somebody who means harm would try, against real parts: "a … cannot …".
        test: {
          name: 'hostile',
          include: ['test/hostile/**/*.test.ts'],
          globalSetup: 'test/support/cluster/clusterSetup.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'ui',
          include: ['test/ui/**/*.test.ts'],
          globalSetup: 'test/support/ui/uiSetup.ts',
          fileParallelism: false,
          retry: 1, // A gesture that a busy machine loses is made again, as a person would.
          testTimeout: 180_000,
          hookTimeout: 1_200_000, // The control plane may have to be built first.
        },
      },
    ],
  },
});
