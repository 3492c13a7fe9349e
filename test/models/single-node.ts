import { plainFormat } from '../../models/activation-format.js';
import type {
  ActivationFormat,
  FixedPointRequantiser,
  MatrixNode,
  Network,
  NetworkNode,
} from '../../models/network.js';

/** A network of these nodes, whose first one reads the input. */
export function networkOf(...nodes: readonly [NetworkNode, ...NetworkNode[]]): Network {
  const [first] = nodes;
  const [channels, height = 1, width = 1] = first.inputShape as [number, number?, number?];
  return {
    title: 'test',
    inputShape: first.inputShape.length === 1 ? (first.inputShape as Network['inputShape']) : [channels, height, width],
    inputFormat: first.inputFormat,
    activationBits: first.inputFormat.bits,
    inputScale: 1,
    preprocess: { kind: 'raw' },
    nodes,
    synthetic: null,
  };
}

/** What the matrix nodes of tests of requantisation have in common. */
export const matrixDefaults = {
  name: 'node',
  input: 'input',
  weightBits: 8,
  weightZeroPoint: null,
  weightScale: null,
  windowPruning: null,
  last: true,
} satisfies Partial<MatrixNode>;

export const signed = (bits: number, zeroPoint: number): ActivationFormat => ({
  ...plainFormat(bits, true),
  zeroPoint,
});

/** Multipliers and shifts of TensorFlow Lite; biases 0 unless given. */
export function fixedPoint(
  rounding: FixedPointRequantiser['rounding'],
  multiplier: readonly number[],
  shift: readonly number[],
  [min, max]: readonly [number, number],
  bias: ArrayLike<number> = new Float64Array(multiplier.length),
): FixedPointRequantiser {
  return {
    ...{ kind: 'fixed-point', rounding, min, max },
    bias: Float64Array.from(bias),
    multiplier: Int32Array.from(multiplier),
    shift: Int32Array.from(shift),
  };
}
