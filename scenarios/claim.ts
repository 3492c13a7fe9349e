import type { ComparedFigure } from '../sim/results/comparison.js';

/**
 * How far a published figure can be compared with ours:
 * - `definition`: it follows from the definition of the system, whatever the network;
 * - `re-simulated`: another paper's simulation of the system under the OU rule, as ours, on other networks;
 * - `other networks`: the paper's own set-up with other networks, other training or another baseline;
 * - `upper bound`: the best of several networks ("up to").
 */
export type Comparability = 'definition' | 're-simulated' | 'other networks' | 'upper bound';

/** A ratio that a paper reports, in favour of the system. */
export interface Claim {
  /** The figure of `ousim compare` that it stands beside. */
  readonly figure: ComparedFigure;
  /** Preset that the ratio is over. */
  readonly over: string;
  readonly value: number;
  /** Upper end where the paper gives a range. */
  readonly to?: number;
  /** Paper, place, and what was measured there. */
  readonly source: string;
  readonly comparability: Comparability;
}
