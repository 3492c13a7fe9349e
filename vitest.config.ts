import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    // By default a core is left free; CI's machine has two.
    maxWorkers: 2,
    reporters: ['default', './test/count-reporter.ts'],
  },
});
