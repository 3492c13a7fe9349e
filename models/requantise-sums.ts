import { activationDtype, formatMax, formatMin, newActivations } from './activation-format.js';
import { multiplyByQuantisedMultiplier, multiplyBySixteenBits } from './fixed-point.js';
import type { FixedPointRequantiser, Float32Requantiser, MatrixNode, RealRequantiser } from './network.js';
import { roundHalfEven } from './round-half-even.js';
import type { Tensor, TensorData } from './tensor.js';
import { requireLimits } from './vector-nodes.js';

/** Values of the residual's node and its zero point. */
export interface ResidualInput {
  readonly data: TensorData;
  readonly zeroPoint: number;
}

/**
 * A matrix node's output from its accumulators.
 *
 * @param accumulators shape [windows][outputs] row-major
 * @param residual null where the node has none
 * @returns shape `node.outputShape`, channel slowest: activations in the output's format, or F64 of a `last` node with a
 *   `real` requantiser (logits) and of `none` (sums)
 * @throws RangeError if an accumulator leaves the 32 bits that `double` and `float32` are defined for, or the limits of the
 *   outputs lie outside of their format
 */
export function requantiseSums(node: MatrixNode, accumulators: Float64Array, residual: ResidualInput | null): Tensor {
  const { requantiser, outputShape, outputFormat } = node;
  if (requantiser.kind === 'none') {
    return { dtype: 'F64', shape: outputShape, data: channelSlowest(node, accumulators) };
  }
  if (requantiser.kind === 'real') {
    const values = scaled(node, requantiser, accumulators, residual);
    if (node.last) return { dtype: 'F64', shape: outputShape, data: values };
    return { dtype: activationDtype(outputFormat), shape: outputShape, data: rounded(node, values) };
  }
  const data = newActivations(outputFormat, accumulators.length);
  requireLimits({ ...requantiser, name: node.name, outputFormat });
  if (requantiser.kind === 'float32') multiplyFloat32(node, requantiser, accumulators, data);
  else multiplyFixedPoint(node, requantiser, accumulators, data);
  return { dtype: activationDtype(outputFormat), shape: outputShape, data };
}

function channelSlowest(node: MatrixNode, accumulators: Float64Array): Float64Array {
  const outputs = node.outputShape[0]!;
  const windows = accumulators.length / outputs;
  return accumulators.map((_, i) => accumulators[(i % windows) * outputs + Math.floor(i / windows)]!);
}

/** t = acc * M + B, then t + r * R: [windows][outputs] in, channel slowest out. Doubles, in this order, unfused. */
function scaled(
  node: MatrixNode,
  requantiser: RealRequantiser,
  accumulators: Float64Array,
  residual: ResidualInput | null,
): Float64Array {
  const outputs = node.outputShape[0]!;
  const windows = accumulators.length / outputs;
  const values = new Float64Array(accumulators.length);
  const residualMultiplier = requantiser.residual?.multiplier ?? 0;
  for (let m = 0; m < outputs; m++) {
    const multiplier = requantiser.multiplier[m]!;
    const bias = requantiser.bias[m]!;
    for (let window = 0; window < windows; window++) {
      const at = m * windows + window;
      let t = accumulators[window * outputs + m]! * multiplier + bias;
      if (residual !== null) t += (residual.data[at]! - residual.zeroPoint) * residualMultiplier;
      values[at] = t;
    }
  }
  return values;
}

/** Rounds half up and limits to the range of the format, which is the ReLU too where that begins at the zero point. */
function rounded({ outputFormat }: MatrixNode, values: Float64Array): TensorData {
  const { zeroPoint } = outputFormat;
  const [least, largest] = [formatMin(outputFormat), formatMax(outputFormat)];
  const data = newActivations(outputFormat, values.length);
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(largest, Math.max(least, Math.floor(values[i]! + 0.5) + zeroPoint));
  }
  return data;
}

function multiplyFixedPoint(
  node: MatrixNode,
  requantiser: FixedPointRequantiser,
  accumulators: Float64Array,
  data: TensorData,
): void {
  const outputs = node.outputShape[0]!;
  const windows = accumulators.length / outputs;
  const { zeroPoint } = node.outputFormat;
  const { min, max } = requantiser;
  const isDouble = requantiser.rounding === 'double';
  const multiply = isDouble ? multiplyByQuantisedMultiplier : multiplyBySixteenBits;
  for (let m = 0; m < outputs; m++) {
    const bias = requantiser.bias[m]!;
    const multiplier = requantiser.multiplier[m]!;
    const shift = requantiser.shift[m]!;
    for (let window = 0; window < windows; window++) {
      const sum = accumulators[window * outputs + m]! + bias;
      if (isDouble) require32Bits(node, sum);
      data[m * windows + window] = Math.min(max, Math.max(min, multiply(sum, multiplier, shift) + zeroPoint));
    }
  }
}

function multiplyFloat32(
  node: MatrixNode,
  requantiser: Float32Requantiser,
  accumulators: Float64Array,
  data: TensorData,
): void {
  const outputs = node.outputShape[0]!;
  const windows = accumulators.length / outputs;
  const { zeroPoint } = node.outputFormat;
  const { min, max } = requantiser;
  for (let m = 0; m < outputs; m++) {
    const bias = requantiser.bias[m]!;
    const scale = requantiser.scale[m]!;
    for (let window = 0; window < windows; window++) {
      const sum = accumulators[window * outputs + m]! + bias;
      require32Bits(node, sum);
      const value = roundHalfEven(Math.fround(Math.fround(sum) * scale)) + zeroPoint;
      data[m * windows + window] = Math.min(max, Math.max(min, value));
    }
  }
}

function require32Bits({ name, requantiser }: MatrixNode, sum: number): void {
  if (sum >= -(2 ** 31) && sum < 2 ** 31) return;
  throw new RangeError(
    `layer "${name}": accumulator with bias ${sum}; allowed: 32-bit integers, for which ${requantiser.kind} is defined`,
  );
}
