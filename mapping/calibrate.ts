import type { FloatMatrix } from './float-matrix.js';
import type { AnyMappingScheme, DecisionContext, LayerPlan, NetworkDecision, NetworkLayer, Values } from './scheme.js';

/**
 * Decisions without retraining, by one rule for every scheme, so that a comparison compares mechanisms and not the effort
 * spent on each. The papers prune and quantise while they train; we start from trained weights and have no gradients.
 *
 * The rule: every layer may lose the same share of its output power. A scheme turns that share into its own decision
 * (sparsity, precisions, planes to squeeze), and the share is raised until the accuracy on the calibration images reaches
 * the budget's floor. A share for each layer might compress more, but every measurement takes seconds.
 */

/** Shares tried: 2^(-k / 2) for k = 0 .. NOISE_STEPS - 1, from all of the output power down to 2^-15.5 of it. */
const NOISE_STEPS = 32;

/**
 * Output noise of a plan relative to the output power of the exact matrix, for inputs of mean squares `inputPower`:
 * sum of E[x_k^2] (w - W)^2 over sum of E[x_k^2] W^2. Inputs are taken as uncorrelated, as the diagonal of the second
 * moment does in optimal brain damage (LeCun et al., 1990). 0 where the matrix carries no power.
 */
export function relativeNoise(matrix: FloatMatrix, plan: LayerPlan, inputPower: Float64Array): number {
  const { rows, outputs, weights, grid } = matrix;
  const unit = grid?.scale ?? 1;
  let noise = 0;
  let power = 0;
  for (let k = 0; k < rows; k++) {
    let rowNoise = 0;
    let rowPower = 0;
    for (let at = k * outputs; at < (k + 1) * outputs; at++) {
      const exact = weights[at]! * unit;
      const error = plan.weights[at]! * plan.scale - exact;
      rowNoise += error * error;
      rowPower += exact * exact;
    }
    noise += inputPower[k]! * rowNoise;
    power += inputPower[k]! * rowPower;
  }
  return power === 0 ? 0 : noise / power;
}

/**
 * Decides about a network: the largest noise share whose network still reaches the floor, by bisection over a fixed list of
 * shares (at most 5 measurements of accuracy), then the scheme's own refinement. A scheme with a refinement may spend half
 * of the budget before it, so that something is left to refine with. Where not even the smallest share reaches the floor,
 * the smallest is taken; the caller reports the accuracy.
 *
 * @param activationBits bits of the activations that the decision starts from
 */
export function decideNetwork(
  scheme: AnyMappingScheme,
  context: DecisionContext<unknown>,
  values: Values,
  activationBits: number,
): NetworkDecision<unknown> {
  const { calibration } = scheme;
  const network = (decide: (layer: NetworkLayer) => unknown) => ({
    activationBits,
    activationClip: 1,
    layers: Object.fromEntries(context.layers.map((layer) => [layer.name, decide(layer)])),
  });
  if (calibration === undefined) return network(() => scheme.given(values));

  const floor = calibration.refine === undefined ? context.floor : (context.reference + context.floor) / 2;
  const withNoise = (step: number) => network((layer) => calibration.decide(layer, 2 ** (-step / 2), values));
  let low = 0;
  let high = NOISE_STEPS - 1;
  while (low < high) {
    const step = (low + high) >> 1;
    if (context.accuracy(withNoise(step)) >= floor) high = step;
    else low = step + 1;
  }
  const decision = withNoise(high);
  return calibration.refine === undefined ? decision : calibration.refine(context, decision, values);
}
