import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseOperationsPerWindow } from '../../../mapping/activity.js';
import type { LayerDecision } from '../../../mapping/block-precision/layer-decision.js';
import { relativeNoise } from '../../../mapping/calibrate.js';
import { readBackWeights } from '../../../mapping/read-back.js';
import { scheme } from '../../../mapping/schemes/bsq.js';
import { scheme as bwq } from '../../../mapping/schemes/bwq.js';
import { randomWindow } from '../arbitrary-matrix.js';
import { arbitraryBlockShape, commonShape, withUnevenWeights } from '../block-precision/block-shapes.js';
import { naiveBlocks, naivePrecision } from '../block-precision/naive-blocks.js';
import { defaultValues, expectExact, problemsOf, programOf, randomLayer } from '../block-precision/scheme-cases.js';

const seed = 20261121;
const values = defaultValues(scheme);

describe('the mapping', () => {
  it('computes the integer product, with the same operation units for every block, vanished or not, and no indices', () => {
    fc.assert(
      fc.property(
        arbitraryBlockShape(),
        fc.constantFrom('aligned', 'stacked'),
        ({ shape, seed: contents }, packing) => {
          const spec = withUnevenWeights(shape, contents);
          const program = programOf(scheme, spec, { packing });
          expect(Array.from(readBackWeights(program))).toEqual(Array.from(spec.weights));
          expectExact(program, spec.weights, randomWindow(spec.rows, spec.inputBits, contents));

          const precision = naivePrecision(Array.from(spec.weights), shape.encoding === 'twos-complement');
          const copies = shape.encoding === 'differential' ? 2 : 1;
          const blocks = naiveBlocks(spec.rows, spec.outputs, spec.ou).flat().length;
          expect(denseOperationsPerWindow(program, { first: 0, count: program.crossbars.length })).toBe(
            program.planes * copies * blocks * Math.ceil(precision / shape.crossbar.bitsPerCell),
          );
          expect(program.indexBits).toBe(0);
          expect(program.crossbars.every(({ groups }) => groups.every(({ indexBits }) => indexBits === 0))).toBe(true);
        },
      ),
      { seed, numRuns: 150 },
    );
  });

  it('is what bwq makes of a table with one precision', () => {
    const spec = withUnevenWeights({ ...commonShape, rows: 300, outputs: 50 }, 5);
    const uniform = { bits: null, precisions: [Array.from({ length: 34 }, () => '8888888')] };
    const ofBwq = bwq.compile(spec, uniform, defaultValues(bwq));
    const program = scheme.compile(spec, { bits: null, precision: 8 }, values);
    expect(program.crossbars.length).toBe(ofBwq.crossbars.length);
    program.crossbars.forEach(({ levels }, crossbar) => {
      expect(Buffer.compare(levels, ofBwq.crossbars[crossbar]!.levels)).toBe(0);
    });
    // 34 x 7 blocks in two copies, 4 bits for an entry of up to 8.
    expect(ofBwq.indexBits - program.indexBits).toBe(34 * 7 * 2 * 4);
  });
});

describe('a decision', () => {
  it('saturates what the precision does not hold', () => {
    const matrix = { rows: 1, outputs: 4, weights: Float64Array.of(1.5, -0.7, 0.2, 0), grid: null };
    const shape = { ...commonShape, rows: 1, outputs: 4 };
    // 4 bits: a step of 0.1, so 15, -7, 2, 0; 3 bits hold 7, 1 bit holds 1.
    const planned = (precision: number) =>
      Array.from(scheme.plan(matrix, shape, { bits: 4, precision }, values).weights);
    expect(planned(4)).toEqual([15, -7, 2, 0]);
    expect(planned(3)).toEqual([7, -7, 2, 0]);
    expect(planned(1)).toEqual([1, -1, 1, 0]);
    expect(planned(0)).toEqual([0, 0, 0, 0]);
  });

  it.each([
    [{ bits: 4, precision: 5 }, ['decision.precision']],
    [{ bits: 9, precision: -1 }, ['decision.bits', 'decision.precision']],
    [{ bits: 4, precisions: null }, ['decision.precisions', 'decision.precision']],
    ['8', ['decision']],
  ])('%j is refused', (decision, paths) => {
    const { matrix } = randomLayer(commonShape, 1);
    expect(problemsOf(() => scheme.plan(matrix, commonShape, decision, values)).map(({ path }) => path)).toEqual(paths);
  });
});

describe('calibration', () => {
  it('finds the smallest precision that any grid allows, and of these grids the least noise', () => {
    const cases = fc.record({
      contents: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      // Not the whole power: a layer without any bits loses exactly that, and rounding decides.
      halvings: fc.integer({ min: 1, max: 31 }),
      encoding: fc.constantFrom('differential' as const, 'twos-complement' as const),
    });
    fc.assert(
      fc.property(cases, ({ contents, halvings, encoding }) => {
        const noise = 2 ** (-halvings / 2);
        const layer = randomLayer({ ...commonShape, weightBits: 7, encoding }, contents);
        const largest = encoding === 'twos-complement' ? 1 : 0;
        const noiseOf = (decision: LayerDecision) =>
          relativeNoise(layer.matrix, scheme.plan(layer.matrix, layer.shape, decision, values), layer.inputPower);
        const all = [6, 5, 4, 3, 2, 1].flatMap((bits) =>
          Array.from({ length: bits + largest + 1 }, (_, precision) => ({ bits, precision })),
        );
        const allowed = all.filter((decision) => noiseOf(decision) <= noise);
        const decision = scheme.calibration!.decide(layer, noise, values) as LayerDecision;
        if (allowed.length === 0) {
          expect(decision).toEqual({ bits: 6, precision: 6 + largest });
          return;
        }
        const smallest = Math.min(...allowed.map(({ precision }) => precision));
        expect(decision.precision).toBe(smallest);
        const least = Math.min(
          ...allowed.filter(({ precision }) => precision === smallest).map((candidate) => noiseOf(candidate)),
        );
        expect(noiseOf(decision)).toBeLessThanOrEqual(least * (1 + 1e-9));
      }),
      { seed, numRuns: 40 },
    );
  });

  it('more noise never needs more bits', () => {
    const layer = randomLayer({ ...commonShape, rows: 60, outputs: 30 }, 11);
    const precisions = Array.from({ length: 32 }, (_, k) => {
      const decision = scheme.calibration!.decide(layer, 2 ** (-k / 2), values) as LayerDecision;
      return decision.precision!;
    });
    expect(precisions).toEqual(precisions.toSorted((a, b) => a - b));
    expect(precisions.at(-1)).toBeGreaterThan(precisions[0]!);
    // Without any noise, the finest grid and all its bits.
    expect(scheme.calibration!.decide(layer, 0, values)).toEqual({ bits: 8, precision: 8 });
  });

  it('with the full grid only narrows from the top', () => {
    const layer = randomLayer(commonShape, 2);
    const decision = scheme.calibration!.decide(layer, 0.01, defaultValues(scheme, { grids: 'fixed' }));
    expect((decision as LayerDecision).bits).toBe(8);
  });
});
