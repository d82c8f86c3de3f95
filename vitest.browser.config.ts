import { defineConfig } from 'vitest/config';

/** Tests that need a real browser: Debian's chromium, driven by playwright-core. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
    reporters: ['default', './test/closing-count.ts'],
  },
});
