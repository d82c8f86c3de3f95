import { defineConfig } from 'vitest/config';

/** Tests that need a browser: `CHROMIUM` names it, Debian's place is the default. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 90_000,
    maxWorkers: 1,
  },
});
