import { rowsOfGroup } from '../matrix-node.js';
import { INPUT_NAME, type MatrixNode } from '../network.js';
import { type Distribution, inputDistribution } from './distributions.js';
import { TABLE_ENTRIES } from './drawn-numbers.js';
import { RESIDUAL_SHARE } from './shape-builder.js';

/** Root mean square that activations are kept at, of 255: amid the measured 22 to 71. */
const ACTIVATION_RMS = 40;
/** Mean over root mean square of a normal variable after a ReLU: (1 / sqrt(2 pi)) / sqrt(1 / 2). */
const RECTIFIED_MEAN = 1 / Math.sqrt(Math.PI);

/**
 * Sets the requantiser of a node with drawn weights so that, where activations are worked out from layer to layer instead
 * of drawn, they neither vanish nor saturate: sums are centred, and outputs have the spread of the inputs (K. He et al.,
 * "Delving deep into rectifiers", ICCV 2015: a ReLU halves the mean square). What real networks do to a layer's values is
 * not modelled by it.
 *
 * @param weights the distribution that the node's weights are drawn from
 */
export function keepSpread(node: MatrixNode, weights: Distribution): void {
  const { requantiser, outputFormat, inputFormat, input } = node;
  if (requantiser.kind !== 'real')
    throw new RangeError(`layer "${node.name}": ${requantiser.kind} requantiser; needed: real`);
  const inputs =
    input === INPUT_NAME
      ? moments(inputDistribution('image'))
      : { mean: inputFormat.signed ? 0 : ACTIVATION_RMS * RECTIFIED_MEAN, rms: ACTIVATION_RMS };
  const { mean, rms } = moments(weights);
  const rows = rowsOfGroup(node);
  const rectified = outputFormat.signed ? 1 : Math.SQRT2;
  const share = requantiser.residual === null ? 1 : RESIDUAL_SHARE;
  const multiplier = (share * rectified * ACTIVATION_RMS) / (Math.sqrt(rows) * rms * inputs.rms);
  requantiser.multiplier.fill(multiplier);
  requantiser.bias.fill(0 - multiplier * rows * mean * inputs.mean);
}

function moments({ from, counts }: Distribution): { readonly mean: number; readonly rms: number } {
  let [sum, squares] = [0, 0];
  for (const [i, count] of counts.entries()) {
    sum += count * (from + i);
    squares += count * (from + i) ** 2;
  }
  return { mean: sum / TABLE_ENTRIES, rms: Math.sqrt(squares / TABLE_ENTRIES) };
}
