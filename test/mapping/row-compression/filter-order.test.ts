import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MatrixShape } from '../../../mapping/matrix-spec.js';
import { outputGroups } from '../../../mapping/row-compression/column-groups.js';
import { type FilterOrder, filterOrders } from '../../../mapping/row-compression/filter-order.js';
import { type OutputOrders, orderOfBlock } from '../../../mapping/row-compression/output-orders.js';
import { recoverWeights } from '../../../mapping/row-compression/weight-recovery.js';
import { randomInteger, seededRandom } from '../random.js';

const seed = 20261121;

/** Bit planes of all outputs side by side: f = `weightsPerOuRow` weights share an OU row. */
function planarShape(rows: number, outputs: number, weightsPerOuRow: number, wordlines = 128): MatrixShape {
  return {
    rows,
    outputs,
    weightBits: 8,
    inputBits: 8,
    bitsPerPlane: 1,
    encoding: 'twos-complement',
    layout: 'planar',
    crossbar: { wordlines, bitlines: 128, bitsPerCell: 1 },
    ou: { wordlines: Math.min(9, wordlines), bitlines: weightsPerOuRow },
  };
}

/** OU rows with a non-zero weight, counted weight by weight. */
function keptOuRows(weights: Int32Array, shape: MatrixShape, orders: OutputOrders): number {
  let kept = 0;
  for (let k = 0; k < shape.rows; k++) {
    const order = orderOfBlock(orders, Math.floor(k / shape.crossbar.wordlines));
    for (const { first, count } of outputGroups(shape)) {
      let zero = true;
      for (let place = first; place < first + count; place++) {
        if (weights[k * shape.outputs + (order?.[place] ?? place)] !== 0) zero = false;
      }
      if (!zero) kept++;
    }
  }
  return kept;
}

function randomMask(rows: number, outputs: number, sparsity: number, random: () => number): Int32Array {
  return Int32Array.from({ length: rows * outputs }, () => (random() < sparsity ? 0 : 1));
}

describe('the order of the filters', () => {
  it('by hand: filters that are zero in the same rows share OU rows', () => {
    const shape = planarShape(4, 4, 2);
    // biome-ignore format: rows of the matrix
    const weights = Int32Array.of(
      5, 0, 1, 0,
      1, 0, 9, 0,
      0, 3, 0, 2,
      0, 4, 0, 1,
    );
    expect(filterOrders(weights, shape, 'none')).toBeNull();
    expect(keptOuRows(weights, shape, null)).toBe(8);
    const orders = filterOrders(weights, shape, 'slab')!;
    expect(orders.map((order) => Array.from(order))).toEqual([[0, 2, 1, 3]]);
    expect(keptOuRows(weights, shape, orders)).toBe(4);
  });

  it('by hand: a row block may have an order of its own', () => {
    const shape = planarShape(4, 4, 2, 2);
    // biome-ignore format: rows of the matrix
    const weights = Int32Array.of(
      1, 0, 1, 0,
      1, 0, 1, 0,
      1, 1, 0, 0,
      1, 1, 0, 0,
    );
    expect(keptOuRows(weights, shape, filterOrders(weights, shape, 'slab'))).toBe(4);
    // One order cannot serve both blocks: 2 + 4.
    expect(keptOuRows(weights, shape, filterOrders(weights, shape, 'global'))).toBe(6);
  });

  it('names every filter once, and never keeps more OU rows than the greedy groups of equal filters need', () => {
    fc.assert(
      fc.property(
        fc.record({
          contents: fc.nat(),
          groups: fc.integer({ min: 1, max: 6 }),
          width: fc.integer({ min: 1, max: 5 }),
          rows: fc.integer({ min: 1, max: 70 }),
        }),
        ({ contents, groups, width, rows }) => {
          // Each pattern is used by as many filters as share an OU row, so the best order keeps its rows once.
          const random = seededRandom(contents);
          const patterns = Array.from({ length: groups }, () => randomMask(rows, 1, random(), random));
          const owners = Array.from({ length: groups * width }, (_, filter) => Math.floor(filter / width));
          for (let i = owners.length - 1; i > 0; i--) {
            const j = randomInteger(random, 0, i);
            [owners[i], owners[j]] = [owners[j]!, owners[i]!];
          }
          const outputs = owners.length;
          const weights = Int32Array.from(
            { length: rows * outputs },
            (_, i) => patterns[owners[i % outputs]!]![Math.floor(i / outputs)]!,
          );
          const shape = planarShape(rows, outputs, width);
          const orders = filterOrders(weights, shape, 'slab')!;
          for (const order of orders) {
            expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: outputs }, (_, filter) => filter));
          }
          const best = patterns.reduce((sum, pattern) => sum + pattern.reduce((a, b) => a + b, 0), 0);
          expect(keptOuRows(weights, shape, orders)).toBe(best);
        },
      ),
      { seed, numRuns: 200 },
    );
  });

  // Dense over kept OU rows of 1152 x 256 with independent random masks, slabs of 128 rows. Without reordering the ratio is
  // 1 / (1 - s^f). The other columns come from an independent implementation, one seed. Its ratios and ours spread by less
  // than 2 % with the seed, since they count tens of thousands of OU rows. Two heuristics need not find the same order: ours
  // must not be worse, and independent masks leave little to be found beyond: no more than a tenth.
  it.each([
    [0.7, 2, 1.97, 2.02, 2.13],
    [0.8, 2, 2.79, 2.86, 3.02],
    [0.8, 4, 1.7, 1.78, 1.97],
    [0.9, 4, 2.89, 3.05, 3.44],
    [0.9, 8, 1.74, 1.87, 2.19],
    [0.95, 8, 2.97, 3.21, 3.86],
  ])(
    'sparsity %d, %i weights an OU row: compression %d without, %d with a global, %d with an order per slab',
    (sparsity, width, none, global, slab) => {
      const shape = planarShape(1152, 256, width);
      const weights = randomMask(1152, 256, sparsity, seededRandom(seed));
      const ratio = (order: FilterOrder) =>
        (1152 * 256) / width / keptOuRows(weights, shape, filterOrders(weights, shape, order));
      expect(Math.abs(ratio('none') * (1 - sparsity ** width) - 1)).toBeLessThan(0.02);
      expect(Math.abs(ratio('none') / none - 1)).toBeLessThan(0.02);
      for (const [order, published] of [
        ['global', global],
        ['slab', slab],
      ] as const) {
        const found = ratio(order) / published;
        expect(found).toBeGreaterThan(0.98);
        expect(found).toBeLessThan(1.1);
      }
    },
  );

  it('does not lose on skewed masks, where the densest filters seed the groups', () => {
    const random = seededRandom(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const skew = (length: number) => Float64Array.from({ length }, () => Math.exp(0.5 * normal()));
    const ofRow = skew(1152);
    const ofFilter = skew(256);
    const weights = Int32Array.from({ length: 1152 * 256 }, (_, i) =>
      random() < 0.1 * ofRow[Math.floor(i / 256)]! * ofFilter[i % 256]! ? 1 : 0,
    );
    const shape = planarShape(1152, 256, 8);
    const [none, global, slab] = (['none', 'global', 'slab'] as const).map((order) =>
      keptOuRows(weights, shape, filterOrders(weights, shape, order)),
    );
    expect(global).toBeLessThan(none!);
    expect(slab).toBeLessThan(global!);
  });
});

