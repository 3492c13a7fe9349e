import type { CalibrationSummary } from './calibration.js';
import type { TimeBreakdown, Work } from './result.js';

/**
 * The shape of `compare.json` (docs/reference.md): networks x systems, each with what it costs, what its mechanisms remove
 * and what its paper claims. Reports read this and nothing else.
 */

export const COMPARISON_SCHEMA_VERSION = 2;

/**
 * Ratios over the baseline; above 1 is in favour of the system.
 *
 * - `speedup`: time of an image, each system on the crossbars that its mapping takes;
 * - `speedupPerCrossbar`: time of an image x crossbars, that is throughput where the freed crossbars hold copies of the
 *   weights;
 * - `energySaving`, `crossbarSaving`, `conversionSaving` (ADC conversions);
 * - `storedBitsSaving`: bits of the cells used and of the indices beside them.
 */
export const COMPARED_FIGURES = [
  'speedup',
  'speedupPerCrossbar',
  'energySaving',
  'crossbarSaving',
  'storedBitsSaving',
  'conversionSaving',
] as const;

export type ComparedFigure = (typeof COMPARED_FIGURES)[number];

export type Ratios = Record<ComparedFigure, number>;

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
  /** The figure that it stands beside. */
  readonly figure: ComparedFigure;
  /** System that the ratio is over. */
  readonly over: string;
  readonly value: number;
  /** Upper end where the paper gives a range. */
  readonly to?: number;
  /** Paper, place, and what was measured there. */
  readonly source: string;
  readonly comparability: Comparability;
}

/** A claim beside what was simulated. */
export interface CheckedClaim extends Claim {
  /** Geometric mean over the networks of the ratio over `over`; null where that system was not run. */
  readonly measured: number | null;
  /** measured / value - 1; for a range the distance to its nearer end, 0 inside; null where nothing was measured. */
  readonly deviation: number | null;
}

export interface ComparedSystem {
  readonly name: string;
  readonly title: string;
  readonly publication: { readonly title: string; readonly venue: string; readonly year: number } | null;
  readonly claims: readonly CheckedClaim[];
  /** Geometric means over the networks. */
  readonly ratios: Ratios;
}

/**
 * A step of the waterfall from what the removed operations promise to what the run achieved: the speed-up over the
 * baseline if all steps after this one cost nothing.
 *
 * Steps of the ideal: `words` (bits of weights and activations, encoding, size of the OU and duration of its reads),
 * `weights` (cells that the mapping saves: bits, planes, blocks, columns), `indices` (rows left out by row indices),
 * `activations` (operations without an input other than 0), `planes` (operations without a set bit in their plane).
 * Then what is lost: `parallelism` (how many crossbars share the reads), `baseline` (the baseline's own losses, in favour of
 * the system), `adcWaiting`, `indexDecoding`, `detector`, `imbalance` (waiting for slower crossbars of the same layer),
 * `pixels` (for pixels of other layers), `output` (for room for the sums), `transfer` (of the next window), `finished` (after
 * the layer's last read, while others work).
 */
export interface WaterfallStep {
  readonly step: (typeof WATERFALL_STEPS)[number];
  /** Speed-up over the baseline after this step. */
  readonly speedup: number;
}

export const WATERFALL_STEPS = [
  'words',
  'weights',
  'indices',
  'activations',
  'planes',
  'parallelism',
  'baseline',
  'adcWaiting',
  'indexDecoding',
  'detector',
  'imbalance',
  'pixels',
  'output',
  'transfer',
  'finished',
] as const;

/** Steps up to this one are the ideal. */
export const LAST_IDEAL_STEP = 'planes';

/** What a dense machine does not need; their time is in `ComparedRun.time`. */
export const OVERHEADS = ['indexDecoder', 'indexMemory', 'detector'] as const;

export type Overhead = (typeof OVERHEADS)[number];

/** A network on a system. Cycles, energy and counts are of one image, the mean over the images that were run. */
export interface ComparedRun {
  readonly system: string;
  /** Hash of the resolved scenario. */
  readonly scenarioHash: string;
  readonly rootClock_GHz: number;
  readonly cycles: number;
  readonly latency_ns: number;
  readonly energy_pJ: number;
  readonly area_um2: number;
  readonly pes: number;
  readonly crossbars: number;
  /** Bits of the cells used, and of the indices, masks and tables beside them. */
  readonly cellBits: number;
  readonly indexBits: number;
  readonly ouOperations: number;
  readonly adcConversions: number;
  readonly saturatedCodes: number;
  /** Share of the time of the layers' ADCs spent converting. */
  readonly adcUtilisation: number;
  /** Waits for a conversion, in cycles of the system's clock. */
  readonly adcWait: { readonly count: number; readonly mean: number; readonly max: number };
  readonly work: Work;
  readonly time: TimeBreakdown;
  /** Energy and area of what the system needs beside the dense machine. */
  readonly overhead: Readonly<Record<Overhead, { readonly energy_pJ: number; readonly area_um2: number }>>;
  /** Top-1 on the test images, and what was decided; null where the network has no data set of calibration images. */
  readonly calibration: CalibrationSummary | null;
  readonly ratios: Ratios;
  readonly waterfall: readonly WaterfallStep[];
}

export interface ComparedNetwork {
  readonly name: string;
  readonly images: number;
  readonly runs: readonly ComparedRun[];
}

export interface Comparison {
  readonly schemaVersion: number;
  readonly baseline: string;
  /** True where indices and detectors were made free (`--free-overheads`). */
  readonly freeOverheads: boolean;
  /** Values set for all systems (`--set`). */
  readonly overrides: readonly string[];
  readonly systems: readonly ComparedSystem[];
  readonly networks: readonly ComparedNetwork[];
}
