import type { DecisionContext, NetworkDecision } from '../scheme.js';

/**
 * Clipping levels tried at each precision, as shares of the 8-bit network's range. BWQ clips activations with PACT
 * (Choi et al., 2018: y = clip(x, 0, beta)), whose beta is trained per layer; without training, one share of the range for
 * the whole network is a reconstruction. Fewer bits want a tighter range, so the share never grows again.
 */
const CLIPS: readonly number[] = [1, 0.75, 0.5];

/** Most measurements of accuracy, each of which takes seconds. */
const MEASUREMENTS = 12;

/**
 * Activation bits, one precision for the network (BWQ, TCAD 2024, Section III): one bit at a time is taken away while some
 * clipping level keeps the accuracy.
 */
export function reduceActivationPrecision<D>(
  context: DecisionContext<D>,
  decision: NetworkDecision<D>,
  smallestBits: number,
): NetworkDecision<D> {
  let best = decision;
  let clip = 0;
  let measured = 0;
  for (let activationBits = decision.activationBits - 1; activationBits >= smallestBits; activationBits--) {
    let found: NetworkDecision<D> | null = null;
    for (; found === null && clip < CLIPS.length && measured < MEASUREMENTS; clip++) {
      const candidate = { ...best, activationBits, activationClip: CLIPS[clip]! };
      measured++;
      if (context.accuracy(candidate) >= context.floor) found = candidate;
    }
    if (found === null) break;
    best = found;
    clip--;
  }
  return best;
}
