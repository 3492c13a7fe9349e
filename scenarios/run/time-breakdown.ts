import type { PeStatistics } from '../../components/pe-statistics.js';
import { KernelError } from '../../sim/kernel-error.js';
import type { TimeBreakdown } from '../../sim/results/result.js';
import { share, type WorkingPe } from './resources.js';

/** Relative error that the sum of the parts may have: they are means, and sums of them. */
const TOLERANCE = 1e-6;

/**
 * Where the time of a single PE went, as the mean over the crossbars that hold a part of the matrix. What follows the last
 * read is `drain`.
 *
 * @param lastRead end of the last read of any of them
 * @throws KernelError where the parts do not sum to `cycles`, which is a bug of ousim
 */
export function timeBreakdown(pes: readonly WorkingPe[], lastRead: number, cycles: number): TimeBreakdown {
  const time = timeToLastRead(pes, lastRead);
  time.drain = cycles - lastRead;
  checkTime(time, cycles);
  return time;
}

/**
 * Where the time of a run on a chip went as the crossbars of one layer saw it, as the mean over them. What follows the
 * layer's last read is `finished`.
 *
 * @param cycles of the run
 * @param otherPasses cycles of the run in which the layer's pass does not run; 0 with one pass
 * @throws KernelError where the parts do not sum to `cycles`, which is a bug of ousim
 */
export function layerTimeBreakdown(pes: readonly WorkingPe[], cycles: number, otherPasses: number): TimeBreakdown {
  const lastRead = pes.reduce((last, { statistics }) => Math.max(last, lastReadOf(statistics)), 0);
  const time = timeToLastRead(pes, lastRead);
  time.finished = cycles - otherPasses - lastRead;
  time.otherPasses = otherPasses;
  checkTime(time, cycles);
  return time;
}

/**
 * The mean over the crossbars of several layers, each of which went through the whole run.
 *
 * @throws KernelError where the parts do not sum to `cycles`
 */
export function meanTime(
  layers: readonly { readonly time: TimeBreakdown; readonly crossbars: number }[],
  cycles: number,
): TimeBreakdown {
  const mean = noTime();
  const crossbars = layers.reduce((sum, layer) => sum + layer.crossbars, 0);
  for (const layer of layers) {
    for (const key of TIME_KEYS) mean[key] += (layer.time[key] * layer.crossbars) / crossbars;
  }
  checkTime(mean, cycles);
  return mean;
}

/** The parts up to the last read of all, as the mean over the crossbars; the rest is 0. */
function timeToLastRead(pes: readonly WorkingPe[], lastRead: number): TimeBreakdown {
  const time = noTime();
  let instances = 0;
  for (const { statistics, crossbars } of pes) {
    const { stallInput, scanWait, pixelWait, outputWait, transferWait } = statistics;
    instances += crossbars;
    for (let i = 0; i < crossbars; i++) {
      time.reads += statistics.read[i]!;
      time.adcWaiting += statistics.stallAdc[i]!;
      time.indexDecoding += statistics.stallIndex[i]!;
      time.detector += scanWait[i]!;
      time.pixels += pixelWait[i]!;
      time.output += outputWait[i]!;
      time.transfer += transferWait[i]!;
      time.windowSharing += stallInput[i]! - scanWait[i]! - pixelWait[i]! - outputWait[i]! - transferWait[i]!;
      time.finishedEarlier += lastRead - statistics.lastReadEnd[i]!;
    }
  }
  for (const key of TIME_KEYS) time[key] = share(time[key], instances);
  return time;
}

/** End of the last read of any crossbar of a PE; 0 without a read. */
export function lastReadOf({ lastReadEnd }: PeStatistics): number {
  return lastReadEnd.reduce((last, end) => Math.max(last, end), 0);
}

const noTime = (): TimeBreakdown => ({
  reads: 0,
  adcWaiting: 0,
  indexDecoding: 0,
  detector: 0,
  pixels: 0,
  output: 0,
  transfer: 0,
  windowSharing: 0,
  finishedEarlier: 0,
  drain: 0,
  finished: 0,
  otherPasses: 0,
});

const TIME_KEYS = Object.keys(noTime()) as (keyof TimeBreakdown)[];

function checkTime(time: TimeBreakdown, cycles: number): void {
  const sum = TIME_KEYS.reduce((total, key) => total + time[key], 0);
  if (Math.abs(sum - cycles) <= TOLERANCE * cycles && TIME_KEYS.every((key) => time[key] >= 0)) return;
  throw new KernelError(`time breakdown sums to ${sum} cycles of ${cycles}: ${JSON.stringify(time)}`);
}
