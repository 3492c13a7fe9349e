import type { CalibrationSummary } from './calibration.js';
import type { ChipResult, IdealRun, StageWait } from './chip-result.js';

/**
 * The shape of `result.json` (docs/reference.md). Reports read this and nothing else, so a result saved today can be
 * reported years from now. Every value is deterministic: run time, host and versions go to `run-info.json`.
 */

export const RESULT_SCHEMA_VERSION = 2;

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

/** Waits as results hold them. */
export interface SavedWaits extends WaitStatistics {
  /**
   * Number of waits by their length: of 0 cycles, of 1, of 2 and 3, of 4 to 7, and so on up to the longest; the b-th after the
   * first counts waits of 2^(b-1) to 2^b - 1 cycles. Empty without waits; results of older versions lack it.
   */
  histogram?: number[];
}

export interface ResourceResult {
  kind: string;
  ledger: LedgerCycles;
  /** Share of the run in which the resource did its work, 0 to 1. */
  utilisation: number;
  /** ADC pools only. */
  wait?: SavedWaits;
  /** ADC pools only: mean number of samples that wait, sum of waits / cycles. */
  'queue.mean'?: number;
  /** Banks, buses, units, links and the port of a chip: requests, and their waits to the beginning of service, in cycles. */
  service?: ServiceStatistics;
  /** Parts of a chip only: name of the stage. */
  layer?: string;
}

/** Requests to a server that serves one at a time; waits in cycles. */
export interface ServiceStatistics {
  requests: number;
  waitMean: number;
  waitMax: number;
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
 * Where the time went: means over crossbars, in cycles. Of a single PE over all that hold a part of the matrix; of a layer
 * on a chip over those of the layer, of a network over those of all layers. The parts sum to the cycles of the run.
 */
export interface TimeBreakdown {
  reads: number;
  /** No sample-and-hold bank was free: `stall.adc`. */
  adcWaiting: number;
  /** The next operation was not decoded: `stall.index`. */
  indexDecoding: number;
  /** Part of `stall.input` in which the window was loaded and the bit-plane not scanned. */
  detector: number;
  /** On a chip: part of `stall.input` in which pixels of the next window were not there. */
  pixels: number;
  /** On a chip: part of `stall.input` in which the output registers had no room for the sums of the next window. */
  output: number;
  /** On a chip: part of `stall.input` in which the next window was on its way from the eDRAM. */
  transfer: number;
  /** Rest of `stall.input`: the window was not loaded, because other crossbars still worked on an earlier one. */
  windowSharing: number;
  /** After its last read, until the last read of the layer's slowest crossbar ended. */
  finishedEarlier: number;
  /** Of a single PE: from the last read of all to the end of the run: the last conversions, codes and scans. */
  drain: number;
  /** On a chip: from the last read of the layer to the end of the run, while other stages work. */
  finished: number;
  /** On a chip with several passes: the other passes, and programming. */
  otherPasses: number;
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
  /** Cycles from the first fetch of the layer to its last sending. */
  cycles: number;
  /** Begin of the first fetch and end of the last sending, in the run. */
  start_cycle: number;
  end_cycle: number;
  /** Copies of the layer's hardware. */
  replicas: number;
  /** Tiles that hold a part of it, ascending. */
  tiles: number[];
  /** Mean distance between windows of the layer, all replicas together; null where there is one window. */
  initiationInterval_cycles: number | null;
  /** Mean over the windows, from the beginning of the fetch to the end of the sending. */
  latencyMean_cycles: number;
  /** One window per initiation interval; without one, one in the layer's cycles. */
  throughput_windowsPerSecond: number;
  /** Multiply-accumulates for an image. */
  macs: number;
  /** Two operations per multiply-accumulate, over the layer's cycles. */
  achieved_TOPS: number;
  /** What its parts waited for: its rows of `chip.waits`. */
  waits: StageWait[];
  /** Its buffers, by input. */
  buffers: LayerBuffer[];
  /** Largest fetch of a part, and with a static schedule the stages that bank and bus would take for it. */
  fetch: { bytes: number; stages: number | null };
  counts: Counts;
  work: Work;
  time: TimeBreakdown;
  /** The crossbars that hold a part of the layer, and the ADCs of their pools, through the whole run. */
  crossbars: ClassLedger;
  adcs: ClassLedger;
  busiest: Busiest;
  /** Share of those ADCs' time in the run spent converting. */
  adcUtilisation: number;
  wait: SavedWaits;
  /** Mean number of samples that wait in one of those pools. */
  'queue.mean': number;
  /** Of what its PEs did; what is around the PEs is in the energy of the run. */
  energy: Energy;
}

/** Room for the pixels of one input of a layer in eDRAM, of the part that held most of them. */
export interface LayerBuffer {
  /** Stage that makes the pixels. */
  of: string;
  /** `start` or `finish` (a residual). */
  role: string;
  bytesPerPixel: number;
  /** Null where whole maps are kept. */
  capacity_pixels: number | null;
  /** Fewest with which no run can come to a standstill. */
  least_pixels: number;
  peak_pixels: number;
}

export interface ImageResult {
  index: number;
  /** Latency: from its first pixel at the source to its last output at the port. */
  cycles: number;
  start_cycle: number;
  end_cycle: number;
  /** Index of the largest output; left out where the weights are synthetic. */
  prediction?: number;
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
  /** Scope chip only: what the chip did as a whole. */
  chip?: ChipResult;
  /** With --ideal only: what removing one bottleneck would give, each an exact re-run. */
  ideal?: IdealRun[];
  /** Scope chip with `quantisation: calibrated` only: on what the scheme decided, and the accuracy that it reached. */
  calibration?: CalibrationSummary;
  warnings: string[];
}
