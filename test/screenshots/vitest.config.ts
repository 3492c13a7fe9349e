import { defineConfig } from 'vitest/config';

/** The screenshots of the documentation, taken anew: `npm run docs:screenshots`. */
export default defineConfig({
  test: {
    include: ['test/screenshots/*.screenshots.ts'],
    testTimeout: 300_000,
    reporters: ['verbose'],
  },
});
