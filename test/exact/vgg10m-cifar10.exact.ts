import { describe, expect, it } from 'vitest';
import { resultsOf, SYSTEMS, VARIATIONS } from '../systems/whole-network.js';

/** Kernel law 9: every system as published in all three granularities, and booked and fast on machines of `VARIATIONS`. */
describe.each(SYSTEMS)('vgg10m-cifar10 on %s', (system) => {
  it('as published: sampled, booked and fast, the same bytes', () => {
    const published = { name: 'as published', overrides: [] };
    const [sampled, booked, fast] = resultsOf(system, 'vgg10m-cifar10', published, ['sampled', 'booked', 'fast']);
    expect(booked).toBe(sampled);
    expect(fast).toBe(sampled);
  });

  const variations = VARIATIONS.filter(({ replicas }) => replicas === undefined);
  it.each(variations)('$name: booked and fast, the same bytes', (variation) => {
    const [booked, fast] = resultsOf(system, 'vgg10m-cifar10', variation, ['booked', 'fast']);
    expect(fast).toBe(booked);
  });
});
