import type { DecisionContext, NetworkDecision, NetworkLayer } from '../scheme.js';

/**
 * Clipping levels, as shares of the 8-bit network's range. BWQ clips activations with PACT (Choi et al., 2018: y = clip(x,
 * 0, beta)), whose beta is trained for each layer; one share of the range for the whole network is a reconstruction
 * without training. Fewer bits want a tighter range, so the share never grows again.
 */
const CLIPS: readonly number[] = [1, 0.75, 0.5];

/** Most measurements of accuracy, each of which takes seconds. */
const MEASUREMENTS = 12;

/** Smaller noise shares that are tried, a factor of sqrt(1/2) each, before giving up. */
const SMALLER_SHARES = 32;

/** What a scheme decides about the weights of a layer. */
export interface WeightPrecisions<D> {
  decide(layer: NetworkLayer, noise: number): D;
  /** `relativeNoise` of a decision. */
  noise(layer: NetworkLayer, decision: D): number;
  /** Bits that a decision stores: operation units read for every window and activation bit. */
  storedBits(layer: NetworkLayer, decision: D): number;
}

/**
 * Activation bits, one precision for the network, after the weights (BWQ, TCAD 2024, Section III): one bit at a time is
 * taken away as long as the accuracy allows.
 *
 * The paper trains again with fewer bits, which makes room for them. Here the weights are fixed and have taken the whole
 * budget, so where no clipping level keeps the accuracy, the weights give a part of their noise back, as long as the
 * network still takes fewer operations (activation bits x stored bits x windows) than before. This is a reconstruction.
 */
export function reduceActivationPrecision<D>(
  context: DecisionContext<D>,
  decision: NetworkDecision<D>,
  smallestBits: number,
  weights: WeightPrecisions<D>,
): NetworkDecision<D> {
  const search = new Search(context, decision, weights);
  // A signed input has a bit for its sign.
  const least = context.layers.some(({ inputSigned }) => inputSigned) ? Math.max(2, smallestBits) : smallestBits;
  while (search.best.activationBits > least && search.takeOneBit());
  return search.best;
}

class Search<D> {
  private layers: Readonly<Record<string, D>>;
  private noise: number;
  private clip = 0;
  private measured = 0;

  constructor(
    private readonly context: DecisionContext<D>,
    /** Every decision here reached the floor. */
    public best: NetworkDecision<D>,
    private readonly weights: WeightPrecisions<D>,
  ) {
    this.layers = best.layers;
    this.noise = Math.max(0, ...context.layers.map((layer) => weights.noise(layer, best.layers[layer.name]!)));
  }

  /** Finds a decision with an activation bit less and fewer operations; false where there is none. */
  takeOneBit(): boolean {
    const activationBits = this.best.activationBits - 1;
    const most = this.operations(this.best);
    do {
      for (let clip = this.clip; clip <= this.clip + 1 && clip < CLIPS.length; clip++) {
        const candidate = { activationBits, activationClip: CLIPS[clip]!, layers: this.layers };
        if (this.operations(candidate) >= most || this.measured === MEASUREMENTS) return false;
        this.measured++;
        if (this.context.accuracy(candidate) < this.context.floor) continue;
        this.best = candidate;
        this.clip = clip;
        return true;
      }
    } while (this.takeSmallerNoise());
    return false;
  }

  /** Decides about the weights anew, with the next smaller noise that changes anything; false where none does. */
  private takeSmallerNoise(): boolean {
    const before = this.storedBits(this.layers);
    for (let smaller = 0; smaller < SMALLER_SHARES; smaller++) {
      this.noise *= Math.SQRT1_2;
      const decided = this.context.layers.map((layer) => [layer.name, this.weights.decide(layer, this.noise)]);
      this.layers = Object.fromEntries(decided);
      if (this.storedBits(this.layers) !== before) return true;
    }
    return false;
  }

  private operations({ activationBits, layers }: NetworkDecision<D>): number {
    return activationBits * this.storedBits(layers);
  }

  /** Stored bits read in an image, for each activation bit. */
  private storedBits(decisions: Readonly<Record<string, D>>): number {
    let sum = 0;
    for (const layer of this.context.layers) {
      sum += layer.windows * this.weights.storedBits(layer, decisions[layer.name]!);
    }
    return sum;
  }
}
