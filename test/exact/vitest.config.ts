import { defineConfig } from 'vitest/config';

/** What takes too long to be part of `npm test`: whole networks item by item. */
export default defineConfig({
  test: {
    include: ['test/exact/*.exact.ts'],
    testTimeout: 3_600_000,
    maxWorkers: 2,
    reporters: ['verbose'],
  },
});
