import { beforeAll, describe, expect, test } from 'vitest';
import { runStudy } from '../../../scenarios/run-study.js';
import { smeSqueezeStudy } from '../../../scenarios/studies/sme-squeeze.js';
import { numberAt } from '../../../scenarios/study.js';
import type { StudyResult, StudyValues } from '../../../sim/results/study.js';

describe('on LeNet-5', () => {
  let result: StudyResult;
  const row = (mode: string, x: number): StudyValues =>
    result.rows.find(({ values }) => values['mode'] === mode && values['x'] === x)!.values;
  beforeAll(() => {
    const study = smeSqueezeStudy([0, 1, 3]);
    const task = { model: 'lenet5-mnist', overrides: [], baseDir: '.' };
    result = runStudy(study, task, study.points(task));
  }, 60_000);

  test('without a squeeze the modes are the same, and no move has to be indexed', () => {
    const { mode: _, ...exact } = row('exact', 0);
    const { mode: __, ...lossy } = row('lossy', 0);
    expect(exact).toEqual(lossy);
    // A bit for each tile and plane says whether it has a crossbar; all have one.
    expect(exact['indexBits']).toBe(FULL_CROSSBARS);
  });

  test('mode exact keeps every output, so its accuracy', () => {
    for (const x of [1, 3]) expect(row('exact', x)['accuracy']).toBe(row('exact', 0)['accuracy']);
  });

  test('mode lossy takes a plane of every tile away with each x, at the price of input cycles', () => {
    const crossbars = [0, 1, 3].map((x) => numberAt(row('lossy', x), 'crossbars'));
    expect(crossbars[1]!).toBeLessThan(crossbars[0]!);
    expect(crossbars[2]!).toBeLessThan(crossbars[1]!);
    for (const x of [1, 3]) {
      // Of the 8 planes of a tile at most 8 - x remain; tiles may have had fewer.
      expect(numberAt(row('lossy', x), 'crossbars')).toBeLessThanOrEqual(((8 - x) / 8) * FULL_CROSSBARS);
      expect(numberAt(row('lossy', x), 'indexBits')).toBeGreaterThan(0);
      expect(numberAt(row('lossy', x), 'crossbars')).toBeLessThanOrEqual(numberAt(row('exact', x), 'crossbars'));
    }
  });
});

/**
 * Crossbars of LeNet-5 if no plane of a tile is empty: row blocks 1, 2, 4, 1, 1 (25, 150, 400, 120 and 84 rows of 128),
 * two signs, 8 planes, one column block each (at most 120 outputs).
 */
const FULL_CROSSBARS = (1 + 2 + 4 + 1 + 1) * 2 * 8;
