import { describe, expect, it } from 'vitest';
import { resultsOf, SYSTEMS, VARIATIONS } from '../systems/whole-network.js';

/** Kernel law 9: every system on every machine of `VARIATIONS`, all three granularities. */
describe.each(SYSTEMS)('lenet5-mnist on %s', (system) => {
  it.each(VARIATIONS)('$name: sampled, booked and fast, the same bytes', (variation) => {
    const [sampled, booked, fast] = resultsOf(system, 'lenet5-mnist', variation, ['sampled', 'booked', 'fast']);
    expect(booked).toBe(sampled);
    expect(fast).toBe(sampled);
  });
});
