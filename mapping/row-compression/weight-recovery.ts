import type { MatrixShape } from '../matrix-spec.js';
import { outputGroups } from './column-groups.js';
import { type OutputOrders, orderOfBlock } from './output-orders.js';

/**
 * Pruned weights that get their values back at no cost (Shin et al., DAC 2022: weight recovery): those in OU rows that are
 * stored anyway because a neighbour in the group was not pruned. Only OU rows of zeros stay as they are.
 *
 * @param pruned shape [rows][outputs] row-major
 * @param original the same weights before pruning
 * @param orders the order of the outputs that decides who is a neighbour
 * @throws MappingError with every problem of the shape
 */
export function recoverWeights(
  pruned: Int32Array,
  original: Int32Array,
  shape: MatrixShape,
  orders: OutputOrders,
): Int32Array {
  const groups = outputGroups(shape);
  const recovered = new Int32Array(pruned.length);
  for (let k = 0; k < shape.rows; k++) {
    const order = orderOfBlock(orders, Math.floor(k / shape.crossbar.wordlines));
    const start = k * shape.outputs;
    for (const { first, count } of groups) {
      let any = 0;
      for (let place = first; place < first + count; place++) any |= pruned[start + (order?.[place] ?? place)]!;
      if (any === 0) continue;
      for (let place = first; place < first + count; place++) {
        const at = start + (order?.[place] ?? place);
        recovered[at] = original[at]!;
      }
    }
  }
  return recovered;
}
