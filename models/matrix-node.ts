import type { MatrixNode } from './network.js';

/** Groups of a convolution; 1 of a fully connected layer. */
export function groupsOf(node: MatrixNode): number {
  return node.op === 'conv' ? node.groups : 1;
}

/** K: inputs of a window, of all groups. */
export function rowsOf(node: MatrixNode): number {
  return node.op === 'conv' ? node.inputShape[0]! * node.kernelHeight * node.kernelWidth : node.inputShape[0]!;
}

/** Weights of an output: the inputs of a window of its group. */
export function rowsOfGroup(node: MatrixNode): number {
  return rowsOf(node) / groupsOf(node);
}

/** Sums of integers up to here, and the corrections of zero points, are exact in doubles. */
const LARGEST_SUM = 2 ** 51;

/**
 * Inputs and weights less their zero points are below 2^bits and 2^weightBits in magnitude, and so is what crossbars see.
 * With 16 bits both, K up to 2^19 is exact.
 *
 * @throws RangeError if a sum of the node could exceed 2^51
 */
export function requireExactSums(node: MatrixNode): void {
  const rows = rowsOfGroup(node);
  const largest = rows * 2 ** (node.inputFormat.bits + node.weightBits);
  if (largest <= LARGEST_SUM) return;
  throw new RangeError(
    `layer "${node.name}": ${rows} products of ${node.inputFormat.bits}-bit inputs and ${node.weightBits}-bit weights ` +
      'may exceed 2^51; allowed: sums that are exact in doubles',
  );
}
