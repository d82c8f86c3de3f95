import { defineConfig } from 'vitest/config';

/** A bot that is killed at every boundary, and cut off from everything: minutes each, alone on the machine. */
export default defineConfig({
  test: {
    include: ['test/crash/walks/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['default', './test/closing-count.ts'],
  },
});
