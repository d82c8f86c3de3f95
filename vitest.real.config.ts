import { defineConfig } from 'vitest/config';

/** Tests against the real cluster of `npm run real:up`. They share it, so they run one after the other. */
export default defineConfig({
  test: {
    include: ['test/real/tests/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['default', './test/closing-count.ts'],
  },
});
