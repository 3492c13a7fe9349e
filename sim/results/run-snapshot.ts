import type { StageWait } from './chip-result.js';
import type { LedgerCycles, TimeBreakdown } from './result.js';

/**
 * Where a run stands while it goes on: plain data, so that it can go to another thread. Cycles of the root clock.
 *
 * Parts of a run are simulated ahead of the kernel's clock. What is booked ahead counts, and the time it is a share of then
 * ends where the booking ends: `time` is the sum over the instances of the later of the two. So no share exceeds 1.
 */
export interface RunSnapshot extends MachineSnapshot {
  /** The resource that is ideal in this run; null of the scenario's own machine. */
  readonly ideal: string | null;
  /** Number of the pass, from 1 on, of all; 1 of 1 but where a network is larger than the chips. */
  readonly pass: number;
  readonly passes: number;
  /** The run's clock when the pass began: passes before, and the programming between them. */
  readonly passStart_cycle: number;
}

/** The same of one pass. */
export interface MachineSnapshot {
  /** The kernel's clock: 0 when the pass began. */
  readonly cycles: number;
  /** Images whose last output has left, of all; 0 of 0 in a run of one PE. */
  readonly images: number;
  readonly allImages: number;
  /** Windows that the matrix layers of the pass, or the PE, have done, of all. */
  readonly windows: number;
  readonly allWindows: number;
  /** The stages of the pass, the source first; of a run of one PE that alone. */
  readonly stages: readonly StageSnapshot[];
}

export interface StageSnapshot {
  readonly name: string;
  /** `source`, `matrix`, `vector` or `pe`. */
  readonly kind: string;
  readonly state: 'ahead' | 'working' | 'done';
  /** Done, of all, over all images and replicas: sent by all their homes; of a PE released by its input register. */
  readonly windows: number;
  readonly allWindows: number;
  /**
   * What the fetch units did, without `idle`: `fetch`, `stall.pixels`, `stall.output`, `stall.pe`, `stall.server`. A wait that
   * goes on is counted for what is missing, for pixels first where more is. Null of stages that fetch nothing.
   */
  readonly fetch: { readonly cycles: LedgerCycles; readonly time: number } | null;
  /** Crossbars that hold a part of the layer; null of stages without. */
  readonly crossbars: CrossbarSnapshot | null;
  readonly adcs: AdcSnapshot | null;
  /**
   * Largest share of the time that a part was at work in one of the ways in which it takes windows one after another: `process`,
   * `fetch`, `send`, `pool` (as in `ChipBottleneck`).
   */
  readonly activities: Readonly<Record<string, number>>;
  /** Whom its parts waited for: only what is not 0. */
  readonly waits: readonly Pick<StageWait, 'state' | 'cause' | 'of' | 'cycles'>[];
}

/** Parts of a crossbar's time that are known while it works; the names of `TimeBreakdown`. */
export type CrossbarTime = Pick<
  TimeBreakdown,
  'reads' | 'adcWaiting' | 'indexDecoding' | 'detector' | 'pixels' | 'output' | 'transfer' | 'windowSharing'
>;

export interface CrossbarSnapshot {
  readonly instances: number;
  /** Summed over the instances. */
  readonly cycles: CrossbarTime;
  readonly time: number;
  /** Share of reads of the one that reads most. */
  readonly busiest: number;
}

export interface AdcSnapshot {
  readonly instances: number;
  /** Cycles of conversions, summed over the instances. */
  readonly convert: number;
  readonly time: number;
  /** Share of conversions in the pool that converts most. */
  readonly busiest: number;
}