describe('recovered weights', () => {
  it('by hand: a pruned weight comes back where its OU row is kept', () => {
    const shape = planarShape(2, 4, 2);
    const original = Int32Array.of(9, 1, 2, 1, 1, 1, 8, 2);
    const pruned = Int32Array.of(9, 0, 0, 0, 0, 0, 8, 0);
    expect(Array.from(recoverWeights(pruned, original, shape, null))).toEqual([9, 1, 0, 0, 0, 0, 8, 2]);
    // With the filters in the order 0 2 1 3.
    expect(Array.from(recoverWeights(pruned, original, shape, [Int32Array.of(0, 2, 1, 3)]))).toEqual([
      9, 0, 2, 0, 1, 0, 8, 0,
    ]);
  });

  it('take no further OU row, and leave no zero beside a weight', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<FilterOrder>('slab', 'global', 'none'),
        (contents, width, order) => {
          const random = seededRandom(contents);
          const shape = planarShape(40, 17, width, 16);
          const mask = randomMask(40, 17, random(), random);
          const original = mask.map(() => randomInteger(random, 1, 100));
          const pruned = original.map((weight, i) => weight * mask[i]!);
          const orders = filterOrders(pruned, shape, order);
          const recovered = recoverWeights(pruned, original, shape, orders);
          expect(keptOuRows(recovered, shape, orders)).toBe(keptOuRows(pruned, shape, orders));
          recovered.forEach((weight, i) => {
            if (weight !== 0 || mask[i] === 1) expect(weight).toBe(original[i]);
          });
          const groups = outputGroups(shape);
          const weightsKept = recovered.filter((weight) => weight !== 0).length;
          let weightsInKeptRows = 0;
          for (let k = 0; k < 40; k++) {
            const placed = orderOfBlock(orders, Math.floor(k / 16));
            for (const { first, count } of groups) {
              const at = Array.from({ length: count }, (_, i) => k * 17 + (placed?.[first + i] ?? first + i));
              if (at.some((i) => pruned[i] !== 0)) weightsInKeptRows += count;
            }
          }
          expect(weightsKept).toBe(weightsInKeptRows);
        },
      ),
      { seed, numRuns: 150 },
    );
  });
});
