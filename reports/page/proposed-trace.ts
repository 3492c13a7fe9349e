import type { Result } from '../../sim/results/result.js';
import { limitingPool, peOf } from './limiting-pool.js';
import { readRound } from './machine-cycles.js';

/** Rounds of reads in the window that is proposed. */
const ROUNDS = 24;
/** The proposed window is a multiple of so many cycles long. */
const WHOLE = 100;
/** Where in the work on a window of the network the trace begins: early, while all crossbars have reads left. */
const EARLY = 1 / 8;
/** Of a whole window of the network not more than so many cycles are traced: a page of some 50,000 events. */
const LONGEST = 20_000;

/** Cycles and instances to trace. */
export interface ProposedTrace {
  /** Cycles [from, to). */
  readonly window: { readonly from: number; readonly to: number };
  /** Pattern of instance paths; null: all of them. */
  readonly filter: string | null;
  /** Path of the PE that the filter keeps. */
  readonly pe: string | null;
  /** The layer that sets the pace; null of a single PE. */
  readonly layer: string | null;
}

/**
 * What to trace so that a reader sees samples wait for the pool that limits the run, in a picture that needs no zoom.
 *
 * - Instances: the PE of what limits the run; where that is no part of a PE, the PE with the busiest pool of the layer that
 *   sets the pace. Of a single PE, all.
 * - Place: the crossbars of a layer have different numbers of rows, and those with few are done early in a window; then the
 *   others have the ADCs for themselves and nobody waits. So the trace begins an eighth into the work on a window, and of the
 *   layer that sets the pace that is the one in the middle of its middle image. When the work on it begins is counted back
 *   from the end of the image, in intervals between windows.
 * - Length: 24 rounds of reads, in whole hundreds of cycles. A round is the longer of a read and the conversions of its
 *   samples when no other read asks, so that on a screen of 1,000 points a read is some 40 wide.
 * - Where operations are skipped, windows take different times and the place is uncertain: there, and where the short trace
 *   has shown nobody waiting, a whole interval between windows is traced, or 20,000 cycles of it.
 *
 * @param whole asks for a whole interval
 */
export function proposedTrace(result: Result, whole = result.counts.skippedOperations > 0): ProposedTrace {
  const { begin, period, pe, layer } = placeOf(result);
  const rounds = WHOLE * Math.ceil((ROUNDS * readRound(result)) / WHOLE);
  const length = whole ? Math.max(rounds, Math.min(LONGEST, WHOLE * Math.ceil(period / WHOLE))) : rounds;
  const cycles = Math.max(result.cycles, 1);
  // A trace of a whole interval holds its early part wherever it begins.
  const start = begin + (length >= period ? 0 : EARLY * period);
  const from = Math.max(0, Math.min(Math.floor(start), cycles - length));
  const to = Math.min(cycles, from + length);
  return { window: { from, to }, filter: pe === null ? null : `${pe}.*`, pe, layer };
}

/** The window of the network to look at: when a PE begins with it, and how long it works on it. */
function placeOf(result: Result): {
  begin: number;
  period: number;
  pe: string | null;
  layer: string | null;
} {
  const { chip, cycles } = result;
  const stage = chip?.stages.find(({ name }) => name === chip.bottleneck.layer);
  if (chip === undefined || stage === undefined) {
    const period = cycles / Math.max(1, result.windows);
    return { begin: Math.floor(result.windows / 2) * period, period, pe: null, layer: null };
  }
  const layer = result.layers?.find(({ name }) => name === stage.name);
  const image = stage.images[Math.floor((stage.images.length - 1) / 2)] ?? stage;
  // Windows that a replica works on, one after the other.
  const windows = Math.max(1, Math.ceil(stage.windows / stage.replicas));
  const length = image.end_cycle - image.start_cycle;
  const interval = layer?.initiationInterval_cycles ?? null;
  const period = Math.min(length, interval === null ? length / windows : interval * stage.replicas);
  const begin = Math.max(image.start_cycle, image.end_cycle - Math.ceil(windows / 2) * period);
  const path = limitingPool(result) ?? chip.bottleneck.path;
  const pe = peOf(path) ?? peOf(layer?.busiest.adcPool.path ?? '');
  return { begin, period, pe, layer: stage.name };
}
