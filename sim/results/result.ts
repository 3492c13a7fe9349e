import type { CalibrationSummary } from './calibration.js';

/**
 * The shape of `result.json` (docs/reference.md). Reports read this and nothing else, so a result saved today can be
 * reported years from now. Every value is deterministic: run time, host and versions go to `run-info.json`.
 */

export const RESULT_SCHEMA_VERSION = 1;

/** Cycles by state; the states of a resource sum to the run's cycles (kernel law 5). */
export type LedgerCycles = Record<string, number>;

/** Waits of a pool's samples, from the ask to the beginning of the conversion, in cycles; nearest-rank percentiles. */
export interface WaitStatistics {
  count: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface ResourceResult {
  kind: string;
  ledger: LedgerCycles;
  /** Share of the run in which the resource did its work, 0 to 1. */
  utilisation: number;
  /** ADC pools only. */
  wait?: WaitStatistics;
  /** ADC pools only: mean number of samples that wait, sum of waits / cycles. */
  'queue.mean'?: number;
}

export interface Counts {
  /** OU operations performed (crossbar reads). */
  ouOperations: number;
  /** Operations that the same program would perform without a detector, less those performed. */
  skippedOperations: number;
  adcConversions: number;
  saturatedCodes: number;
  /** Codes accepted by shift-and-add units. */
  shiftAdds: number;
  /** Windows loaded into input registers, summed over PEs. */
  inputLoads: number;
  /** Wordlines driven with a non-zero digit, summed over OU operations. */
  wordlineDrives: number;
  /** Cells inside the OUs that were read, summed over OU operations. */
  cellReads: number;
}

/**
 * What each mechanism leaves of the OU operations, every step measured with the mechanisms before it at work. From
 * `uncompressed` on the sequence never rises.
 */
export interface Work {
  /** Operations of the dense mapping of the same matrices: same words, encoding, layout, crossbars and OUs. */
  dense: number;
  /** Operations of the mapping's column groups if each walked all rows of its row block, in every plane. */
  uncompressed: number;
  /** With the row lists as they are, in every plane. */
  rowCompressed: number;
  /** After the detector has skipped what zero inputs allow to skip, their bit-planes unseen. */
  valueSkipped: number;
  /** After the detector has done what it does: the operations performed. */
  performed: number;
}

/**
 * Where the time went: means over the crossbars that hold a part of the layer, in cycles, which sum to its cycles. Of
 * several layers: sums.
 */
export interface TimeBreakdown {
  reads: number;
  /** No sample-and-hold bank was free: `stall.adc`. */
  adcWaiting: number;
  /** The next operation was not decoded: `stall.index`. */
  indexDecoding: number;
  /** Part of `stall.input` in which the window was loaded and the bit-plane not scanned. */
  detector: number;
  /** Rest of `stall.input`: the window was not loaded, because other crossbars still worked on an earlier one. */
  windowSharing: number;
  /** After its last read, until the last read of the layer's slowest crossbar ended. */
  finishedEarlier: number;
  /** From the end of the layer's last read to its end: the last conversions, codes and scans. */
  drain: number;
}

export interface ActionEnergy {
  count: number;
  price_pJ: number;
  energy_pJ: number;
}

export interface Energy {
  total_pJ: number;
  /** By action, `component.action`. */
  actions: Record<string, ActionEnergy>;
}

export interface Area {
  total_um2: number;
  /** By component key, and `indexMemory`, an instance of which is an index bit; instances times area each. */
  components: Record<string, { instances: number; each_um2: number; area_um2: number }>;
}

export interface Footprint {
  pes: number;
  crossbars: number;
  cellsUsed: number;
  cells: number;
  indexBits: number;
}

/** Time of a class of resources by state, summed over its instances; with the shares of the class's whole time. */
export interface ClassLedger {
  instances: number;
  cycles: LedgerCycles;
}

/** One resource and the shares of its time by state, idle left out. Of a pool: the mean over its ADCs. */
export interface BusyResource {
  path: string;
  shares: Record<string, number>;
}

/** The resources of a layer that work most; the busiest of all sets its pace. */
export interface Busiest {
  crossbar: BusyResource;
  adcPool: BusyResource;
  /** `lanes` is the share of its lanes' cycles in which a code is accepted. */
  shiftAdd: BusyResource;
  /** Without a detector left out. */
  detector?: BusyResource;
}

export interface LayerResult {
  name: string;
  op: string;
  /** Windows per image. */
  windows: number;
  /** K and M of the layer's matrix. */
  rows: number;
  outputs: number;
  footprint: Footprint;
  /** Crossbars of the layer's PEs that hold no part of it; they count in `resources` and `area`, not below. */
  spareCrossbars: number;
  /** Cycles from the layer's start to its barrier, summed over images. */
  cycles: number;
  counts: Counts;
  work: Work;
  time: TimeBreakdown;
  /** The crossbars that hold a part of the layer, and the ADCs of their pools, while the layer ran. */
  crossbars: ClassLedger;
  adcs: ClassLedger;
  busiest: Busiest;
  /** Share of those ADCs' time spent converting. */
  adcUtilisation: number;
  wait: WaitStatistics;
  /** Mean number of samples that wait in one of those pools. */
  'queue.mean': number;
  energy: Energy;
}

export interface ImageResult {
  index: number;
  cycles: number;
  /** Index of the largest output. */
  prediction: number;
  /** Class label where the images carry one. */
  label?: number;
}

/** A parameter whose value no source gives. */
export interface Assumption {
  path: string;
  value: number | string;
  note: string;
}

/** A scenario with every default and preset value filled in. */
export interface ResolvedScenario {
  /** SHA-256 of the canonical JSON of the other keys. */
  hash: string;
  scope: 'pe' | 'chip';
  machine: Record<string, unknown>;
  mapping: Record<string, unknown>;
  /** Of networks only. */
  execution?: Record<string, unknown>;
  workload: Record<string, unknown>;
  assumptions: Assumption[];
}

export interface Result {
  schemaVersion: number;
  scenario: ResolvedScenario;
  cycles: number;
  seconds: number;
  windows: number;
  /** With --outputs: per window the M outputs (scope pe), per image the network's outputs (scope chip). */
  outputs?: number[][];
  counts: Counts;
  work: Work;
  time: TimeBreakdown;
  resources: Record<string, ResourceResult>;
  energy: Energy;
  area: Area;
  footprint: Footprint;
  /** Scope chip only. */
  layers?: LayerResult[];
  /** Scope chip only. */
  images?: ImageResult[];
  /** Scope chip with `quantisation: calibrated` only: on what the scheme decided, and the accuracy that it reached. */
  calibration?: CalibrationSummary;
  warnings: string[];
}
