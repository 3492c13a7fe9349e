import { beforeAll, describe, expect, test } from 'vitest';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { eraBsThresholdsStudy } from '../../../scenarios/studies/era-bs-thresholds.js';
import type { Result } from '../../../sim/results/result.js';

const THRESHOLDS = [0, 0.1, 0.4];

describe('activation thresholds on LeNet-5', () => {
  const results = new Map<string, Result>();
  const at = (pruning: string, threshold: number) => results.get(`${pruning} ${threshold}`)!;
  beforeAll(() => {
    const points = eraBsThresholdsStudy(THRESHOLDS).points({ model: 'lenet5-mnist', overrides: [], baseDir: '.' });
    for (const { scenario, coordinates } of points) {
      results.set(`${coordinates['pruning']} ${coordinates['threshold']}`, runScenario(scenario));
    }
  }, 60_000);

  // Only the first layer sees the same inputs at every threshold; the others see what the layers before them left.
  const firstOperations = (pruning: string, threshold: number) =>
    at(pruning, threshold).layers![0]!.counts.ouOperations;

  test.each(['groups', 'elements'])('%s: a higher threshold never costs an operation', (pruning) => {
    const operations = THRESHOLDS.map((threshold) => firstOperations(pruning, threshold));
    expect([...operations].sort((a, b) => b - a)).toEqual(operations);
    expect(operations.at(-1)!).toBeLessThan(operations[0]!);
  });

  test('single activations below a threshold are more than whole groups below it', () => {
    for (const threshold of THRESHOLDS) {
      expect(firstOperations('elements', threshold)).toBeLessThanOrEqual(firstOperations('groups', threshold));
    }
    expect(at('elements', 0).counts).toEqual(at('groups', 0).counts);
  });

  test('the mapping, and with it all operations that there are, does not depend on the threshold', () => {
    const { footprint, work } = at('groups', 0);
    for (const result of results.values()) {
      expect(result.footprint).toEqual(footprint);
      expect(result.work.rowCompressed).toBe(work.rowCompressed);
    }
  });
});
